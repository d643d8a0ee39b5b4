"""Items that go out of date: time to live, writes that delete, refetching, and caches that start empty.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| requests for one key, for all keys | l, R | `rate_rps`, `requests_rps` | 1/s |
| time to live | D | `ttl_s` | s |
| items that fit | C | `items` | count |
| keys, skew | N, s | `keys`, `zipf` | count, ratio |
| part of the requests that are writes | w | `write_ratio` | ratio |

A time to live that runs from the fetch (HTTP, DNS) answers M of M + 1 requests, M those that come within D of
a fetch; one that starts anew at each use answers all that come within D of the last. With room for all keys
the first is FIFO and the second LRU with T = D.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.errors import UnknownName
from capcalc.laws import _occupancy as fixed
from capcalc.laws._ranks import Array, Law, by_law, checked, total
from capcalc.laws.caching import lru_hit_ratio

ARRIVALS = ("poisson", "erlang2")


def ttl_hit_ratio(rate_rps, ttl_s, renewed=False, arrivals="poisson"):
    """Hit ratio of one key that is kept for its time to live.

    Parameters
    ----------
    rate_rps : float or array_like
        Requests for the key, l >= 0. [1/s]
    ttl_s : float or array_like
        D >= 0. [s]
    renewed : bool
        Whether each use starts the time anew (a session), and not the fetch alone.
    arrivals : str
        "poisson", or "erlang2" for more even gaps.

    Returns
    -------
    float or ndarray
        h. [ratio]

    Raises
    ------
    UnknownName : there are no such arrivals.
    DomainError : an element is out of range or not finite.

    Notes
    -----
    M/(1 + M) with M = l D, for even gaps l D - 1/4 + e^(-4 l D)/4; renewed, the chance of a gap below D.

    Examples
    --------
    >>> float(ttl_hit_ratio(0.1, 10.0))
    0.5

    References
    ----------
    [JUNG], [FOFACK].
    """
    x = real("rate_rps", rate_rps, 0) * real("ttl_s", ttl_s, 0)
    if arrivals not in ARRIVALS:
        raise UnknownName("arrivals", arrivals, ARRIVALS)
    if renewed:
        return (-np.expm1(-x) if arrivals == "poisson" else -np.expm1(-2 * x) - 2 * x * np.exp(-2 * x))[()]
    found = x if arrivals == "poisson" else x + np.expm1(-4 * x) / 4
    return (found / (1 + found))[()]


def ttl_cache_hit_ratio(requests_rps, ttl_s, keys, zipf, renewed=False):
    """Hit ratio of a cache with room for all keys, each kept for its time to live.

    Parameters
    ----------
    requests_rps : float or array_like
        Requests for all keys, R >= 0, Poisson. [1/s]
    ttl_s : float or array_like
        D >= 0. [s]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    renewed : bool
        Whether each use starts the time anew.

    Returns
    -------
    float or ndarray
        h; R (1 - h) is the load of the origin. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    sum p_i h(p_i R D), h that of one key.

    Examples
    --------
    >>> round(float(ttl_cache_hit_ratio(100.0, 60.0, 10_000, 0.8)), 4)
    0.5753

    References
    ----------
    [JUNG], [FOFACK].
    """
    n, s = checked(keys, zipf)
    policy = fixed.LRU if renewed else fixed.FIFO

    def found(law: Law, keys: float, zipf: float, times: Array) -> Array:
        return fixed.hit_ratio(policy, law, times)

    return by_law(found, n, s, real("requests_rps", requests_rps, 0) * real("ttl_s", ttl_s, 0))


def lru_ttl_hit_ratio(items, ttl_requests, keys, zipf, renewed=False):
    """Hit ratio of an LRU cache whose items also have a time to live; dead ones keep their room. Approximate.

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    ttl_requests : float or array_like
        Time to live in requests for all keys, D R >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    renewed : bool
        Whether each use starts the time anew.

    Returns
    -------
    float or ndarray
        h; off by up to 1.2e-3 in simulations. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    An item answers until a gap above T or an age above D. M = p min(D, T) + B (1 - e^(-p Q (D - T)+ / B))
    answers for each fetch, Q = 1 - e^(-p T), B = e^(p T) - 1 - p T; h = M/(1 + M). Exact at D <= T and
    without a limit D.

    Examples
    --------
    >>> round(float(lru_ttl_hit_ratio(1000, 10_000.0, 10_000, 0.8)), 3)
    0.433

    References
    ----------
    [FOFACK], [CHE].
    """
    n, s = checked(keys, zipf)

    def found(law: Law, keys: float, zipf: float, sizes: Array, ttl: Array) -> Array:
        life = fixed.life(fixed.LRU, law, sizes)
        if renewed:
            return fixed.hit_ratio(fixed.LRU, law, np.minimum(life, ttl))
        return np.array([_aged(law, T, D) for T, D in zip(life.tolist(), ttl.tolist(), strict=True)])

    return by_law(found, n, s, real("items", items, 0), real("ttl_requests", ttl_requests, 0))


def lru_write_hit_ratio(items, write_ratio, keys, zipf):
    """Hit ratio of the reads of an LRU cache where a write deletes its key (the same mix for all keys).

    Parameters
    ----------
    items : float or array_like
        How many fit, C >= 0. [count]
    write_ratio : float or array_like
        Part of the requests that are writes, w, from 0 to below 1. [ratio]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        (1 - w) h(C/(1 - w)), at most 1 - w. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    A key is held if its last request was a read, and no more than T ago. A write that puts the new value into
    the cache costs nothing: take `lru_hit_ratio`.

    Examples
    --------
    >>> round(float(lru_write_hit_ratio(1000, 0.1, 10_000, 1.0)), 3)
    0.62

    References
    ----------
    [CHE].
    """
    stays = 1 - real("write_ratio", write_ratio, 0, 1, below=True)
    return (stays * lru_hit_ratio(real("items", items, 0) / stays, keys, zipf))[()]


def origin_rate_rps(rate_rps, ttl_s, fetch_s, collapsed=True):
    """Fetches of one key from the origin where a fetch takes its time.

    Parameters
    ----------
    rate_rps : float or array_like
        Requests for the key, l > 0. [1/s]
    ttl_s : float or array_like
        Time to live from the end of the fetch, D >= 0. [s]
    fetch_s : float or array_like
        d >= 0. [s]
    collapsed : bool
        Whether requests that come during a fetch wait for it, in place of fetching too.

    Returns
    -------
    float or ndarray
        1/(1/l + d + D), and 1 + l d times that when not collapsed. [1/s]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Notes
    -----
    A cycle is the wait for a first request, its fetch and the life of the item. Poisson requests. A herd of
    1 + l d fetches goes out when a hot item ends.

    Examples
    --------
    >>> [round(float(origin_rate_rps(1000.0, 60.0, 0.2, once)), 4) for once in (True, False)]
    [0.0166, 3.3388]

    References
    ----------
    [JUNG].
    """
    lam = real("rate_rps", rate_rps, 0, above=True)
    d = real("fetch_s", fetch_s, 0)
    cycles = 1 / (1 / lam + d + real("ttl_s", ttl_s, 0))
    return (cycles if collapsed else cycles * (1 + lam * d))[()]


def collapsed_hit_ratio(rate_rps, ttl_s, fetch_s):
    """Part of the requests for a key that find it fresh, not counting those that wait for a fetch under way.

    Parameters
    ----------
    rate_rps : float or array_like
        Requests for the key, l > 0. [1/s]
    ttl_s : float or array_like
        Time to live from the end of the fetch, D >= 0. [s]
    fetch_s : float or array_like
        d >= 0. [s]

    Returns
    -------
    float or ndarray
        D/(1/l + d + D). [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(collapsed_hit_ratio(1000.0, 1.0, 0.5)), 4)
    0.6662

    References
    ----------
    [JUNG].
    """
    return (real("ttl_s", ttl_s, 0) * origin_rate_rps(rate_rps, ttl_s, fetch_s))[()]


def distinct_keys(requests, keys, zipf):
    """How many different keys so many requests ask for, on average: what an empty cache holds by then.

    Parameters
    ----------
    requests : float or array_like
        n >= 0. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        sum_i 1 - (1 - p_i)^n. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> round(float(distinct_keys(10_000, 10_000, 1.0)), 1)
    2813.5

    References
    ----------
    [FLAJOLET].
    """
    n, s = checked(keys, zipf)

    def found(law: Law, keys: float, zipf: float, count: Array) -> Array:
        return total(_seen(law, count), law.weights)

    return by_law(found, n, s, real("requests", requests, 0))


def warming_hit_ratio(requests, keys, zipf, items=None):
    """Chance that the next request hits after an empty cache has seen so many; the origin gets the rest.

    Parameters
    ----------
    requests : float or array_like
        n >= 0 since the start. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    items : float or array_like or None
        How many fit in an LRU cache; None for room without end. [count]

    Returns
    -------
    float or ndarray
        sum_i p_i (1 - (1 - p_i)^n), no more than the hit ratio of the full cache. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> round(float(warming_hit_ratio(10_000, 10_000, 1.0)), 4)
    0.8157

    References
    ----------
    [FLAJOLET], [CHE].
    """
    n, s = checked(keys, zipf)

    def found(law: Law, keys: float, zipf: float, count: Array) -> Array:
        return total(_seen(law, count), law.together)

    hit = by_law(found, n, s, real("requests", requests, 0))
    return hit if items is None else np.minimum(hit, lru_hit_ratio(items, keys, zipf))[()]


def _seen(law: Law, count: Array) -> Array:
    """The chance that a key was asked for; one that gets all requests is, at the first."""
    return -np.expm1(np.multiply.outer(count, np.log1p(-np.minimum(law.shares, 1 - 1e-16))))


def _aged(law: Law, T: float, D: float) -> float:
    if T == 0 or D == 0:
        return 0.0
    p = law.shares
    y = np.minimum(p * min(T, D), 600.0)
    answers = p * min(T, D)
    if D > T:
        gap = np.where(y < 1e-4, y * y / 2 * (1 + y / 3), np.expm1(y) - y)  # e^y - 1 - y
        gap = np.maximum(gap, 1e-300)
        answers = answers + gap * -np.expm1(p * np.expm1(-y) * (D - T) / gap)
    return float(law.together @ (answers / (1 + answers)))
