"""Which stated targets an estimate misses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from capcalc.figures import text_of
from capcalc.systems.estimate import Estimate
from capcalc.tiers.flow import Number

_SAME = 1 + 1e-9  # a fleet sized to 70% may be busy 70% and a last digit


def missed(estimate: Estimate) -> list[str]:
    """A sentence for each target that is missed; of an array of scenarios the first that misses it."""
    return [*_tiers(estimate), *_operations(estimate), *_done(estimate), *_available(estimate), *_budget(estimate)]


def _tiers(estimate: Estimate) -> Iterator[str]:
    for name, result in estimate.tiers.items():
        limit = getattr(estimate.spec.tiers[name], "utilisation", None)
        wanted = estimate.spec.target.utilisation if limit is None else limit
        if result.problem:
            yield f"{name} is overloaded: {result.problem}"
        elif result.utilisation is not None and (worst := _over(result.utilisation, wanted)) is not None:
            busy, most = worst
            busy_text, most_text = text_of(busy, "ratio"), text_of(most, "ratio")
            yield f"{name} is {busy_text} busy at the peak; its target is {most_text}"


def _budget(estimate: Estimate) -> Iterator[str]:
    """Money of a month, where a budget is stated."""
    wanted = estimate.spec.target.budget
    if wanted is not None and (worst := _over(estimate.cost.usd_per_month, wanted)) is not None:
        money, most = (text_of(v, "USD") for v in worst)
        yield f"a month costs {money}; its budget is {most}"


def _operations(estimate: Estimate) -> Iterator[str]:
    """Response times, where the operation or the target says a p99."""
    for name, operation in estimate.spec.operations.items():
        own = getattr(operation, "p99", None)
        wanted = getattr(estimate.spec.target, "p99", None) if own is None else own
        if wanted is None:
            continue
        worst = _over(estimate.operations[name].p99_s, wanted)
        if worst is not None:
            yield f"{name} has a p99 of {text_of(worst[0], 's')}; its target is {text_of(worst[1], 's')}"


def _done(estimate: Estimate) -> Iterator[str]:
    """When all is done, where the operation says until when."""
    for name, operation in estimate.spec.operations.items():
        if operation.done is None:
            continue
        done = estimate.operations[name].done_p99_s
        if done is None:
            yield f"{name} is never done: a line that it waits in grows without end"
        elif (worst := _over(done, operation.done)) is not None:
            yield f"{name} has a p99 of {text_of(worst[0], 's')} until it is done; its target is {text_of(worst[1], 's')}"


def _available(estimate: Estimate) -> Iterator[str]:
    """The part of the time that operations are answered, where the target says one."""
    wanted = estimate.spec.target.availability
    if wanted is None:
        return
    for name, up in estimate.available.items():
        worst = _over(1 - np.asarray(up.availability), 1 - np.asarray(wanted))
        if worst is not None:
            said, most = (text_of(1 - v, "ratio") for v in worst)
            yield f"{name} is answered {said} of the time; its target is {most}"


def _over(value: Number, most: Any) -> tuple[float, float] | None:
    """The first scenario in which a value is over its target."""
    values, limits = (a.ravel() for a in np.broadcast_arrays(value, most))
    bad = np.flatnonzero(values > limits * _SAME)
    return (float(values[bad[0]]), float(limits[bad[0]])) if bad.size else None
