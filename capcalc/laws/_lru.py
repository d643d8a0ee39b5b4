"""LRU beyond Che: the correction of order 1/C in closed form, and the law itself where a cache is a toy.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| items that fit | C | `items` | count |
| time since the last use at which an item is dropped | T | `mean_life` | requests |

With K_i(t) the number of distinct other keys in t requests, a request for key i misses with E e^(-p_i T_i),
T_i the time at which K_i reaches C [KING], [FLAJOLET]. Che takes T_i for the T with m(T) = sum_i q_i = C, q_i
= 1 - e^(-p_i T). Its mean and spread to the next order, with e = e^(-p T), m' = sum p e, V = sum q e:

    E T_i - T = (q_i - 1)/m' + sum p e^2/m'^2 + V sum p^2 e/(2 m'^3) + ...,  var T_i = V/m'^2 + ...

give `correction`, whose error falls as 1/C^2: 1e-8 at a thousand items. It is 0 at equal popularity, as it
has to be. Up to `SMALL` items `small_hit_ratio` does the integral over t instead: K_i exactly by its
characteristic function for up to 64 keys (and for `exact_hit_ratio`), else as a normal number with one
Edgeworth term.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from capcalc.laws._curve import MANY, Curve, series
from capcalc.laws._occupancy import CASES, LRU, held_items, hit_ratio, life, table
from capcalc.laws._ranks import Array, Law, total, zipf_law
from capcalc.laws.erlang import normal_density, normal_tail
from capcalc.laws.popularity import zipf_top_share

SMALL = 1000  # items up to which the integral is done: there it and the correction are 1e-8 apart
_TURNS = 200
_TOY = 64  # keys up to which the law of K is exact
_REACH = 8.5  # standard deviations that count
_NARROW = 0.1  # relative spread up to which times are taken evenly
_NEVER = 28.0  # -ln of a chance that does not count
_FEW, _MANY = 48, 128  # points of the integral over time, of a narrow and of a wide stretch


def correction(law: Law, life: Array) -> Array:
    """Hit ratio of LRU less that of Che, at Che's characteristic times (along the first axis)."""
    p, w, pw = law.shares, law.weights, law.together
    q = -np.expm1(-np.multiply.outer(life, p))
    e = 1 - q
    slope, spread = total(e, pw), total(q * e, w)
    bend, third = total(e, pw * p), total(e, pw * p * p)
    alone, twice = total(q * e, pw * p), total(e * e, pw)
    ok = (slope > 0) & np.isfinite(life)
    slope = np.where(ok, slope, 1.0)
    shift = (twice / slope - 1 + spread * bend / (2 * slope**2)) / slope
    return np.where(ok, alone / slope + shift * bend - spread * third / (2 * slope**2), 0.0)


@lru_cache(maxsize=8192)
def small_hit_ratio(items: int, keys: float, zipf: float) -> float:
    """Hit ratio of LRU for a whole number of items, at most SMALL."""
    law = zipf_law(keys, zipf)
    if items <= 1 or items >= keys:
        return min(items, 1) * float(law.together @ law.shares) if items < keys else 1.0
    best = float(zipf_top_share(items, keys, zipf))  # which nearly equal popularity comes close to
    return min(exact_hit_ratio(items, law) if keys <= _TOY else _normal_hit_ratio(items, law), best)


