"""M/M/c: a pool of identical servers behind one queue, Poisson arrivals, exponential service. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| spare servers, c - lam S | theta | | erlang |
| chance of waiting | C | `erlang_c` | ratio |
| wait in the queue, mean | W, Wq | `mmc_mean_wait_s` | s |
| response, wait and service together | T | `mmc_mean_response_s` | s |

A wait of more than t has probability C e^(-theta t/S); the response is that wait plus an independent service.
Overloaded (lam S >= c) there is no steady state: times are inf, and any time is exceeded with probability 1.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws.erlang import Array, chance_of_wait, in_blocks, log_chance_of_wait

PERCENTILE_HINT = "Write 0.99 for the 99th percentile."
_NEWTON = 60  # 3 to 8 are usual
_SPLIT = 134217729.0  # 2^27 + 1
_FAR = 1e100  # in service times: nothing lies beyond, and products of it stay finite


def mmc_mean_wait_s(arrival_rps, service_time_s, servers):
    """Mean wait in the queue of an M/M/c pool, zero waits included.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        Wq; inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Wq = C S / (c - a), a = lam S.

    Examples
    --------
    >>> round(float(mmc_mean_wait_s(200.0, 0.01, 3)), 6)
    0.004444

    References
    ----------
    [ERLANG], [GROSS] chapter 2.
    """
    return in_blocks(_mean_wait, *checked(arrival_rps, service_time_s, servers))


def mmc_mean_response_s(arrival_rps, service_time_s, servers):
    """Mean response time, wait and service, of an M/M/c pool.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        Wq + S; inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> round(float(mmc_mean_response_s(200.0, 0.01, 3)), 6)
    0.014444

    References
    ----------
    [GROSS] chapter 2.
    """
    lam, S, c = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_mean_wait, lam, S, c) + S


def mmc_wait_tail(t_s, arrival_rps, service_time_s, servers):
    """Probability that an arrival to an M/M/c pool waits longer than t.

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

    Returns
    -------
    float or ndarray
        P(W > t); 1 wherever lam S >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    P(W > t) = C e^(-(c - a) t/S), a = lam S.

    Examples
    --------
    >>> round(float(mmc_wait_tail(0.01, 200.0, 0.01, 3)), 4)
    0.1635

    References
    ----------
    [ERLANG], [GROSS] chapter 2.
    """
    t = real("t_s", t_s, 0)
    return in_blocks(_wait_tail, t, *checked(arrival_rps, service_time_s, servers))


def mmc_wait_percentile_s(p, arrival_rps, service_time_s, servers):
    """The wait that a share p of the arrivals to an M/M/c pool do not exceed, zero waits included.

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

    Returns
    -------
    float or ndarray
        The percentile: 0 where no more than 1 - p wait, inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    max(0, ln(C/(1 - p)) S/(c - a)), a = lam S.

    Examples
    --------
    >>> round(float(mmc_wait_percentile_s(0.99, 200.0, 0.01, 3)), 6)
    0.037942

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_blocks(_wait_percentile, share(p), *checked(arrival_rps, service_time_s, servers))


def mmc_response_tail(t_s, arrival_rps, service_time_s, servers):
    """Probability that the response, wait and service, of an M/M/c pool takes longer than t.

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

    Returns
    -------
    float or ndarray
        P(T > t); 1 wherever lam S >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    With u = t/S and theta = c - a: e^-u (1 + C u E((1 - theta) u)), E(x) = (e^x - 1)/x, E(0) = 1. The
    textbook form divides by 1 - theta; here theta = 1, one server spare, is no special case.

    Examples
    --------
    >>> round(float(mmc_response_tail(0.01, 200.0, 0.01, 3)), 4)
    0.5314

    References
    ----------
    [GROSS] chapter 2.
    """
    t = real("t_s", t_s, 0)
    return in_blocks(_response_tail, t, *checked(arrival_rps, service_time_s, servers))


