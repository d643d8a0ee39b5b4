"""Closed queueing networks of any population, approximately, in time that does not grow with it.

Schweitzer's method takes the shares of a class at the stations as unchanged by one customer less; the
Linearizer estimates the change. Against the exact solution, in tests/laws/test_networks.py over random
networks of one class:

| error of throughput, 1 to 1,000 customers, 400 networks of one class | mean | 99th percentile | largest |
| --- | --- | --- | --- |
| Schweitzer, single servers | 0.7 % | 5.5 % | 6.4 % |
| Linearizer, single servers | 0.04 % | 0.4 % | 0.7 % |
| Schweitzer, pools of up to 64 servers | 0.6 % | 6.6 % | 10 % |
| Linearizer, pools of up to 64 servers | 0.25 % | 4.6 % | 10 % |

| error of throughput, worst of 2 or 3 classes of up to 40, 150 networks | mean | 99th percentile | largest |
| --- | --- | --- | --- |
| Schweitzer, single servers | 2.5 % | 13 % | 16 % |
| Linearizer, single servers | 0.2 % | 1.0 % | 1.1 % |
| Schweitzer, pools of up to 8 servers | 2.9 % | 9.2 % | 11 % |
| Linearizer, pools of up to 8 servers | 1.0 % | 4.9 % | 7.5 % |

The largest are those of one customer more than servers in a pool and nothing else, and of few customers at
nearly equal stations; they vanish as N grows. With Seidmann's delay for the pools the Linearizer has 0.6 %
and 7 % (mean and 99th percentile of 250 networks of one class), at most 14 %.
"""

from __future__ import annotations

from collections.abc import Sequence

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws._closed_approximate import solve
from capcalc.laws._closed_results import ClosedClasses, ClosedNetwork, multiclass, one_class, several_classes
from capcalc.laws._stations import names


def approximate_network(
    demands_s,
    population,
    think_time_s=0.0,
    servers=1,
    stations: Sequence[str] | None = None,
    method: str = "linearizer",
) -> ClosedNetwork:
    """A closed network of one class, approximately, for populations of any size.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time of each station, D >= 0. [s]
    population : int
        Customers, N >= 1. [count]
    think_time_s : float
        Think time, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations : sequence of str
        Their names.
    method : str
        "linearizer" or "schweitzer".

    Returns
    -------
    ClosedNetwork
        As `closed_network`, with `standing` "approximation".

    Raises
    ------
    DomainError : a number is out of range, a list has not one number a station, or nothing takes time.
    UnknownName : there is no such method.

    Examples
    --------
    >>> solved = approximate_network([0.605, 2.1, 1.35], 3, think_time_s=15.0, method="schweitzer")
    >>> round(solved.throughput_rps, 4), round(solved.response_s, 2)
    (0.151, 4.87)

    References
    ----------
    [SCHWEITZER], [CHANDY], [SEIDMANN].
    """
    D, N = real("demands_s", demands_s, 0), whole("population", population, 1)
    Z = real("think_time_s", think_time_s, 0)
    for name, value, axes in (("demands_s", D, 1), ("population", N, 0), ("think_time_s", Z, 0)):
        if value.ndim != axes:
            raise DomainError(name, value.tolist(), "the flat lists" if axes else "the single numbers")
    rows, n, z, c = multiclass(D[None], N[None], Z, servers)
    X, queues = solve(rows, n, z, c, method)
    named = names("stations", stations, D.size, "station")
    return one_class(rows[0], c, float(Z), float(N), float(X[0]), queues[0], named, "approximation")


def approximate_multiclass(
    demands_s,
    population,
    think_time_s=0.0,
    servers=1,
    stations: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    method: str = "linearizer",
) -> ClosedClasses:
    """A closed network of several classes, approximately, for populations of any size.

    Parameters
    ----------
    demands_s : array_like
        Visits times mean service time, D >= 0: a row a class, a column a station. [s]
    population : array_like
        Customers of each class, N >= 0. [count]
    think_time_s : float or array_like
        Think time of each class, Z >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations, classes : sequence of str
        Their names.
    method : str
        "linearizer" or "schweitzer".

    Returns
    -------
    ClosedClasses
        As `closed_multiclass`, with `standing` "approximation".

    Raises
    ------
    DomainError : a number is out of range, a table has the wrong shape, or nothing takes time.
    UnknownName : there is no such method.

    Examples
    --------
    >>> approximate_multiclass([[1, 3], [2, 4]], population=[1000, 500]).throughput_rps.round(4).tolist()
    [0.2222, 0.0833]

    References
    ----------
    [SCHWEITZER], [CHANDY], [SEIDMANN].
    """
    D, N, Z, c = multiclass(demands_s, population, think_time_s, servers)
    X, queues = solve(D, N, Z, c, method)
    named = names("classes", classes, len(D), "class"), names("stations", stations, D.shape[1], "station")
    return several_classes(D, c, Z, N, X, queues, named, "approximation")
