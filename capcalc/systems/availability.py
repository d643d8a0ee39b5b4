"""The part of the time that each operation is answered: every tier that somebody waits for has to be up.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| a tier is up | A | `tier.availability` | ratio |
| part of an operation's requests that need it | q | | ratio |
| an operation is answered | prod (1 - q (1 - A)) | `operation.availability` | ratio |

A tier on servers of ours is up while as many of them are as just keep up with the peak; what is bought by use has its
vendor's word. A cache counts like any other: whether what stands behind it could do without is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from capcalc.catalogue.facts import fact
from capcalc.laws.availability import any_of, downtime_s, k_of_n
from capcalc.steps import Working, symbol_of
from capcalc.systems.regions import regions_of, target, tier_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Call, Fan, Flow, Hop, Number, Visit, address, factor
from capcalc.tiers.tier import TierResult

SERVER = "availability.ec2_instance"
REGION = "availability.ec2_region"
_BOUGHT = {"edge": "availability.cloudfront", "objects": "availability.s3", "external": "external.availability"}


class Up(NamedTuple):
    """How often an operation is answered."""

    availability: Number
    downtime_s: Number  # in a year


class _Known(NamedTuple):
    value: Number
    key: str


def available(spec: Spec, results: Mapping[str, TierResult], working: Working) -> dict[str, Up]:
    """The availability of every operation, with the steps `web.availability` and `read.availability`.

    An operation that meets an overloaded tier has none: it is answered in part at the best of times.
    """
    found = {}
    tiers = _Tiers(spec, results, working)
    if spec.target.availability is not None and working.kept:
        working.line("target.availability")
    for name, operation in spec.operations.items():
        paths = [_needs(spec, operation.route, operation.kind, f"operations.{name}", region) for region in regions_of(spec)]
        if any(tiers.overloaded(place) for path in paths for place in path):
            continue
        found[name] = _answered(name, paths, tiers, working)
    return found


def _answered(name: str, paths: Sequence[Mapping[str, Flow]], tiers: _Tiers, working: Working) -> Up:
    """One operation: the product over what its requests need, of all regions as often as their shares say."""
    total, texts, refs = 0.0, [], {}
    for region, path in zip(regions_of(tiers.spec), paths, strict=True):
        up, text = tiers.site.value, [symbol_of(tiers.site.key)]
        refs[text[0]] = tiers.site.key
        for place, flow in path.items():
            known = tiers.up(place)
            up = up * (1 - flow.mean_rps * (1 - known.value))
            symbol = symbol_of(known.key)
            refs |= {symbol: known.key} | {s: k for why in flow.factors for s, k in why.refs.items()}
            need = "*".join(why.text for why in flow.factors)
            text.append(f"(1 - {need}*(1 - {symbol}))" if need else symbol)
        share, key = (tiers.spec.regions[region].share, f"regions.{region}.share") if region else (1.0, "")
        refs |= {symbol_of(key): key} if key else {}
        texts.append("*".join([symbol_of(key), *text] if key else text))
        total = total + share * up
    total = np.minimum(total, 1.0)[()]
    working.step(f"{name}.availability", f"{name} is answered", " + ".join(texts), refs, total, "ratio")
    down, refs = downtime_s(total), {"A": f"{name}.availability", "y": "constants.year"}
    working.step(f"{name}.downtime", f"{name} is not answered, in a year", "(1 - A)*y", refs, down, "s")
    return Up(total, down)


class _Tiers:
    """The availability of each tier, worked out once."""

    def __init__(self, spec: Spec, results: Mapping[str, TierResult], working: Working) -> None:
        self.spec, self.results, self.working = spec, results, working
        self.known: dict[str, _Known] = {}
        self.site = self._site()

    def _site(self) -> _Known:
        """The region: of several that can stand in for each other, one is enough."""
        one = fact(REGION).usual
        if self.spec.target.spare != "region":
            return _Known(one, REGION)
        count = len(self.spec.regions)
        value = any_of(*[one] * count)
        self.working.step("site.availability", "some region is up", f"1 - (1 - A)**{count}", {"A": REGION}, value, "ratio")
        return _Known(value, "site.availability")

    def result(self, place: str) -> TierResult:
        """The result of `shop`, or of `shop.us`."""
        name, _, region = place.partition(".")
        result = self.results[name]
        return result.regions[region] if region and result.regions else result

    def overloaded(self, place: str) -> bool:
        """Whether a tier cannot keep up, in some scenario."""
        return not np.all(np.isfinite(self.result(place).mean_wait_s))

    def up(self, place: str) -> _Known:
        """One tier: as it says, as its vendor says, or k of n of its servers."""
        if place not in self.known:
            self.known[place] = self._up(place)
        return self.known[place]

    def _up(self, place: str) -> _Known:
        tier, result = tier_of(self.spec, place), self.result(place)
        if tier.availability is not None:
            return _Known(tier.availability, f"{tier.place}.availability")
        if result.servers is None:
            return _Known(fact(_BOUGHT[tier.kind]).usual, _BOUGHT[tier.kind])
        count, n = (result.servers, "servers") if result.copies is None else (result.copies, "copies")
        key = f"{place}.{n}" if f"{place}.{n}" in self.working else f"{tier.place}.{n}"
        up = k_of_n(np.minimum(result.least, count), count, fact(SERVER).usual)
        refs = {"k": f"{place}.least", "n": key, "A": SERVER}
        label = f"{place} is up: enough of its {n} are"
        self.working.step(f"{place}.availability", label, "k_of_n(min(k, n), n, A)", refs, up, "ratio")
        return _Known(up, f"{place}.availability")


def _needs(spec: Spec, hops: Sequence[Hop], kind: str, place: str, region: str) -> dict[str, Flow]:
    """Each tier that a request waits for, with the part of one request that asks it; of several visits the largest."""
    found: dict[str, Flow] = {}
    _walk(spec, hops, Flow("", kind, 1.0, 1.0), place, region, found)
    return found


def _walk(spec: Spec, hops: Sequence[Hop], flow: Flow, place: str, region: str, found: dict[str, Flow]) -> None:
    for index, hop in enumerate(hops):
        where = f"{place}.{address(hop)}"
        mine = _taken(hop, where, flow)
        if not isinstance(hop, Call):
            for branch in ((h,) for h in hop.hops) if isinstance(hop, Fan) else (hop.hops,):
                _walk(spec, branch, mine, where, region, found)
            continue
        tier = tier_of(spec, hop.tier)
        there = f"{hop.tier}.{target(spec, hop.tier, mine.kind, hop.at, region)}" if region else hop.tier
        found[there] = _larger(found.get(there, mine), mine)
        if tier.cuts:
            return
        flow = tier.passes(Visit(hop, mine, where, flow, tuple(hops[index + 1 :])), flow)


def _larger(one: Flow, other: Flow) -> Flow:
    """The larger part of two visits, of each scenario apart."""
    more = np.asarray(other.mean_rps) > one.mean_rps
    if np.all(more):
        return other
    return replace(one, mean_rps=np.maximum(one.mean_rps, other.mean_rps)) if np.any(more) else one


def _taken(hop: Hop, where: str, flow: Flow) -> Flow:
    """The part of the requests that make a call: its share, and less where it is called less than once."""
    flow = replace(flow, kind=hop.kind or flow.kind)
    if not (isinstance(hop.share, (int, float)) and hop.share == 1):
        flow = flow.times(hop.share, factor(f"{where}.share"))
    if np.any(np.asarray(hop.calls) < 1):
        flow = flow.times(np.minimum(hop.calls, 1.0), factor(f"{where}.calls", "min({}, 1)"))
    return flow
