"""The sums behind M/D/c; see `mdc`.

With A_n Poisson of mean n a, the queue at times D apart is a walk with steps A - c that is held at 0, so that
by Spitzer's identity P(nobody waits) = exp(-sum P(A_n >= n c)/n), E(queue) = sum E(A_n - n c)^+/n, and the
queue is compound Poisson with rates b(j) = sum P(A_n = n c + j)/n. All terms are positive and smooth in n:
the first 64 are added, the rest is an integral with its end corrections.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capcalc.laws._decay import decay, psi
from capcalc.laws._room import poisson
from capcalc.laws.erlang import Array, log_poisson

_FIRST = 64
_Z, _W = np.polynomial.legendre.leggauss(16)


def over_n(law: Callable[[Array], Array], rate: float) -> Array:
    """sum of law(n)/n, n = 1, 2, ..; law falls as e^(-n rate). n runs along the last axis of law(n)."""
    n = np.arange(1.0, _FIRST + 1)
    total = (law(n) / n).sum(axis=-1)
    start = _FIRST + 0.5
    end = start + max(45 / rate, 1.0)
    edges = np.geomspace(start, end, 17 + int(2 * np.log(end / start)))
    half = np.diff(edges)[:, None] / 2
    x, w = (edges[:-1, None] + half * (1 + _Z)).ravel(), (half * _W).ravel()
    total = total + (w * law(x) / x).sum(axis=-1)
    near = np.arange(_FIRST - 1.0, _FIRST + 3)  # around the start, for the derivatives there
    f = np.moveaxis(law(near) / near, -1, 0)
    slope = (27 * (f[2] - f[1]) - (f[3] - f[0])) / 24
    return total + slope / 24 - 7 / 5760 * (f[3] - 3 * f[2] + 3 * f[1] - f[0])


def decay_rate(c: float, a: float) -> float:
    """a - c - c ln(a/c): how fast the chance that n c or more come in n services falls with n."""
    return float(c * psi(np.array(-np.log1p((a - c) / c) if a > 0.5 * c else -np.log(a / c))))


def wait_chance_and_queue(c: float, a: float) -> tuple[float, float]:
    """P(wait) and the mean number waiting, 0 < a < c."""

    def both(n: Array) -> Array:
        y, x = n * c, n * a
        m, zero, one = decay(y, x)
        peak = np.exp(log_poisson_real(y, x) + m)
        return np.stack([y * peak * zero, x * y * peak * one])

    busy, queue = over_n(both, decay_rate(c, a))
    return float(-np.expm1(-busy)), float(queue)


def log_poisson_real(y: Array, x: Array) -> Array:
    """ln(e^-x x^y / y!) for real y > 0: below 33 by y! = (y + 33)!/((y + 1)..(y + 33))."""
    few = y <= 32
    up = np.where(few, y + 33, y)
    rise = np.zeros_like(y)
    for k in range(1, 34):
        rise = rise + np.where(few, np.log(np.where(few, y + k, 1.0)), 0.0)
    return log_poisson(up, x) + np.where(few, rise - 33 * np.log(x), 0.0)


def least_root(c: float, a: float) -> float:
    """tau > 1 with tau^c = e^(a (tau - 1)), by Newton on e = tau - 1 from beyond."""
    e = (c - a) / a
    while a * e <= c * np.log1p(e):
        e *= 2
    for _ in range(100):
        step = (a * e - c * np.log1p(e)) / (a - c / (1 + e))
        e -= step
        if abs(step) <= 4e-16 * e:
            break
    return 1 + e


class Queue:
    """Tail of the number waiting: made up to a state from which it is geometric, with ratio 1/tau."""

    def __init__(self, c: float, a: float) -> None:
        self.c, self.a, self.tau = c, a, least_root(c, a)
        states = int(40 + 20 * np.sqrt(c))
        j = np.arange(states + 1.0)[:, None]

        def jumps(n: Array) -> Array:
            return np.exp(log_poisson_real(n * c + j, n * a + 0 * j))

        b = over_n(jumps, decay_rate(c, a))
        zero = wait_chance_and_queue(c, a)[0]
        q = np.zeros(states + 1)
        q[0] = (1 - zero) * np.exp(b[0])  # P(queue = 0): all but those who find c exactly and nobody waiting
        steps = np.arange(1, states + 1) * b[1:]
        for i in range(1, states + 1):
            q[i] = (steps[:i] @ q[i - 1 :: -1][:i]) / i
        self.last = q[-1] / (self.tau - 1)
        self.tails = np.concatenate([np.cumsum(q[::-1])[::-1][1:] + self.last, [self.last]])

    def tail(self, j: Array) -> Array:
        """P(more than j wait); 1 below 0."""
        held = np.clip(j, 0, self.tails.size - 1).astype(int)
        beyond = np.maximum(j - (self.tails.size - 1), 0.0)
        return np.where(j < 0, 1.0, self.tails[held] * np.exp(-beyond * np.log(self.tau)))

    def wait_tail(self, t: float) -> float:
        """P(W > t), t in services: of those who come in the rest of a service, or wait at its begin."""
        k = np.floor(t) + 1
        if k > 60 / max(1.0, np.sqrt(self.c)) + 12:  # by then one exponential is left
            base = np.floor(60 / max(1.0, np.sqrt(self.c))) + 11
            rate = self.a * (self.tau - 1)
            return self.wait_tail(t - k + base) * float(np.exp(-rate * (k - base)))
        mean, ahead = self.a * (k - t), k * self.c
        reach = 12 * np.sqrt(mean) + 40
        j = np.arange(max(0.0, np.floor(mean - reach)), min(ahead, np.ceil(mean + reach)))
        some = float((poisson(j, mean) * self.tail(ahead - 1 - j)).sum())
        return some + (_poisson_tail(ahead, mean) if mean + reach > ahead else 0.0)


def _poisson_tail(y: float, x: float) -> float:
    """P(A >= y)."""
    if x <= 0:
        return 0.0
    at = np.array([y]), np.array([x])
    m, zero, _ = decay(*at)
    return float(min((y * zero * np.exp(m + log_poisson_real(*at)))[0], 1.0))
