"""Backwards through a law that only goes forwards: whole numbers by galloping, times and loads by a bracket.

All cases of an array go together; a case that is decided drops out. `law` is called with trial values and the
indices of the cases they belong to.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from capcalc.laws.erlang import Array

Law = Callable[[Array, NDArray], Array]  # trial values, which of the cases -> a number
Meets = Callable[[Array, NDArray], NDArray]  # the same -> whether the target is met

ROUNDING = 1e-13  # a target missed by no more than this part of it is met
_TURNS = 200
_PIECE = 2048


def each(function: Callable[..., float], *values):
    """`function` of scalars, over the broadcast elements of arrays, for laws that do not vectorise."""
    arrays = np.broadcast_arrays(*values)
    flat = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    out = np.array([function(*one) for one in flat], dtype=np.float64)
    return out.reshape(arrays[0].shape)[()]


def flattened(*values) -> tuple[tuple[int, ...], list[Array]]:
    """The common shape, and the broadcast values as flat arrays."""
    arrays = np.broadcast_arrays(*values)
    return arrays[0].shape, [np.array(array, dtype=np.float64).ravel() for array in arrays]


def in_pieces(function: Callable[..., Array], *values):
    """As `erlang.in_blocks`, in small pieces: for functions that hold a hundred numbers an element."""
    shape, flat = flattened(*values)
    out = np.empty(flat[0].size)
    with np.errstate(over="ignore"):
        for start in range(0, out.size, _PIECE):
            piece = slice(start, start + _PIECE)
            out[piece] = function(*(array[piece] for array in flat))
    return out.reshape(shape)[()]


def fewest_whole(meets: Meets, low: Array, most: float = 1e15) -> Array:
    """Least whole n >= low that meets, where all above one that meets do; inf where none to `most` does."""
    low = np.asarray(low, float)
    below, above = low - 1, np.full(low.shape, np.inf)  # fails (or is too low), meets
    live, step = np.arange(low.size), 1.0
    while live.size:
        n = np.minimum(below[live] + step, most)
        met = meets(n, live)
        above[live[met]] = n[met]
        below[live[~met]] = n[~met]
        live = live[~met & (n < most)]
        step *= 2
    live = np.flatnonzero(np.isfinite(above) & (below + 1 < above))
    while live.size:
        n = np.floor((below[live] + above[live]) / 2)
        met = meets(n, live)
        above[live[met]] = n[met]
        below[live[~met]] = n[~met]
        live = live[below[live] + 1 < above[live]]
    return above


def crossing(law: Law, low: Array, high: Array, tight: float = 4e-16) -> Array:
    """x in [low, high] at which a law that is above 0 at `low` and at most 0 at `high` passes through 0.

    False position, of which an end that stays is halved in weight, and every third turn the middle, so that
    the number of turns is bounded. Where the law is already at most 0 at `low`, that is the answer; where it
    is above 0 at `high`, that.
    """
    low, high = np.array(low, float), np.array(high, float)
    every = np.arange(low.size)
    at_low, at_high = law(low, every), law(high, every)
    out = np.where(at_low <= 0, low, high)
    live = np.flatnonzero((at_low > 0) & (at_high <= 0) & (low < high))
    side = np.zeros(low.size)
    for turn in range(_TURNS):
        if not live.size:
            break
        a, b, fa, fb = low[live], high[live], at_low[live], at_high[live]
        rise = fa - fb
        even = np.isfinite(rise) & (rise > 0) & (turn % 3 < 2)
        share = np.where(even, fa, 1.0) / np.where(even, rise, 2.0)
        x = a + (b - a) * np.clip(share, 1e-3 * (turn % 3 == 0), 1.0)
        x = np.where((x > a) & (x < b), x, a + (b - a) / 2)
        f = law(x, live)
        over = f > 0
        again = side[live] == np.where(over, 1, -1)
        low[live], high[live] = np.where(over, x, a), np.where(over, b, x)
        at_low[live] = np.where(over, f, np.where(again, fa / 2, fa))
        at_high[live] = np.where(over, np.where(again, fb / 2, fb), f)
        side[live] = np.where(over, 1, -1)
        out[live] = x
        width = high[live] - low[live]
        live = live[(f != 0) & (width > tight * np.abs(high[live])) & (np.minimum(x - a, b - x) > 0)]
    return out


def time_beyond(tail: Law, q: Array, scale: Array) -> Array:
    """Least t >= 0 with tail(t) <= q, for a tail that falls to 0; `scale` is a first guess of its length."""
    log_q = np.log(q)

    def miss(t, i):
        return np.log(np.maximum(tail(t, i), 1e-320)) - log_q[i]

    high = np.where(scale > 0, scale, 1.0).astype(float)
    live = np.arange(q.size)
    for _ in range(_TURNS):
        live = live[miss(high[live], live) > 0]
        if not live.size:
            break
        high[live] *= 4
    return crossing(miss, np.zeros(q.size), high)
