"""Caches behind caches: many edges, one regional cache behind them, the origin.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| edges, each with 1/E of the requests | E | `edges` | count |
| items that fit in one edge, in the regional cache | C1, C2 | `edge_items`, `regional_items` | count |
| hit ratios of what gets there | h1, h2 | `edge`, `regional` | ratio |
| part of the requests that the origin does not see | 1 - (1 - h1)(1 - h2) | `offload` | ratio |

What gets to the second cache is what the first did not have: its head is gone, and a key that an edge holds
is not asked for. So the gaps between the misses of a key at one edge are a dead time and a rest: X = D +
Exp(mean b), D = E T1, b = e^(p D)/p - D, with the mean and the dead time exact. The regional cache sees E of
these at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws import _occupancy as fixed
from capcalc.laws._ranks import Array, Law, checked, zipf_law
from capcalc.laws._search import crossing, flattened
from capcalc.laws.caching import lru_hit_ratio

_OVER = 600.0  # an exponent above which a key is always held


class Delivery(NamedTuple):
    """Hit ratios of the two levels, of what gets to each, and of both together. [ratio]"""

    edge: Array
    regional: Array
    offload: Array


def cdn_hit_ratios(edges, edge_items, regional_items, keys, zipf) -> Delivery:
    """Hit ratios of LRU edges and of the LRU cache that they share. Approximation, 4e-3 at worst, often 1e-4.

    Parameters
    ----------
    edges : int or array_like
        E >= 1; the requests are spread evenly over them. [count]
    edge_items, regional_items : float or array_like
        How many fit in each edge, and in the regional cache, >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    Delivery
        `edge`, `regional` (of the misses of the edges), `offload`. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    With F the law of the time since an edge last missed a key: sum_i 1 - (1 - F(T2))^E = C2 gives T2, and a
    miss is answered unless its edge and all others last missed it longer ago.

    Examples
    --------
    >>> [round(float(h), 2) for h in cdn_hit_ratios(10, 100, 1000, 10_000, 1.0)]
    [0.39, 0.47, 0.67]

    References
    ----------
    [CHE], [GARETTO].
    """
    given = (
        whole("edges", edges, 1),
        real("edge_items", edge_items, 0),
        real("regional_items", regional_items, 0),
        *checked(keys, zipf),
    )
    shape, cases = flattened(*given)
    found = np.array([_two_levels(*(float(v) for v in case)) for case in zip(*cases, strict=True)])
    edge, regional = (found.reshape(-1, 2)[:, i].reshape(shape)[()] for i in (0, 1))
    return Delivery(edge, regional, 1 - (1 - edge) * (1 - regional))


def conditional_hit_ratios(shares) -> list[float]:
    """Of the requests that each level answers, as parts of all: the hit ratio of what gets to each.

    Parameters
    ----------
    shares : array_like
        Part of all requests that each level answers, from the user inwards; the last is the origin. [ratio]

    Returns
    -------
    list
        One for each level; the last is 1. [ratio]

    Raises
    ------
    DomainError : a share is below 0 or not finite, or they do not add up to 1.

    Examples
    --------
    >>> [round(h, 3) for h in conditional_hit_ratios([0.655, 0.200, 0.046, 0.099])]
    [0.655, 0.58, 0.317, 1.0]

    References
    ----------
    [HUANG].
    """
    x = real("shares", shares, 0, 1).ravel()
    if abs(x.sum() - 1) > 1e-6:
        raise DomainError(
            "shares", float(x.sum()), "what adds up to 1", "Give the origin's part as the last."
        )
    arrives = np.cumsum(x[::-1])[::-1]
    return (x / np.where(arrives > 0, arrives, 1.0)).tolist()


def cluster_hit_ratio(items, nodes, lost, keys, zipf):
    """Hit ratio of LRU nodes that share the keys by their hash, after some are lost and the rest have filled.

    Parameters
    ----------
    items : float or array_like
        How many fit in all nodes together, C >= 0. [count]
    nodes : int or array_like
        m >= 1. [count]
    lost : int or array_like
        How many of them are lost, from 0 to m. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        h(C (m - lost)/m): nodes by hash are one cache, but for 5e-4. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Just after the loss the keys of the lost nodes miss: h (1 - lost/m) on average, with consistent placement.

    Examples
    --------
    >>> [round(float(h), 3) for h in cluster_hit_ratio(1000, 8, [0, 1], 10_000, 0.8)]
    [0.437, 0.415]

    References
    ----------
    [CHE].
    """
    m = whole("nodes", nodes, 1)
    gone = whole("lost", lost)
    if (gone > m).any():
        raise DomainError("lost", float(np.max(gone)), "what is no more than nodes")
    return lru_hit_ratio(real("items", items, 0) * (1 - gone / m), keys, zipf)


def _two_levels(edges: float, edge_items: float, regional_items: float, keys: float, zipf: float):
    law = zipf_law(keys, zipf)
    sizes = np.array([edge_items])
    life = fixed.life(fixed.LRU, law, sizes)
    edge = float(fixed.hit_ratio(fixed.LRU, law, life)[0])
    if edge_items >= keys or regional_items >= keys:
        return edge, 1.0  # compulsory misses are not counted
    if regional_items == 0:
        return edge, 0.0
    return edge, _regional(law, edges, float(life[0]) * edges, regional_items)


def _regional(law: Law, edges: float, dead: float, items: float) -> float:
    p = law.shares / edges
    y = np.minimum(p * dead, _OVER)
    rate = p * np.exp(-y)  # of the misses of one edge
    rest = np.exp(y) / p - dead

    def not_since(t: float) -> tuple[Array, Array]:
        """The chance of a gap above t, and that an edge has not missed within t."""
        after = np.maximum(t - dead, 0.0)
        gap = np.where(t <= dead, 1.0, np.exp(-after / rest))
        seen = rate * (min(t, dead) - rest * np.expm1(-after / rest))
        return gap, np.maximum(1 - seen, 0.0)

    def short(u: Array, _) -> Array:
        return np.array(
            [items - float((1 - not_since(t)[1] ** edges) @ law.weights) for t in np.exp(u).tolist()]
        )

    t = float(np.exp(crossing(short, np.full(1, np.log(items / 4)), np.full(1, np.log(60 / rate.min()))))[0])
    gap, none = not_since(t)
    missed = law.together * np.exp(-y)
    return float(missed @ (1 - gap * none ** (edges - 1)) / missed.sum())
