"""The fewest servers of a pool that meet a target.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| offered load | a | `offered_erlangs` | erlang |
| load per server aimed at | U | `utilisation` | ratio |
| chance of waiting aimed at | | `p_wait` | ratio |
| time aimed at | t | `mean_wait_s`, `wait_s`, `response_s` | s |

A chance of waiting starts from corrected square-root staffing, right to a server nearly everywhere; one
evaluation of Erlang's formula there gives also its neighbours, which decides almost every case. The rest, and
targets on times, go to a bracketed search over whole c, with a number of turns like ln c. Except for a
utilisation the answer is always more than a: a pool that never catches up meets no target. A target missed by
no more than rounding (1e-13 of it) is met.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._staffing import balanced_start, fewest, fewest_for_chance, start
from capcalc.laws.erlang import Array, chance_of_wait, in_blocks, log_chance_of_wait
from capcalc.laws.mmc import log_response_tail, share
from capcalc.laws.replication import ceil

_SHARE_HINT = "Write 0.05 for 5 %."
_MOST = 1e15  # erlangs; doubles count servers one by one up to 9e15


def servers_for_utilisation(offered_erlangs, utilisation):
    """Fewest servers that are busy no more than a given share of the time.

    Parameters
    ----------
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]
    utilisation : float or array_like
        Load per server, 0 < U <= 1. [ratio]

    Returns
    -------
    float or ndarray
        max(1, ceil(a/U)); with U = 1 and a whole a, a pool that is just saturated. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    A quotient within 1e-12 of a whole number, relatively, is that number: rounding is not load.

    Examples
    --------
    >>> float(servers_for_utilisation(7.0, 0.7))
    10.0

    References
    ----------
    [GROSS] chapter 2.
    """
    a = real("offered_erlangs", offered_erlangs, 0)
    U = real("utilisation", utilisation, 0, 1, above=True, hint="Write 0.7 or 70%.")
    return in_blocks(lambda a, U: np.maximum(ceil(a / U), 1.0), a, U)


def servers_for_wait_probability(offered_erlangs, p_wait):
    """Fewest servers with which an arrival waits with probability p at most (M/M/c).

    Parameters
    ----------
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]
    p_wait : float or array_like
        The chance of waiting, 0 < p < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c > a with C(c, a) <= p. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> servers_for_wait_probability([10.0, 1000.0, 100_000.0], 0.05).tolist()
    [17.0, 1056.0, 100551.0]

    References
    ----------
    [ERLANG], [HALFIN], [JANSSEN].
    """
    a = real("offered_erlangs", offered_erlangs, 0, _MOST)
    p = real("p_wait", p_wait, 0, 1, above=True, below=True, hint=_SHARE_HINT)
    return in_blocks(fewest_for_chance, a, p)


def servers_for_mean_wait(arrival_rps, service_time_s, mean_wait_s, arrival_scv=1.0, service_scv=1.0):
    """Fewest servers with a mean wait in the queue of no more than a given time.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        Least c > lam S with `ggc_mean_wait_s` <= t. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    Exact for M/M/c, by Allen and Cunneen otherwise.

    Examples
    --------
    >>> float(servers_for_mean_wait(900.0, 0.01, 0.001))
    12.0

    References
    ----------
    [ERLANG], [ALLEN].
    """
    a, S = _load(arrival_rps, service_time_s)
    t = real("mean_wait_s", mean_wait_s, 0, above=True)
    return in_blocks(_for_mean_wait, a, S, t, _spread(arrival_scv, service_scv))


def servers_for_wait_percentile(arrival_rps, service_time_s, p, wait_s, arrival_scv=1.0, service_scv=1.0):
    """Fewest servers with which a share p of the arrivals waits no longer than a given time.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    wait_s : float or array_like
        The wait, t >= 0. [s]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        Least c > lam S with `ggc_wait_tail` <= 1 - p. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    Exact for M/M/c, by Allen and Cunneen otherwise.

    Examples
    --------
    >>> float(servers_for_wait_percentile(10.0, 1.0, 0.95, 0.1))
    16.0

    References
    ----------
    [ERLANG], [ALLEN].
    """
    a, S = _load(arrival_rps, service_time_s)
    t = real("wait_s", wait_s, 0)
    return in_blocks(_for_wait_percentile, a, S, share(p), t, _spread(arrival_scv, service_scv))


def servers_for_response_percentile(arrival_rps, service_time_s, p, response_s):
    """Fewest servers with which a share p of the responses takes no longer than a given time (M/M/c).

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    response_s : float or array_like
        Wait and service together, t > -S ln(1 - p). [s]

    Returns
    -------
    float or ndarray
        Least c > lam S with `mmc_response_tail` <= 1 - p. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite, or below what the service alone takes.

    Notes
    -----
    -S ln(1 - p) is the percentile of the service time, which no number of servers changes.

    Examples
    --------
    >>> float(servers_for_response_percentile(100.0, 1.0, 0.99, 5.0))
    103.0

    References
    ----------
    [GROSS] chapter 2.
    """
    a, S = _load(arrival_rps, service_time_s)
    p, t = share(p), real("response_s", response_s, 0, above=True)
    S, p, t = np.broadcast_arrays(S, p, t)
    floor = -S * np.log1p(-p)
    short = t <= floor
    if short.any():
        least = float(floor[short].flat[0])
        hint = f"The service alone takes {least:.6g} s at this percentile, -S ln(1 - p): no fleet is faster."
        raise DomainError("response_s", float(t[short].flat[0]), f"({least:.6g}, inf)", hint)
    return in_blocks(_for_response_percentile, a, S, p, t)


def _load(arrival_rps, service_time_s) -> tuple[Array, Array]:
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0)
    with np.errstate(over="ignore"):
        return real("arrival_rps * service_time_s", lam * S, 0, _MOST), S


def _spread(arrival_scv, service_scv) -> Array:
    return real("arrival_scv", arrival_scv, 0) / 2 + real("service_scv", service_scv, 0) / 2


def _for_mean_wait(a: Array, S: Array, t: Array, spread: Array) -> Array:
    goal = np.minimum(t / np.maximum(S * spread, 1e-300), 1e300)  # C/(c - a) may be this
    log_goal = np.log(np.maximum(goal, 1e-300))

    def miss(c, i):
        return log_chance_of_wait(c, a[i]) - np.log(c - a[i]) - log_goal[i]

    return fewest(miss, a, balanced_start(a, log_goal, 0.0), np.full(a.shape, np.inf))


def _for_wait_percentile(a: Array, S: Array, p: Array, t: Array, spread: Array) -> Array:
    log_q = np.log1p(-p)
    slope = np.minimum(t / np.maximum(S * spread, 1e-300), 1e300)

    def miss(c, i):
        return log_chance_of_wait(c, a[i]) - (c - a[i]) * slope[i] - log_q[i]

    drained = np.floor(a - log_q / np.maximum(slope, 1e-300)) + 1  # enough even if everybody had to wait
    return fewest(miss, a, np.minimum(start(a, log_q), drained), -log_q)


def _for_response_percentile(a: Array, S: Array, p: Array, t: Array) -> Array:
    log_q = np.log1p(-p)
    u = np.minimum(t / np.maximum(S, 1e-300), 1e100)

    def miss(c, i):
        return log_response_tail(u[i], chance_of_wait(c, a[i]), c - a[i]) - log_q[i]

    # With theta > 1 servers spare a wait adds about C/(theta - 1) to the 1 of e^u P(T > t), C u at most.
    room = np.expm1(np.minimum(u + log_q, 700.0))
    guess = balanced_start(a, np.log(np.maximum(room, 1e-300)), 1.0)
    return fewest(miss, a, np.where(room < u, guess, np.floor(a) + 2), -log_q)
