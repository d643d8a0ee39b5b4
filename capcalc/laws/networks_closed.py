"""Closed queueing networks, exact: a fixed number of customers go round the stations and think in between.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| customers | N | `population` | count |
| demand of a station: visits times service time | D | `demands_s` | s |
| parallel servers of it, -1 for a delay station | c | `servers` | count |
| think time | Z | `think_time_s` | s |
| throughput of the whole network | X | `throughput_rps` | 1/s |
| time at a station in all visits together | R_k | `residence_s` | s |
| response, all stations together | R | `response_s` | s |
| customers at a station, in service or not | Q | `queue_lengths` | count |

Product form (BCMP): first come first served with exponential service of one mean for all classes, or
processor sharing, or delay, with any service times. Little's law holds of each line: N = X (R + Z), Q_k = X
R_k. A closed network is never overloaded: it slows down to what its slowest station lets through.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws import _closed_lattice as lattice
from capcalc.laws import _closed_ratios as convolution
from capcalc.laws._closed_approximate import solve
from capcalc.laws._closed_results import ClosedClasses, ClosedNetwork, multiclass, one_class, several_classes
from capcalc.laws._stations import Array, names, server_counts, takes_time, times

_MOST_CUSTOMERS = 10_000_000
_MOST_POPULATIONS = 20_000_000


def closed_network(
    demands_s, population, think_time_s=0.0, servers=1, stations: Sequence[str] | None = None
) -> ClosedNetwork:
    """A closed network of one class, solved exactly; as steady with pools of servers as without.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time of each station, D >= 0. [s]
    population : int
        Customers, N >= 1. [count]
    think_time_s : float
        Time between a response and the next request, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations : sequence of str
        Their names.

    Returns
    -------
    ClosedNetwork
        Throughput, response, and at each station residence, customers, busy servers, utilisation.

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.

    Notes
    -----
    X(N) = G(N - 1)/G(N) with the normalising constant G of the product form, by convolution in ratios of
    positive terms, N c operations a station. Load-dependent mean-value analysis goes negative here.

    Examples
    --------
    >>> solved = closed_network([4.0], population=500, think_time_s=10.0, servers=8)
    >>> solved.throughput_rps, solved.response_s
    (2.0, 240.0)

    References
    ----------
    [BUZEN], [BCMP].
    """
    D, N, Z, c = _single(demands_s, population, think_time_s, servers)
    if N.ndim:
        raise DomainError(
            "population", N.tolist(), "the single numbers", "Lists go to closed_throughput_rps."
        )
    n = int(N)
    y, pools = convolution.base(D, c, Z, n)
    without = convolution.others(y, pools)
    if pools:  # the last pool comes to the network without it
        y = convolution.pooled(without[-1], *pools[-1])
    X = float(1 / y[-1])
    queues = X * D
    for k in np.flatnonzero((c == 1) & (n > 1) & (D > 0)):
        queues[k] = convolution.mean_single(y, D[k])
    pooled = np.flatnonzero((c > 1) & (c < n) & (D > 0))
    for k, other in zip(pooled, without, strict=True):
        p = convolution.marginal(other, D[k], c[k])
        queues[k] = np.arange(n + 1) @ p
    return one_class(D, c, Z, n, X, queues, names("stations", stations, D.size, "station"), "exact")


def closed_throughput_rps(demands_s, population, think_time_s=0.0, servers=1):
    """Throughput of a closed network of one class, at one population or at each of many.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time of each station, D >= 0. [s]
    population : int or array_like
        Customers, N >= 0. [count]
    think_time_s : float
        Think time, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]

    Returns
    -------
    float or ndarray
        X, of the shape of `population`; 0 without customers. [1/s]

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.

    Notes
    -----
    Exact, as `closed_network`; all populations cost as much as the largest.

    Examples
    --------
    >>> closed_throughput_rps([0.1, 0.2], [1, 2, 100], think_time_s=1.0).round(4).tolist()
    [0.7692, 1.4943, 5.0]

    References
    ----------
    [BUZEN].
    """
    D, N, Z, c = _single(demands_s, population, think_time_s, servers, least=0)
    y = convolution.ratios(D, c, Z, max(int(N.max(initial=1)), 1))
    X = np.zeros_like(y)
    X[1:] = 1 / y[1:]
    return X[N.astype(int)][()]


def closed_marginal(station: int, demands_s, population, think_time_s=0.0, servers=1) -> Array:
    """Distribution of the number of customers at one station of a closed network of one class.

    Parameters
    ----------
    station : int
        Which one, from 0. [count]
    demands_s : array_like
        Visits times mean service time of each station, D >= 0. [s]
    population : int
        Customers, N >= 1. [count]
    think_time_s : float
        Think time, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]

    Returns
    -------
    ndarray
        P(j customers), j = 0..N. [ratio]

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.

    Notes
    -----
    p(j) = f(j) G'(N - j)/G(N), f the factor of the station, G' the constant of the network without it. An
    arrival finds the distribution of N - 1 customers.

    Examples
    --------
    >>> closed_marginal(0, [0.2, 0.4], population=2).round(4).tolist()
    [0.5714, 0.2857, 0.1429]

    References
    ----------
    [BUZEN], [REISER].
    """
    D, N, Z, c = _single(demands_s, population, think_time_s, servers)
    k, n = int(whole("station", station, 0, D.size - 1)), int(N)
    rest = np.arange(D.size) != k
    return convolution.marginal(convolution.ratios(D[rest], c[rest], Z, n), D[k], c[k])


def closed_multiclass(
    demands_s,
    population,
    think_time_s=0.0,
    servers=1,
    stations: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
) -> ClosedClasses:
    """A closed network of several classes, solved exactly; as steady with pools of servers as without.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time, D >= 0: a row a class, a column a station. [s]
    population : array_like
        Customers of each class, N >= 0. [count]
    think_time_s : float or array_like
        Think time of each class, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations, classes : sequence of str
        Their names.

    Returns
    -------
    ClosedClasses
        Throughput and response of each class, residence, customers and busy servers by class and station.

    Raises
    ------
    DomainError : a number is out of range, a table has the wrong shape, nothing takes time, or there are more
        than 2e7 populations up to N.

    Notes
    -----
    R_rk(N) = D_rk (1 + Q_k(N - 1 of class r)), X_r = N_r/(Z_r + sum_k R_rk), Q_k = sum_r X_r R_rk over all
    populations up to N; with pools of servers by convolution. A pool serves a class with D_rk / min(j, c) of
    its j customers: right where all classes have one mean service time there, else for processor sharing.
    Of a class without customers, residence is what a first one would see (in a pool, by `servers` of 1).

    Examples
    --------
    >>> closed_multiclass([[1, 3], [2, 4]], population=[1, 1]).throughput_rps.round(4).tolist()
    [0.1579, 0.1053]

    References
    ----------
    [REISER], [BCMP].
    """
    D, N, Z, c = multiclass(demands_s, population, think_time_s, servers)
    size = float(np.prod(N + 1))
    if size > _MOST_POPULATIONS:
        allowed = f"what has at most {_MOST_POPULATIONS:,} populations up to it"
        raise DomainError("population", N.tolist(), allowed, "Use approximate_multiclass.")
    delays = c >= N.sum()
    if ((c == 1) | delays | ~D.any(axis=0)).all():
        X, queues = lattice.mva(D, Z, delays & (c > 1), N)
    else:
        near, _ = solve(D, N, Z, c, "linearizer")
        X, queues = lattice.convolution(D, c, Z, N, near)
    named = names("classes", classes, len(D), "class"), names("stations", stations, D.shape[1], "station")
    return several_classes(D, c, Z, N, X, queues, named, "exact")


def _single(
    demands_s, population, think_time_s, servers, least: int = 1
) -> tuple[Array, Array, float, Array]:
    D, N = times("demands_s", demands_s), whole("population", population, least, _MOST_CUSTOMERS)
    Z = real("think_time_s", think_time_s, 0)
    if Z.ndim:
        raise DomainError(
            "think_time_s", Z.tolist(), "the single numbers", "Several classes go to closed_multiclass."
        )
    takes_time(D, Z)
    return D, N, float(Z), server_counts(servers, D.size)
