"""What every tier is: keys of a file, what it passes on, how it is sized, and how it answers a visit.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrival rate at mean and at peak | lam | `mean_rps`, `peak_rps` | 1/s |
| own service time | S | `Stream.work` | s |
| offered load | a | `offered_erlangs` | erlang |
| utilisation | rho | `utilisation` | ratio |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np

from capcalc.keys import check, key
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Term
from capcalc.tiers.flow import Factor, Flow, Number, Visit, missed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Target:
    """What the fleet is sized to."""

    p99: Number | None = key("duration", "99% of the requests of every operation are answered within", None, above=True)
    utilisation: Number = key(
        "ratio",
        "busy share that no pool exceeds at the peak",
        0.7,
        above=True,
        source="70%: usual headroom in interview and operations guides (50% to 80%)",
    )
    fill: Number = key(
        "ratio", "filled share of memory and disk", 0.75, above=True, source="75%: usual limit of sizing guides (60% to 80%)"
    )
    spare: int | str = key(
        "spare", "servers of every tier that may be lost at the peak, or zone, or region", 1, source="N+1: one server may fail"
    )
    zones: Number = key("whole", "zones of a region", 3, low=2, source="three zones, as the large providers have")
    availability: Number | None = key("ratio", "part of the time that the system answers", None)
    budget: Number | None = key("money", "money of a month", None, unit="USD/month")
    steps: Mapping[str, Number] = field(default_factory=dict)  # by which each tier's utilisation is lowered for a p99

    def __post_init__(self) -> None:
        check(self, "target")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Site:
    """One region as a tier that stands there sees it; without regions the whole world."""

    region: str = ""
    share: Number = 1.0  # of all requests that come here
    share_text: Factor = Factor("1", {})
    surge: Number = 1.0  # what it has to carry when another region is lost / what it carries
    surge_key: str = ""


WORLD = Site()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Around:
    """What a tier is solved in: the target, and how many users of each group are connected."""

    target: Target
    online: Mapping[str, tuple[Number, str, Mapping[str, str]]]  # group -> number, formula text, refs
    behind: Mapping[str, Term]  # place of a visit -> time until what stands behind it has answered, without waits


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Work of one kind that arrives at a tier: its rate at the peak, the work of one arrival, and their keys."""

    label: str
    peak_rps: Number
    work: Work
    rate_key: str
    time_key: str
    kind: str = "read"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TierResult:
    """What one tier gets, how many servers that needs and why, and how long it makes a caller wait.

    Counts, rates and times may be arrays of scenarios. A tier that is bought by use has no servers (None); where a
    pool is saturated its waits are infinite and, for a single scenario, `problem` says what would do.
    """

    name: str
    kind: str
    mean_rps: Number
    peak_rps: Number
    reads_peak_rps: Number
    writes_peak_rps: Number
    reads_mean_rps: Number = 0.0
    writes_mean_rps: Number = 0.0
    in_bytes_per_s: Number = 0.0  # at the peak
    out_bytes_per_s: Number = 0.0
    out_mean_bytes_per_s: Number = 0.0
    offered_erlangs: Number = 0.0
    servers: Number | None = None
    needed: Number | None = None
    spare: Number | None = None
    copies: Number | None = None
    shards: Number | None = None
    decides: str = ""
    average: Number | None = None  # servers over the day, where they follow the load
    needs: Mapping[str, Number] | None = None  # servers that each of its needs asks for
    stored_bytes: Number | None = None  # with copies and overhead
    connections: Number | None = None
    least: Number | None = None  # servers, or copies of a shard, that just keep up with the peak
    utilisation: Number | None = None
    utilisation_one_lost: Number | None = None
    wait_probability: Number = 0.0
    wait_rate_per_s: Number = float("inf")
    mean_wait_s: Number = 0.0
    wait_p99_s: Number = 0.0
    problem: str | None = None
    notes: tuple[tuple[str, str], ...] = ()
    wait: Term | None = None  # the wait as a law
    together: Mapping[str, Term] | None = None  # place of a visit -> time of all its parallel calls, where it is known
    single_server: bool = False  # one worker and one queue: sojourns of a tandem are independent
    pooled: bool = True  # has a queue at all
    time_keys: tuple[str, ...] = ()  # keys of the service times of what arrives
    held: Term | None = None  # how long a queue holds messages back
    between_bytes_per_s: Number | None = None  # from its home to the copies of other regions, at the peak
    between_mean_bytes_per_s: Number | None = None
    regions: Mapping[str, TierResult] | None = None  # the same of each region, where there are several


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Tier:
    """Base of the tiers. `name` is the table's name in the file, no key of it; one of several regions has the region's
    behind it, `shop.us`, and `of` says whose keys it has."""

    name: str
    of: str = ""
    site: Site = WORLD
    kind: ClassVar[str] = ""
    cuts: ClassVar[bool] = False  # nobody waits for what stands behind it
    usual_machine: ClassVar[str] = "m7i.2xlarge"
    home: ClassVar[str | None] = None  # the region that takes the writes, of a tier that has one
    availability: Number | None = key("ratio", "part of the time that it answers, in place of what its servers give", None)
    regions: tuple[str, ...] | None = key("names", "the regions in which it stands; all if not given", None)

    def __post_init__(self) -> None:
        check(self, self.place)

    @property
    def place(self) -> str:
        """Where its keys stand."""
        return f"tiers.{self.of or self.name}"

    @property
    def table(self) -> str:
        """The table's name in the file, whichever region is meant."""
        return self.of or self.name

    @property
    def keeps_copies_everywhere(self) -> bool:
        """Whether every region has the whole of it, and applies all its writes."""
        return self.home is not None

    def hits(self, visit: Visit) -> tuple[Number, str] | None:
        """Part of a read that it answers itself, and the key of that ratio; None of a tier that answers nothing."""
        return None

    def passes(self, visit: Visit, flow: Flow) -> Flow:
        """What the rest of the list sees: all but the hits."""
        hits = self.hits(visit)
        return flow if hits is None else missed(flow, visit, *hits)

    def explain(self, visit: Visit, working: Working) -> None:
        """Steps of what goes on, where they are more than a factor."""

    def prepare(self, working: Working) -> None:
        """Steps that stand before all others."""

    def work(self, visit: Visit) -> tuple[Work, str]:
        """The tier's own work for a visit, and the key of its mean."""
        if visit.hop.service_time is not None:
            return visit.hop.service_time, f"{visit.place}.service_time"
        return self.own_work(visit.flow.kind)

    def own_work(self, kind: str) -> tuple[Work, str]:
        """Work of a read or a write that says nothing of its own."""
        raise NotImplementedError

    def solve(self, visits: Sequence[Visit], around: Around, working: Working) -> TierResult:
        """Its load, its servers and its waits."""
        raise NotImplementedError

    def answer(self, visit: Visit, result: TierResult) -> list[Term]:
        """What a waited visit takes here: the wait in the queue, then its own service."""
        raise NotImplementedError


