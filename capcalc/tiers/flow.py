"""Requests on their way through the tiers: hops, what goes on after each, and the visits that reach a tier.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| rate of a flow, over the day and at the busiest time | lam | `mean_rps`, `peak_rps` | 1/s |
| bytes of one call | | `request_bytes`, `response_bytes` | B |
| part of the requests that take a hop, calls made there | | `share`, `calls` | ratio, number |

A route is a finite tree of hops, in the order in which the calls are made. One rule says what goes on: *a hit leaves
its list*. An edge or a cache answers its hits, and the rest of that list, but nothing outside it, sees the misses;
every other tier passes on all it gets. Rates of a tier are sums over all operations and hops, once with means, once
with peaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from capcalc.laws.work import Work
from capcalc.steps import symbol_of

Number = Any  # a float, or an array of scenarios


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Hop:
    """What every hop may say; `None` means that what stands around it counts."""

    name: str = ""  # its address in reports and `--set`
    calls: Number = 1.0
    parallel: bool = False
    share: Number = 1.0
    hedge: str | None = None  # "p95": unanswered so long, the call is sent again
    hedge_after_s: Number | None = None  # the same as a time
    resent_ratio: Number | None = None  # part of the calls that are not answered by that time
    kind: str | None = None
    at: str | None = None
    request_bytes: Number | None = None
    response_bytes: Number | None = None
    stored_bytes: Number | None = None
    keep_s: Number | None = None

    @property
    def resent(self) -> Number:
        """Part of the calls that a hedge sends again. [ratio]"""
        if self.resent_ratio is not None:
            return self.resent_ratio
        return 0.0 if self.hedge is None else 1 - float(self.hedge.removeprefix("p")) / 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Call(Hop):
    """One tier."""

    tier: str
    service_time: Work | None = None
    hit_ratio: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Trip(Hop):
    """A side trip: a list of its own; when it is done the outer list goes on with what it had."""

    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Fan(Hop):
    """Hops at the same time, each with the whole flow."""

    hops: tuple[Hop, ...]


class Factor(NamedTuple):
    """Why a rate is what it is: a piece of formula over symbols, and what each symbol stands for."""

    text: str
    refs: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Requests of one operation between two hops."""

    operation: str
    kind: str
    mean_rps: Number
    peak_rps: Number
    request_bytes: Number = 500.0
    response_bytes: Number = 2000.0
    waited: bool = True  # a user waits for what happens to it
    request_text: Factor = Factor("500", {})  # why the bytes are what they are
    response_text: Factor = Factor("2000", {})
    group: str = ""
    lasts_s: Number = float("inf")  # how long the load goes on
    lasts_key: str = "workload.lasts"
    peak_lasts_s: Number = 3600.0
    peak_lasts_key: str = "workload.peak_lasts"
    origin: str = ""  # key of the rate that the factors multiply: origin.mean, origin.peak
    factors: tuple[Factor, ...] = ()

    def times(self, value: Number, factor: Factor) -> Flow:
        """The flow thinned or multiplied, with the reason."""
        return replace(
            self,
            mean_rps=self.mean_rps * value,
            peak_rps=self.peak_rps * value,
            factors=(*self.factors, factor),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One hop of one operation at one tier, with the flow of calls that it makes there."""

    hop: Call
    flow: Flow
    place: str  # where its keys stand: operations.read.cache
    before: Flow  # what came to the hop, before its own share and calls
    rest: tuple[Hop, ...] = ()  # what stands behind it in its list
    batch: Number = 1.0  # calls that arrive together: parallel calls of this hop and those around it
    repeats: bool = False  # one request comes by more than once, one call after another
    region: str = ""  # the region that is meant, where there are several

    @property
    def step_key(self) -> str:
        """In front of the keys of its steps; `place` stands in front of those of its inputs."""
        return f"{self.place}.{self.region}" if self.region else self.place


def follow(route: Sequence[Hop], flow: Flow, tiers: Mapping[str, Any], place: str) -> Iterator[Visit]:
    """Every visit that a flow makes on a route, in the order of the calls.

    Parameters
    ----------
    route : sequence of Hop
    flow : Flow
        What enters the route.
    tiers : mapping of name to tier
        Asked what goes on (`passes`).
    place : str
        Where the route stands, for the addresses of its keys: `operations.read`.

    Examples
    --------
    >>> from capcalc.tiers.cache import Cache
    >>> from capcalc.tiers.service import Service
    >>> tiers = {"cache": Cache(name="cache", hit_ratio=0.9), "db": Service(name="db")}
    >>> flow = Flow("read", "read", 100.0, 300.0)
    >>> route = (Call(tier="cache"), Call(tier="db"))
    >>> [(v.hop.tier, round(float(v.flow.peak_rps))) for v in follow(route, flow, tiers, "operations.read")]
    [('cache', 300), ('db', 30)]
    """
    yield from _list(tiers, route, flow, place, 1.0, False)


def _list(
    tiers: Mapping[str, Any], hops: Sequence[Hop], flow: Flow, place: str, batch: Number, repeats: bool
) -> Iterator[Visit]:
    for index, hop in enumerate(hops):
        where = f"{place}.{address(hop)}"
        inner = enter(hop, flow, where)
        many = hop.calls != 1 if isinstance(hop.calls, (int, float)) else True
        inner_batch = batch * hop.calls if hop.parallel else batch
        inner_repeats = repeats or (many and not hop.parallel)
        if isinstance(hop, Call):
            visit = Visit(hop, inner, where, flow, tuple(hops[index + 1 :]), inner_batch, inner_repeats)
            yield visit
            flow = tiers[hop.tier].passes(visit, flow)
        elif isinstance(hop, Trip):
            yield from _list(tiers, hop.hops, inner, where, inner_batch, inner_repeats)
        elif isinstance(hop, Fan):
            for branch in hop.hops:
                yield from _list(tiers, (branch,), inner, where, inner_batch, inner_repeats)


def address(hop: Hop) -> str:
    """The name that reports and `--set` use for a hop."""
    if hop.name:
        return hop.name
    if isinstance(hop, Call):
        return hop.tier
    inner = "_".join(address(h) for h in hop.hops) if isinstance(hop, (Trip, Fan)) else ""
    return inner or "trip"


def enter(hop: Hop, flow: Flow, place: str) -> Flow:
    """The calls that a hop makes of the requests that come to it: share, calls, hedge, kind and bytes."""
    if not _is(hop.share, 1.0):
        flow = flow.times(hop.share, factor(f"{place}.share"))
    if not _is(hop.calls, 1.0):
        flow = flow.times(hop.calls, factor(f"{place}.calls"))
    if np.any(np.asarray(hop.resent) > 0):
        resent = f"{place}.{'hedge' if hop.resent_ratio is None else 'resent'}"
        flow = flow.times(1 + hop.resent, factor(resent, "(1 + {})"))
    request, request_text = _bytes(hop.request_bytes, f"{place}.request")
    response, response_text = _bytes(hop.response_bytes, f"{place}.response")
    if response is None:
        response, response_text = flow.response_bytes, flow.response_text
        if not _is(hop.calls, 1.0):
            response = response / np.maximum(hop.calls, 1.0)  # the parts of one answer
        if np.all(np.asarray(hop.calls) > 1):
            symbol = symbol_of(f"{place}.calls")
            response_text = Factor(f"{response_text.text}/{symbol}", {**response_text.refs, symbol: f"{place}.calls"})
    if request is None and hop.stored_bytes is not None:
        request, request_text = _bytes(hop.stored_bytes, f"{place}.stored")
    elif request is None:
        request, request_text = flow.request_bytes, flow.request_text
    return replace(
        flow,
        kind=hop.kind or flow.kind,
        request_bytes=request,
        response_bytes=response,
        request_text=request_text,
        response_text=response_text,
    )


def _bytes(value: Number | None, key: str) -> tuple[Number | None, Factor]:
    return value, factor(key)


def _is(value: Number, number: float) -> bool:
    return isinstance(value, (int, float)) and value == number


def factor(key: str, text: str = "{}") -> Factor:
    """A key as a piece of formula."""
    symbol = symbol_of(key)
    return Factor(text.format(symbol), {symbol: key})


def missed(flow: Flow, visit: Visit, hit_ratio: Number, key: str) -> Flow:
    """What a cache or an edge lets through: all writes, and the reads that it cannot answer."""
    if visit.flow.kind != "read":
        return flow
    return flow.times(1 - hit_ratio, factor(key, "(1 - {})"))
