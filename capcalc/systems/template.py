"""A system file to begin with: a model, and below each of its tables the keys one may add, as comments."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from capcalc.errors import CapcalcError
from capcalc.keys import Key, keys_of
from capcalc.laws.work import Work
from capcalc.systems.kinds import KINDS, tier_class
from capcalc.systems.read import line_numbers
from capcalc.systems.schema import default_text, tables
from capcalc.units import EXAMPLES

SCHEMA_LINE = "#:schema ./capcalc.schema.json"
_HEAD = """
# A system file: operations take routes through tiers, and a target decides how many servers. Quantities are
# texts with their unit ("5 ms", "10/day"), ratios "90%" or 0.9. Commented keys are those that a table may have as
# well, with what counts while they are left out, or an (example) where nothing does.
#
#   capcalc validate FILE        says every mistake of the file
#   capcalc estimate FILE        the answer
#   capcalc schema -o capcalc.schema.json     beside this file: editors complete its keys
#
# Kinds of tiers: """


def template(text: str) -> str:
    """The text of a model with the keys that each of its tables may have as well, as comments.

    Parameters
    ----------
    text : str
        A system file without mistakes.
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#:schema")]
    raw = tomllib.loads("\n".join(lines))
    behind: dict[int, list[str]] = {}
    at = line_numbers("\n".join(lines))
    ends = sorted(at.values())
    for place, cls, table in _places(raw):
        if place in at:
            behind[_last_line(lines, at, place, ends)] = list(_comments(cls, table))
    out = [SCHEMA_LINE, *(_HEAD.strip() + " " + ", ".join(KINDS) + ".").splitlines(), ""]
    for number, line in enumerate(lines, 1):
        out += [line, *behind.get(number, ())]
    for name, (cls, many) in tables().items():
        if name not in raw and not many:
            out += ["", f"# [{name}]", *_comments(cls, {})]
    return "\n".join(out).rstrip() + "\n"


def _places(raw: dict[str, Any]) -> Iterator[tuple[str, type, dict[str, Any]]]:
    """Every table of a file that has keys: where it stands, its class, what it says."""
    for name, (cls, many) in tables().items():
        table = raw.get(name, {})
        yield from (
            ((f"{name}.{inner}", cls, t) for inner, t in table.items()) if many else [(name, cls, table)]
        )
    for name, table in raw["tiers"].items():
        yield f"tiers.{name}", tier_class(table["kind"]), table


def _last_line(lines: list[str], at: dict[str, int], place: str, ends: list[int]) -> int:
    """The last line of a table: that of its last key, with all lines of that key's value."""
    last = max(n for key, n in at.items() if key == place or key.startswith(f"{place}."))
    until = next((n for n in ends if n > last), len(lines) + 1)
    for end in range(last, until):
        try:
            tomllib.loads("\n".join(lines[last - 1 : end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise CapcalcError(f"line {last}: the value of its key has no end")


def _comments(cls: type, said: dict[str, Any]) -> Iterator[str]:
    """A commented line for each key that a table does not say."""
    fields = {f.name: f.default for f in dataclasses.fields(cls)}
    missing = {name: k for name, k in keys_of(cls).items() if name not in said}
    texts = {name: f"{name} = {_example(k, fields[name])}" for name, k in missing.items()}
    width = max(map(len, texts.values()), default=0)
    for name, k in missing.items():
        nothing = " (example)" if fields[name] in (None, dataclasses.MISSING) else ""
        yield f"# {texts[name]:<{width}}  # {k.doc}{nothing}"


def _example(k: Key, default: Any) -> str:
    """A value as a file writes it: the default, else an example of its kind."""
    shown = default_text(k, default)
    if isinstance(default, Work) and default.shape == "lognormal":
        return re.sub(r"p(50|99) ([^,]+)", r'p\1 = "\2"', f"{{ {shown} }}").replace(' }"', '" }')
    if isinstance(default, Work) and default.shape == "fixed" and k.kind == "work":
        return f'{{ fixed = "{shown}" }}'
    if not shown:
        shown = k.choices[0] if k.choices else _OF_KIND.get(k.kind) or EXAMPLES.get(k.kind, "NAME")
        shown = re.split(r", | or ", shown)[0]
    bare = k.kind == "flag" or (k.kind in ("number", "whole", "spare") and re.fullmatch(r"[\d.]+", shown))
    return shown if bare else f'"{shown}"'


_OF_KIND = {"flag": "true", "work": "5 ms", "amount": "2 kB", "whole": "3", "spare": "1"}
