"""Tiers without servers of ours: bought by use, they answer in their own time and have no queue here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from capcalc.keys import key
from capcalc.laws.work import Work, between
from capcalc.steps import Working
from capcalc.tiers.answer import Term
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.pool import work_steps, work_term
from capcalc.tiers.tier import Target, Tier, TierResult, load_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outside(Tier):
    """Base of the tiers without servers."""

    def solve(self, visits: Sequence[Visit], target: Target, working: Working) -> TierResult:
        load = load_of(self.name, visits, working)
        for work, time_key in {self.work(v)[1]: self.work(v) for v in visits}.values():
            work_steps(work, time_key, working)
        return TierResult(
            name=self.name,
            kind=self.kind,
            mean_rps=load.mean_rps,
            peak_rps=load.peak_rps,
            reads_peak_rps=load.reads_peak_rps,
            writes_peak_rps=load.writes_peak_rps,
            decides="bought by use",
            pooled=False,
            time_keys=tuple(dict.fromkeys(k for k in (self.work(v)[1] for v in visits) if k)),
        )

    def answer(self, visit: Visit, result: TierResult) -> list[Term]:
        return [work_term(*self.work(visit))]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Edge(Outside):
    """A CDN: answers its hits near the user; its time is the client's round trip, which is not server side."""

    kind: ClassVar[str] = "edge"
    hit_ratio: Number = key(
        "ratio", "part of the reads that it answers", 0.9, source="assumed: 80% to 95% is common for static content"
    )

    def hits(self, visit: Visit) -> tuple[Number, str]:
        """The hop's own hit ratio, else the tier's."""
        if visit.hop.hit_ratio is not None:
            return visit.hop.hit_ratio, f"{visit.place}.hit_ratio"
        return self.hit_ratio, f"{self.place}.hit_ratio"

    def own_work(self, kind: str) -> tuple[Work, str]:
        return Work(0.0), ""

    def answer(self, visit: Visit, result: TierResult) -> list[Term]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Objects(Outside):
    """An object store."""

    kind: ClassVar[str] = "objects"
    service_time: Work = key(
        "work",
        "time of one call",
        between(0.030, 0.200),
        source="assumed: p50 30 ms, p99 200 ms, as object stores answer small objects",
    )

    def own_work(self, kind: str) -> tuple[Work, str]:
        return self.service_time, f"{self.place}.service_time"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class External(Outside):
    """Somebody else's service."""

    kind: ClassVar[str] = "external"
    service_time: Work = key("work", "time of one call")

    def own_work(self, kind: str) -> tuple[Work, str]:
        return self.service_time, f"{self.place}.service_time"