class Load(NamedTuple):
    """Rates and bytes of a tier, summed over its visits."""

    mean_rps: Number
    peak_rps: Number
    reads_peak_rps: Number
    writes_peak_rps: Number
    reads_mean_rps: Number
    writes_mean_rps: Number
    in_bytes_per_s: Number
    out_bytes_per_s: Number
    out_mean_bytes_per_s: Number

    @property
    def busy(self) -> bool:
        """Whether somebody comes, in every scenario."""
        return bool(np.all(np.asarray(self.peak_rps) > 0))

    @property
    def mean_per_peak(self) -> Number:
        """Mean rate / peak rate, 1 where nobody comes. [ratio]"""
        some = np.asarray(self.peak_rps) > 0
        return np.where(some, self.mean_rps / np.where(some, self.peak_rps, 1.0), 1.0)[()]


def load_of(name: str, visits: Sequence[Visit], working: Working) -> Load:
    """Rates at mean and at peak, reads and writes apart, with their steps (`web.peak`, `web.reads.peak`), and bytes."""
    rates: dict[str, Number] = {}
    for when in ("mean", "peak"):
        for kind in ("read", "write"):
            part = [v for v in visits if v.flow.kind == kind]
            label = f"{kind}s at {name}, {when}"
            texts = [rate_text(v, when) for v in part]
            values = [rate_of(v, when) for v in part]
            rates[f"{kind}.{when}"] = sum_step(f"{name}.{kind}s.{when}", label, values, texts, "1/s", working)
        kinds = [k for k in ("read", "write") if any(v.flow.kind == k for v in visits)]
        total = sum((rates[f"{k}.{when}"] for k in kinds), 0.0)
        refs = {symbol_of(f"{name}.{k}s.{when}"): f"{name}.{k}s.{when}" for k in kinds}
        if refs:
            working.step(f"{name}.{when}", f"{name} gets, {when}", " + ".join(refs), refs, total, "1/s")
        rates[when] = total
    moved = [_bytes_step(name, *way, visits, working) for way in (("in", "peak"), ("out", "peak"), ("out", "mean"))]
    kinds = (rates["read.peak"], rates["write.peak"], rates["read.mean"], rates["write.mean"])
    return Load(rates["mean"], rates["peak"], *kinds, *moved)


def _bytes_step(name: str, way: str, when: str, visits: Sequence[Visit], working: Working) -> Number:
    """Bytes into a tier (requests) or out of it (responses); `name.in`, `name.out` at the peak, `name.out_mean`."""
    values, texts = [], []
    for visit in visits:
        flow = visit.flow
        size, why = (flow.request_bytes, flow.request_text) if way == "in" else (flow.response_bytes, flow.response_text)
        values.append(rate_of(visit, when) * size)
        text, refs = rate_text(visit, when)
        texts.append((f"{text}*{why.text}", {**refs, **why.refs}))
    key_ = f"{name}.{way}" if when == "peak" else f"{name}.{way}_mean"
    return sum_step(key_, f"bytes {way} of {name}, {when}", values, texts, "B/s", working)


def sum_step(
    key_: str,
    label: str,
    values: Sequence[Number],
    texts: Sequence[tuple[str, Mapping[str, str]]],
    unit: str,
    working: Working,
) -> Any:
    """A sum and its step; nothing to sum is 0 and no step."""
    if not values:
        return 0.0
    total = sum(values)
    if working.kept:
        refs = {symbol: key for _, needs in texts for symbol, key in needs.items()}
        working.step(key_, label, " + ".join(text for text, _ in texts), refs, total, unit)
    return total


def rate_of(visit: Visit, when: str) -> Number:
    """Calls that a visit makes, at the mean or at the peak. [1/s]"""
    return visit.flow.mean_rps if when == "mean" else visit.flow.peak_rps


def rate_text(visit: Visit, when: str) -> tuple[str, dict[str, str]]:
    """The rate of a visit as a formula: the operation's rate times all that stands around the hop."""
    origin = f"{visit.flow.origin}.{when}"
    refs = {symbol_of(origin): origin}
    for factor in visit.flow.factors:
        refs.update(factor.refs)
    return "*".join([symbol_of(origin), *(f.text for f in visit.flow.factors)]), refs
