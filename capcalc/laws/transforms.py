"""Laplace transforms as small expressions, and the way back from a transform to a probability.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| transform variable | s | | 1/s |
| transform of a time X >= 0 | E[exp(-s X)] | `at(s)` | ratio |
| nodes of the inversion | beta_k, eta_k | `euler_nodes` | |

A node is a function of complex `s`. Nodes are shared freely (the same tier is in many paths), so `at` takes
`seen`, a dictionary that lives for one `s` and keeps what is already worked out: a graph of n nodes costs n
evaluations, however often its parts recur.

Way back: the Euler summation of [ABATE], 2M + 1 nodes, about 0.6 M digits; M = 17 balances truncation and
rounding in doubles near 1e-10 of probability. It rings at a jump of the distribution, so constants never
enter a transform: laws/latency.py keeps them apart as shifts and atoms. It also loses digits where a law is
narrow beside its distance from 0 (a deviation under a seventh of the mean), so `invert` may count from an
`origin` nearer by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb, pi

import numpy as np

Seen = dict[int, np.ndarray]


class Node:
    """A transform, or a weighted sum or product of some."""

    __slots__ = ()

    def at(self, s: np.ndarray, seen: Seen) -> np.ndarray:
        """Value at `s`; nodes lie along the first axis of `s`, scenarios along the others."""
        value = seen.get(id(self))
        if value is None:
            value = seen[id(self)] = self._value(s, seen)
        return value

    def _value(self, s: np.ndarray, seen: Seen) -> np.ndarray:
        raise NotImplementedError


class Constant(Node):
    """The same value for every s: the transform of a weight at zero."""

    __slots__ = ("weight",)

    def __init__(self, weight) -> None:
        self.weight = np.asarray(weight, float)

    def _value(self, s, seen):
        return self.weight


class Exponential(Node):
    """1 / (1 + s m): an exponential time of mean m."""

    __slots__ = ("mean_s",)

    def __init__(self, mean_s) -> None:
        self.mean_s = np.asarray(mean_s, float)

    def _value(self, s, seen):
        return 1 / (1 + s * self.mean_s)


class Uniform(Node):
    """(1 - exp(-s w)) / (s w): evenly between 0 and w."""

    __slots__ = ("width_s",)

    def __init__(self, width_s) -> None:
        self.width_s = np.asarray(width_s, float)

    def _value(self, s, seen):
        return -np.expm1(-s * self.width_s) / (s * self.width_s)


_NOTHING = -45.0  # exp of it is nothing beside 1


class LogNormal(Node):
    """E exp(-s m e^(sigma Z)), Z standard normal, by the trapezoid rule on a turned line.

    On Z = u - i d the factor exp(-s m e^(sigma Z)) loses d sigma of the phase of s, so that it hardly turns
    any more, at the price of a factor exp(d^2/2): d is as much as the phase asks for and at most 3. The
    time is counted from `start_s`, before which next to none of it lies; what little does is taken to be
    there.
    """

    __slots__ = ("median_s", "sigma", "start_s")
    _U = np.linspace(-9.5, 9.5, 153)

    def __init__(self, median_s, sigma, start_s=0.0) -> None:
        self.median_s, self.sigma = np.asarray(median_s, float), np.asarray(sigma, float)
        self.start_s = np.asarray(start_s, float)

    def _value(self, s, seen):
        d = np.clip(np.angle(s) / self.sigma, -3.0, 3.0)
        scaled = s * self.median_s * np.exp(-1j * d * self.sigma)
        d_most = np.abs(d).max()
        total, start = 0.0, s * self.start_s if self.start_s.any() else None
        for u in self._U:
            power = -scaled * np.exp(self.sigma * u)
            if start is not None:
                power += start
                np.minimum(power.real, 0.0, out=power.real)
            if power.real.max() < _NOTHING - 0.5 * d_most * d_most:  # nor will any further u add to the sum
                break
            total = total + np.exp(-0.5 * u * u + 1j * u * d + power)
        return total * np.exp(0.5 * d * d) * ((self._U[1] - self._U[0]) / np.sqrt(2 * pi))


class Quadrature(Node):
    """The transform of a time of which only the tail is known: mass - s * integral of exp(-s x) tail(x)."""

    __slots__ = ("mass", "tails", "weights", "x_s")

    def __init__(self, mass, x_s, weights, tails) -> None:
        self.mass, self.x_s, self.weights, self.tails = mass, x_s, weights, tails

    def _value(self, s, seen):
        total = np.zeros(np.broadcast_shapes(s.shape, (1, *self.tails.shape[1:])), complex)
        steps = np.diff(s, axis=0)
        even = len(s) > 2 and np.abs(steps - steps[0]).max() <= 1e-12 * np.abs(s).max()
        lead = (slice(None),) + (None,) * (s.ndim - self.tails.ndim)
        few = max(1, BLOCK // max(1, total[0].size))
        for i in range(0, len(self.tails), few):
            x, wide = self.x_s[i : i + few][lead], self.weights[i : i + few] * self.tails[i : i + few]
            term, factor = wide[lead] * np.exp(-s[0] * x), np.exp(-steps[0] * x) if even else None
            for k in range(len(s)):
                if k:  # evenly apart: exp(-s x) goes from one to the next by a constant factor
                    term = term * factor if even else wide[lead] * np.exp(-s[k] * x)
                total[k] += term.sum(axis=0)
        return self.mass - s * total


class Sum(Node):
    """Weighted sum: a mixture."""

    __slots__ = ("terms",)

    def __init__(self, terms: Sequence[tuple[np.ndarray, Node]]) -> None:
        self.terms = tuple(terms)

    def _value(self, s, seen):
        total = 0.0
        for weight, node in self.terms:
            total = total + weight * node.at(s, seen)
        return total


class Product(Node):
    """Product: independent times one after another."""

    __slots__ = ("factors",)

    def __init__(self, factors: Sequence[Node]) -> None:
        self.factors = tuple(factors)

    def _value(self, s, seen):
        total = self.factors[0].at(s, seen)
        for node in self.factors[1:]:
            total = total * node.at(s, seen)
        return total


class Delayed(Node):
    """exp(-s d) f(s): a constant in front."""

    __slots__ = ("delay_s", "node")

    def __init__(self, delay_s, node: Node) -> None:
        self.delay_s, self.node = np.asarray(delay_s, float), node

    def _value(self, s, seen):
        return np.exp(-s * self.delay_s) * self.node.at(s, seen)


class Power(Node):
    """f(s)^n: the same n times, one after another."""

    __slots__ = ("node", "times")

    def __init__(self, times: int, node: Node) -> None:
        self.times, self.node = times, node

    def _value(self, s, seen):
        return self.node.at(s, seen) ** self.times


class Normal(Node):
    """exp(-s mu + s^2 sd^2 / 2) times a mass."""

    __slots__ = ("mass", "mean_s", "sd_s")

    def __init__(self, mass, mean_s, sd_s) -> None:
        self.mass, self.mean_s, self.sd_s = (np.asarray(v, float) for v in (mass, mean_s, sd_s))

    def _value(self, s, seen):
        return self.mass * np.exp(s * (0.5 * s * self.sd_s**2 - self.mean_s))


class Scaled(Node):
    """The transform of k X is that of X at k s."""

    __slots__ = ("factor", "node")

    def __init__(self, factor, node: Node) -> None:
        self.factor, self.node = np.asarray(factor, float), node

    def _value(self, s, seen):
        return self.node.at(s * self.factor, {})


@lru_cache(maxsize=4)
def euler_nodes(m: int) -> tuple[np.ndarray, np.ndarray]:
    """beta_k and eta_k of the Euler inversion, the factor 10^(m/3) taken into eta.

    References
    ----------
    [ABATE] section 5.
    """
    xi = np.ones(2 * m + 1)
    xi[0], xi[2 * m] = 0.5, 2.0**-m
    for k in range(1, m):
        xi[2 * m - k] = xi[2 * m - k + 1] + 2.0**-m * comb(m, k)
    index = np.arange(2 * m + 1)
    beta = m * np.log(10) / 3 + 1j * pi * index
    return beta, 10 ** (m / 3) * (-1.0) ** index * xi


BLOCK = 8192  # complex numbers in flight: they fit the second-level cache


def origin(node: Node, mass, atom, mean_s, square_s2) -> tuple[np.ndarray, np.ndarray]:
    """A time c before which next to none of the mass lies, and the deviation; 0 if wide, or with an atom.

    c is 7 deviations under the mean; Chernoff's bound exp(y c) f(y) on the mass before c has to confirm it.
    """
    live = np.where(mass > 0, mass, 1.0)
    mean = mean_s / live
    sd = np.sqrt(np.maximum(square_s2 / live - mean * mean, 0.0))
    narrow = (mean > 7 * sd) & (sd > 0) & (atom == 0) & (mass > 0)
    if not narrow.any():
        return np.zeros(()), np.ones(())
    safe = np.where(narrow, sd, 1.0)
    c = np.where(narrow, np.minimum(mean - 7 * safe, 60 * safe), 0.0)  # 60: exp(s c) stays in range
    before = [np.abs(node.at((z / safe + 0j)[None], {})[0]) * np.exp(z / safe * c) / live for z in (5.0, 7.0)]
    return np.where(np.maximum(*before) <= 1e-9, c, 0.0), safe


def invert(
    node: Node, x_s: np.ndarray, weight, atom, moments=None, m: int = 17
) -> tuple[np.ndarray, np.ndarray]:
    """Tail and density, at x > 0, of the part of `node` that is no atom.

    Parameters
    ----------
    node : Node
        Transform of a measure of total `weight` on [0, inf) with `atom` of it at 0.
    x_s : ndarray
        Times, > 0. [s]
    weight, atom : ndarray
        Mass in all and at zero, broadcast against `x_s`. [ratio]
    moments : (ndarray, ndarray) or None
        Mean [s] and mean square [s^2], times the mass, to find an origin by.
    m : int
        Half the number of nodes.

    Returns
    -------
    (ndarray, ndarray)
        P(X > x) [ratio] and its negative slope [1/s], each scaled by the mass.
    """
    mass = weight - atom
    c, sd = origin(node, mass, atom, *moments) if moments else (np.zeros(()), np.ones(()))
    if not c.any():
        return _euler(node, x_s, mass, atom, None, m)
    x = np.where(c > 0, np.maximum(x_s - c, sd), x_s)
    with np.errstate(all="ignore"):  # exp(s c) can overflow far before the law begins
        tail, density = _euler(node, x, mass, atom, c, m)
    early = ((c > 0) & (x_s - c < sd)) | ~np.isfinite(tail + density)
    return np.where(early, mass, tail), np.where(early, 0.0, density)


def _after(total: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """The terms added one by one, so that a scenario comes out the same alone as among others."""
    if total.size < 128:
        return np.add.accumulate(np.concatenate([total[None], terms]), axis=0)[-1]
    for term in terms:
        total = total + term
    return total


def _euler(node: Node, x: np.ndarray, mass, atom, c, m: int) -> tuple[np.ndarray, np.ndarray]:
    beta, eta = euler_nodes(m)
    weights = eta / beta
    tail, density, inverse = np.zeros(x.shape), np.zeros(x.shape), 1 / x
    step = max(1, BLOCK // max(1, x.size))
    column = (slice(None),) + (None,) * x.ndim
    for first in range(0, beta.size, step):
        b, e, w = (v[first : first + step][column] for v in (beta, eta, weights))
        s = b * inverse
        part = node.at(s, {}) - atom
        part = part if c is None else part * np.exp(s * c)
        # the real part of (mass - part) e / b, of which only `part` and b are complex
        tail = _after(tail, (mass - part.real) * w.real + part.imag * w.imag)
        density = _after(density, e * part.real)
    return tail, density * inverse


def panels(edges_s: np.ndarray, points: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on consecutive panels; `edges_s` runs along the first axis."""
    z, w = np.polynomial.legendre.leggauss(points)
    half = np.diff(edges_s, axis=0) / 2
    centre = (edges_s[1:] + edges_s[:-1]) / 2
    pick = (slice(None),) + (None,) * (edges_s.ndim - 1)
    x = centre[:, None] + half[:, None] * z[pick]
    weights = half[:, None] * w[pick]
    return x.reshape(-1, *edges_s.shape[1:]), weights.reshape(-1, *edges_s.shape[1:])
