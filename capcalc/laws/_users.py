"""The sums of a queue with few users, for one case; see `population`."""

from __future__ import annotations

import numpy as np

from capcalc.laws._birthdeath import States, stationary
from capcalc.laws._room import poisson
from capcalc.laws.erlang import Array


def states_of(nu: float, S: float, c: float, N: float, K: float) -> States:
    """Of N users, with room K."""
    load = nu * S
    return stationary(lambda k: load * (N - k) / np.minimum(k + 1, c), min(K, N))


def _seen(nu: float, S: float, c: float, N: float, K: float) -> tuple[Array, Array]:
    """The states that an arrival that gets in finds, and their chances."""
    states = states_of(nu, S, c, N - 1, min(K - 1, N - 1))
    return states.k, states.p


def mean_number(nu: float, S: float, c: float, N: float, K: float) -> float:
    """Mean number here."""
    states = states_of(nu, S, c, N, K)
    return float((states.p * states.k).sum())


def throughput(nu: float, S: float, c: float, N: float, K: float) -> float:
    """Jobs served. [1/s]"""
    states = states_of(nu, S, c, N, K)
    return float((states.p * np.minimum(states.k, c)).sum()) / S


def mean_wait(nu: float, S: float, c: float, N: float, K: float) -> float:
    """Of the jobs that get in, zero waits included. [s]"""
    k, p = _seen(nu, S, c, N, K)
    return float((p * np.maximum(k - c + 1, 0.0)).sum()) * S / c


def wait_chance(nu: float, S: float, c: float, N: float, K: float) -> float:
    """Of the jobs that get in, the share that waits."""
    k, p = _seen(nu, S, c, N, K)
    return float(p[k >= c].sum())


def loss(nu: float, S: float, c: float, N: float, K: float) -> float:
    """Of the arrivals, the share that finds K."""
    if K >= N or nu == 0:
        return 0.0
    return float(np.exp(states_of(nu, S, c, N - 1, K).log_of(int(K))))


def tail(t: float, nu: float, S: float, c: float, N: float, K: float) -> float:
    """Sum over i of the Poisson probability of i departures times the chance to have found c + i or more."""
    k, p = _seen(nu, S, c, N, K)
    waits = k >= c
    if not waits.any():
        return 0.0
    first, beyond = float(k[waits][0]) - c, np.cumsum(p[waits][::-1])[::-1]  # more jobs than departures
    x = t * c / S
    reach = 12 * np.sqrt(x) + 40
    last = first + beyond.size
    i = np.arange(max(0.0, np.floor(x - reach)), min(last, np.ceil(x + reach)))
    return float((poisson(i, x) * beyond[np.maximum(i - first, 0.0).astype(int)]).sum())
