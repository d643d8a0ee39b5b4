"""Names, flags and texts of an entry of the registry: what the command line and the printer share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import CapcalcError, UnknownName
from capcalc.formula import ARITHMETIC, calls
from capcalc.laws.entries.entry import Entry, Input, Output
from capcalc.laws.registry import function
from capcalc.units import parse, show

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)_(\w+)")
_WORD = {"whole": "count"}
_SHOWN = {"s": "duration", "1/s": "rate", "ratio": "ratio"}


def known(entry: Entry, name: str) -> tuple[Input | Output | None, float | None]:
    """The input or output behind a name, and the share p that the name says: `p95_wait`."""
    found = next((i for i in entry.inputs if i.name == name), None)
    if found is not None:
        return found, None
    percentile = _PERCENTILE.fullmatch(name)
    wanted = f"{{p}}_{percentile[2]}" if percentile else name
    output = next((o for o in entry.outputs if o.name == wanted), None)
    return output, float(f"{percentile[1]}e-2") if percentile and output else None


def named(text: str, p: float | None) -> str:
    """A name or label with its percentile: `{p}_wait` at 0.99 is `p99_wait`."""
    return text.replace("{p}", f"p{round(p * 100, 10):.12g}") if p is not None else text


def shown(value: float, unit: str, digits: int = 3) -> str:
    """A number of a sentence: a whole rate in full, `10,000/s`."""
    if unit == "1/s" and 1000 <= value < 1e6 and value.is_integer():
        return f"{value:,.0f}/s"
    kind = _SHOWN.get(unit, "count" if float(value).is_integer() else "number")
    return show(kind, value, digits)


def quantity(entry: Input | Output, text: str) -> Any:
    """A text as a number in base units; a list has commas, a table semicolons between its rows.

    Raises
    ------
    UnitError : it is no such quantity.
    """
    if isinstance(entry, Input) and entry.kind == "choice":
        return text
    if isinstance(entry, Output):
        return parse(_SHOWN.get(entry.unit, "number"), text)
    if entry.depth == 2:
        return [_numbers(entry.one, row) for row in text.split(";") if row.strip()]
    return _numbers(entry.one, text) if entry.depth else parse(_WORD.get(entry.one, entry.one), text)


def _numbers(kind: str, text: str) -> list[float]:
    return [parse(_WORD.get(kind, kind), piece.strip()) for piece in text.split(",") if piece.strip()]


def functions_of(entry: Entry, text: str) -> dict[str, Callable[..., Any]]:
    """The laws that a text calls."""
    return {name: function(entry, name) for name in calls(text) - ARITHMETIC.keys()}


def backwards(entry: Entry) -> dict[str, list[str]]:
    """Output -> the inputs that it can answer."""
    found: dict[str, list[str]] = {}
    for inverse in entry.inverses:
        found.setdefault(inverse.given, []).append(inverse.answers)
    return found


def flag(name: str) -> str:
    """A name as the command line has it."""
    return f"--{name.replace('_', '-')}"


def picked(text: str, output: Output) -> str:
    """A law with the part of its result that is taken."""
    if not output.pick:
        return text
    return f"{text}[{output.pick}]" if output.pick.isdigit() else f"{text}.{output.pick}"


def symbols_of(text: str) -> Sequence[str]:
    """Symbols of a formula in the order in which they stand there, without the functions."""
    called = calls(text)
    return list(dict.fromkeys(s for s in re.findall(r"(?<![\w.])[A-Za-z_]\w*", text) if s not in called))


def checked(entry: Input, value: Any) -> Any:
    """A value inside its input's range, under the name of its flag."""
    name = flag(entry.name)
    if entry.kind == "choice":
        if value not in entry.choices:
            raise CapcalcError(f"{name}: {UnknownName('choice', value, entry.choices)}")
        return value
    if entry.depth == 2 and len({np.size(row) for row in value}) > 1:
        raise CapcalcError(f"{name}: the rows of the table are not equally long")
    array = real(name, value, entry.low, entry.high, above=entry.above, below=entry.below)
    if entry.one == "whole":
        whole(name, value, entry.low, entry.high)
    if array.ndim != entry.depth:
        shape = ("a single number", "a list of numbers", "a table of numbers, rows apart by semicolons")[
            entry.depth
        ]
        raise CapcalcError(f"{name} is {shape}")
    return plain(array)


def plain(value: Any) -> Any:
    """A Python number, a tuple of them, or None."""
    if value is None:
        return None
    array = np.asarray(value, float)
    return float(array) if array.ndim == 0 else tuple(plain(v) for v in array)
