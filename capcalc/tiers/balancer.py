"""A load balancer: a proxy that every request passes, sized by what one of them carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working
from capcalc.tiers.flow import Number
from capcalc.tiers.pool import Pool
from capcalc.tiers.service import capacity_step, work_of_capacity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Balancer(Pool):
    """A proxy in front of the others."""

    kind: ClassVar[str] = "balancer"
    capacity: Number = key(
        "rate",
        "requests one balancer passes on at 100% busy",
        50e3,
        above=True,
        source="50k to 100k requests a second a proxy, the usual figure of design guides",
    )

    def own_work(self, kind: str) -> tuple[Work, str]:
        return work_of_capacity(self, self.capacity)

    def prepare(self, working: Working) -> None:
        capacity_step(self, self.capacity, working)
