"""The universal scalability law from measurements: least squares on throughput, with intervals.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| measured concurrency, throughput | N_i, X_i | `concurrency`, `throughput_rps` | count, 1/s |
| contention | sigma | `contention_ratio` | ratio |
| coherency | kappa | `coherency_ratio` | ratio |
| throughput of one | lambda | `single_rps` | 1/s |
| standard deviation of the residuals | s | `residual_sd_rps` | 1/s |

Within 0 <= sigma <= 1 and kappa >= 0 the least sum of squares is sought free, then on each face and edge; the
best that lies inside wins. A parameter on its bound is named in `at_bound` and is a bound, no estimate.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._stations import Array
from capcalc.laws.usl import (
    usl_knee_concurrency,
    usl_limit_rps,
    usl_peak_concurrency,
    usl_peak_rps,
    usl_throughput_rps,
)

Interval = tuple[float, float]
_NAMES = ("contention_ratio", "coherency_ratio", "single_rps")
_LEAST, _MOST = np.array([0.0, 0.0, 0.0]), np.array([1.0, np.inf, np.inf])
_STEPS = 500
_ENDLESS = 1e6  # lambda of throughputs scaled to 1: the points are all past the peak and do not determine it


@dataclass(frozen=True, kw_only=True)
class UslFit:
    """The law that fits, how well, and what follows from it."""

    contention_ratio: float
    coherency_ratio: float
    single_rps: float
    at_bound: tuple[str, ...]  # parameters that the data would push outside
    confidence_ratio: float
    contention_interval: Interval | None  # None with three points: nothing left to judge by
    coherency_interval: Interval | None
    single_interval_rps: Interval | None
    residual_sd_rps: float | None
    r_squared: float
    points: int
    largest_concurrency: float

    @property
    def peak_concurrency(self) -> float:
        """sqrt((1 - sigma)/kappa); inf without coherency. [count]"""
        return float(usl_peak_concurrency(self.contention_ratio, self.coherency_ratio))

    @property
    def peak_rps(self) -> float:
        """Throughput there. [1/s]"""
        return float(usl_peak_rps(self.contention_ratio, self.coherency_ratio, self.single_rps))

    @property
    def limit_rps(self) -> float:
        """Amdahl's ceiling, lambda/sigma. [1/s]"""
        return float(usl_limit_rps(self.contention_ratio, self.single_rps))

    @property
    def knee_concurrency(self) -> float:
        """1/sigma, where ideal growth meets that ceiling. [count]"""
        return float(usl_knee_concurrency(self.contention_ratio))

    @property
    def problem(self) -> str | None:
        """What not to read out of this fit; None where there is nothing."""
        words = dict(zip(_NAMES, ("contention", "coherency", "throughput of one"), strict=True))
        said = [f"{words[name]} is at its bound and no estimate" for name in self.at_bound]
        if self.largest_concurrency < self.peak_concurrency < np.inf:
            said.append(
                f"the peak at {self.peak_concurrency:,.4g} is beyond the measurements, "
                f"which end at {self.largest_concurrency:,.4g}"
            )
        if self.peak_concurrency < self.knee_concurrency < np.inf:
            said.append(f"the knee at {self.knee_concurrency:,.4g} lies past the peak and means nothing")
        return "; ".join(said) or None

    def at_rps(self, concurrency):
        """Throughput of N by this fit. [1/s]"""
        return usl_throughput_rps(concurrency, self.contention_ratio, self.coherency_ratio, self.single_rps)


