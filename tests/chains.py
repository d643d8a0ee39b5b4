"""Queues as plain Markov chains, solved term by term: an oracle for laws that take a shorter way."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np


def birth_death(up: Callable[[int], float], down: Callable[[int], float], states: int) -> np.ndarray:
    """Stationary probabilities of 0..states - 1; `up` and `down` are rates out of a state."""
    p = [1.0]
    for k in range(1, states):
        p.append(p[-1] * up(k - 1) / down(k))
    total = np.array(p)
    return total / total.sum()


def departures_late(t: float, rate: float, most: int) -> np.ndarray:
    """P(no more than j departures by t), j = 0..most, at a constant rate."""
    term, total, out = exp(-rate * t), 0.0, []
    for j in range(most + 1):
        total += term
        out.append(total)
        term *= rate * t / (j + 1)
    return np.array(out)


def wait_tail(t: float, seen: np.ndarray, c: int, rate: float) -> float:
    """P(W > t) of one who sees `seen`, where c jobs in service leave at `rate` together."""
    waits = seen[c:]
    return float(waits @ departures_late(t, rate, len(waits) - 1)) if len(waits) else 0.0
