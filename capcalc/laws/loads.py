"""The most load that a pool of servers carries within a target (M/M/c).

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| offered load | a | | erlang |
| servers | c | `servers` | count |
| chance of waiting aimed at | | `p_wait` | ratio |
| wait aimed at | t | `wait_s` | s |

Solved in x = ln(a/c) by Newton's method from square-root staffing, held between two sure bounds: C <= a/c, so
that a/c = p is never too much, and saturation. With B of `erlang_b` and D = c - a + a B the slopes are
d ln B/dx = D and d ln C/dx = D - a B + a (1 - B)/D.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._staffing import square_root_staffing
from capcalc.laws.erlang import Array, in_blocks, inverse_blocking, log_chance_of_wait
from capcalc.laws.mmc import share

_TURNS = 100  # 4 to 8 are usual


def load_for_wait_probability(servers, p_wait):
    """Most offered load with which an arrival waits with probability p at most.

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    p_wait : float or array_like
        The chance of waiting, 0 < p < 1. [ratio]

    Returns
    -------
    float or ndarray
        a < c with C(c, a) = p. [erlang]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> round(float(load_for_wait_probability(17, 0.05)), 4)
    10.6072

    References
    ----------
    [ERLANG], [HALFIN].
    """
    c = whole("servers", servers, 1)
    p = real("p_wait", p_wait, 0, 1, above=True, below=True, hint="Write 0.05 for 5 %.")
    return in_blocks(lambda c, p: _most_erlangs(c, np.log(p), np.zeros_like(c)), c, p)


def load_for_wait_percentile(service_time_s, servers, p, wait_s):
    """Highest arrival rate with which a share p of the arrivals waits no longer than a given time.

    Parameters
    ----------
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    wait_s : float or array_like
        The wait, t >= 0. [s]

    Returns
    -------
    float or ndarray
        lam with `mmc_wait_tail` = 1 - p. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> round(float(load_for_wait_percentile(1.0, 16, 0.95, 0.1)), 4)
    10.5654

    References
    ----------
    [ERLANG], [HALFIN].
    """
    S, t = real("service_time_s", service_time_s, 0, above=True), real("wait_s", wait_s, 0)
    c, p = whole("servers", servers, 1), share(p)

    def most_rps(S, c, p, t):
        return _most_erlangs(c, np.log1p(-p), np.minimum(t / S, 1e100)) / S

    return in_blocks(most_rps, S, c, p, t)


def _most_erlangs(c: Array, log_p: Array, slope: Array) -> Array:
    """a with ln C(c, a) - (c - a) slope = log_p."""
    low, high = log_p.copy(), np.zeros_like(c)
    x = _staffed(c, log_p)
    for _ in range(_TURNS):
        a = c * np.exp(x)
        B = 1 / inverse_blocking(c, a)
        D = c - a + a * B
        value = log_chance_of_wait(c, a) + c * np.expm1(x) * slope - log_p
        rise = D - a * B + a * (1 - B) / D + a * slope
        low, high = np.where(value <= 0, x, low), np.where(value <= 0, high, x)
        new = x - value / rise
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        moved = np.abs(new - x)
        x = new
        if (moved <= -1e-8 * x).all():  # Newton doubles its digits: the next step would change none
            break
    return c * np.exp(x)


def _staffed(c: Array, log_p: Array) -> Array:
    """ln(a/c) for which corrected square-root staffing asks for c servers; ln p where there is none."""
    beta, b = square_root_staffing(log_p)
    root = (np.sqrt(beta * beta + 4 * np.maximum(c - b, 0.0)) - beta) / 2
    share_of_c = np.clip(root * root / c, 1e-300, 1.0)
    return np.clip(np.log(share_of_c), log_p, log_p * 1e-9)
