"""A chain of single servers that every customer passes, and the percentile of the whole way. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time at each station | S_k | `service_time_s` | s |
| rate of the response there | r_k = 1/S_k - lam | | 1/s |
| response of the whole way | T | `tandem_response_percentile_s` | s |

What leaves an M/M/1 is Poisson again [BURKE], and the responses of one customer along the chain are
independent [REICH], each exponential at r_k. Percentiles do not add: the sum of the p99s is far above the p99
of the sum.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws._stations import Array, times
from capcalc.laws.mmc import PERCENTILE_HINT, spare_servers

_TAYLOR = 14  # of e^x, x <= 1/2
_NEWTON = 100


def tandem_response_tail(t_s, arrival_rps, service_time_s):
    """Probability that the way through a chain of single servers takes longer than t.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : array_like
        Mean service time of each station, S_k >= 0; one chain. [s]

    Returns
    -------
    float or ndarray
        P(T > t), broadcast over time and rate; 1 wherever a station is saturated. [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    The first row of e^(A t), A with -r_k in its diagonal and r_k beside it: positive terms, squared up, so
    that equal and nearly equal rates are nothing special (the textbook sum divides by r_i - r_j).

    Examples
    --------
    >>> round(float(tandem_response_tail(0.264790396956, 80.0, [1 / 100, 1 / 120])), 6)
    0.01

    References
    ----------
    [REICH], [BURKE].
    """
    t, lam, S = (
        real("t_s", t_s, 0),
        real("arrival_rps", arrival_rps, 0),
        times("service_time_s", service_time_s),
    )
    t, lam = np.broadcast_arrays(t, lam)
    rates, open_ = _rates(lam.ravel(), S[S > 0])
    tail = np.where(open_, _tail(t.ravel(), rates)[0], 1.0) if rates.size else 1.0 * (t.ravel() < 0)
    return tail.reshape(t.shape)[()]


def tandem_response_percentile_s(p, arrival_rps, service_time_s):
    """The time in which a share p of the customers get through a chain of single servers.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : array_like
        Mean service time of each station, S_k >= 0; one chain. [s]

    Returns
    -------
    float or ndarray
        The percentile, broadcast over share and rate; inf wherever a station is saturated. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    Newton's method on ln P(T > t), which is concave: from a start that is late it closes in from that side.

    Examples
    --------
    >>> round(float(tandem_response_percentile_s(0.99, 80.0, [1 / 100, 1 / 120])), 9)
    0.264790397

    References
    ----------
    [REICH], [BURKE].
    """
    share = real("p", p, 0, 1, above=True, below=True, hint=PERCENTILE_HINT)
    lam, S = real("arrival_rps", arrival_rps, 0), times("service_time_s", service_time_s)
    share, lam = np.broadcast_arrays(share, lam)
    rates, open_ = _rates(lam.ravel(), S[S > 0])
    if not rates.size:
        return np.zeros(share.shape)[()]
    goal, count = np.log1p(-share.ravel()), rates.shape[1]
    # All stations as slow as the slowest, and a bound on that: too late, from where Newton closes in evenly.
    t = (count - goal + np.sqrt(-2 * count * goal)) / rates.min(axis=1)
    for _ in range(_NEWTON):
        tail, density = _tail(t, rates)
        step = (np.log(tail) - goal) * tail / density
        t = t + step
        if (np.abs(step) <= 1e-15 * t).all():
            break
    return np.where(open_, t, np.inf).reshape(share.shape)[()]


def _rates(lam: Array, S: Array) -> tuple[Array, Array]:
    """r_k of each rate and station, those of a saturated chain set to 1; which chains are open."""
    lam2, S2 = (np.ascontiguousarray(v).ravel() for v in np.broadcast_arrays(lam[:, None], S))
    _, spare = spare_servers(lam2, S2, np.ones(lam2.size))
    rates = (spare / S2).reshape(lam.size, S.size)
    open_ = (rates > 0).all(axis=1)
    return np.where(open_[:, None], rates, 1.0), open_


def _tail(t: Array, rates: Array) -> tuple[Array, Array]:
    """P(T > t) and the density at t."""
    count, top = rates.shape[1], rates.max(axis=1)
    doublings = max(int(np.ceil(np.log2(max(float((top * t).max()), 0.5)))) + 1, 0)
    x = t * 2.0**-doublings
    up = np.zeros((t.size, count, count))
    k = np.arange(count)
    up[:, k, k] = (top[:, None] - rates) * x[:, None]
    up[:, k[:-1], k[1:]] = (rates * x[:, None])[:, :-1]
    E = np.broadcast_to(np.eye(count), up.shape)
    for n in range(_TAYLOR, 0, -1):
        E = np.eye(count) + up @ E / n
    E = E * np.exp(-top * x)[:, None, None]
    for n in range(doublings + 1):
        E[:, k, k] = np.exp(-rates * x[:, None] * 2.0**n)  # known; the squares only make the rest
        if n < doublings:
            E = E @ E
    return E[:, 0].sum(axis=1), E[:, 0, -1] * rates[:, -1]
