"""A cache: answers its hits, so that the rest of its list sees the misses; each miss puts one fill back into it.

How much memory a hit ratio needs, or what hit ratio the memory gives, follows from how popular the keys are: least
recently used under Zipf's law, by Che's approximation (laws/caching.py).
"""

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
from capcalc.tiers.pool import Needs, Pool
from capcalc.tiers.service import capacity_step, work_of_capacity
from capcalc.tiers.tier import Around, Load, Stream, Target, rate_of, rate_text, sum_step
from capcalc.tiers.waiting import APPROXIMATE

_USUAL_RPS = 100e3
_USUAL_HITS = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cache(Pool):
    """A copy in memory of what stands behind it in its list."""

    kind: ClassVar[str] = "cache"
    usual_machine: ClassVar[str] = "r7i.2xlarge"
    hit_ratio: Number = key(
        "ratio", "part of the reads that it answers", _USUAL_HITS, source="assumed: 80% to 95% is common for a hot set"
    )
    capacity: Number = key(
        "rate",
        "operations one server does at 100% busy",
        _USUAL_RPS,
        above=True,
        source="100k operations a second a node, the usual figure for in-memory stores (50k to 500k)",
    )
    service_time: Work | None = key("work", "a worker's own work for an operation, in place of capacity", None)
    keys: Number | None = key("count", "different keys that are asked for", None, above=True)
    item: Number | None = key("size", "memory of a key with its value", None, above=True)
    zipf: Number = key(
        "number", "exponent of Zipf's law of the keys' popularity", 0.9, source="0.6 to 1.1 in published traces"
    )
    copies: Number = key("whole", "copies of what is cached", 1, low=1, source="one: what is lost is fetched again")

    def __post_init__(self) -> None:
        super(Cache, self).__post_init__()
        if self.service_time is not None and not (np.ndim(self.capacity) == 0 and self.capacity == _USUAL_RPS):
            raise DomainError(f"{self.place}.capacity", self.capacity, "what goes with service_time", "Give one of the two.")
        if (self.keys is None) != (self.item is None):
            missing, given = ("keys", "item") if self.keys is None else ("item", "keys")
            raise DomainError(f"{self.place}.{missing}", None, "the numbers", f"It goes with {given}: memory is both.")

    @property
    def derives_hits(self) -> bool:
        """Whether the hit ratio follows from the servers that are given."""
        return self.keys is not None and self.servers is not None and self.hit_ratio is _USUAL_HITS

    def hits(self, visit: Visit) -> tuple[Number, str]:
        """The hop's own hit ratio, else the tier's."""
        if visit.hop.hit_ratio is not None:
            return visit.hop.hit_ratio, f"{visit.place}.hit_ratio"
        if self.derives_hits:
            return self._derived(), f"{self.name}.hit_ratio"
        return self.hit_ratio, f"{self.place}.hit_ratio"

    def _derived(self) -> Number:
        from capcalc.laws.caching import lru_hit_ratio  # only a cache with keys needs it

        return lru_hit_ratio(np.minimum(self._room(), self.keys), self.keys, self.zipf)

    def _room(self, fill: Number = 0.75) -> Number:
        memory = self.has("memory").value
        if memory is None:
            raise DomainError(f"{self.place}.memory", None, "the sizes", "keys and item need it, or a machine.")
        return self.servers * (memory * fill - self.reserved) / (self.item * self.copies)

    def own_work(self, kind: str) -> tuple[Work, str]:
        if self.service_time is not None:
            return self.service_time, f"{self.place}.service_time"
        return work_of_capacity(self, self.capacity)

    def prepare(self, working: Working) -> None:
        if self.service_time is None:
            capacity_step(self, self.capacity, working)
        if self.derives_hits:
            refs = {"n": f"{self.place}.servers", "M": self.has("memory").key, "F": "target.fill"}
            refs |= {"R": f"{self.place}.reserved", "b": f"{self.place}.item", "k": f"{self.place}.copies"}
            items, name = self._room(), self.name
            working.step(f"{name}.items", f"keys that {name} holds", "n*(M*F - R)/(b*k)", refs, items)
            refs = {"x": f"{name}.items", "N": f"{self.place}.keys", "z": f"{self.place}.zipf"}
            text = "lru_hit_ratio(min(x, N), N, z)"
            working.step(f"{name}.hit_ratio", f"{name} hit ratio", text, refs, self._derived(), "ratio", "CHE", APPROXIMATE)

    def streams(self, visits: Sequence[Visit], load: Load, around: Around, working: Working) -> list[Stream]:
        """The operations that callers wait for, and one fill for each read that missed."""
        own = super(Cache, self).streams(visits, load, around, working)
        reads = [(v, *self.hits(v)) for v in visits if v.flow.kind == "read"]
        if not reads:
            return own
        values, texts = [], []
        for visit, hits, hit_key in reads:
            text, refs = rate_text(visit, "peak")
            values.append(rate_of(visit, "peak") * (1 - hits))
            texts.append((f"{text}*(1 - {symbol_of(hit_key)})", {**refs, symbol_of(hit_key): hit_key}))
        rate_key = f"{self.name}.fills.peak"
        fills = sum_step(rate_key, f"fills of {self.name}, peak", values, texts, "1/s", working)
        work, time_key = self.own_work("write")
        return [*own, Stream("fills", fills, work, rate_key, time_key, "write")]

    def needs(self, load: Load, erlangs: Number, crowd, stored, target: Target, working: Working) -> Needs:
        found = super(Cache, self).needs(load, erlangs, crowd, stored, target, working)
        memory = self.has("memory")
        if self.keys is None or memory.value is None or self.derives_hits:
            return found
        from capcalc.laws.caching import lru_items

        name, items = self.name, lru_items(self.hit_ratio, self.keys, self.zipf)
        refs = {"h": f"{self.place}.hit_ratio", "N": f"{self.place}.keys", "z": f"{self.place}.zipf"}
        label = f"keys that {name} must hold"
        working.step(f"{name}.items", label, "lru_items(h, N, z)", refs, items, "", "CHE", APPROXIMATE)
        servers = items * self.item * self.copies / (memory.value * target.fill - self.reserved)
        refs = {"x": f"{name}.items", "b": f"{self.place}.item", "k": f"{self.place}.copies"}
        refs |= {"M": memory.key, "F": "target.fill", "R": f"{self.place}.reserved"}
        working.step(f"{name}.needs.memory", f"{name} servers for the memory", "x*b*k/(M*F - R)", refs, servers)
        return {**found, "memory": servers}

    def growing(self, needs: Needs) -> list[str]:
        """All but the memory of the keys, which are the same whoever asks."""
        return [need for need in needs if need != "memory" or self.keys is None]

    def notes(self, visits: Sequence[Visit]) -> tuple[tuple[str, str], ...]:
        """As of every pool; fills come when a miss is answered, which is no Poisson instant."""
        found = super(Cache, self).notes(visits)
        if any(v.flow.kind == "read" for v in visits):
            found += ((APPROXIMATE, f"{self.table}: fills follow the misses, taken as independent arrivals"),)
        return found
