"""One law worked out, as text and as data."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from capcalc import __version__
from capcalc.figures import SUFFIXES, text_of
from capcalc.laws.asked import backwards, flag, functions_of, named
from capcalc.laws.calculate import Calculation
from capcalc.laws.entries.entry import Entry
from capcalc.laws.registry import laws
from capcalc.output.working import step_lines
from capcalc.sources import CITATIONS
from capcalc.steps import Step
from capcalc.units import EXAMPLES

WIDEST = 100


def calc_text(found: Calculation, width: int = WIDEST) -> str:
    """Answer, results, standing, working and sources; of an overloaded design the sentence."""
    lines = wrapped(found.problem or found.entry.title, width, indent=0)
    overload = found.entry.overload
    if found.problem and not (overload and overload.partial and found.results):
        return "\n".join(lines)
    lines.append("")
    lines += aligned(list(calc_rows(found)), width)
    lines += ["", *wrapped(f"note: {found.remark}", width)] if found.remark else []
    lines += ["", *step_lines(found.lines, functions=_functions(found), whiteboard=False)]
    cited = [line.source for line in found.lines if isinstance(line, Step)] + list(found.entry.sources)
    lines += ["", "Sources", *cited_in_full(cited, width)]
    return "\n".join(lines)


def calc_rows(found: Calculation) -> Iterator[tuple[str, ...]]:
    units = {i.name: i for i in found.entry.inputs}
    if found.answer:
        asked = units[found.answer]
        yield asked.label, text_of(found.inputs[found.answer], asked.unit), found.says
    p = found.inputs.get("percentile")
    for output in found.entry.outputs:
        name = named(output.name, p)
        if name in found.results:
            value = found.results[name]
            standing = output.standing if output.standing not in ("", "exact", found.entry.standing) else ""
            yield named(output.label, p), _text(value, output.unit), standing
    yield "standing", found.entry.standing, found.entry.error


def _text(value: Any, unit: str) -> str:
    """A result; an infinite one has no end."""
    if isinstance(value, tuple):
        between = "; " if value and isinstance(value[0], tuple) else ", "
        return between.join(_text(v, unit) for v in value)
    return "no end" if value is None else text_of(value, unit)


def _functions(found: Calculation) -> dict[str, Any]:
    steps = [
        line for line in found.lines if isinstance(line, Step) and not re.search(r"\)[.\[]", line.formula)
    ]
    return {name: f for step in steps for name, f in functions_of(found.entry, step.formula).items()}


def calc_json(found: Calculation) -> str:
    """Plain SI numbers, the unit in the key; what has no end is null, beside `saturated`: true."""
    entry, p = found.entry, found.inputs.get("percentile")
    inputs = {
        i.name + _suffix(i.unit): plain(found.inputs[i.name]) for i in entry.inputs if i.name in found.inputs
    }
    assumed = [i.name + _suffix(i.unit) for i in entry.inputs if i.name in found.assumed]
    document: dict[str, Any] = {"capcalc": __version__, "schema": 1, "law": entry.name}
    document["inputs"] = {k: v for k, v in inputs.items() if k not in assumed}
    document["assumed"] = {k: inputs[k] for k in assumed}
    if found.target:
        unit = next(o.unit for o in entry.outputs if named(o.name, p) == found.target[0])
        document["target"] = {found.target[0] + _suffix(unit): plain(found.target[1])}
    if found.answer:
        asked = entry.input(found.answer)
        document["answer"] = {asked.name + _suffix(asked.unit): plain(found.inputs.get(asked.name))}
    units = {named(o.name, p): o.unit for o in entry.outputs}
    document["results"] = {name + _suffix(units[name]): plain(v) for name, v in found.results.items()}
    document["saturated"] = found.saturated
    document["standing"] = entry.standing
    document["steps"] = [_step(line) for line in found.lines if isinstance(line, Step)]
    document["warnings"] = [said for said in (found.problem, found.remark) if said]
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)


def _step(step: Step) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "key": step.key,
        "symbol": step.symbol,
        "label": step.label,
        "formula": step.formula,
    }
    kept["inputs"] = {symbol: plain(value) for symbol, value in step.inputs.items()}
    return kept | {
        "value": plain(step.value),
        "unit": step.unit,
        "source": step.source,
        "standing": step.standing,
    }


def plain(value: Any) -> Any:
    """Numbers of Python, whole ones without a point."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _suffix(unit: str) -> str:
    return SUFFIXES.get(unit, "")


