"""Caches of keys whose popularity and size were measured, one by one; and objects of unlike size.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| requests of each key | f_i | `counts` | count |
| its size | z_i | `sizes_bytes` | bytes |
| room | B | `capacity_bytes` | bytes |

Here time grows with the number of keys: 30 ms for a million.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._ranks import Array
from capcalc.laws._search import crossing


class Hits(NamedTuple):
    """Part of the requests, and part of the bytes, that come from the cache. [ratio]"""

    requests: Array
    bytes: Array


def lru_hit_ratios(capacity_bytes, counts, sizes_bytes) -> Hits:
    """Hit ratios of LRU by requests and by bytes, for measured keys. Within 6e-4 of simulations.

    Parameters
    ----------
    capacity_bytes : float or array_like
        B >= 0. [bytes]
    counts : array_like
        Requests of each key, >= 0, in any unit. [count]
    sizes_bytes : array_like
        Size of each key, > 0; one number for all is enough. [bytes]

    Returns
    -------
    Hits `requests` and `bytes`; the origin's load by requests is 1 less the first, by bytes 1 less the
    second. [ratio]

    Raises
    ------
    DomainError : an element is out of range or not finite, or no key was asked for.

    Notes
    -----
    sum_i z_i (1 - e^(-p_i T)) = B gives T. Cold misses are not counted.

    Examples
    --------
    >>> hits = lru_hit_ratios(3.0, [8, 4, 2, 1, 1], [1.0, 1.0, 2.0, 1.0, 1.0])
    >>> round(float(hits.requests), 2), round(float(hits.bytes), 2)
    (0.71, 0.68)

    References
    ----------
    [CHE].
    """
    f, z = np.broadcast_arrays(real("counts", counts, 0), real("sizes_bytes", sizes_bytes, 0, above=True))
    f, z = f.ravel(), z.ravel()
    if not f.sum() > 0:
        raise DomainError("counts", f.tolist(), "the counts of keys that were asked for")
    p, z = f[f > 0] / f.sum(), z[f > 0]
    room = real("capacity_bytes", capacity_bytes, 0)
    size = room.ravel()
    live = np.flatnonzero((size > 0) & (size < z.sum()))

    def short(u: Array, i) -> Array:
        return np.array(
            [size[live[j]] + z @ np.expm1(-p * t) for t, j in zip(np.exp(u).tolist(), i, strict=True)]
        )

    # No fewer requests than the largest mean item needs, and no more than wear out the rarest key.
    low = np.log(size[live] / max(float(p @ z), 1e-300))
    u = crossing(short, low, np.full(live.size, np.log(60 / p.min())))
    requests, volume = np.where(size > 0, 1.0, 0.0), np.where(size > 0, 1.0, 0.0)
    for i, t in zip(live.tolist(), np.exp(u).tolist(), strict=True):
        held = p * -np.expm1(-p * t)
        requests[i], volume[i] = held.sum(), held @ z / (p @ z)
    return Hits(requests.reshape(room.shape)[()], volume.reshape(room.shape)[()])
