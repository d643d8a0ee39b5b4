"""Popularity that changes: keys come and go. And a model of it from a few measured hit ratios.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| items that fit | C | `items` | count |
| keys alive, skew | N, s | `keys`, `zipf` | count, ratio |
| requests for all keys during the mean life of a key | 1/d | `lifetime_requests` | count |

Each rank keeps its share p, and its key is replaced by a new one at rate d. With k = p + d and T the time
after which an unused item is dropped, LRU holds p [(p/k)(1 - e^(-k T))/k + d T/k] slots of a rank, dead items
counted, and hits (p/k)(1 - e^(-k T)) of its requests. Independent requests (d = 0) miss much of what real
caches hit: on a trace of Twitter LRU at 1% of the keys hits 0.76, and 0.56 when the same requests are
shuffled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._ranks import Array, Law, by_law, checked, total, zipf_law
from capcalc.laws._search import crossing

_LEAST_POINTS = 3
_UNSAFE = 0.02  # a hit ratio missed by more: scans or loops, and no popularity


def lru_churn_hit_ratio(items, lifetime_requests, keys, zipf):
    """Hit ratio of LRU where keys are replaced by new ones. Within 3e-4 of simulations.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    lifetime_requests : float or array_like
        Requests for all keys during the mean life of a key, > 0. [count]
    keys : int or array_like
        N alive at a time, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        h. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> round(float(lru_churn_hit_ratio(1000, 100_000.0, 10_000, 0.8)), 3)
    0.435

    References
    ----------
    [TRAVERSO], [CHE].
    """
    return _by_law(_lru_terms, items, lifetime_requests, keys, zipf)


def fifo_churn_hit_ratio(items, lifetime_requests, keys, zipf):
    """Hit ratio of FIFO where keys are replaced by new ones. Within 5e-4 of simulations.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    lifetime_requests : float or array_like
        Requests for all keys during the mean life of a key, > 0. [count]
    keys : int or array_like
        N alive at a time, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        h. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    A fetched item stays T. With a = (1 - e^(-d T))/d a key is there with chance x = p a/(1 + p a), takes
    p (1 - x) T slots and hits x of its requests.

    Examples
    --------
    >>> round(float(fifo_churn_hit_ratio(1000, 100_000.0, 10_000, 0.8)), 3)
    0.393

    References
    ----------
    [TRAVERSO], [FRICKER].
    """
    return _by_law(_fifo_terms, items, lifetime_requests, keys, zipf)


@dataclass(frozen=True, kw_only=True)
class Churn:
    """Popularity with churn, as fitted to measured hit ratios of LRU; it gives those of other sizes.

    Parameters
    ----------
    keys : int
        N alive at a time. [count]
    zipf : float
        Skew s. [ratio]
    lifetime_requests : float
        Requests for all keys during the mean life of a key. [count]
    worst_miss : float
        The most by which a measured hit ratio is missed. [ratio]

    Examples
    --------
    >>> model = fit_churn([8976, 89_766, 448_832], [0.762596, 0.864341, 0.905156])
    >>> round(model.lru_hit_ratio(179_532), 2), model.safe
    (0.89, True)

    References
    ----------
    [TRAVERSO].
    """

    keys: int
    zipf: float
    lifetime_requests: float
    worst_miss: float = 0.0

    @property
    def safe(self) -> bool:
        """Whether the measured points are met. If not, scans or loops are at work: predict nothing."""
        return self.worst_miss <= _UNSAFE

    def lru_hit_ratio(self, items: float) -> float:
        """Of an LRU cache of another size. [ratio]"""
        return float(lru_churn_hit_ratio(items, self.lifetime_requests, self.keys, self.zipf))

    def fifo_hit_ratio(self, items: float) -> float:
        """Of a FIFO cache. [ratio]"""
        return float(fifo_churn_hit_ratio(items, self.lifetime_requests, self.keys, self.zipf))


def fit_churn(items, hit_ratios) -> Churn:
    """A model of popularity from measured hit ratios of LRU at three sizes or more.

    Parameters
    ----------
    items : array_like
        Sizes, each > 0. [count]
    hit_ratios : array_like
        Measured, above 0, below 1. [ratio]

    Returns
    -------
    Churn
        Keys, skew and life by least squares.

    Raises
    ------
    DomainError : fewer than three points, or one is out of range.

    Notes
    -----
    On 10^7 requests of Twitter three sizes (1%, 10%, 50% of the keys) predict others within 0.003, and FIFO
    within 0.01. On disk traces with scans the prediction is off by 0.06.

    Examples
    --------
    >>> round(fit_churn([8976, 89_766, 448_832], [0.762596, 0.864341, 0.905156]).zipf, 1)
    1.1

    References
    ----------
    [TRAVERSO].
    """
    sizes = real("items", items, 0, above=True).ravel()
    hits = real("hit_ratios", hit_ratios, 0, 1, above=True, below=True).ravel()
    if sizes.size != hits.size or sizes.size < _LEAST_POINTS:
        raise DomainError("items", sizes.tolist(), "three sizes or more, one for each hit ratio")
    top = float(np.log(sizes.max()))
    starts = [np.array([s, top + more, top + more + 1]) for s in (0.8, 1.1) for more in (0.7, 2.5)]
    fits = [_least_squares(start, sizes, hits) for start in starts]
    best, missed = min(fits, key=lambda fit: float(fit[1] @ fit[1]))
    s, n, life = _unpacked(best)
    return Churn(keys=int(n), zipf=s, lifetime_requests=life, worst_miss=float(np.abs(missed).max()))


def _by_law(terms, items, lifetime_requests, keys, zipf):
    n, s = checked(keys, zipf)

    def found(law: Law, keys: float, zipf: float, sizes: Array, lives: Array) -> Array:
        return _solved(terms, law, sizes, 1 / lives)

    return by_law(
        found, n, s, real("items", items, 0), real("lifetime_requests", lifetime_requests, 0, above=True)
    )


def _solved(terms, law: Law, sizes: Array, d: Array) -> Array:
    out = np.zeros(sizes.shape)
    live = np.flatnonzero(sizes > 0)
    c, d = sizes[live], d[live]
    low, high = np.log(c), np.log(c) + 80  # slots never exceed T; dead items fill any cache in the end

    def short(u: Array, i) -> Array:
        return np.log(c[i]) - np.log(total(terms(law.shares, d[i, None], np.exp(u)[:, None])[0], law.weights))

    u = crossing(short, low, high, 1e-12)
    out[live] = total(terms(law.shares, d[:, None], np.exp(u)[:, None])[1], law.together)
    return out


def _lru_terms(p: Array, d: Array, T: Array) -> tuple[Array, Array]:
    k = p + d
    hit = p / k * -np.expm1(-k * T)
    return p * (hit / k + d * T / k), hit


def _fifo_terms(p: Array, d: Array, T: Array) -> tuple[Array, Array]:
    there = p * -np.expm1(-d * T) / d
    hit = there / (1 + there)
    return p * (1 - hit) * T, hit


def _unpacked(x: Array) -> tuple[float, float, float]:
    return float(x[0]), float(np.floor(np.exp(x[1]))), float(np.exp(x[2]))


def _missed(x: Array, sizes: Array, hits: Array) -> Array:
    s, n, life = _unpacked(x)
    return _solved(_lru_terms, zipf_law(n, s), sizes, np.full(sizes.shape, 1 / life)) - hits


def _least_squares(x: Array, sizes: Array, hits: Array) -> tuple[Array, Array]:
    """Levenberg and Marquardt, by differences."""
    low, high = np.array([0.0, 1.0, 1.0]), np.array([5.0, 41.0, 80.0])
    here, damp = _missed(x, sizes, hits), 1e-3
    for _ in range(40):
        slope = np.array([(_missed(x + step, sizes, hits) - here) / 1e-4 for step in np.eye(3) * 1e-4]).T
        square = slope.T @ slope
        move = np.linalg.solve(square + damp * np.diag(np.diag(square) + 1e-9), -slope.T @ here)
        new = np.clip(x + np.clip(move, -1, 1), low, high)
        there = _missed(new, sizes, hits)
        if there @ there < here @ here:
            done = here @ here - there @ there < 1e-13
            x, here, damp = new, there, damp / 5
            if done or here @ here < 1e-12:
                break
        else:
            damp *= 8
            if damp > 1e8:
                break
    return x, here
