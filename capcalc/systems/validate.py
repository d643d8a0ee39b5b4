"""A system file against itself: all its mistakes, then the values it says its estimate has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from capcalc.errors import CapcalcError, ModelFileError, nearest
from capcalc.steps import Given, Step
from capcalc.systems.load import load_text
from capcalc.systems.read import Reader

NEAR = 0.01  # how far a value of [check] may be from the estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file."""

    file: str
    problems: tuple[str, ...]
    stated: int = 0  # values in [check]

    def __str__(self) -> str:
        if self.problems:
            count = len(self.problems)
            return "\n".join([*self.problems, f"{count} problem{'s' if count != 1 else ''} in {self.file}"])
        if not self.stated:
            return f"{self.file}: no mistakes; it has no [check] values to compare"
        values = "value" if self.stated == 1 else "values"
        agree = "agrees" if self.stated == 1 else "agree"
        said = f"{self.stated} [check] {values} {agree} with the estimate within {NEAR:.0%}"
        return f"{self.file}: no mistakes; {said}"


def validated(text: str, file: str) -> Verdict:
    """Every mistake of a system file; where there is none, every [check] value that differs."""
    try:
        system = load_text(text, file)
    except ModelFileError as error:
        return Verdict(file, error.problems)
    try:
        found = system.estimate().by_key
    except CapcalcError as error:
        return Verdict(file, (f"{file}: {error}",))
    reader = Reader(file, text.removeprefix("\ufeff"))
    for key, said in _flat(system.check):
        what = _differs(key, said, found)
        if what:
            reader.bad(f"check.{key}", what)
    return Verdict(file, tuple(line for _, line in sorted(reader.problems)), len(system.check))


def _flat(table: Mapping[str, Any], front: str = "") -> Iterator[tuple[str, Any]]:
    """Keys with dots, whether or not somebody put them in quotes."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{front}{key}.")
        else:
            yield f"{front}{key}", value


def _differs(key: str, said: Any, found: Mapping[str, Given | Step]) -> str:
    """What is wrong with a value; nothing where the estimate agrees."""
    if isinstance(said, bool) or not isinstance(said, (int, float)):
        return f"{said!r} is no number; write it in base units (s, B, 1/s, ratio), without quotes"
    if key not in found:
        return f"the estimate has no {key}; {nearest(key, found)}"
    value = found[key].value
    if abs(value - said) <= NEAR * abs(said):
        return ""
    off = f" ({value / said - 1:+.1%})" if said else ""
    return f"the file says {said:g}, the estimate has {value:.5g}{off}"
