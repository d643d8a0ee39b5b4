"""Regions of the clouds, and how long a round trip between two of them takes.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| great-circle distance | d | `distance_m` | m |
| round trip | | `Rtt.seconds` | s |

Measured where there is a measurement (AWS, every pair of 32 regions): the median of a year of TCP connects,
less the 2 ms that the far end's service took. Else a line, RTT = k (3.95 ms + 0.01576 ms/km d), with k by the
two continents. Of the pairs that are measured half lie within 11% of the line, nine in ten within 32% (so too
when AWS is left out of the fit). Never less than light in fibre.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from capcalc.catalogue.facts import fact
from capcalc.catalogue.read import citation, table
from capcalc.errors import UnknownName

_EARTH_M = 6371008.8  # mean radius
_FIBRE_S_PER_M = 2 * 1.4682 / 299792458.0  # there and back, refractive index of glass fibre
_ENDPOINT_S = 0.002  # in every measured row: the far end's own work
_LINE_S, _LINE_S_PER_M = 3.95e-3, 0.01576e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region: where it is, and the areas whose prices hold in it."""

    name: str
    provider: str
    city: str
    latitude_deg: float
    longitude_deg: float
    rtt_class: str  # AF, AS, EU, IN, ME, NA, OC, SA
    price_areas: tuple[str, ...]
    date: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Rtt:
    """A round trip: `how` is "measured", "model" or "same region"."""

    seconds: float
    how: str
    date: str
    source: str


@cache
def _regions() -> dict[str, Region]:
    return {
        row["name"]: Region(
            name=row["name"],
            provider=row["provider"],
            city=row["city"],
            latitude_deg=float(row["latitude_deg"]),
            longitude_deg=float(row["longitude_deg"]),
            rtt_class=row["rtt_class"],
            price_areas=tuple(row["price_areas"].split()),
            date=row["date"],
            source=citation(row["source"]),
            confidence=row["confidence"],
        )
        for row in table("regions")
    }


def region(name: str) -> Region:
    """The region of a name.

    Raises
    ------
    UnknownName : there is no such region; says the nearest, or the list.

    Examples
    --------
    >>> region("eu-central-1").city
    'Frankfurt, Germany'
    """
    known = _regions()
    if not isinstance(name, str) or name not in known:
        raise UnknownName("region", name, known)
    return known[name]


def region_names() -> tuple[str, ...]:
    """The names of all regions, by vendor.

    Examples
    --------
    >>> len(region_names())
    63
    """
    return tuple(_regions())


def distance_m(one: Region, other: Region) -> float:
    """Great-circle distance of two regions. [m]

    Examples
    --------
    >>> round(distance_m(region("us-east-1"), region("eu-west-1")) / 1000)
    5461
    """
    a, b = math.radians(one.latitude_deg), math.radians(other.latitude_deg)
    east = math.radians(other.longitude_deg - one.longitude_deg)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def _sourced(row: Mapping[str, str], column: str, per: float = 1.0) -> tuple[float, str, str]:
    return float(row[column]) / per, row["date"], citation(row["source"])


@cache
def _measured() -> dict[frozenset[str], tuple[float, str, str]]:
    return {frozenset((row["from"], row["to"])): _sourced(row, "rtt_ms", 1000.0) for row in table("rtt")}


@cache
def _multipliers() -> dict[frozenset[str], tuple[float, str, str]]:
    return {
        frozenset((row["class_a"], row["class_b"])): _sourced(row, "multiplier")
        for row in table("rtt_classes")
    }


def rtt(one: str, other: str) -> Rtt:
    """The round trip between servers of two regions, in either direction.

    Raises
    ------
    UnknownName : there is no such region.

    Examples
    --------
    >>> there = rtt("us-east-1", "ap-southeast-1")
    >>> there.seconds, there.how, there.date
    (0.2169, 'measured', '2025-10')
    >>> rtt("us-east-1", "us-east-1").seconds
    0.0005
    """
    a, b = region(one), region(other)
    if a is b:
        hop = fact("constants.hop_rtt")
        return Rtt(hop.usual, "same region", hop.date, hop.source)
    d = distance_m(a, b)
    found = _measured().get(frozenset((a.name, b.name)))
    if found is not None:
        value, date, source = found
        return Rtt(round(max(value - _ENDPOINT_S, d * _FIBRE_S_PER_M), 6), "measured", date, source)
    k, date, source = _multipliers()[frozenset((a.rtt_class, b.rtt_class))]
    return Rtt(round(max(k * (_LINE_S + _LINE_S_PER_M * d), d * _FIBRE_S_PER_M), 6), "model", date, source)
