"""M/G/inf: as many servers as jobs, so that nobody waits. The number of jobs is Poisson for any service.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| offered load, mean number of jobs | a | `offered_erlangs` | erlang |
| a number of jobs | n | `n` | count |

P(more than n) is y P(A = y) int e^-h of the Poisson law at y = n + 1, where nothing cancels (see `_decay`).
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._decay import decay
from capcalc.laws._room import log_probability
from capcalc.laws._search import ROUNDING, fewest_whole, flattened, in_pieces
from capcalc.laws.erlang import Array


def mminf_probability(n, offered_erlangs):
    """Probability that exactly n jobs are in service where nobody waits.

    Parameters
    ----------
    n : int or array_like
        Jobs, n >= 0. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        e^-a a^n/n!. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mminf_probability(0, 5.0)), 9)
    0.006737947

    References
    ----------
    [GROSS] chapter 2.
    """
    n, a = whole("n", n, 0), real("offered_erlangs", offered_erlangs, 0)
    return in_pieces(lambda n, a: np.exp(log_probability(n, a)), n, a)


def mminf_tail(n, offered_erlangs):
    """Probability that more than n jobs are in service where nobody waits.

    Parameters
    ----------
    n : int or array_like
        Jobs, n >= 0. [count]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        P(A > n) of the Poisson law of mean a. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mminf_tail(120, 100.0)), 6)
    0.022669

    References
    ----------
    [GROSS] chapter 2.
    """
    return in_pieces(_tail, whole("n", n, 0), real("offered_erlangs", offered_erlangs, 0))


def mminf_percentile(p, offered_erlangs):
    """The number of jobs in service that is not exceeded a share p of the time.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]

    Returns
    -------
    float or ndarray
        Least n with `mminf_tail` <= 1 - p. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(mminf_percentile(0.99, 100.0))
    124.0

    References
    ----------
    [GROSS] chapter 2.
    """
    hint = "Write 0.99 for the 99th percentile."
    shape, (p, a) = flattened(
        real("p", p, 0, 1, above=True, below=True, hint=hint), real("offered_erlangs", offered_erlangs, 0)
    )
    least = np.maximum(np.floor(a - np.sqrt(a * p / (1 - p)) - 1), 0.0)  # Cantelli
    goal = (1 - p) * (1 + ROUNDING)
    return fewest_whole(lambda n, i: in_pieces(_tail, n, a[i]) <= goal[i], least).reshape(shape)[()]


def _tail(n: Array, a: Array) -> Array:
    y = n + 1
    m, zero, _ = decay(y, a)
    log_tail = m + np.log(y * zero) + log_probability(y, a)
    return np.where(a > 0, np.minimum(np.exp(log_tail), 1.0), 0.0)
