"""The response time of an operation from its route and the results of its tiers: server side, and as the user sees it.

Serial calls add, parallel calls and fans take the slowest, a share and a hit are mixtures, nobody waits behind a queue.
Before every hop but the first stands one round trip inside the region; behind an edge, one from the user's edge to us. The
user's part is the round trip to the first place, the set-up of a new connection (a name looked up, two round trips
for TCP and TLS), and the bytes on the line.

A path is exact where theory makes it so: one queue; or a chain of M/M/1 queues in which nobody can overtake
([REICH], [BURKE]). Everything else is put together as if its parts were independent, and says so.

References
----------
[REICH]; [BURKE]; docs/accuracy.md for the errors measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from capcalc.laws.latency import Latency, Standing
from capcalc.steps import Working
from capcalc.systems.regions import regions_of, target, trip, trip_key
from capcalc.systems.spec import Spec
from capcalc.tiers.answer import NOTHING, Leaf, Term, series, term
from capcalc.tiers.flow import Call, Fan, Flow, Hop, Number, Trip, Visit, address, follow
from capcalc.tiers.tier import Tier, TierResult

HOP_S = 0.0005
DNS_S = 0.020
_FAN = (
    "approximation",
    "the queues of a fan share their instants of arrival, their slowest is taken as independent (measured: up to 10% long)",
)
_TWO = np.array([0.5, 0.99])
_HOP = term("constant", Leaf(HOP_S, "constants.hop_rtt"))


@dataclass(frozen=True, eq=False)
class Answer:
    """How long one operation takes at the peak, as the user sees it; percentiles of arrays are worked out when asked."""

    operation: str
    kind: str
    term: Term  # user side
    server_term: Term

    @cached_property
    def law(self) -> Latency:
        """The response time as a law, user side."""
        return self.term.law()

    @cached_property
    def server_law(self) -> Latency:
        """The same without the user's round trip, set-up and line."""
        return self.server_term.law()

    @cached_property
    def mean_s(self) -> Number:
        """Mean. [s]"""
        return self.law.mean_s

    @cached_property
    def server_mean_s(self) -> Number:
        """Mean, server side. [s]"""
        return self.server_law.mean_s

    @cached_property
    def p50_s(self) -> Number:
        """Median. [s]"""
        return self._both[0] if self._single else self.law.percentile(0.5)

    @cached_property
    def p99_s(self) -> Number:
        """99th percentile. [s]"""
        return self._both[1] if self._single else self.law.percentile(0.99)

    @cached_property
    def server_p50_s(self) -> Number:
        """Median, server side. [s]"""
        return self._server_both[0] if self._single else self.server_law.percentile(0.5)

    @cached_property
    def server_p99_s(self) -> Number:
        """99th percentile, server side. [s]"""
        return self._server_both[1] if self._single else self.server_law.percentile(0.99)

    @property
    def _single(self) -> bool:
        """One scenario: its two percentiles are found in one go, which costs no more than one."""
        return self.law.shape == ()

    @cached_property
    def _both(self) -> Number:
        return self.law.percentile(_TWO)

    @cached_property
    def _server_both(self) -> Number:
        return self.server_law.percentile(_TWO)

    @property
    def standing(self) -> Standing:
        """Exact, an approximation or a bound, and why."""
        return self.law.standing


class _Caller(NamedTuple):
    """Who makes a call, and from which region: the user, an edge near by, or a tier."""

    who: str
    region: str


_CALLING = ("service", "balancer", "queue")  # kinds that make the calls behind them in their list


class _Path:
    """Builds the time of a path from the results of its tiers, or without waits where there are none yet.

    With regions it is the path of the users of one of them.
    """

    def __init__(self, spec: Spec, results: Mapping[str, TierResult], region: str = "") -> None:
        self.spec, self.results, self.region = spec, results, region
        self.from_edge = term("constant", Leaf(spec.client.rtt, "client.rtt"))
        self.user = _Caller("user", region)

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
    path = _Path(spec, {}, region)
    found = {}
    for visit in visits:
        tier = spec.tiers[visit.hop.tier]
        if getattr(tier, "blocking", False):
            rest = path.of(visit.rest, visit.before, visit.place.rpartition(".")[0], _Caller("tier", region))
            found[visit.place] = _behind(tier, visit, rest)
    return found


