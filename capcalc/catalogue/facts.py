"""Figures for what nobody typed: low, usual and high, with source, date and confidence.

The defaults of the keys of a system file are named `table.key` (`workload.peak`, `client.rtt`, `target.fill`)
or `kind.key` (`cache.hit_ratio`); what all kinds with servers share is `server.key`. The others begin with
`throughput`, `work`, `memory`, `latency`, `bandwidth`, `availability`, `failure`, `failover`, `usage`, `size`
or `cost`. All are in base units, but for the costs, which say theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from capcalc.catalogue.read import citation, table
from capcalc.errors import UnknownName

TABLES = ("defaults", "throughput", "latency_numbers", "availability", "usage", "costs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure. Where low, usual and high are the same, no range is known or it is a choice."""

    name: str
    low: float
    usual: float
    high: float
    unit: str
    what: str
    date: str  # ISO: day, month or year
    source: str
    confidence: str  # A vendor's own data, B public copy or measurement, C judgment
    note: str

    @property
    def has_range(self) -> bool:
        """Whether more than one value is likely."""
        return self.low < self.high


@cache
def _facts() -> dict[str, Fact]:
    return {row["name"]: _of(row) for name in TABLES for row in table(name)}


def _of(row: Mapping[str, str]) -> Fact:
    return Fact(
        name=row["name"],
        low=float(row["low"]),
        usual=float(row["usual"]),
        high=float(row["high"]),
        unit=row["unit"],
        what=row["what"],
        date=row["date"],
        source=citation(row["source"]),
        confidence=row["confidence"],
        note=row["note"],
    )


@cache
def _alone(name: str) -> Fact | None:
    """A figure of the table that its name begins with: who asks for one need not read all tables."""
    front = name.partition(".")[0]
    rows = (row for row in table(front) if row["name"] == name) if front in TABLES else iter(())
    return next((_of(row) for row in rows), None)


def fact(name: str) -> Fact:
    """The figure of a name.

    Raises
    ------
    UnknownName : there is no such figure; says the nearest, or the list.

    Examples
    --------
    >>> peak = fact("workload.peak")
    >>> peak.low, peak.usual, peak.high, peak.unit, peak.confidence
    (2.0, 3.0, 5.0, 'number', 'B')
    """
    if isinstance(name, str) and (alone := _alone(name)) is not None:
        return alone
    known = _facts()
    if not isinstance(name, str) or name not in known:
        raise UnknownName("figure", name, known)
    return known[name]


def fact_names(prefix: str = "") -> tuple[str, ...]:
    """The names of the figures that begin with a prefix, in the order of the tables.

    Examples
    --------
    >>> fact_names("cache.")
    ('cache.hit_ratio', 'cache.capacity', 'cache.zipf', 'cache.copies')
    """
    return tuple(name for name in _facts() if name.startswith(prefix))
