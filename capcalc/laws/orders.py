"""The slowest of several, the k-th fastest of n, and a hedged call: laws known by their distribution.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| P(T <= t), P(T > t) of one call | F, 1 - F | | ratio |
| all of several | prod F_i | `slowest` | |
| k-th of n | | `kth_of` | |
| a second call after h | (1 - F(t)) (1 - F(t - h)) | `hedged` | |

Each is made from the distributions of its parts, jump by jump, so a percentile of it is as good as theirs. Inside
a sum it needs a transform, which is taken by Gauss-Legendre quadrature of its tail, panel by panel between its
corners. Parts are independent; calls into one shared pool are not, and whoever composes them notes it.

References
----------
[DAVID] ch. 2; [DEAN].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from capcalc.checks import real, whole
from capcalc.laws import transforms as tr
from capcalc.laws.latency import Branch, Latency, Standing, between_whole, constant

Survival = Callable[[np.ndarray, bool], tuple[np.ndarray, np.ndarray]]  # (t, just before?) -> tail, density
_RATIO, _BELOW, _ABOVE = 1.3, -16, 28  # panels grow from 1.3^-16 to 1.3^28 times the scale of the law


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
    4.9754
    """
    n = float(real("times", times, 0))

    def of(k: int) -> Latency:
        if k < 2:
            return law if k else constant(0.0)

        def survival(t, before):
            tail, density = _at(law, t, before)
            log_one = np.log1p(-np.minimum(tail, 1 - 1e-16))  # all k are done: exp(k ln F)
            return -np.expm1(k * log_one), k * np.exp((k - 1) * log_one) * density

        return _known_by_tail(survival, [law], law.standing)

    return between_whole(n, of)


def kth_of(k: int, *laws: Latency) -> Latency:
    """The k-th answer of several independent calls: k = 2 of 3 is a quorum, k = n the slowest."""
    k = int(whole("k", k, 1, len(laws)))

    def survival(t, before):
        done, slope = [1.0], [0.0]  # P(exactly j answered), and its derivative in t
        for law in laws:
            tail, density = _at(law, t, before)
            f = 1 - tail
            grown = [a * tail + b * f for a, b in zip([*done, 0.0], [0.0, *done], strict=True)]
            change = [
                da * tail + db * f + (b - a) * density
                for a, b, da, db in zip([*done, 0.0], [0.0, *done], [*slope, 0.0], [0.0, *slope], strict=True)
            ]
            done, slope = grown, change
        return sum(done[:k]), -sum(slope[:k])

    return _known_by_tail(survival, list(laws), reduce(Standing.__and__, (law.standing for law in laws)))


def hedged(law: Latency, after_s) -> Latency:
    """Unanswered after `after_s` [s], the call is sent again; the first answer counts. Copies are independent."""
    h = real("after_s", after_s, 0)

    def survival(t, before):
        one, slope = _at(law, t, before)
        two, slope2 = _at(law, t - h, before)
        sent = t > h if before else t >= h
        two, slope2 = np.where(sent, two, 1.0), np.where(sent, slope2, 0.0)
        return one * two, one * slope2 + two * slope

    return _known_by_tail(survival, [law, law + h], law.standing)


def _at(law: Latency, t: np.ndarray, before: bool) -> tuple[np.ndarray, np.ndarray]:
    """Tail and density of a law at t, or just before t where it may jump."""
    tail, density, jump = law.survival(t)
    return (np.minimum(tail + jump, 1.0) if before else tail), density


def _known_by_tail(survival: Survival, parts: list[Latency], standing: Standing) -> Latency:
    """A law from its tail: atoms where it jumps, and one branch for all that is between and beyond."""
    shape = np.broadcast_shapes(*(law.shape for law in parts))
    corners = np.stack([np.broadcast_to(b.shift_s, shape) for law in parts for b in law.branches])
    knots = np.sort(corners, axis=0)
    first = np.concatenate([np.ones((1, *shape), bool), knots[1:] > knots[:-1] * (1 + 1e-12)])
    atoms = np.where(first, survival(knots, True)[0] - survival(knots, False)[0], 0.0)
    atoms = np.where(atoms > 1e-14, atoms, 0.0)
    base = knots[0]
    far = base + 1e6 * _scale(parts, shape)
    lost = np.where(reduce(np.maximum, (law.lost for law in parts)) > 0, survival(far, False)[0], 0.0)
    mass = 1 - lost - atoms.sum(axis=0)

    def direct(x):
        t = base + x
        tail, density = survival(t, False)
        for knot, atom in zip(knots, atoms, strict=True):
            tail = tail - np.where(knot > t * (1 + 1e-12), atom, 0.0)
        return np.maximum(tail - lost, 0.0), density

    zero = np.zeros(())
    pure = [Branch(a, k, a, zero, zero) for k, a in zip(knots, atoms, strict=True) if np.any(a > 0)]
    rest = _rest(direct, mass, knots - base, base, _scale(parts, shape))
    return Latency((*pure, rest) if np.any(mass > 1e-13) else tuple(pure), lost, standing)


def _scale(parts: list[Latency], shape: tuple[int, ...]) -> np.ndarray:
    """A time of the order of the whole law: the largest mean of its parts plus their spread."""
    sizes = []
    for law in parts:
        mean, square = law.moments()
        sizes.append(mean + np.sqrt(np.maximum(square - mean * mean, 0.0)))
    return np.broadcast_to(np.maximum(reduce(np.maximum, sizes), 1e-12), shape)


def _rest(direct, mass, corners, base, scale) -> Branch:
    """The part without atoms, with its moments and its transform by quadrature."""
    grades = np.multiply.outer(_RATIO ** np.arange(_BELOW, _ABOVE + 1.0), scale)
    edges = np.sort(np.concatenate([np.zeros((1, *scale.shape)), grades, corners]), axis=0)
    x, w = tr.panels(edges)
    tails = direct(x)[0]
    mean, square = (w * tails).sum(axis=0), (2 * w * x * tails).sum(axis=0)
    keep = (w > 0).reshape(len(w), -1).any(axis=1) & (tails > 1e-16).reshape(len(w), -1).any(axis=1)
    node = tr.Quadrature(mass, x[keep], w[keep], tails[keep])
    return Branch(mass, base, np.zeros(()), mean, square, node, direct)