def answers(
    spec: Spec, flows: Mapping[str, Flow], results: Mapping[str, TierResult], working: Working
) -> dict[str, Answer]:
    """The response time of every operation, with its steps (`read.answer.p99`, `read.server.p99`)."""
    found = {}
    chains = _chained(spec, flows)
    for name, operation in spec.operations.items():
        own = _anywhere(spec, results, flows[name], name)
        notes = _path_notes([v for v in chains.visits[name] if v.flow.waited], results, chains)
        server = replace(own, notes=(*own.notes, *notes)) if own is not NOTHING else own
        user = series([*client_terms(spec, name, working), server])
        user = replace(user, notes=tuple(dict.fromkeys((*user.notes, *server.notes))))
        found[name] = Answer(name, operation.kind, user, server)
        _steps(found[name], working)
        _judged(spec, flows[name], found[name], working)
    return found


def target_of(spec: Spec, name: str) -> tuple[Number | None, str]:
    """The p99 that an operation is to keep, and its key; None where nothing is wanted."""
    own = spec.operations[name].p99
    return (spec.target.p99, "target.p99") if own is None else (own, f"operations.{name}.p99")


def floor_term(spec: Spec, flow: Flow, name: str) -> Term:
    """The response time of an operation when no queue makes anybody wait."""
    return series([*client_terms(spec, name, Working()), _anywhere(spec, {}, flow, name)])


def _anywhere(spec: Spec, results: Mapping[str, TierResult], flow: Flow, name: str) -> Term:
    """The server side of an operation, of users of all regions, as often as their shares say."""
    found: list[Term | Leaf] = []
    for region in regions_of(spec):
        path = _Path(spec, results, region)
        own = path.of(spec.operations[name].route, flow, f"operations.{name}", path.user)
        if not region:
            return own
        found += [Leaf(spec.regions[region].share, f"regions.{region}.share"), own]
    return Term("blend", tuple(found)) if len(found) > 2 else found[1]


def _judged(spec: Spec, flow: Flow, answer: Answer, working: Working) -> None:
    """Where a stated p99 is missed, the floor: the p99 that is left when no queue makes anybody wait."""
    wanted, key = target_of(spec, answer.operation)
    if wanted is None or not working.kept:
        return
    working.line(key)
    if np.isfinite(answer.mean_s) and answer.p99_s <= wanted:
        return
    name = answer.operation
    floor = floor_term(spec, flow, name)
    label = f"{name}, p99 without any wait: no fleet gets below"
    refs, formula = dict(floor.refs()), f"percentile(0.99, {floor.text()})"
    working.step(f"{name}.floor.p99", label, formula, refs, floor.law().percentile(0.99), "s", "ABATE")


def client_terms(spec: Spec, name: str, working: Working) -> list[Term]:
    """The user's part: set-up of new connections, one round trip, the bytes both ways."""
    client, operation = spec.client, spec.operations[name]
    first = operation.route[0]
    edge = isinstance(first, Call) and spec.tiers[first.tier].kind == "edge"
    rtt, rtt_key = (client.edge_rtt, "client.edge_rtt") if edge else (client.rtt, "client.rtt")
    setup = DNS_S + 2 * rtt
    key = "client.edge_setup" if edge else "client.setup"
    if key not in working:
        refs = {"d": "constants.dns", "r": rtt_key}
        working.step(key, "set-up of a connection: a name, TCP, TLS", "d + 2*r", refs, setup, "s")
    new = term("either", Leaf(client.new_connections, "client.new_connections"), term("constant", Leaf(setup, key)), NOTHING)
    terms = [new, term("constant", Leaf(rtt, rtt_key))]
    for what, speed in (("request", "upload"), ("response", "download")):
        terms += _line(spec, name, what, speed, working)
    return terms


