"""Several regions: which share of the requests each answers, where a call goes, and what a tier is in all of them.

A call goes to the region of the user, or of those where its tier stands to the one nearest to the user; writes of a
tier with a home, and reads that say so, go to the home. With spare = "region" every region has room for its part of
any other that is lost: shares are split anew over those that are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from capcalc.catalogue.places import Rtt, rtt
from capcalc.checks import real
from capcalc.errors import DomainError, UnknownName
from capcalc.steps import Working, symbol_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Call, Factor, Hop, Number, Visit, address
from capcalc.tiers.places import answered, applied, together
from capcalc.tiers.tier import Around, Site, Tier, TierResult, rate_of, rate_text, sum_step
from capcalc.tiers.waiting import work_steps

_ONE = 1e-9  # what shares may be off one together


def regions_of(spec: Spec) -> tuple[str, ...]:
    """The names of the regions; one without a name where a system has none."""
    return tuple(spec.regions) or ("",)


def trip(spec: Spec, one: str, other: str) -> Rtt:
    """The round trip between two regions of a system."""
    return rtt(spec.regions[one].place, spec.regions[other].place)


def trip_key(one: str, other: str) -> str:
    """The key of a round trip, the same in both directions."""
    return f"rtt.{'.'.join(sorted((one, other)))}"


def stands_in(spec: Spec, tier: str) -> tuple[str, ...]:
    """The regions of a tier."""
    return spec.tiers[tier].regions or regions_of(spec)


def tier_of(spec: Spec, name: str) -> Tier:
    """The tier of a name, `shop` or `shop.us`, whichever region is meant."""
    return spec.tiers[name.partition(".")[0]]


def target(spec: Spec, tier: str, kind: str, at: str | None, user: str) -> str:
    """The region that answers a call of a user's request."""
    home = spec.tiers[tier].home
    if home is not None and (kind == "write" or at == "home"):
        return home
    return nearest(spec, user, stands_in(spec, tier))


def nearest(spec: Spec, user: str, among: Sequence[str]) -> str:
    """The region with the shortest round trip."""
    return user if user in among else min(among, key=lambda other: trip(spec, user, other).seconds)


def check_regions(spec: Spec) -> None:
    """Refuses shares that are not one, homes and regions that are not there, and what needs regions without any.

    Raises
    ------
    DomainError, UnknownName
    """
    for name, tier in spec.tiers.items():
        for word, value in (("home", tier.home), *(("regions", r) for r in tier.regions or ())):
            if value is not None and not spec.regions:
                hint = f"Add them: [regions.{value}] with place and share."
                raise DomainError(f"tiers.{name}.{word}", value, "a system without [regions]", hint)
            if value is not None and value not in spec.regions:
                raise UnknownName("region", value, spec.regions)
        if tier.home is not None and tier.home not in stands_in(spec, name):
            raise DomainError(f"tiers.{name}.home", tier.home, "the regions in which it stands", "Add it to its regions.")
    for name, operation in spec.operations.items():
        _check_hops(spec, operation.route, f"operations.{name}")
    if spec.regions:
        _check_shares(spec)
    elif wanting := _spares_a_region(spec):
        raise DomainError(wanting, "region", "a system without [regions]", "Add them, or write a number or zone.")


def _check_hops(spec: Spec, hops: Sequence[Hop], place: str) -> None:
    """A hop goes home only where its tier has one."""
    for hop in hops:
        where = f"{place}.{address(hop)}"
        if isinstance(hop, Call) and hop.at == "home" and spec.tiers[hop.tier].home is None:
            raise DomainError(f"{where}.at", "home", f"what {hop.tier} has", f"Give it one: tiers.{hop.tier}.home.")
        _check_hops(spec, getattr(hop, "hops", ()), where)


def _check_shares(spec: Spec) -> None:
    for name, region in spec.regions.items():
        real(f"regions.{name}.share", region.share, 0, 1, hint="The share of all users that the region has.")
    total = sum(region.share for region in spec.regions.values())
    if np.any(np.abs(np.asarray(total) - 1.0) > _ONE):
        worst = float(np.ravel(total)[np.argmax(np.abs(np.ravel(total) - 1.0))])
        raise DomainError("regions", worst, "shares that are 1 together", "Every user belongs to one region.")
    for name, tier in spec.tiers.items():
        if getattr(tier, "drain", None) is not None:
            hint = "A drain over several regions has no law here yet; use delay."
            raise DomainError(f"tiers.{name}.drain", tier.drain, "a system with [regions]", hint)


