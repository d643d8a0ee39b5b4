"""How throughput grows with the number of workers, users or nodes: Amdahl, Gustafson, Gunther's USL.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| workers, users, nodes at once | N | `concurrency` | count |
| share of the work that only one can do, contention | sigma | `contention_ratio` | ratio |
| cost of agreeing, a pair of them, coherency | kappa | `coherency_ratio` | ratio |
| throughput of one | lambda | `single_rps` | 1/s |
| throughput of N | X | `usl_throughput_rps` | 1/s |

X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)). Without kappa it is Amdahl's law, which only
flattens; with it there is a peak, and past the peak more is less. `usl_fit` takes the three from
measurements.
"""

from __future__ import annotations

from capcalc.checks import real
from capcalc.laws.usl import (
    usl_knee_concurrency,
    usl_limit_rps,
    usl_peak_concurrency,
    usl_peak_rps,
    usl_throughput_rps,
)
from capcalc.laws.usl_fit import UslFit, usl_fit

__all__ = [
    "UslFit",
    "amdahl_speedup",
    "gustafson_speedup",
    "usl_fit",
    "usl_knee_concurrency",
    "usl_limit_rps",
    "usl_peak_concurrency",
    "usl_peak_rps",
    "usl_throughput_rps",
]


def amdahl_speedup(concurrency, serial_ratio):
    """How much faster N workers do a fixed job of which a share is serial.

    Parameters
    ----------
    concurrency : float or array_like
        Workers, N >= 1. [count]
    serial_ratio : float or array_like
        The serial share, 0 <= sigma <= 1. [ratio]

    Returns
    -------
    float or ndarray
        N / (1 + sigma (N - 1)), never above 1/sigma. [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(amdahl_speedup(8, 0.05)), 4)
    5.9259

    References
    ----------
    [AMDAHL].
    """
    N, sigma = real("concurrency", concurrency, 1), real("serial_ratio", serial_ratio, 0, 1)
    return N / (1 + sigma * (N - 1))


def gustafson_speedup(concurrency, serial_ratio):
    """How much more N workers do in a fixed time in which a share is serial.

    Parameters
    ----------
    concurrency : float or array_like
        Workers, N >= 1. [count]
    serial_ratio : float or array_like
        The serial share of the time with N workers, 0 <= s <= 1. [ratio]

    Returns
    -------
    float or ndarray
        N - s (N - 1). [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(gustafson_speedup(8, 0.05)), 4)
    7.65

    References
    ----------
    [GUSTAFSON].
    """
    N, s = real("concurrency", concurrency, 1), real("serial_ratio", serial_ratio, 0, 1)
    return N - s * (N - 1)
