"""Priorities: several classes of jobs in one queue; class 0 goes first. Mean waits, exact.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate of each class | lam_i | `rates_rps` | 1/s |
| mean service time of each | S_i | `means_s` | s |
| squared coefficient of variation of each | | `scvs` | ratio |
| load of the classes 0..i | sigma_i | | ratio |
| work left of the job in service | R | | s |

Classes lie along the first axis, other axes are scenarios. Non-preemptive: a job that is begun is finished.
Preemptive-resume: it steps back for one of a higher class and goes on later where it stopped. Classes up to
the first with sigma_i >= 1 keep a finite wait; that one and all below wait without end, and the server never
rests from them.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws._search import ROUNDING, fewest_whole
from capcalc.laws.erlang import Array, chance_of_wait
from capcalc.laws.mmc import mmc_mean_response_s


def priority_mean_wait_s(rates_rps, means_s, scvs=1.0):
    """Mean wait of each class in an M/G/1 queue with non-preemptive priorities.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, highest first, >= 0. [1/s]
    means_s : array_like
        Mean service time of each class, >= 0. [s]
    scvs : array_like
        Squared coefficient of variation of each class, >= 0; 1 is exponential. [ratio]

    Returns
    -------
    float or ndarray
        Wq of each class, the classes along the first axis; inf from the first saturated class on. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    R/((1 - sigma_(i-1))(1 - sigma_i)), R = sum over all classes of lam_i E S_i^2/2.

    Examples
    --------
    >>> priority_mean_wait_s([0.2, 0.6], [1.0, 1.0]).round(6).tolist()
    [1.0, 5.0]

    References
    ----------
    [COBHAM].
    """
    lam, S, scv = _classes(rates_rps, means_s, scvs)
    before, upto = _loads(lam * S)
    residual = (_worked(lam * S, before) * S * (1 + scv) / 2).sum(axis=0)
    return _wait(residual, before, upto)


def priority_preemptive_mean_response_s(rates_rps, means_s, scvs=1.0):
    """Mean response time of each class in an M/G/1 queue with preemptive-resume priorities.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, highest first, >= 0. [1/s]
    means_s : array_like
        Mean service time of each class, >= 0. [s]
    scvs : array_like
        Squared coefficient of variation of each class, >= 0; 1 is exponential. [ratio]

    Returns
    -------
    float or ndarray
        Mean time from arrival to end, interruptions included; inf from the first saturated class on. [s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    S_i/(1 - sigma_(i-1)) + (R of the classes 0..i)/((1 - sigma_(i-1))(1 - sigma_i)).

    Examples
    --------
    >>> priority_preemptive_mean_response_s([0.2, 0.6], [1.0, 1.0]).round(6).tolist()
    [1.25, 6.25]

    References
    ----------
    [COBHAM]; [GROSS] chapter 4.
    """
    lam, S, scv = _classes(rates_rps, means_s, scvs)
    before, upto = _loads(lam * S)
    residual = np.cumsum(lam * S * S * (1 + scv) / 2, axis=0)
    own = np.where(before < 1, S / np.where(before < 1, 1 - before, 1.0), np.inf)
    return own + _wait(residual, before, upto)


def priority_mmc_mean_wait_s(rates_rps, service_time_s, servers):
    """Mean wait of each class in an M/M/c pool with non-preemptive priorities and a common service time.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, highest first, >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, the same for all classes, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        Wq of each class; inf from the first saturated class on. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    (C S/c)/((1 - sigma_(i-1))(1 - sigma_i)), sigma_i = S sum(lam_0..lam_i)/c, C = `erlang_c` of all together.

    Examples
    --------
    >>> priority_mmc_mean_wait_s([3.0, 6.0], 1.0, 10).round(6).tolist()
    [0.095533, 0.955331]

    References
    ----------
    [KELLA]; [GROSS] chapter 4.
    """
    lam, S, c = _pool(rates_rps, service_time_s, servers)
    before, upto = _loads(lam * S / c)
    total = (lam * S).sum(axis=0)
    return _wait(chance_of_wait(*np.broadcast_arrays(c, total)) * S / c, before, upto)


def priority_preemptive_mmc_mean_response_s(rates_rps, service_time_s, servers):
    """Mean response time of each class in an M/M/c pool with preemptive priorities and a common service time.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, highest first, >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, the same for all classes, S > 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]

    Returns
    -------
    float or ndarray
        Mean time from arrival to end, interruptions included; inf from the first saturated class on. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Classes 0..i together are an M/M/c queue, whom the rest does not touch; exponential service only.

    Examples
    --------
    >>> priority_preemptive_mmc_mean_response_s([3.0, 6.0], 1.0, 10).round(6).tolist()
    [1.000165, 2.003015]

    References
    ----------
    [BUZEN].
    """
    lam, S, c = _pool(rates_rps, service_time_s, servers)
    lam = np.maximum(lam, 1e-6 * c / S)  # a class of which there is next to none
    upto = np.cumsum(lam, axis=0)
    mean = np.asarray(mmc_mean_response_s(upto, S, c))
    ready = np.isfinite(mean)
    work = upto * np.where(ready, mean, 0.0)  # of the classes 0..i together, who are an M/M/c queue
    mine = np.diff(work, axis=0, prepend=0.0) / lam
    return np.where(ready, mine, np.inf)


def servers_for_priority_wait(rates_rps, service_time_s, mean_wait_s, which):
    """Fewest servers of an M/M/c pool with non-preemptive priorities for a mean wait of one class.

    Parameters
    ----------
    rates_rps : array_like
        Arrival rate of each class along the first axis, highest first, >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, the same for all classes, S > 0. [s]
    mean_wait_s : float or array_like
        The mean wait, zero waits included, > 0. [s]
    which : int
        The class, 0 the highest. [count]

    Returns
    -------
    float or ndarray
        Least c with `priority_mmc_mean_wait_s`[which] <= t. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> float(servers_for_priority_wait([3.0, 6.0], 1.0, 0.5, 1))
    11.0

    References
    ----------
    [KELLA].
    """
    lam, S, _ = _pool(rates_rps, service_time_s, 1)
    k, t = int(whole("which", which, 0, len(lam) - 1)), real("mean_wait_s", mean_wait_s, 0, above=True)
    shape = np.broadcast_shapes(lam.shape[1:], S.shape, t.shape)
    lam = np.broadcast_to(
        lam.reshape(len(lam), *[1] * (len(shape) + 1 - lam.ndim), *lam.shape[1:]), (len(lam), *shape)
    )
    lam = lam.reshape(len(lam), -1)
    S, t = (np.broadcast_to(v, shape).ravel() for v in (S, t))

    def meets(c, i):
        return priority_mmc_mean_wait_s(lam[:, i], S[i], c)[k] <= t[i] * (1 + ROUNDING)

    c = fewest_whole(meets, np.floor(lam[: k + 1].sum(axis=0) * S) + 1)
    return c.reshape(shape)[()]


def _classes(rates_rps, means_s, scvs) -> tuple[Array, Array, Array]:
    values = real("rates_rps", rates_rps, 0), real("means_s", means_s, 0), real("scvs", scvs, 0)
    lam, S, scv = np.broadcast_arrays(*(np.atleast_1d(v) for v in values))
    return lam, S, scv


def _pool(rates_rps, service_time_s, servers) -> tuple[Array, Array, Array]:
    lam = np.atleast_1d(real("rates_rps", rates_rps, 0))
    return lam, real("service_time_s", service_time_s, 0, above=True), whole("servers", servers, 1)


def _loads(load: Array) -> tuple[Array, Array]:
    """sigma_(i-1) and sigma_i."""
    upto = np.cumsum(load, axis=0)
    return np.concatenate([0 * upto[:1], upto[:-1]]), upto


def _worked(load: Array, before: Array) -> Array:
    """The load of each class that the server does: a saturated class takes what is left."""
    return np.clip(load, 0.0, np.maximum(1 - before, 0.0))


def _wait(residual: Array, before: Array, upto: Array) -> Array:
    stable = upto < 1
    free = np.where(stable, (1 - before) * (1 - upto), 1.0)
    return np.where(stable, residual / free, np.inf)