def _spares_a_region(spec: Spec) -> str:
    if spec.target.spare == "region":
        return "target.spare"
    return next((f"tiers.{n}.spare" for n, t in spec.tiers.items() if getattr(t, "spare", None) == "region"), "")


def sites_of(spec: Spec, tier: str, working: Working) -> list[Site]:
    """The regions of a tier as it sees them, with the steps of what each must carry when another is lost."""
    among = stands_in(spec, tier)
    shares: dict[str, list[str]] = {region: [] for region in among}
    for user in spec.regions:
        shares[nearest(spec, user, among)].append(user)
    values = {r: sum((spec.regions[u].share for u in users), 0.0) for r, users in shares.items()}
    found = []
    for region, users in shares.items():
        keys = {symbol_of(f"regions.{u}.share"): f"regions.{u}.share" for u in users}
        text = " + ".join(keys) or "0"
        share = Factor(f"({text})" if len(keys) > 1 else text, keys)
        site = Site(region, values[region], share, 1.0, f"{tier}.{region}.surge")
        own = getattr(spec.tiers[tier], "spare", None)
        spare = spec.target.spare if own is None else own
        found.append(_surged(site, shares, values, working) if spare == "region" else site)
    return found


def _surged(site: Site, shares: Mapping[str, list[str]], values: Mapping[str, Number], working: Working) -> Site:
    """The region with what it gains when the largest of the others is lost; nothing where there is no other, or where
    one other has all users."""
    others = [r for r in values if r != site.region]
    largest = np.maximum.reduce(np.broadcast_arrays(0.0, *(values[r] for r in others)))[()]
    surge = 1 / np.where(np.asarray(largest) < 1, 1 - largest, 1.0)[()]
    refs = {symbol_of(f"regions.{u}.share"): f"regions.{u}.share" for r in others for u in shares[r]}
    parts = [" + ".join(symbol_of(f"regions.{u}.share") for u in shares[r]) or "0" for r in others]
    text = f"1/(1 - max({', '.join(['0', *parts])}))"
    if np.all(surge == 1):
        text, refs = "1", {}
    working.step(site.surge_key, f"load of {site.region} with another region lost / load", text, refs, surge)
    return replace(site, surge=surge)


def solved(spec: Spec, name: str, visits: Sequence[Visit], around: Mapping[str, Around], working: Working) -> TierResult:
    """A tier where it stands: once, or in each of its regions and then together."""
    tier = spec.tiers[name]
    if not spec.regions:
        return tier.solve(visits, around[""], working)
    home, parts = tier.home, {}
    for site in sites_of(spec, name, working):
        local = replace(tier, name=f"{name}.{site.region}", of=name, site=site)
        local.prepare(working)
        mine = [*answered(visits, site, home), *applied(visits, site, home)]
        for visit in mine:
            work_steps(*local.work(visit), working)
        parts[site.region] = local.solve(mine or [_nobody(visits[0], site)], around[site.region], working)
    whole = together(name, visits, parts, working)
    writes = any(v.flow.kind == "write" for v in visits)
    return replace(whole, **_between(name, visits, len(parts) - 1, working)) if home and writes and len(parts) > 1 else whole


def _between(name: str, visits: Sequence[Visit], others: int, working: Working) -> dict[str, Number]:
    """What the home sends to the copies of the other regions, with the steps `name.between` and `name.between_mean`."""
    found = {}
    for when, key in (("mean", "between_mean"), ("peak", "between")):
        values, texts = [], []
        for visit in visits:
            if visit.flow.kind == "write":
                text, refs = rate_text(visit, when)
                values.append(rate_of(visit, when) * visit.flow.request_bytes * others)
                texts.append((f"{text}*{visit.flow.request_text.text}*{others}", {**refs, **visit.flow.request_text.refs}))
        label = f"bytes of {name} between regions, {when}"
        found[f"{key}_bytes_per_s"] = sum_step(f"{name}.{key}", label, values, texts, "B/s", working)
    return found


def _nobody(visit: Visit, site: Site) -> Visit:
    """A visit that does not happen, where a region is not asked for anything."""
    return replace(visit, flow=visit.flow.times(0.0, Factor("0", {})), region=site.region)


def apart(results: Mapping[str, TierResult]) -> dict[str, TierResult]:
    """The results of all regions by name, `shop.us`, of those that stand once by their own."""
    found = {}
    for name, result in results.items():
        parts = result.regions
        found |= {name: result} if parts is None else {f"{name}.{region}": part for region, part in parts.items()}
    return found
