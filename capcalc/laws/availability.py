"""Availability: of parts that all have to be up, of parts one of which is enough, of k that have to be up out of n.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| part of the time that something is up | A | `availability` | ratio |
| parts, and how many of them have to be up | n, k | `parts`, `least` | count |
| time down in a year | | `downtime_s` | s |

Parts fail independently of each other. What takes several of them at once (a region, a bad release, a full disk everywhere)
is a part of its own, in series.

References
----------
[TRIVEDI] ch. 3; [DLMF] 8.17 for the incomplete beta function behind k of n.
"""

from __future__ import annotations

import math

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws.erlang import normal_density, normal_tail

YEAR_S = 365 * 86400.0
_MOST_ROUNDS = 100_000
_TINY = 1e-300
_MANY = 1e6  # the rounds of the fraction grow with the root of the parts
_FEW = 60  # of so many the sum has fewer terms than the fraction has rounds
_ln_gamma = np.vectorize(math.lgamma, otypes=[float])


def all_of(*availability) -> np.ndarray:
    """Parts in series: the product of their availabilities.

    Parameters
    ----------
    availability : float or array_like
        0 <= A <= 1 each. [ratio]

    Examples
    --------
    >>> round(float(all_of(0.999, 0.9995)), 7)
    0.9985005
    """
    total = np.ones(())
    for value in availability:
        total = total * real("availability", value, 0, 1)
    return total[()]


def any_of(*availability) -> np.ndarray:
    """Parts one of which is enough: one less the chance that all are down.

    Examples
    --------
    >>> float(any_of(0.99, 0.99))
    0.9999
    """
    down = np.ones(())
    for value in availability:
        down = down * (1 - real("availability", value, 0, 1))
    return (1 - down)[()]


def k_of_n(least, parts, availability) -> np.ndarray:
    """The chance that at least so many of equal parts are up.

    Parameters
    ----------
    least : float or array_like
        k, whole, >= 0; more than `parts` never are. [count]
    parts : float or array_like
        n, whole, >= 0. [count]
    availability : float or array_like
        0 <= A <= 1 of one part. [ratio]

    Returns
    -------
    float or ndarray
        1 - I_{1-A}(n - k + 1, k), to 1e-12 of up to sixty parts, 1e-8 of a million, 1e-4 beyond. [ratio]

    Examples
    --------
    >>> round(float(k_of_n(2, 3, 0.99)), 6)  # 3 x 0.99^2 x 0.01 + 0.99^3
    0.999702
    >>> float(k_of_n(1, 2, 0.995)), float(k_of_n(3, 2, 0.9))
    (0.999975, 0.0)
    """
    k, n = whole("least", least, 0), whole("parts", parts, 0)
    up = real("availability", availability, 0, 1)
    if np.ndim(k) == np.ndim(n) == np.ndim(up) == 0 and n <= _FEW:
        return _summed(int(k), int(n), float(up))
    k, n, up = np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float), up)
    inside = (k >= 1) & (k <= n) & (up > 0) & (up < 1)
    many = inside & (n > _MANY)
    a, b = np.where(inside & ~many, n - k + 1, 1.0), np.where(inside & ~many, k, 1.0)
    found = 1 - _beta(a, b, np.where(inside, 1 - up, 0.5))
    certain = (k < 1) | ((up == 1) & (k <= n))
    found = np.where(inside, found, np.where(certain, 1.0, 0.0))
    return np.where(many, _nearly_normal(k, n, np.where(many, up, 0.5)), found)[()] if many.any() else found[()]


def _nearly_normal(k: np.ndarray, n: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Millions of parts: the normal law with the first term of Edgeworth's series."""
    sd = np.sqrt(n * up * (1 - up))
    z = (k - 0.5 - n * up) / sd
    skew = (1 - 2 * up) / sd
    return np.clip(normal_tail(z) + normal_density(z) * skew * (z * z - 1) / 6, 0.0, 1.0)


def _summed(k: int, n: int, up: float) -> np.float64:
    """A few parts, term by term."""
    return np.float64(math.fsum(math.comb(n, j) * up**j * (1 - up) ** (n - j) for j in range(k, n + 1)))


def _beta(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The regularised incomplete beta function I_x(a, b), from the side on which its fraction converges."""
    turned = x > (a + 1) / (a + b + 2)
    a, b = np.where(turned, b, a), np.where(turned, a, b)
    x = np.where(turned, 1 - x, x)
    front = np.exp(_ln_gamma(a + b) - _ln_gamma(a) - _ln_gamma(b) + a * np.log(x) + b * np.log1p(-x)) / a
    value = np.clip(front * _fraction(a, b, x), 0.0, 1.0)
    return np.where(turned, 1 - value, value)


def _fraction(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The continued fraction of [DLMF] 8.17.22, by Lentz's rule."""
    c, d = np.ones(x.shape), 1 / _off_zero(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, _MOST_ROUNDS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            total = total * c * d
        if np.all(np.abs(c * d - 1) < 1e-14):
            break
    return total


def _off_zero(value: np.ndarray) -> np.ndarray:
    return np.where(np.abs(value) < _TINY, _TINY, value)


def downtime_s(availability, period_s=YEAR_S) -> np.ndarray:
    """Time down in a period, a year if nothing else is said. [s]

    Examples
    --------
    >>> round(float(downtime_s(0.999)) / 3600, 2)  # three nines are 8.76 hours
    8.76
    """
    return ((1 - real("availability", availability, 0, 1)) * real("period_s", period_s, 0))[()]
