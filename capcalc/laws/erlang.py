"""Erlang's two formulas for any number of servers, in time that does not grow with it.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| parallel servers | c | `servers` | count |
| offered load | a | `offered_erlangs` | erlang |
| chance that all servers are busy, nobody waits | B | `erlang_b` | ratio |
| chance that an arrival waits | C | `erlang_c` | ratio |

Everything comes from r = 1/B, a sum of positive terms 1 + c/a + c(c-1)/a^2 + ...
Five regimes, each good to 3e-13:

| regime | where | what |
| --- | --- | --- |
| few | c <= 32, or a > 2.5 c | the sum itself: it ends, or falls as 0.4^k |
| rare | (c - a)^2 > 80 c, a < c | r is one over the Poisson probability of c; the rest is below 1e-17 of it |
| light | a < 0.3 c, and not rare | the same, less ten terms of the Poisson tail |
| near | c >= 2000, a within 27 % of c | Temme's uniform expansion, short: 4 powers of 1/c |
| wide | else: c >= 33, 0.3 <= a/c <= 2.5 | the same with 10 powers |

Rejected: 1 - pdtr(c - 1)/pdtr(c) and exp(c ln a - a - gammaln(c + 1)) cancel, the second by c * 1e-16; the
recursion over servers needs 1e8 turns. d ln B / d ln a is about c - a, so c - a is always taken from c and a,
never from 1 - a/c.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from capcalc.checks import real, whole
from capcalc.laws._erlang_table import ERFCX, NEAR, STIRLING, WIDE

Array = NDArray[np.float64]

BLOCK = 65536  # elements at a time: enough of each regime for numpy, few enough for the cache
_FEW = 32
_CROWDED = 2.5  # a/c above which 40 terms of the sum do, and the uniform expansion is not fitted
_TERMS = 40
_LIGHT = 0.3  # a/c below which the uniform expansion is not fitted
_NEAR = 0.27  # |a/c - 1| up to which |eta| <= 0.3
_LEAST = 5e-324  # stands for an offered load of 0 in divisions: 0/a stays 0, all else is inf
_ODD = tuple(1 / k for k in range(29, 2, -2))
_LOG_FACTORIAL = np.cumsum(np.log(np.maximum(np.arange(_FEW + 1), 1)))


def erlang_b(servers, offered_erlangs):
    """Probability that an arrival finds all servers busy where nobody waits (blocked calls are lost).

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        B(c, a), broadcast over the inputs; 0 where it is below the least double. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    B = (a^c/c!) / sum_(k<=c) a^k/k!. Poisson arrivals; any law of service times with that mean.

    Examples
    --------
    >>> float(erlang_b(2, 1.0))
    0.2

    References
    ----------
    [ERLANG], [JAGERMAN]; the uniform expansion is [TEMME].
    """
    c, a = _checked(servers, offered_erlangs)
    return in_blocks(lambda c, a: 1 / inverse_blocking(c, a), c, a)


def erlang_c(servers, offered_erlangs):
    """Probability that an arrival to an M/M/c queue has to wait.

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        C(c, a), broadcast over the inputs; 1.0 wherever a >= c, 0 where it is below the least double. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    C = c / (a + (c - a)/B). Poisson arrivals, exponential service, one shared queue, nobody gives up.

    Examples
    --------
    >>> round(float(erlang_c(3, 2.0)), 4)
    0.4444
    >>> erlang_c([10, 100, 1_000_000], [9.0, 90.0, 999_000.0]).round(4).tolist()
    [0.6687, 0.2169, 0.2233]

    References
    ----------
    [ERLANG], [GROSS] chapter 2.
    """
    return chance_of_wait(*_checked(servers, offered_erlangs))


def log_erlang_b(servers, offered_erlangs):
    """Natural logarithm of `erlang_b`, right also where B is too small for a double.

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        ln B(c, a); -inf where a = 0. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    ln B = -log1p(c/a / B(c - 1, a)), so that it keeps its digits near 0; the logarithm of the Poisson
    probability of c where that overflows.

    Examples
    --------
    >>> round(float(log_erlang_b(100_000, 90_000.0)), 3)
    -542.727

    References
    ----------
    [ERLANG], [TEMME].
    """
    return in_blocks(_log_blocking, *_checked(servers, offered_erlangs))


def log_erlang_c(servers, offered_erlangs):
    """Natural logarithm of `erlang_c`, right also where C is too small for a double.

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        ln C(c, a); 0 where a >= c, -inf where a = 0. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    ln C = -log1p((c - a)/a / B(c - 1, a)), so that it keeps its digits near saturation.

    Examples
    --------
    >>> round(float(log_erlang_c(1_000_000, 900_000.0)), 3)
    -5366.04

    References
    ----------
    [ERLANG], [TEMME].
    """
    return log_chance_of_wait(*_checked(servers, offered_erlangs))


def chance_of_wait(c, a):
    """`erlang_c` for numbers that are checked already."""
    return in_blocks(_chance_of_wait, c, a)


def log_chance_of_wait(c, a):
    """`log_erlang_c` for numbers that are checked already."""
    return in_blocks(_log_chance_of_wait, c, a)


def in_blocks(function: Callable[..., Array], *values):
    """Broadcasts, applies an elementwise function to flat pieces that fit the cache, and puts them together.

    A result above the largest double is inf, silently: 1/B is that already at modest sizes.
    """
    arrays = np.broadcast_arrays(*values)
    shape, flat = arrays[0].shape, [np.ravel(array) for array in arrays]
    size = flat[0].size
    out = np.empty(size)
    with np.errstate(over="ignore"):
        for start in range(0, size, BLOCK):
            piece = slice(start, start + BLOCK)
            out[piece] = function(*(array[piece] for array in flat))
    return out.reshape(shape)[()]


def _checked(servers, offered_erlangs) -> tuple[Array, Array]:
    return whole("servers", servers, 1), real("offered_erlangs", offered_erlangs, 0)


def _chance_of_wait(c: Array, a: Array) -> Array:
    a = np.minimum(a, c)  # at a = c the formula gives 1, which is also the answer above
    return c / (a + (c - a) * inverse_blocking(c, a))


def _log_blocking(c: Array, a: Array) -> Array:
    odds = c / np.maximum(a, _LEAST) * inverse_blocking(c - 1, a)
    return _minus_log1p(odds, c, a, 0.0)


def _log_chance_of_wait(c: Array, a: Array) -> Array:
    a = np.minimum(a, c)
    odds = (c - a) / np.maximum(a, _LEAST) * inverse_blocking(c - 1, a)
    share = np.where(np.isinf(odds), a / c, 0.0)
    return _minus_log1p(odds, c, a, -np.log1p(-share))


def _minus_log1p(odds: Array, c: Array, a: Array, shift) -> Array:
    """-ln(1 + odds); where they overflow, ln of the Poisson probability of c, plus the shift."""
    over = np.isinf(odds)
    if not over.any():
        return -np.log1p(odds)
    rare = np.where(a > 0, log_poisson(c, a) + shift, -np.inf)
    return np.where(over, rare, -np.log1p(np.where(over, 0.0, odds)))


def log_poisson(c: Array, a: Array) -> Array:
    """ln(e^-a a^c / c!), the Poisson probability of exactly c at mean a."""
    a = np.maximum(a, _LEAST)
    few = c <= _FEW
    n = np.where(few, 1.0, c)
    stirling = -c * _excess(c, a) - 0.5 * np.log(2 * np.pi * n) - np.log(_horner(STIRLING, 1 / n))
    exact = c * np.log(a) - a - _LOG_FACTORIAL[np.where(few, c, 0).astype(int)]
    return np.where(few, exact, stirling)


def inverse_blocking(c: Array, a: Array) -> Array:
    """1/B(c, a) for c >= 0 servers, a >= 0; inf where it is above the largest double. Flat arrays."""
    gap = c - a
    few = (c <= _FEW) | (a > _CROWDED * c)
    rare = (gap > 0) & (gap * gap > 80 * c) & ~few
    near = (np.abs(gap) < _NEAR * c) & (c >= 2000) & ~rare
    light = (a < _LIGHT * c) & ~(few | rare)
    wide = ~(few | rare | near | light)
    out = np.empty(c.shape)
    for where, regime in ((near, _near), (wide, _wide), (rare, _rare), (few, _few), (light, _light)):
        chosen = np.flatnonzero(where)
        if chosen.size == c.size:
            return regime(c, a)
        if chosen.size:
            out[chosen] = regime(c[chosen], a[chosen])
    return out


def _few(c: Array, a: Array) -> Array:
    """The sum, innermost term first: r = 1 + c/a (1 + (c-1)/a (1 + ...)). Factors at or below 0 end it."""
    load = np.maximum(a, _LEAST)
    terms = int(c.max()) if c.max() <= _FEW else _TERMS
    n = c - terms
    r = np.ones_like(c)
    for _ in range(terms):
        n += 1
        r *= np.maximum(n, 0.0) / load
        r += 1
    return r


def _rare(c: Array, a: Array) -> Array:
    """sqrt(2 pi c) G(c) e^(c q), one over the Poisson probability of c."""
    r = np.exp(c * _excess(c, a))
    r *= _horner(STIRLING, 1 / c)
    r *= np.sqrt(2 * np.pi * c)
    return r


def _light(c: Array, a: Array) -> Array:
    tail = np.ones_like(c)
    for j in range(10, 0, -1):
        tail = 1 + a / (c + j) * tail
    return _rare(c, a) - (tail - 1)


def _near(c: Array, a: Array) -> Array:
    return _uniform(c, a, NEAR, STIRLING[-5:])


def _wide(c: Array, a: Array) -> Array:
    return _uniform(c, a, WIDE, STIRLING)


def _uniform(c: Array, a: Array, table, stirling) -> Array:
    """Temme's expansion; erfcx(-y) is 2 e^(y^2) - erfcx(y). Works in place: time is memory traffic here."""
    per_server = 1 / c
    q = _excess(c, a)
    y2 = c * q
    w = erfcx(np.sqrt(y2))
    below = a < c
    w = np.where(below, 2 * np.exp(np.where(below, y2, 0.0)) - w, w)
    w *= _horner(stirling, per_server)
    w *= np.sqrt(np.pi / 2 * c)
    eta = np.copysign(np.sqrt(2 * q), a - c)
    series = np.zeros_like(c)
    for coefficients in reversed(table):
        series *= per_server
        series += _horner(coefficients, eta)
    w += series
    w += 1
    return w


