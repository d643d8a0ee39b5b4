"""Response times as objects: a mean, a distribution, percentiles, and an algebra that never adds percentiles.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| response time | T | a `Latency` | s |
| P(T > t) | | `tail` | ratio |
| constant part, mass exactly there | d, | `Branch.shift_s`, `Branch.atom` | s, ratio |
| mass that never answers (a saturated queue) | | `lost` | ratio |

A law is a list of branches (weight, constant shift, transform of the rest). Constants are shifts and never
enter a transform, since the inversion rings at a jump; each branch is inverted alone and moved to its
place, so that two far regions, hits and misses, and atoms keep their corners. A percentile that lands on an
atom is the atom. Every number may be an array of scenarios; they broadcast.

Parts that are put together are taken as independent. Where a system breaks that, whoever composes says so by
`Latency.noted`, and the standing travels with the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws import transforms as tr
from capcalc.laws.erlang import normal_density, normal_tail
from capcalc.laws.percentile import least_time

Direct = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # x > 0 -> tail, density (masses)
LEVELS = ("exact", "approximation", "lower bound")
_SAME = 1e-12  # two shifts nearer than this, relatively, are one


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a composed number may be trusted, and why."""

    level: str = "exact"
    why: tuple[str, ...] = ()

    def __and__(self, other: Standing) -> Standing:
        level = max(self.level, other.level, key=LEVELS.index)
        return Standing(level, tuple(dict.fromkeys(self.why + other.why)))


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One way through: its mass, its constant, and what comes on top (moments weighted by the mass)."""

    weight: np.ndarray
    shift_s: np.ndarray
    atom: np.ndarray  # mass exactly at the shift, part of the weight
    mean_s: np.ndarray  # of the rest, times its mass
    square_s2: np.ndarray
    node: tr.Node | None = None  # transform of the rest with the atom; None: there is no rest
    direct: Direct | None = None  # tail and density of the rest in closed form, where there is one

    def beyond(self, t_s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mass beyond t, density at t, and mass exactly at t."""
        x = t_s - self.shift_s
        x = np.where(np.abs(x) <= _SAME * np.abs(t_s), 0.0, x)
        tail = np.where(x < 0, self.weight, self.weight - self.atom)
        density, jump = np.zeros(tail.shape), np.where(x == 0, self.atom, 0.0)
        after = np.broadcast_to(x > 0, tail.shape)
        if self.node is None or not after.any():
            return tail, density, jump
        x = np.broadcast_to(np.where(x > 0, x, 1.0), tail.shape)
        moments = self.mean_s, self.square_s2
        rest, slope = (
            self.direct(x) if self.direct else tr.invert(self.node, x, self.weight, self.atom, moments)
        )
        return np.where(after, rest, tail), np.where(after, slope, density), jump

    def times(self, factor: np.ndarray) -> Branch:
        """The same with its mass multiplied."""
        if np.ndim(factor) == 0 and factor == 1:
            return self
        node = self.node and tr.Sum([(np.asarray(factor), self.node)])
        direct = self.direct and _scaled_direct(self.direct, factor)
        masses = (self.weight, self.atom, self.mean_s, self.square_s2)
        w, a, m, q = (factor * v for v in masses)
        return Branch(w, self.shift_s, a, m, q, node, direct)


def _scaled_direct(direct: Direct, factor: np.ndarray) -> Direct:
    def scaled(x):
        tail, density = direct(x)
        return factor * tail, factor * density

    return scaled


def _summed_direct(directs: Sequence[Direct]) -> Direct:
    def summed(x):
        both = [direct(x) for direct in directs]
        return sum(tail for tail, _ in both), sum(density for _, density in both)

    return summed


def _follow(a: Branch, b: Branch) -> Branch:
    """b after a, independent."""
    weight, shift = a.weight * b.weight, a.shift_s + b.shift_s
    if a.node is None:
        return replace(b.times(a.weight), shift_s=shift)
    if b.node is None:
        return replace(a.times(b.weight), shift_s=shift)
    return Branch(
        weight,
        shift,
        a.atom * b.atom,
        a.weight * b.mean_s + b.weight * a.mean_s,
        a.weight * b.square_s2 + 2 * a.mean_s * b.mean_s + b.weight * a.square_s2,
        tr.Product([a.node, b.node]),
    )


