"""A number as people read it, by its unit: three figures, counts whole, never more than is known."""

from __future__ import annotations

from typing import Any

from capcalc.printing import show

KINDS = {
    "s": "duration",
    "1/s": "rate",
    "B": "size",
    "B/s": "bandwidth",
    "ratio": "ratio",
    "USD/h": "price_per_hour",
}
SUFFIXES = {
    "s": "_s",
    "1/s": "_rps",
    "1/day": "_per_day",
    "B": "_bytes",
    "B/s": "_bytes_per_s",
    "USD": "_usd",
    "USD/h": "_usd_per_h",
    "USD/month": "_usd_per_month",
    "erlang": "_erlangs",
}  # the end of a name whose number has that unit; ratios and counts have none


def text_of(value: Any, unit: str, digits: int = 3) -> str:
    """A number with its unit; several with commas between them, rows with semicolons; words as they are.

    Examples
    --------
    >>> text_of(0.005, "s"), text_of(694.44, "1/s"), text_of(2.0, ""), text_of((1.0, 2.5), "")
    ('5 ms', '694/s', '2', '1, 2.5')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        between = "; " if value and isinstance(value[0], tuple) else ", "
        return between.join(text_of(v, unit, digits) for v in value)
    if unit in KINDS:
        return show(KINDS[unit], float(value), digits)
    if unit == "1/day":
        return f"{show('number', float(value), digits)}/day"
    if unit in ("USD", "USD/month"):
        return show("money", float(value), digits) + unit.removeprefix("USD")
    kind = "count" if float(value).is_integer() else "number"
    return f"{show(kind, float(value), digits)} {unit}".rstrip()
