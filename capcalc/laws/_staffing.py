"""How many servers, before and after one look: square-root staffing, and a search over whole numbers.

With c = a + beta sqrt(a) + b servers the chance of waiting tends to alpha = 1/(1 + beta H) [HALFIN], where
H(beta) = sqrt(pi/2) erfcx(-beta/sqrt(2)). Putting c into the uniform expansion of Erlang's formula and
asking that the term of order 1/sqrt(a) vanish gives the correction (compare [JANSSEN])

    b = (beta/3 + beta^3/6 + beta^2 H (1/2 + beta^2/6)) / (beta + (1 + beta^2) H).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from capcalc.laws.erlang import Array, erfcx, inverse_blocking, log_chance_of_wait

Miss = Callable[[Array, NDArray], Array]  # servers, which of the cases -> above 0 where the target is missed
_KNOTS = 8192
_DEEPEST = -50.0  # ln p where the table of beta ends
_TURNS = 200
_ROUNDING = 1e-13  # a target that is missed by less, relatively, is met: a tie is not lost to rounding


def hazard(beta: Array) -> Array:
    """H(beta), one over the hazard rate of the normal law at -beta, for beta >= 0."""
    return np.sqrt(np.pi / 2) * (2 * np.exp(beta * beta / 2) - erfcx(beta * np.sqrt(0.5)))


@cache
def _betas() -> Array:
    """beta at equal steps of ln p from `_DEEPEST` to 0: interpolated, then two Newton steps on ln alpha."""
    grid = np.linspace(0.0, 10.0, _KNOTS)
    log_p = np.linspace(_DEEPEST, 0.0, _KNOTS)
    beta = np.interp(-log_p, np.log1p(grid * hazard(grid)), grid)
    for _ in range(2):
        H = hazard(beta)
        beta += (-log_p - np.log1p(beta * H)) * (1 + beta * H) / (H + beta * (beta * H + 1))
    return beta


def square_root_staffing(log_p: Array) -> tuple[Array, Array]:
    """beta and b for a chance of waiting p < 1."""
    table = _betas()
    place = np.maximum(log_p * (-(_KNOTS - 1) / _DEEPEST) + (_KNOTS - 1), 0.0)
    knot = np.minimum(place.astype(np.int64), _KNOTS - 2)
    beta = table[knot]
    beta += (place - knot) * (table[knot + 1] - beta)
    deeper = _DEEPEST - log_p
    if (deeper > 0).any():  # alpha falls as e^(-beta^2/2)
        beta = np.sqrt(beta * beta + 2 * np.maximum(deeper, 0.0))
    return beta, _correction(beta, hazard(np.minimum(beta, 10.0)))


def _correction(beta: Array, H: Array) -> Array:
    square = beta * beta
    return (beta * (2 + square) + square * H * (3 + square)) / (6 * (beta + (1 + square) * H))


def start(a: Array, log_p: Array) -> Array:
    """Servers for P(wait) <= p by corrected square-root staffing; more than a."""
    beta, b = square_root_staffing(log_p)
    return np.maximum(np.ceil(a + beta * np.sqrt(a) + b), np.floor(a) + 1)


def balanced_start(a: Array, log_goal: Array, lost: float) -> Array:
    """Servers for C/(c - a - lost) <= goal: Newton on ln(beta/alpha) = -ln(goal sqrt(a)), in ln beta."""
    root = np.sqrt(np.maximum(a, 1e-300))
    wanted = np.clip(-log_goal - np.log(root), -700.0, 400.0)
    beta = np.minimum(np.exp(wanted), np.sqrt(2 * np.log1p(np.exp(wanted))))
    for _ in range(4):
        H = hazard(beta)
        busy = 1 + beta * H
        rise = 1 + beta * (H + beta * busy) / busy
        beta = np.minimum(beta * np.exp((wanted - np.log(beta) - np.log(busy)) / rise), 30.0)
    return np.maximum(np.ceil(a + beta * root + _correction(beta, hazard(beta)) + lost), np.floor(a) + 1)


def fewest_for_chance(a: Array, p: Array) -> Array:
    """Least c > a with C(c, a) <= p: one evaluation, then 1/B(n) = 1 + (n/a)/B(n - 1) both ways."""
    a = np.maximum(a, 1e-300)
    log_p = np.log(p)
    n = start(a, log_p)
    r = inverse_blocking(n, a)
    fewer = (r - 1) * (a / n)
    met = _meets(n, r, a, p)
    met_fewer = met & _meets(n - 1, fewer, a, p)
    n_more = n + 1
    undecided = ~met & ~_meets(n_more, 1 + n_more / a * r, a, p)
    if met_fewer.any():
        undecided |= met_fewer & _meets(n - 2, (fewer - 1) * (a / np.maximum(n - 1, 1.0)), a, p)
    least = np.where(met, n - met_fewer, n_more)
    again = np.flatnonzero(undecided)
    if again.size:
        a, log_p, guess = a[again], log_p[again], least[again]
        least[again] = fewest(lambda c, i: log_chance_of_wait(c, a[i]) - log_p[i], a, guess, -log_p)
    return least


def _meets(c: Array, r: Array, a: Array, p: Array) -> NDArray[np.bool_]:
    return (c > a) & (c <= p * (1 + _ROUNDING) * (a + (c - a) * r))


def fewest(miss: Miss, a: Array, guess: Array, at_limit: Array) -> Array:
    """Least whole c > a with miss(c) <= 0, where miss, a logarithm, falls with c from `at_limit` at c = a.

    Steps that double until the answer is between two numbers, then the secant, with a bisection every third
    turn so that the number of turns is bounded by a multiple of ln(c).
    """
    low, high = a.copy(), np.full(a.shape, np.inf)  # fails, meets
    low_miss, high_miss = at_limit.copy(), np.full(a.shape, -np.inf)
    live = np.arange(a.size)
    c = np.maximum(guess, np.floor(a) + 1)
    for turn in range(_TURNS):
        value = miss(c, live)
        met = value <= _ROUNDING
        high[live[met]], high_miss[live[met]] = c[met], value[met]
        low[live[~met]], low_miss[live[~met]] = c[~met], value[~met]
        live = live[np.floor(low[live]) + 1 < high[live]]
        if live.size == 0:
            break
        c = _next(low[live], high[live], low_miss[live], high_miss[live], turn)
    return high


def _next(low: Array, high: Array, low_miss: Array, high_miss: Array, turn: int) -> Array:
    """Where to look in (low, high): beyond the known end by 2^turn, by the secant, or in the middle."""
    first, reach = np.floor(low) + 1, 2.0**turn
    no_high, no_low = np.isinf(high), np.isinf(low_miss) | np.isinf(high_miss)
    end = np.where(no_high, low, high)  # finite stands in for what is not known
    if turn % 3 == 2:
        inside = (low + end) / 2
    else:
        rise = np.where(no_low, 1.0, low_miss) - np.where(no_low, -1.0, high_miss)
        share = np.where(no_low, 0.0, low_miss) / np.where(rise > 0, rise, 1.0)
        inside = low + (end - low) * share
    c = np.where(no_high, first - 1 + reach, np.where(no_low, end - reach, np.ceil(inside)))
    return np.clip(c, first, np.where(no_high, np.inf, high - 1))
