"""Closed networks of one class by convolution, in ratios: nothing is subtracted, nothing can overflow.

| quantity | symbol | unit |
| --- | --- | --- |
| customers | N, n | count |
| demand of a station, visits times service | D | s |
| parallel servers of it | c | count |
| normalising constant of n customers | G(n) | |
| its ratio, one over the throughput of n customers | y(n) = G(n)/G(n - 1) | s |

The load-dependent mean-value analysis takes p(0) as one less the other probabilities; below 1e-16 that is
noise, and the noise grows with each customer until throughputs are negative. Here a station of c servers is
split into two factors of positive terms,

    sum_j D^j z^j / (1 2 .. min(j, c) ..)  =  [ sum_(m < c) (1 - m/c) D^m z^m / m! ]  *  1 / (1 - z D/c),

a queue of one fast server (a recursion over n) and c terms more (a nested sum). So it takes N c operations
and keeps the digits: each number is a sum of positive numbers.
"""

from __future__ import annotations

import numpy as np

from capcalc.laws._stations import Array

_BIG = 1e150  # times a factor of at most 1 + c a step: no overflow before the next look
_NEGLIGIBLE = 45.0  # e^-45 is below 1e-19


def ratios(demands: Array, servers: Array, think: float, population: int) -> Array:
    """y(n), n = 0..N, of a whole network; y(0) is 0 and means nothing."""
    y, pools = base(demands, servers, think, population)
    for D, c in pools:
        y = pooled(y, D, c)
    return y


def base(
    demands: Array, servers: Array, think: float, population: int
) -> tuple[Array, list[tuple[float, int]]]:
    """The ratios of all but the pools of servers, and those pools; with a server for each it is a delay."""
    n = np.arange(population + 1)
    free = servers >= population
    y = (think + demands[free].sum()) / np.maximum(n, 1) * (n > 0)
    for D in demands[~free & (servers == 1) & (demands > 0)]:
        y = single(y, float(D))
    some = ~free & (servers > 1) & (demands > 0)
    return y, [(float(D), int(c)) for D, c in zip(demands[some], servers[some], strict=True)]


def pooled(y: Array, D: float, c: int) -> Array:
    """With one station of c servers more."""
    return limited(single(y, D / c), D, c)


def single(y: Array, D: float) -> Array:
    """With a station of one server: G'(n) = G(n) + D G'(n - 1); u(n) = G(n)/G'(n), its chance to be empty."""
    out, u = np.full(y.shape, D), 1.0
    out[0] = 0.0
    before = y.tolist()
    for n in range(1, len(before)):
        rest = u * before[n]
        if rest < 1e-30 * D:  # rest only falls: the station is saturated, and y stays D
            break
        out[n] = D + rest
        u = rest / (D + rest)
    return out


def limited(y: Array, D: float, c: int) -> Array:
    """With the first factor of a pool more: y'(n) = y(n) v(n)/v(n - 1), v(n) = sum_m g(m) G(n - m)/G(n)."""
    m = np.arange(1, c)
    step = D / m * ((c - m) / (c - m + 1))  # g(m)/g(m - 1)
    x = np.zeros_like(y)
    x[1:] = 1 / y[1:]
    growth = np.cumsum(np.log(step * x[-1]))
    kept = np.flatnonzero(growth > max(growth.max(), 0.0) - _NEGLIGIBLE)
    terms = int(kept[-1]) + 1 if kept.size else 0
    v, one, power = np.ones_like(y), np.ones_like(y), np.zeros(y.shape, dtype=np.int64)
    for k in range(min(terms, len(y) - 1), 0, -1):  # v = 1 + x(n) g1/g0 (1 + x(n - 1) g2/g1 (1 + ...))
        v[:k] = one[:k]
        v[k:] *= step[k - 1] * x[1 : len(y) - k + 1]
        v[k:] += one[k:]
        if v[-1] > _BIG:  # v grows with n
            v, shift = np.frexp(v)
            one = np.ldexp(one, -shift)
            power += shift
    out = y.copy()
    out[1:] *= np.ldexp(v[1:] / v[:-1], power[1:] - power[:-1])
    return out


def mean_single(y: Array, D: float) -> float:
    """Mean number at a station of one server, sum_j D^j G(N - j)/G(N); y is of the whole network."""
    return float(np.cumprod(D / y[:0:-1]).sum())


def others(y: Array, pools: list[tuple[float, int]]) -> list[Array]:
    """For each pool the ratios of the network without it; by halves, so that it costs log of their number."""
    if not pools:
        return []
    if len(pools) == 1:
        return [y]
    half = len(pools) // 2
    left, right = pools[:half], pools[half:]
    with_left, with_right = y, y
    for D, c in left:
        with_left = pooled(with_left, D, c)
    for D, c in right:
        with_right = pooled(with_right, D, c)
    return others(with_right, left) + others(with_left, right)


def marginal(y_others: Array, D: float, c: float) -> Array:
    """P(j customers at the station), j = 0..N, from the ratios of the network without it.

    p(j)/p(j - 1) = D/min(j, c) / y(N - j + 1) falls with j, so products from the mode outward are at most 1.
    """
    N = len(y_others) - 1
    j = np.arange(1, N + 1)
    with np.errstate(divide="ignore", over="ignore"):  # without think time nobody is elsewhere: inf
        rise = D / np.minimum(j, c) / y_others[:0:-1]
        mode = int(np.count_nonzero(rise > 1))
        down = np.cumprod(1 / rise[:mode][::-1])[::-1]
    p = np.concatenate([down, [1.0], np.cumprod(rise[mode:])])
    return p / p.sum()
