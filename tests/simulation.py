"""Simulation of request paths: an oracle for analytical estimates. Numpy only; nothing of capcalc.

Requests of Poisson operations take routes through first-come-first-served tiers:

    tiers = {"web": Tier(8, exponential(0.005)), "cache": Tier(1, fixed(1e-4), hit_ratio=0.9), "db": ...}
    read = Operation(rate=1000, route=["web", "cache", "db"])
    simulate(tiers, {"read": read}).response["read"].percentile(0.99, level=0.999)

A hop of a route is "tier", [side trip], or a table with one of
    tier (with service, hit_ratio, hedge), route or fan; and kind, calls, parallel, share.
A read that hits leaves its list; a queue ends the wait of its list, the rest of which goes on unwatched.

Each route is compiled once into a function `run(t, k)`: "start at t, and tell k when it is over". What a
call, a choice and a join are is up to one of three engines: `Topology` (t is the set of tiers just left:
finds the order of the tiers), `Events` (t is a time: does everything) and `Flow` (t is an array of times of
many requests: tier after tier, only where no request comes back to a tier).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from simulation_engines import Events, Flow, Run, Site, Tier, Topology, nobody, skip, then
from simulation_stats import (
    Result,
    Samples,
    ServiceTime,
    TierResult,
    TierRun,
    exponential,
    fixed,
    hyper,
    lognormal,
)

__all__ = ["Operation", "Tier", "exponential", "fixed", "hyper", "lognormal", "simulate", "simulate_until"]

TARGETS = {"tier", "route", "fan"}  # a hop has one of them
KEYS = TARGETS | {"kind", "calls", "parallel", "share"}
CALL_KEYS = KEYS | {"service", "hit_ratio", "hedge"}  # where it has a tier


@dataclass(frozen=True)
class Operation:
    """Poisson arrivals at `rate` a second that take a route."""

    rate: float
    route: Sequence
    kind: str = "read"


def unwatched(first: Run, rest: Run) -> Run:
    """Over when the first is; the rest follows on its own."""

    def run(t: Any, k: Callable) -> None:
        def over(done: Any) -> None:
            k(done)
            rest(done, nobody)

        first(t, over)

    return run


def chain(runs: Sequence[Run]) -> Run:
    whole = runs[-1] if runs else skip
    for run in reversed(runs[:-1]):
        whole = then(run, whole)
    return whole


class Routes:
    """Compiles routes for an engine. The first hop of a route costs no network time, all others `hop_s`."""

    def __init__(self, engine: Any, tiers: Mapping[str, Tier], hop_s: float):
        self.engine, self.tiers, self.hop_s = engine, tiers, hop_s

    def route(self, hops: Sequence, kind: str, first: bool = True) -> Run:
        hop, *others = hops
        hop = self.table(hop)
        run = self.hop(hop, kind, first)
        if not others:
            return run
        rest = self.route(others, kind, False)
        tier = self.tiers.get(hop.get("tier", ""))
        if tier is None:
            return then(run, rest)
        if tier.kind == "queue":
            return unwatched(run, rest)
        hit_ratio = hop.get("hit_ratio", tier.hit_ratio)
        if hit_ratio is None or hop.get("kind", kind) == "write":
            return then(run, rest)
        if not hop.keys().isdisjoint({"calls", "share"}):
            raise ValueError(f"calls and share of cache {hop['tier']!r}: put both hops in a side trip")
        if tier.fills:
            rest = unwatched(rest, self.call(hop["tier"], "write", 0.0))
        return then(run, self.choose(hit_ratio, skip, rest))

    def hop(self, hop: Any, kind: str, first: bool) -> Run:
        hop = self.table(hop)
        kind = hop.get("kind", kind)
        if "tier" in hop:
            run = self.call(hop["tier"], kind, 0.0 if first else self.hop_s, hop.get("service"))
            if "hedge" in hop:
                run = self.engine.hedge(run, hop["hedge"])
        elif "route" in hop:
            run = self.route(hop["route"], kind, first)
        else:
            run = self.engine.join([self.hop(child, kind, first) for child in hop["fan"]])
        run = self.repeat(run, hop.get("calls", 1), hop.get("parallel", False))
        return self.choose(hop.get("share", 1.0), run, skip)

    def call(self, name: str, kind: str, delay_s: float, service: ServiceTime | None = None) -> Run:
        tier = self.tiers[name]
        return self.engine.call(Site(name, tier, service or tier.service_of(kind), kind), delay_s)

    def repeat(self, run: Run, calls: float, parallel: bool) -> Run:
        """A broken number of calls is the whole part, and one more with the chance of the rest."""
        runs = [run] * math.floor(calls)
        if calls > len(runs):
            runs.append(self.choose(calls - len(runs), run, skip))
        return self.engine.join(runs) if parallel and len(runs) > 1 else chain(runs)

    def choose(self, chance: float, yes: Run, no: Run) -> Run:
        if 0 < chance < 1:
            return self.engine.choose(chance, yes, no)
        return yes if chance == 1 else no

    @staticmethod
    def table(hop: Any) -> Mapping:
        hop = {"tier": hop} if isinstance(hop, str) else {"route": hop} if isinstance(hop, list) else hop
        if len(hop.keys() & TARGETS) != 1:
            raise ValueError(f"a hop has one of tier, route and fan, not {sorted(hop.keys() & TARGETS)}")
        if unknown := hop.keys() - (CALL_KEYS if "tier" in hop else KEYS):
            raise ValueError(f"unknown keys of a hop: {sorted(unknown)}")
        return hop


def tier_order(tiers: Mapping[str, Tier], operations: Mapping[str, Operation]) -> list[str] | None:
    topology = Topology()
    routes = Routes(topology, tiers, 0.0)
    for operation in operations.values():
        routes.route(operation.route, operation.kind)(frozenset(), nobody)
    return topology.order()


def arrivals(
    rates: Sequence[float], requests: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Times of Poisson arrivals of all operations together, and the number of the operation of each."""
    ends = np.cumsum(rates)
    times = rng.standard_exponential(requests).cumsum() / ends[-1]
    return times, np.searchsorted(ends[:-1], ends[-1] * rng.random(requests), side="right")


