"""G/G/c and M/G/c: the pool of `mmc` with other variability of arrivals and service, by Allen and Cunneen.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| squared coefficient of variation of the times between arrivals | ca2 | `arrival_scv` | ratio |
| the same of the service times | cs2 | `service_scv` | ratio |
| rate at which the tail of the wait falls | r | `wait_rate_per_s` | 1/s |
| chance of waiting, of M/M/c | C | `erlang_c` | ratio |

The squared coefficient of variation (scv) is variance over squared mean: 1 for exponential, 0 for constant
times. A mean wait is (ca2 + cs2)/2 times that of M/M/c. P(wait) is taken as Erlang's C, and a wait, where
there is one, as exponential with rate r. All three are exact for M/M/c; the mean also for M/G/1 (Pollaczek
and Khinchine); everything else is an approximation, good near saturation and rough far below it.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws.erlang import Array, chance_of_wait, in_blocks, log_chance_of_wait
from capcalc.laws.mmc import checked, share, spare_servers


def wait_rate_per_s(arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """The rate r of the exponential tail of the wait, P(W > t) = C e^(-r t).

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        r; 0 or below wherever lam S >= c, inf where nothing varies or a service takes no time. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    r = 2/(ca2 + cs2) (c/S - lam). An approximation unless ca2 = cs2 = 1 (M/M/c).

    Examples
    --------
    >>> round(float(wait_rate_per_s(200.0, 0.01, 3, service_scv=3.0)), 6)
    50.0

    References
    ----------
    [ALLEN]; that the tail is exponential near saturation is [KINGMAN].
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_rate, *pool, *_scvs(arrival_scv, service_scv))


def ggc_mean_wait_s(arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """Mean wait in the queue of a pool with any variability, zero waits included.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        Wq; inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Wq = (ca2 + cs2)/2 C S/(c - a), a = lam S. Exact for M/M/c and M/G/1, else an approximation.

    Examples
    --------
    >>> round(float(ggc_mean_wait_s(80.0, 0.01, 1, service_scv=4.0)), 6)
    0.1

    References
    ----------
    [ALLEN], [GROSS] chapter 5 for M/G/1.
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_mean_wait, *pool, *_scvs(arrival_scv, service_scv))


def ggc_wait_tail(t_s, arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """Probability that an arrival to a pool with any variability waits longer than t.

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
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        P(W > t); 1 wherever lam S >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    P(W > t) = C e^(-r t), r of `wait_rate_per_s`, C of `erlang_c`: an approximation unless M/M/c.

    Examples
    --------
    >>> round(float(ggc_wait_tail(0.01, 200.0, 0.01, 3, service_scv=3.0)), 4)
    0.2696

    References
    ----------
    [ALLEN], [KINGMAN].
    """
    t = real("t_s", t_s, 0)
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_tail, t, *pool, *_scvs(arrival_scv, service_scv))


def ggc_wait_percentile_s(p, arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """The wait that a share p of the arrivals to a pool with any variability do not exceed.

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
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        The percentile: 0 where no more than 1 - p wait, inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    max(0, ln(C/(1 - p))/r), r of `wait_rate_per_s`, C of `erlang_c`: an approximation unless M/M/c.

    Examples
    --------
    >>> round(float(ggc_wait_percentile_s(0.99, 200.0, 0.01, 3, service_scv=3.0)), 6)
    0.075885

    References
    ----------
    [ALLEN], [KINGMAN].
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_percentile, share(p), *pool, *_scvs(arrival_scv, service_scv))


