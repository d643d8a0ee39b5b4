"""The stationary law of a queue that goes up and down by one, from its most likely state outwards.

`ratio(k)` is the probability of state k + 1 over that of k; it may not rise with k. Only the states that a
double can see are made: some multiples of the spread of the law, whatever the number of states. They are
products of ratios below one, so nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from capcalc.laws.erlang import Array

Ratio = Callable[[Array], Array]
_LEAST = 1e-25  # of the most likely state
_FIRST, _BLOCK = 64, 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Probabilities of the states from `first` on; those not held are below the last digit."""

    first: int
    p: Array
    ratio: Ratio

    @property
    def k(self) -> Array:
        """The states. [count]"""
        return self.first + np.arange(self.p.size, dtype=float)

    def log_of(self, state: int) -> float:
        """ln of the probability of one state, held or not."""
        at = min(max(state, self.first), self.first + self.p.size - 1)
        log_p = float(np.log(self.p[at - self.first]))
        up = state > at
        low, high = (at, state) if up else (state, at)
        for start in range(low, high, _BLOCK):
            logs = np.log(self.ratio(np.arange(start, min(start + _BLOCK, high), dtype=float))).sum()
            log_p += logs if up else -logs
        return log_p


def stationary(ratio: Ratio, top: float) -> States:
    """The states 0..top (inf: without end) of a queue; `ratio` falls below 1 for good."""
    mode = _mode(ratio, top)
    up = _one_way(lambda k: ratio(mode + k), top - mode)
    down = _one_way(lambda k: 1 / ratio(mode - 1 - k), float(mode))
    p = np.concatenate([down[::-1], [1.0], up])
    return States(mode - down.size, p / p.sum(), ratio)


def _mode(ratio: Ratio, top: float) -> int:
    """Least state whose next is not likelier."""

    def falls(k: float) -> bool:
        return k >= top or bool(ratio(np.array([k]))[0] <= 1)

    low, high = -1.0, 0.0
    while not falls(high):
        low, high = high, min(2 * high + 1, top)
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        low, high = (low, middle) if falls(middle) else (middle, high)
    return int(high)


def _one_way(step: Ratio, states: float) -> Array:
    """Products of the steps, until they no longer count."""
    pieces, last, done, size = [], 1.0, 0, _FIRST
    while done < states and last > 0:
        k = np.arange(done, min(done + size, states))
        piece = last * np.cumprod(step(k))
        pieces.append(piece)
        last, done, size = float(piece[-1]), done + k.size, min(2 * size, _BLOCK)
        before = float(piece[-2]) if piece.size > 1 else 1.0
        if last < _LEAST * (1 - min(last / max(before, 1e-300), 1.0)):
            break
    return np.trim_zeros(np.concatenate(pieces), "b") if pieces else np.zeros(0)
