"""The law of the load of the hottest shard, where keys of very different weight are hashed to shards.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| shards | m | `shards` | count |
| share of a key, split over r of the shards | p_i/r_i on each | `pieces` | ratio |
| chance that a shard has a piece | a_i = r_i/m | `chances` | ratio |

One shard's load is a sum of independent pieces, with characteristic function exp(sum_i log(1 + a_i (e^(i
theta p_i/r_i) - 1))). Shards are taken as independent but for the key of the heaviest pieces, which sits on
exactly r of them: P(max <= x) = F(x - p/r)^r F(x)^(m - r), F the load of one shard from all other keys, by a
midpoint sum of Gil-Pelaez. Without that the median is 2% to 4% low, as no shard might have the hottest key;
the normal law is low by 11% to 86%. F is smoothed by a fiftieth of its own spread and a 300th of the second
heaviest piece, so that the sum ends soon.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capcalc.laws._ranks import Array, rank_rule, total

_STEEP = 1.3
_POINTS = 384
_ENDS = 1e-10  # where the characteristic function is over
_TERMS = 20_000


class Hottest(NamedTuple):
    """P(share of the hottest shard <= x), at points that rise."""

    x: Array
    chance: Array

    def percentile(self, p: float) -> float:
        """The share that it does not exceed with chance p."""
        i = int(np.searchsorted(self.chance, p))
        if i == 0 or i == self.x.size:
            return float(self.x[min(i, self.x.size - 1)])
        x0, x1, y0, y1 = self.x[i - 1], self.x[i], self.chance[i - 1], self.chance[i]
        return float(x0 + (x1 - x0) * (p - y0) / (y1 - y0))

    def mean(self) -> float:
        """The mean share."""
        above = 1 - self.chance
        return float(self.x[0] + (np.diff(self.x) * (above[1:] + above[:-1]) / 2).sum())


@lru_cache(maxsize=256)
def hottest(shards: int, keys: int, zipf: float, hot_keys: int, copies: int) -> Hottest:
    """The law for hashed keys of which the `hot_keys` most popular are split over `copies` shards each."""
    x, w = rank_rule(keys, 2 if zipf > _STEEP else 4, max(64, hot_keys))
    p = x**-zipf
    p /= p @ w
    r = np.where(x <= hot_keys, float(copies), 1.0)
    pieces, chances = p / r, r / shards
    if shards == 1:
        return Hottest(np.array([1.0]), np.array([1.0]))
    if copies == shards and hot_keys >= keys:
        return Hottest(np.array([1 / shards]), np.array([1.0]))
    first = int(np.argmax(np.where(chances < 1, pieces, 0.0)))
    w = w.copy()
    w[first] -= 1
    x = _places(pieces, chances, w, pieces[first])
    both = _below(np.concatenate([x - pieces[first], x]), pieces, chances, w)
    with np.errstate(divide="ignore"):
        ln = r[first] * np.log(both[: x.size]) + (shards - r[first]) * np.log(both[x.size :])
    return Hottest(x, np.maximum.accumulate(np.exp(ln)))


def _moments(pieces: Array, chances: Array, w: Array) -> tuple[float, float]:
    mean = float((pieces * chances) @ w)
    return mean, math.sqrt(max(float((pieces**2 * chances * (1 - chances)) @ w), 1e-300))


def _places(pieces: Array, chances: Array, w: Array, first: float) -> Array:
    """Points to look at: from the least that the hottest can be, closer where its law is likely steep."""
    mean, sd = _moments(pieces, chances, w)
    second = float(np.where(w > 0, np.where(chances < 1, pieces, 0.0), 0.0).max())
    low = max(first, mean - 3 * sd)
    span = mean + first + 2 * second + 12 * sd - low
    return low + span * np.linspace(0, 1, _POINTS) ** 1.5


def _below(x: Array, pieces: Array, chances: Array, w: Array) -> Array:
    """P(load of a shard <= x)."""
    mean, sd = _moments(pieces, chances, w)
    spread = (w > 0) & (chances < 1)
    second = float(pieces[spread].max()) if spread.any() else 0.0
    smooth = sd / 50 + second / 300
    period = 2 * max(float(np.abs(x - mean).max()), 12 * sd + 3 * second)
    step = 2 * math.pi / period
    count = min(int(math.sqrt(-2 * math.log(_ENDS)) / smooth / step) + 2, _TERMS)
    out = np.full(x.shape, 0.5)
    y = x - mean
    for start in range(0, count, 64):
        k = np.arange(start, min(start + 64, count)) + 0.5
        theta = k * step
        turns = np.multiply.outer(theta, pieces)
        away = 1 - np.cos(turns)
        size = total(np.log1p(-2 * chances * (1 - chances) * away), w) / 2 - (theta * smooth) ** 2 / 2
        angle = total(np.arctan2(chances * np.sin(turns), 1 - chances * away), w) - theta * mean
        weight = np.exp(size) / (math.pi * k)
        out -= total(np.sin(angle - np.multiply.outer(y, theta)), weight)
        if weight.max() < _ENDS:
            break
    return np.clip(np.where(x < 0, 0.0, out), 0.0, 1.0)