def mmc_response_percentile_s(p, arrival_rps, service_time_s, servers):
    """The response time, wait and service, that a share p of the arrivals to an M/M/c pool do not exceed.

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

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Newton's method on the logarithm of `mmc_response_tail`, from the larger of two bounds: the percentile of
    the service alone and that of the wait alone.

    Examples
    --------
    >>> round(float(mmc_response_percentile_s(0.99, 200.0, 0.01, 3)), 6)
    0.058912

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_blocks(_response_percentile, share(p), *checked(arrival_rps, service_time_s, servers))


def checked(arrival_rps, service_time_s, servers) -> tuple[Array, Array, Array]:
    """The three numbers of a pool, as arrays, or a `DomainError`."""
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0)
    return lam, S, whole("servers", servers, 1)


def share(p) -> Array:
    """The share of a percentile, as array, or a `DomainError`."""
    return real("p", p, 0, 1, above=True, below=True, hint=PERCENTILE_HINT)


def spare_servers(lam: Array, S: Array, c: Array) -> tuple[Array, Array]:
    """a = lam S and c - lam S; just below saturation the rounding of the product is put back.

    At a load of 1 - 1e-9 the rounding of a alone would cost 9 of the 16 digits of a wait.
    """
    a = lam * S
    spare = c - a
    close = np.flatnonzero((spare > 0) & (spare < 1e-2 * c))
    if close.size:
        spare[close] -= _rounding(lam[close], S[close], a[close])
    return a, spare


def _rounding(x: Array, y: Array, product: Array) -> Array:
    """x y - product, exactly, both factors split in halves of 26 bits [DEKKER]; 0 where that overflows."""
    with np.errstate(invalid="ignore"):
        x_high, y_high = (factor * _SPLIT - (factor * _SPLIT - factor) for factor in (x, y))
        x_low, y_low = x - x_high, y - y_high
        rest = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    return np.where(np.isfinite(rest), rest, 0.0)


def _mean_wait(lam: Array, S: Array, c: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    return np.where(stable, chance_of_wait(c, a) * S / np.where(stable, spare, 1.0), np.inf)


def _wait_tail(t: Array, lam: Array, S: Array, c: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    return chance_of_wait(c, a) * np.exp(-np.maximum(spare, 0.0) * _in_service_times(t, S))


def _wait_percentile(p: Array, lam: Array, S: Array, c: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    excess = np.maximum(log_chance_of_wait(c, a) - np.log1p(-p), 0.0)
    return np.where(stable, excess * S / np.where(stable, spare, 1.0), np.inf)


def _response_tail(t: Array, lam: Array, S: Array, c: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    theta, u = np.where(stable, spare, 1.0), _in_service_times(t, S)
    factor, _ = beyond_decay(u, chance_of_wait(c, a), theta)
    tail = np.minimum(np.exp(-np.minimum(theta, 1.0) * u) * factor, 1.0)
    return np.where(stable, np.where(S > 0, tail, 0.0), 1.0)


def _response_percentile(p: Array, lam: Array, S: Array, c: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    chance, theta = chance_of_wait(c, a), np.where(stable, spare, 1.0)
    L = -np.log1p(-p)
    u = L.copy()
    waits = np.flatnonzero(stable & (chance > 1e-18 * (1 - p)))
    if waits.size:  # elsewhere the wait changes no digit
        u[waits] = _service_times(L[waits], chance[waits], theta[waits])
    return np.where(stable, u * S, np.inf)


def _service_times(L: Array, chance: Array, theta: Array) -> Array:
    """u with P(T > u S) = e^-L."""
    slowest = np.minimum(theta, 1.0)
    least = np.maximum(L, (L + np.log(chance)) / theta)
    u = least
    for _ in range(_NEWTON):
        factor, slope = beyond_decay(u, chance, theta)
        new = np.maximum(u + (L - slowest * u + np.log(factor)) / (slowest - slope / factor), least)
        moved = np.abs(new - u)
        u = new
        if (moved <= 1e-9 * u).all():  # Newton doubles its digits: the next step would change none
            break
    return u


def beyond_decay(u: Array, chance: Array, theta: Array) -> tuple[Array, Array]:
    """h and dh/du, where P(T > u S) = e^(-min(theta, 1) u) h: the slower of two exponentials is taken out.

    h = A + C u E(-k u), k = |1 - theta|, A = e^(-k u) if the wait is slower than the service, else 1.
    Nothing overflows.
    """
    k = np.abs(1 - theta)
    ku = k * u
    drop = np.expm1(-ku)
    left = 1 + drop
    slow_wait = theta < 1
    h = np.where(slow_wait, left, 1.0) - chance * u * (drop / np.maximum(ku, 1e-300))
    h = np.where(ku > 0, h, 1 + chance * u)
    return h, (chance - np.where(slow_wait, k, 0.0)) * left


def _in_service_times(t: Array, S: Array) -> Array:
    return np.minimum(t / np.maximum(S, 1e-300), _FAR)


def log_response_tail(u: Array, chance: Array, theta: Array) -> Array:
    """ln P(T > u S), for theta > 0 spare servers; right also where the wait adds next to nothing."""
    factor, _ = beyond_decay(u, chance, theta)
    return np.log(factor) - np.minimum(theta, 1.0) * u
