"""How much room and how many servers an M/M/c/K queue needs, and how much it takes, for a share turned away.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| parallel servers | c | `servers` | count |
| room in all, places to wait | K, K - c | `capacity`, `places` | count |
| share of the arrivals turned away | | `loss` | ratio |
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._search import ROUNDING, crossing, fewest_whole, flattened
from capcalc.laws.erlang import Array
from capcalc.laws.finite import checked, mmck_loss, work

_LEAST = 1e-300
_LOSS_HINT = "Write 0.01 for 1 %."


def mmck_capacity_for_loss(arrival_rps, service_time_s, servers, loss):
    """Least room in an M/M/c/K queue with which no more than a given share of the arrivals is turned away.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    loss : float or array_like
        Share of the arrivals that may be turned away, 0 < loss < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least K >= c with `mmck_loss` <= loss; inf where no room helps, rho - 1 >= loss rho. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(mmck_capacity_for_loss(95.0, 1.0, 100, 0.001))
    164.0

    References
    ----------
    [GROSS] chapter 2.
    """
    lam, S, c = work(arrival_rps, service_time_s, servers)
    shape, (lam, S, c, goal) = flattened(lam, S, c, _goal(loss))
    met = _losses_within(goal)
    K = fewest_whole(lambda K, i: met(mmck_loss(lam[i], S[i], c[i], K), i), c, 1e15)
    return K.reshape(shape)[()]


def mmck_servers_for_loss(arrival_rps, service_time_s, places, loss):
    """Fewest servers with which a queue with given places to wait turns away no more than a given share.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    places : int or array_like
        Places to wait, K - c >= 0. [count]
    loss : float or array_like
        Share of the arrivals that may be turned away, 0 < loss < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c with `mmck_loss`(lam, S, c, c + places) <= loss. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(mmck_servers_for_loss(95.0, 1.0, 20, 0.001))
    109.0

    References
    ----------
    [GROSS] chapter 2.
    """
    lam, S, _ = work(arrival_rps, service_time_s, 1)
    shape, (lam, S, n, goal) = flattened(lam, S, whole("places", places, 0), _goal(loss))
    least = np.maximum(np.ceil(lam * S * (1 - goal) * (1 - 1e-12)), 1.0)
    met = _losses_within(goal)
    c = fewest_whole(lambda c, i: met(mmck_loss(lam[i], S[i], c, c + n[i]), i), least)
    return c.reshape(shape)[()]


def mmck_load_for_loss(service_time_s, servers, capacity, loss):
    """Most arrival rate of which an M/M/c/K queue turns away no more than a given share.

    Parameters
    ----------
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    capacity : int or array_like
        Most jobs in the system, in service and waiting, K >= c. [count]
    loss : float or array_like
        Share of the arrivals that may be turned away, 0 < loss < 1. [ratio]

    Returns
    -------
    float or ndarray
        lam with `mmck_loss` = loss. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mmck_load_for_loss(1.0, 100, 120, 0.001)), 4)
    87.1304

    References
    ----------
    [GROSS] chapter 2.
    """
    S = real("service_time_s", service_time_s, 0, above=True)
    _, _, c, K = checked(1.0, S, servers, capacity)
    shape, (S, c, K, goal) = flattened(S, c, K, _goal(loss))
    low, high = np.log(1e-3 * goal ** (1 / K)), np.log(c) - np.log1p(-goal) + 1e-12

    def spare(x, i):
        return np.log(goal[i]) - np.log(np.maximum(mmck_loss(np.exp(x), 1.0, c[i], K[i]), _LEAST))

    return (np.exp(crossing(spare, low, high)) / S).reshape(shape)[()]


def _goal(loss) -> Array:
    return real("loss", loss, 0, 1, above=True, below=True, hint=_LOSS_HINT)


def _losses_within(goal: Array):
    return lambda loss, i: loss <= goal[i] * (1 + ROUNDING)
