"""Pools of identical servers: the laws of M/M/c and M/G/c by name, and one design of each as a component.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate | lam | `arrival_rps` | 1/s |
| mean service time | S | `service_time_s` | s |
| parallel servers | c | `servers` | count |
| offered load | a | `offered_erlangs` | erlang |
| load per server | rho | `utilisation` | ratio |
| squared coefficient of variation of the times between arrivals | ca2 | `arrival_scv` | ratio |
| the same of the service times | cs2 | `service_scv` | ratio |
| chance of waiting | C | `wait_probability` | ratio |
| mean wait, response | Wq, T | `mean_wait_s`, `mean_response_s` | s |

The functions are at home in `erlang` (B and C), `mmc`, `ggc`, `sizing` and `loads`, and take arrays. `MMc`
and `MGc` hold one design, scalars that are checked on birth. An overloaded pool is an answer: `problem` says
so and what would do, its waits are None.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws.erlang import erlang_b, erlang_c, log_erlang_b, log_erlang_c
from capcalc.laws.ggc import (
    ggc_mean_wait_s,
    ggc_wait_percentile_s,
    ggc_wait_tail,
    pooled_service,
    standing_ggc,
    wait_rate_per_s,
)
from capcalc.laws.loads import load_for_wait_percentile, load_for_wait_probability
from capcalc.laws.mmc import (
    mmc_mean_response_s,
    mmc_mean_wait_s,
    mmc_response_percentile_s,
    mmc_response_tail,
    mmc_wait_percentile_s,
    mmc_wait_tail,
)
from capcalc.laws.sizing import (
    servers_for_mean_wait,
    servers_for_response_percentile,
    servers_for_utilisation,
    servers_for_wait_percentile,
    servers_for_wait_probability,
)
from capcalc.steps import Step

__all__ = [
    "MGc",
    "MMc",
    "erlang_b",
    "erlang_c",
    "ggc_mean_wait_s",
    "ggc_wait_percentile_s",
    "ggc_wait_tail",
    "load_for_wait_percentile",
    "load_for_wait_probability",
    "log_erlang_b",
    "log_erlang_c",
    "mmc_mean_response_s",
    "mmc_mean_wait_s",
    "mmc_response_percentile_s",
    "mmc_response_tail",
    "mmc_wait_percentile_s",
    "mmc_wait_tail",
    "pooled_service",
    "servers_for_mean_wait",
    "servers_for_response_percentile",
    "servers_for_utilisation",
    "servers_for_wait_percentile",
    "servers_for_wait_probability",
    "standing_ggc",
    "wait_rate_per_s",
]


@dataclass(frozen=True, kw_only=True)
class _Pool:
    """What every pool has: arrivals, a service time, servers."""

    arrival_rps: float
    service_time_s: float
    servers: int

    def __post_init__(self) -> None:
        _scalar("arrival_rps", self.arrival_rps)
        _scalar("service_time_s", self.service_time_s)
        _scalar("servers", self.servers)
        whole("servers", self.servers, 1)

    @property
    def offered_erlangs(self) -> float:
        """a = lam S. [erlang]"""
        return float(self.arrival_rps) * float(self.service_time_s)

    @property
    def utilisation(self) -> float:
        """rho = a/c; 1 and above where the pool is overloaded. [ratio]"""
        return self.offered_erlangs / self.servers

    @property
    def problem(self) -> str | None:
        """None, or what is wrong and what would do."""
        a, c = self.offered_erlangs, self.servers
        if a < c:
            return None
        word = "server" if c == 1 else "servers"
        return f"{a:,.2f} erlang saturate {c:,.0f} {word}; {np.floor(a) + 1:,.0f} would carry them"

    @property
    def wait_probability(self) -> float:
        """C(c, a), the chance that an arrival waits; 1 where the pool is overloaded. [ratio]"""
        return float(erlang_c(self.servers, self.offered_erlangs))

    @property
    def _scvs(self) -> tuple[float, float]:
        return 1.0, 1.0

    @property
    def mean_wait_s(self) -> float | None:
        """Mean wait in the queue, zero waits included. [s]"""
        return self._known(ggc_mean_wait_s(self.arrival_rps, self.service_time_s, self.servers, *self._scvs))

    def wait_percentile_s(self, p: float) -> float | None:
        """The wait that a share p of the arrivals do not exceed. [s]"""
        return self._known(
            ggc_wait_percentile_s(p, self.arrival_rps, self.service_time_s, self.servers, *self._scvs)
        )

    @property
    def wait_p50_s(self) -> float | None:
        """Median of the wait. [s]"""
        return self.wait_percentile_s(0.5)

    @property
    def wait_p99_s(self) -> float | None:
        """99th percentile of the wait. [s]"""
        return self.wait_percentile_s(0.99)

    def _known(self, value) -> float | None:
        return float(value) if self.problem is None else None

    def _load_steps(self) -> list[Step]:
        lam, S, c = float(self.arrival_rps), float(self.service_time_s), float(self.servers)
        a, load = self.offered_erlangs, {"c": c, "a": self.offered_erlangs}
        return [
            Step("a", "offered load", "lam*S", {"lam": lam, "S": S}, a, "erlang", "LITTLE"),
            Step("rho", "load per server", "a/c", load, self.utilisation, source="LITTLE"),
            Step("C", "chance of waiting", "erlang_c(c, a)", load, self.wait_probability, source="ERLANG"),
        ]


@dataclass(frozen=True, kw_only=True)
class MMc(_Pool):
    """A pool of identical servers behind one queue: Poisson arrivals, exponential service. Exact.

    Parameters
    ----------
    arrival_rps : float
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float
        Mean service time, S >= 0. [s]
    servers : int
        Parallel servers, c >= 1. [count]

    Raises
    ------
    DomainError : a number is out of range, not finite, not a scalar, or not a whole number of servers.

    Examples
    --------
    >>> pool = MMc(arrival_rps=900, service_time_s=0.01, servers=12)
    >>> round(pool.wait_probability, 4), round(pool.mean_wait_s, 6)
    (0.266, 0.000887)
    >>> MMc(arrival_rps=900, service_time_s=0.01, servers=8).problem
    '9.00 erlang saturate 8 servers; 10 would carry them'

    References
    ----------
    [ERLANG], [GROSS] chapter 2.
    """

    @property
    def mean_response_s(self) -> float | None:
        """Mean of wait and service together. [s]"""
        return self._known(mmc_mean_response_s(self.arrival_rps, self.service_time_s, self.servers))

    def response_percentile_s(self, p: float) -> float | None:
        """The response time that a share p of the arrivals do not exceed. [s]"""
        return self._known(mmc_response_percentile_s(p, self.arrival_rps, self.service_time_s, self.servers))

    @property
    def response_p50_s(self) -> float | None:
        """Median of the response time. [s]"""
        return self.response_percentile_s(0.5)

    @property
    def response_p99_s(self) -> float | None:
        """99th percentile of the response time. [s]"""
        return self.response_percentile_s(0.99)

    def steps(self) -> tuple[Step, ...]:
        """The working; of an overloaded pool as far as there is any."""
        steps = self._load_steps()
        if self.problem is not None:
            return tuple(steps)
        lam, S, c = float(self.arrival_rps), float(self.service_time_s), float(self.servers)
        queue = {"C": self.wait_probability, "S": S, "c": c, "a": self.offered_erlangs}
        pool = {"p": 0.99, "lam": lam, "S": S, "c": c}
        Wq, W99 = float(mmc_mean_wait_s(lam, S, c)), float(mmc_wait_percentile_s(0.99, lam, S, c))
        T99 = float(mmc_response_percentile_s(0.99, lam, S, c))
        law = "mmc_response_percentile_s(p, lam, S, c)"
        steps.append(Step("Wq", "mean wait", "C*S/(c - a)", queue, Wq, "s", "ERLANG"))
        steps.append(Step("T", "mean response", "Wq + S", {"Wq": Wq, "S": S}, Wq + S, "s"))
        steps.append(_wait_step("max(0, log(C/(1 - p))*S/(c - a))", queue, W99, "GROSS", "exact"))
        steps.append(Step("T99", "99th percentile of the response", law, pool, T99, "s", "GROSS"))
        return tuple(steps)


@dataclass(frozen=True, kw_only=True)
class MGc(_Pool):
    """A pool of identical servers with any variability of arrivals and service, by Allen and Cunneen.

    Parameters
    ----------
    arrival_rps : float
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float
        Mean service time, S >= 0. [s]
    servers : int
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float
        Squared coefficients of variation, ca2 and cs2 >= 0; 1 is exponential. [ratio]

    Raises
    ------
    DomainError : a number is out of range, not finite, not a scalar, or not a whole number of servers.

    Notes
    -----
    `standing` says whether the waits are exact, and why. The chance of waiting is that of M/M/c.

    Examples
    --------
    >>> pool = MGc(arrival_rps=900, service_time_s=0.01, servers=12, service_scv=3.0)
    >>> round(pool.mean_wait_s, 6), pool.standing[0]
    (0.001774, 'approximation')

    References
    ----------
    [ALLEN], [KINGMAN].
    """

    arrival_scv: float = 1.0
    service_scv: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _scalar("arrival_scv", self.arrival_scv)
        _scalar("service_scv", self.service_scv)

    @property
    def _scvs(self) -> tuple[float, float]:
        return float(self.arrival_scv), float(self.service_scv)

    @property
    def standing(self) -> tuple[str, str]:
        """ "exact" or "approximation", and the reason."""
        return standing_ggc(self.arrival_scv, self.service_scv, self.servers)

    def steps(self) -> tuple[Step, ...]:
        """The working; of an overloaded pool as far as there is any."""
        steps = self._load_steps()
        if self.problem is not None:
            return tuple(steps)
        ca2, cs2 = self._scvs
        pool = float(self.arrival_rps), float(self.service_time_s), float(self.servers), ca2, cs2
        queue = {"C": self.wait_probability, "S": pool[1], "c": pool[2], "a": self.offered_erlangs}
        queue |= {"ca2": ca2, "cs2": cs2}
        level, _ = standing_ggc(ca2, cs2, self.servers)
        exact_mean = "exact" if ca2 == 1 and self.servers == 1 else level  # Pollaczek-Khinchine
        mean = "(ca2 + cs2)/2*C*S/(c - a)"
        tail = "max(0, log(C/(1 - p))*(ca2 + cs2)/2*S/(c - a))"
        Wq, W99 = float(ggc_mean_wait_s(*pool)), float(ggc_wait_percentile_s(0.99, *pool))
        steps.append(Step("Wq", "mean wait", mean, queue, Wq, "s", "ALLEN", exact_mean))
        steps.append(_wait_step(tail, queue, W99, "ALLEN", level))
        return tuple(steps)


def _wait_step(formula: str, queue: dict[str, float], value: float, source: str, standing: str) -> Step:
    """The 99th percentile of the wait; where the chance of waiting is 0 there is no logarithm to show."""
    inputs = {**queue, "p": 0.99}
    if queue["C"] == 0:
        formula, inputs = "C", {"C": 0.0}
    return Step("W99", "99th percentile of the wait", formula, inputs, value, "s", source, standing)


def _scalar(name: str, value: float) -> None:
    if np.ndim(value):
        raise DomainError(name, value, "the single numbers", "Arrays go to the functions.")
    real(name, value, 0)
