"""The fold: from operations and routes to rates, from rates to servers, from servers to response times.

Each stage is a value made from the one before; nothing is filled in later. Numbers may be arrays of scenarios, which go
through the same code; only the working is for a single scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from capcalc.keys import keys_of
from capcalc.laws.work import Work
from capcalc.steps import Given, Step, Working, symbol_of
from capcalc.systems.availability import Up, available
from capcalc.systems.cost import Cost, cost_of
from capcalc.systems.demand import flows, online
from capcalc.systems.givens import resolver
from capcalc.systems.hedges import hedged
from capcalc.systems.limit import Limit, limit_of
from capcalc.systems.regions import check_regions, regions_of, solved
from capcalc.systems.path import behind
from capcalc.systems.response import Answer, answers
from capcalc.systems.sizing import tightened
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Fan, Flow, Hop, Number, Trip, Visit, follow
from capcalc.tiers.tier import Around, TierResult, rate_of, rate_text, sum_step
from capcalc.tiers.waiting import work_steps


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The whole answer for one system, or for an array of scenarios of it."""

    spec: Spec
    flows: Mapping[str, Flow]  # of each operation, as it enters its route
    tiers: Mapping[str, TierResult]
    operations: Mapping[str, Answer]
    limit: Limit | None
    cost: Cost
    up: Mapping[str, Up] | None  # what `available` says of a single scenario
    lines: tuple[Given | Step, ...]  # the working, in order; empty for arrays of scenarios
    by_key: Mapping[str, Given | Step]  # the same by key, second names included

    @property
    def mean_rps(self) -> Number:
        """Requests of all operations over the day. [1/s]"""
        return sum(f.mean_rps for f in self.flows.values())

    @property
    def peak_rps(self) -> Number:
        """Requests of all operations at the busiest time. [1/s]"""
        return sum(f.peak_rps for f in self.flows.values())

    @property
    def servers(self) -> Number:
        """Servers of all tiers. [count]"""
        return sum(t.servers for t in self.tiers.values() if t.servers is not None)

    @property
    def saturated(self) -> Number:
        """Whether some tier cannot keep up; an array for an array of scenarios."""
        return np.logical_or.reduce(np.broadcast_arrays(*(np.isinf(t.mean_wait_s) for t in self.tiers.values())))[()]

    @property
    def available(self) -> Mapping[str, Up]:
        """How often each operation is answered that no tier on its way is too small for."""
        return available(self.spec, self.tiers, Working()) if self.up is None else self.up

    @property
    def problems(self) -> dict[str, str]:
        """Tiers that cannot keep up, and what would do."""
        return {name: t.problem for name, t in self.tiers.items() if t.problem}

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Why response times are no more than an approximation or a bound: (standing, reason)."""
        found = ((a.standing.level, why) for a in self.operations.values() for why in a.standing.why)
        return tuple(dict.fromkeys(found))

    def __repr__(self) -> str:
        if np.ndim(self.peak_rps):
            return f"<Estimate of {self.spec.name}: {np.size(self.peak_rps)} scenarios>"
        return f"<Estimate of {self.spec.name}: {float(self.peak_rps):,.0f} requests/s at peak, {self.servers:,.0f} servers>"


def estimate(spec: Spec) -> Estimate:
    """The whole answer for a system.

    Parameters
    ----------
    spec : Spec
        Numbers may be arrays of scenarios, which broadcast against each other.

    Returns
    -------
    Estimate
    """
    check_regions(spec)

    def solve(steps: Mapping[str, Number], working: Working | None = None) -> _Solved:
        return _solved(replace(spec, target=replace(spec.target, steps=steps)), working or Working())

    steps = tightened(spec, lambda steps: solve(steps)[:3])
    working = Working(None if is_sweep(spec) else resolver(spec))
    entering, results, answered, sized = solve(steps, working)
    limit = limit_of(sized, results, working)
    cost = cost_of(sized, entering, results, working)
    up = available(sized, results, working) if working.kept else None  # of arrays only where somebody asks
    return Estimate(spec, entering, results, answered, limit, cost, up, working.lines(), working.by_key())


class _Solved(NamedTuple):
    """Flows, tiers and answers of a fleet, and the system with the targets that it was sized to."""

    flows: Mapping[str, Flow]
    tiers: Mapping[str, TierResult]
    operations: Mapping[str, Answer]
    spec: Spec


def _solved(spec: Spec, working: Working) -> _Solved:
    """The fold itself."""
    spec = hedged(spec, working)
    entering = flows(spec, working)
    _total(spec, working, entering)
    visits = [
        v for name, o in spec.operations.items() for v in follow(o.route, entering[name], spec.tiers, f"operations.{name}")
    ]
    by_tier: dict[str, list[Visit]] = {}
    for name in dict.fromkeys(v.hop.tier for v in visits):
        spec.tiers[name].prepare(working)
    for visit in visits:
        tier = spec.tiers[visit.hop.tier]
        tier.explain(visit, working)
        work_steps(*tier.work(visit), working)
        by_tier.setdefault(visit.hop.tier, []).append(visit)
    connected = online(spec)
    around = {r: Around(spec.target, connected, behind(spec, visits, r)) for r in regions_of(spec)}
    results = {name: solved(spec, name, mine, around, working) for name, mine in by_tier.items()}
    _absorbed(spec, by_tier, working)
    return _Solved(entering, results, answers(spec, entering, results, working), spec)


def _total(spec: Spec, working: Working, entering: Mapping[str, Flow]) -> None:
    """Steps of the whole load, reads and writes apart."""
    for when in ("mean", "peak"):
        for kind in ("read", "write"):
            names = [n for n, o in spec.operations.items() if o.kind == kind]
            refs = {f"{n}_{when}": f"{n}.{when}" for n in names}
            value = sum(getattr(entering[n], f"{when}_rps") for n in names)
            if names:
                working.step(f"load.{kind}s.{when}", f"all {kind}s, {when}", " + ".join(refs), refs, value, "1/s")
        refs = {f"{n}_{when}": f"{n}.{when}" for n in spec.operations}
        value = sum(getattr(f, f"{when}_rps") for f in entering.values())
        working.step(f"load.{when}", f"all requests, {when}", " + ".join(refs), refs, value, "1/s")
    reads = sum(entering[n].mean_rps for n, o in spec.operations.items() if o.kind == "read")
    total = sum(f.mean_rps for f in entering.values())
    if working.kept and total and {o.kind for o in spec.operations.values()} == {"read", "write"}:
        refs = {"R": "load.reads.mean", "lam": "load.mean"}
        working.step("load.read_ratio", "part of the requests that are reads", "R/lam", refs, reads / total, "ratio")


def _absorbed(spec: Spec, by_tier: Mapping[str, list[Visit]], working: Working) -> None:
    """Steps of what edges and caches answer of the reads that reach them, at the peak."""
    for name, visits in by_tier.items():
        values, texts = [], []
        for visit in visits:
            hits = spec.tiers[name].hits(visit)
            if hits is not None and visit.flow.kind == "read":
                text, refs = rate_text(visit, "peak")
                values.append(rate_of(visit, "peak") * hits[0])
                texts.append((f"{text}*{symbol_of(hits[1])}", {**refs, symbol_of(hits[1]): hits[1]}))
        if values:
            sum_step(f"{name}.absorbed", f"reads that {name} answers, peak", values, texts, "1/s", working)


def is_sweep(spec: Spec) -> bool:
    """Whether some number of a system is an array of scenarios."""
    tables = [spec.workload, spec.client, spec.target, *spec.groups.values(), *spec.regions.values()]
    tables += [*spec.tiers.values(), *spec.operations.values()]
    if spec.mix is not None:
        tables.append(spec.mix)
    for table in tables:
        for name, k in keys_of(table).items():
            value = getattr(table, name)
            value = value.mean_s if isinstance(value, Work) else value
            if k.numeric and np.ndim(value):
                return True
    return any(_swept(hop) for o in spec.operations.values() for hop in o.route)


def _swept(hop: Hop) -> bool:
    numbers = [hop.calls, hop.share, getattr(hop, "hit_ratio", None)]
    own = getattr(hop, "service_time", None)
    numbers.append(own.mean_s if own is not None else None)
    inside = hop.hops if isinstance(hop, (Trip, Fan)) else ()
    return any(np.ndim(n) for n in numbers if n is not None) or any(_swept(h) for h in inside)
