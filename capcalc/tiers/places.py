"""A tier over several regions: what reaches it in each of them, and what all of them are together.

Each region answers its share of everything. A tier with a home answers all writes there, and the copies of every
region apply all of them; its reads stay near, but for those of a hop that says at = "home".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from capcalc.steps import Working, symbol_of
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.tier import Site, TierResult, load_of

SUMMED = ("servers", "average", "needed", "spare", "stored_bytes", "connections")
LARGEST = ("utilisation", "utilisation_one_lost", "wait_probability", "mean_wait_s", "wait_p99_s")
_UNITS = {"stored_bytes": "B", "wait_p99_s": "s", "mean_wait_s": "s"}
_STEPS = {"stored_bytes": "stored", "wait_p99_s": "wait_p99", "mean_wait_s": "mean_wait"}


def goes_home(visit: Visit, home: str | None) -> bool:
    """Whether a call leaves for the home region: all writes, and reads that say so."""
    return home is not None and (visit.flow.kind == "write" or visit.hop.at == "home")


def answered(visits: Sequence[Visit], site: Site, home: str | None) -> list[Visit]:
    """The calls that a region answers, of all visits of a tier: its share, or all of what goes home.

    Examples
    --------
    >>> from capcalc.tiers.flow import Call, Factor, Flow, follow
    >>> from capcalc.tiers.database import Database
    >>> tiers = {"db": Database(name="db")}
    >>> visits = list(follow((Call(tier="db"),), Flow("post", "write", 10.0, 30.0), tiers, "operations.post"))
    >>> eu = Site("eu", 0.4, Factor("eu", {"eu": "regions.eu.share"}))
    >>> [v.flow.peak_rps for v in answered(visits, eu, None)], len(answered(visits, eu, "us"))
    ([12.0], 0)
    """
    found = []
    for visit in visits:
        if not goes_home(visit, home):
            found.append(_in(replace(visit, flow=visit.flow.times(site.share, site.share_text)), site))
        elif site.region == home:
            found.append(_in(visit, site))
    return found


def applied(visits: Sequence[Visit], site: Site, home: str | None) -> list[Visit]:
    """The writes that a region's copies apply though another region has answered them."""
    if home is None or site.region == home:
        return []
    return [_in(v, site) for v in visits if v.flow.kind == "write"]


def _in(visit: Visit, site: Site) -> Visit:
    return replace(visit, region=site.region)


def together(name: str, visits: Sequence[Visit], parts: Mapping[str, TierResult], working: Working) -> TierResult:
    """A tier of several regions as one: counts are sums, utilisations and waits those of the worst region."""
    first = next(iter(parts.values()))
    load = load_of(name, visits, working)
    found = {what: _sum(name, what, parts, working) for what in SUMMED}
    found |= {what: _worst(name, what, parts, working) for what in LARGEST}
    return TierResult(
        name=name,
        kind=first.kind,
        **load._asdict(),
        **found,
        offered_erlangs=sum(p.offered_erlangs for p in parts.values()),
        decides=_decides(parts),
        problem="; ".join(f"in {region} {p.problem}" for region, p in parts.items() if p.problem) or None,
        notes=tuple(dict.fromkeys(note for p in parts.values() for note in p.notes)),
        single_server=all(p.single_server for p in parts.values()),
        pooled=any(p.pooled for p in parts.values()),
        time_keys=tuple(dict.fromkeys(k for p in parts.values() for k in p.time_keys)),
        regions=parts,
    )


def _values(what: str, parts: Mapping[str, TierResult]) -> list[Number]:
    return [v for p in parts.values() if (v := getattr(p, what)) is not None]


def _refs(name: str, what: str, parts: Mapping[str, TierResult], working: Working) -> dict[str, str]:
    """The steps of the regions."""
    keys = (f"{name}.{region}.{_STEPS.get(what, what)}" for region in parts)
    return {symbol_of(key): key for key in keys if key in working}


def _sum(name: str, what: str, parts: Mapping[str, TierResult], working: Working) -> Number | None:
    values = _values(what, parts)
    if not values:
        return None
    total, refs = sum(values), _refs(name, what, parts, working)
    if refs:
        step, text = _STEPS.get(what, what), " + ".join(refs) if len(refs) > 1 else f"1*{next(iter(refs))}"
        working.step(f"{name}.{step}", f"{name} {step} of all regions", text, refs, total, _UNITS.get(what, ""))
    return total


def _worst(name: str, what: str, parts: Mapping[str, TierResult], working: Working) -> Number | None:
    values = _values(what, parts)
    if not values:
        return None
    most, refs = np.maximum.reduce(np.broadcast_arrays(*values))[()], _refs(name, what, parts, working)
    if len(refs) == len(values) and np.all(np.isfinite(most)):
        step, unit = _STEPS.get(what, what), _UNITS.get(what, "ratio")
        text = f"max({', '.join(refs)})" if len(refs) > 1 else f"1*{next(iter(refs))}"
        working.step(f"{name}.{step}", f"{name} {step}, the worst region", text, refs, most, unit)
    return most


def _decides(parts: Mapping[str, TierResult]) -> str:
    """What decides in the region with most servers."""
    if any(np.ndim(p.servers) for p in parts.values() if p.servers is not None):
        return ""
    return max(parts.values(), key=lambda p: p.servers or 0).decides
