"""Gunther's universal scalability law: contention flattens throughput, coherency bends it down.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| workers, users, nodes at once | N | `concurrency` | count |
| share of the work that only one can do, contention | sigma | `contention_ratio` | ratio |
| cost of agreeing, a pair of them, coherency | kappa | `coherency_ratio` | ratio |
| throughput of one | lambda | `single_rps` | 1/s |
| throughput of N | X | `usl_throughput_rps` | 1/s |
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real


def usl_throughput_rps(concurrency, contention_ratio, coherency_ratio, single_rps=1.0):
    """Throughput by the universal scalability law; with `single_rps` 1 it is the speed-up.

    Parameters
    ----------
    concurrency : float or array_like
        Workers, users or nodes, N >= 0. [count]
    contention_ratio : float or array_like
        sigma, 0 to 1. [ratio]
    coherency_ratio : float or array_like
        kappa >= 0. [ratio]
    single_rps : float or array_like
        Throughput of one, lambda >= 0. [1/s]

    Returns
    -------
    float or ndarray
        lambda N / (1 + sigma (N - 1) + kappa N (N - 1)), broadcast over the inputs. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite, or N lies between 0 and 1, where that has
        no meaning.

    Notes
    -----
    Between 0 and 1 worker N (N - 1) is negative; N is 0 or at least 1.

    Examples
    --------
    >>> usl_throughput_rps([1, 32, 64], 0.02, 0.0005, 1000).round(0).tolist()
    [1000.0, 15123.0, 14967.0]

    References
    ----------
    [GUNTHER].
    """
    N = real("concurrency", concurrency, 0)
    between = (N > 0) & (N < 1)
    if between.any():
        real("concurrency", N[between].flat[0], 1, hint="Or 0, for nobody.")
    sigma, kappa = _shape(contention_ratio, coherency_ratio)
    lam = real("single_rps", single_rps, 0)
    pairs = np.maximum(N - 1, 0.0)
    return lam * N / (1 + sigma * pairs + kappa * N * pairs)


def usl_peak_concurrency(contention_ratio, coherency_ratio):
    """Where throughput peaks: past it, more is less.

    Parameters
    ----------
    contention_ratio : float or array_like
        sigma, 0 to 1. [ratio]
    coherency_ratio : float or array_like
        kappa >= 0. [ratio]

    Returns
    -------
    float or ndarray
        sqrt((1 - sigma)/kappa), at least 1; inf where kappa = 0: no peak. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(usl_peak_concurrency(0.02, 0.0005)), 2)
    44.27

    References
    ----------
    [GUNTHER].
    """
    sigma, kappa = _shape(contention_ratio, coherency_ratio)
    some = kappa > 0
    with np.errstate(over="ignore"):
        peak = np.sqrt((1 - sigma) / np.where(some, kappa, 1.0))
    return np.where(some, np.maximum(peak, 1.0), np.inf)[()]


def usl_peak_rps(contention_ratio, coherency_ratio, single_rps=1.0):
    """The most throughput there is, at any concurrency.

    Parameters
    ----------
    contention_ratio : float or array_like
        sigma, 0 to 1. [ratio]
    coherency_ratio : float or array_like
        kappa >= 0. [ratio]
    single_rps : float or array_like
        Throughput of one, lambda >= 0. [1/s]

    Returns
    -------
    float or ndarray
        X at the peak; where kappa = 0 the limit lambda/sigma, which is not reached. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    lambda / (sigma - kappa + 2 sqrt(kappa (1 - sigma))) where the peak is at 1 or above.

    Examples
    --------
    >>> round(float(usl_peak_rps(0.02, 0.0005, 1000)))
    15681

    References
    ----------
    [GUNTHER].
    """
    sigma, kappa = _shape(contention_ratio, coherency_ratio)
    lam = real("single_rps", single_rps, 0)
    low = sigma - kappa + 2 * np.sqrt(kappa * (1 - sigma))
    return _over(lam, np.where(kappa < 1 - sigma, low, np.where(kappa > 0, 1.0, sigma)))


def usl_limit_rps(contention_ratio, single_rps=1.0):
    """The throughput that contention alone leaves, at any concurrency: Amdahl's ceiling.

    Parameters
    ----------
    contention_ratio : float or array_like
        sigma, 0 to 1. [ratio]
    single_rps : float or array_like
        Throughput of one, lambda >= 0. [1/s]

    Returns
    -------
    float or ndarray
        lambda/sigma; inf where sigma = 0. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> float(usl_limit_rps(0.02, 1000))
    50000.0

    References
    ----------
    [AMDAHL], [GUNTHER].
    """
    return _over(real("single_rps", single_rps, 0), real("contention_ratio", contention_ratio, 0, 1))


def usl_knee_concurrency(contention_ratio):
    """Where the line of ideal growth meets Amdahl's ceiling: beyond it, workers mostly wait.

    Parameters
    ----------
    contention_ratio : float or array_like
        sigma, 0 to 1. [ratio]

    Returns
    -------
    float or ndarray
        1/sigma; inf where sigma = 0. Means nothing where it lies past `usl_peak_concurrency`. [count]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> float(usl_knee_concurrency(0.02))
    50.0

    References
    ----------
    [GUNTHER].
    """
    return _over(np.ones(()), real("contention_ratio", contention_ratio, 0, 1))


def _shape(contention_ratio, coherency_ratio):
    return real("contention_ratio", contention_ratio, 0, 1), real("coherency_ratio", coherency_ratio, 0)


def _over(top, bottom):
    """top/bottom, inf where the bottom is 0, 0 where the top is."""
    some = bottom > 0
    with np.errstate(over="ignore"):
        ratio = top / np.where(some, bottom, 1.0)
    return np.where(some | (top == 0), ratio, np.inf)[()]
