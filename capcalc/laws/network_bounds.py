"""Bounds on throughput and response of closed networks, from a few sums: what no schedule of work can beat.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| customers | N | `population` | count |
| demand of a station, all together | D_k, D | `demands_s` | s |
| parallel servers | c | `servers` | count |
| the largest D_k/c_k, the bottleneck | M | | s |
| think time | Z | `think_time_s` | s |

Where the two asymptotes cross, N* = (D + Z)/M, customers begin to queue for certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._stations import Array, server_counts, takes_time, times


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkBounds:
    """Between what throughput and response lie, at one population or at each of many."""

    throughput_lower_rps: Array
    throughput_upper_rps: Array
    response_lower_s: Array
    response_upper_s: Array
    crossing_population: Array  # N*; inf without any station that can be full


def asymptotic_bounds(demands_s, population, think_time_s=0.0, servers=1) -> NetworkBounds:
    """Asymptotic bounds: nobody ever waits, or everybody always waits for all the others.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time of each station, D_k >= 0. [s]
    population : int or array_like
        Customers, N >= 1. [count]
    think_time_s : float or array_like
        Think time, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]

    Returns
    -------
    NetworkBounds
        Of the shape of population and think time together.

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.

    Notes
    -----
    N / (Z + W) <= X <= min(1/M, N/(Z + D)), W = sum_k D_k (1 + (N - 1)/c_k), which is N D with one server
    each; max(D, N M - Z) <= R <= W.

    Examples
    --------
    >>> bounds = asymptotic_bounds([9.2, 8.0], 20, think_time_s=120.0)
    >>> round(float(bounds.throughput_upper_rps), 4), float(bounds.response_lower_s)
    (0.1087, 64.0)

    References
    ----------
    [LAZOWSKA] chapter 5.
    """
    D, N, Z, c = _checked(demands_s, population, think_time_s, servers)
    total, fast = D.sum(), D / c
    worst = total + (N - 1) * fast.sum()
    best = np.maximum(total, N * fast.max() - Z)
    return _bounds(N, Z, best, worst, total, fast.max())


def balanced_job_bounds(demands_s, population, think_time_s=0.0, servers=1) -> NetworkBounds:
    """Balanced-job bounds: the same total demand spread evenly, or heaped on the bottleneck.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time of each station, D_k >= 0. [s]
    population : int or array_like
        Customers, N >= 1. [count]
    think_time_s : float or array_like
        Think time, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]

    Returns
    -------
    NetworkBounds
        Of the shape of population and think time together; inside the asymptotic bounds.

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.

    Notes
    -----
    One server each: R <= D + (N - 1) M N D/(N D + Z), and R >= D + (N - 1) A D/(D + Z), A the mean demand of
    the stations. With pools the first takes W of `asymptotic_bounds` for N D (j others delay a customer by
    at most j D_k/c_k), the second the network of fast single servers, demands D_k/c_k, which is never
    slower; delay stations are thought. Product form.

    Examples
    --------
    >>> bounds = balanced_job_bounds([0.1, 0.1, 0.09, 0.08], 10)
    >>> round(float(bounds.throughput_lower_rps), 4), round(float(bounds.throughput_upper_rps), 4)
    (7.874, 8.316)

    References
    ----------
    [ZAHORJAN], [LAZOWSKA] chapter 5.
    """
    D, N, Z, c = _checked(demands_s, population, think_time_s, servers)
    delay = np.isinf(c)
    asleep, total, fast = D[delay].sum(), D.sum(), D / c
    think = Z + asleep
    served = total - asleep
    worst = served + (N - 1) * fast.sum()
    share = worst / np.maximum(worst + think, 1e-300)  # of the time that others are at stations, at most
    upper = total + (N - 1) * fast.max() * share
    spread = fast.sum()
    mean = spread / max(int((fast > 0).sum()), 1)
    even = spread + (N - 1) * mean * spread / np.maximum(spread + think, 1e-300)
    lower = np.maximum(np.maximum(total, N * fast.max() - Z), even + asleep)
    return _bounds(N, Z, lower, upper, total, fast.max())


def _bounds(N: Array, Z: Array, best: Array, worst: Array, total: float, slowest: float) -> NetworkBounds:
    N, Z, best, worst = np.broadcast_arrays(N, Z, best, worst)
    return NetworkBounds(
        throughput_lower_rps=(N / (Z + worst))[()],
        throughput_upper_rps=(N / (Z + best))[()],
        response_lower_s=best[()],
        response_upper_s=worst[()],
        crossing_population=((total + Z) / slowest if slowest > 0 else np.full(Z.shape, np.inf))[()],
    )


def _checked(demands_s, population, think_time_s, servers) -> tuple[Array, Array, Array, Array]:
    D, N = times("demands_s", demands_s), whole("population", population, 1)
    Z = real("think_time_s", think_time_s, 0)
    takes_time(D, Z)
    return D, N, Z, server_counts(servers, D.size)
