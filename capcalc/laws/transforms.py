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
rounding in doubles near 1e-10 of probability. It rings at a jump of the distribution, so constants never enter a
transform: laws/latency.py keeps them apart as shifts and atoms.
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


class LogNormal(Node):
    """E exp(-s m e^(sigma Z)), Z standard normal, by the trapezoid rule on a turned line.

    On Z = u - i d the factor exp(-s m e^(sigma Z)) loses d sigma of the phase of s, so that it hardly turns any
    more, at the price of a factor exp(d^2/2): d is as much as the phase asks for and at most 3.
    """

    __slots__ = ("median_s", "sigma")
    _U = np.linspace(-9.5, 9.5, 153)

    def __init__(self, median_s, sigma) -> None:
        self.median_s, self.sigma = np.asarray(median_s, float), np.asarray(sigma, float)

    def _value(self, s, seen):
        d = np.clip(np.angle(s) / self.sigma, -3.0, 3.0)
        scaled = s * self.median_s * np.exp(-1j * d * self.sigma)
        total = 0.0
        for u in self._U:
            total = total + np.exp(-0.5 * u * u + 1j * u * d - scaled * np.exp(self.sigma * u))
        return total * np.exp(0.5 * d * d) * ((self._U[1] - self._U[0]) / np.sqrt(2 * pi))


class Quadrature(Node):
    """The transform of a time of which only the tail is known: mass - s * integral of exp(-s x) tail(x)."""

    __slots__ = ("mass", "tails", "weights", "x_s")

    def __init__(self, mass, x_s, weights, tails) -> None:
        self.mass, self.x_s, self.weights, self.tails = mass, x_s, weights, tails

    def _value(self, s, seen):
        total = np.zeros(np.broadcast_shapes(s.shape, self.tails.shape[1:]), complex)
        for x, w, tail in zip(self.x_s, self.weights, self.tails, strict=True):
            total += np.exp(-s * x) * (w * tail)
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
    k = np.arange(2 * m + 1)
    beta = m * np.log(10) / 3 + 1j * pi * k
    return beta, 10 ** (m / 3) * (-1.0) ** k * xi


_BLOCK = 8192  # complex numbers in flight: they fit the second-level cache


def invert(node: Node, x_s: np.ndarray, weight, atom, m: int = 17) -> tuple[np.ndarray, np.ndarray]:
    """Tail and density, at x > 0, of the part of `node` that is no atom.

    Parameters
    ----------
    node : Node
        Transform of a measure of total `weight` on [0, inf) with `atom` of it at 0.
    x_s : ndarray
        Times, > 0. [s]
    weight, atom : ndarray
        Mass in all and at zero, broadcast against `x_s`. [ratio]
    m : int
        Half the number of nodes.

    Returns
    -------
    (ndarray, ndarray)
        P(X > x) [ratio] and its negative slope [1/s], each scaled by the mass.
    """
    beta, eta = euler_nodes(m)
    mass = weight - atom
    tail, density = np.zeros(x_s.shape), np.zeros(x_s.shape)
    step = max(1, _BLOCK // max(1, x_s.size))
    column = (slice(None),) + (None,) * x_s.ndim
    for first in range(0, beta.size, step):
        b, e = beta[first : first + step][column], eta[first : first + step][column]
        part = node.at(b / x_s, {}) - atom
        tail += (e * ((mass - part) / b).real).sum(axis=0)
        density += (e * part.real).sum(axis=0)
    return tail, density / x_s


def panels(edges_s: np.ndarray, points: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on consecutive panels; `edges_s` runs along the first axis."""
    z, w = np.polynomial.legendre.leggauss(points)
    half = np.diff(edges_s, axis=0) / 2
    centre = (edges_s[1:] + edges_s[:-1]) / 2
    pick = (slice(None),) + (None,) * (edges_s.ndim - 1)
    x = centre[:, None] + half[:, None] * z[pick]
    weights = half[:, None] * w[pick]
    return x.reshape(-1, *edges_s.shape[1:]), weights.reshape(-1, *edges_s.shape[1:])

