"""The time of a path: from the hops of a route to a law, by the answers of its tiers and the network between them.

It is built from the end of a list to its beginning: what stands behind a hit, or behind a queue, is not waited for. With
regions it is the path of the users of one of them; each call is made by the last service, balancer or queue before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from capcalc.systems.regions import regions_of, target, trip, trip_key
from capcalc.systems.spec import Spec
from capcalc.tiers.answer import NOTHING, Leaf, Term, series, term
from capcalc.tiers.flow import Call, Fan, Flow, Hop, Trip, Visit, address
from capcalc.tiers.tier import Tier, TierResult

HOP_S = 0.0005
_FAN = (
    "approximation",
    "the queues of a fan share their instants of arrival, their slowest is taken as independent (measured: up to 10% long)",
)
_HOP = term("constant", Leaf(HOP_S, "constants.hop_rtt"))


class _Caller(NamedTuple):
    """Who makes a call, and from which region: the user, an edge near by, or a tier."""

    who: str
    region: str


_CALLING = ("service", "balancer", "queue")  # kinds that make the calls behind them in their list


class Path:
    """Builds the time of a path from the results of its tiers, or without waits where there are none yet.

    With regions it is the path of the users of one of them.
    """

    def __init__(self, spec: Spec, results: Mapping[str, TierResult], region: str = "", whole: bool = False) -> None:
        self.spec, self.results, self.region = spec, results, region
        self.whole = whole  # what stands behind a queue counts as well
        self.from_edge = term("constant", Leaf(spec.client.rtt, "client.rtt"))
        self.user, self.caller = _Caller("user", region), _Caller("tier", region)

    def of(self, hops: Sequence[Hop], flow: Flow, place: str, caller: _Caller) -> Term:
        """The time of a list, built from its end: what stands behind a hit or a queue is not waited for.

        `caller` makes the call of its first hop.
        """
        callers = [caller]
        for hop in hops[:-1]:
            callers.append(self._next(hop, flow, callers[-1]))
        rest = NOTHING
        for hop, by in zip(reversed(hops), reversed(callers), strict=True):
            rest = self._with(hop, flow, place, by, rest)
        return rest

    def _next(self, hop: Hop, flow: Flow, caller: _Caller) -> _Caller:
        """Who makes the call after a hop: the last service, balancer or queue of the list."""
        kind = self.spec.tiers[hop.tier].kind if isinstance(hop, Call) else ""
        if kind == "edge":
            return _Caller("edge", self.region)
        return _Caller("tier", self._target(hop, flow) if kind in _CALLING else caller.region)

    def _target(self, hop: Call, flow: Flow) -> str:
        if not self.spec.regions:
            return ""
        return target(self.spec, hop.tier, hop.kind or flow.kind, hop.at, self.region)

    def _way(self, caller: _Caller, there: str) -> Term:
        """The network before a call: nothing for a user's first, whose round trip is the client's."""
        far = []
        if there != caller.region:
            seconds = trip(self.spec, caller.region, there).seconds
            far = [term("constant", Leaf(seconds, trip_key(caller.region, there)))]
        if caller.who == "edge":
            return series([self.from_edge, *far])
        return series(far) if far or caller.who == "user" else _HOP

    def _result(self, hop: Call, there: str) -> TierResult | None:
        result = self.results.get(hop.tier)
        return result.regions[there] if result is not None and result.regions else result

    def _with(self, hop: Hop, flow: Flow, place: str, caller: _Caller, rest: Term) -> Term:
        where = f"{place}.{address(hop)}"
        inner = replace(flow, kind=hop.kind or flow.kind)
        if isinstance(hop, Call):
            visit = Visit(hop, inner, where, flow)
            there = self._target(hop, flow) if self.spec.tiers[hop.tier].kind != "edge" else caller.region
            tier, result, way = self.spec.tiers[hop.tier], self._result(hop, there), self._way(caller, there)
            whole = result.together.get(where) if result is not None and result.together else None
            if whole is not None:
                own = _shared(hop, series([way, whole]), where)
            else:
                own = _wrapped(hop, series([way, *tier.answer(visit, result)]), where)
            if tier.cuts and self.whole:
                held = [result.held] if result is not None and result.held is not None else []
                return series([own, *held, rest])
            return series([own, _behind(tier, visit, rest)])
        if isinstance(hop, Trip):
            own = self.of(hop.hops, inner, where, caller)
        else:
            assert isinstance(hop, Fan)
            branches = tuple(self.of((branch,), inner, where, caller) for branch in hop.hops)
            own = Term("slowest", branches, (_FAN,) if len(branches) > 1 else ())
        return series([_wrapped(hop, own, where), rest])


def _behind(tier: Tier, visit: Visit, rest: Term) -> Term:
    """What of the rest of the list is waited for after a call."""
    if rest is NOTHING or tier.cuts:
        return NOTHING
    hits = tier.hits(visit)
    if hits is None or visit.flow.kind != "read":
        return rest
    ratio, key = hits
    return term("either", Leaf(ratio, key), NOTHING, rest)


def _wrapped(hop: Hop, own: Term, place: str) -> Term:
    """Hedge, calls and share around the time of one call."""
    if own is NOTHING:
        return own
    if hop.hedge is not None:
        own = term("hedged", own, term("percentile", Leaf(1 - hop.resent), own))
    elif hop.hedge_after_s is not None:
        own = term("hedged", own, Leaf(hop.hedge_after_s, f"{place}.hedge_after"))
    if not (isinstance(hop.calls, (int, float)) and hop.calls == 1):
        own = term("slowest_of" if hop.parallel else "repeated", Leaf(hop.calls, f"{place}.calls"), own)
    return _shared(hop, own, place)


def _shared(hop: Hop, own: Term, place: str) -> Term:
    """For the part of the requests that take the hop."""
    if isinstance(hop.share, (int, float)) and hop.share == 1:
        return own
    return term("either", Leaf(hop.share, f"{place}.share"), own, NOTHING)


def behind(spec: Spec, visits: Sequence[Visit], region: str = "") -> dict[str, Term]:
    """For visits of tiers that block: the time, without waits, until what stands behind has answered."""
    path = Path(spec, {}, region)
    found = {}
    for visit in visits:
        tier = spec.tiers[visit.hop.tier]
        if getattr(tier, "blocking", False):
            rest = path.of(visit.rest, visit.before, visit.place.rpartition(".")[0], _Caller("tier", region))
            found[visit.place] = _behind(tier, visit, rest)
    return found


def anywhere(
    spec: Spec, results: Mapping[str, TierResult], flow: Flow, name: str, whole: bool = False
) -> Term:
    """The server side of an operation, of users of all regions, as often as their shares say."""
    found: list[Term | Leaf] = []
    for region in regions_of(spec):
        path = Path(spec, results, region, whole)
        own = path.of(spec.operations[name].route, flow, f"operations.{name}", path.user)
        if not region:
            return own
        found += [Leaf(spec.regions[region].share, f"regions.{region}.share"), own]
    return Term("blend", tuple(found)) if len(found) > 2 else found[1]
