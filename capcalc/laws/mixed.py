"""Two kinds of jobs in one pool, each exponential with its own mean: M/H2/c, exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rates | lam1, lam2 | `rate_1_rps`, `rate_2_rps` | 1/s |
| mean service times | m1, m2 | `mean_1_s`, `mean_2_s` | s |
| parallel servers | c | `servers` | count |

One queue, first come first served, so that both kinds wait alike: quick reads and slow reports before one
pool. The cost grows as c^3 (`_mixed`); beyond 256 servers see `mgc`, which approximates.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws import transforms as tr
from capcalc.laws._mixed import Mixed
from capcalc.laws._search import ROUNDING, each, fewest_whole, flattened
from capcalc.laws.erlang import Array
from capcalc.laws.latency import Branch, Latency
from capcalc.laws.mmc import share

_MOST = 256
_Case = tuple[Array, Array, Array, Array, Array]


def two_kinds_mean_wait_s(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers):
    """Mean wait in a pool with two kinds of exponential jobs.

    Parameters
    ----------
    rate_1_rps, rate_2_rps : float or array_like
        Arrival rates, lam1 and lam2 >= 0. [1/s]
    mean_1_s, mean_2_s : float or array_like
        Mean service times, m1 and m2 > 0. [s]
    servers : int or array_like
        Parallel servers, 1 <= c <= 256. [count]

    Returns
    -------
    float or ndarray
        Wq; inf wherever lam1 m1 + lam2 m2 >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(two_kinds_mean_wait_s(2.376, 1.0, 0.04849, 50.0, 8)), 3)
    0.533

    References
    ----------
    [NEUTS] chapter 4.
    """
    return each(
        lambda *case: _of(case, "wait"), *_checked(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers)
    )


def two_kinds_wait_probability(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers):
    """Chance that a job has to wait in a pool with two kinds of exponential jobs.

    Parameters
    ----------
    rate_1_rps, rate_2_rps : float or array_like
        Arrival rates, lam1 and lam2 >= 0. [1/s]
    mean_1_s, mean_2_s : float or array_like
        Mean service times, m1 and m2 > 0. [s]
    servers : int or array_like
        Parallel servers, 1 <= c <= 256. [count]

    Returns
    -------
    float or ndarray
        P(c jobs or more); 1 wherever lam1 m1 + lam2 m2 >= c. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(two_kinds_wait_probability(2.376, 1.0, 0.04849, 50.0, 8)), 3)
    0.156

    References
    ----------
    [NEUTS] chapter 4.
    """
    return each(
        lambda *case: _of(case, "chance"), *_checked(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers)
    )


def two_kinds_wait(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers) -> Latency:
    """The wait in a pool with two kinds of exponential jobs.

    Parameters
    ----------
    rate_1_rps, rate_2_rps : float or array_like
        Arrival rates, lam1 and lam2 >= 0. [1/s]
    mean_1_s, mean_2_s : float or array_like
        Mean service times, m1 and m2 > 0. [s]
    servers : int or array_like
        Parallel servers, 1 <= c <= 256. [count]

    Returns
    -------
    Latency
        The wait of any job; without end wherever lam1 m1 + lam2 m2 >= c.

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> round(float(two_kinds_wait(2.376, 1.0, 0.04849, 50.0, 8).percentile(0.99)), 1)
    14.2

    References
    ----------
    [NEUTS] chapter 4; inverted by [ABATE].
    """
    shape, cases = flattened(*_checked(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers))
    pools = [_pool(*case) for case in zip(*(v.tolist() for v in cases), strict=True)]
    rows = [(1.0, *_moments(pool)) if pool else (0.0, 0.0, 0.0, 0.0) for pool in pools]
    mass, chance, mean, square = (np.array(v).reshape(shape) for v in zip(*rows, strict=True))
    node = _Wait(mass, mass - chance, np.array(pools, dtype=object).reshape(shape))
    return Latency((Branch(mass, np.zeros(()), mass - chance, mean, square, node),), 1 - mass)


def two_kinds_wait_percentile_s(p, rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers):
    """The wait that a share p of the jobs do not exceed in a pool with two kinds of exponential jobs.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    rate_1_rps, rate_2_rps : float or array_like
        Arrival rates, lam1 and lam2 >= 0. [1/s]
    mean_1_s, mean_2_s : float or array_like
        Mean service times, m1 and m2 > 0. [s]
    servers : int or array_like
        Parallel servers, 1 <= c <= 256. [count]

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam1 m1 + lam2 m2 >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(two_kinds_wait_percentile_s(0.99, 2.376, 1.0, 0.04849, 50.0, 8)), 1)
    14.2

    References
    ----------
    [NEUTS] chapter 4.
    """
    return two_kinds_wait(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers).percentile(share(p))


def servers_for_two_kinds_wait(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, mean_wait_s):
    """Fewest servers with a mean wait of no more than a given time, with two kinds of exponential jobs.

    Parameters
    ----------
    rate_1_rps, rate_2_rps : float or array_like
        Arrival rates, lam1 and lam2 >= 0. [1/s]
    mean_1_s, mean_2_s : float or array_like
        Mean service times, m1 and m2 > 0. [s]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]

    Returns
    -------
    float or ndarray
        Least c with `two_kinds_mean_wait_s` <= t; inf beyond 256. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(servers_for_two_kinds_wait(2.376, 1.0, 0.04849, 50.0, 0.1))
    10.0

    References
    ----------
    [NEUTS] chapter 4.
    """
    lam1, m1, lam2, m2, _ = _checked(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, 1)
    t = real("mean_wait_s", mean_wait_s, 0, above=True)
    shape, (lam1, m1, lam2, m2, t) = flattened(lam1, m1, lam2, m2, t)

    def meets(c, i):
        return two_kinds_mean_wait_s(lam1[i], m1[i], lam2[i], m2[i], c) <= t[i] * (1 + ROUNDING)

    return fewest_whole(meets, np.floor(lam1 * m1 + lam2 * m2) + 1, _MOST).reshape(shape)[()]


def _checked(rate_1_rps, mean_1_s, rate_2_rps, mean_2_s, servers) -> _Case:
    return (
        real("rate_1_rps", rate_1_rps, 0),
        real("mean_1_s", mean_1_s, 0, above=True),
        real("rate_2_rps", rate_2_rps, 0),
        real("mean_2_s", mean_2_s, 0, above=True),
        whole("servers", servers, 1, _MOST),
    )


def _pool(lam1: float, m1: float, lam2: float, m2: float, c: float) -> Mixed | None:
    if lam1 * m1 + lam2 * m2 >= c:
        return None
    return Mixed(max(lam1, 1e-100 / m1), m1, lam2, m2, int(c))


def _of(case, what: str) -> float:
    pool = _pool(*case)
    if pool is None:
        return np.inf if what == "wait" else 1.0
    return pool.queue / pool.lam if what == "wait" else pool.all_busy


def _moments(pool: Mixed) -> tuple[float, float, float]:
    """P(wait), E W, E W^2."""
    return pool.all_busy, pool.queue / pool.lam, pool.wait_square


class _Wait(tr.Node):
    __slots__ = ("atom", "mass", "pools")

    def __init__(self, mass: Array, atom: Array, pools: np.ndarray) -> None:
        self.mass, self.atom, self.pools = mass, atom, pools

    def _value(self, s, seen):
        out = np.array(np.broadcast_to(self.atom, s.shape), dtype=complex)
        lead = s.ndim - self.pools.ndim
        for where in np.ndindex(self.pools.shape):
            pool: Mixed | None = self.pools[where]  # type: ignore[assignment]
            if pool is not None:
                at = (slice(None),) * lead + where
                out[at] += pool.wait_transform(s[at].ravel()).reshape(s[at].shape)
        return out
