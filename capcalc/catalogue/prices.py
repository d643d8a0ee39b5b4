"""List prices with their dates, and what an amount costs by them.

| quantity | name | unit |
| --- | --- | --- |
| as published, first tier | `value`, `unit` | USD/GB, USD/1k requests, ... |
| what is counted | `base` | B, B-month, requests, h, ... |
| from where on which price holds | `tiers` | base, USD/base |

GB is 1e9 B here as everywhere, and a tier's TB is 1024 of them. AWS bills GB of 2**30 B, so its bill is up to
6.9% lower than what stands here. A price that is not known is an error, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from capcalc.catalogue.read import GB, citation, table
from capcalc.errors import DomainError, UnknownName

_TB = 1024.0  # GB, in the tiers of price lists
_UNITS = {  # as published -> how many of the base one is, the base
    "USD/GB": (GB, "B"),
    "USD/TiB": (2.0**40, "B"),
    "USD/GB-month": (GB, "B-month"),
    "USD/GiB-month": (2.0**30, "B-month"),
    "USD/GB-h": (GB, "B-h"),
    "USD/GB-s": (GB, "B-s"),
    "USD/MB/s-month": (1e6, "B/s-month"),
    "USD/request": (1.0, "requests"),
    "USD/1k requests": (1e3, "requests"),
    "USD/10k requests": (1e4, "requests"),
    "USD/M requests": (1e6, "requests"),
    "USD/IOPS-month": (1.0, "IOPS-month"),
    "USD/unit-month": (1.0, "unit-month"),
    "USD/h": (1.0, "h"),
    "USD/vCPU-h": (1.0, "vCPU-h"),
    "USD/ACU-h": (1.0, "ACU-h"),
    "USD/LCU-h": (1.0, "LCU-h"),
    "USD/NLCU-h": (1.0, "NLCU-h"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of an item in an area: a region, or regions that share a price."""

    item: str
    area: str
    value: float
    unit: str
    base: str
    tiers: tuple[tuple[float, float], ...]
    what: str  # the vendor's words
    date: str  # ISO: day, month or year
    source: str
    confidence: str  # A vendor's own data, B public copy, C remembered; the weakest of its tiers
    note: str

    def cost_usd(self, amount: Any) -> Any:
        """What an amount costs. [USD; of a month, if the base is "of a month" or the amount is a month's]

        Parameters
        ----------
        amount : float or array_like
            In units of `base`, >= 0: bytes, not GB; requests, not thousands.

        Raises
        ------
        DomainError : an element is negative or not finite.

        Examples
        --------
        >>> round(float(price("object_storage").cost_usd(1e12)), 2)
        23.0
        """
        return tiered_cost(self.tiers, amount)


def tiered_cost(tiers: Sequence[tuple[float, float]], amount: Any) -> Any:
    """What an amount costs where each piece of it has the price of the tier in which it lies.

    Parameters
    ----------
    tiers : sequence of (from, price)
        Where a tier begins and what a unit costs in it; the first begins at 0, the last does not end.
        [unit, USD/unit]
    amount : float or array_like
        How much, >= 0. [unit]

    Returns
    -------
    float or ndarray
        Sum of price * (part of the amount inside the tier): continuous, and never falls. [USD]

    Raises
    ------
    DomainError : the tiers do not begin at 0 and ascend, a price is negative, or an amount is no number >= 0.

    Examples
    --------
    >>> round(float(tiered_cost([(0, 0.09), (10240, 0.085)], 12288)), 2)
    1095.68
    """
    import numpy as np

    from capcalc.checks import real

    starts = real("tiers", [t[0] for t in tiers], 0)
    prices = real("tiers", [t[1] for t in tiers], 0)
    if not len(starts) or starts[0] != 0 or (np.diff(starts) <= 0).any():
        raise DomainError("tiers", tuple(tiers), "the pairs (from, price) that ascend from 0")
    x = real("amount", amount, 0)
    total = np.zeros_like(x)
    for low, high, usd in zip(starts, [*starts[1:], np.inf], prices, strict=True):
        total = total + usd * np.clip(x - low, 0, high - low)
    return total[()]


@cache
def _prices() -> dict[str, dict[str, Price]]:
    """Item -> area -> price."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in table("prices"):
        rows.setdefault((row["item"], row["area"]), []).append(row)
    prices: dict[str, dict[str, Price]] = {}
    for (item, area), tiers in rows.items():
        first = tiers[0]
        per, base = _UNITS[first["unit"]]
        prices.setdefault(item, {})[area] = Price(
            item=item,
            area=area,
            value=float(first["value"]),
            unit=first["unit"],
            base=base,
            tiers=tuple((float(t["from_tb"] or 0) * _TB * GB, float(t["value"]) / per) for t in tiers),
            what=first["what"],
            date=min(t["date"] for t in tiers),
            source="; ".join(dict.fromkeys(citation(t["source"]) for t in tiers)),
            confidence=max(t["confidence"] for t in tiers),
            note=first["note"],
        )
    return prices


@cache
def _areas() -> dict[str, tuple[str, ...]]:
    """Region or area -> where its prices are looked for, in that order."""
    areas = {row["name"]: (row["name"], *row["price_areas"].split()) for row in table("regions")}
    shared = {area for looked in areas.values() for area in looked}
    return {area: (area,) for area in shared} | areas


def price(item: str, region: str = "us-east-1") -> Price:
    """The list price of an item in a region.

    Parameters
    ----------
    item : str
        `object_storage`, `object_put`, `object_get`, `egress`, `cdn_out`, `cross_zone`, `block_storage`, ...:
        see `price_items`. The same item of another vendor has the same name; the region tells them apart.
    region : str
        A region of the catalogue (its `price_areas` are looked at as well), or an area such as `cdn-europe`.

    Raises
    ------
    UnknownName : there is no such item or region; says the nearest, or the list.
    DomainError : the region is known, its price of this item is not; says where it is.

    Examples
    --------
    >>> egress = price("egress", region="us-east-1")
    >>> egress.value, egress.unit, egress.date, len(egress.tiers)
    (0.09, 'USD/GB', '2024-09-25', 4)
    >>> price("cdn_out", region="eu-central-1").area
    'cdn-europe'
    >>> price("block_storage", region="eu-west-1")
    Traceback (most recent call last):
    capcalc.errors.DomainError: region = 'eu-west-1' is outside the regions with a price of block_storage: \
us-central1, us-east-1. A price that is not known is not 0: choose one of them or give the price.
    """
    known = _prices()
    if not isinstance(item, str) or item not in known:
        raise UnknownName("price", item, known)
    areas = _areas()
    if not isinstance(region, str) or region not in areas:
        raise UnknownName("region", region, areas)
    here = known[item]
    for area in areas[region]:
        if area in here:
            return here[area]
    allowed = f"the regions with a price of {item}: {', '.join(priced_areas(item))}"
    hint = "A price that is not known is not 0: choose one of them or give the price."
    raise DomainError("region", region, allowed, hint)


def price_items() -> tuple[str, ...]:
    """The names of all items with a price, sorted.

    Examples
    --------
    >>> "cross_region" in price_items()
    True
    """
    return tuple(_prices())


def priced_areas(item: str) -> tuple[str, ...]:
    """The regions and areas in which an item has a price.

    Raises
    ------
    UnknownName : there is no such item.

    Examples
    --------
    >>> priced_areas("block_storage")
    ('us-central1', 'us-east-1')
    """
    known = _prices()
    if not isinstance(item, str) or item not in known:
        raise UnknownName("price", item, known)
    return tuple(sorted(known[item]))