def simulate(
    tiers: Mapping[str, Tier],
    operations: Mapping[str, Operation],
    *,
    requests: int = 200_000,
    seed: int | np.random.SeedSequence = 0,
    engine: str = "auto",
    hop_s: float = 0.0005,
    warm_up: float = 0.1,
) -> Result:
    """One run of so many requests of all operations together, from empty; the warm-up is dropped.

    `engine` is "flow" (feed-forward only), "events" or "auto": flow where it can be. An overloaded tier is
    refused, since it has no steady state.
    """
    rng = np.random.default_rng(seed)
    order = tier_order(tiers, operations)
    if engine == "auto":
        engine = "events" if order is None else "flow"
    if engine == "flow" and order is None:
        raise ValueError("engine='flow': a request comes back to a tier; use 'events'")
    machine = Flow(tiers, rng, order or []) if engine == "flow" else Events(tiers, rng)
    builder = Routes(machine, tiers, hop_s)
    routes = [builder.route(operation.route, operation.kind) for operation in operations.values()]
    times, which = arrivals([operation.rate for operation in operations.values()], requests, rng)
    responses = machine.play(routes, times, which) - times
    first = int(warm_up * requests)
    responses, which, window = responses[first:], which[first:], (float(times[first]), float(times[-1]))
    response = {name: Samples((responses[which == i],)) for i, name in enumerate(operations)}
    seen = {
        name: TierResult(tier.all_servers, (TierRun.measure(*machine.jobs(name), window),))
        for name, tier in tiers.items()
    }
    if overloaded := [name for name, tier in seen.items() if tier.utilisation >= 1]:
        raise ValueError(f"overloaded tiers: {overloaded}")
    return Result(response, seen, engine)


def simulate_until(
    tiers: Mapping[str, Tier],
    operations: Mapping[str, Operation],
    rel_half_width: Mapping[float, float] = {0.5: 0.005, 0.99: 0.01},
    *,
    level: float = 0.99,
    requests: int = 200_000,
    max_requests: int = 100_000_000,
    watch: Sequence[str] | None = None,
    seed: int = 0,
    **options: Any,
) -> Result:
    """Adds independent runs of so many requests each until every percentile of every operation (or of those
    in `watch`) has a half-width of at most that part of it. Raises if `max_requests` do not suffice.
    """
    seeds = np.random.SeedSequence(seed)
    results: list[Result] = []
    wanted = 1
    while True:
        for seed_of_run in seeds.spawn(wanted - len(results)):
            results.append(simulate(tiers, operations, requests=requests, seed=seed_of_run, **options))
        merged = Result.merge(results)
        excess = max(
            merged.response[name].percentile(p, level).relative / width
            for name in watch or operations
            for p, width in rel_half_width.items()
        )
        if excess <= 1:
            return merged
        if len(results) >= max_requests // requests:
            raise RuntimeError(f"half-widths are {excess:.3g} times too wide after {len(results)} runs")
        wanted = math.ceil(len(results) * min(max(1.1 * excess**2, 1.2), 4.0))
        wanted = min(wanted, max_requests // requests)
