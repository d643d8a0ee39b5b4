"""How many servers few users need, and how many users a pool serves, for a mean wait.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| users, machines | N | `population` | count |
| rate at which one that is not here comes | nu | `rate_per_source` | 1/s |
| parallel servers | c | `servers` | count |
| mean wait aimed at | t | `mean_wait_s` | s |
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws import _users
from capcalc.laws._search import ROUNDING, each, fewest_whole, flattened
from capcalc.laws.population import checked


def servers_for_population_wait(rate_per_source, service_time_s, population, mean_wait_s):
    """Fewest servers with which few users wait no longer than a given time on average.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu >= 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    population : int or array_like
        Users or machines, N >= 1. [count]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        Least c with `population_mean_wait_s` <= t; N at most. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(servers_for_population_wait(0.01, 1.0, 10_000, 0.1))
    104.0

    References
    ----------
    [GROSS] chapter 2.
    """
    nu, S, _, N, _ = checked(rate_per_source, service_time_s, 1, population, None)
    shape, (nu, S, N, goal) = flattened(nu, S, N, real("mean_wait_s", mean_wait_s, 0, above=True))
    goal = goal * (1 + ROUNDING)
    c = fewest_whole(
        lambda c, i: each(_users.mean_wait, nu[i], S[i], c, N[i], N[i]) <= goal[i], np.ones(goal.shape)
    )
    return c.reshape(shape)[()]


def population_for_wait(rate_per_source, service_time_s, servers, mean_wait_s):
    """Most users whom a pool serves with a mean wait of no more than a given time.

    Parameters
    ----------
    rate_per_source : float or array_like
        Rate at which one that is not here comes, nu > 0: 1 / think time. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        Largest N with `population_mean_wait_s` <= t. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(population_for_wait(0.01, 1.0, 100, 0.1))
    9621.0

    References
    ----------
    [GROSS] chapter 2.
    """
    nu, S, c, _, _ = checked(rate_per_source, service_time_s, servers, 1, None)
    nu = real("rate_per_source", nu, 0, above=True)
    shape, (nu, S, c, goal) = flattened(nu, S, c, real("mean_wait_s", mean_wait_s, 0, above=True))
    goal = goal * (1 + ROUNDING)
    more = fewest_whole(lambda N, i: each(_users.mean_wait, nu[i], S[i], c[i], N, N) > goal[i], c)
    return (more - 1).reshape(shape)[()]
