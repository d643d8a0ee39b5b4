"""A time of work: how long one job keeps one worker. Mean and variability load a pool, the law answers.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| mean | S | `mean_s` | s |
| standard deviation of the logarithm | sigma | `sigma` | ratio |
| squared coefficient of variation | cs2 | `scv` | ratio |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws import latency

Z99 = 2.3263478740408408  # the standard normal's 99th percentile


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Exponential unless made by `fixed` or `between`; `mean_s` may be an array of scenarios. [s]

    Examples
    --------
    >>> Work(0.005).scv, fixed(0.05).scv
    (1.0, 0.0)
    """

    mean_s: Any
    shape: str = "exponential"  # or "fixed", "lognormal"
    p50_s: float = 0.0  # log-normal only, as p99_s
    p99_s: float = 0.0

    def __post_init__(self) -> None:
        real("mean_s", self.mean_s, 0)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm of a log-normal time."""
        return float(np.log(self.p99_s / self.p50_s) / Z99) if self.shape == "lognormal" else 0.0

    @property
    def scv(self) -> float:
        """Variance over squared mean: 1 for exponential, 0 for fixed. [ratio]"""
        if self.shape == "lognormal":
            return float(np.expm1(self.sigma**2))
        return 1.0 if self.shape == "exponential" else 0.0

    def law(self) -> latency.Latency:
        """The time as a response-time law."""
        if self.shape == "lognormal":
            return latency.lognormal(self.p50_s, self.sigma)
        return latency.constant(self.mean_s) if self.shape == "fixed" else latency.exponential(self.mean_s)


def fixed(time_s) -> Work:
    """Always the same. [s]"""
    return Work(time_s, "fixed")


def between(p50_s: float, p99_s: float) -> Work:
    """Log-normal, by its median and its 99th percentile. [s]

    Raises
    ------
    DomainError : p99 is not above p50.

    Examples
    --------
    >>> round(between(0.002, 0.012).mean_s, 6)
    0.002691
    """
    p50 = float(real("p50", p50_s, 0, above=True))
    if p99_s <= p50:
        raise DomainError("p99", p99_s, f"times above p50 = {p50!r}", "Write { fixed = ... } for a constant.")
    sigma = np.log(p99_s / p50) / Z99
    return Work(float(p50 * np.exp(sigma**2 / 2)), "lognormal", p50, float(p99_s))
