"""The response time of an operation, server side, from its route and the results of its tiers.

Serial calls add, parallel calls and fans take the slowest, a share and a hit are mixtures, nobody waits behind a queue.
Before every hop but the first stands one round trip inside the region.

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
from capcalc.systems.spec import Spec
from capcalc.tiers.answer import NOTHING, Leaf, Term, series, term
from capcalc.tiers.flow import Call, Fan, Flow, Hop, Number, Trip, Visit, address, follow
from capcalc.tiers.tier import Tier, TierResult

HOP_S = 0.0005
_FAN = (
    "approximation",
    "the queues of a fan share their instants of arrival, their slowest is taken as independent (measured: up to 10% long)",
)
_HOP = term("constant", Leaf(HOP_S, "constants.hop_rtt"))


@dataclass(frozen=True, eq=False)
class Answer:
    """How long one operation takes, server side, at the peak. Percentiles of arrays are worked out when asked."""

    operation: str
    kind: str
    term: Term

    @cached_property
    def law(self) -> Latency:
        """The response time as a law."""
        return self.term.law()

    @cached_property
    def mean_s(self) -> Number:
        """Mean. [s]"""
        return self.law.mean_s

    @cached_property
    def p50_s(self) -> Number:
        """Median. [s]"""
        return self.law.percentile(0.5)

    @cached_property
    def p99_s(self) -> Number:
        """99th percentile. [s]"""
        return self.law.percentile(0.99)

    @property
    def standing(self) -> Standing:
        """Exact, an approximation or a bound, and why."""
        return self.law.standing


class _Path:
    """Builds the time of a path from the results of its tiers."""

    def __init__(self, spec: Spec, results: Mapping[str, TierResult]) -> None:
        self.spec, self.results = spec, results

    def of(self, hops: Sequence[Hop], flow: Flow, place: str, first: bool) -> Term:
        """The time of a list, built from its end: what stands behind a hit or a queue is not waited for."""
        rest = NOTHING
        for index in reversed(range(len(hops))):
            rest = self._with(hops[index], flow, place, first and index == 0, rest)
        return rest

    def _with(self, hop: Hop, flow: Flow, place: str, first: bool, rest: Term) -> Term:
        where = f"{place}.{address(hop)}"
        inner = replace(flow, kind=hop.kind or flow.kind)
        if isinstance(hop, Call):
            visit = Visit(hop, inner, where, flow)
            tier, result = self.spec.tiers[hop.tier], self.results[hop.tier]
            own = series([*([] if first else [_HOP]), *tier.answer(visit, result)])
            return series([_wrapped(hop, own, where), _behind(tier, visit, rest)])
        if isinstance(hop, Trip):
            own = self.of(hop.hops, inner, where, first)
        else:
            assert isinstance(hop, Fan)
            branches = tuple(self.of((branch,), inner, where, first) for branch in hop.hops)
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
    if not (isinstance(hop.share, (int, float)) and hop.share == 1):
        own = term("either", Leaf(hop.share, f"{place}.share"), own, NOTHING)
    return own


def answers(
    spec: Spec, flows: Mapping[str, Flow], results: Mapping[str, TierResult], working: Working
) -> dict[str, Answer]:
    """The response time of every operation, with its steps (`read.answer.mean`, `.p50`, `.p99`)."""
    found = {}
    chains = _chained(spec, flows)
    for name, operation in spec.operations.items():
        path = _Path(spec, results).of(operation.route, flows[name], f"operations.{name}", True)
        notes = _path_notes([v for v in chains.visits[name] if v.flow.waited], results, chains)
        answer = Answer(name, operation.kind, replace(path, notes=(*path.notes, *notes)))
        found[name] = answer
        _steps(answer, working)
    return found


def _steps(answer: Answer, working: Working) -> None:
    if not working.kept or not np.isfinite(answer.mean_s):
        return
    refs, text, standing = dict(answer.term.refs()), answer.term.text(), answer.standing.level
    name = answer.operation
    lines = (
        ("mean", f"{name}, mean response", f"mean({text})", answer.mean_s),
        ("p50", f"{name}, p50 of the response", f"percentile(0.5, {text})", answer.p50_s),
        ("p99", f"{name}, p99 of the response", f"percentile(0.99, {text})", answer.p99_s),
    )
    for what, label, formula, value in lines:
        working.step(f"{name}.answer.{what}", label, formula, refs, value, "s", "ABATE", standing)


class _Chains(NamedTuple):
    """Visits of each operation, and from where each tier gets its requests ("" is from outside)."""

    visits: Mapping[str, list[Visit]]
    before: Mapping[str, set[str]]


def _chained(spec: Spec, flows: Mapping[str, Flow]) -> _Chains:
    visits, before = {}, {}
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
