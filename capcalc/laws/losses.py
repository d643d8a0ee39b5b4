"""Loss: whoever finds all servers busy goes away. Erlang B backwards, and Engset's few sources.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| parallel servers | c | `servers` | count |
| offered load | a | `offered_erlangs` | erlang |
| chance of being turned away | B | `blocking` | ratio |
| sources | N | `sources` | count |
| load of one source while it is idle | alpha | `erlangs_per_idle_source` | erlang |
| share of the time in which all servers are busy | E | `engset_time_congestion` | ratio |
| share of the calls that find all servers busy | | `engset_call_congestion` | ratio |

Peers call either congestion "Engset": here each has its name. With many sources they and Erlang's B agree.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._birthdeath import stationary
from capcalc.laws._search import ROUNDING, crossing, each, fewest_whole, flattened
from capcalc.laws.erlang import Array, erlang_b, log_erlang_b

_SHARE_HINT = "Write 0.01 for 1 %."


def servers_for_blocking(offered_erlangs, blocking):
    """Fewest servers that turn away no more than a given share of the arrivals (Erlang B).

    Parameters
    ----------
    offered_erlangs : float or array_like
        Arrival rate times mean service time, a >= 0. [erlang]
    blocking : float or array_like
        The share, 0 < B < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c >= 1 with `erlang_b` <= B. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    Poisson arrivals, any law of service times. c servers carry at most c, so c >= a (1 - B): the search
    starts there and gallops.

    Examples
    --------
    >>> servers_for_blocking([10.0, 1000.0, 1e6], [0.02, 0.001, 0.001]).tolist()
    [17.0, 1072.0, 999697.0]

    References
    ----------
    [ERLANG], [JAGERMAN].
    """
    a = real("offered_erlangs", offered_erlangs, 0, 1e15)
    B = real("blocking", blocking, 0, 1, above=True, below=True, hint=_SHARE_HINT)
    shape, (a, B) = flattened(a, B)
    log_b = np.log(B)
    least = np.maximum(np.ceil(a * (1 - B) * (1 - 1e-12)), 1.0)
    fewest = fewest_whole(lambda c, i: log_erlang_b(c, a[i]) <= log_b[i] + ROUNDING, least)
    return fewest.reshape(shape)[()]


def load_for_blocking(servers, blocking):
    """Most offered load of which servers turn away no more than a given share (Erlang B).

    Parameters
    ----------
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    blocking : float or array_like
        The share, 0 < B < 1. [ratio]

    Returns
    -------
    float or ndarray
        a with `erlang_b` = B. [erlang]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Between c B, since B(c, a) <= a/c for a below c, and c/(1 - B), which c servers cannot carry.

    Examples
    --------
    >>> round(float(load_for_blocking(100, 0.01)), 4)
    84.0642

    References
    ----------
    [ERLANG].
    """
    c = whole("servers", servers, 1)
    B = real("blocking", blocking, 0, 1, above=True, below=True, hint=_SHARE_HINT)
    shape, (c, B) = flattened(c, B)
    log_b = np.log(B)
    low, high = np.log(B * np.minimum(c, 0.999999)), np.log(c) - np.log1p(-B) + 1e-12
    x = crossing(lambda x, i: log_b[i] - log_erlang_b(c[i], np.exp(x)), low, high)
    return np.exp(x).reshape(shape)[()]


def engset_time_congestion(sources, servers, erlangs_per_idle_source):
    """Share of the time in which all servers are busy, with few sources: what an outside observer sees.

    Parameters
    ----------
    sources : int or array_like
        Sources, each of which waits for its answer, N >= 1. [count]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    erlangs_per_idle_source : float or array_like
        Rate of calls of an idle source times mean service time, alpha >= 0. [erlang]

    Returns
    -------
    float or ndarray
        E; 0 where c > N. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    E = C(N, c) alpha^c / sum_(k<=c) C(N, k) alpha^k.

    Examples
    --------
    >>> round(float(engset_time_congestion(5, 3, 0.3)), 6)
    0.073569

    References
    ----------
    [ENGSET].
    """
    return each(_engset, *_sources(sources, servers, erlangs_per_idle_source))


def engset_call_congestion(sources, servers, erlangs_per_idle_source):
    """Share of the calls that find all servers busy, with few sources: what an arrival sees.

    Parameters
    ----------
    sources : int or array_like
        Sources, each of which waits for its answer, N >= 1. [count]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    erlangs_per_idle_source : float or array_like
        Rate of calls of an idle source times mean service time, alpha >= 0. [erlang]

    Returns
    -------
    float or ndarray
        Time congestion with one source less; 0 where c >= N. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    A call is made by a source that is idle, and sees the other N - 1.

    Examples
    --------
    >>> round(float(engset_call_congestion(5, 3, 0.3)), 6)
    0.037921

    References
    ----------
    [ENGSET].
    """
    N, c, alpha = _sources(sources, servers, erlangs_per_idle_source)
    return each(_engset, N - 1, c, alpha)


def servers_for_call_congestion(sources, erlangs_per_idle_source, congestion):
    """Fewest servers that turn away no more than a given share of the calls of few sources (Engset).

    Parameters
    ----------
    sources : int or array_like
        Sources, each of which waits for its answer, N >= 1. [count]
    erlangs_per_idle_source : float or array_like
        Rate of calls of an idle source times mean service time, alpha >= 0. [erlang]
    congestion : float or array_like
        The share of the calls, 0 < share < 1. [ratio]

    Returns
    -------
    float or ndarray
        Least c with `engset_call_congestion` <= share; N at most. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(servers_for_call_congestion(10_000, 0.01, 0.005))
    120.0

    References
    ----------
    [ENGSET].
    """
    N, alpha = whole("sources", sources, 1), real("erlangs_per_idle_source", erlangs_per_idle_source, 0)
    share = real("congestion", congestion, 0, 1, above=True, below=True, hint=_SHARE_HINT)
    shape, (N, alpha, share) = flattened(N, alpha, share)
    least = np.maximum(np.ceil((N - 1) * alpha / (1 + alpha) * (1 - share) * (1 - 1e-12)), 1.0)
    goal = share * (1 + ROUNDING)
    fewest = fewest_whole(lambda c, i: engset_call_congestion(N[i], c, alpha[i]) <= goal[i], least)
    return fewest.reshape(shape)[()]


def load_for_call_congestion(sources, servers, congestion):
    """Most load of an idle source with which few sources lose no more than a given share of the calls.

    Parameters
    ----------
    sources : int or array_like
        Sources, each of which waits for its answer, N >= 1. [count]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    congestion : float or array_like
        The share of the calls, 0 < share < 1. [ratio]

    Returns
    -------
    float or ndarray
        alpha with `engset_call_congestion` = share; inf where c >= N. [erlang]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(load_for_call_congestion(5, 3, 0.037921)), 4)
    0.3

    References
    ----------
    [ENGSET].
    """
    N, c = whole("sources", sources, 1), whole("servers", servers, 1)
    share = real("congestion", congestion, 0, 1, above=True, below=True, hint=_SHARE_HINT)
    shape, (N, c, share) = flattened(N, c, share)
    scarce = c < N
    n = np.where(scarce, N, c + 1)

    def spare(x, i):
        return share[i] - engset_call_congestion(n[i], c[i], np.exp(x))

    # c E is at most the mean number busy, (N - 1) alpha; no more than c are carried, (1 - E) alpha (N - c)
    low, high = np.log(share * c / (n - 1)) - 1e-9, np.log(c) - np.log(n - c) - np.log1p(-share) + 1e-9
    alpha = np.exp(crossing(spare, low, high))
    return np.where(scarce, alpha, np.inf).reshape(shape)[()]


def _sources(sources, servers, erlangs) -> tuple[Array, Array, Array]:
    N, c = whole("sources", sources, 1), whole("servers", servers, 1)
    return N, c, real("erlangs_per_idle_source", erlangs, 0)


def _engset(N: float, c: float, alpha: float) -> float:
    if c > N or alpha == 0:
        return 0.0
    return float(np.exp(stationary(lambda k: alpha * (N - k) / (k + 1), c).log_of(int(c))))


__all__ = [
    "engset_call_congestion",
    "engset_time_congestion",
    "erlang_b",
    "load_for_blocking",
    "load_for_call_congestion",
    "servers_for_blocking",
    "servers_for_call_congestion",
]
