"""Service in phases, and the exact wait of one server with it: M/PH/1.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| chances of the first phase | alpha | `starts` | ratio |
| rates between phases | T, t = -T 1 out of the last | `rates` | 1/s |
| load | rho | | ratio |

A service of phase type is the time until a small Markov chain ends: exponential, hyperexponential (one of
several exponential kinds of jobs), Erlang (one exponential stage after another), their mixtures and sums. The
wait of M/PH/1 is of phase type too: it starts with rho times the phases of a residual service, and has the
rates T + rho t alpha_e, so that its tail is a matrix exponential, good to 14 digits. Other services go by
inversion: `single.mg1_wait`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws._search import crossing, each, flattened, time_beyond
from capcalc.laws.erlang import Array
from capcalc.laws.mmc import share


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """A service time of phase type; made by `hyperexponential_phases` or `erlang_phases`."""

    starts: Array
    rates: Array  # sub-generator

    def moment(self, k: int) -> float:
        """E S^k = k! alpha (-T)^-k 1. [s^k]"""
        v: Any = np.ones(self.starts.size)
        for _ in range(k):
            v = np.linalg.solve(-self.rates, v)
        return float(factorial(k) * (self.starts @ v))

    @property
    def mean_s(self) -> float:
        """Mean. [s]"""
        return self.moment(1)

    @property
    def scv(self) -> float:
        """Variance over squared mean. [ratio]"""
        return self.moment(2) / self.moment(1) ** 2 - 1

    @property
    def residual(self) -> Array:
        """Chances of the phases of a service that is under way."""
        left = np.linalg.solve(-self.rates.T, self.starts)
        return left / left.sum()


def hyperexponential_phases(weights, means_s) -> Phases:
    """One of several exponential times with given chances.

    Parameters
    ----------
    weights : array_like
        Chance of each, >= 0, sum 1. [ratio]
    means_s : array_like
        Mean of each, > 0. [s]

    Returns
    -------
    Phases
        The law.

    Raises
    ------
    DomainError : an element is out of range, or the chances do not sum to 1.

    Examples
    --------
    >>> round(hyperexponential_phases([0.9, 0.1], [0.5, 5.0]).scv, 4)
    5.0388

    References
    ----------
    [GROSS] chapter 3.
    """
    w, m = real("weights", weights, 0, 1), real("means_s", means_s, 0, above=True)
    if w.shape != m.shape or w.ndim != 1 or abs(w.sum() - 1) > 1e-9:
        raise DomainError("weights", w.tolist(), "weights that sum to 1, one a mean")
    return Phases(w / w.sum(), np.diag(-1 / m))


def erlang_phases(stages, mean_s) -> Phases:
    """The sum of several equal exponential stages.

    Parameters
    ----------
    stages : int
        Stages, k >= 1; the scv is 1/k. [count]
    mean_s : float
        Mean of the sum, > 0. [s]

    Returns
    -------
    Phases
        The law.

    Raises
    ------
    DomainError : a number is out of range, or not a whole number of stages.

    Examples
    --------
    >>> erlang_phases(2, 1.0).scv
    0.5

    References
    ----------
    [GROSS] chapter 3.
    """
    k, mean = int(whole("stages", stages, 1)), float(real("mean_s", mean_s, 0, above=True))
    return Phases(np.eye(k)[0], (np.eye(k, k=1) - np.eye(k)) * (k / mean))


def mg1_wait_moments(arrival_rps, mean_s, square_s2, cube_s3):
    """Mean and mean square of the wait of M/G/1, from three moments of the service.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    mean_s : float or array_like
        E S. [s]
    square_s2 : float or array_like
        E S^2. [s^2]
    cube_s3 : float or array_like
        E S^3. [s^3]

    Returns
    -------
    float or ndarray
        (E W [s], E W^2 [s^2]); inf wherever lam S >= 1.

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    E W = lam E S^2/(2 (1 - rho)), E W^2 = 2 (E W)^2 + lam E S^3/(3 (1 - rho)).

    Examples
    --------
    >>> wait, square = mg1_wait_moments(0.8, 1.0, 1.5, 3.0)
    >>> round(float(wait), 9), round(float(square), 9)
    (3.0, 22.0)

    References
    ----------
    [TAKACS]; [GROSS] chapter 5.
    """
    lam, m = real("arrival_rps", arrival_rps, 0), real("mean_s", mean_s, 0)
    m2, m3 = real("square_s2", square_s2, 0), real("cube_s3", cube_s3, 0)
    free = 1 - lam * m
    safe = np.where(free > 0, free, 1.0)
    W = lam * m2 / 2 / safe
    square = 2 * W * W + lam * m3 / 3 / safe
    return np.where(free > 0, W, np.inf)[()], np.where(free > 0, square, np.inf)[()]


def mph1_mean_wait_s(arrival_rps, service):
    """Mean wait of M/PH/1.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service : Phases
        The service time.

    Returns
    -------
    float or ndarray
        E W; inf wherever lam E S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(mph1_mean_wait_s(0.8, erlang_phases(2, 1.0))), 9)
    3.0

    References
    ----------
    [TAKACS].
    """
    return mg1_wait_moments(arrival_rps, service.mean_s, service.moment(2), service.moment(3))[0]


def mph1_wait_second_moment_s2(arrival_rps, service):
    """Mean square of the wait of M/PH/1.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service : Phases
        The service time.

    Returns
    -------
    float or ndarray
        E W^2; inf wherever lam E S >= 1. [s^2]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(mph1_wait_second_moment_s2(0.8, erlang_phases(2, 1.0))), 9)
    22.0

    References
    ----------
    [TAKACS].
    """
    return mg1_wait_moments(arrival_rps, service.mean_s, service.moment(2), service.moment(3))[1]


def mph1_wait_tail(t_s, arrival_rps, service):
    """Probability that an arrival to M/PH/1 waits longer than t.

    Parameters
    ----------
    t_s : float or array_like
        The time, t >= 0. [s]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service : Phases
        The service time.

    Returns
    -------
    float or ndarray
        P(W > t); 1 wherever lam E S >= 1. [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(mph1_wait_tail(0.0, 0.8, erlang_phases(2, 1.0))), 9)
    0.8

    References
    ----------
    [NEUTS] chapter 2.
    """
    return each(
        lambda t, lam: _tail(t, lam, service), real("t_s", t_s, 0), real("arrival_rps", arrival_rps, 0)
    )


def mph1_wait_percentile_s(p, arrival_rps, service):
    """The wait that a share p of the arrivals to M/PH/1 do not exceed, zero waits included.

    Parameters
    ----------
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service : Phases
        The service time.

    Returns
    -------
    float or ndarray
        The percentile; inf wherever lam E S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> jobs = hyperexponential_phases([0.9, 0.1], [0.5, 5.0])
    >>> round(float(mph1_wait_percentile_s(0.9, 0.7, jobs)), 6)
    17.566548

    References
    ----------
    [NEUTS] chapter 2.
    """
    shape, (p, lam) = flattened(share(p), real("arrival_rps", arrival_rps, 0))
    open_ = lam * service.mean_s < 1
    safe = np.where(open_, lam, 0.0)
    scale = service.mean_s / (1 - safe * service.mean_s)
    t = time_beyond(lambda t, i: np.atleast_1d(mph1_wait_tail(t, safe[i], service)), 1 - p, scale)
    return np.where(open_, t, np.inf).reshape(shape)[()]


def mph1_load_for_wait_percentile(service, p, wait_s):
    """Most arrival rate with which a share p of the arrivals to M/PH/1 waits no longer than a given time.

    Parameters
    ----------
    service : Phases
        The service time.
    p : float or array_like
        The share, 0 < p < 1: 0.99 for the 99th percentile. [ratio]
    wait_s : float or array_like
        The wait, t > 0. [s]

    Returns
    -------
    float or ndarray
        lam with `mph1_wait_tail` = 1 - p. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> jobs = hyperexponential_phases([0.9, 0.1], [0.5, 5.0])
    >>> round(float(mph1_load_for_wait_percentile(jobs, 0.9, 17.566548)), 6)
    0.7

    References
    ----------
    [NEUTS] chapter 2.
    """
    shape, (p, t) = flattened(share(p), real("wait_s", wait_s, 0, above=True))

    def spare(lam, i):
        return np.log((1 - p[i]) / np.maximum(mph1_wait_tail(t[i], lam, service), 1e-300))

    top = 1 / service.mean_s
    return crossing(spare, np.zeros(p.shape), np.full(p.shape, top)).reshape(shape)[()]


def _tail(t: float, lam: float, service: Phases) -> float:
    from scipy.linalg import expm  # type: ignore[import-untyped]

    rho = lam * service.mean_s
    if rho >= 1:
        return 1.0
    first = rho * service.residual
    rates = service.rates + np.outer(-service.rates.sum(axis=1), first)
    return float(np.clip((first @ expm(rates * t)).sum(), 0.0, 1.0))
