"""The largest part of a ring cut at random, and the fullest bin where each ball takes the emptier of two.

Node parts of a ring with V cuts a node are gamma numbers of shape V given their sum, m V, whatever their rate
is. So P(all <= c) = (Z_c(b) e^(b V) / (Gamma(V) e^V))^m sqrt(V/v), Z_c(b) = int_0^c t^(V-1) e^(-b t) dt, with
the rate b at which a part below c has the mean V, and v its variance there (the saddle point): an error of
order 1/m. Balls of two choices: the part s_k of the bins with k or more grows as s_(k-1)^2 - s_k^2 in balls a
bin.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from capcalc.laws._ranks import Array
from capcalc.laws._search import crossing

_LONG = 40.0  # balls a bin after which the fullest keeps its lead over the mean


@lru_cache(maxsize=1)
def _rule() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(160)


def fullest_part(p: float, nodes: float, cuts: float) -> float:
    """m times the largest part, not exceeded with chance p."""
    if nodes == 1:
        return 1.0
    sd = math.sqrt(1 / cuts)
    low = 1 + sd / 20  # where the saddle point is still told from the end
    high = min(nodes, 1 + sd * (8 + 4 * math.sqrt(math.log(nodes))) + 60 * sd * sd)
    ln_p = math.log(p)

    def short(x: Array, _) -> Array:
        return np.array([ln_p - _ln_all_below(float(v), nodes, cuts) for v in x])

    return float(crossing(short, np.full(1, low), np.full(1, high), 1e-9)[0])


def _ln_all_below(x: float, nodes: float, cuts: float) -> float:
    """ln P(no node has more than x times the mean part)."""
    c = x * cuts
    z, g = _rule()
    start = max(0.0, min(cuts - 12 * math.sqrt(cuts), c - 14 * math.sqrt(cuts)))
    t = start + (c - start) / 2 * (1 + z)
    ln_t = (cuts - 1) * np.log(t) + np.log(g * (c - start) / 2)

    def moments(b: float) -> tuple[float, float, float]:
        ln = ln_t - b * t
        top = float(ln.max())
        weight = np.exp(ln - top)
        whole = float(weight.sum())
        mean = float(weight @ t) / whole
        return top + math.log(whole), mean, float(weight @ (t - mean) ** 2) / whole

    def heavy(b: Array, _) -> Array:
        return np.array([moments(float(v))[1] - cuts for v in b])

    spread = (c - cuts) or 1e-12
    b = float(crossing(heavy, np.full(1, 1 - 40 / spread - 40 / cuts), np.full(1, 1.0), 1e-12)[0])
    ln_z, _, v = moments(b)
    lone = ln_z + b * cuts - math.lgamma(cuts) - cuts
    return min(nodes * lone + 0.5 * math.log(cuts / v), 0.0)


@lru_cache(maxsize=256)
def lead_of_choices(balls_per_bin: float, bins: float, choices: int) -> float:
    """Load of the fullest bin less that of the mean one, where each ball takes the emptiest of so many."""
    last = balls_per_bin
    if last > _LONG:
        last = _LONG + (last - math.floor(last))
    levels = int(last) + 40
    s = np.zeros(levels + 1)
    s[0] = 1.0
    steps = max(int(40 * last), 40)
    h = last / steps

    def rise(s: Array) -> Array:
        full = s**choices
        return np.concatenate([[0.0], full[:-1] - full[1:]])

    for _ in range(steps):
        a = rise(s)
        b = rise(s + h / 2 * a)
        c = rise(s + h / 2 * b)
        s = np.clip(s + h / 6 * (a + 2 * b + 2 * c + rise(s + h * c)), 0.0, 1.0)
    some = -np.expm1(bins * np.log1p(-np.minimum(s[1:], 1 - 1e-16)))
    return float(some.sum() - last)


def one_choice(balls: float, bins: float) -> float:
    """Mean load of the fullest bin, each a binomial number, taken as independent."""
    if bins == 1:
        return balls
    mean, p = balls / bins, 1 / bins
    k = np.arange(max(math.floor(mean), 0), min(balls, math.ceil(mean + 12 * math.sqrt(mean) + 40)) + 1)
    stride = max(k.size // 4000, 1)
    k = k[::stride]
    ln = _ln_binomial(balls, p, k)
    chance = np.exp(ln) * stride
    beyond = np.cumsum(chance[::-1])[::-1]  # P(load >= k)
    some = -np.expm1(bins * np.log1p(-np.minimum(beyond[1:], 1 - 1e-16)))
    return float(k[0] + stride * some.sum())


def _ln_binomial(n: float, p: float, k: Array) -> Array:
    gamma = [math.lgamma(n + 1) - math.lgamma(v + 1) - math.lgamma(n - v + 1) for v in k.tolist()]
    return np.array(gamma) + k * math.log(p) + (n - k) * math.log1p(-p)