def pooled_service(rates_rps, means_s, scvs):
    """Mean and scv of the service times of several classes of jobs that share one pool.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, l_i >= 0. [1/s]
    means_s : array_like
        Mean service time of each class, S_i >= 0. [s]
    scvs : array_like
        Squared coefficient of variation of each class, >= 0. [ratio]

    Returns
    -------
    (float or ndarray, float or ndarray)
        Mean [s] and squared coefficient of variation [ratio] of the mixture. Where all rates are 0 all
        classes weigh the same; where the mean is 0 (or there is no class at all) the scv is 1.

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    S = sum(w_i S_i), w_i = l_i/sum(l_i); E[S^2] = sum(w_i S_i^2 (1 + scv_i));
    scv = E[S^2]/S^2 - 1. Evaluated as variance within plus variance between the classes, where
    nothing cancels: equal constant times give 0.

    Examples
    --------
    >>> mean, scv = pooled_service([90.0, 10.0], [0.001, 0.05], [1.0, 1.0])
    >>> round(float(mean), 6), round(float(scv), 2)
    (0.0059, 13.42)

    References
    ----------
    [GROSS] chapter 5.
    """
    values = (real("rates_rps", rates_rps, 0), real("means_s", means_s, 0), real("scvs", scvs, 0))
    rates, means, scv = np.broadcast_arrays(*values)
    if len(rates) == 0:
        return np.zeros(rates.shape[1:])[()], np.ones(rates.shape[1:])[()]
    top = rates.max(axis=0)  # divided by first, so that no sum overflows
    weights = np.where(top > 0, rates / np.where(top > 0, top, 1.0), 1.0)
    weights = weights / weights.sum(axis=0)
    mean = _average(weights, means)
    idle = mean == 0
    relative = means / np.where(idle, 1.0, mean)
    within_and_between = _average(weights, relative**2 * scv + (relative - 1) ** 2)
    return mean[()], np.where(idle, 1.0, within_and_between)[()]


def _average(weights: Array, values: Array) -> Array:
    """The weighted mean, and once more of what is left, so that the mean of equal numbers is that number."""
    mean = (weights * values).sum(axis=0)
    return mean + (weights * (values - mean)).sum(axis=0)


def standing_ggc(arrival_scv, service_scv, servers) -> tuple[str, str]:
    """How far the waits of this module may be trusted for a pool, and why.

    Parameters
    ----------
    arrival_scv, service_scv : float
        Squared coefficients of variation. An scv of 1 is taken as exponential. [ratio]
    servers : int
        Parallel servers. [count]

    Returns
    -------
    (str, str)
        "exact" or "approximation", and the reason.

    Raises
    ------
    DomainError : a number is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> standing_ggc(1.0, 1.0, 8)
    ('exact', 'M/M/c: Poisson arrivals, exponential service')

    References
    ----------
    [ALLEN], [GROSS] chapter 5.
    """
    (ca2, cs2), c = _scvs(arrival_scv, service_scv), whole("servers", servers, 1)
    if ca2 == 1 and cs2 == 1:
        return "exact", "M/M/c: Poisson arrivals, exponential service"
    if ca2 == 1 and c == 1:
        return "approximation", "M/G/1: the mean wait is exact, its percentiles take the wait as exponential"
    if ca2 == 1:
        return "approximation", "M/G/c: Allen-Cunneen, with P(wait) and the shape of the wait of M/M/c"
    return "approximation", "G/G/c: Allen-Cunneen, with P(wait) and the shape of the wait of M/M/c"


def _scvs(arrival_scv, service_scv) -> tuple[Array, Array]:
    return real("arrival_scv", arrival_scv, 0), real("service_scv", service_scv, 0)


def _rate(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    _, spare = spare_servers(lam, S, c)
    return _rate_of(spare, S, ca2 / 2 + cs2 / 2)


def _rate_of(spare: Array, S: Array, spread: Array) -> Array:
    """spare/(S spread): 0 spare servers drain nothing, a time without length or spread drains at once."""
    time = np.where(spare == 0, 1.0, np.minimum(S * spread, 1e308))
    with np.errstate(divide="ignore"):
        return spare / time


def _mean_wait(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    wait = chance_of_wait(c, a) * S * (ca2 / 2 + cs2 / 2) / np.where(stable, spare, 1.0)
    return np.where(stable, wait, np.inf)


def _tail(t: Array, lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    rate = np.minimum(_rate_of(np.maximum(spare, 0.0), S, ca2 / 2 + cs2 / 2), 1e300)
    return chance_of_wait(c, a) * np.exp(-rate * t)


def _percentile(p: Array, lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    excess = np.maximum(log_chance_of_wait(c, a) - np.log1p(-p), 0.0)
    return np.where(stable, excess * S * (ca2 / 2 + cs2 / 2) / np.where(stable, spare, 1.0), np.inf)
