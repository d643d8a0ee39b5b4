"""Copies and shards of a database of which every copy applies every write.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| offered load of reads, of writes | R, W | `read_erlangs`, `write_erlangs` | erlang |
| erlangs that one server may carry | u | `room_erlangs` | erlang |
| shards, copies of each | s, k | | count |

A copy of a shard carries W/s + R/(s k) <= u. So k copies need s >= (W + R/(k - p)) / u shards when p of them are
spare, and s shards need k >= R/(s u - W) + p copies: for each k there is one least s, for each s one least k.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real, whole

_NEAR = 16  # candidates tried on each side of where the least can lie
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
    Tried are the fewest shards that work at all and those above, the fewest copies and those above, and both sides
    of where s (R/(s u - W) + p) is least, s = (W + sqrt(R W / p)) / u. Exact where the answer has few shards or few
    copies; between (both over 16) within one part in 16 of the least, and the load is always carried.

    Examples
    --------
    >>> float(fewest_shards(99.75, 0.0, 5.6, 3, 1, 5))  # 5 x 5, 6 x 4, 7 x 4 ... 9 x 3: 24 servers are the fewest
    6.0
    """
    reads = real("read_erlangs", read_erlangs, 0)
    writes = real("write_erlangs", write_erlangs, 0)
    u = real("room_erlangs", room_erlangs, 0, above=True)
    k0, p, s0 = whole("least_copies", least_copies, 1), whole("spare", spare), whole("least_shards", least_shards, 1)
    tried = _candidates(reads, writes, u, k0, p, s0)
    servers = tried * copies_for(tried, reads, writes, u, k0, p)
    best = servers.min(axis=0)
    return np.where(servers <= best, tried, np.inf).min(axis=0)[()]


def _candidates(reads, writes, u, k0, p, s0) -> np.ndarray:
    shape = np.broadcast_shapes(*(np.shape(v) for v in (reads, writes, u, k0, p, s0)))
    span = np.arange(_NEAR).reshape(-1, *(1,) * len(shape))
    least = np.maximum(s0, np.floor(writes / u) + 1)
    few_copies = np.maximum(k0, p + 1) + span
    turn = (writes + np.sqrt(reads * writes / np.maximum(p, 1.0))) / u
    by_shards = least + span
    by_copies = ceil((writes + reads / (few_copies - p)) / u)
    around = np.ceil(turn) + span - _NEAR // 2
    at_turn = ceil((writes + reads / np.maximum(copies_for(np.maximum(around, least), reads, writes, u, k0, p) - p, 1)) / u)
    every = [np.broadcast_to(c, (_NEAR, *shape)) for c in (by_shards, by_copies, around, at_turn)]
    return np.maximum(np.concatenate(every), least)
