"""M/D/c: a pool whose service always takes the same time. Exact, also M/D/1, for any number of servers.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| service time, always the same | D | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| offered load | a = lam D | | erlang |

What is in service now is done after D, so that the queue D later is (queue + arrivals - c)^+. `_constant`
sums that walk by Spitzer's identity, from positive terms: no roots in the complex plane, and no alternating
series as in Erlang's own solution of M/D/1, which loses all digits after some 20 services at a high load.
A wait is no longer than t < k D if no more than k c - 1 jobs were waiting k D - t before, or have come since
(Franx).
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws import _constant
from capcalc.laws._search import ROUNDING, crossing, each, fewest_whole, flattened, time_beyond
from capcalc.laws.mmc import checked, share


def mdc_mean_wait_s(arrival_rps, service_time_s, servers):
    """Mean wait in the queue of an M/D/c pool, zero waits included.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Service time, always the same, D >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        Wq; inf wherever lam D >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Wq = sum over n of E(A_n - n c)^+/(n lam), A_n Poisson of mean n a; good to 1e-12.

    Examples
    --------
    >>> round(float(mdc_mean_wait_s(9.0, 1.0, 10)), 9)
    0.34458205

    References
    ----------
    [FRANX]; [SPITZER].
    """
    return each(_mean_wait, *checked(arrival_rps, service_time_s, servers))


def mdc_wait_probability(arrival_rps, service_time_s, servers):
    """Chance that an arrival to an M/D/c pool has to wait.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Service time, always the same, D >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        P(W > 0); 1 wherever lam D >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    1 - exp(-sum over n of P(A_n >= n c)/n).

    Examples
    --------
    >>> round(float(mdc_wait_probability(9.0, 1.0, 10)), 6)
    0.646861

    References
    ----------
    [FRANX]; [SPITZER].
    """
    return each(_wait_chance, *checked(arrival_rps, service_time_s, servers))


def mdc_wait_tail(t_s, arrival_rps, service_time_s, servers):
    """Probability that an arrival to an M/D/c pool waits longer than t.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Service time, always the same, D >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        P(W > t); 1 wherever lam D >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mdc_wait_tail(1.0, 9.0, 1.0, 10)), 6)
    0.091744

    References
    ----------
    [FRANX].
    """
    t = real("t_s", t_s, 0)
    shape, (t, lam, D, c) = flattened(t, *checked(arrival_rps, service_time_s, servers))
    tails = _tails(lam, D, c)
    u = np.minimum(t / np.maximum(D, 1e-300), 1e15)
    return np.array([tail(x) for tail, x in zip(tails, u, strict=True)]).reshape(shape)[()]


def mdc_wait_percentile_s(p, arrival_rps, service_time_s, servers):
    """The wait that a share p of the arrivals to an M/D/c pool do not exceed, zero waits included.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Service time, always the same, D >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam D >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    A response is this wait and D.

    Examples
    --------
    >>> round(float(mdc_wait_percentile_s(0.99, 0.8, 1.0, 1)), 6)
    10.355887

    References
    ----------
    [FRANX].
    """
    shape, (p, lam, D, c) = flattened(share(p), *checked(arrival_rps, service_time_s, servers))
    tails = _tails(lam, D, c)
    open_ = lam * D < c

    def tail(u, i):
        return np.array([tails[k](x) if open_[k] else 0.0 for k, x in zip(i, u, strict=True)])

    u = time_beyond(tail, 1 - p, 1 / c)
    return np.where(open_, u * D, np.inf).reshape(shape)[()]


def mdc_servers_for_mean_wait(arrival_rps, service_time_s, mean_wait_s):
    """Fewest servers with a mean wait of no more than a given time, where service always takes the same time.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Service time, always the same, D >= 0. [s]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        Least c > lam D with `mdc_mean_wait_s` <= t. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(mdc_servers_for_mean_wait(9.0, 1.0, 0.1))
    12.0

    References
    ----------
    [FRANX].
    """
    lam, D, _ = checked(arrival_rps, service_time_s, 1)
    shape, (lam, D, t) = flattened(lam, D, real("mean_wait_s", mean_wait_s, 0, above=True))

    def meets(c, i):
        return mdc_mean_wait_s(lam[i], D[i], c) <= t[i] * (1 + ROUNDING)

    return fewest_whole(meets, np.floor(lam * D) + 1).reshape(shape)[()]


def mdc_load_for_mean_wait(service_time_s, servers, mean_wait_s):
    """Most arrival rate with a mean wait of no more than a given time, service always taking the same time.

    Parameters
    ----------
    service_time_s : float or array_like
        Service time, always the same, D > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        lam with `mdc_mean_wait_s` = t. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mdc_load_for_mean_wait(1.0, 10, 0.34458205)), 6)
    9.0

    References
    ----------
    [FRANX].
    """
    D = real("service_time_s", service_time_s, 0, above=True)
    _, D, c = checked(1.0, D, servers)
    shape, (D, c, t) = flattened(D, c, real("mean_wait_s", mean_wait_s, 0, above=True))

    def spare(a, i):
        return np.log(t[i] / D[i] / np.clip(mdc_mean_wait_s(a, 1.0, c[i]), 1e-300, 1e280))

    return (crossing(spare, 1e-3 * c * np.minimum(t / D, 1.0) ** (1 / c), c) / D).reshape(shape)[()]


def _mean_wait(lam: float, D: float, c: float) -> float:
    a = lam * D
    if a >= c:
        return np.inf
    if a < 1e-200 * c:
        return 0.0
    return _constant.wait_chance_and_queue(c, a)[1] / lam


def _wait_chance(lam: float, D: float, c: float) -> float:
    a = lam * D
    if a >= c:
        return 1.0
    return _constant.wait_chance_and_queue(c, a)[0] if a > 1e-200 * c else 0.0


def _tails(lam, D, c):
    """The tail of the wait, over services, of each case."""
    made: dict[tuple[float, float], _constant.Queue] = {}

    def tail_of(a: float, c: float):
        if a >= c:
            return lambda u: 1.0
        if a < 1e-200 * c:
            return lambda u: 0.0
        if (a, c) not in made:
            made[a, c] = _constant.Queue(c, a)
        return made[a, c].wait_tail

    return [tail_of(a, n) for a, n in zip((lam * D).tolist(), c.tolist(), strict=True)]
