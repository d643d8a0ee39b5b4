"""M/M/c//N: few users who think, ask and wait, or machines and their repairers; or with room K. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| users, machines | N | `population` | count |
| rate at which one that is not here comes | nu | `rate_per_source` | 1/s |
| mean service time | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| room, in service and waiting | K | `capacity` | count |

With k here the next comes at rate (N - k) nu and one of min(k, c) leaves; who finds K goes back to think.
Sums run over the states that a double can see, from the likeliest outwards: their number grows as the spread
of the law, sqrt(N), not as N. An arrival sees the system as it would be with one user less. There is no
overload: who waits does not come.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws import _users
from capcalc.laws._search import each, flattened, time_beyond
from capcalc.laws.erlang import Array
from capcalc.laws.mmc import share


def population_mean_number(rate_per_source, service_time_s, servers, population, capacity=None):
    """Mean number here, in service and waiting, with few users.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        L. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_mean_number(8.0, 0.5, 5, 12)), 6)
    10.750013

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(_users.mean_number, *checked(rate_per_source, service_time_s, servers, population, capacity))


def population_throughput_rps(rate_per_source, service_time_s, servers, population, capacity=None):
    """Rate of the jobs that are served, with few users.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        (mean busy servers)/S. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_throughput_rps(8.0, 0.5, 5, 12)), 6)
    9.999894

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(_users.throughput, *checked(rate_per_source, service_time_s, servers, population, capacity))


def population_mean_wait_s(rate_per_source, service_time_s, servers, population, capacity=None):
    """Mean wait in the queue, zero waits included, with few users; of those that get in.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        Wq. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Who finds c + j waits for j + 1 departures, (j + 1) S/c on average.

    Examples
    --------
    >>> round(float(population_mean_wait_s(8.0, 0.5, 5, 12)), 6)
    0.575013

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(_users.mean_wait, *checked(rate_per_source, service_time_s, servers, population, capacity))


def population_mean_response_s(rate_per_source, service_time_s, servers, population, capacity=None):
    """Mean response time, wait and service, with few users; of those that get in.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        Wq + S. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_mean_response_s(8.0, 0.5, 5, 12)), 6)
    1.075013

    References
    ----------
    [GROSS] chapter 2.
    """
    wait = population_mean_wait_s(rate_per_source, service_time_s, servers, population, capacity)
    return wait + real("service_time_s", service_time_s)


def population_wait_probability(rate_per_source, service_time_s, servers, population, capacity=None):
    """Chance that an arrival has to wait, with few users; of those that get in.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        Share that finds c or more. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_wait_probability(8.0, 0.5, 5, 12)), 6)
    0.999692

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(_users.wait_chance, *checked(rate_per_source, service_time_s, servers, population, capacity))


def population_loss(rate_per_source, service_time_s, servers, population, capacity=None):
    """Share of the arrivals that find the room full, with few users.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        Share that finds K; 0 where K >= N. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_loss(0.25, 0.25, 2, 8, 4)), 6)
    0.001044

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(_users.loss, *checked(rate_per_source, service_time_s, servers, population, capacity))


def population_wait_tail(t_s, rate_per_source, service_time_s, servers, population, capacity=None):
    """Probability that an arrival waits longer than t, with few users; of those that get in.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        P(W > t). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_wait_tail(0.5, 8.0, 0.5, 5, 12)), 4)
    0.5662

    References
    ----------
    [GROSS] chapter 2.
    """
    return each(
        _users.tail,
        real("t_s", t_s, 0),
        *checked(rate_per_source, service_time_s, servers, population, capacity),
    )


def population_wait_percentile_s(p, rate_per_source, service_time_s, servers, population, capacity=None):
    """The wait that a share p of the arrivals do not exceed, with few users; of those that get in.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    population : int or array_like
        Users or machines, N >= 1. [count]
    capacity : int, array_like or None
        Most jobs in the system, c <= K; None for no limit. [count]

    Returns
    -------
    float or ndarray
        The percentile. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(population_wait_percentile_s(0.95, 8.0, 0.5, 5, 12)), 4)
    1.0592

    References
    ----------
    [GROSS] chapter 2.
    """
    shape, values = flattened(
        share(p), *checked(rate_per_source, service_time_s, servers, population, capacity)
    )
    p, *pool = values
    scale = np.maximum(each(_users.mean_wait, *pool), 1e-3 * pool[1])
    t = time_beyond(lambda t, i: np.atleast_1d(each(_users.tail, t, *(v[i] for v in pool))), 1 - p, scale)
    return t.reshape(shape)[()]


def checked(rate_per_source, service_time_s, servers, population, capacity) -> tuple[Array, ...]:
    """The five numbers as arrays, or a `DomainError`."""
    nu, S = real("rate_per_source", rate_per_source, 0), real("service_time_s", service_time_s, 0, above=True)
    c, N = whole("servers", servers, 1), whole("population", population, 1)
    if capacity is None:
        return nu, S, c, N, np.maximum(N, c)
    K = whole("capacity", capacity, 1)
    c_, K_ = np.broadcast_arrays(c, K)
    if (c_ > K_).any():
        first = float(K_[c_ > K_].flat[0])
        raise DomainError("capacity", first, "[servers, inf)", "It counts the jobs in service as well.")
    return nu, S, c, N, K
