"""Processor sharing: all jobs at once, each at its share of one server.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time, alone on the server | S | `service_time_s` | s |
| service time of the job looked at | x | `size_s` | s |
| load | rho = lam S | | ratio |
| smaller root of lam r^2 - (lam + mu + s) r + mu = 0 | r | | ratio |

Means hold for any law of service (M/G/1-PS): a job of size x takes x/(1 - rho). The whole distribution is
known for exponential service, by its transform given x:
E e^(-s T(x)) = (1 - rho)(1 - rho r^2) e^(-(lam (1 - r) + s) x)
/ ((1 - rho r)^2 - rho (1 - r)^2 e^(-(mu/r - lam r) x)).
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws import transforms as tr
from capcalc.laws.erlang import Array
from capcalc.laws.latency import Branch, Latency
from capcalc.laws.mmc import share


def ps_conditional_response_s(size_s, arrival_rps, service_time_s):
    """Mean response time of a job of a given size under processor sharing, for any law of service.

    Parameters
    ----------
    size_s : float or array_like
        Service time of the job alone on the server, x >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]

    Returns
    -------
    float or ndarray
        x/(1 - rho); inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(ps_conditional_response_s(2.5, 0.8, 1.0)), 9)
    12.5

    References
    ----------
    [KLEINROCK] section 4.4.
    """
    x = real("size_s", size_s, 0)
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0)
    free = 1 - lam * S
    return np.where(free > 0, x / np.where(free > 0, free, 1.0), np.inf)[()]


def ps_mean_response_s(arrival_rps, service_time_s):
    """Mean response time under processor sharing, for any law of service.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]

    Returns
    -------
    float or ndarray
        S/(1 - rho); inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(ps_mean_response_s(0.8, 1.0)), 9)
    5.0

    References
    ----------
    [KLEINROCK] section 4.4.
    """
    return ps_conditional_response_s(service_time_s, arrival_rps, service_time_s)


def ps_load_for_response(service_time_s, response_s):
    """Most arrival rate with a mean response time of no more than a given time under processor sharing.

    Parameters
    ----------
    service_time_s : float or array_like
        Mean service time, S > 0. [s]
    response_s : float or array_like
        The time, T > 0. [s]

    Returns
    -------
    float or ndarray
        1/S - 1/T; 0 where T is below S. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(ps_load_for_response(1.0, 5.0)), 9)
    0.8

    References
    ----------
    [KLEINROCK] section 4.4.
    """
    S, T = (
        real("service_time_s", service_time_s, 0, above=True),
        real("response_s", response_s, 0, above=True),
    )
    return np.maximum(1 / S - 1 / T, 0.0)[()]


def mm1_ps_response(arrival_rps, service_time_s) -> Latency:
    """Response time under processor sharing with exponential service, M/M/1-PS.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]

    Returns
    -------
    Latency
        Mean S/(1 - rho), variance (2 + rho)/(2 - rho) times its square; without end wherever lam S >= 1.

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    The transform given x, averaged over x by Gauss-Legendre sums.

    Examples
    --------
    >>> round(float(mm1_ps_response(0.8, 1.0).percentile(0.99)), 2)
    36.94

    References
    ----------
    [COFFMAN].
    """
    lam, S = real("arrival_rps", arrival_rps, 0), real("service_time_s", service_time_s, 0, above=True)
    lam, S = np.broadcast_arrays(lam, S)
    stable = lam * S < 1
    rho = np.where(stable, lam * S, 0.0)
    mass, zero = stable.astype(float), np.zeros(())
    mean = S / (1 - rho)
    square = mean * mean * (1 + (2 + rho) / (2 - rho))
    branch = Branch(mass, zero, zero, mean * mass, square * mass, _Shared(mass, rho, S))
    return Latency((branch,), 1 - mass)


def mm1_ps_response_percentile_s(p, arrival_rps, service_time_s):
    """The response time that a share p of the jobs do not exceed under processor sharing, M/M/1-PS.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S > 0. [s]

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(mm1_ps_response_percentile_s(0.99, 0.8, 1.0)), 2)
    36.94

    References
    ----------
    [COFFMAN].
    """
    return mm1_ps_response(arrival_rps, service_time_s).percentile(share(p))


class _Shared(tr.Node):
    __slots__ = ("S", "mass", "rho")

    def __init__(self, mass: Array, rho: Array, S: Array) -> None:
        self.mass, self.rho, self.S = mass, rho, S

    def _value(self, s, seen):
        u, rho = s * self.S, self.rho  # in service times: mu = 1, lam = rho
        half = (1 + rho + u) / 2
        r = 1 / (half + np.sqrt(half * half - rho))
        # Average over x of weight e^-x. As 1/r = 1 + rho (1 - r) + u, on the line x = r y nothing turns:
        # e^-y / ((1 - rho r)^2 - rho (1 - r)^2 e^(-(1 - rho r^2) y)).
        y, w = tr.panels(np.concatenate([[0.0], np.geomspace(0.05, 42.0, 10)]))
        lead = (slice(None),) + (None,) * u.ndim
        y, w = y[lead], w[lead]
        square = 1 - rho * r * r
        bottom = (1 - rho * r) ** 2 - rho * (1 - r) ** 2 * np.exp(-square * y)
        return self.mass * (1 - rho) * square * r * (w * np.exp(-y) / bottom).sum(axis=0)
