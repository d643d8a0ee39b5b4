"""What every queueing network is given, checked once: demands, servers, population, names.

`servers = -1` is a delay station: everybody is served at once. Inside it has c = inf servers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capcalc.checks import real, whole
from capcalc.errors import DomainError

Array = NDArray[np.float64]
DELAY = -1


def server_counts(servers, count: int) -> Array:
    """c of each of `count` stations; inf of a delay station."""
    c = whole("servers", servers, DELAY)
    if (c == 0).any():
        raise DomainError("servers", 0.0, "[1, inf)", "Write -1 for a delay station, where nobody waits.")
    return np.where(c == DELAY, np.inf, one_a_station("servers", c, count))


def one_a_station(name: str, values: Array, count: int) -> Array:
    """A number a station, from one a station or one for all."""
    if values.shape not in ((), (1,), (count,)):
        allowed = f"the lists of {count} numbers, one a station"
        raise DomainError(name, values.tolist(), allowed, "One number alone counts for every station.")
    return np.broadcast_to(values, (count,)).astype(np.float64)


def times(name: str, values, axes: int = 1) -> Array:
    """Times, or other numbers >= 0: one a station, or with two axes one row a class."""
    array = real(name, values, 0)
    if array.ndim != axes or not array.size:
        shape = (
            "flat lists, one number a station"
            if axes == 1
            else "tables, one row a class, one column a station"
        )
        raise DomainError(name, array.tolist(), f"the {shape}")
    return array


def one_a_class(name: str, values: Array, count: int) -> Array:
    """A number a class, from one a class or one for all."""
    if values.shape not in ((), (1,), (count,)):
        raise DomainError(name, values.tolist(), f"the lists of {count} numbers, one a class")
    return np.broadcast_to(values, (count,)).astype(np.float64)


def takes_time(demands: Array, think: Array | float) -> None:
    """Refuses a closed network in which some customer never spends any time: its throughput has no end."""
    if np.any(demands.sum(axis=-1) + think <= 0):
        raise DomainError(
            "demands_s", demands.tolist(), "the demands that take any time", "Give one above 0."
        )


def names(name: str, given: Sequence[str] | None, count: int, word: str) -> tuple[str, ...]:
    """The names of stations or classes; without any, "station 1", "station 2", ..."""
    if given is None:
        return tuple(f"{word} {k + 1}" for k in range(count))
    if isinstance(given, str) or len(given) != count:
        raise DomainError(name, given, f"the lists of {count} names")
    return tuple(str(one) for one in given)
