"""M^X/M/c: jobs that come in batches into one pool; the waits of the first, the last and any job. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| rate of batches | lam | `arrival_rps` | 1/s |
| jobs of each: fixed, or the mean of a geometric number | n | `batch` | count |
| mean service time, exponential | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| jobs above c that a batch finds | l | | count |

A batch finds k jobs as often as there are k (`_batch` has that law). Its i-th job waits for k + i - c
departures, S/c each, if that is above 0. The mean over all jobs is also the mean number that waits over the
rate of jobs (Little). The time until a whole batch is done is `parallel.batch_response`.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import UnknownName
from capcalc.laws._batch import fixed_batches, geometric_batches
from capcalc.laws._search import ROUNDING, crossing, each, fewest_whole, flattened
from capcalc.laws.erlang import Array

_SIZES = ("fixed", "geometric")


def batch_mean_wait_s(arrival_rps, service_time_s, servers, batch, sizes="fixed"):
    """Mean wait of a job, any of its batch, where jobs come in batches into one pool.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of batches, Poisson, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]
    sizes : {"fixed", "geometric"}
        Whether all batches have n jobs, or n on average. [name]

    Returns
    -------
    float or ndarray
        Wq; inf wherever lam n S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.
    UnknownName : `sizes` is neither.

    Notes
    -----
    Wq = E(l)/(lam n) by Little's law.

    Examples
    --------
    >>> round(float(batch_mean_wait_s(0.2, 1.0, 1, 3)), 9)
    4.0

    References
    ----------
    [CHAUDHRY].
    """
    case = _checked(arrival_rps, service_time_s, servers, batch, sizes)
    return each(lambda lam, S, c, n: _waits(lam, S, c, n, sizes)[1], *case)


def batch_first_wait_s(arrival_rps, service_time_s, servers, batch, sizes="fixed"):
    """Mean wait of the first job of a batch.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of batches, Poisson, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]
    sizes : {"fixed", "geometric"}
        Whether all batches have n jobs, or n on average. [name]

    Returns
    -------
    float or ndarray
        Mean time until the first job starts; inf wherever lam n S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.
    UnknownName : `sizes` is neither.

    Examples
    --------
    >>> round(float(batch_first_wait_s(0.2, 1.0, 1, 3)), 9)
    3.0

    References
    ----------
    [CHAUDHRY].
    """
    case = _checked(arrival_rps, service_time_s, servers, batch, sizes)
    return each(lambda lam, S, c, n: _waits(lam, S, c, n, sizes)[0], *case)


def batch_last_wait_s(arrival_rps, service_time_s, servers, batch):
    """Mean wait of the last job of a batch of fixed size.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of batches, Poisson, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]

    Returns
    -------
    float or ndarray
        Mean time until the last job starts; inf wherever lam n S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(batch_last_wait_s(0.2, 1.0, 1, 3)), 9)
    5.0

    References
    ----------
    [CHAUDHRY].
    """
    case = _checked(arrival_rps, service_time_s, servers, batch, "fixed")
    return each(lambda lam, S, c, n: _waits(lam, S, c, n, "fixed")[2], *case)


def batch_wait_probability(arrival_rps, service_time_s, servers, batch, sizes="fixed"):
    """Chance that the first job of a batch has to wait: that all servers are busy.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of batches, Poisson, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]
    sizes : {"fixed", "geometric"}
        Whether all batches have n jobs, or n on average. [name]

    Returns
    -------
    float or ndarray
        P(k >= c); 1 wherever lam n S >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.
    UnknownName : `sizes` is neither.

    Examples
    --------
    >>> round(float(batch_wait_probability(0.2, 1.0, 1, 3)), 9)
    0.6

    References
    ----------
    [CHAUDHRY].
    """
    case = _checked(arrival_rps, service_time_s, servers, batch, sizes)
    return each(lambda lam, S, c, n: _waits(lam, S, c, n, sizes)[3], *case)


def servers_for_batch_wait(arrival_rps, service_time_s, batch, mean_wait_s, sizes="fixed"):
    """Fewest servers with a mean wait of a job of no more than a given time, where jobs come in batches.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of batches, Poisson, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]
    sizes : {"fixed", "geometric"}
        Whether all batches have n jobs, or n on average. [name]

    Returns
    -------
    float or ndarray
        Least c > lam n S with `batch_mean_wait_s` <= t. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.
    UnknownName : `sizes` is neither.

    Examples
    --------
    >>> float(servers_for_batch_wait(0.2, 1.0, 3, 0.5))
    3.0

    References
    ----------
    [CHAUDHRY].
    """
    lam, S, _, n = _checked(arrival_rps, service_time_s, 1, batch, sizes)
    shape, (lam, S, n, t) = flattened(lam, S, n, real("mean_wait_s", mean_wait_s, 0, above=True))

    def meets(c, i):
        wait = batch_mean_wait_s(lam[i], S[i], c, n[i], sizes)
        return wait <= t[i] * (1 + ROUNDING)

    return fewest_whole(meets, np.floor(lam * n * S) + 1).reshape(shape)[()]


def load_for_batch_wait(service_time_s, servers, batch, mean_wait_s, sizes="fixed"):
    """Most batches a second with a mean wait of a job of no more than a given time.

    Parameters
    ----------
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    batch : int or array_like
        Jobs of each batch, n >= 1; the mean, and any number, if sizes are geometric. [count]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]
    sizes : {"fixed", "geometric"}
        Whether all batches have n jobs, or n on average. [name]

    Returns
    -------
    float or ndarray
        lam with `batch_mean_wait_s` = t; 0 where even a batch alone waits longer. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.
    UnknownName : `sizes` is neither.

    Examples
    --------
    >>> round(float(load_for_batch_wait(1.0, 1, 3, 4.0)), 9)
    0.2

    References
    ----------
    [CHAUDHRY].
    """
    _, S, c, n = _checked(0.0, service_time_s, servers, batch, sizes)
    shape, (S, c, n, t) = flattened(S, c, n, real("mean_wait_s", mean_wait_s, 0, above=True))

    def spare(lam, i):
        return t[i] / np.maximum(batch_mean_wait_s(lam, S[i], c[i], n[i], sizes), 1e-300) - 1

    least = np.finfo(float).tiny * np.ones(S.size)
    return crossing(spare, least, c / (n * S)).reshape(shape)[()]


def _waits(lam: float, S: float, c: float, n: float, sizes: str) -> tuple[float, float, float, float]:
    """Mean waits of the first, of any and of the last job, and the chance that the first waits."""
    if lam * n * S >= c:
        return np.inf, np.inf, np.inf, 1.0
    if sizes == "geometric":
        lam = max(lam, 1e-100 / S)
        g, d1, _ = geometric_batches(lam, n, S, int(c)).tail_moments()
        # The i-th job finds i - 1 of its own before it: Little's law gives their mean as well.
        return (g + d1) * S / c, d1 / (lam * n), np.inf, g
    pool = fixed_batches(lam, int(n), S, int(c))
    g, d1, _ = pool.tail_moments()
    i = np.arange(1.0, n + 1)
    first, last = (g + d1) * S / c, (n * g + d1 + float((pool.window * np.arange(n)).sum())) * S / c
    # Of a batch that finds c - n + m jobs, m = 0..n-1, the last m jobs wait for 1..m departures.
    m = i - 1
    some = float((pool.window * m * (m + 1) / 2).sum()) / n
    return first, (g * (n + 1) / 2 + d1 + some) * S / c, last, g


def _checked(arrival_rps, service_time_s, servers, batch, sizes) -> tuple[Array, Array, Array, Array]:
    if sizes not in _SIZES:
        raise UnknownName("sizes", sizes, _SIZES)
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0, above=True)
    n = whole("batch", batch, 1) if sizes == "fixed" else real("batch", batch, 1)
    return lam, S, whole("servers", servers, 1), n
