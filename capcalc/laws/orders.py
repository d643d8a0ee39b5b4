"""The slowest of several, the k-th fastest of n, and a hedged call: laws known by their distribution.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| P(T <= t), P(T > t) of one call | F, 1 - F | | ratio |
| all of several | prod F_i | `slowest` | |
| k-th of n | | `kth_of` | |
| a second call after h | (1 - F(t)) (1 - F(t - h)) | `hedged` | |

Each is made from the distributions of its parts, so a percentile of it is as good as theirs. Inside a sum
it needs a transform, and transforms want smooth laws. The whole has a corner wherever a branch of a part
begins; so it gets a branch there, which holds what that beginning changes: the tail with all branches up to
this corner less the tail with those before it, both carried on smoothly beyond their stretch. Such a branch
may have a negative density; its transform is a Gauss-Legendre sum over its tail.

Parts are independent; calls into one shared pool are not, and whoever composes them notes it.

References
----------
[DAVID] ch. 2; [DEAN].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws import transforms as tr
from capcalc.laws.latency import Branch, Direct, Latency, Standing, constant
from capcalc.laws.many import between_whole
from capcalc.laws.tabulated import tabulated

Both = tuple[np.ndarray, np.ndarray]
# Tails and densities of the parts -> tail and density of the whole.
Combine = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], Both]
# Panels, in units of the scale of the law. 40 points from x to 2x follow the fastest node of `invert`.
_NEAR = np.concatenate([[0.0], 2.0 ** np.arange(-17, 5)])
_FAR = 16.0 * 4.0 ** np.arange(14)  # for the mean of the longest log-normal tails
_SAME = 1e-12  # two corners nearer than this, relatively, are one


def slowest(*laws: Latency) -> Latency:
    """All at the same time, independent; the last answer counts.

    Examples
    --------
    >>> from capcalc.laws.latency import exponential
    >>> round(float(slowest(exponential(1.0), exponential(1.0)).percentile(0.99)), 4)
    5.2958
    """
    return laws[0] if len(laws) == 1 else kth_of(len(laws), *laws)


def slowest_of(times, law: Latency) -> Latency:
    """`times` calls of one law at the same time; 1.5 is one or two with even chances.

    Examples
    --------
    >>> from capcalc.laws.latency import exponential
    >>> round(float(slowest_of(100, exponential(1.0)).percentile(0.5)), 4)
    4.9751
    """
    n = real("times", times, 0)
    if n.ndim:
        raise DomainError("times", n.tolist(), "a single number", "Sweep the number of calls one at a time.")

    law = tabulated(law)

    def of(k: int) -> Latency:
        if k < 2:
            return law if k else constant(0.0)

        def combine(tails, densities):
            log_one = np.log1p(-np.minimum(tails[0], 1 - 1e-16))  # all k are done: exp(k ln F)
            return -np.expm1(k * log_one), k * np.exp((k - 1) * log_one) * densities[0]

        return _combined(combine, [law])

    return between_whole(float(n), of)


def kth_of(k: int, *laws: Latency) -> Latency:
    """The k-th answer of several independent calls: k = 2 of 3 is a quorum, k = n the slowest.

    Examples
    --------
    >>> from capcalc.laws.latency import exponential
    >>> round(float(kth_of(2, *[exponential(0.006)] * 3).mean_s), 6)  # 6 ms/3 + 6 ms/2
    0.005
    """
    k = int(whole("k", k, 1, len(laws)))
    once = {id(law): tabulated(law) for law in laws}
    laws = tuple(once[id(law)] for law in laws)

    def combine(tails, densities):
        done, slope = [1.0], [0.0]  # P(exactly j answered), and its derivative in t
        for tail, density in zip(tails, densities, strict=True):
            f = 1 - tail
            grown = [a * tail + b * f for a, b in zip([*done, 0.0], [0.0, *done], strict=True)]
            change = [
                da * tail + db * f + (b - a) * density
                for a, b, da, db in zip([*done, 0.0], [0.0, *done], [*slope, 0.0], [0.0, *slope], strict=True)
            ]
            done, slope = grown, change
        return sum(done[:k]), -sum(slope[:k])

    return _combined(combine, laws)


def hedged(law: Latency, after_s) -> Latency:
    """Unanswered after `after_s` [s], the call is sent again; the first answer counts, all independent."""
    law = tabulated(law)
    return kth_of(1, law, law + constant(real("after_s", after_s, 0)))


def _combined(combine: Combine, laws: Sequence[Latency]) -> Latency:
    shape = np.broadcast_shapes(*(law.shape for law in laws))
    starts = [np.broadcast_to(b.shift_s, shape) for law in laws for b in law.branches]
    knots = [np.full(shape, -1.0), *np.sort(np.stack(starts), axis=0)]  # no branch begins before 0
    lost = combine([np.asarray(law.lost) for law in laws], [np.zeros(())] * len(laws))[0]
    scale = _scale(laws, shape)
    changes = [_change(combine, laws, a, b, scale) for a, b in pairwise(knots)]
    never = constant(0.0).branches[0].times(np.asarray(0.0))
    branches = [b for b in changes if b is not None] or [never]
    standing = reduce(Standing.__and__, (law.standing for law in laws))
    return Latency(tuple(branches), np.asarray(lost), standing)


def _scale(laws: Sequence[Latency], shape: tuple[int, ...]) -> np.ndarray:
    """A time of the order of the whole law: the largest mean of its parts plus their spread."""
    sizes = []
    for law in laws:
        mean, square = law.moments()
        sizes.append(mean + np.sqrt(np.maximum(square - mean * mean, 0.0)))
    return np.broadcast_to(np.maximum(reduce(np.maximum, sizes), 1e-12), shape)


def _change(combine: Combine, laws: Sequence[Latency], previous, knot, scale) -> Branch | None:
    """What begins at `knot`, as a branch; None where nothing changes."""
    if np.all(knot <= previous * (1 + _SAME)):
        return None

    def upto(corner, known) -> Both:
        """The whole as if only the branches that begin by `corner` ever did; `known` has the tail of each."""
        tails, densities = [], []
        for law, values in zip(laws, known, strict=True):
            begun = [b.shift_s <= corner * (1 + _SAME) for b in law.branches]
            every = list(zip(begun, values, law.branches, strict=True))
            parts = [np.where(on, v[0], b.weight) for on, v, b in every]
            slopes = [np.where(on, v[1], 0.0) for on, v, _ in every]
            tails.append(np.clip(sum(parts, law.lost), 0.0, 1.0))
            densities.append(sum(slopes, np.zeros(())))
        return combine(tails, densities)

    def change(known) -> Both:
        before, after = upto(previous, known), upto(knot, known)
        return after[0] - before[0], after[1] - before[1]

    def at(t):
        return change([[b.beyond(t)[:2] for b in law.branches] for law in laws])

    weight = -change([[(0.0, 0.0)] * len(law.branches) for law in laws])[0]  # at infinity
    atom = -at(knot)[0]
    atom = np.where(np.abs(atom) > 1e-14, atom, 0.0)

    def direct(x):
        tail, density = at(knot + x)
        return tail + weight, density

    exact = all(b.direct or b.node is None for law in laws for b in law.branches)
    x, w, tails = _sampled(direct, scale, 1e-16 if exact else 1e-9)
    if not len(tails):
        zero = np.zeros(())
        return Branch(weight, knot, atom, zero, zero) if np.any(atom != 0) else None
    mean, square = (w * tails).sum(axis=0), (2 * w * x * tails).sum(axis=0)
    node = tr.Quadrature(weight, x, w, tails)
    return Branch(weight, knot, atom, mean, square, node, direct)


def _sampled(direct: Direct, scale, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, weights, tails for sums over a tail; `noise` is 0, since an inverted tail never falls to 0."""
    near, far = tr.panels(np.multiply.outer(_NEAR, scale), 40), tr.panels(np.multiply.outer(_FAR, scale), 16)
    x, w = (np.concatenate(both) for both in zip(near, far, strict=True))
    few = max(1, tr.BLOCK // max(1, scale.size))
    tails = np.concatenate([direct(x[i : i + few])[0] for i in range(0, len(x), few)])
    tails = np.where(np.abs(tails) > noise, tails, 0.0)
    keep = (tails != 0).reshape(len(tails), -1).any(axis=1)
    return x[keep], w[keep], tails[keep]
