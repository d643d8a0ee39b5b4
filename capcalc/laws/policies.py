"""Caches by the way they choose what to drop, under Zipf's law and independent requests.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| items that fit | C | `items` | count |
| keys | N | `keys` | count |
| skew | s | `zipf` | ratio |

| policy | law | standing |
| --- | --- | --- |
| first in first out; random | the product form | exact |
| clock (second chance) | a fixed point like Che's | approximation, 3e-3 at 10 items |
| two LRUs, the first of names only | the same | approximation, 4e-3 at 10 items |
| least frequently used, popularity known | the most popular keys | exact; no policy does better |
| W-TinyLFU, SIEVE, SLRU, ARC, LFU in cache, 2Q | part of the way from LRU to LFU | measured, 0.005 to 0.018 |

That the best policies beat LRU, and LRU beats FIFO, holds for such requests. Where popularity drifts LRU may
win.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capcalc.checks import real
from capcalc.errors import UnknownName
from capcalc.laws import _occupancy as fixed
from capcalc.laws._fifo import fifo_hit_ratio_whole
from capcalc.laws._ranks import Array, Law, by_law, checked, total
from capcalc.laws._search import crossing
from capcalc.laws.caching import che_hit_ratio, lru_hit_ratio
from capcalc.laws.popularity import zipf_top_share

_EMPIRICAL = {  # part of the way from LRU to LFU
    **{"w-tinylfu": 0.85, "sieve": 0.87, "slru": 0.70, "arc": 0.67, "lfu-in-cache": 0.64, "2q": 0.60}
}
POLICIES = ("lru", "fifo", "random", "clock", "lfu", "2-lru", "s3-fifo", *_EMPIRICAL)


def fifo_hit_ratio(items, keys, zipf):
    """Hit ratio of a cache that drops the oldest item, or any one at random: both are the same. Exact.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0; a part of an item counts as that part of the gain. [count]
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
    h = 1 - (C + 1) e_(C+1)(p)/e_C(p), e_k the elementary symmetric polynomials.

    Examples
    --------
    >>> round(float(fifo_hit_ratio(6, 10, 1.0)), 6)
    0.725067

    References
    ----------
    [GELENBE].
    """

    def found(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
        low, part = np.floor(sizes), sizes % 1
        here = fifo_hit_ratio_whole(law, low)
        if part.any():
            here = here + part * (fifo_hit_ratio_whole(law, low + (part > 0)) - here)
        return here

    n, s = checked(keys, zipf)
    return by_law(found, n, s, _items(items))


def clock_hit_ratio(items, keys, zipf):
    """Hit ratio of CLOCK (second chance), the usual stand-in for LRU. Approximation.

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
        h; off by 3e-3 at 10 items, 2e-4 on average. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    Held with chance y/(y + e^-y), y = p T: with a lap of length T an item outlives one with chance 1 - e^-y.

    Examples
    --------
    >>> round(float(clock_hit_ratio(1_000_000, 10**9, 0.9)), 4)
    0.3355

    References
    ----------
    [FRICKER] for the fixed point.
    """
    return che_hit_ratio(items, keys, zipf, "clock")


def two_lru_hit_ratio(items, keys, zipf):
    """Hit ratio of LRU that takes an item in on its second miss, while its name is in an LRU list of C names.

    Parameters
    ----------
    items : float or array_like
        How many fit, and how many names, C >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        h; off by 4e-3 at 10 items, 5e-4 on average. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    Held with chance Q a/(e^-y + a), Q = 1 - e^-y, a = min(Q, 1 - e^(-p T1)), T1 the life of a name.

    Examples
    --------
    >>> round(float(two_lru_hit_ratio(1_000_000, 10**9, 0.9)), 3)
    0.422

    References
    ----------
    [MARTINA].
    """
    n, s = checked(keys, zipf)
    return by_law(_two_lru, n, s, _items(items))


def q_lru_hit_ratio(items, keys, zipf, q):
    """Hit ratio of LRU that takes a missed item in only now and then; it nears LFU as that gets rare.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    q : float
        Chance that a missed item is taken in, above 0. [ratio]

    Returns
    -------
    float or ndarray
        h. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    Held with chance q (1 - e^-y)/(e^-y + q (1 - e^-y)), y = p T.

    Examples
    --------
    >>> [round(float(q_lru_hit_ratio(1000, 10_000, 0.8, q)), 3) for q in (1.0, 0.1, 0.001)]
    [0.437, 0.499, 0.56]

    References
    ----------
    [GARETTO].
    """
    chance = float(real("q", q, 0, 1, above=True))
    n, s = checked(keys, zipf)
    policy = fixed.q_lru(chance)

    def found(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
        return fixed.hit_ratio(policy, law, fixed.life(policy, law, sizes))

    return by_law(found, n, s, _items(items))


def policy_hit_ratio(policy, items, keys, zipf):
    """Hit ratio of a policy by name.

    Parameters
    ----------
    policy : str
        One of `POLICIES`.
    items : float or array_like
        How many fit, C >= 0. [count]
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
    UnknownName : no policy has that name.
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes ----- W-TinyLFU, SIEVE, SLRU, ARC and 2Q have no law: they lie between LRU and LFU, and the part of
    the way (0.85, 0.87, 0.70, 0.67, 0.60) was measured in simulations of stationary Zipf requests; off by up
    to 0.006, 0.005, 0.007, 0.018, 0.013. S3-FIFO is taken as 2-LRU, off by up to 0.006.

    Examples
    --------
    >>> round(float(policy_hit_ratio("w-tinylfu", 1000, 10_000, 1.0)), 2)
    0.75

    References
    ----------
    [MARTINA], [GELENBE], [CHE].
    """
    laws: dict[str, Callable[..., Array]] = {
        "lru": lru_hit_ratio,
        "fifo": fifo_hit_ratio,
        "random": fifo_hit_ratio,
        "clock": clock_hit_ratio,
        "lfu": zipf_top_share,
        "2-lru": two_lru_hit_ratio,
        "s3-fifo": two_lru_hit_ratio,
    }
    if policy in laws:
        return laws[policy](items, keys, zipf)
    if policy not in _EMPIRICAL:
        raise UnknownName("policy", policy, POLICIES)
    lru = lru_hit_ratio(items, keys, zipf)
    return lru + _EMPIRICAL[policy] * (zipf_top_share(items, keys, zipf) - lru)


def _items(items) -> Array:
    return real("items", items, 0)


def _two_lru(law: Law, keys: float, zipf: float, sizes: Array) -> Array:
    out = np.where(sizes > 0, 1.0, 0.0)
    live = np.flatnonzero((sizes > 0) & (sizes < keys))
    p, names = law.shares, fixed.life(fixed.LRU, law, sizes[live])

    def held(log_life: Array, which) -> Array:
        y = np.multiply.outer(np.exp(log_life), p)
        here = -np.expm1(-y)
        enters = np.minimum(here, -np.expm1(-np.multiply.outer(names[which], p)))
        return here * enters / (np.exp(-y) + enters)

    # An item outlives its name: a life shorter than T1 would hold fewer than C.
    low, high = np.log(names), np.full(live.size, np.log(50 / max(float(p[-1]), 1e-290)))
    lives = crossing(lambda u, i: sizes[live][i] - total(held(u, i), law.weights), low, high, 1e-13)
    out[live] = total(held(lives, np.arange(live.size)), law.together)
    return out