def usl_fit(concurrency, throughput_rps, confidence_ratio: float = 0.95) -> UslFit:
    """Contention, coherency and throughput of one from measured throughputs; a point at N = 1 is not needed.

    Parameters
    ----------
    concurrency : array_like
        At what N was measured, >= 1; at least three different ones. [count]
    throughput_rps : array_like
        What was measured there, > 0. [1/s]
    confidence_ratio : float
        Of the intervals, between 0 and 1. [ratio]

    Returns
    -------
    UslFit
        Parameters, intervals, which of them sit on a bound, peak, knee, limit.

    Raises
    ------
    DomainError : a number is out of range, the lists differ in length, fewer than three N are different, or
        all points lie so far past the peak that nothing determines the throughput of one.

    Notes
    -----
    Levenberg-Marquardt from the linear fit of N/X. Intervals by Student's t with s^2 (J'J)^-1, cut to the
    range of the parameter; one on its bound gets the interval of the free fit, linearised at the bound.
    Errors are taken as independent, of one size at every N.

    Examples
    --------
    >>> fit = usl_fit([1, 4, 8, 12, 16, 20], [20, 78, 130, 170, 190, 200])
    >>> round(fit.contention_ratio, 5), round(fit.coherency_ratio, 5), round(fit.peak_concurrency, 1)
    (0.02444, 0.00163, 24.5)
    >>> fit.problem.partition("; ")[0]
    'the peak at 24.49 is beyond the measurements, which end at 20'

    References
    ----------
    [GUNTHER], [BATES].
    """
    N, X, level = _points(concurrency, throughput_rps, confidence_ratio)
    scale = float(X.max())
    y = X / scale
    best, free = _least_squares(N, y)
    if best[2] > _ENDLESS:
        hint = "All lie past the peak: measure at lower concurrency too."
        raise DomainError("throughput_rps", X.tolist(), "what determines three parameters", hint)
    rest = _model(best, N)[0] - y
    square = float(rest @ rest)
    spread = float(((y - y.mean()) ** 2).sum())
    spare = len(N) - int(free.sum())
    intervals = _intervals(best, free, N, y, level) if len(N) > 3 else [None] * 3
    single = intervals[2]
    return UslFit(
        contention_ratio=float(best[0]),
        coherency_ratio=float(best[1]),
        single_rps=float(best[2] * scale),
        at_bound=tuple(name for name, is_free in zip(_NAMES, free, strict=True) if not is_free),
        confidence_ratio=level,
        contention_interval=intervals[0],
        coherency_interval=intervals[1],
        single_interval_rps=None if single is None else (single[0] * scale, single[1] * scale),
        residual_sd_rps=float(np.sqrt(square / spare) * scale) if spare else None,
        r_squared=1 - square / spread if spread > 0 else 1.0,
        points=len(N),
        largest_concurrency=float(N.max()),
    )


def _points(concurrency, throughput_rps, confidence_ratio) -> tuple[Array, Array, float]:
    N, X = real("concurrency", concurrency, 1), real("throughput_rps", throughput_rps, 0, above=True)
    level = real(
        "confidence_ratio", confidence_ratio, 0, 1, above=True, below=True, hint="Write 0.95 for 95%."
    )
    if N.ndim != 1 or N.shape != X.shape:
        raise DomainError("throughput_rps", X.tolist(), "the flat lists of as many numbers as concurrency")
    different = len(np.unique(N))
    if different < 3:
        hint = "There are three parameters to find."
        raise DomainError("concurrency", N.tolist(), "the lists of three different numbers or more", hint)
    return N, X, float(level)


def _least_squares(N: Array, y: Array) -> tuple[Array, np.ndarray]:
    """The best parameters inside the bounds, and which of them are free."""
    best = (np.inf, True)
    found: list[tuple[float, Array, np.ndarray]] = []
    for sigma, kappa in itertools.product((None, 0.0, 1.0), (None, 0.0)):
        start = np.array([0.1 if sigma is None else sigma, 0.0 if kappa is None else kappa, 1.0])
        free = np.array([sigma is None, kappa is None, True])
        for first in _starts(N, y, start, free):
            theta = _descend(lambda theta: _model(theta, N), y, first, free)
            rest = _model(theta, N)[0] - y
            outside = ((theta < _LEAST) | (theta > _MOST)).any()
            found.append((np.inf if outside else float(rest @ rest), theta, free))
            best = min((best, (float(rest @ rest), bool(outside)))) if free.all() else best
        if free.all() and not best[1]:  # the best of all lies inside: no bound is better
            break
    least = min(square for square, _, _ in found)
    near = [
        (free.sum(), square, k) for k, (square, _, free) in enumerate(found) if square <= least * (1 + 1e-12)
    ]
    _, _, k = max(near, key=lambda one: (one[0], -one[1]))
    return found[k][1], found[k][2]


