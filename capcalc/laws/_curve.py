"""The hit ratio of LRU over size as one curve, for many sizes of the same popularity.

Over u = ln T the logarithm of the items held and the hit ratio are smooth: on each stretch of length one or
less both are a Chebyshev series of 18 terms, good to 1e-12 [TREFETHEN]. From 1,000 items up to half of the
keys; a curve costs as much as some 300 sizes and is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capcalc.laws._ranks import Array, Law

MANY = 400  # sizes for which a curve pays
_TERMS = 18
_BLOCK = 8192
_TURNS = 6


class Curve(NamedTuple):
    """ln of the items and the hit ratio as series over stretches of ln T."""

    edges: Array  # ln T
    log_items: Array  # (terms, stretches)
    hit_ratio: Array

    def hit_ratios(self, items: Array) -> Array:
        """The hit ratios of sizes on the curve."""
        return _through(self.log_items, np.log(items), self.hit_ratio)

    def items(self, hit_ratios: Array) -> Array:
        """The sizes of hit ratios on the curve."""
        return np.exp(_through(self.hit_ratio, hit_ratios, self.log_items))


@lru_cache(maxsize=64)
def series(values: Callable[[Law, Array], tuple[Array, Array]], law: Law, first: float, last: float) -> Curve:
    """The curve from one ln T to another; `values` gives the items and the hit ratio at times."""
    count = max(int(np.ceil(last - first)), 1)
    edges = np.linspace(first, last, count + 1)
    angle = (np.arange(_TERMS) + 0.5) * np.pi / _TERMS
    u = (edges[:-1] + edges[1:])[:, None] / 2 + np.cos(angle) * (last - first) / count / 2
    items, hits = values(law, np.exp(u.ravel()))
    to_terms = 2 / _TERMS * np.cos(np.multiply.outer(np.arange(_TERMS), angle))
    to_terms[0] /= 2
    log_items, hit_ratio = (to_terms @ v.reshape(u.shape).T for v in (np.log(items), hits))
    return Curve(edges, log_items, hit_ratio)


def _through(known: Array, goal: Array, wanted: Array) -> Array:
    """`wanted` where `known` is `goal`; `known` rises."""
    out = np.empty(goal.shape)
    signs = (-1.0) ** np.arange(_TERMS)
    starts, ends = signs @ known, known.sum(axis=0)
    slopes: Array = np.polynomial.chebyshev.chebder(known).astype(np.float64)
    for start in range(0, goal.size, _BLOCK):
        y = goal[start : start + _BLOCK]
        i = np.minimum(np.maximum(np.searchsorted(starts, y) - 1, 0), starts.size - 1)
        z = np.minimum(np.maximum(2 * (y - starts[i]) / (ends[i] - starts[i]) - 1, -1.0), 1.0)
        here, slope = known[:, i], slopes[:, i]
        for _ in range(_TURNS):
            step = (y - _sum(here, z)) / _sum(slope, z)
            z = np.minimum(np.maximum(z + step, -1.01), 1.01)
            if np.abs(step).max() < 1e-8:
                break
        out[start : start + _BLOCK] = _sum(wanted[:, i], z)
    return out


def _sum(terms: Array, z: Array) -> Array:
    """Clenshaw's sum of Chebyshev polynomials."""
    one = two = np.zeros(z.shape)
    twice = 2 * z
    for c in terms[:0:-1]:
        one, two = twice * one - two + c, one
    return z * one - two + terms[0]
