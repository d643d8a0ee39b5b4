"""Copies and shards of a database of which every copy applies every write.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| offered load of reads, of writes | R, W | `read_erlangs`, `write_erlangs` | erlang |
| erlangs that one server may carry | u | `room_erlangs` | erlang |
| shards, copies of each | s, k | | count |

A copy of a shard carries W/s + R/(s k) <= u. So k copies need s >= (W + R/(k - p)) / u shards when p of
them are spare, and s shards need k >= R/(s u - W) + p copies: for each k there is one least s, for each s
one least k.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole

_WINDOW = 2e6  # candidates that are all tried
_BLOCK = 16  # layouts tried at a time
_NEAR = 1e-9  # a bound missed by less is not taken as missed
_EPS = 1e-12  # 10.000000000001 servers are 10: rounding is not load


def ceil(x):
    """The least whole number that is not below x but for rounding (a part in 10^12)."""
    return np.ceil(x * (1 - _EPS))


def copies_for(shards, read_erlangs, write_erlangs, room_erlangs, least_copies, spare):
    """Least copies of each of `shards` shards; inf where the writes alone fill a server.

    Parameters
    ----------
    shards : int or array_like
        s >= 1. [count]
    read_erlangs, write_erlangs : float or array_like
        Offered load of the whole tier, R and W, >= 0. [erlang]
    room_erlangs : float or array_like
        What one server may carry, u > 0. [erlang]
    least_copies, spare : int or array_like
        Copies wanted anyway, and how many of them may be lost. [count]

    Returns
    -------
    float or ndarray
        max(least, ceil(R / (s u - W)) + spare). [count]

    Examples
    --------
    >>> float(copies_for(6, 99.75, 0.0, 5.6, 3, 1))
    4.0
    """
    free = shards * room_erlangs - write_erlangs
    full = free <= 0
    reading = ceil(read_erlangs / np.where(full, 1.0, free)) + spare
    return np.where(full, np.inf, np.maximum(least_copies, reading))


def fewest_shards(read_erlangs, write_erlangs, room_erlangs, least_copies, spare, least_shards=1):
    """The shards of the layout with the fewest servers, s times `copies_for(s)`; of equals the fewest shards.

    Parameters
    ----------
    read_erlangs, write_erlangs : float or array_like
        R and W, >= 0. [erlang]
    room_erlangs : float or array_like
        u > 0. [erlang]
    least_copies, spare, least_shards : int or array_like
        Lower limits. [count]

    Returns
    -------
    float or ndarray
        Shards. [count]

    Raises
    ------
    DomainError : an element is out of range.

    Notes
    -----
    Exact. A few layouts give a bound of B servers: the fewest shards, the fewest copies, and around the
    turning point of s (R/(s u - W) + p), s = (W + sqrt(R W / p)) / u. A layout of no more than B servers
    has (m + p) (W + R/m) / u <= B with m = k - p, a quadratic in m, so that k lies between its roots, and s
    with it; every layout there is tried, by k up to the root of B and by s beyond. Mostly one or two are
    left, seldom 60.

    Examples
    --------
    >>> float(fewest_shards(99.75, 0.0, 5.6, 3, 1, 5))  # 5 x 5, 6 x 4, 7 x 4, 8 x 4, 9 x 3: 24 are the fewest
    6.0
    """
    given = (
        real("read_erlangs", read_erlangs, 0),
        real("write_erlangs", write_erlangs, 0),
        real("room_erlangs", room_erlangs, 0, above=True),
        whole("least_copies", least_copies, 1),
        whole("spare", spare),
        whole("least_shards", least_shards, 1),
    )
    shape = np.broadcast_shapes(*(v.shape for v in given))
    case = np.stack([np.broadcast_to(v, shape).ravel() for v in given])
    case[5] = np.maximum(case[5], np.floor(case[1] / case[2]) + 1)  # fewer shards cannot take the writes
    shards = case[5].copy()
    hard = np.flatnonzero(copies_for(shards, *case[:5]) > case[3])  # elsewhere both limits are met: none has fewer servers
    shards[hard] = _searched(case[:, hard])
    return shards.reshape(shape)[()]


def _searched(case) -> np.ndarray:
    """The shards of cases, a column each, that need more than their lower limits."""
    shards = _better(case, _first(case), np.full(case.shape[1], np.inf))
    servers = shards * copies_for(shards, *case[:5])
    low, turn, first, count = _window(case, np.where(shards > case[5], servers, servers - 1))
    for start in range(0, int(count.max(initial=0)), _BLOCK):
        rest = np.flatnonzero(count > start)
        at = start + np.arange(_BLOCK)[:, None]
        k = low[rest] + at
        tried = np.where(k <= turn[rest], _shards_for(case[:, rest], k), first[rest] + k - turn[rest] - 1)
        shards[rest] = _better(case[:, rest], tried, shards[rest])
    return shards


def _shards_for(case, copies):
    """Least shards of so many copies."""
    reads, writes, u, _, p, least = case
    return np.maximum(least, ceil((writes + reads / np.maximum(copies - p, 1)) / u))


def _first(case) -> np.ndarray:
    reads, writes, u, k0, p, least = case
    near = np.arange(3.0)[:, None]
    turn = np.ceil((writes + np.sqrt(reads * writes / np.maximum(p, 1))) / u) - 1
    around = np.maximum(turn + near, least)
    at_turn = _shards_for(case, copies_for(around, *case[:5]))
    return np.concatenate([least + near, _shards_for(case, np.maximum(k0, p + 1) + near), around, at_turn])


def _better(case, tried, shards) -> np.ndarray:
    """Of `tried`, along the first axis, and `shards`: the fewest servers, of equals the fewest shards."""
    every = np.concatenate([np.maximum(tried, case[5]), shards[None]])
    finite = np.where(np.isfinite(every), every, 1.0)
    servers = np.where(np.isfinite(every), finite * copies_for(finite, *case[:5]), np.inf)
    return np.where(servers <= servers.min(axis=0), every, np.inf).min(axis=0)


def _window(case, servers):
    """Where no more than `servers` can do: copies from `low` to `turn`, then shards from `first`; count."""
    reads, writes, u, k0, p, least = case
    b = u * servers - reads - p * writes  # W m^2 - b m + p R <= 0
    square = b * b - 4 * writes * p * reads
    none = (b < -_NEAR * u * servers) | (square < -_NEAR * b * b)
    wide = np.maximum(b, 0.0) + np.sqrt(np.maximum(square, 0.0))
    m1 = 2 * p * reads / np.where(wide > 0, wide, 1.0)
    with np.errstate(over="ignore"):
        m2 = np.where(writes > 0, wide / np.where(writes > 0, 2 * writes, 1.0), np.inf)
    # One more on each side, for rounding.
    low = np.maximum(np.maximum(k0, p), np.ceil(p + m1) - 1)
    high = np.minimum(np.floor(p + m2), np.floor(servers / least)) + 1
    first = np.maximum(_shards_for(case, high) - 1, least)
    last = np.floor(servers / np.maximum(low, 1)) + 1
    root = np.clip(np.ceil(np.sqrt(np.maximum(servers, 0.0))), low, high)
    turn = np.where(last - first < root - low, low - 1, root)
    last = np.where(turn < high, np.floor(servers / (turn + 1)) + 1, first - 1)
    count = np.maximum(turn - low + 1, 0) + np.maximum(last - first + 1, 0)
    # of so many candidates the neighbours of the continuous optimum, already tried, are as good to 1e-6
    return low, turn, first, np.where(none | (count > _WINDOW), 0, count)
