"""The three engines of `simulation`: what a call, a choice, a join and a hedge are to each.

All build functions `run(t, k)`: "start at t, and tell k when it is over".
`Topology`  t is the set of tiers just left: finds an order of the tiers in which nobody comes back.
`Events`    t is a time: does everything.
`Flow`      t is an array with the times of many requests: tier after tier, in that order.
"""

import graphlib
import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from simulation_stats import ServiceTime

Run = Callable[[Any, Callable[[Any], None]], None]
Jobs = tuple[np.ndarray, np.ndarray, np.ndarray]  # arrival, wait and service of each
BLOCK = 8192  # random numbers drawn at once by the event engine


@dataclass(frozen=True)
class Tier:
    """A first-come-first-served pool, or shards x copies of such pools.

    A read goes to a random copy, a write to all copies of a random shard and its caller waits for the first
    of them. With `hit_ratio` reads may hit; with `fills` each miss brings one more write nobody waits for.
    """

    servers: int | None  # of each copy; None: as many as needed, so nobody waits
    service: ServiceTime
    write_service: ServiceTime | None = None  # None: as reads
    kind: str = "service"  # or cache, database; only "queue" matters
    hit_ratio: float | None = None
    fills: bool = False
    copies: int = 1
    shards: int = 1

    def __post_init__(self) -> None:
        if self.servers is not None and self.servers < 1:
            raise ValueError(f"servers={self.servers}: 1 or more, or None for no queue")

    @property
    def pools(self) -> int:
        return self.copies * self.shards

    @property
    def all_servers(self) -> float:
        return math.inf if self.servers is None else self.servers * self.pools

    def service_of(self, kind: str) -> ServiceTime:
        return self.write_service if kind == "write" and self.write_service else self.service


@dataclass(frozen=True)
class Site:
    """Where a route calls a tier."""

    name: str
    tier: Tier
    service: ServiceTime
    kind: str


def skip(t: Any, k: Callable) -> None:
    k(t)


def nobody(t: Any) -> None:
    """Waits for the end of what goes on unwatched."""


def then(first: Run, rest: Run) -> Run:
    return lambda t, k: first(t, lambda done: rest(done, k))


class Topology:
    """Which tier must be over before which: t is the set of tiers that were left last."""

    def __init__(self) -> None:
        self.sorter: graphlib.TopologicalSorter = graphlib.TopologicalSorter()

    def call(self, site: Site, delay_s: float) -> Run:
        def run(before: frozenset, k: Callable) -> None:
            self.sorter.add(site.name, *before)
            k(frozenset([site.name]))

        return run

    def join(self, runs: Sequence[Run]) -> Run:
        def run(before: frozenset, k: Callable) -> None:
            ends: list[frozenset] = []
            for branch in runs:
                branch(before, ends.append)
            k(frozenset().union(*ends))

        return run

    def choose(self, chance: float, yes: Run, no: Run) -> Run:
        return self.join([yes, no])

    def hedge(self, run: Run, after_s: float) -> Run:
        return then(run, run)  # the same tier twice: a circle

    def order(self) -> list[str] | None:
        """Tiers in an order in which nobody comes back, or None."""
        try:
            return list(self.sorter.static_order())
        except graphlib.CycleError:
            return None


