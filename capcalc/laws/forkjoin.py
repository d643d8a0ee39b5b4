"""Fork and join: each arrival sends one task to each of n servers with queues of their own; the last counts.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate, of each queue | lam | `arrival_rps` | 1/s |
| mean service time, exponential | S | `service_time_s` | s |
| branches | n | `branches` | count |
| load of each | rho = lam S | | ratio |
| response of one branch | T1 = S/(1 - rho) | | s |
| harmonic number | H_n = 1 + 1/2 + .. + 1/n | | |

The queues see the same arrivals, so that they are long together and the slowest of n is sooner than of n
independent ones: those bound it from above, in the mean and in every percentile. For the calls of a fan-out
into one common pool see `parallel`.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._search import each
from capcalc.laws.erlang import Array
from capcalc.laws.mmc import share


def fork_join_mean_response_s(arrival_rps, service_time_s, branches):
    """Mean time until the last of n tasks, one to each queue, is done.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    branches : int or array_like
        Branches, n >= 1. [count]

    Returns
    -------
    float or ndarray
        Mean response; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    (12 - rho)/8 T1 for n = 2, exact; times H_n/H_2 + 4/11 (1 - H_n/H_2) rho for more, within 5 % to n = 32.

    Examples
    --------
    >>> round(float(fork_join_mean_response_s(0.5, 1.0, 2)), 9)
    2.875

    References
    ----------
    [FLATTO] for n = 2, [NELSON] for more.
    """
    lam, S, n = _checked(arrival_rps, service_time_s, branches)
    rho = np.minimum(lam * S, 1.0)
    grown = each(_harmonic, n) / 1.5
    factor = np.where(n == 1, 1.0, (grown + 4 / 11 * (1 - grown) * rho) * (12 - rho) / 8)
    return (factor * _one(lam, S))[()]


def fork_join_bounds_s(arrival_rps, service_time_s, branches):
    """Bounds of the mean time until the last of n tasks is done.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    branches : int or array_like
        Branches, n >= 1. [count]

    Returns
    -------
    float or ndarray
        (lower, upper): max(T1, H_n S), and H_n T1 of independent queues; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> low, high = fork_join_bounds_s(0.5, 1.0, 2)
    >>> float(low), float(high)
    (2.0, 3.0)

    References
    ----------
    [NELSON].
    """
    lam, S, n = _checked(arrival_rps, service_time_s, branches)
    H = each(_harmonic, n)
    one = _one(lam, S)
    return np.maximum(one, H * S)[()], (H * one)[()]


def fork_join_percentile_bound_s(p, arrival_rps, service_time_s, branches):
    """Upper bound of the time in which a share p of the arrivals have all n tasks done.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    branches : int or array_like
        Branches, n >= 1. [count]

    Returns
    -------
    float or ndarray
        Percentile of the slowest of n independent M/M/1 responses; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    -T1 ln(1 - p^(1/n)). Exact for calls to n replicas whose queues are independent; a bound for a fork.

    Examples
    --------
    >>> round(float(fork_join_percentile_bound_s(0.99, 80.0, 0.01, 10)), 6)
    0.345162

    References
    ----------
    [NELSON]; [DAVID].
    """
    p = share(p)
    lam, S, n = _checked(arrival_rps, service_time_s, branches)
    return (-np.log(-np.expm1(np.log(p) / n)) * _one(lam, S))[()]


def fork_join_percentile_s(p, arrival_rps, service_time_s, branches):
    """The time in which a share p of the arrivals have all n tasks done, approximately.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    branches : int or array_like
        Branches, n >= 1. [count]

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    The bound of `fork_join_percentile_bound_s`, moved towards it by the ratio of the means.

    Examples
    --------
    >>> round(float(fork_join_percentile_s(0.99, 0.5, 1.0, 8)), 3)
    13.297

    References
    ----------
    [NELSON] for the mean.
    """
    bound = fork_join_percentile_bound_s(p, arrival_rps, service_time_s, branches)
    mean, (_, high) = (
        fork_join_mean_response_s(arrival_rps, service_time_s, branches),
        fork_join_bounds_s(arrival_rps, service_time_s, branches),
    )
    finite = np.isfinite(high) & (high > 0)
    ratio = np.where(finite, mean, 1.0) / np.where(finite, high, 1.0)
    tail = np.asarray(share(p)) ** 4  # the higher the percentile, the less the queues have in common
    return (bound * (ratio + (1 - ratio) * tail))[()]


def _checked(arrival_rps, service_time_s, branches) -> tuple[Array, Array, Array]:
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0)
    return lam, S, whole("branches", branches, 1)


def _one(lam: Array, S: Array) -> Array:
    free = 1 - lam * S
    return np.where(free > 0, S / np.where(free > 0, free, 1.0), np.inf)


def _harmonic(n: float) -> float:
    """H_n: the sum, or beyond a hundred Euler's expansion."""
    if n <= 100:
        return float((1 / np.arange(1.0, n + 1)).sum())
    return float(np.log(n) + np.euler_gamma + 1 / (2 * n) - 1 / (12 * n * n) + 1 / (120 * n**4))
