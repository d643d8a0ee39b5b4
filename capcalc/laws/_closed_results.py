"""What a closed network comes to, whichever way it was solved, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws._stations import Array, one_a_class, server_counts, takes_time, times


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedNetwork:
    """A closed network of one class, solved. Arrays have one number a station."""

    stations: tuple[str, ...]
    population: float
    think_time_s: float
    throughput_rps: float
    response_s: float
    residence_s: Array
    queue_lengths: Array
    busy_servers: Array
    utilisation: Array  # busy servers over servers; 0 of a delay station
    standing: str  # "exact" or "approximation"

    @property
    def bottleneck(self) -> str | None:
        """The station of the highest utilisation; None where all are delays."""
        return self.stations[int(self.utilisation.argmax())] if self.utilisation.any() else None


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedClasses:
    """A closed network of several classes, solved. One number a class; tables have a row a class."""

    classes: tuple[str, ...]
    stations: tuple[str, ...]
    population: Array
    think_time_s: Array
    throughput_rps: Array
    response_s: Array
    residence_s: Array  # classes x stations
    queue_lengths: Array  # classes x stations
    busy_servers: Array  # classes x stations
    utilisation: Array  # stations
    standing: str

    @property
    def bottleneck(self) -> str | None:
        """The station of the highest utilisation; None where all are delays."""
        return self.stations[int(self.utilisation.argmax())] if self.utilisation.any() else None


def one_class(
    D: Array, c: Array, Z: float, N: float, X: float, queues: Array, stations, standing
) -> ClosedNetwork:
    """Throughput and customers, and what follows from them by Little's law."""
    residence = queues / X
    return ClosedNetwork(
        stations=stations,
        population=float(N),
        think_time_s=Z,
        throughput_rps=X,
        response_s=float(residence.sum()),
        residence_s=residence,
        queue_lengths=queues,
        busy_servers=X * D,
        utilisation=np.minimum(X * D / c, 1.0),
        standing=standing,
    )


def several_classes(
    D: Array, c: Array, Z: Array, N: Array, X: Array, queues: Array, named, standing
) -> ClosedClasses:
    """The same for several classes."""
    classes, stations = named
    some = (X > 0)[:, None]
    lone = D * (1 + np.where(np.isinf(c), 0.0, queues.sum(axis=0)) / np.where(np.isinf(c), 1.0, c))
    residence = np.where(some, queues / np.where(some, X[:, None], 1.0), lone)
    busy = X[:, None] * D
    return ClosedClasses(
        classes=classes,
        stations=stations,
        population=N,
        think_time_s=Z,
        throughput_rps=X,
        response_s=residence.sum(axis=1),
        residence_s=residence,
        queue_lengths=queues,
        busy_servers=busy,
        utilisation=np.minimum(busy.sum(axis=0) / c, 1.0),
        standing=standing,
    )


def multiclass(demands_s, population, think_time_s, servers) -> tuple[Array, Array, Array, Array]:
    """Demands, populations, think times and servers of a network of several classes, checked."""
    D = times("demands_s", demands_s, axes=2)
    N = whole("population", population, 0)
    if N.shape != (len(D),):
        raise DomainError("population", N.tolist(), f"the lists of {len(D)} numbers, one a class")
    if not N.any():
        raise DomainError("population", N.tolist(), "what holds any customer", "Give one class 1 or more.")
    Z = one_a_class("think_time_s", real("think_time_s", think_time_s, 0), len(D))
    takes_time(D, Z)
    return D, N, Z, server_counts(servers, D.shape[1])
