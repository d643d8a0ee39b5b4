"""Service times, samples and confidence intervals for `simulation`. Numpy only; nothing of capcalc.

All times are in seconds, all percentiles and levels are ratios: `percentile(0.99, level=0.999)`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np

BATCHES = 32  # of samples, for the confidence intervals
Z_99 = NormalDist().inv_cdf(0.99)  # 2.3263


@dataclass(frozen=True)
class ServiceTime:
    """A distribution of service times: its mean and a way to draw from it."""

    mean_s: float
    draw: Callable[[np.random.Generator, int], np.ndarray]


def exponential(mean_s: float) -> ServiceTime:
    return ServiceTime(mean_s, lambda rng, n: mean_s * rng.standard_exponential(n))


def fixed(time_s: float) -> ServiceTime:
    return ServiceTime(time_s, lambda rng, n: np.full(n, float(time_s)))


def lognormal(p50_s: float, p99_s: float) -> ServiceTime:
    sigma = math.log(p99_s / p50_s) / Z_99
    mean_s = p50_s * math.exp(sigma**2 / 2)
    return ServiceTime(mean_s, lambda rng, n: p50_s * np.exp(sigma * rng.standard_normal(n)))


def hyper(parts: Sequence[tuple[float, float]]) -> ServiceTime:
    """A mixture of exponentials, given as (probability, mean) pairs."""
    probabilities, means = np.array(parts, dtype=float).T
    if not math.isclose(probabilities.sum(), 1.0):
        raise ValueError(f"probabilities sum to {probabilities.sum()}, not 1")
    edges = probabilities.cumsum()[:-1]

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        return means[np.searchsorted(edges, rng.random(n), side="right")] * rng.standard_exponential(n)

    return ServiceTime(float(probabilities @ means), draw)


def student_t(level: float, freedom: int) -> float:
    """Two-sided Student t quantile by its expansion in 1/freedom (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (k + 1) for k, term in enumerate(terms))


@dataclass(frozen=True)
class Estimate:
    """A value and its confidence interval; `truth in estimate` asks whether the interval covers it."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return max(self.high - self.value, self.value - self.low)

    @property
    def relative(self) -> float:
        """Half-width as a part of the value; 0 where both are 0."""
        if self.half_width == 0:
            return 0.0
        return self.half_width / abs(self.value) if self.value else math.inf

    def __contains__(self, truth: float) -> bool:
        slack = 1e-9 * abs(self.value)  # a constant answer has an interval of no width
        return self.low - slack <= truth <= self.high + slack

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True)
class Samples:
    """Correlated samples of one quantity in order of arrival, from one or more independent runs."""

    runs: tuple[np.ndarray, ...]

    @cached_property
    def values(self) -> np.ndarray:
        return np.concatenate(self.runs)

    @cached_property
    def ordered(self) -> np.ndarray:
        return np.sort(self.values)

    @cached_property
    def batches(self) -> list[np.ndarray]:
        """At least BATCHES stretches of consecutive samples, none across two runs."""
        each = -(-BATCHES // len(self.runs))
        return [batch for run in self.runs for batch in np.array_split(run, each)]

    def mean(self, level: float = 0.99) -> Estimate:
        return self._around([batch.mean() for batch in self._full_batches()], self.values.mean(), level)

    def above(self, limit: float, level: float = 0.99) -> Estimate:
        """Part of the samples that are above the limit."""
        parts = [np.count_nonzero(batch > limit) / len(batch) for batch in self._full_batches()]
        return self._around(parts, np.count_nonzero(self.values > limit) / len(self.values), level)

    def percentile(self, p: float, level: float = 0.99) -> Estimate:
        """The pooled percentile. The interval spans the percentiles p - d and p + d, where d is the
        half-width by batch means of the part of samples up to it; so small batches bring no bias.
        It is endless where fewer samples than batches lie beyond the percentile.
        """
        value = self._quantile(p)
        if min(p, 1 - p) * len(self.values) < BATCHES:
            return Estimate(value, -math.inf, math.inf)
        d = self.above(value, level).half_width
        return Estimate(value, self._quantile(p - d), self._quantile(p + d))

    def _quantile(self, p: float) -> float:
        if not 0 < p < 1:
            return math.inf if p >= 1 else -math.inf
        return float(self.ordered[math.ceil(p * len(self.ordered)) - 1])

    def _full_batches(self) -> list[np.ndarray]:
        if min(map(len, self.batches)) == 0:
            raise ValueError(
                f"{len(self.values)} samples do not fill {len(self.batches)} batches: simulate longer"
            )
        return self.batches

    @staticmethod
    def _around(batch_values: Sequence[float], value: float, level: float) -> Estimate:
        n = len(batch_values)
        half = student_t(level, n - 1) * float(np.std(batch_values, ddof=1)) / math.sqrt(n)
        return Estimate(float(value), float(value - half), float(value + half))


@dataclass(frozen=True)
class TierRun:
    """What one run saw at one tier between the warm-up and the last arrival of a request."""

    waits_s: np.ndarray  # of the jobs that arrived in the window, in order of arrival
    window_s: float
    work_s: float  # service time they brought
    present_s: float  # integral over the window of the jobs present

    @classmethod
    def measure(
        cls, arrivals_s: np.ndarray, waits_s: np.ndarray, services_s: np.ndarray, window: tuple[float, float]
    ) -> "TierRun":
        start, end = window
        inside = (arrivals_s >= start) & (arrivals_s <= end)
        leave_s = arrivals_s + waits_s + services_s
        present_s = np.minimum(leave_s, end) - np.maximum(arrivals_s, start)
        return cls(
            waits_s[inside], end - start, float(services_s[inside].sum()), float(present_s.clip(0).sum())
        )


@dataclass(frozen=True)
class TierResult:
    """A tier over all runs. A write to a database of k copies counts as k jobs, a fill as one."""

    servers: float  # of all copies and shards; inf for a delay
    runs: tuple[TierRun, ...]

    @cached_property
    def wait(self) -> Samples:
        return Samples(tuple(run.waits_s for run in self.runs))

    @property
    def jobs(self) -> int:
        return sum(len(run.waits_s) for run in self.runs)

    @property
    def window_s(self) -> float:
        return sum(run.window_s for run in self.runs)

    @property
    def rate(self) -> float:
        return self.jobs / self.window_s

    @property
    def erlangs(self) -> float:
        return sum(run.work_s for run in self.runs) / self.window_s

    @property
    def utilisation(self) -> float:
        return self.erlangs / self.servers

    @property
    def mean_sojourn_s(self) -> float:
        """Mean wait + service of a job."""
        return float(sum(run.waits_s.sum() + run.work_s for run in self.runs)) / self.jobs

    @property
    def mean_present(self) -> float:
        """Time average of the jobs in the tier, waiting or served."""
        return sum(run.present_s for run in self.runs) / self.window_s


@dataclass(frozen=True)
class Result:
    """Responses of each operation and what each tier saw."""

    response: dict[str, Samples]
    tiers: dict[str, TierResult]
    engine: str

    @classmethod
    def merge(cls, results: Sequence["Result"]) -> "Result":
        """Independent runs of one system as one result."""
        response, tiers = {}, {}
        for name in results[0].response:
            response[name] = Samples(sum((result.response[name].runs for result in results), ()))
        for name, tier in results[0].tiers.items():
            tiers[name] = TierResult(tier.servers, sum((result.tiers[name].runs for result in results), ()))
        return cls(response, tiers, results[0].engine)
