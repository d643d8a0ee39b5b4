"""Sizing to response times: where a p99 is missed, servers are added where a dollar buys most of it.

A tier is given more by lowering the utilisation that it is sized to, by a tenth at a time: U, 0.9 U, 0.81 U, ... In each
round every tier that somebody waits in is tried alone, and the one after which the fewest requests are late for its money
takes the step. A p99 is kept when no more than 1% are later than it, and one value of a tail costs a tenth of a percentile.
Where the p99 without any wait is above its target no fleet meets it, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from capcalc.systems.regions import apart
from capcalc.systems.response import Answer, floor_term, target_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Flow, Number
from capcalc.tiers.tier import Tier, TierResult

_ROUNDS = 60
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
    hopeless = {n: floor_term(spec, flows[n], n).law().tail(w) > LATE for n, w in wanted.items()}
    steps: dict[str, Number] = dict.fromkeys(_pools(spec, results), 0.0)
    excess = _excess(answers, wanted, hopeless)
    for _ in range(_ROUNDS):
        if not np.any(excess > 0) or not steps:
            break
        tried = {name: solve({**steps, name: steps[name] + 1}) for name in steps}
        gains = [_gain(spec, excess, results, tried[name], name, wanted, hopeless) for name in steps]
        best = np.argmax(np.stack(np.broadcast_arrays(*gains)), axis=0)
        for index, name in enumerate(steps):
            steps[name] = steps[name] + ((best == index) & (excess > 0))
        _, results, answers = solve(steps)
        excess = _excess(answers, wanted, hopeless)
    return {name: k for name, k in steps.items() if np.any(np.asarray(k) > 0)}


def _pools(spec: Spec, results: Mapping[str, TierResult]) -> list[str]:
    """Tiers that are sized and have a queue."""
    return [n for n, r in apart(results).items() if r.servers is not None and _tier(spec, n).servers is None]


def _tier(spec: Spec, name: str) -> Tier:
    """The tier of a name, of whichever region."""
    return spec.tiers[name.partition(".")[0]]


def _excess(answers: Mapping[str, Answer], wanted: Mapping[str, Number], hopeless: Mapping[str, Number]) -> Number:
    """How many more requests are late than may be, relatively and in all; what no fleet meets does not count."""
    return sum(np.where(hopeless[n], 0.0, np.maximum(answers[n].law.tail(w) / LATE - 1, 0.0)) for n, w in wanted.items())


def _gain(spec, excess, results, tried: Solved, name: str, wanted, hopeless) -> Number:
    """How much less is over the target for a dollar more; servers stand for dollars where no price is known."""
    price = _tier(spec, name).has("price").value or 1.0
    more = np.maximum(apart(tried[1])[name].servers - apart(results)[name].servers, 0.0) * price
    less = excess - _excess(tried[2], wanted, hopeless)
    return less / np.where(more > 0, more, 1e-3 * price)
