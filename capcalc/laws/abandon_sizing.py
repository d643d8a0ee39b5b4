"""The fewest servers, and the most load, where those who wait may give up (Erlang A).

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| share that may give up, may wait | | `abandonment`, `p_wait` | ratio |
| share served within t | | `service_level`, `t_s` | ratio, s |
| mean wait aimed at | t | `mean_wait_s` | s |

All laws are monotone in the servers; the search gallops from 1 server, or from the load that cannot be
carried, and halves.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws._search import ROUNDING, crossing, fewest_whole, flattened
from capcalc.laws.abandon import (
    checked,
    erlang_a_abandonment,
    erlang_a_mean_wait_s,
    erlang_a_service_level,
    erlang_a_wait_probability,
)
from capcalc.laws.erlang import Array

_SHARE_HINT = "Write 0.05 for 5 %."


def servers_for_abandonment(arrival_rps, service_time_s, abandon_rate, abandonment):
    """Fewest servers with which no more than a given share of the arrivals gives up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]
    abandonment : float or array_like
        The share, 0 < share < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c with `erlang_a_abandonment` <= share. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(servers_for_abandonment(105.0, 1.0, 2.0, 0.02))
    112.0

    References
    ----------
    [GARNETT].
    """
    lam, S, _, theta = checked(arrival_rps, service_time_s, 1, abandon_rate)
    shape, (lam, S, theta, goal) = flattened(lam, S, theta, _share("abandonment", abandonment))

    def meets(c, i):
        return erlang_a_abandonment(lam[i], S[i], c, theta[i]) <= goal[i] * (1 + ROUNDING)

    return _fewest(meets, lam * S * (1 - goal)).reshape(shape)[()]


def erlang_a_servers_for_wait_probability(arrival_rps, service_time_s, abandon_rate, p_wait):
    """Fewest servers with which no more than a given share of the arrivals waits, where those may give up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]
    p_wait : float or array_like
        The chance of waiting, 0 < p < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c with `erlang_a_wait_probability` <= p. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(erlang_a_servers_for_wait_probability(105.0, 1.0, 2.0, 0.2))
    113.0

    References
    ----------
    [GARNETT].
    """
    lam, S, _, theta = checked(arrival_rps, service_time_s, 1, abandon_rate)
    shape, (lam, S, theta, goal) = flattened(lam, S, theta, _share("p_wait", p_wait))

    def meets(c, i):
        return erlang_a_wait_probability(lam[i], S[i], c, theta[i]) <= goal[i] * (1 + ROUNDING)

    return _fewest(meets, 0 * lam).reshape(shape)[()]


def erlang_a_servers_for_mean_wait(arrival_rps, service_time_s, abandon_rate, mean_wait_s):
    """Fewest servers with a mean wait of no more than a given time, where those who wait may give up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        Least c with `erlang_a_mean_wait_s` <= t. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(erlang_a_servers_for_mean_wait(105.0, 1.0, 2.0, 0.01))
    112.0

    References
    ----------
    [GARNETT].
    """
    lam, S, _, theta = checked(arrival_rps, service_time_s, 1, abandon_rate)
    goal = real("mean_wait_s", mean_wait_s, 0, above=True)
    shape, (lam, S, theta, goal) = flattened(lam, S, theta, goal)

    def meets(c, i):
        return erlang_a_mean_wait_s(lam[i], S[i], c, theta[i]) <= goal[i] * (1 + ROUNDING)

    return _fewest(meets, 0 * lam).reshape(shape)[()]


def erlang_a_servers_for_service_level(arrival_rps, service_time_s, abandon_rate, service_level, t_s):
    """Fewest servers with which a given share of all arrivals is served after a wait of no more than t.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]
    service_level : float or array_like
        The share, 0 < share < 1: 0.8 of 80/20. [ratio]
    t_s : float or array_like
        The time, t >= 0. [s]

    Returns
    -------
    float or ndarray
        Least c with `erlang_a_service_level` >= share. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(erlang_a_servers_for_service_level(105.0, 1.0, 2.0, 0.95, 0.05))
    116.0

    References
    ----------
    [GARNETT].
    """
    lam, S, _, theta = checked(arrival_rps, service_time_s, 1, abandon_rate)
    goal, t = _share("service_level", service_level), real("t_s", t_s, 0)
    shape, (lam, S, theta, goal, t) = flattened(lam, S, theta, goal, t)

    def meets(c, i):
        return 1 - erlang_a_service_level(t[i], lam[i], S[i], c, theta[i]) <= (1 - goal[i]) * (1 + ROUNDING)

    return _fewest(meets, 0 * lam).reshape(shape)[()]


def load_for_abandonment(service_time_s, servers, abandon_rate, abandonment):
    """Most arrival rate of which no more than a given share gives up.

    Parameters
    ----------
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]
    abandonment : float or array_like
        The share, 0 < share < 1. [ratio]

    Returns
    -------
    float or ndarray
        lam with `erlang_a_abandonment` = share. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(load_for_abandonment(1.0, 100, 2.0, 0.02)), 4)
    93.3685

    References
    ----------
    [GARNETT].
    """
    _, S, c, theta = checked(0.0, service_time_s, servers, abandon_rate)
    shape, (S, c, theta, goal) = flattened(S, c, theta, _share("abandonment", abandonment))
    # c servers carry at most c, so that a (1 - abandonment) < c; below, halve until fewer give up.
    high = np.log(c / S) - np.log1p(-goal) + 1e-12
    low, live = high - 1.0, np.arange(high.size)
    for reach in 2.0 ** np.arange(12):
        live = live[erlang_a_abandonment(np.exp(low[live]), S[live], c[live], theta[live]) > goal[live]]
        low[live] -= reach
        if not live.size:
            break

    def spare(x, i):
        return np.log(goal[i] / np.maximum(erlang_a_abandonment(np.exp(x), S[i], c[i], theta[i]), 1e-300))

    return np.exp(crossing(spare, low, high)).reshape(shape)[()]


def _share(name: str, value) -> Array:
    return real(name, value, 0, 1, above=True, below=True, hint=_SHARE_HINT)


def _fewest(meets, carried: Array) -> Array:
    return fewest_whole(meets, np.maximum(np.ceil(carried * (1 - 1e-12)), 1.0))
