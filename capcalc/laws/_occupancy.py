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


@lru_cache(maxsize=64)
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


@lru_cache(maxsize=1024)
def _cubics(policy: Policy, law: Law) -> tuple[Array, Array]:
    """ln of the items at the ends, and a column for each stretch before, between and after them: its ends,
    and x0, 1/h, u0, du, a, b of u = u0 + du z + z (1 - z) (a (1 - z) - b z), z = (x - x0)/h.
    """
    u, x, slope = table(policy, law)
    h, du = np.maximum(np.diff(x), 1e-300), np.diff(u)
    inner = [u[:-1], u[1:], x[:-1], 1 / h, u[:-1], du, h / slope[:-1] - du, h / slope[1:] - du]
    before = [-_FAR, u[0], x[0], 1.0, u[0], 1.0, 0.0, 0.0]  # what is held grows as T
    after = [u[-1], u[-1] + _FAR, x[-1], 1.0, u[-1] + 0.5, 0.0, 0.0, 0.0]
    return x, np.stack([np.concatenate([[b], v, [a]]) for b, v, a in zip(before, inner, after, strict=True)])


def _start(policy: Policy, law: Law, items: Array) -> tuple[Array, Array, Array]:
    """A first u by the cubic through the table, and a bracket."""
    ends, columns = _cubics(policy, law)
    x = np.log(items)
    low, high, x0, per_h, u0, du, a, b = columns[:, np.searchsorted(ends, x)]
    z = (x - x0) * per_h
    start = u0 + z * (du + (1 - z) * (a - (a + b) * z))
    return np.minimum(np.maximum(start, low), high), low, high


def _solve(policy: Policy, law: Law, items: Array) -> Array:
    u, low, high = _start(policy, law, items)
    missing = law.keys - items
    many = items > law.keys / 2
    some_many = bool(many.any())
    for _ in range(_TURNS):
        held, left, rise = policy.occupancy(np.multiply.outer(np.exp(u), law.shares))
        m, slope = total(held, law.weights), np.maximum(total(rise, law.weights), 1e-300)
        step = m * np.log(items / m) / slope
        if some_many:
            c = np.maximum(total(left, law.weights), 1e-300)
            step = np.where(many, np.log1p(np.maximum(c * np.log(c / missing) / slope, -0.9)), step)
        new = u + step
        if (np.abs(step) < _CLOSE).all():
            return np.minimum(np.maximum(new, low), high)
        low, high = np.where(step > 0, u, low), np.where(step < 0, u, high)
        u = np.where((new >= low) & (new <= high), new, (low + high) / 2)
    return u
