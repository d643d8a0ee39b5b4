"""What a policy holds of a key, and the time at which it all just fits: sum_i w_i o(p_i T) = C.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| requests for a key in T | y = p T | | count |
| chance that a key is held | o | `Policy.held` | ratio |
| characteristic time | T | `life` | requests |

Newton's method on u = ln T, from a table of times an e-fold apart that also brackets the root, on the
logarithm of the held items, or of those left out where these are fewer: either is nearly straight, so that
three turns are enough. All cases go together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capcalc.laws._ranks import Array, Law, total

Occupancy = Callable[[Array], tuple[Array, Array, Array]]

_TURNS = 200
_CLOSE = 1e-8  # Newton doubles its digits: the turn after this one would change none
_FIRST = -3.0  # ln T at which the table begins
_LONG = 50.0  # requests for the rarest key at which it ends
_FAR = 700.0
CASES = 24  # together: the terms of so many fit the cache


class Policy(NamedTuple):
    """What it holds of a key asked for y times in T; what it leaves out; y d held/dy."""

    name: str
    occupancy: Occupancy


def _lru(y: Array) -> tuple[Array, Array, Array]:
    left = np.exp(-y)
    return -np.expm1(-y), left, y * left


def _fifo(y: Array) -> tuple[Array, Array, Array]:
    left = 1 / (1 + y)
    held = y * left
    return held, left, held * left


def _clock(y: Array) -> tuple[Array, Array, Array]:
    fades = np.exp(-y)
    share = 1 / (y + fades)
    return y * share, fades * share, y * (1 + y) * fades * share * share


LRU, FIFO, CLOCK = Policy("lru", _lru), Policy("fifo", _fifo), Policy("clock", _clock)


def q_lru(q: float) -> Policy:
    """LRU that takes a missed item in with chance q."""

    def occupancy(y: Array) -> tuple[Array, Array, Array]:
        fades, comes = np.exp(-y), -np.expm1(-y)
        share = 1 / (fades + q * comes)
        return q * comes * share, fades * share, y * q * fades * share * share

    return Policy(f"q_lru({q})", occupancy)


def life(policy: Policy, law: Law, items: Array) -> Array:
    """T for each of a flat array of sizes; 0 at no items, inf where all keys fit."""
    out = np.where(items > 0, np.inf, 0.0)
    live = np.flatnonzero((items > 0) & (items < law.keys))
    for start in range(0, live.size, CASES):
        chosen = live[start : start + CASES]
        out[chosen] = np.exp(_solve(policy, law, items[chosen]))
    return out


def hit_ratio(policy: Policy, law: Law, times: Array) -> Array:
    """sum p o(p T), for a flat array of times."""
    out = np.where(times > 0, 1.0, 0.0)
    live = np.flatnonzero((times > 0) & np.isfinite(times))
    for start in range(0, live.size, CASES):
        chosen = live[start : start + CASES]
        held, _, _ = policy.occupancy(np.multiply.outer(times[chosen], law.shares))
        out[chosen] = total(held, law.together)
    return out


def held_items(policy: Policy, law: Law, times: Array) -> Array:
    """sum o(p T), for a flat array of times."""
    out = np.empty(times.shape)
    for start in range(0, times.size, CASES):
        piece = slice(start, start + CASES)
        held, _, _ = policy.occupancy(np.multiply.outer(times[piece], law.shares))
        out[piece] = total(held, law.weights)
    return out


@lru_cache(maxsize=1024)
def table(policy: Policy, law: Law) -> tuple[Array, Array, Array]:
    """Times an e-fold apart, ln of what is held then, and its slope."""
    last = math.log(_LONG / max(float(law.shares[-1]), 1e-290))
    u = np.linspace(_FIRST, last, math.ceil(last - _FIRST) + 1)
    held, _, rise = policy.occupancy(np.multiply.outer(np.exp(u), law.shares))
    items = total(held, law.weights)
    return u, np.log(items), np.maximum(total(rise, law.weights) / items, 1e-12)


def _start(policy: Policy, law: Law, items: Array) -> tuple[Array, Array, Array]:
    """A first u by the cubic through the table, and a bracket."""
    u, log_items, slope = table(policy, law)
    x = np.log(items)
    i = np.searchsorted(log_items, x)
    inside = (i > 0) & (i < u.size)
    i = np.minimum(np.maximum(i, 1), u.size - 1)
    x0, h, du = log_items[i - 1], np.maximum(log_items[i] - log_items[i - 1], 1e-300), u[i] - u[i - 1]
    z = np.minimum(np.maximum((x - x0) / h, 0.0), 1.0)
    bent = (h / slope[i - 1] - du) * (1 - z) - (h / slope[i] - du) * z
    low = np.where(inside, u[i - 1], np.where(x < x0, -_FAR, u[-1]))
    high = np.where(inside, u[i], np.where(x < x0, u[0], u[-1] + _FAR))
    start = np.where(inside, u[i - 1] + du * z + z * (1 - z) * bent, np.where(x < x0, x, u[-1] + 0.5))
    return np.minimum(np.maximum(start, low), high), low, high


def _solve(policy: Policy, law: Law, items: Array) -> Array:
    u, low, high = _start(policy, law, items)
    missing = law.keys - items
    many = items > law.keys / 2
    for _ in range(_TURNS):
        held, left, rise = policy.occupancy(np.multiply.outer(np.exp(u), law.shares))
        m, slope = total(held, law.weights), np.maximum(total(rise, law.weights), 1e-300)
        step = m * np.log(items / m) / slope
        if many.any():
            c = np.maximum(total(left, law.weights), 1e-300)
            step = np.where(many, np.log1p(np.maximum(c * np.log(c / missing) / slope, -0.9)), step)
        low, high = np.where(step > 0, u, low), np.where(step < 0, u, high)
        new = u + step
        inside = (new >= low) & (new <= high)
        new = np.where(inside, new, (low + high) / 2)
        done = (np.abs(new - u) < _CLOSE) & inside
        u = new
        if done.all():
            break
    return u
