"""Sizing to response times: where a p99 is missed, servers are added where a dollar buys most of it.

A tier is given more by lowering the utilisation that it is sized to, by a tenth at a time: U, 0.9 U, 0.81 U, ... In each
round every tier that somebody waits in is tried alone, and the one after which the fewest requests are late for its money
takes the step. A p99 is kept when no more than 1% are later than it, and one value of a tail costs a tenth of a percentile.
Where the p99 without any wait is above its target no fleet meets it, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from capcalc.systems.regions import apart, regions_of, tier_of
from capcalc.systems.response import Answer, floor_term, target_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Flow, Number, follow
from capcalc.tiers.tier import TierResult

_ROUNDS = 60
_IDLE = 12  # a utilisation of 0.9^12 = 28% of what it was, and nothing gained
LATE = 0.01  # of the requests may be later than a p99
Solved = tuple[Mapping[str, Flow], Mapping[str, TierResult], Mapping[str, Answer]]


def tightened(spec: Spec, solve: Callable[[Mapping[str, Number]], Solved]) -> dict[str, Number]:
    """Steps by which the utilisation of each tier is lowered so that every stated p99 is kept.

    Parameters
    ----------
    spec : Spec
    solve : function of steps by tier
        The flows, tiers and answers of a fleet that is sized so.

    Returns
    -------
    dict of tier to number
        Whole numbers, 0 where the target's utilisation will do; arrays for arrays of scenarios.
    """
    wanted = {n: target_of(spec, n)[0] for n in spec.operations}
    wanted = {n: w for n, w in wanted.items() if w is not None}
    if not wanted:
        return {}
    flows, results, answers = solve({})
    hopeless = {n: _hopeless(spec, flows[n], answers[n], w) for n, w in wanted.items()}
    steps: dict[str, Number] = dict.fromkeys(_pools(spec, results), 0.0)
    over = _over(answers, wanted, hopeless)
    excess = sum(over.values())
    idle = np.zeros(np.shape(excess))  # rounds that have changed nothing
    for _ in range(_ROUNDS):
        unmet = (excess > 0) & (idle < _IDLE)
        if not np.any(unmet) or not steps:
            break
        waiting = _waiting(spec, flows, over) & steps.keys()
        if not waiting:  # all that are late wait where the servers are given
            break
        tried = {name: solve({**steps, name: steps[name] + 1}) for name in steps if name in waiting}
        now = apart(results)
        gains = [_gain(spec, excess - sum(_over(t[2], wanted, hopeless).values()), now, t[1], n) for n, t in tried.items()]
        best = np.argmax(np.stack(np.broadcast_arrays(*gains)), axis=0)
        none = np.max(np.stack(np.broadcast_arrays(*gains)), axis=0) <= 0  # all too small a step: take them all
        for index, name in enumerate(tried):
            steps[name] = steps[name] + (((best == index) | none) & unmet)
        _, results, answers = solve(steps)
        idle = np.where(none, idle + 1, 0)
        over = _over(answers, wanted, hopeless)
        excess = sum(over.values())
    return {name: k for name, k in steps.items() if np.any(np.asarray(k) > 0)}


def _hopeless(spec: Spec, flow: Flow, answer: Answer, wanted: Number) -> Number:
    """Whether no fleet keeps a p99: it is above its target without any wait, or a tier whose servers are given is full."""
    return (floor_term(spec, flow, answer.operation).law().tail(wanted) > LATE) | np.isinf(answer.mean_s)


def _waiting(spec: Spec, flows: Mapping[str, Flow], over: Mapping[str, Number]) -> set[str]:
    """Tiers, of all regions, in which requests wait that are late in some scenario."""
    found: set[str] = set()
    for name, more in over.items():
        if np.any(np.asarray(more) > 0):
            visits = follow(spec.operations[name].route, flows[name], spec.tiers, f"operations.{name}")
            found |= {v.hop.tier for v in visits if v.flow.waited}
    return {f"{tier}.{region}" if region else tier for tier in found for region in regions_of(spec)}


def _pools(spec: Spec, results: Mapping[str, TierResult]) -> list[str]:
    """Tiers that are sized and have a queue."""
    return [n for n, r in apart(results).items() if r.servers is not None and tier_of(spec, n).servers is None]


def _over(answers: Mapping[str, Answer], wanted: Mapping[str, Number], hopeless: Mapping[str, Number]) -> dict[str, Number]:
    """How many more requests of each operation are late than may be, relatively; what no fleet meets does not count."""
    return {n: np.where(hopeless[n], 0.0, np.maximum(answers[n].law.tail(w) / LATE - 1, 0.0)) for n, w in wanted.items()}


def _gain(spec: Spec, less: Number, now: Mapping[str, TierResult], tried: Mapping[str, TierResult], name: str) -> Number:
    """How much less is over the target for a dollar more; servers stand for dollars where no price is known."""
    price = tier_of(spec, name).has("price").value or 1.0
    more = np.maximum(apart(tried)[name].servers - now[name].servers, 0.0) * price
    return less / np.where(more > 0, more, 1e-3 * price)
