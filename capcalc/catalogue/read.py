"""The tables of the catalogue, read once when they are first asked for.

A table is a CSV file beside this module: a header row, plain numbers, UTF-8. Columns keep the unit in which
the vendor publishes (`memory_gib`, `network_mbps`), so that a row can be held against its source; the modules
beside this one turn them into base units. `source` is a key into sources.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

HOURS_PER_MONTH = 730.0  # of money: 365 * 24 / 12; a month of data has 30 days
GB = 1e9  # also where a price list says GB


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a table, every value as text.

    Examples
    --------
    >>> table("machines")[0]["name"]
    't3.small'
    """
    import csv  # only who asks for a table pays for it
    from pathlib import Path
    from types import MappingProxyType

    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(MappingProxyType(row) for row in csv.DictReader(file))


@cache
def citation(source: str) -> str:
    """What a key of a `source` column stands for.

    Examples
    --------
    >>> citation("napkin-math")
    'sirupsen/napkin-math: table of rounded measurements and prices'
    """
    return next(row["citation"] for row in table("sources") if row["source"] == source)


def optional(text: str, factor: float = 1.0) -> float | None:
    """A number times a factor; None where the table has nothing.

    Examples
    --------
    >>> optional("8", 2.0), optional("")
    (16.0, None)
    """
    return float(text) * factor if text else None