def _excess(c: Array, a: Array) -> Array:
    """q = x - ln(1 + x), x = (a - c)/c, with all its digits: near 0 by ln((1 + z)/(1 - z)), z = x/(2 + x)."""
    gap = a - c
    x = gap / c
    z = gap / (a + c)
    z2 = z * z
    q = _horner(_ODD, z2)
    q *= z2
    q *= -2
    q += x
    q *= z
    far = (x < -0.4) | (x > 0.6)
    if far.any():  # the series is too short there; ln(a/c), as log1p(x) has lost a/c when that is small
        q[far] = x[far] - np.log(np.maximum(a[far] / c[far], _LEAST))
    return q


def erfcx(y: Array) -> Array:
    """e^(y^2) erfc(y) for y >= 0, in numpy alone."""
    w = _horner(ERFCX, (y - 3.75) / (y + 3.75))
    w /= 1 + 2 * y
    return w


def normal_tail(z: Array) -> Array:
    """P(Z > z) of a standard normal Z, to full relative accuracy on the right."""
    y = np.abs(z) * np.sqrt(0.5)
    half = 0.5 * np.exp(-y * y) * erfcx(y)
    return np.where(z >= 0, half, 1 - half)


def normal_density(z: Array) -> Array:
    """The density of a standard normal, 0 without a warning where it leaves the doubles."""
    return np.exp(-0.5 * np.minimum(z * z, 1400.0)) / np.sqrt(2 * np.pi)


def _horner(coefficients, t: Array) -> Array:
    """A polynomial, highest power first."""
    total = np.full_like(t, coefficients[0])
    for coefficient in coefficients[1:]:
        total *= t
        total += coefficient
    return total
