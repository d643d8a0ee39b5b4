"""Sums over all ranks of a popularity law in a few hundred terms, for 10 keys or 10^18.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| keys | N | `keys` | count |
| skew | s | `zipf` | ratio |
| share of one key | p | `shares` | ratio |
| keys that it stands for | w | `weights` | count |

sum_i f(i) over i = 1..N becomes sum_k w_k f(x_k). The head, ranks 1..64, stands for itself. The tail is cut
into blocks [a, r a - 1]; each takes the 16-point Gauss rule of the *discrete* uniform measure on its M whole
numbers (Gram's polynomials), so that no end corrections are needed: in x = (2j - (M - 1))/M the Jacobi matrix
has b_k = k^2 (1 - (k/M)^2) / (4 k^2 - 1) beside a zero diagonal [GOLUB]. i^-s is singular at 0 only, so that
the error of a block is about rho^-32, rho = z + sqrt(z^2 - 1), z = (r + 1)/(r - 1): 5e-16 at r = 4, whatever
s is. What is built on it, 1 - e^(-p T), bends more sharply as s grows: r is 2 above s = 1.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capcalc.checks import real, whole

Array = NDArray[np.float64]

MOST_KEYS = 1e18  # where the rule has some 500 terms (1,000 of a steep law)
MOST_SKEW = 10.0  # where the shares of 10^18 keys, and their squares, are still doubles
_HEAD = 64
_POINTS = 16
_STEEP = 1.3
_ALONE = 8192


@dataclass(frozen=True, eq=False, slots=True)
class Law:
    """A popularity law as a sum: `weights` keys of each of the `shares`, most popular first.

    Two laws are the same only if they are one object, so that what is worked out of one can be kept.
    """

    shares: Array  # p, of all requests, each key
    weights: Array  # w, keys
    together: Array  # w p, all keys of one term; they add up to 1
    keys: float  # N


def law_of(shares: Array, weights: Array, keys: float) -> Law:
    """The law of shares in any unit."""
    shares = shares / (shares @ weights)
    together = shares * weights
    for array in (shares, weights, together):
        array.flags.writeable = False
    return Law(shares, weights, together, keys)


@lru_cache(maxsize=4096)
def _block(size: int) -> tuple[Array, Array]:
    """Nodes in (-1, 1) and weights that add up to `size`."""
    k = np.arange(1.0, _POINTS)
    beside = np.sqrt(k * k * (1 - (k / size) ** 2) / (4 * k * k - 1))
    nodes, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
    nodes = (nodes - nodes[::-1]) / 2  # symmetric, as they are but for rounding
    weights = vectors[0] ** 2
    return nodes, size * (weights + weights[::-1]) / (2 * weights.sum())


@lru_cache(maxsize=1024)
def rank_rule(keys: int, ratio: int = 4, head: int = _HEAD) -> tuple[Array, Array]:
    """Ranks x and weights w with sum_i f(i) = sum_k w_k f(x_k) over 1..keys; the first `head` stand alone."""
    head = min(keys, head)
    ranks, weights = [np.arange(1.0, head + 1)], [np.ones(head)]
    first = head + 1
    while first <= keys:
        last = min(ratio * first - 1, keys)
        size = last - first + 1
        if size <= _POINTS:
            ranks.append(np.arange(float(first), last + 1))
            weights.append(np.ones(size))
        else:
            nodes, parts = _block(size)
            ranks.append((first + last) / 2 + nodes * (size / 2))
            weights.append(parts)
        first = last + 1
    x, w = np.concatenate(ranks), np.concatenate(weights)
    x.flags.writeable = w.flags.writeable = False
    return x, w


@lru_cache(maxsize=1024)
def zipf_law(keys: float, zipf: float) -> Law:
    """The law of N keys of which the i-th has a share i^-s / H(N, s)."""
    x, w = rank_rule(int(keys), 2 if zipf > _STEEP else 4)
    return law_of(x**-zipf, w, keys)


def total(values: Array, weights: Array) -> Array:
    """values @ weights, never by several threads: for sums this short they wait for each other."""
    return values @ weights if values.size <= _ALONE else np.einsum("...j,j->...", values, weights)


def by_law(function: Callable[..., Array], keys: Array, zipf: Array, *values: Array):
    """`function(law, keys, zipf, *flat values)` for each pair of keys and skew, put together as broadcast."""
    if all(a.size == 1 for a in (keys, zipf, *values)):
        shape = np.broadcast_shapes(*(a.shape for a in (keys, zipf, *values)))
        one = keys.item(), zipf.item()
        return function(zipf_law(*one), *one, *(v.reshape(1) for v in values)).reshape(shape)[()]
    arrays = np.broadcast_arrays(keys, zipf, *values)
    shape = arrays[0].shape
    n, s, *rest = (np.ravel(a) for a in arrays)
    if n.size == 0:
        return np.empty(shape)
    if keys.size == 1 and zipf.size == 1:
        one = float(n[0]), float(s[0])
        return function(zipf_law(*one), *one, *rest).reshape(shape)[()]
    pairs, which = np.unique(np.stack([n, s]), axis=1, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(which.ravel()))
    out = np.empty(n.size)
    for i, end in enumerate(ends.tolist()):
        chosen = order[(ends[i - 1] if i else 0) : end]
        one = float(pairs[0, i]), float(pairs[1, i])
        out[chosen] = function(zipf_law(*one), *one, *(v[chosen] for v in rest))
    return out.reshape(shape)[()]


def checked(keys: ArrayLike, zipf: ArrayLike) -> tuple[Array, Array]:
    """Keys and skew as they have to be."""
    return (
        whole("keys", keys, 1, MOST_KEYS),
        real("zipf", zipf, 0, MOST_SKEW, hint="It is the exponent: 0 is uniform, the web is near 0.9."),
    )
