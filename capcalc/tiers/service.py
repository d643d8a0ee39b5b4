"""A service: code on machines. Each request keeps one worker for the service time, and longer where it blocks."""

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
from capcalc.tiers.tier import Around, Load, Stream, rate_text, sum_step

_USUAL = Work(0.005)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Service(Pool):
    """Code on machines.

    Examples
    --------
    >>> Service(name="web", service_time=Work(0.005)).own_work("read")[1]
    'tiers.web.service_time'
    """

    kind: ClassVar[str] = "service"
    service_time: Work = key(
        "work", "a worker's own work for a request", _USUAL, source="assumed: 1 ms to 20 ms a request is common"
    )
    capacity: Number | None = key("rate", "requests one server does at 100% busy, in place of service_time", None, above=True)
    contention: Number = key("ratio", "what each further busy worker adds to the service time", 0.0, source="assumed: none")
    blocking: bool = key("flag", "a worker stays taken until what stands behind has answered", False)
    per_request: Number = key("size", "memory of a request that is worked on", 0.0, source="assumed: little")

    def __post_init__(self) -> None:
        super(Service, self).__post_init__()
        if self.capacity is not None and self.service_time is not _USUAL:
            raise DomainError(f"{self.place}.capacity", self.capacity, "what goes with service_time", "Give one of the two.")

    def own_work(self, kind: str) -> tuple[Work, str]:
        if self.capacity is not None:
            return work_of_capacity(self, self.capacity)
        return self.service_time, f"{self.place}.service_time"

    def prepare(self, working: Working) -> None:
        if self.capacity is not None:
            capacity_step(self, self.capacity, working)

    def streams(self, visits: Sequence[Visit], load: Load, around: Around, working: Working) -> list[Stream]:
        """Where a worker waits for what stands behind, each visit is a stream of its own."""
        if not self.blocking:
            return super(Service, self).streams(visits, load, around, working)
        return [self._held(visit, around, working) for visit in visits]

    def _held(self, visit: Visit, around: Around, working: Working) -> Stream:
        work, time_key = self.work(visit)
        behind, held = around.behind[visit.place], f"{visit.step_key}.held"
        time = work.mean_s + behind.law().mean_s
        refs = {"S": time_key, **dict(behind.refs())}
        working.step(held, f"time that {visit.step_key} keeps a worker", f"S + mean({behind.text()})", refs, time, "s")
        rate_key = f"{visit.step_key}.peak"
        rate = sum_step(rate_key, f"{self.name} held", [visit.flow.peak_rps], [rate_text(visit, "peak")], "1/s", working)
        return Stream(symbol_of(visit.step_key), rate, Work(time), rate_key, held, visit.flow.kind)

    def needs(self, load: Load, erlangs: Number, crowd, stored, target, working: Working) -> Needs:
        found = super(Service, self).needs(load, erlangs, crowd, stored, target, working)
        if np.all(np.asarray(self.contention) == 0):
            return found
        limit, limit_key = self.own_or(target, "utilisation")
        workers = self.has("workers")
        slower = 1 + self.contention * (workers.value * limit - 1)
        refs = {"n": f"{self.name}.needs.CPU", "s": f"{self.place}.contention", "w": workers.key, "U": limit_key}
        key_, label = f"{self.name}.needs.contention", f"{self.name} servers for the CPU, with contention"
        working.step(key_, label, "n*(1 + s*(w*U - 1))", refs, found["CPU"] * slower)
        return {**found, "contention": found["CPU"] * slower}

    def problem(self, erlangs: Number, servers: Number, needs: Needs) -> str | None:
        memory = self.has("memory").value
        workers = self.has("workers").value
        one = not any(np.ndim(v) for v in (memory, workers, self.per_request, self.reserved))
        if memory is not None and one and self.per_request:
            wanted = workers * self.per_request + self.reserved
            if wanted > memory:
                return f"{workers:,.0f} requests and what is reserved need {wanted:.3g} B of the {memory:.3g} B of a server"
        return super(Service, self).problem(erlangs, servers, needs)


def work_of_capacity(tier: Pool, capacity: Number) -> tuple[Work, str]:
    """The service time behind a capacity, workers / capacity, and the key of its step."""
    return Work(tier.has("workers").value / capacity), f"{tier.name}.service_time"


def capacity_step(tier: Pool, capacity: Number, working: Working) -> None:
    """The step of `work_of_capacity`."""
    workers = tier.has("workers")
    refs = {"w": workers.key, "K": f"{tier.place}.capacity"}
    time = workers.value / capacity
    working.step(f"{tier.name}.service_time", f"{tier.name} service time", "w/K", refs, time, "s")
