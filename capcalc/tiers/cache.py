"""A cache: answers its hits, so that the rest of its list sees the misses; each miss puts one fill back into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.pool import APPROXIMATE, Pool
from capcalc.tiers.service import capacity_step, work_of_capacity
from capcalc.tiers.tier import Load, Stream, rate_of, rate_text

_USUAL_RPS = 100e3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cache(Pool):
    """A copy in memory of what stands behind it in its list."""

    kind: ClassVar[str] = "cache"
    hit_ratio: Number = key(
        "ratio", "part of the reads that it answers", 0.9, source="assumed: 80% to 95% is common for a hot set"
    )
    capacity: Number = key(
        "rate",
        "operations one server does at 100% busy",
        _USUAL_RPS,
        above=True,
        source="100k operations a second a node, the usual figure for in-memory stores (50k to 500k)",
    )
    service_time: Work | None = key("work", "a worker's own work for an operation, in place of capacity", None)

    def __post_init__(self) -> None:
        super(Cache, self).__post_init__()
        if self.service_time is not None and not (np.ndim(self.capacity) == 0 and self.capacity == _USUAL_RPS):
            raise DomainError(f"{self.place}.capacity", self.capacity, "what goes with service_time", "Give one of the two.")

    def hits(self, visit: Visit) -> tuple[Number, str]:
        """The hop's own hit ratio, else the tier's."""
        if visit.hop.hit_ratio is not None:
            return visit.hop.hit_ratio, f"{visit.place}.hit_ratio"
        return self.hit_ratio, f"{self.place}.hit_ratio"

    def own_work(self, kind: str) -> tuple[Work, str]:
        if self.service_time is not None:
            return self.service_time, f"{self.place}.service_time"
        return work_of_capacity(self.name, self.capacity, self.workers)

    def prepare(self, working: Working) -> None:
        if self.service_time is None:
            capacity_step(self.name, self.capacity, self.workers, working)

    def streams(self, visits: Sequence[Visit], load: Load, working: Working) -> list[Stream]:
        """The operations that callers wait for, and one fill for each read that missed."""
        own = super(Cache, self).streams(visits, load, working)
        reads = [(v, *self.hits(v)) for v in visits if v.flow.kind == "read"]
        if not reads:
            return own
        fills = sum(rate_of(v, "peak") * (1 - h) for v, h, _ in reads)
        texts, refs = [], {}
        for visit, _, hit_key in reads:
            text, needs = rate_text(visit, "peak")
            texts.append(f"{text}*(1 - {symbol_of(hit_key)})")
            refs.update(needs | {symbol_of(hit_key): hit_key})
        working.step(f"{self.name}.fills.peak", f"fills of {self.name}, peak", " + ".join(texts), refs, fills, "1/s")
        work, time_key = self.own_work("write")
        return [*own, Stream("fills", fills, work, f"{self.name}.fills.peak", time_key, "write")]

    def notes(self, visits: Sequence[Visit]) -> tuple[tuple[str, str], ...]:
        """As of every pool; fills come when a miss is answered, which is no Poisson instant."""
        found = super(Cache, self).notes(visits)
        if any(v.flow.kind == "read" for v in visits):
            found += ((APPROXIMATE, f"{self.name}: fills follow the misses, taken as independent arrivals"),)
        return found
