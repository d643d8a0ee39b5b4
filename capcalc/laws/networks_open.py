"""Open queueing networks: customers come from outside, are routed from station to station, and leave.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrivals from outside at each station | gamma | `external_rps` | 1/s |
| share of those done at i that go on to j | P_ij | `routing` | ratio |
| arrivals at each station in all | lam | `station_rps` | 1/s |
| visits a customer | V | `visits` | count |
| mean service time of a visit | S | `service_time_s` | s |
| demand, V S | D | `demands_s` | s |
| parallel servers, -1 for a delay station | c | `servers` | count |
| response of one visit, of all visits to a station | W_k, R_k | `response_per_visit_s`, `residence_s` | s |

Traffic equations: lam_j = gamma_j + sum_i lam_i P_ij. Then each station is an M/M/c on its own (Jackson),
even where its arrivals are no Poisson stream. A saturated station is an answer: its times are inf, `problem`
names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._stations import Array, names, one_a_class, one_a_station, server_counts, times
from capcalc.laws.mmc import mmc_mean_wait_s
from capcalc.laws.traffic import traffic_rates


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenNetwork:
    """An open network of one class, solved. Arrays have one number a station."""

    stations: tuple[str, ...]
    arrival_rps: float
    station_rps: Array
    visits: Array
    service_time_s: Array
    servers: Array  # inf of a delay station
    offered_erlangs: Array
    utilisation: Array  # erlangs over servers, above 1 where overloaded; 0 of a delay station
    wait_s: Array  # of one visit
    response_per_visit_s: Array
    residence_s: Array
    queue_lengths: Array  # customers at the station, in service or not
    response_s: float
    customers: float
    limit_rps: float  # arrivals that the busiest station cannot follow any more
    problem: str | None

    @property
    def saturated(self) -> NDArray[np.bool_]:
        """Which stations have more work than servers."""
        return self.offered_erlangs >= self.servers

    @property
    def bottleneck(self) -> str | None:
        """The station of the highest utilisation; None where none has any."""
        return self.stations[int(self.utilisation.argmax())] if self.utilisation.any() else None


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenClasses:
    """An open network of several classes, solved. Tables have a row a class, a column a station."""

    classes: tuple[str, ...]
    stations: tuple[str, ...]
    arrival_rps: Array
    servers: Array
    offered_erlangs: Array  # stations
    utilisation: Array  # stations
    residence_s: Array
    queue_lengths: Array
    response_s: Array  # classes
    customers: Array  # classes
    limit_factor: float  # of this load, at which the busiest station is full
    problem: str | None

    @property
    def saturated(self) -> NDArray[np.bool_]:
        """Which stations have more work than servers."""
        return self.offered_erlangs >= self.servers

    @property
    def bottleneck(self) -> str | None:
        """The station of the highest utilisation; None where none has any."""
        return self.stations[int(self.utilisation.argmax())] if self.utilisation.any() else None


def open_network(
    arrival_rps, service_time_s, visits=1.0, servers=1, stations: Sequence[str] | None = None
) -> OpenNetwork:
    """An open network of one class, from the visits that a customer makes. Exact.

    Parameters
    ----------
    arrival_rps : float
        Customers that arrive from outside, >= 0. [1/s]
    service_time_s : array_like
        Mean service time of a visit to each station, S >= 0. [s]
    visits : float or array_like
        Visits of a customer to each station, V >= 0. With 1, service times are demands. [count]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations : sequence of str
        Their names.

    Returns
    -------
    OpenNetwork
        Loads, waits, responses and customers at each station and in all; inf where a station is saturated.

    Raises
    ------
    DomainError : a number is out of range, or a list has not one number a station.

    Notes
    -----
    Station k is an M/M/c of rate X V_k: R_k = V_k (S_k + Wq_k), Q_k = X R_k.

    Examples
    --------
    >>> solved = open_network(3.0, [0.01, 0.02, 0.03], visits=[16, 7, 8])
    >>> round(solved.response_s, 4), solved.bottleneck
    (1.4062, 'station 3')
    >>> open_network(12.0, [0.1, 0.01], stations=["db", "web"]).problem
    'db: 1.20 erlang saturate 1 server; 2 would carry them; the network carries less than 10/s'

    References
    ----------
    [JACKSON], [ERLANG].
    """
    S = times("service_time_s", service_time_s)
    V = one_a_station("visits", real("visits", visits, 0), S.size)
    total = real("arrival_rps", arrival_rps, 0)
    if total.ndim:
        raise DomainError(
            "arrival_rps", total.tolist(), "the single numbers", "Several classes go to open_multiclass."
        )
    return _solved(float(total), float(total) * V, V, S, server_counts(servers, S.size), stations)


def jackson_network(
    external_rps, routing, service_time_s, servers=1, stations: Sequence[str] | None = None
) -> OpenNetwork:
    """An open Jackson network of one class, from its routing. Exact.

    Parameters
    ----------
    external_rps : array_like
        Arrivals from outside at each station, gamma >= 0. [1/s]
    routing : array_like
        P_ij, the share of those done at i that go on to j; the rest of a row leaves. [ratio]
    service_time_s : float or array_like
        Mean service time of a visit to each station, S >= 0. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations : sequence of str
        Their names.

    Returns
    -------
    OpenNetwork
        Loads, waits, responses and customers at each station and in all; inf where a station is saturated.

    Raises
    ------
    DomainError : a number is out of range, a shape does not fit, or customers cannot leave.

    Examples
    --------
    >>> jackson_network([10.0, 0.0], [[0, 0.5], [1, 0]], [0.04, 0.05]).queue_lengths.round(4).tolist()
    [4.0, 1.0]

    References
    ----------
    [JACKSON], [ERLANG].
    """
    lam = traffic_rates(external_rps, routing)
    if lam.ndim != 1:
        raise DomainError(
            "external_rps", np.asarray(external_rps).tolist(), "the flat lists, one number a station"
        )
    S = one_a_station("service_time_s", real("service_time_s", service_time_s, 0), lam.size)
    total = float(np.sum(external_rps))
    V = lam / total if total > 0 else np.zeros(lam.size)
    return _solved(total, lam, V, S, server_counts(servers, lam.size), stations)


def open_multiclass(
    arrival_rps,
    demands_s,
    servers=1,
    stations: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
) -> OpenClasses:
    """An open network of several classes, from their demands. Exact.

    Parameters
    ----------
    arrival_rps : float or array_like
        Customers of each class that arrive from outside, lam_r >= 0. [1/s]
    demands_s : array_like
        Visits times mean service time, D >= 0: a row a class, a column a station. [s]
    servers : int or array_like
        Parallel servers of each station, c >= 1, or -1 for a delay station. [count]
    stations, classes : sequence of str
        Their names.

    Returns
    -------
    OpenClasses
        Residence and customers by class and station; inf where a station is saturated.

    Raises
    ------
    DomainError : a number is out of range, or a table has the wrong shape.

    Notes
    -----
    R_rk = D_rk (1 + C/(c - a)), C of Erlang at the load a = sum_r lam_r D_rk: D_rk / (1 - a) with one server.
    With first come first served a station has one mean service time for all classes; processor sharing takes
    any.

    Examples
    --------
    >>> open_multiclass([3 / 19, 2 / 19], [[1, 3], [2, 4]]).response_s.round(4).tolist()
    [30.0833, 41.1667]

    References
    ----------
    [BCMP], [ERLANG].
    """
    D = times("demands_s", demands_s, axes=2)
    lam = one_a_class("arrival_rps", real("arrival_rps", arrival_rps, 0), len(D))
    c = server_counts(servers, D.shape[1])
    named = names("stations", stations, D.shape[1], "station")
    a = lam @ D
    wait = _waits(a, np.ones(a.shape), c)  # in service times
    residence = np.where(D > 0, D * (1 + np.where(D > 0, wait, 0.0)), 0.0)
    present = lam[:, None] > 0
    queues = np.where(present & (D > 0), np.where(present, lam[:, None], 1.0) * residence, 0.0)
    factor = _limit(a, c)
    return OpenClasses(
        classes=names("classes", classes, len(D), "class"),
        stations=named,
        arrival_rps=lam,
        servers=c,
        offered_erlangs=a,
        utilisation=a / c,
        residence_s=residence,
        queue_lengths=queues,
        response_s=residence.sum(axis=1),
        customers=queues.sum(axis=1),
        limit_factor=factor,
        problem=_problem(named, a, c, f"{factor:.3g} times this load"),
    )


def _solved(total: float, lam: Array, V: Array, S: Array, c: Array, stations) -> OpenNetwork:
    named = names("stations", stations, S.size, "station")
    a = lam * S
    wait = _waits(lam, S, c)
    each = S + wait
    residence = np.where(V > 0, V * np.where(V > 0, each, 0.0), 0.0)
    queues = np.where(lam > 0, lam * np.where(lam > 0, each, 0.0), 0.0)
    limit = _limit(V * S, c)
    return OpenNetwork(
        stations=named,
        arrival_rps=total,
        station_rps=lam,
        visits=V,
        service_time_s=S,
        servers=c,
        offered_erlangs=a,
        utilisation=a / c,
        wait_s=wait,
        response_per_visit_s=each,
        residence_s=residence,
        queue_lengths=queues,
        response_s=float(residence.sum()),
        customers=float(queues.sum()),
        limit_rps=limit,
        problem=_problem(named, a, c, f"{limit:,.6g}/s"),
    )


def _waits(lam: Array, S: Array, c: Array) -> Array:
    delay = np.isinf(c)
    return np.where(delay, 0.0, mmc_mean_wait_s(lam, S, np.where(delay, 1.0, c)))


def _limit(work: Array, c: Array) -> float:
    """What the arrivals can be multiplied by, or be, until the first station is full."""
    busy = work > 0
    return float((c[busy] / work[busy]).min(initial=np.inf))


def _problem(stations: Sequence[str], a: Array, c: Array, limit: str) -> str | None:
    said = [
        f"{stations[k]}: {a[k]:,.2f} erlang saturate {c[k]:,.0f} server{'s' if c[k] > 1 else ''}; "
        f"{np.floor(a[k]) + 1:,.0f} would carry them"
        for k in np.flatnonzero(a >= c).tolist()
    ]
    return f"{'; '.join(said)}; the network carries less than {limit}" if said else None
