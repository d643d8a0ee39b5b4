"""M/M/c/K: a pool with room for K jobs, in service and waiting; who finds it full goes away. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| room in all | K | `capacity` | count |
| places to wait | n = K - c | | count |
| offered load per server | rho = a/c, a = lam S | | ratio |
| share of the arrivals turned away | | `mmck_loss` | ratio |

M/M/1/K is c = 1. Counted in multiples of the probability of c jobs, the states up to c weigh 1/B of
`erlang_b`, and c + j jobs rho^j. So every sum is a truncated geometric one, and costs the same at any c and
K. The sums are made by expm1 of j ln(rho), and taken in multiples of the last state where rho > 1: a load of
1 - 1e-10, or of 2 with room for 2000, loses nothing. Waits are those of the jobs that get in. There is no
overload.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws._room import Parts, tail_of_wait
from capcalc.laws._search import flattened, time_beyond
from capcalc.laws.erlang import Array, in_blocks
from capcalc.laws.mmc import share


def mmck_loss(arrival_rps, service_time_s, servers, capacity):
    """Share of the arrivals to an M/M/c/K queue that find it full, and go away.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        P(K jobs); with K = c that is `erlang_b`. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_loss(50.0, 0.1, 4, 6)), 6)
    0.293543

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_blocks(
        lambda *pool: Parts(*pool).loss, *checked(arrival_rps, service_time_s, servers, capacity)
    )


def mmck_empty(arrival_rps, service_time_s, servers, capacity):
    """Share of the time in which nobody is in an M/M/c/K queue.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        P(0 jobs). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_empty(40.0, 1 / 30, 3, 7)), 6)
    0.255037

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_blocks(
        lambda *pool: Parts(*pool).empty, *checked(arrival_rps, service_time_s, servers, capacity)
    )


def mmck_throughput_rps(arrival_rps, service_time_s, servers, capacity):
    """Rate of the jobs that get into an M/M/c/K queue, and leave it served.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        lam (1 - `mmck_loss`). [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_throughput_rps(8.0, 0.25, 5, 12)), 6)
    7.99953

    References
    ----------
    [GROSS] chapter 2.
    """
    lam, S, c, K = checked(arrival_rps, service_time_s, servers, capacity)
    return lam * in_blocks(lambda *pool: Parts(*pool).accepted, lam, S, c, K)


def mmck_mean_wait_s(arrival_rps, service_time_s, servers, capacity):
    """Mean wait of the jobs that get into an M/M/c/K queue, zero waits included.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        Wq. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Who finds c + j jobs, j < K - c, waits for j + 1 departures: (S/c) sum (j + 1) P(c + j) / (1 - P(K)).

    Examples
    --------
    >>> round(float(mmck_mean_wait_s(8.0, 0.25, 5, 12)), 6)
    0.004933

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_blocks(
        lambda *pool: Parts(*pool).mean_wait, *checked(arrival_rps, service_time_s, servers, capacity)
    )


def mmck_mean_response_s(arrival_rps, service_time_s, servers, capacity):
    """Mean response time, wait and service, of the jobs that get into an M/M/c/K queue.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        Wq + S. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_mean_response_s(40.0, 1 / 30, 3, 7)), 6)
    0.036517

    References
    ----------
    [GROSS] chapter 2.
    """
    return mmck_mean_wait_s(arrival_rps, service_time_s, servers, capacity) + real(
        "service_time_s", service_time_s
    )


def mmck_mean_number(arrival_rps, service_time_s, servers, capacity):
    """Mean number of jobs in an M/M/c/K queue, in service and waiting.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        L, by Little's law. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_mean_number(2.0, 1.0, 1, 2000)), 9)
    1999.0

    References
    ----------
    [GROSS] chapter 2, [LITTLE].
    """
    rate = mmck_throughput_rps(arrival_rps, service_time_s, servers, capacity)
    return rate * mmck_mean_response_s(arrival_rps, service_time_s, servers, capacity)


def mmck_wait_tail(t_s, arrival_rps, service_time_s, servers, capacity):
    """Probability that a job that gets into an M/M/c/K queue waits longer than t.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        P(W > t). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    With x = c t/S departures expected: sum over i < n of the Poisson probability of i at x times the chance
    to have found at least c + i jobs; made of the terms near x that count, all positive.

    Examples
    --------
    >>> round(float(mmck_wait_tail(0.02329, 40.0, 1 / 30, 3, 7)), 4)
    0.05

    References
    ----------
    [GROSS] chapter 2.
    """
    t = real("t_s", t_s, 0)
    shape, (t, lam, S, c, K) = flattened(t, *checked(arrival_rps, service_time_s, servers, capacity))
    return tail_of_wait(t, lam, S, c, K).reshape(shape)[()]


def mmck_wait_percentile_s(p, arrival_rps, service_time_s, servers, capacity):
    """The wait that a share p of the jobs that get into an M/M/c/K queue do not exceed, zero waits included.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]

    Returns
    -------
    float or ndarray
        The percentile. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_wait_percentile_s(0.95, 40.0, 1 / 30, 3, 7)), 6)
    0.023291

    References
    ----------
    [GROSS] chapter 2.
    """
    values = share(p), *checked(arrival_rps, service_time_s, servers, capacity)
    shape, (p, lam, S, c, K) = flattened(*values)
    scale = (K - c + 1) / c * S  # as long as a full queue
    t = time_beyond(lambda t, i: tail_of_wait(t, lam[i], S[i], c[i], K[i]), 1 - p, scale)
    return np.where(S > 0, t, 0.0).reshape(shape)[()]


def work(arrival_rps, service_time_s, servers) -> tuple[Array, Array, Array]:
    """Load and servers as arrays, or a `DomainError`."""
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0)
    return lam, S, whole("servers", servers, 1)


def checked(arrival_rps, service_time_s, servers, capacity) -> tuple[Array, Array, Array, Array]:
    """The four numbers as arrays, or a `DomainError`."""
    lam, S, c = work(arrival_rps, service_time_s, servers)
    K = whole("capacity", capacity, 1)
    short = np.broadcast_to(c > K, np.broadcast_shapes(K.shape, c.shape))
    if short.any():
        first = float(np.broadcast_to(K, short.shape)[short].flat[0])
        raise DomainError("capacity", first, "[servers, inf)", "It counts the jobs in service as well.")
    return lam, S, c, K
