"""How uneven shards are: hot keys, hashing, virtual nodes; and what moves when their number changes.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| shards | m | `shards` | count |
| keys, skew | N, s | `keys`, `zipf` | count, ratio |
| share of the requests at the hottest shard | x | `hottest_shard_share` | ratio |
| the same over the mean, m x | | `shard_skew` | ratio |
| virtual nodes of a node on the ring | V | `virtual_nodes` | count |

The hottest shard is a matter of chance, so that it has a median and a 95th percentile. No hashing gets below
1/m or below the share of the hottest key: at Zipf 1 over a million keys that is 6.9%, and more than 14 shards
cannot be even.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError, UnknownName
from capcalc.laws._ranks import checked
from capcalc.laws._ring import fullest_part, lead_of_choices, one_choice
from capcalc.laws._search import each
from capcalc.laws._shards import hottest
from capcalc.laws.popularity import zipf_rank_share

PLACEMENTS = ("modulo", "consistent")
_MOST_HOT = 1000  # keys that may be split, so that no array is long


def hottest_shard_share(p, shards, keys, zipf, hot_keys=0, copies=1):
    """Share of the requests at the hottest of shards that keys are hashed to: what it does not exceed with p.

    Parameters
    ----------
    p : float or array_like
        From 0 to 1: 0.5 is the median over placements. [ratio]
    shards : int or array_like
        m >= 1. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    hot_keys : int or array_like
        How many of the hottest keys are split, at most 1,000. [count]
    copies : int or array_like
        Over how many different shards each of these is split, 1 to m. [count]

    Returns
    -------
    float or ndarray
        x, at least 1/m. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    Within 0.7% at the median, 2% at p = 0.95 of simulations with 8 to 1,024 shards, skew 0.4 to 1.2.

    Examples
    --------
    >>> [round(float(hottest_shard_share(p, 64, 10**9, 0.9)), 4) for p in (0.5, 0.95)]
    [0.0292, 0.033]

    References
    ----------
    [GILPELAEZ].
    """
    return _of(lambda law, p: law.percentile(p), shards, keys, zipf, hot_keys, copies, real("p", p, 0, 1))


def mean_hottest_shard_share(shards, keys, zipf, hot_keys=0, copies=1):
    """Mean over placements of the share of the requests at the hottest shard.

    Parameters
    ----------
    shards : int or array_like
        m >= 1. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    hot_keys, copies : int or array_like
        How many of the hottest keys are split, and over how many shards each. [count]

    Returns
    -------
    float or ndarray
        At least 1/m. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(mean_hottest_shard_share(16, 100_000, 0.6)), 3)
    0.067

    References
    ----------
    [GILPELAEZ].
    """
    return _of(lambda law, _: law.mean(), shards, keys, zipf, hot_keys, copies, np.zeros(()))


def shard_skew(shards, keys, zipf, p=0.5, hot_keys=0, copies=1):
    """Load of the hottest shard over that of the mean one.

    Parameters
    ----------
    shards : int or array_like
        m >= 1. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]
    p : float or array_like
        Chance over placements that it is no worse. [ratio]
    hot_keys, copies : int or array_like
        How many of the hottest keys are split, and over how many shards each. [count]

    Returns
    -------
    float or ndarray
        m x, at least 1. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(shard_skew(64, 10**9, 0.9)), 2)
    1.87

    References
    ----------
    [GILPELAEZ].
    """
    return (whole("shards", shards, 1) * hottest_shard_share(p, shards, keys, zipf, hot_keys, copies))[()]


def moved_share(before, after, placement="consistent"):
    """Part of the keys that move when the number of shards changes.

    Parameters
    ----------
    before, after : int or array_like
        Shards, >= 1, at most 10^9. [count]
    placement : str
        "modulo" of the hash, or "consistent" for a ring, rendezvous or jump hashing.

    Returns
    -------
    float or ndarray
        [ratio]

    Raises
    ------
    UnknownName : there is no such placement.
    DomainError : an element is out of range or not a whole number.

    Notes
    -----
    Consistent: |n - n'| / max(n, n'), the least there can be. Modulo: 1 - min(n, n')/lcm(n, n').

    Examples
    --------
    >>> round(float(moved_share(10, 12, "modulo")), 3), round(float(moved_share(10, 12)), 3)
    (0.833, 0.167)

    References
    ----------
    [KARGER], [LAMPING].
    """
    a, b = whole("before", before, 1, 1e9), whole("after", after, 1, 1e9)
    if placement not in PLACEMENTS:
        raise UnknownName("placement", placement, PLACEMENTS)
    if placement == "consistent":
        return (np.abs(a - b) / np.maximum(a, b))[()]
    return (1 - np.minimum(a, b) / np.lcm(a.astype(np.int64), b.astype(np.int64)))[()]


def node_share_cv(nodes, virtual_nodes):
    """Spread of the part of a hash ring that a node gets: standard deviation over mean.

    Parameters
    ----------
    nodes : int or array_like
        m >= 1. [count]
    virtual_nodes : int or array_like
        V >= 1 for each node. [count]

    Returns
    -------
    float or ndarray
        sqrt((m - 1)/(m V + 1)). [ratio]

    Raises
    ------
    DomainError : an element is out of range or not a whole number.

    Notes
    -----
    The part is Beta(V, (m - 1) V): the ring is cut at m V points.

    Examples
    --------
    >>> round(float(node_share_cv(16, 128)), 4)
    0.0856

    References
    ----------
    [KARGER].
    """
    m, v = whole("nodes", nodes, 1), whole("virtual_nodes", virtual_nodes, 1)
    return np.sqrt((m - 1) / (m * v + 1))[()]


def fullest_node_skew(p, nodes, virtual_nodes):
    """The largest part of a hash ring that a node gets, over the mean: the value not exceeded with p.

    Parameters
    ----------
    p : float or array_like
        Above 0, below 1: 0.5 is the median over rings. [ratio]
    nodes : int or array_like
        m >= 1. [count]
    virtual_nodes : int or array_like
        V >= 1 for each node. [count]

    Returns
    -------
    float or ndarray
        At least 1. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Notes
    -----
    The parts are gamma numbers given their sum, by the saddle point: within 1% of simulations from 10 nodes
    on.

    Examples
    --------
    >>> [round(float(fullest_node_skew(p, 32, 160)), 2) for p in (0.5, 0.95)]
    [1.17, 1.24]

    References
    ----------
    [KARGER], [DAVID].
    """
    q = real("p", p, 0, 1, above=True, below=True)
    return each(fullest_part, q, whole("nodes", nodes, 1), whole("virtual_nodes", virtual_nodes, 1))


def mean_fullest_bin(balls, bins, choices=1):
    """Mean load of the fullest of equal bins that equal balls are thrown into.

    Parameters
    ----------
    balls : int or array_like
        n >= 1. [count]
    bins : int or array_like
        m >= 1. [count]
    choices : int
        Bins that a ball may choose from, of which it takes the emptiest. [count]

    Returns
    -------
    float or ndarray
        Within 1.5% of simulations. [count]

    Raises
    ------
    DomainError : an element is out of range or not a whole number.

    Notes
    -----
    sum_k 1 - (1 - s_k)^m with s_k the chance that a bin has k or more: binomial for one choice, for more the
    limit of many bins. The bins are taken as independent.

    Examples
    --------
    >>> round(float(mean_fullest_bin(10_000, 100)), 1), round(float(mean_fullest_bin(10_000, 100, 2)), 1)
    (125.8, 101.9)

    References
    ----------
    [RAAB], [AZAR].
    """
    d = int(whole("choices", choices, 1))

    def one(n: float, m: float) -> float:
        return one_choice(n, m) if d == 1 else n / m + lead_of_choices(n / m, m, d)

    return each(one, whole("balls", balls, 1), whole("bins", bins, 1))


def two_choices_share(shards, keys, zipf):
    """Share of the requests at the hottest shard where each key, hottest first, goes to the lighter of two.

    Parameters
    ----------
    shards : int or array_like
        m >= 1. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        The share of the hottest key, or 1/m and the lead that the rarest keys leave. Approximation. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(two_choices_share(16, 10_000, 0.8)), 4)
    0.0625

    References
    ----------
    [AZAR].
    """
    m, (n, s) = whole("shards", shards, 1), checked(keys, zipf)

    def one(m: float, n: float, s: float) -> float:
        hottest_key, rarest = (float(v) for v in zipf_rank_share(np.array([1.0, n]), n, s))
        return max(hottest_key, 1 / m + lead_of_choices(n / m, m, 2) * rarest)

    return each(one, m, n, s)


def any_slow_ratio(slow_ratio, calls):
    """Part of the requests that are slow where each waits for all of its calls, slow or not on their own.

    Parameters
    ----------
    slow_ratio : float or array_like
        Part of the calls that are slow. [ratio]
    calls : float or array_like
        For each request, >= 0. [count]

    Returns
    -------
    float or ndarray
        1 - (1 - p)^n; less where slow calls come together. [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite.

    Examples
    --------
    >>> round(float(any_slow_ratio(0.01, 100)), 3)
    0.634

    References
    ----------
    [DEAN].
    """
    p, n = real("slow_ratio", slow_ratio, 0, 1), real("calls", calls, 0)
    sure = (p == 1) & (n > 0)
    return np.where(sure, 1.0, -np.expm1(n * np.log1p(-np.where(p == 1, 0.0, p))))[()]


def _of(number, shards, keys, zipf, hot_keys, copies, p):
    m, hot = whole("shards", shards, 1), whole("hot_keys", hot_keys, 0, _MOST_HOT)
    r, (n, s) = whole("copies", copies, 1), checked(keys, zipf)
    if (r > m).any():
        raise DomainError(
            "copies", float(np.max(r)), "what is no more than shards", "Split over all of them."
        )

    def one(m: float, n: float, s: float, hot: float, r: float, p: float) -> float:
        law = hottest(int(m), int(n), s, int(min(hot, n)), int(r))
        return max(number(law, p), 1 / m)

    return each(one, m, n, s, hot, r, p)