def _starts(N: Array, y: Array, start: Array, free: np.ndarray) -> list[Array]:
    """From N/X = (1 + sigma (N - 1) + kappa N (N - 1))/lambda, linear in three numbers; and one by guess."""
    columns = np.stack([np.ones_like(N), N - 1, N * (N - 1)], axis=1)
    fixed = columns[:, 0] + (columns[:, 1:] * np.where(free[:2], 0.0, start[:2])).sum(axis=1)
    design = np.stack([fixed, *columns[:, 1:].T[free[:2]]], axis=1)
    weight = y / N
    solved = np.linalg.lstsq(design * weight[:, None] * y[:, None], y, rcond=None)[0]
    starts = []
    if solved[0] > 0:
        linear = start.copy()
        linear[:2][free[:2]] = solved[1:] / solved[0]
        linear[2] = 1 / solved[0]
        starts.append(linear)
    for guess in (1 / N.max(), 0.1):
        first = start.copy()
        first[:2][free[:2]] = np.array([guess, guess / N.max()])[free[:2]]
        first[2] = 1.0
        shape = _model(first, N)[0]
        first[2] = float(shape @ y / (shape @ shape))
        starts.append(first)
    return [one for one in starts if (_denominator(one, N) > 0).all()]


def _denominator(theta: Array, N: Array) -> Array:
    return 1 + theta[0] * (N - 1) + theta[1] * N * (N - 1)


def _model(theta: Array, N: Array) -> tuple[Array, Array]:
    """X of each N, and its derivatives by sigma, kappa, lambda."""
    below = _denominator(theta, N)
    x = theta[2] * N / below
    slow = -x / below * (N - 1)
    return x, np.stack([slow, slow * N, N / below], axis=1)


def _descend(model: Callable, y: Array, theta: Array, free: np.ndarray) -> Array:
    """Levenberg-Marquardt on the free parameters; their sizes differ much, so columns are scaled."""
    damp, stalls = 1e-3, 0
    x, J = model(theta)
    square = float((y - x) @ (y - x))
    for _ in range(_STEPS):
        part = J[:, free]
        size = np.maximum(np.linalg.norm(part, axis=0), 1e-300)
        rows = np.concatenate([part / size, np.sqrt(damp) * np.eye(part.shape[1])])
        step = np.linalg.lstsq(rows, np.concatenate([y - x, np.zeros(part.shape[1])]), rcond=None)[0] / size
        tried = theta.copy()
        tried[free] += step
        x_tried, J_tried = model(tried)
        new = float((y - x_tried) @ (y - x_tried)) if (x_tried > 0).all() else np.inf
        if tried[2] > _ENDLESS:
            return tried
        if new <= square * (1 + 1e-14):
            stalls += new >= square * (1 - 1e-14)
            theta, x, J, damp = tried, x_tried, J_tried, max(damp / 10, 1e-18)
            square = min(square, new)
            if (np.abs(step) * size <= 1e-14).all() or stalls > 20:
                break
        else:
            damp *= 10
            if damp > 1e12:
                break
    return theta


def _intervals(theta: Array, free: np.ndarray, N: Array, y: Array, level: float) -> list[Interval | None]:
    """Student's t; of a parameter on its bound, of the free fit linearised there."""
    x, J = _model(theta, N)
    part = J[:, free]
    size = np.linalg.norm(part, axis=0)
    centre, half = theta.copy(), np.zeros(3)
    half[free] = _half_widths(part / size, y - x, level) / size
    if not free.all():
        size = np.linalg.norm(J, axis=0)
        step = np.linalg.lstsq(J / size, y - x, rcond=None)[0]
        wide = _half_widths(J / size, y - x - J / size @ step, level) / size
        centre, half = np.where(free, centre, theta + step / size), np.where(free, half, wide)
    low, high = np.clip(centre - half, _LEAST, _MOST), np.clip(centre + half, _LEAST, _MOST)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _half_widths(J: Array, rest: Array, level: float) -> Array:
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    spare = J.shape[0] - J.shape[1]
    _, R = np.linalg.qr(J)
    inverse = np.linalg.inv(R)
    return stdtrit(spare, (1 + level) / 2) * np.sqrt(rest @ rest / spare) * np.linalg.norm(inverse, axis=1)
