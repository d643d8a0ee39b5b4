"""A tail that is worked out once and read off afterwards: panels of Gauss-Legendre points, Lagrange between them.

A maximum or a hedged call asks for the tails of its parts again and again, at other times for each of their corners;
an inverted transform costs a thousand times what a polynomial does.

| quantity | symbol | name |
| --- | --- | --- |
| points of a panel, in [-1, 1] | z_j | |
| barycentric weights of them | (-1)^j sqrt((1 - z_j^2) w_j) | |

References
----------
[BERRUT] section 5 (barycentric interpolation); [WANG] (its weights at Legendre points).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from capcalc.laws import transforms as tr
from capcalc.laws.latency import Branch, Latency

POINTS = 40
NOISE = 1e-9  # of an inversion, at its worst
_EDGES = np.concatenate([[0.0], 2.0 ** np.arange(-17, 27)])  # in units of the branch's own scale


@lru_cache(maxsize=1)
def _barycentric() -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of one panel."""
    z, w = np.polynomial.legendre.leggauss(POINTS)
    return z, (-1.0) ** np.arange(POINTS) * np.sqrt((1 - z * z) * w)


class Tabulated:
    """Tail and density of the rest of a branch, as a `Direct`: inverted on first use, then interpolated."""

    def __init__(self, branch: Branch) -> None:
        self._branch = branch
        self._table: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def __call__(self, x_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mass beyond x > 0, and density there. [ratio, 1/s]"""
        if self._table is None:
            self._table = self._made()
        scale, tails, densities = self._table
        x_s = np.asarray(x_s, float)
        shape = np.broadcast_shapes(x_s.shape, scale.shape)
        at = np.broadcast_to(x_s / scale, shape)
        panel = np.clip(np.searchsorted(_EDGES, at, side="right") - 1, 0, len(_EDGES) - 2)
        low, high = _EDGES[panel], _EDGES[panel + 1]
        z = (2 * at - low - high) / (high - low)
        beyond = at > _EDGES[-1]
        index = np.ix_(*(np.arange(n) for n in scale.shape)) if scale.ndim else ()
        tail, density = self._between(np.where(beyond, 0.0, z), panel * POINTS, index, (tails, densities))
        return np.where(beyond, 0.0, tail), np.where(beyond, 0.0, density)

    def _made(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The branch's scale, and its tail and density at all points of all panels."""
        b = self._branch
        mass = np.where(np.abs(b.weight - b.atom) > 0, np.abs(b.weight - b.atom), 1.0)
        scale = np.asarray(np.abs(b.mean_s) / mass + np.sqrt(np.abs(b.square_s2) / mass))
        scale = np.where(scale > 0, scale, 1.0)
        x, _ = tr.panels(np.multiply.outer(_EDGES, scale), POINTS)
        both = tr.invert(b.node, x, b.weight, b.atom, (b.mean_s, b.square_s2))
        tails, densities = (np.broadcast_to(v, (len(x), *np.shape(v)[1:])) for v in both)
        # an inverted tail never falls to 0; where a whole panel is noise there is nothing any more
        dead = np.abs(tails).reshape(-1, POINTS, *tails.shape[1:]).max(axis=1) <= NOISE
        alive = ~np.repeat(np.logical_or.accumulate(dead, axis=0), POINTS, axis=0)
        return np.broadcast_to(scale, tails.shape[1:]), tails * alive, densities * alive

    def _between(self, z, first, index, tables) -> list[np.ndarray]:
        """Lagrange's polynomial of each panel, in its second barycentric form."""
        points, weights = _barycentric()
        total, sums = np.zeros(z.shape), [np.zeros(z.shape) for _ in tables]
        hit, exact = np.zeros(z.shape, bool), [np.zeros(z.shape) for _ in tables]
        for j in range(POINTS):
            gap = z - points[j]
            here = gap == 0
            factor = weights[j] / np.where(here, 1.0, gap)
            total += np.where(here, 0.0, factor)
            for k, table in enumerate(tables):
                value = table[(first + j, *index)]
                sums[k] += np.where(here, 0.0, factor) * value
                if here.any():
                    exact[k] = np.where(here, value, exact[k])
            hit |= here
        return [np.where(hit, e, s / np.where(hit, 1.0, total)) for s, e in zip(sums, exact, strict=True)]


def tabulated(law: Latency) -> Latency:
    """The same law, whose inverted branches are read off a table; what has a closed form keeps it."""
    if all(b.node is None or b.direct for b in law.branches):
        return law
    branches = (b if b.node is None or b.direct else replace(b, direct=Tabulated(b)) for b in law.branches)
    return replace(law, branches=tuple(branches))