def _merged(branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """Branches with the same shift made one, so that a chain of mixtures does not grow without end."""
    groups: list[list[Branch]] = []
    for branch in branches:
        for group in groups:
            if np.allclose(group[0].shift_s, branch.shift_s, rtol=_SAME, atol=0):
                group.append(branch)
                break
        else:
            groups.append([branch])
    return tuple(_one(group) for group in groups)


def _one(group: list[Branch]) -> Branch:
    if len(group) == 1:
        return group[0]
    total = [sum(getattr(b, name) for b in group) for name in ("weight", "atom", "mean_s", "square_s2")]
    weight, atom, mean, square = (np.asarray(v) for v in total)
    rest = [b for b in group if b.node is not None]
    if not rest:
        return Branch(weight, group[0].shift_s, atom, mean, square)
    still = sum((b.weight for b in group if b.node is None), np.asarray(0.0))
    one = np.asarray(1.0)
    node = tr.Sum([(one, tr.Constant(still)), *((one, b.node) for b in rest if b.node)])
    directs = [b.direct for b in rest if b.direct]
    direct = _summed_direct(directs) if len(directs) == len(rest) else None
    return Branch(weight, group[0].shift_s, atom, mean, square, node, direct)


@dataclass(frozen=True, slots=True, eq=False)
class Latency:
    """A response time. Make one with the functions of this module and laws/orders.py."""

    branches: tuple[Branch, ...]
    lost: np.ndarray  # probability of no answer at all; a tail never falls below it
    standing: Standing = Standing()

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the scenarios."""
        fields = [np.shape(v) for b in self.branches for v in (b.weight, b.shift_s, b.atom, b.mean_s)]
        return np.broadcast_shapes(np.shape(self.lost), *fields)

    @property
    def mean_s(self):
        """Mean; infinite where part of the requests is never answered. [s]"""
        mean = sum(b.shift_s * b.weight + b.mean_s for b in self.branches)
        return np.where(self.lost > 0, np.inf, mean)[()]

    @property
    def variance_s2(self):
        """Variance of the requests that are answered. [s^2]"""
        mean, square = self.moments()
        return np.maximum(square - mean * mean, 0.0)[()]

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean [s] and mean square [s^2] of the requests that are answered."""
        mass = np.where(self.lost < 1, 1 - self.lost, 1.0)
        mean = sum(b.shift_s * b.weight + b.mean_s for b in self.branches) / mass
        square = sum(b.weight * b.shift_s**2 + 2 * b.shift_s * b.mean_s + b.square_s2 for b in self.branches)
        return np.asarray(mean), np.asarray(square / mass)

    def survival(self, t_s) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """P(T > t) [ratio], density at t [1/s], P(T = t) [ratio]."""
        t = np.asarray(t_s, float)
        shape = np.broadcast_shapes(self.shape, t.shape)
        t = np.broadcast_to(t, shape)  # a part may vary over scenarios where neither time nor shift does
        total = [np.broadcast_to(self.lost, shape).astype(float), np.zeros(shape), np.zeros(shape)]
        for branch in self.branches:
            total = [a + b for a, b in zip(total, branch.beyond(t), strict=True)]
        return np.clip(total[0], 0.0, 1.0), np.maximum(total[1], 0.0), total[2]

    def tail(self, t_s):
        """P(T > t). [ratio]"""
        return self.survival(t_s)[0][()]

    def cdf(self, t_s):
        """P(T <= t). [ratio]"""
        return 1 - self.tail(t_s)

    def percentile(self, p):
        """The time that a share p of the requests does not exceed; inf where too many are never answered. [s]

        Raises
        ------
        DomainError : p is not strictly between 0 and 1.

        Examples
        --------
        >>> round(float(exponential(0.010).percentile(0.99)), 5)
        0.04605
        """
        p = real("p", p, 0, 1, above=True, below=True, hint="Write 0.99 for the 99th percentile.")
        shape = np.broadcast_shapes(self.shape, p.shape)
        corners = np.stack([np.broadcast_to(b.shift_s, shape) for b in self.branches])
        q = np.broadcast_to(1 - p, shape)
        return least_time(self.survival, corners, self.moments(), self.lost, q)[()]

    def noted(self, why: str, level: str = "approximation") -> Latency:
        """The same law with a reason why it is no more than an approximation or a bound."""
        return replace(self, standing=self.standing & Standing(level, (why,)))

    def scaled(self, factor) -> Latency:
        """The law of factor x T, factor > 0."""
        k = real("factor", factor, 0, above=True)
        branches = tuple(_scaled_branch(b, k) for b in self.branches)
        return replace(self, branches=branches)

    def __add__(self, other: Latency | float) -> Latency:
        return series(self, other if isinstance(other, Latency) else constant(other))

    __radd__ = __add__


def _scaled_branch(b: Branch, k: np.ndarray) -> Branch:
    def stretched(x, direct=b.direct):
        tail, density = direct(x / k)
        return tail, density / k

    node, direct = b.node and tr.Scaled(k, b.node), stretched if b.direct else None
    return Branch(b.weight, b.shift_s * k, b.atom, b.mean_s * k, b.square_s2 * k * k, node, direct)


def _law(node: tr.Node, mean, square, direct: Direct, shift=0.0) -> Latency:
    """A law without atoms, of mass one."""
    one, zero = np.asarray(1.0), np.asarray(0.0)
    branch = Branch(one, np.asarray(shift), zero, np.asarray(mean), np.asarray(square), node, direct)
    return Latency((branch,), zero)


def constant(time_s) -> Latency:
    """Always the same time, >= 0. [s]"""
    t = real("time_s", time_s, 0)
    one, zero = np.asarray(1.0), np.asarray(0.0)
    return Latency((Branch(one, t, one, zero, zero),), zero)


def exponential(mean_s) -> Latency:
    """An exponential time of the given mean, >= 0. [s]"""
    m = real("mean_s", mean_s, 0)
    if np.all(m == 0):
        return constant(0.0)
    safe = np.where(m > 0, m, np.finfo(float).tiny)

    def direct(x):
        tail = np.exp(-x / safe)
        return tail, tail / safe

    return _law(tr.Exponential(m), m, 2 * m * m, direct)


def lognormal(median_s, sigma) -> Latency:
    """A log-normal time: `median_s` > 0 [s], `sigma` > 0 the standard deviation of its logarithm."""
    m, k = real("median_s", median_s, 0, above=True), real("sigma", sigma, 0, above=True)
    mean = m * np.exp(k * k / 2)
    start = np.where(k < 0.2, m * np.exp(-8 * k), 0.0)  # a narrow one starts near by

    def direct(x):
        t = start + x
        z = np.log(t / m) / k
        return normal_tail(z), normal_density(z) / (k * t)

    square = mean * mean * np.exp(k * k) - (2 * mean - start) * start
    return _law(tr.LogNormal(m, k, start), mean - start, square, direct, start)


def uniform(width_s) -> Latency:
    """Evenly between 0 and `width_s` > 0. [s]

    In a sum good to 2e-4 of probability, from near its end on: the end is a corner, and not at a shift.
    """
    w = real("width_s", width_s, 0, above=True)

    def direct(x):
        inside = x < w
        return np.where(inside, 1 - x / w, 0.0), np.where(inside, 1 / w, 0.0)

    return _law(tr.Uniform(w), w / 2, w * w / 3, direct)


def wait(probability, rate_per_s) -> Latency:
    """Time in a queue: 0 with 1 - probability, else exponential; a rate <= 0 is a queue that never ends.

    Parameters
    ----------
    probability : float or array_like
        Chance of waiting at all. [ratio]
    rate_per_s : float or array_like
        1 / the mean wait of those who wait: c/S - lambda in M/M/c. [1/s]
    """
    p, rate = np.broadcast_arrays(real("probability", probability, 0, 1), real("rate_per_s", rate_per_s))
    open_ = rate > 0
    lost = np.where(open_, 0.0, 1.0)
    p, mean = np.where(open_, p, 0.0), 1 / np.where(open_, rate, 1.0)

    def direct(x):
        tail = p * np.exp(-x / mean)
        return tail, tail / mean

    node = tr.Sum([(np.asarray(1.0), tr.Constant(1 - lost - p)), (p, tr.Exponential(mean))])
    weight, zero = 1 - lost, np.asarray(0.0)
    return Latency((Branch(weight, zero, weight - p, p * mean, 2 * p * mean**2, node, direct),), lost)


def series(*laws: Latency) -> Latency:
    """One after another, independent: the sum of the times.

    Examples
    --------
    >>> round(float(series(exponential(0.005), exponential(0.005)).percentile(0.99)), 5)
    0.03319
    """
    return reduce(_pair, laws) if laws else constant(0.0)


def _pair(a: Latency, b: Latency) -> Latency:
    branches = _merged([_follow(x, y) for x in a.branches for y in b.branches])
    return Latency(branches, a.lost + b.lost - a.lost * b.lost, a.standing & b.standing)


def mixture(weights: Sequence, laws: Sequence[Latency]) -> Latency:
    """One of several with given chances, which sum to 1: hit or miss, near or far region.

    Raises
    ------
    DomainError : a weight is outside [0, 1], or they do not sum to 1.
    """
    shares = [real("weights", w, 0, 1) for w in weights]
    total = np.asarray(sum(shares))
    if len(shares) != len(laws) or np.any(np.abs(total - 1) > 1e-9):
        given = [np.asarray(w).tolist() for w in weights]
        raise DomainError("weights", given, "weights that sum to 1, one a law")
    used = [(w, law) for w, law in zip(shares, laws, strict=True) if np.any(w > 0)]
    branches = _merged([b.times(w) for w, law in used for b in law.branches])
    lost = sum((w * law.lost for w, law in used), np.asarray(0.0))
    return Latency(branches, lost, reduce(Standing.__and__, (law.standing for _, law in used)))


def either(probability, law: Latency, otherwise: Latency) -> Latency:
    """`law` with the given chance, else `otherwise`."""
    p = real("probability", probability, 0, 1)
    return mixture([p, 1 - p], [law, otherwise])


def percentile(p, law: Latency):
    """`law.percentile(p)`, for formulas. [s]"""
    return law.percentile(p)


def mean(law: Latency):
    """`law.mean_s`, for formulas. [s]"""
    return law.mean_s