def laws_text(command: str, width: int = WIDEST) -> str:
    """Every law in one table."""
    rows = [(entry.name, entry.standing, entry.title) for entry in laws().values()]
    head = [f"Laws; one of them: capcalc {command} NAME", ""]
    return "\n".join(head + aligned(rows, width))


def flags_text(entry: Entry, width: int = WIDEST) -> str:
    """Help of one law: its flags, and the targets that it answers."""
    lines = [
        f"Usage: capcalc calc {entry.name} [--input value ...] [--json]",
        "",
        f"  {entry.title}",
        "",
        "Inputs:",
    ]
    rows = []
    for i in entry.inputs:
        example = entry.example.inputs.get(i.name) or EXAMPLES.get(i.kind, "")
        state = "" if i.required else "optional"
        if i.default is not None:
            state = f"{text_of(i.default, i.unit)} unless given"
        elif i.formula:
            state = "or " + " and ".join(
                flag(j.name) for j in entry.inputs if j.optional and j.symbol in i.formula
            )
        rows.append((flag(i.name), i.label, f"({state})" if state else f"as {example}"))
    lines += aligned(rows, width)
    if entry.inverses:
        lines += ["", "Targets, instead of the input that they answer:"]
        targets = backwards(entry).items()
        labels = {o.name: o.label for o in entry.outputs}
        lines += aligned(
            [
                (flag(named(t, 0.99)), named(labels[t], 0.99), "gives " + " or ".join(map(flag, a)))
                for t, a in targets
            ],
            width,
        )
    lines += [
        "",
        "Example:",
        "",
        f"  {example_command(entry)}",
        "",
        f"What it is and where it breaks: capcalc explain {entry.name}",
    ]
    return "\n".join(lines)


def example_command(entry: Entry) -> str:
    """The worked example as one types it."""
    said = (f"{flag(n)} {v if ' ' not in v else repr(v)}" for n, v in entry.example.inputs.items())
    return f"capcalc calc {entry.name} {' '.join(said)}"


def cited_in_full(keys: Sequence[str], width: int) -> list[str]:
    """Citations of keys, each once."""
    known = [key for key in dict.fromkeys(keys) if key in CITATIONS]
    return [line for key in known for line in wrapped(f"[{key}] {CITATIONS[key]}", width)]


def wrapped(text: str, width: int, indent: int = 2) -> list[str]:
    """A paragraph; continued lines stand two further in."""
    front = " " * indent
    follow = " " * (indent + 2 if indent else 0)
    return textwrap.wrap(
        text,
        width,
        initial_indent=front,
        subsequent_indent=follow,
        break_long_words=False,
        break_on_hyphens=False,
    )


def aligned(rows: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """Columns side by side, the last of them wrapped; on a narrow terminal each row as a paragraph."""
    count = max(len(row) for row in rows)
    wide = [max(len(row[i]) if i < len(row) else 0 for row in rows) for i in range(count - 1)]
    start = 2 + sum(w + 3 for w in wide)
    if start > width - 20:
        return [
            line for row in rows for line in wrapped(": ".join(filter(None, row[:2])) + _rest(row), width)
        ]
    lines = []
    for row in rows:
        cells = "".join(f"{cell:<{w + 3}}" for cell, w in zip(row, wide, strict=False))
        lines += textwrap.wrap(
            f"  {cells}{row[-1] if len(row) == count else ''}".rstrip() or " ",
            width,
            subsequent_indent=" " * start,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
    return lines


def _rest(row: tuple[str, ...]) -> str:
    return f" ({row[2]})" if len(row) > 2 and row[2] else ""