def _line(spec: Spec, name: str, what: str, speed: str, working: Working) -> list[Term]:
    """The time that bytes take on the user's line; log-normal where their size is."""
    size, rate = getattr(spec.operations[name], what), getattr(spec.client, speed)
    if np.all(np.asarray(size.mean_s) == 0):
        return []
    key, refs = f"{name}.{what}_time", {"b": f"operations.{name}.{what}", "v": f"client.{speed}"}
    if size.shape != "lognormal":
        working.step(key, f"{what} of {name} on the line", "b/v", refs, size.mean_s / rate, "s")
        return [term("constant", Leaf(size.mean_s / rate, key))]
    refs = {"p50": f"operations.{name}.{what}.p50", "p99": f"operations.{name}.{what}.p99"}
    formula = "log(p99/p50)/2.3263478740408408"
    working.step(f"{key}.sigma", "spread of the logarithm", formula, refs, size.sigma)
    refs = {"b": f"operations.{name}.{what}.p50", "v": f"client.{speed}"}
    working.step(f"{key}.p50", f"{what} of {name} on the line, median", "b/v", refs, size.p50_s / rate, "s")
    return [term("lognormal", Leaf(size.p50_s / rate, f"{key}.p50"), Leaf(size.sigma, f"{key}.sigma"))]


def _steps(answer: Answer, working: Working) -> None:
    if not working.kept or not np.isfinite(answer.mean_s):
        return
    name = answer.operation
    sides = (
        ("answer", "response", answer.term, answer.law.standing.level, (answer.mean_s, answer.p50_s, answer.p99_s)),
        ("server", "server side", answer.server_term, answer.server_law.standing.level, _server(answer)),
    )
    for side, label, law, standing, values in sides:
        refs, text = dict(law.refs()), law.text()
        for what, value in zip(("mean", "p50", "p99"), values, strict=True):
            formula = f"mean({text})" if what == "mean" else f"percentile({'0.5' if what == 'p50' else '0.99'}, {text})"
            said = f"{name}, {what} of the {label}" if side == "answer" else f"{name}, {what}, {label}"
            working.step(f"{name}.{side}.{what}", said, formula, refs, value, "s", "ABATE", standing)


def _server(answer: Answer) -> tuple[Number, Number, Number]:
    return answer.server_mean_s, answer.server_p50_s, answer.server_p99_s


class _Chains(NamedTuple):
    """Visits of each operation, and from where each tier gets its requests ("" is from outside)."""

    visits: Mapping[str, list[Visit]]
    before: Mapping[str, set[str]]


def _chained(spec: Spec, flows: Mapping[str, Flow]) -> _Chains:
    visits: dict[str, list[Visit]] = {}
    before: dict[str, set[str]] = {}
    for name, operation in spec.operations.items():
        mine = list(follow(operation.route, flows[name], spec.tiers, f"operations.{name}"))
        visits[name] = mine
        for came, visit in zip(["", *(v.hop.tier for v in mine)], mine, strict=False):
            before.setdefault(visit.hop.tier, set()).add(came)
    return _Chains(visits, before)


def _path_notes(visits: list[Visit], results: Mapping[str, TierResult], chains: _Chains) -> Iterator[tuple[str, str]]:
    """Why the parts of a path are not independent, where they are not."""
    queues = [v.hop.tier for v in visits if results[v.hop.tier].pooled]
    if len(queues) < 2:
        return
    if len(set(queues)) < len(queues):
        twice = next(q for q in queues if queues.count(q) > 1)
        yield "approximation", f"{twice}: visited more than once, its waits taken as independent"
    if any(not results[q].single_server for q in queues[1:-1]):
        yield "approximation", "queues with several workers one behind another: their waits are taken as independent"
    elif any(len(chains.before[q]) > 1 for q in queues):
        yield "approximation", "queues are fed by several ways: their waits are taken as independent"


