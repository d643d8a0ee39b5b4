"""Parallel calls into one pool: the time until the last of n calls, sent at once, is answered. Exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| rate of fan-outs | lam | `arrival_rps` | 1/s |
| calls of each | n | `batch` | count |
| mean service time of a call, exponential | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| rate of single calls into the same pool | lam1 | `single_rps` | 1/s |
| departures until the last call starts | m | | count |
| calls of the fan-out then in service | J | | count |

Calls of a fan-out into one pool are not independent: they wait for each other. A fan-out that finds k jobs
(`_batch` has their law, exactly) starts on the idle servers. If these are fewer than n, its last call starts
after m = k + n - c departures, S/c apart on average; else m = 0. Each departure is by any of the c busy
servers alike: one of the fan-out with chance b/c, if b of its calls are in service, so that b grows by one
with chance 1 - b/c when its next call starts. That gives the law of J, and what is left is the slowest of J
exponential times: E e^(-s T) = sum P(m, J) (c/(c + s S))^m prod_(i<=J) i/(i + s S).
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws import transforms as tr
from capcalc.laws._batch import Pool, fixed_batches
from capcalc.laws._search import crossing, fewest_whole, flattened
from capcalc.laws.erlang import Array
from capcalc.laws.latency import Branch, Latency, constant
from capcalc.laws.many import between_whole
from capcalc.laws.mmc import share

_EXACT = 256  # calls up to which the law of J is made; beyond, its mean
_SEEN = 1e-18


def batch_response(arrival_rps, batch, service_time_s, servers, single_rps=0.0) -> Latency:
    """Time until the last of `batch` calls, sent at once into one pool, is answered.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of fan-outs, Poisson, lam >= 0. [1/s]
    batch : float
        Calls of each, n >= 0; 1.5 is one or two with even chances. [count]
    service_time_s : float or array_like
        Mean service time of a call, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    single_rps : float or array_like
        Rate of other calls into the same pool, one at a time, >= 0. [1/s]

    Returns
    -------
    Latency
        The response time; never answered wherever (lam n + lam1) S >= c.

    Raises
    ------
    DomainError : an element is out of range, not finite or not whole, or `batch` is an array.

    Notes
    -----
    Exact for exponential service; with more than 256 calls J is taken at its mean (between two whole
    numbers), off by less than 1e-4 of a mean or percentile. For a broken number of calls both whole ones
    beside it are taken to load the pool as their mean does. The cost grows with n^2, and with the servers as
    sqrt(lam S) n.

    Examples
    --------
    >>> twenty = batch_response(0.7 * 8 / 20, 20, 1.0, 8)  # into 8 servers at a load of 0.7
    >>> round(float(twenty.percentile(0.99)), 2)
    21.68

    References
    ----------
    [CHAUDHRY] for the law of the number of jobs.
    """
    n = real("batch", batch, 0)
    if n.ndim:
        raise DomainError("batch", n.tolist(), "a single number", "Sweep the number of calls one at a time.")
    lam, lam1 = real("arrival_rps", arrival_rps, 0), real("single_rps", single_rps, 0)
    S, c = real("service_time_s", service_time_s, 0, above=True), whole("servers", servers, 1)

    def of(calls: int) -> Latency:
        if not calls:
            return constant(0.0)
        return _response(lam * float(n) / calls, calls, S, c, lam1)

    return between_whole(float(n), of)


def batch_response_percentile_s(p, arrival_rps, batch, service_time_s, servers, single_rps=0.0):
    """The time in which a share p of the fan-outs into one pool are answered whole.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Rate of fan-outs, Poisson, lam >= 0. [1/s]
    batch : float
        Calls of each, n >= 0. [count]
    service_time_s : float or array_like
        Mean service time of a call, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    single_rps : float or array_like
        Rate of other calls into the same pool, >= 0. [1/s]

    Returns
    -------
    float or ndarray
        The percentile; inf wherever (lam n + lam1) S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite or not whole, or `batch` is an array.

    Examples
    --------
    >>> round(float(batch_response_percentile_s(0.99, 0.28, 20, 1.0, 8)), 2)
    21.68

    References
    ----------
    [CHAUDHRY].
    """
    return batch_response(arrival_rps, batch, service_time_s, servers, single_rps).percentile(share(p))


def servers_for_batch_response(arrival_rps, batch, service_time_s, p, response_s, single_rps=0.0):
    """Fewest servers with which a share p of the fan-outs is answered whole within a given time.

    Parameters
    ----------
    arrival_rps : float or array_like
        Rate of fan-outs, Poisson, lam >= 0. [1/s]
    batch : int
        Calls of each, n >= 1. [count]
    service_time_s : float or array_like
        Mean service time of a call, S > 0. [s]
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    response_s : float or array_like
        The time, above the percentile of n services that all start at once. [s]
    single_rps : float or array_like
        Rate of other calls into the same pool, >= 0. [1/s]

    Returns
    -------
    float or ndarray
        Least c > (lam n + lam1) S with P(T > t) <= 1 - p. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite, or below what the calls take without any wait.

    Examples
    --------
    >>> float(servers_for_batch_response(0.28, 20, 1.0, 0.99, 12.0))
    11.0

    References
    ----------
    [CHAUDHRY].
    """
    n = int(whole("batch", batch, 1))
    lam, lam1 = real("arrival_rps", arrival_rps, 0), real("single_rps", single_rps, 0)
    S = real("service_time_s", service_time_s, 0, above=True)
    shape, (lam, S, p, t, lam1) = flattened(lam, S, share(p), real("response_s", response_s, 0), lam1)
    floor = -S * np.log(-np.expm1(np.log(p) / n))
    short = t <= floor
    if short.any():
        least = float(floor[short][0])
        hint = f"{n} calls without any wait take {least:.6g} s at this percentile: no fleet is faster."
        raise DomainError("response_s", float(t[short][0]), f"({least:.6g}, inf)", hint)

    def meets(c, i):
        return _response(lam[i], n, S[i], c, lam1[i]).tail(t[i]) <= (1 - p[i]) * (1 + 1e-9)

    c = fewest_whole(meets, np.floor((lam * n + lam1) * S) + 1)
    return c.reshape(shape)[()]


def load_for_batch_response(batch, service_time_s, servers, p, response_s):
    """Most fan-outs a second of which a share p is answered whole in time, in a pool of their own.

    Parameters
    ----------
    batch : int
        Calls of each, n >= 1. [count]
    service_time_s : float or array_like
        Mean service time of a call, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    response_s : float or array_like
        The time, t > 0. [s]

    Returns
    -------
    float or ndarray
        lam with P(T > t) = 1 - p; 0 where even a fan-out alone takes longer. [1/s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Examples
    --------
    >>> round(float(load_for_batch_response(20, 1.0, 8, 0.99, 18.54)), 3)
    0.258

    References
    ----------
    [CHAUDHRY].
    """
    n, S = int(whole("batch", batch, 1)), real("service_time_s", service_time_s, 0, above=True)
    c, t = whole("servers", servers, 1), real("response_s", response_s, 0, above=True)
    shape, (S, c, p, t) = flattened(S, c, share(p), t)

    def spare(lam, i):
        return (1 - p[i]) - _response(lam, n, S[i], c[i], np.zeros(lam.shape)).tail(t[i])

    return crossing(spare, np.zeros(S.shape), c / (n * S), 1e-9).reshape(shape)[()]


def _response(lam: Array, n: int, S: Array, c: Array, lam1: Array) -> Latency:
    shape, (lam, S, c, lam1) = flattened(lam, S, c, lam1)
    stable = (lam * n + lam1) * S < c
    cases = [_case(*case) for case in zip(stable, lam, S, c, lam1, [n] * S.size, strict=True)]
    weights = np.stack([w for w, *_ in cases], axis=-1).reshape(n, n, *shape)
    last = np.stack([law for _, law, *_ in cases], axis=-1).reshape(n, *shape)
    tops = np.stack([pool.top for *_, pool in cases], axis=-1).reshape(n, *shape)
    bottoms = np.stack([pool.bottom for *_, pool in cases], axis=-1).reshape(n + 1, *shape)
    mean, square = (
        np.array(v).reshape(shape) for v in zip(*(_moments(*case, n) for case in cases), strict=True)
    )
    S, c, mass = S.reshape(shape), c.reshape(shape), stable.reshape(shape).astype(float)
    node = _Node(mass, S, c, weights, last, tops, bottoms)
    zero = np.zeros(())
    law = Latency((Branch(mass, zero, zero, mean * S, square * S * S, node),), 1 - mass)
    return (
        law
        if n <= _EXACT
        else law.noted("more than 256 parallel calls: those still in service at their mean")
    )


def _case(stable, lam, S, c, lam1, n: int) -> tuple[Array, Array, float, Pool]:
    """P(m, J) for m < n at [m, J - 1], the law of J for m >= n, c, and the pool."""
    if not stable:
        return np.zeros((n, n)), np.zeros(n), c, Pool(np.zeros(n), 0.0, np.zeros(n), np.eye(n + 1)[0])
    pool = fixed_batches(lam, n, S, int(c), lam1)
    left = still_in_service(n, c)
    weights = np.zeros((n, n))
    weights[0, n - 1] = pool.all_at_once
    weights[1:] = pool.window[1:, None] * left[1:n]
    return weights, left[n], c, pool


def still_in_service(n: int, c: float) -> Array:
    """Law of J at [m, J - 1]: from n - m calls in service, after m more have started one by one."""
    law = np.zeros((n + 1, n))
    law[0, n - 1] = 1.0
    if n > _EXACT:
        m = np.arange(1.0, n + 1)
        mean = np.maximum(c - (c - (n - m)) * np.exp(m * np.log1p(-1 / c)), 1.0) if c > 1 else np.ones(n)
        mean = np.minimum(mean, n)
        low = np.minimum(np.floor(mean), n - 1)
        law[1:][np.arange(n), low.astype(int) - 1] = 1 - (mean - low)
        law[1:][np.arange(n), low.astype(int)] = mean - low
        return law
    b = np.minimum(np.arange(n + 1)[:, None] / c, 1.0)
    rows = np.eye(n + 1)  # row b: law of J from b calls in service
    for k in range(1, n + 1):
        rows = b[:-k] * rows[:-1] + (1 - b[:-k]) * rows[1:]
        law[k] = rows[n - k, 1:]
    return law


def _moments(weights: Array, last: Array, c: float, pool: Pool, n: int) -> tuple[float, float]:
    """Mean and mean square, in service times: E = m/c + H_J, variance m/c^2 + sum of 1/i^2."""
    i = np.arange(1.0, n + 1)
    H, spread = np.cumsum(1 / i), np.cumsum(1 / i**2)
    m = np.arange(n)[:, None] / c
    g, d1, d2 = pool.tail_moments()
    mean_m, square_m = (n * g + d1) / c, (n * n * g + (2 * n + 1) * d1 + d2) / c**2
    H_last = float((last * H).sum())
    mean = float((weights * (m + H)).sum()) + mean_m + g * H_last
    within = float((weights * ((m + H) ** 2 + m / c + spread)).sum())
    later = square_m + mean_m / c + 2 * mean_m * H_last + g * float((last * (H**2 + spread)).sum())
    return mean, within + later


class _Node(tr.Node):
    """The transform; weights at [m, J - 1], the law of J for m >= n, G as a quotient."""

    __slots__ = ("S", "bottoms", "c", "last", "mass", "rows", "tops")

    def __init__(self, mass, S, c, weights, last, tops, bottoms) -> None:
        self.mass, self.S, self.c, self.last, self.tops, self.bottoms = mass, S, c, last, tops, bottoms
        self.rows = []
        for m, row in enumerate(weights):
            seen = np.flatnonzero((row > _SEEN).reshape(len(row), -1).any(axis=1))
            self.rows.append((m, seen, row[seen]))

    def _value(self, s, seen):
        u = s * self.S
        x = self.c / (self.c + u)
        i = np.arange(1.0, len(self.last) + 1).reshape(-1, *[1] * u.ndim)
        slowest = np.cumprod(i / (i + u), axis=0)
        lead = (slice(None),) + (None,) * (u.ndim - self.mass.ndim)
        top, bottom = np.zeros(u.shape, complex), self.bottoms[-1] + np.zeros(u.shape, complex)
        for k in range(len(self.tops) - 1, -1, -1):
            top, bottom = top * x + self.tops[k], bottom * x + self.bottoms[k]
        total = top / bottom * (self.last[lead] * slowest).sum(axis=0)
        for _m, which, weights in reversed(self.rows):  # Horner over m
            total = total * x
            if which.size:
                total = total + (weights[lead] * slowest[which]).sum(axis=0)
        return total
