"""Numbers as people read them, by the unit of their line: three figures, counts whole, never more than is known."""

from __future__ import annotations

from capcalc.steps import Given, Step
from capcalc.units import show

_KINDS = {"s": "duration", "1/s": "rate", "B": "size", "ratio": "ratio", "B/s": "bandwidth"}


def text_of(value: float, unit: str, digits: int = 3) -> str:
    """A number with its unit: 0.005 s is `5 ms`, 694.4 1/s is `694/s`."""
    if unit in _KINDS:
        return show(_KINDS[unit], float(value), digits)
    if unit == "1/day":
        return f"{show('number', float(value), digits)}/day"
    text = show("count", float(value), digits) if float(value).is_integer() else show("number", float(value), digits)
    return f"{text} {unit}".rstrip()


def line_text(line: Given | Step, digits: int = 3) -> str:
    """The value of a line of working."""
    return text_of(line.value, line.unit, digits)
