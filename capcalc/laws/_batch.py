"""The number of jobs in a pool that gets them in batches, up to the point where a batch has to queue.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| rate of batches, of single jobs | lam, lam1 | | 1/s |
| batch, fixed or the mean of a geometric one | n | | count |
| rate of a server | mu = 1/S | | 1/s |
| jobs found above c | l = k - c | | count |

Between k - 1 and k jobs as many go up as down: min(k, c) mu P(k) = lam sum P(k - n .. k - 1) + lam1 P(k - 1);
for geometric batches the sum is A(k) = (1 - 1/n) A(k - 1) + P(k - 1). All terms are positive. From c on the
generating function G(z) = sum_l P(c + l) z^l is a quotient of polynomials whose coefficients come from the
n states below c, so that no state above c is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.laws.erlang import Array

_BIG = 1e200


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """One case, stable. `window[i]` is P(c - n + i) (0 for a state below 0), `all_at_once` P(k <= c - n)."""

    window: Array
    all_at_once: float
    top: Array  # numerator of G, lowest power first
    bottom: Array  # denominator of G

    def tail_moments(self) -> tuple[float, float, float]:
        """G, G' and G'' at 1: P(k >= c), and the first two factorial moments of l there."""
        t, b = (_derivatives(v) for v in (self.top, self.bottom))
        g = t[0] / b[0]
        d1 = (t[1] - g * b[1]) / b[0]
        d2 = (t[2] - 2 * d1 * b[1] - g * b[2]) / b[0]
        return g, d1, d2

    def tail_at(self, z: Array) -> Array:
        """G(z)."""
        return np.polyval(self.top[::-1], z) / np.polyval(self.bottom[::-1], z)


def _derivatives(coefficients: Array) -> tuple[float, float, float]:
    i = np.arange(coefficients.size)
    return (
        float(coefficients.sum()),
        float((i * coefficients).sum()),
        float((i * (i - 1) * coefficients).sum()),
    )


def fixed_batches(lam: float, n: int, S: float, c: int, lam1: float = 0.0) -> Pool:
    """Batches of n jobs each, and single jobs; lam n + lam1 < c/S."""
    u, u1 = lam * S, lam1 * S
    window, below = _states(u, n, c, u1)
    ones = np.ones(n)
    top = u * np.cumsum(window[::-1])[::-1]  # z^l: lam times P(c - n + l .. c - 1)
    top[0] += u1 * window[-1]
    bottom = np.concatenate([[float(c)], -u * ones])
    bottom[1] -= u1
    spare = c - u * n - u1
    total = below + window.sum() + top.sum() / spare
    bottom[0] += spare - bottom.sum()  # so that its value at 1 has no rounding
    return Pool(window / total, (below + window[0]) / total, top / total, bottom)


def _states(u: float, n: int, c: int, u1: float) -> tuple[Array, float]:
    """P(c - n .. c - 1) and the sum of those below, up to a common factor."""
    mean, sd = u * n + u1, np.sqrt(u * n * (n + 1) / 2 + u1)
    first = max(0, int(mean - 14 * sd) - 2 * n)  # below it is nothing that a double would see
    window, recent, below = [0.0] * n, 1.0, 0.0
    window[-1] = 1.0
    start = 0
    for k in range(first + 1, c):
        if not recent and not window[start - 1]:
            break  # so many idle servers that a double sees none of it
        p = (u * recent + u1 * window[start - 1]) / k
        oldest = window[start]
        below += oldest
        window[start] = p
        start = start + 1 if start + 1 < n else 0
        recent += p - oldest if oldest < 0.5 * recent else 0.0
        if oldest >= 0.5 * recent or start == 0:
            recent = sum(window)
        if p > _BIG:
            window, recent, below = [w / _BIG for w in window], recent / _BIG, below / _BIG
    ordered = np.array(window[start:] + window[:start])
    return ordered, below


def geometric_batches(lam: float, n: float, S: float, c: int) -> Pool:
    """Batches of geometric size with mean n; lam n < c/S."""
    u, q = lam * S, 1 - 1 / n
    p, above, below = 1.0, 1.0, 0.0
    for k in range(1, c):
        below += p
        p = u * above / k
        above = q * above + p
        if above > _BIG:
            p, above, below = p / _BIG, above / _BIG, below / _BIG
    spare = (c - u * n) / n  # c - (c q + u), without the rounding
    total = below + p + u * above / spare
    return Pool(
        np.array([p]) / total, (below + p) / total, np.array([u * above / total]), np.array([c, spare - c])
    )
