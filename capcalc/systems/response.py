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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from capcalc.laws.latency import Latency, Standing
from capcalc.steps import Working
from capcalc.systems.path import anywhere
from capcalc.systems.spec import Spec
from capcalc.tiers.answer import NOTHING, Leaf, Term, series, term
from capcalc.tiers.flow import Call, Flow, Number, Visit, follow
from capcalc.tiers.tier import TierResult

DNS_S = 0.020
_TWO = np.array([0.5, 0.99])


@dataclass(frozen=True, eq=False)
class Answer:
    """How long one operation takes at the peak, as the user sees it; percentiles of arrays are worked out when asked."""

    operation: str
    kind: str
    term: Term  # user side
    server_term: Term
    wants_done: bool = False
    done_term: Term | None = None  # until all has passed, what stands behind queues included, where it is asked for

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

    @cached_property
    def done_p99_s(self) -> Number | None:
        """99th percentile of the time until everything behind the queues has passed as well. [s]"""
        return None if self.done_term is None else self.done_term.law().percentile(0.99)

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


def answers(
    spec: Spec, flows: Mapping[str, Flow], results: Mapping[str, TierResult], working: Working
) -> dict[str, Answer]:
    """The response time of every operation, with its steps (`read.answer.p99`, `read.server.p99`)."""
    found = {}
    chains = _chained(spec, flows)
    for name, operation in spec.operations.items():
        own = anywhere(spec, results, flows[name], name)
        notes = _path_notes([v for v in chains.visits[name] if v.flow.waited], results, chains)
        server = replace(own, notes=(*own.notes, *notes)) if own is not NOTHING else own
        user = series([*client_terms(spec, name, working), server])
        user = replace(user, notes=tuple(dict.fromkeys((*user.notes, *server.notes))))
        done = _done(spec, results, flows[name], name, working) if operation.done is not None else None
        found[name] = Answer(name, operation.kind, user, server, operation.done is not None, done)
        _steps(found[name], working)
        _judged(spec, flows[name], found[name], working)
    return found


def target_of(spec: Spec, name: str) -> tuple[Number | None, str]:
    """The p99 that an operation is to keep, and its key; None where nothing is wanted."""
    own = spec.operations[name].p99
    return (spec.target.p99, "target.p99") if own is None else (own, f"operations.{name}.p99")


def floor_term(spec: Spec, flow: Flow, name: str) -> Term:
    """The response time of an operation when no queue makes anybody wait."""
    return series([*client_terms(spec, name, Working()), anywhere(spec, {}, flow, name)])


def _done(spec: Spec, results: Mapping[str, TierResult], flow: Flow, name: str, working: Working) -> Term | None:
    """The time until an operation has passed all of its route, as the user counts it; what is never held back adds
    nothing; None behind a line that grows without end."""
    endless = {t for t, r in results.items() if r.kind == "queue" and r.problem}
    met = {v.hop.tier for v in follow(spec.operations[name].route, flow, spec.tiers, f"operations.{name}")}
    if endless & met:
        return None
    return series([*client_terms(spec, name, working), anywhere(spec, results, flow, name, whole=True)])


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
    done = answer.done_term
    if answer.wants_done:
        working.line(f"operations.{name}.done")
    if done is not None and np.isfinite(answer.done_p99_s):
        label, formula = f"{name}, p99 until all of it is done", f"percentile(0.99, {done.text()})"
        level = done.law().standing.level
        working.step(f"{name}.done.p99", label, formula, dict(done.refs()), answer.done_p99_s, "s", "ABATE", level)


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


