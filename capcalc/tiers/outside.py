"""Tiers without servers of ours: bought by use, they answer in their own time and have no queue here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from capcalc.keys import key
from capcalc.laws.work import Work, between
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Term
from capcalc.tiers.flow import Factor, Flow, Number, Visit
from capcalc.tiers.storage import stored_of
from capcalc.tiers.waiting import work_term
from capcalc.tiers.tier import Around, Tier, TierResult, load_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outside(Tier):
    """Base of the tiers without servers."""

    def solve(self, visits: Sequence[Visit], around: Around, working: Working) -> TierResult:
        load = load_of(self.name, visits, working)
        return TierResult(
            name=self.name,
            kind=self.kind,
            **load._asdict(),
            stored_bytes=self.stored(visits, working),
            decides="bought by use",
            pooled=False,
            time_keys=tuple(dict.fromkeys(k for k in (self.work(v)[1] for v in visits) if k)),
        )

    def stored(self, visits: Sequence[Visit], working: Working) -> Number | None:
        """Bytes that stay here."""
        return None

    def answer(self, visit: Visit, result: TierResult | None) -> list[Term]:
        return [work_term(*self.work(visit))]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Edge(Outside):
    """A CDN: answers its hits near the user; its time is the client's round trip, which is not server side."""

    kind: ClassVar[str] = "edge"
    hit_ratio: Number = key(
        "ratio", "part of the reads that it answers", 0.9, source="assumed: 80% to 95% is common for static content"
    )
    byte_hit_ratio: Number | None = key("ratio", "part of the bytes that it answers; hit_ratio if not given", None)
    price: Number | None = key("money", "price of a GB sent", None, unit="USD/GB")

    def passes(self, visit: Visit, flow: Flow) -> Flow:
        """The misses; they are larger or smaller than the hits where bytes and requests are hit differently."""
        missed = super(Edge, self).passes(visit, flow)
        if self.byte_hit_ratio is None or visit.flow.kind != "read":
            return missed
        ratio, ratio_key = self.hits(visit)
        if np.all(np.asarray(ratio) == 1):  # nothing goes on, of whatever size
            return missed
        larger = (1 - self.byte_hit_ratio) / np.where(np.asarray(ratio) < 1, 1 - np.asarray(ratio), 1.0)
        h, b = symbol_of(ratio_key), symbol_of(f"{self.place}.byte_hit_ratio")
        text = Factor(
            f"{flow.response_text.text}*(1 - {b})/(1 - {h})",
            {**flow.response_text.refs, h: ratio_key, b: f"{self.place}.byte_hit_ratio"},
        )
        return replace(missed, response_bytes=(flow.response_bytes * larger)[()], response_text=text)

    def hits(self, visit: Visit) -> tuple[Number, str]:
        """The hop's own hit ratio, else the tier's."""
        if visit.hop.hit_ratio is not None:
            return visit.hop.hit_ratio, f"{visit.place}.hit_ratio"
        return self.hit_ratio, f"{self.place}.hit_ratio"

    def own_work(self, kind: str) -> tuple[Work, str]:
        return Work(0.0), ""

    def answer(self, visit: Visit, result: TierResult | None) -> list[Term]:
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
    keep: Number = key("duration", "how long bytes stay", 5 * 365 * 86400.0, source="five years, as most sources take")
    data: Number = key("size", "bytes there on day one", 0.0, source="assumed: none")

    def stored(self, visits: Sequence[Visit], working: Working) -> Number:
        found = stored_of(self, visits, working)
        if f"{self.name}.bytes" in working:  # there are none where nothing is stored
            refs = {"b": f"{self.name}.bytes"}
            working.step(f"{self.name}.stored", f"{self.name} stores", "b", refs, found, "B")
        return found

    def own_work(self, kind: str) -> tuple[Work, str]:
        return self.service_time, f"{self.place}.service_time"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class External(Outside):
    """Somebody else's service."""

    kind: ClassVar[str] = "external"
    service_time: Work = key("work", "time of one call")
    limit: Number | None = key("rate", "most calls that it takes", None, above=True)
    price: Number | None = key("money", "price of a call", None, unit="USD")

    def own_work(self, kind: str) -> tuple[Work, str]:
        return self.service_time, f"{self.place}.service_time"