@lru_cache(maxsize=4)
def _legendre(points: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(points)


def _window(items: int, law: Law) -> tuple[float, float]:
    """Che's T and the standard deviation of the time at which the distinct keys reach `items`, over T."""
    T = float(life(LRU, law, np.array([float(items)]))[0])
    e = np.exp(-law.shares * T)
    return T, math.sqrt(float((e * (1 - e)) @ law.weights)) / float(e @ law.together) / T


def _edges(items: int, law: Law) -> tuple[float, float, bool]:
    """Times before which K has not reached `items`, and after which it has; whether to go by their logarithm.

    Early, the chance that it has is about (t/T)^C.
    """
    T, sd = _window(items, law)
    if sd < _NARROW:
        return T * (1 - _REACH * sd), T * (1 + _REACH * sd), False
    return T * math.exp(-max(_REACH * sd, _NEVER / items)), T * math.exp(_REACH * sd), True


def _times(first: float, last: float, by_log: bool, points: int) -> tuple[Array, Array]:
    """Nodes and weights of an integral over time."""
    z, g = _legendre(points)
    if not by_log:
        return (first + last) / 2 + (last - first) / 2 * z, (last - first) / 2 * g
    half = math.log(last / first) / 2
    t = np.exp(math.log(first) + half * (1 + z))
    return t, g * half * t


def _normal_hit_ratio(items: int, law: Law) -> float:
    p, w = law.shares, law.weights
    edges = _edges(items, law)
    t, g = _times(*edges, _FEW)
    q = -np.expm1(-np.multiply.outer(t, p))
    e = 1 - q
    v = q * e
    k = v * (e - q)
    mean, spread, third = (total(x, w)[:, None] - x for x in (q, v, k))
    spread = np.maximum(spread, 1e-12)
    sd = np.sqrt(spread)
    z = (items - 0.5 - mean) / sd
    less = normal_tail(-z) - normal_density(z) * (third / (6 * spread * sd) * (z * z - 1) - z / (24 * spread))
    part = (g[:, None] * e * np.clip(less, 0.0, 1.0)).sum(axis=0)
    return float((law.together * p) @ part - law.together @ np.expm1(-p * edges[0]))


def exact_hit_ratio(items: int, law: Law) -> float:
    """LRU with the law of K_i itself; good to 1e-9 or better."""
    edges = _edges(items, law)
    t, g = _times(*edges, _MANY if edges[2] else _FEW)
    q = -np.expm1(-np.multiply.outer(t, law.shares))
    below = _few_keys_below if law.keys <= _TOY else _keys_below
    inside = (g[:, None] * (1 - q) * below(items, q, law)).sum(axis=0) @ (law.together * law.shares)
    return float(inside - law.together @ np.expm1(-law.shares * edges[0]))


def _few_keys_below(items: int, q: Array, law: Law) -> Array:
    """P(K_i < C) for each time and key: the law of all keys, less key i by the stable way round."""
    times, n = q.shape
    chance = np.zeros((n + 1, times))
    chance[0] = 1.0
    for i in range(n):
        chance[1:] = chance[1:] * (1 - q[:, i]) + chance[:-1] * q[:, i]
        chance[0] *= 1 - q[:, i]
    rare, common = np.minimum(q, 0.5), np.maximum(q, 0.5)
    fewer, part = np.zeros(q.shape), np.zeros(q.shape)
    for k in range(items):
        part = (chance[k][:, None] - rare * part) / (1 - rare)
        fewer += part
    more, part = np.zeros(q.shape), np.zeros(q.shape)
    for k in range(n, items, -1):
        part = (chance[k][:, None] - (1 - common) * part) / common
        more += part
    return np.where(q <= 0.5, fewer, 1 - more)


def _keys_below(items: int, q: Array, law: Law) -> Array:
    """The same by the characteristic function of K."""
    e = 1 - q
    mean, sd = total(q, law.weights), np.sqrt(total(q * e, law.weights))
    # K lies in a stretch of `period` numbers at all these times; of it those below C are counted.
    below = min(items, math.ceil(items - mean[0] + _REACH * sd[0]) + 2)
    period = min(law.keys + 1, below + math.ceil(mean[-1] + _REACH * sd[-1] - items) + 3)
    turn = 2 * math.pi / period
    last = min(period // 2, math.ceil(_REACH / max(float(sd[0]), 1e-9) / turn))
    inside = np.zeros(q.shape)
    for theta in (turn * np.arange(last + 1)).tolist():
        half = 2 * math.sin(theta / 2) ** 2
        real, imaginary = 1 - half * q, math.sin(theta) * q
        size = total(np.log1p(-2 * half * q * e), law.weights) / 2
        z = complex(math.cos(theta), math.sin(theta))
        ramp = (below if theta == 0 else (1 - z**-below) / (1 - 1 / z)) * z ** -(items - below)
        value = np.exp(size + 1j * total(np.arctan2(imaginary, real), law.weights)) * ramp
        value *= 1.0 if theta == 0 or abs(theta - math.pi) < 1e-12 else 2.0
        inside += (value.real[:, None] * real + value.imag[:, None] * imaginary) / (real**2 + imaginary**2)
    return inside / period


def lru_hit_ratio_of(law: Law, keys: float, zipf: float, items: Array) -> Array:
    """Hit ratios for a flat array of sizes; up to SMALL a part of an item counts as that part of the gain."""
    out = np.empty(items.shape)
    small = items <= SMALL
    for i in np.flatnonzero(small).tolist():
        out[i] = _between(float(items[i]), keys, zipf)
    on_curve = ~small & (items <= law.keys / 2)
    if on_curve.sum() >= MANY:
        out[on_curve] = _curve(law).hit_ratios(items[on_curve])
        small |= on_curve
    large = np.flatnonzero(~small)
    if large.size:
        times = life(LRU, law, items[large])
        out[large] = np.minimum(_corrected(law, times), 1.0)
    return out


def _corrected(law: Law, times: Array) -> Array:
    found = hit_ratio(LRU, law, times)
    for start in range(0, times.size, CASES):
        piece = slice(start, start + CASES)
        found[piece] += correction(law, times[piece])
    return found


def _curve(law: Law) -> Curve:
    """From SMALL items to half of the keys."""
    first, last = np.log(life(LRU, law, np.array([SMALL, law.keys / 2]))).tolist()
    return series(_items_and_hits, law, first, last)


def _items_and_hits(law: Law, times: Array) -> tuple[Array, Array]:
    return held_items(LRU, law, times), _corrected(law, times)


def _between(items: float, keys: float, zipf: float) -> float:
    whole_items = int(items)
    here = small_hit_ratio(whole_items, keys, zipf)
    part = items - whole_items
    return here + part * (small_hit_ratio(whole_items + 1, keys, zipf) - here) if part else here


def lru_items_of(law: Law, keys: float, zipf: float, goal: Array) -> Array:
    """The sizes at which `lru_hit_ratio_of` gives these hit ratios."""
    out = np.where(goal >= 1, keys, 0.0)
    most = int(min(SMALL, keys))
    edge = small_hit_ratio(most, keys, zipf)
    for i in np.flatnonzero((goal > 0) & (goal < 1) & (goal <= edge)).tolist():
        out[i] = _small_items(float(goal[i]), keys, zipf, most)
    large = (goal > edge) & (goal < 1)
    if large.sum() >= MANY and keys > 2 * SMALL:
        curve = _curve(law)
        on_curve = large & (goal <= curve.hit_ratio[:, -1].sum())
        out[on_curve] = np.maximum(curve.items(goal[on_curve]), most)
        large &= ~on_curve
    for start in range(0, int(large.sum()), CASES):
        chosen = np.flatnonzero(large)[start : start + CASES]
        out[chosen] = np.clip(held_items(LRU, law, _times_for(law, goal[chosen])), most, keys)
    return out


def _small_items(goal: float, keys: float, zipf: float, most: int) -> float:
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if small_hit_ratio(middle, keys, zipf) < goal else (low, middle)
    below, above = (small_hit_ratio(c, keys, zipf) for c in (low, high))
    return low + (goal - below) / (above - below)


def _times_for(law: Law, goal: Array) -> Array:
    """T at which the corrected hit ratio is `goal`: Newton on ln of the misses, with the slope by Che."""
    p, together = law.shares, law.together
    low, high = np.full(goal.shape, -5.0), np.full(goal.shape, math.log(60 / max(float(p[-1]), 1e-290)))
    u = _first_time(law, goal)
    for _ in range(_TURNS):
        y = np.multiply.outer(np.exp(u), p)
        fades = np.exp(-y)
        missed = np.maximum(total(fades, together) - correction(law, np.exp(u)), 1e-300)
        step = missed * np.log(missed / (1 - goal)) / np.maximum(total(y * fades, together), 1e-300)
        low, high = np.where(step > 0, u, low), np.where(step < 0, u, high)
        new = np.where((u + step >= low) & (u + step <= high), u + step, (low + high) / 2)
        done = np.abs(new - u) < 1e-10
        u = new
        if done.all():
            break
    return np.exp(u)


def _first_time(law: Law, goal: Array) -> Array:
    u, _, _ = table(LRU, law)
    return np.interp(goal, hit_ratio(LRU, law, np.exp(u)), u)
