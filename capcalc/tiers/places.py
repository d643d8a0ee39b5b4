"""A tier over several regions: what each of them answers, and what its copies apply.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| share of the users that a region has, and so of every operation's flow | f | `shares` | ratio |
| calls that a region answers | | `served_*_rps` | 1/s |
| writes that the region's copies apply | | `applied_writes_*_rps` | 1/s |

Each region answers its share of everything. A tier with a home answers all writes there, and the copies of
every
region apply all of them; its reads stay near, but for those of a hop that says at = "home".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError, UnknownName
from capcalc.tiers.flow import Number, Visit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regional:
    """What reaches a tier in one region. Rates may be arrays of scenarios. [1/s]"""

    served_reads_mean_rps: Number = 0.0
    served_reads_peak_rps: Number = 0.0
    served_writes_mean_rps: Number = 0.0
    served_writes_peak_rps: Number = 0.0
    applied_writes_mean_rps: Number = 0.0
    applied_writes_peak_rps: Number = 0.0


def regional(visits: Sequence[Visit], shares: Mapping[str, Number], home: str | None) -> dict[str, Regional]:
    """The visits of one tier, split over the regions in which it stands.

    Parameters
    ----------
    visits : sequence of Visit
        All visits that reach the tier, from `capcalc.tiers.flow.follow`.
    shares : mapping of region to number
        Part of every operation's flow that comes from each region, 0 <= f <= 1; together 1. [ratio]
    home : str or None
        Region that answers the writes; None of a tier that keeps no copies of another region.

    Returns
    -------
    dict of region to Regional
        In the order of `shares`. What all regions serve is what the visits bring;
        without a home a region applies the
        writes that it serves, with a home every region applies all writes.

    Raises
    ------
    DomainError : a share is outside [0, 1], the shares are not 1 together, or a hop goes home where there is
    none.
    UnknownName : the home is none of the regions.

    Examples
    --------
    >>> from capcalc.tiers.flow import Call, Flow, follow
    >>> from capcalc.tiers.database import Database
    >>> tiers = {"db": Database(name="db")}
    >>> visits = list(follow((Call(tier="db"),), Flow("post", "write", 10.0, 30.0), tiers, "operations.post"))
    >>> split = regional(visits, {"us": 0.6, "eu": 0.4}, "us")
    >>> [(r, s.served_writes_peak_rps, s.applied_writes_peak_rps) for r, s in split.items()]
    [('us', 30.0, 30.0), ('eu', 0.0, 30.0)]
    """
    _check(visits, shares, home)
    return {region: _in(region, visits, share, home) for region, share in shares.items()}


def _in(region: str, visits: Sequence[Visit], share: Number, home: str | None) -> Regional:
    """One region: its part of each visit, by where the visit is answered."""
    found: dict[str, Number] = {}
    for when in ("mean", "peak"):
        rates = [(v, v.flow.mean_rps if when == "mean" else v.flow.peak_rps) for v in visits]
        for kind in ("read", "write"):
            parts = (rate * _part(v, region, share, home) for v, rate in rates if v.flow.kind == kind)
            found[f"served_{kind}s_{when}_rps"] = sum(parts, 0.0)
        everywhere = sum((rate for v, rate in rates if v.flow.kind == "write"), 0.0)
        own = found[f"served_writes_{when}_rps"]
        found[f"applied_writes_{when}_rps"] = own if home is None else everywhere
    return Regional(**found)


def _part(visit: Visit, region: str, share: Number, home: str | None) -> Number:
    """Part of a visit that a region answers."""
    if home is not None and (visit.flow.kind == "write" or visit.hop.at == "home"):
        return 1.0 if region == home else 0.0
    return share


def _check(visits: Sequence[Visit], shares: Mapping[str, Number], home: str | None) -> None:
    for region, share in shares.items():
        real(f"regions.{region}.share", share, 0, 1, hint="The share of all users that the region has.")
    total = sum(shares.values(), 0.0)
    if np.any(np.abs(total - 1.0) > 1e-9):
        raise DomainError("regions", total, "shares that are 1 together", "Every user belongs to one region.")
    if home is not None and home not in shares:
        raise UnknownName("region", home, shares)
    for visit in visits:
        if visit.hop.at == "home" and home is None:
            tier = visit.hop.tier
            raise DomainError(
                f"{visit.place}.at", "home", f"what {tier} has", f"Give it one: tiers.{tier}.home."
            )
