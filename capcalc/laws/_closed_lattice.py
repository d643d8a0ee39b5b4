"""Closed networks of several classes over the lattice of populations 0..N of each class.

Two ways, both of positive terms alone: the mean-value analysis where every station has one server or is a
delay, and the convolution of `_closed_ratios` in as many dimensions as there are classes where a station has
a pool. There the demands of class r are multiplied by about its throughput, so that G(N) is the chance that
an open network of that throughput holds N customers: near its mode, far from the ends of the doubles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capcalc.laws._stations import Array

Shape = tuple[int, ...]
Index = NDArray[np.intp]


class Lattice:
    """The populations up to N, by their total, and from where each class comes one customer before."""

    def __init__(self, population: Array) -> None:
        self.shape: Shape = tuple(int(n) + 1 for n in population)
        size = int(np.prod(self.shape))
        total = np.zeros(self.shape, dtype=np.intp)
        for axis, length in enumerate(self.shape):
            total += np.arange(length).reshape([-1 if a == axis else 1 for a in range(len(self.shape))])
        order = np.argsort(total.ravel(), kind="stable")
        ends = np.cumsum(np.bincount(total.ravel()))
        self.levels: list[Index] = np.split(order, ends[:-1])
        self.strides = [size // int(np.prod(self.shape[: axis + 1])) for axis in range(len(self.shape))]

    def of_class(self, level: Index, r: int) -> Index:
        """How many customers of class r there are."""
        return level // self.strides[r] % self.shape[r]


def mva(demands: Array, think: Array, delays: NDArray[np.bool_], population: Array) -> tuple[Array, Array]:
    """Throughput of each class and number at each station by the arrival theorem [REISER]."""
    lattice = Lattice(population)
    classes, stations = demands.shape
    place = np.zeros(int(np.prod(lattice.shape)), dtype=np.intp)
    queue = np.zeros((stations, 1))
    throughput, queues = np.zeros(classes), np.zeros((classes, stations))
    for level in lattice.levels[1:]:
        present, new = np.zeros((stations, level.size)), np.zeros((classes, stations))
        for r in range(classes):
            n = lattice.of_class(level, r)
            some = np.flatnonzero(n)
            met = np.where(delays[:, None], 0.0, queue[:, place[level[some] - lattice.strides[r]]])
            residence = demands[r][:, None] * (1 + met)
            x = n[some] / (think[r] + residence.sum(axis=0))
            present[:, some] += x * residence
            if some.size and some[-1] == level.size - 1:
                throughput[r], new[r] = x[-1], x[-1] * residence[:, -1]
        place[level] = np.arange(level.size)
        queue, queues = present, new
    return throughput, queues


def convolution(
    demands: Array, servers: Array, think: Array, population: Array, tilt: Array
) -> tuple[Array, Array]:
    """The same for pools of servers; `tilt` is about the throughput of each class."""
    lattice = Lattice(population)
    scaled = demands * tilt[:, None]
    free = servers >= population.sum()
    G = _delay(lattice, tilt * think + scaled[:, free].sum(axis=1))
    queueing = [k for k in np.flatnonzero(~free) if demands[:, k].any()]
    whole = G
    for k in queueing:
        whole = _with(lattice, whole, scaled[:, k], servers[k])
    last = tuple(length - 1 for length in lattice.shape)
    throughput = np.zeros(len(population))
    for r in np.flatnonzero(population):
        before = tuple(n - (a == r) for a, n in enumerate(last))
        throughput[r] = tilt[r] * whole[before] / whole[last]
    queues = throughput[:, None] * demands
    grids = np.meshgrid(*(np.arange(length) for length in lattice.shape), indexing="ij")
    for k, other in zip(queueing, _others(lattice, G, queueing, scaled, servers), strict=True):
        alone = np.zeros(lattice.shape)
        alone[(0,) * alone.ndim] = 1.0
        p = _with(lattice, alone, scaled[:, k], servers[k]) * np.flip(other)
        queues[:, k] = [(grid * p).sum() / p.sum() for grid in grids]
    return throughput, queues


def _others(lattice: Lattice, G: Array, which: list, scaled: Array, servers: Array) -> list[Array]:
    if len(which) < 2:
        return [G] * len(which)
    half = len(which) // 2
    parts = []
    for keep, add in ((which[:half], which[half:]), (which[half:], which[:half])):
        more = G
        for k in add:
            more = _with(lattice, more, scaled[:, k], servers[k])
        parts.append(_others(lattice, more, keep, scaled, servers))
    return parts[0] + parts[1]


def _delay(lattice: Lattice, load: Array) -> Array:
    """prod_r a^n e^-a / n!, scaled to a largest value of 1 in each class."""
    G = np.ones(())
    for a, length in zip(load, lattice.shape, strict=True):
        n = np.arange(1, length)
        mode = int(np.count_nonzero(n < a))
        with np.errstate(divide="ignore", over="ignore"):
            down = np.cumprod(np.arange(mode, 0, -1) / a)[::-1] if mode else np.ones(0)
        G = np.multiply.outer(G, np.concatenate([down, [1.0], np.cumprod(a / n[mode:])]))
    return G


def _with(lattice: Lattice, G: Array, load: Array, c: float) -> Array:
    """With one station more: first the c terms, then the recursion; scaled to a largest value of 1."""
    v, base = G, G
    for m in range(int(c) - 1, 0, -1):  # v = G + g1/g0 s (G + g2/g1 s (G + ...)), s = sum_r D_r z_r
        v = base + (c - m) / (c - m + 1) / m * _shifted(v, load)
        top = v.max()
        v, base = v / top, base / top
    flat = v.ravel().copy()
    for level in lattice.levels[1:]:
        for r, a in enumerate(load):
            if a > 0:
                some = level[lattice.of_class(level, r) > 0]
                flat[some] += a / c * flat[some - lattice.strides[r]]
    return (flat / flat.max()).reshape(lattice.shape)


def _shifted(v: Array, load: Array) -> Array:
    out = np.zeros_like(v)
    for axis, a in enumerate(load):
        ahead: list[slice] = [slice(None)] * v.ndim
        behind = list(ahead)
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        out[tuple(ahead)] += a * v[tuple(behind)]
    return out
