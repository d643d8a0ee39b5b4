"""Values and tables of a system file: every mistake is written down with its line, and reading goes on.

A mistake is `file:line: place: what; nearest right thing`. `tomllib` keeps no lines, so they come from a scan of the
text for table headings and keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from capcalc.errors import CapcalcError, nearest
from capcalc.keys import NUMERIC, SPARES, Key, check_value, keys_of
from capcalc.laws.work import Work, between, fixed
from capcalc.systems.spec import Origin
from capcalc.units import parse

if TYPE_CHECKING:
    from capcalc.spread import Spread

BARE = ("count", "ratio", "number", "whole")  # kinds that have no unit
LATER = "is in the language, but this version has no law for it yet"


class Missing:
    """A value that could not be read; its mistake is written down."""


MISSING = Missing()


class Reader:
    """One file being read: its lines, its mistakes, and where each value came from."""

    def __init__(self, file: str, text: str, origin: str = "model") -> None:
        self.file, self.origin = file, origin
        self.problems: list[tuple[int, str]] = []
        self.origins: dict[str, Origin] = {}
        self.ranges: dict[str, Spread] = {}
        self.sources: Mapping[str, Any] = {}
        self._lines = line_numbers(text)

    def bad(self, place: str, what: str) -> Missing:
        """Writes down a mistake."""
        line = self.line(place)
        self.problems.append((line, f"{self.file}:{line}: {place}: {what}" if place else f"{self.file}:{line}: {what}"))
        return MISSING

    def line(self, place: str) -> int:
        """The line of a key, or of the nearest thing around it."""
        while place and place not in self._lines:
            place = place.rpartition(".")[0]
        return self._lines.get(place, 1)

    def said(self, place: str) -> None:
        """Keeps that the file says the value of a key, and why."""
        self.origins[place] = Origin(self.origin, str(self.sources.get(place) or f"{self.file}:{self.line(place)}"))

    def value(self, place: str, raw: Any, k: Key, said: bool = True) -> Any:
        """A value of a kind, checked; MISSING with its mistake written down. `said`: keep that the file says it."""
        try:
            value = self._converted(place, raw, k)
            check_value(place.rpartition(".")[2], value, k)
        except CapcalcError as error:
            return self.bad(place, str(error).rstrip("."))
        if said:
            self.said(place)
        return value

    def _converted(self, place: str, raw: Any, k: Key) -> Any:
        spread = spread_of(raw, k)
        if spread is None:
            return converted(raw, k)
        self.ranges[place] = spread
        return valued(spread.median, k)

    def table(self, place: str, raw: Any, cls: type, later: frozenset[str], extra: frozenset[str] = frozenset()) -> dict:
        """The keys of a table as arguments of its class; unknown ones are mistakes."""
        if not isinstance(raw, dict):
            self.bad(place, f"{raw!r} is not a table; write [{place}] and its keys below")
            return {}
        keys, found = keys_of(cls), {}
        for name, value in raw.items():
            where = f"{place}.{name}"
            if name in keys:
                found[name] = self.value(where, value, keys[name])
            elif name in later:
                self.bad(where, LATER)
            elif name not in extra:
                self.bad(where, f'unknown key "{name}"; {nearest(name, {*keys, *extra})}')
        return {name: value for name, value in found.items() if value is not MISSING}


def spread_of(raw: Any, k: Key) -> Spread | None:
    """The range that stands in place of a value, if one does; most files have none and do not pay for it."""
    if not isinstance(raw, str) or (" to " not in raw and "(" not in raw):
        return None
    from capcalc.spread import is_spread, spread_in

    return spread_in(raw, k) if is_spread(raw, k) else None


def converted(raw: Any, k: Key) -> Any:
    """A value as a file or a flag writes it, in base units; not yet checked against its range."""
    if k.kind in ("work", "amount"):
        return _work(raw, k.kind)
    if k.kind == "spare":
        return _spare(raw)
    if k.kind in NUMERIC:
        kind = "count" if k.kind == "whole" else k.kind
        if isinstance(raw, str):
            return parse(kind, raw)
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            return parse(kind, str(raw).lower())
        if k.kind in BARE or raw == 0:
            return float(raw)
        return parse(kind, str(raw))
    if k.kind == "names":
        return _names(raw)
    if k.kind == "flag" and not isinstance(raw, bool):
        raise CapcalcError(f"{raw!r} is not true or false")
    if k.kind in ("text", "choice") and not isinstance(raw, str):
        raise CapcalcError(f"{raw!r} is not a text in quotes")
    return raw


def valued(number: Any, k: Key) -> Any:
    """A number, or an array of scenarios, as the value of a key: of work its mean."""
    if k.kind not in ("work", "amount"):
        return number
    return Work(np.asarray(number, float)[()], "exponential" if k.kind == "work" else "fixed")


def _work(raw: Any, kind: str) -> Work:
    """A mean, { fixed = ... } or { p50 = ..., p99 = ... }; a size that is only a mean is constant."""
    one = Key("duration" if kind == "work" else "size", "")
    if not isinstance(raw, dict):
        return Work(converted(raw, one)) if kind == "work" else fixed(converted(raw, one))
    if set(raw) == {"fixed"}:
        return fixed(converted(raw["fixed"], one))
    if set(raw) == {"p50", "p99"}:
        return between(converted(raw["p50"], one), converted(raw["p99"], one))
    what, example = ("time", "5 ms") if kind == "work" else ("size", "5 kB")
    raise CapcalcError(f'{raw!r} is not a {what}; write "{example}", {{ fixed = "{example}" }} or {{ p50 = ..., p99 = ... }}')


def _spare(raw: Any) -> int | str:
    if raw in SPARES:
        return raw
    if isinstance(raw, str) and raw.isdigit():
        return int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise CapcalcError(f'{raw!r} is not a spare; write a number of servers, "zone" or "region"')
    return raw


def _names(raw: Any) -> tuple[str, ...]:
    """A list of names; on the command line they stand with commas between."""
    names = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(names, (list, tuple)) or not names or not all(isinstance(n, str) and n.strip() for n in names):
        raise CapcalcError(f'{raw!r} is not a list of names; write ["us", "eu"]')
    return tuple(dict.fromkeys(n.strip() for n in names))


_HEADING = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")


def line_numbers(text: str) -> dict[str, int]:
    """Line of every table heading and key."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := _HEADING.match(line):
            if "=" not in line.partition("#")[0] and not line.lstrip().startswith(('["', "['", "[{")):
                table = heading[1].replace('"', "").replace(" ", "")
                found.setdefault(table, number)
        elif key := _KEY.match(line):
            name = key[1].strip("\"'") if key[1][:1] in "\"'" else key[1].replace(" ", "")
            found.setdefault(f"{table}.{name}" if table else name, number)
    return found
