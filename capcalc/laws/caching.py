"""What a cache answers that drops what was not used for longest, and how much it has to hold.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| items that fit | C | `items` | count |
| keys | N | `keys` | count |
| skew | s | `zipf` | ratio |
| part of the requests that it answers | h | `hit_ratio` | ratio |
| requests since its last use after which an item is dropped | T | `life_requests` | count |

| law | how | off by |
| --- | --- | --- |
| `lru_hit_ratio` | Che and the next order; up to 1,000 items an integral | 5e-6 at 10 items, 2e-8 at 100 |
| `che_hit_ratio` | Che alone | 1e-3 at 10 items, 1e-6 at 1,000 |
| `lru_hit_ratio_exact` | the integral with Fourier inversion, 0.1 s | 1e-9 |

Requests fall on keys by Zipf's law, are independent, and no key gains or loses popularity. Measured caches do
better where requests come in bursts and worse where keys come and go. Sums over keys have some 300 terms for
any N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError, UnknownName
from capcalc.laws._lru import exact_hit_ratio, lru_hit_ratio_of, lru_items_of
from capcalc.laws._occupancy import CLOCK, FIFO, LRU, life
from capcalc.laws._occupancy import hit_ratio as hit_ratio_at
from capcalc.laws._ranks import Array, Law, by_law, checked
from capcalc.laws.popularity import zipf_top_keys, zipf_top_share
from capcalc.steps import Step

FIXED_POINTS = {"lru": LRU, "fifo": FIFO, "clock": CLOCK}
_ARRAYS = "Arrays go to the functions."


def lru_hit_ratio(items, keys, zipf):
    """Hit ratio of a cache that drops what was not used for longest.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 (uniform) to 10. [ratio]

    Returns
    -------
    float or ndarray
        h, from 0 at no items to 1 where all keys fit. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes ----- sum_i (1 - e^(-p_i T)) = C gives T, h = sum_i p_i (1 - e^(-p_i T)), and a closed form the next
    order in 1/C. Up to 1,000 items the integral that Che simplifies is done instead, at whole sizes, and a
    part of an item counts as that part of the gain.

    Examples
    --------
    >>> round(float(lru_hit_ratio(4.42e9, 18e9, 0.9)), 3)
    0.8
    >>> lru_hit_ratio([10, 1e6, 1e9], 10**12, 1.0).round(4).tolist()
    [0.0186, 0.4301, 0.6954]

    References
    ----------
    [CHE], [FRICKER]; [KING] for the law itself.
    """
    n, s = checked(keys, zipf)
    return by_law(lru_hit_ratio_of, n, s, _items(items))


def lru_items(hit_ratio, keys, zipf):
    """Items that a least-recently-used cache has to hold for a hit ratio.

    Parameters
    ----------
    hit_ratio : float or array_like
        h, from 0 to 1. [ratio]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        C, at most `keys`; not rounded. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    The inverse of `lru_hit_ratio`: h gives T, and T gives C as a sum.

    Examples
    --------
    >>> round(float(lru_items(0.8, 18e9, 0.9)) / 1e9, 2)
    4.42

    References
    ----------
    [CHE], [FRICKER].
    """
    n, s = checked(keys, zipf)
    return by_law(lru_items_of, n, s, _goal(hit_ratio))


def lru_hit_ratio_exact(items, keys, zipf):
    """Hit ratio of LRU without approximation, to about 1e-9, in a tenth of a second each.

    Parameters
    ----------
    items : int or array_like
        How many fit, C >= 0; rounded down. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
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
    h = sum_i p_i int p_i e^(-p_i t) P(K_i(t) < C) dt, K_i the distinct other keys in a time t, a sum of
    independent trials; its law by Fourier inversion.

    Examples
    --------
    >>> round(float(lru_hit_ratio_exact(3, 8, 1.0)), 6)
    0.535615

    References
    ----------
    [KING], [FLAJOLET].
    """

    def each(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
        return np.array([_exact(int(c), law) for c in sizes.tolist()])

    n, s = checked(keys, zipf)
    return by_law(each, n, s, _items(items))


def che_hit_ratio(items, keys, zipf, policy="lru"):
    """Hit ratio by Che's approximation alone, of LRU off by 1e-3 at 10 items, 1e-6 at 1,000.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    policy : str
        "lru", "fifo" (or random) or "clock".

    Returns
    -------
    float or ndarray
        h. [ratio]

    Raises
    ------
    UnknownName : there is no such fixed point.
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> round(float(che_hit_ratio(100_000, 1_000_000, 1.0)), 6)
    0.779357

    References
    ----------
    [CHE].
    """
    n, s = checked(keys, zipf)
    if policy not in FIXED_POINTS:
        raise UnknownName("policy", policy, FIXED_POINTS)
    fixed = FIXED_POINTS[policy]

    def found(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
        return hit_ratio_at(fixed, law, life(fixed, law, sizes))

    return by_law(found, n, s, _items(items))


def lru_life_requests(items, keys, zipf):
    """Characteristic time of LRU: an item not asked for in so many requests is gone. Also the time to fill.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        T; inf where all keys fit. Over the rate of requests it is a time. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    sum_i (1 - e^(-p_i T)) = C: as many distinct keys are asked for in T as fit.

    Examples
    --------
    >>> round(float(lru_life_requests(100_000, 1_000_000, 1.0)))
    345670

    References
    ----------
    [CHE].
    """

    def times(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
        return life(LRU, law, sizes)

    n, s = checked(keys, zipf)
    return by_law(times, n, s, _items(items))


@dataclass(frozen=True, kw_only=True)
class LruCache:
    """One least-recently-used cache.

    Parameters
    ----------
    items : float
        How many fit, C >= 0. [count]
    keys : int
        N, from 1 to 10^18. [count]
    zipf : float
        Skew s, from 0 (uniform) to 10. [ratio]

    Raises
    ------
    DomainError : a number is out of range, not finite, not a scalar, or not a whole number of keys.

    Examples
    --------
    >>> cache = LruCache(items=1e6, keys=10**9, zipf=0.9)
    >>> round(cache.hit_ratio, 4), round(cache.best_hit_ratio, 4)
    (0.3277, 0.434)

    References
    ----------
    [CHE], [KING].
    """

    items: float
    keys: int
    zipf: float

    def __post_init__(self) -> None:
        for name in ("items", "keys", "zipf"):
            if np.ndim(getattr(self, name)):
                raise DomainError(name, getattr(self, name), "the single numbers", _ARRAYS)
        _items(self.items)
        checked(self.keys, self.zipf)

    @property
    def hit_ratio(self) -> float:
        """Part of the requests that it answers. [ratio]"""
        return float(lru_hit_ratio(self.items, self.keys, self.zipf))

    @property
    def best_hit_ratio(self) -> float:
        """What the best choice of as many items would answer. [ratio]"""
        return float(zipf_top_share(self.items, self.keys, self.zipf))

    @property
    def best_items(self) -> float:
        """Items that would do for its hit ratio if they were the best choice. [count]"""
        return float(zipf_top_keys(self.hit_ratio, self.keys, self.zipf))

    @property
    def life_requests(self) -> float:
        """Requests after which an item that was not asked for is dropped; inf where all fit. [count]"""
        return float(lru_life_requests(self.items, self.keys, self.zipf))

    def steps(self) -> tuple[Step, ...]:
        """The working: the life of an item, the hit ratio, and the best that there could be."""
        C, N, s = float(self.items), float(self.keys), float(self.zipf)
        known, h = {"C": C, "N": N, "s": s}, self.hit_ratio
        steps = [
            Step(
                "h", "hit ratio", "lru_hit_ratio(C, N, s)", known, h, source="CHE", standing="approximation"
            ),
            Step("m", "part that misses", "1 - h", {"h": h}, 1 - h),
            Step(
                "best", "hit ratio of the best choice", "zipf_top_share(C, N, s)", known, self.best_hit_ratio
            ),
        ]
        if C < N:
            T = self.life_requests
            steps.insert(
                0,
                Step(
                    "T", "requests an unused item lasts", "lru_life_requests(C, N, s)", known, T, source="CHE"
                ),
            )
        return tuple(steps)


def _items(items) -> Array:
    return real("items", items, 0)


def _goal(hit_ratio) -> Array:
    return real("hit_ratio", hit_ratio, 0, 1, hint="Write 0.9 or 90%.")


def _exact(items: int, law: Law) -> float:
    if items >= law.keys:
        return 1.0
    if items <= 1:
        return items * float(law.together @ law.shares)
    return exact_hit_ratio(items, law)
