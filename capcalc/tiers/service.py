"""A service: code on machines. Each request keeps one worker for the service time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working
from capcalc.tiers.flow import Number
from capcalc.tiers.pool import Pool

_USUAL = Work(0.005)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Service(Pool):
    """Code on machines, sized by its CPU.

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

    def __post_init__(self) -> None:
        super(Service, self).__post_init__()
        if self.capacity is not None and self.service_time is not _USUAL:
            raise DomainError(f"{self.place}.capacity", self.capacity, "what goes with service_time", "Give one of the two.")

    def own_work(self, kind: str) -> tuple[Work, str]:
        if self.capacity is not None:
            return work_of_capacity(self.name, self.capacity, self.workers)
        return self.service_time, f"{self.place}.service_time"

    def prepare(self, working: Working) -> None:
        if self.capacity is not None:
            capacity_step(self.name, self.capacity, self.workers, working)


def work_of_capacity(name: str, capacity: Number, workers: Number) -> tuple[Work, str]:
    """The service time behind a capacity, workers / capacity, and the key of its step."""
    return Work(workers / capacity), f"{name}.service_time"


def capacity_step(name: str, capacity: Number, workers: Number, working: Working) -> None:
    """The step of `work_of_capacity`."""
    refs = {"w": f"tiers.{name}.workers", "K": f"tiers.{name}.capacity"}
    working.step(f"{name}.service_time", f"{name} service time", "w/K", refs, workers / capacity, "s")
