"""The sums of an M/M/c/K queue, at the same cost for any c and K; see `finite`."""

from __future__ import annotations

import numpy as np

from capcalc.laws._search import each
from capcalc.laws.erlang import Array, inverse_blocking, log_poisson

_LEAST = 1e-300
# Of coth x - 1/x = x/3 - x^3/45 + ...
_LANGEVIN = (
    -3617 / 162820783125,
    4 / 18243225,
    -1382 / 638512875,
    2 / 93555,
    -1 / 4725,
    2 / 945,
    -1 / 45,
    1 / 3,
)


class Parts:
    """The weights of an M/M/c/K queue, in multiples of the state c, or of the state K where rho > 1."""

    def __init__(self, lam: Array, S: Array, c: Array, K: Array) -> None:
        self.S, self.c, self.n = S, c, K - c
        self.a = np.minimum(np.maximum(lam * S, _LEAST), 1e300)
        x = (self.a - c) / c
        self.theta = np.where(np.abs(x) < 0.5, np.log1p(np.maximum(x, -0.5)), np.log(self.a / c))
        self.shift = np.exp(-self.n * np.maximum(self.theta, 0.0))  # state c in the unit of the weights
        self.last = np.exp(self.n * np.minimum(self.theta, 0.0))
        below = inverse_blocking(c, self.a) * self.shift
        self.total = below + geometric(self.n, self.theta, self.n)
        fewer = np.maximum(self.n - 1, 0.0)
        alone = inverse_blocking(c - 1, self.a) * (c / self.a)  # K = c: the states below c
        self.waiting = np.where(self.n > 0, self.shift + geometric(fewer, self.theta, self.n), 0.0)
        self.not_full = np.where(self.n > 0, below - self.shift + self.waiting, alone)

    @property
    def loss(self) -> Array:
        """Of the arrivals, the share that finds K jobs."""
        return self.last / self.total

    @property
    def accepted(self) -> Array:
        """Of the arrivals, the share that gets in."""
        return np.where(np.isfinite(self.total), self.not_full / _finite(self.total), 1.0)

    @property
    def empty(self) -> Array:
        """P(0 jobs)."""
        log_first = -self.a - log_poisson(self.c, self.a) - self.n * np.maximum(self.theta, 0.0)
        sure = self.a < 1e-9
        ready = np.isfinite(log_first) & ~sure & np.isfinite(self.total)
        value = np.exp(np.where(ready, log_first, 0.0)) / _finite(self.total)
        return np.where(ready, value, np.exp(-self.a))

    @property
    def wait_chance(self) -> Array:
        """Of the jobs that get in, the share that waits."""
        return np.where(np.isfinite(self.not_full), self.waiting / _finite(self.not_full), 0.0)

    @property
    def mean_wait(self) -> Array:
        """Of the jobs that get in. [s]"""
        fewer = np.maximum(self.n - 1, 0.0)
        return self.S / self.c * self.wait_chance * (truncated_mean(fewer, self.theta) + 1)


def _finite(x: Array) -> Array:
    return np.where(np.isfinite(x), x, 1.0)


def geometric(n: Array, theta: Array, unit: Array) -> Array:
    """Sum of e^(j theta), j = 1..n; in multiples of e^(unit theta), unit >= n, where theta > 0."""
    up = np.where(theta > 0, -theta, theta)
    step = np.where(theta == 0, 1.0, np.expm1(up))
    count = np.where(theta == 0, n, np.expm1(n * up) / step)  # sum of e^(-j |theta|), j = 0..n-1
    top = np.where(theta > 0, 0.0, up)
    return count * np.exp(top + (n - unit) * np.maximum(theta, 0.0))


def truncated_mean(n: Array, theta: Array) -> Array:
    """Mean of j = 0..n with weights e^(j theta): by the function of Langevin where n theta is small."""
    down = -np.abs(theta)
    small = n * -down < 0.25
    x = np.where(small, theta, 0.0)
    near = n / 2 + (n + 1) / 2 * _langevin((n + 1) * x / 2) - _langevin(x / 2) / 2
    y = np.where(small, -1.0, down)
    far = -np.exp(y) / np.expm1(y) + (n + 1) * np.exp((n + 1) * y) / np.expm1((n + 1) * y)
    return np.where(small, near, np.where(theta > 0, n - far, far))


def _langevin(x: Array) -> Array:
    total = np.zeros_like(x)
    for coefficient in _LANGEVIN:
        total = total * x * x + coefficient
    return total * x


def tail_of_wait(t: Array, lam: Array, S: Array, c: Array, K: Array) -> Array:
    """P(W > t) of the jobs that get in."""
    with np.errstate(over="ignore"):  # 1/B
        parts = Parts(lam, S, c, K)
    x = np.minimum(c * t / np.maximum(S, _LEAST), 1e15)
    return parts.wait_chance * each(_outlast, x, parts.n, parts.theta)


def _outlast(x: float, n: float, theta: float) -> float:
    """Chance that no more than J departures come when x are expected, J = 0..n-1 with weights e^(J theta)."""
    if n < 1:
        return 0.0
    reach = 12 * np.sqrt(x) + 40
    i = np.arange(max(0.0, np.floor(x - reach)), min(n, np.ceil(x + reach)))
    if theta == 0:
        above = (n - i) / n
    elif theta > 0:
        above = np.expm1(-(n - i) * theta) / np.expm1(-n * theta)
    else:
        above = np.exp(i * theta) * np.expm1((n - i) * theta) / np.expm1(n * theta)
    return float((poisson(i, x) * above).sum())


def poisson(k: Array, mean: float) -> Array:
    """P(k) of the Poisson law, k >= 0."""
    return np.exp(log_probability(k, np.full_like(k, mean)))


def log_probability(k: Array, mean: Array) -> Array:
    """ln P(k) of the Poisson law, k >= 0."""
    return np.where(k > 0, log_poisson(np.maximum(k, 1.0), mean), -mean)
