"""One integral behind Poisson tails, queues with abandonment and constant service.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| rate out, rate in, each over the rate of giving up | y, x | `y`, `x` | ratio |
| exponent | h(v) = y v - x (1 - e^-v) | | |
| the integrals | I0 = int e^-h, I1 = int (1 - e^-v) e^-h, from v0 on | `decay` | |

For a Poisson number A of mean x and real y > 0: P(A >= y) = y P(A = y) I0 and E(A - y)^+ = x y P(A = y) I1,
where every term is positive, so that nothing cancels however small they are. The exponent is convex: its
least point is the start or ln(x/y), and it is cut where it has risen by 45. With u = v - (least point),
x' = x e^-(least point) and d = y - x', it rises by d u + x' (u - 1 + e^-u).
"""

from __future__ import annotations

import numpy as np

from capcalc.laws.erlang import Array

_CUT = 45.0
_EDGES = np.array([0.0, 0.08, 0.2, 0.4, 0.65, 1.0])
_CORNER = np.array([0.5, 1.5, 3.0, 6.0, 12.0, 24.0, 36.0])  # e^-v itself is over by then
_Z, _W = np.polynomial.legendre.leggauss(14)


def psi(u: Array) -> Array:
    """u - 1 + e^-u, with all its digits near 0."""
    small = np.abs(u) < 0.5
    s = np.where(small, u, 0.0)
    series = np.zeros_like(s)
    for k in range(17, 1, -1):  # u^2/2! - u^3/3! + ...
        series = (1 - series) * s / k if k > 2 else (1 - series) * s * s / 2
    return np.where(small, series, np.where(small, 1.0, u) + np.expm1(-np.where(small, 1.0, u)))


def decay(y: Array, x: Array, v0: Array | float = 0.0) -> tuple[Array, Array, Array]:
    """ln of e^-h at its highest from v0 on, and both integrals of e^-h over that: (m, I0 e^-m, I1 e^-m)."""
    y, x, v0 = (np.asarray(v, float) for v in np.broadcast_arrays(y, x, v0))
    peak = np.maximum(v0, np.log(np.maximum(x, 1e-300) / y))
    inner = peak > v0
    xs = np.where(inner, y, x * np.exp(-v0))
    d = np.where(inner, 0.0, y - xs)
    m = -(y * peak + x * np.expm1(-peak))
    right = _right_end(d, xs)
    zero, one = _panel(d, xs, peak, right)
    if inner.any():
        left = np.where(inner, np.minimum(_left_end(np.where(inner, xs, 1.0)), peak - v0), 0.0)
        more = _panel(d, xs, peak, -left)
        zero, one = zero - more[0], one - more[1]
    return m, zero, one


def _panel(d: Array, xs: Array, peak: Array, reach: Array) -> tuple[Array, Array]:
    edges = np.multiply.outer(_EDGES, reach)
    if (reach > 6).any():
        corners = np.minimum(np.multiply.outer(_CORNER, reach > 0), reach)
        edges = np.sort(np.concatenate([edges, corners]), axis=0)
    z, w = (v.reshape(-1, *[1] * edges.ndim) for v in (_Z, _W))
    half = np.diff(edges, axis=0) / 2
    u = edges[:-1] + half * (1 + z)
    weight = np.exp(-(d * u + xs * psi(u))) * (w * half)
    return weight.sum(axis=(0, 1)), -(weight * np.expm1(-(peak + u))).sum(axis=(0, 1))


def _right_end(d: Array, xs: Array) -> Array:
    """u > 0 with d u + x' psi(u) = 45: Newton from beyond, which a convex function never overshoots."""
    e = _CUT / np.maximum(xs, 1e-300)
    u = np.minimum(_CUT / np.maximum(d, 1e-300), e / 2 + np.sqrt(e) * np.sqrt(e / 4 + 2))
    for _ in range(6):
        u = u - (d * u + xs * psi(u) - _CUT) / np.maximum(d - xs * np.expm1(-u), 1e-300)
    return u


def _left_end(xs: Array) -> Array:
    """w > 0 with x' (e^w - 1 - w) = 45, the same way."""
    e = _CUT / xs
    w = np.minimum(np.sqrt(2 * e), np.log1p(e + np.sqrt(2 * e)))
    for _ in range(6):
        w = w - (psi(-w) - e) / np.maximum(np.expm1(w), 1e-300)
    return w