class Events:
    """One arrival at a tier after another, in order of time. As a tier is first come, first served, a job's
    end is known when it arrives, so that `k` is told ahead of time and only arrivals need the heap.
    """

    def __init__(self, tiers: Mapping[str, Tier], rng: np.random.Generator):
        self.rng = rng
        self.heap: list[tuple[float, int, Run, Callable]] = []  # time, number, serve, k
        self.number = itertools.count().__next__  # breaks ties in the heap
        self.uniform = self.stream(lambda rng, n: rng.random(n))
        self.free = {
            name: [[0.0] * (tier.servers or 0) for _ in range(tier.pools)] for name, tier in tiers.items()
        }
        self.log: dict[str, list[float]] = {name: [] for name in tiers}  # arrival, start, end, arrival, ...

    def stream(self, draw: Callable[[np.random.Generator, int], np.ndarray]) -> Callable[[], float]:
        def numbers() -> Iterator[float]:
            while True:
                yield from draw(self.rng, BLOCK).tolist()

        return numbers().__next__

    def call(self, site: Site, delay_s: float) -> Run:
        serve, heap, number, push = self.serving(site), self.heap, self.number, heapq.heappush
        return lambda t, k: push(heap, (t + delay_s, number(), serve, k))

    def serving(self, site: Site) -> Run:
        serve = [self.serving_at(site, pool) for pool in range(site.tier.pools)]
        if len(serve) == 1:
            return serve[0]
        uniform, copies, shards = self.uniform, site.tier.copies, site.tier.shards

        def read(t: float, k: Callable) -> None:
            serve[int(uniform() * len(serve))](t, k)

        def write(t: float, k: Callable) -> None:
            primary = copies * int(uniform() * shards)
            serve[primary](t, k)
            for copy in range(primary + 1, primary + copies):
                serve[copy](t, nobody)

        return write if site.kind == "write" else read

    def serving_at(self, site: Site, pool: int) -> Run:
        service, replace = self.stream(site.service.draw), heapq.heapreplace
        free, log = self.free[site.name][pool], self.log[site.name].extend

        def serve(t: float, k: Callable) -> None:
            start = free[0]
            if start < t:
                start = t
            done = start + service()
            replace(free, done)
            log((t, start, done))
            k(done)

        def serve_at_once(t: float, k: Callable) -> None:
            done = t + service()
            log((t, t, done))
            k(done)

        return serve if free else serve_at_once

    def join(self, runs: Sequence[Run]) -> Run:
        def run(t: float, k: Callable) -> None:
            left, last = len(runs), t

            def over(done: float) -> None:
                nonlocal left, last
                last = max(last, done)
                left -= 1
                if not left:
                    k(last)

            for branch in runs:
                branch(t, over)

        return run

    def choose(self, chance: float, yes: Run, no: Run) -> Run:
        uniform = self.uniform
        return lambda t, k: (yes if uniform() < chance else no)(t, k)

    def hedge(self, run: Run, after_s: float) -> Run:
        def hedged(t: float, k: Callable) -> None:
            def answered(first: float) -> None:
                if first <= t + after_s:
                    k(first)
                else:
                    run(t + after_s, lambda second: k(min(first, second)))

            run(t, answered)

        return hedged

    def play(self, routes: Sequence[Run], times: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Time at which each request is answered."""
        heap, pop = self.heap, heapq.heappop
        done = [math.nan] * len(times)
        for i, (now, operation) in enumerate(zip(times.tolist(), which.tolist(), strict=True)):
            while heap and heap[0][0] <= now:
                t, _, serve, k = pop(heap)
                serve(t, k)
            routes[operation](now, partial(done.__setitem__, i))
        while heap:
            t, _, serve, k = pop(heap)
            serve(t, k)
        return np.array(done)

    def jobs(self, name: str) -> Jobs:
        arrivals, starts, ends = np.array(self.log[name]).reshape(-1, 3).T
        return arrivals, starts - arrivals, ends - starts


class Flow:
    """All jobs of a tier at once, tier after tier."""

    def __init__(self, tiers: Mapping[str, Tier], rng: np.random.Generator, order: Sequence[str]):
        self.tiers, self.rng, self.order = tiers, rng, order
        self.calls: dict[str, list[tuple[Site, np.ndarray, Callable]]] = {name: [] for name in tiers}
        self.done: dict[str, Jobs] = {}

    def call(self, site: Site, delay_s: float) -> Run:
        return lambda t, k: self.calls[site.name].append((site, t + delay_s, k))

    def join(self, runs: Sequence[Run]) -> Run:
        def run(t: np.ndarray, k: Callable) -> None:
            left, last = len(runs), t

            def over(done: np.ndarray) -> None:
                nonlocal left, last
                last = np.maximum(last, done)
                left -= 1
                if not left:
                    k(last)

            for branch in runs:
                branch(t, over)

        return run

    def choose(self, chance: float, yes: Run, no: Run) -> Run:
        def run(t: np.ndarray, k: Callable) -> None:
            chosen = self.rng.random(len(t)) < chance
            merged, left = np.empty(len(t)), 2

            def over(part: np.ndarray, done: np.ndarray) -> None:
                nonlocal left
                merged[part] = done
                left -= 1
                if not left:
                    k(merged)

            for part, branch in ((chosen, yes), (~chosen, no)):
                branch(t[part], partial(over, part))

        return run

    def play(self, routes: Sequence[Run], times: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Time at which each request is answered."""
        done = np.full(len(times), math.nan)
        for operation, run in enumerate(routes):
            requests = np.flatnonzero(which == operation)
            run(times[requests], partial(done.__setitem__, requests))
        for name in self.order:
            self.visit(name, self.tiers[name])
        return done

    def visit(self, name: str, tier: Tier) -> None:
        calls = self.calls[name]
        jobs = [self.arrivals(site, t) for site, t, _ in calls]
        t, service, pool = (np.concatenate(part) for part in zip(*jobs, strict=True))
        order = np.argsort(t)
        t, service, pool = t[order], service[order], pool[order]
        waits = np.empty(len(t))
        for number in range(tier.pools):
            here = pool == number if tier.pools > 1 else slice(None)
            waits[here] = waits_of(t[here], service[here], tier.servers)
        self.done[name] = t, waits, service
        ends = np.empty(len(t))
        ends[order] = t + waits + service
        start = 0
        for (_, asked, k), (arrivals, _, _) in zip(calls, jobs, strict=True):
            k(ends[start : start + len(asked)])
            start += len(arrivals)

    def arrivals(self, site: Site, t: np.ndarray) -> Jobs:
        """Arrival, service and pool of each job; those that the callers wait for come first."""
        tier, n = site.tier, len(t)
        if site.kind == "write":
            primary = tier.copies * self.rng.integers(tier.shards, size=n)
            pool = np.concatenate([primary + copy for copy in range(tier.copies)])
            t = np.tile(t, tier.copies)
        else:
            pool = self.rng.integers(tier.pools, size=n)
        return t, site.service.draw(self.rng, len(t)), pool

    def jobs(self, name: str) -> Jobs:
        return self.done.get(name, (np.empty(0),) * 3)


def waits_of(arrivals: np.ndarray, services: np.ndarray, servers: int | None) -> np.ndarray:
    """Waits of jobs in order of arrival: the free server, or the one that is free first, takes the next."""
    if servers is None or not len(arrivals):
        return np.zeros(len(arrivals))
    if servers == 1:  # Lindley: wait = max over earlier j of (arrival + work up to here) - arrival
        slack = arrivals - (services.cumsum() - services)
        return np.maximum.accumulate(slack) - slack
    free, replace = [0.0] * servers, heapq.heapreplace
    waits = []
    for t, service in zip(arrivals.tolist(), services.tolist(), strict=True):
        start = free[0]
        if start > t:
            replace(free, start + service)
            waits.append(start - t)
        else:
            replace(free, t + service)
            waits.append(0.0)
    return np.array(waits)
