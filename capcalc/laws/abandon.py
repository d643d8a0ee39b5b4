"""Erlang A, M/M/c+M: who waits gives up after an exponential patience. Exact, and there is no overload.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| rate of giving up, 1 / mean patience | theta | `abandon_rate` | 1/s |
| wait that one with endless patience would have | V | | s |
| chance of waiting, of giving up | | `erlang_a_wait_probability`, `erlang_a_abandonment` | ratio |

In multiples of the probability of c jobs, the states up to c weigh 1/B of `erlang_b`, those from c on
T = 1 + x/(y + 1) + x^2/((y + 1)(y + 2)) + ... = y int_0^inf e^-h(v) dv, x = lam/theta, y = c/(S theta) and
h(v) = y v - x (1 - e^-v). V has the density e^-h(theta t), and all else follows from two such integrals over
positive functions: the cost is the same at any size, and nothing is cut off.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._decay import decay
from capcalc.laws._search import flattened, in_pieces, time_beyond
from capcalc.laws.erlang import Array, inverse_blocking
from capcalc.laws.mmc import share


def erlang_a_wait_probability(arrival_rps, service_time_s, servers, abandon_rate):
    """Chance that an arrival has to wait, where those who wait may give up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        T/(1/B + T - 1). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_wait_probability(105.0, 1.0, 100, 2.0)), 6)
    0.59222

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    return in_pieces(
        lambda *pool: _Sums(*pool).wait_chance, *checked(arrival_rps, service_time_s, servers, abandon_rate)
    )


def erlang_a_abandonment(arrival_rps, service_time_s, servers, abandon_rate):
    """Share of the arrivals that give up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        theta Wq. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_abandonment(105.0, 1.0, 100, 2.0)), 6)
    0.07396

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    return in_pieces(
        lambda *pool: _Sums(*pool).abandonment, *checked(arrival_rps, service_time_s, servers, abandon_rate)
    )


def erlang_a_mean_wait_s(arrival_rps, service_time_s, servers, abandon_rate):
    """Mean wait, whether it ends in service or in giving up, zero waits included.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        Wq. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_mean_wait_s(105.0, 1.0, 100, 2.0)), 6)
    0.03698

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    *pool, theta = checked(arrival_rps, service_time_s, servers, abandon_rate)
    return in_pieces(lambda *pool: _Sums(*pool).abandonment, *pool, theta) / theta


def erlang_a_utilisation(arrival_rps, service_time_s, servers, abandon_rate):
    """Load per server, where those who wait may give up.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        lam S (1 - abandonment)/c, below 1. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_utilisation(105.0, 1.0, 100, 2.0)), 6)
    0.972342

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    lam, S, c, theta = checked(arrival_rps, service_time_s, servers, abandon_rate)
    served = 1 - in_pieces(lambda *pool: _Sums(*pool).abandonment, lam, S, c, theta)
    return lam * S * served / c


def erlang_a_wait_tail(t_s, arrival_rps, service_time_s, servers, abandon_rate):
    """Probability that an arrival waits longer than t, whether it then gives up or not.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        P(W > t) = P(V > t) e^(-theta t). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_wait_tail(0.1, 105.0, 1.0, 100, 2.0)), 6)
    0.118579

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    return in_pieces(_tail, real("t_s", t_s, 0), *checked(arrival_rps, service_time_s, servers, abandon_rate))


def erlang_a_wait_percentile_s(p, arrival_rps, service_time_s, servers, abandon_rate):
    """The wait that a share p of the arrivals do not exceed, given up or not, zero waits included.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        The percentile. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_wait_percentile_s(0.9, 105.0, 1.0, 100, 2.0)), 6)
    0.107426

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    shape, (p, *pool) = flattened(share(p), *checked(arrival_rps, service_time_s, servers, abandon_rate))
    theta = pool[-1]
    t = time_beyond(
        lambda t, i: in_pieces(_tail, t, *(v[i] for v in pool)), 1 - p, np.minimum(1 / theta, 1e300)
    )
    return t.reshape(shape)[()]


def erlang_a_service_level(t_s, arrival_rps, service_time_s, servers, abandon_rate):
    """Share of all arrivals that are served after a wait of no more than t.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    abandon_rate : float or array_like
        1 / the mean patience, theta > 0. [1/s]

    Returns
    -------
    float or ndarray
        P(V <= t, and patience did not end before). [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(erlang_a_service_level(0.1, 105.0, 1.0, 100, 2.0)), 6)
    0.816324

    References
    ----------
    [GARNETT], [ZELTYN].
    """
    return in_pieces(
        _service_level, real("t_s", t_s, 0), *checked(arrival_rps, service_time_s, servers, abandon_rate)
    )


class _Sums:
    """The weights, in multiples of e^m times the probability of c jobs."""

    def __init__(self, lam: Array, S: Array, c: Array, theta: Array) -> None:
        a = np.minimum(lam * S, 1e300)
        self.y, self.x = np.minimum(c / (S * theta), 1e300), np.minimum(lam / theta, 1e300)
        self.m, self.zero, self.one = decay(self.y, self.x)
        inverse = inverse_blocking(c, a)
        unit = np.exp(-np.minimum(self.m, 700.0)) * np.exp(-np.clip(self.m - 700.0, 0.0, 700.0))
        rare = np.isinf(inverse)  # nobody waits
        fewer = np.where(rare, 0.0, inverse - 1) * unit
        self.total = np.where(rare, np.inf, fewer + self.y * self.zero)

    @property
    def wait_chance(self) -> Array:
        return self.y * self.zero / self.total

    @property
    def abandonment(self) -> Array:
        return self.y * self.one / self.total

    def beyond(self, v: Array) -> tuple[Array, Array]:
        """P(V > v/theta), and the part of it that is given up by those who have that wait."""
        m, zero, one = decay(self.y, self.x, v)
        lift = self.y * np.exp(m - self.m) / self.total
        return lift * zero, lift * one


def _tail(t: Array, lam: Array, S: Array, c: Array, theta: Array) -> Array:
    v = np.minimum(theta * t, 700.0)
    return _Sums(lam, S, c, theta).beyond(v)[0] * np.exp(-v)


def _service_level(t: Array, lam: Array, S: Array, c: Array, theta: Array) -> Array:
    sums = _Sums(lam, S, c, theta)
    long, given_up = sums.beyond(np.minimum(theta * t, 700.0))
    return np.clip(1 - sums.abandonment - (long - given_up), 0.0, 1.0)


def checked(arrival_rps, service_time_s, servers, abandon_rate) -> tuple[Array, ...]:
    """The four numbers as arrays, or a `DomainError`."""
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0, above=True)
    hint = "Without patience to lose it is M/M/c."
    return lam, S, whole("servers", servers, 1), real("abandon_rate", abandon_rate, 0, above=True, hint=hint)
