"""A law explained: what for, its formula, what it assumes, where it breaks, a worked example, its source."""

from __future__ import annotations

from collections.abc import Iterator

from capcalc.laws.asked import backwards, flag, named, quantity
from capcalc.laws.calculate import Calculation, calculate
from capcalc.laws.entries.entry import Entry
from capcalc.output.calc import WIDEST, aligned, calc_rows, cited_in_full, example_command, wrapped
from capcalc.output.latex import latex, symbol


def worked(entry: Entry) -> Calculation:
    """The example of an entry, worked out."""
    return calculate(
        entry, {name: quantity(entry.input(name), text) for name, text in entry.example.inputs.items()}
    )


def explain_text(entry: Entry, width: int = WIDEST) -> str:
    """The whole explanation, no line wider than the terminal."""
    lines = [f"{entry.name}   {entry.title}", ""]
    lines += wrapped(entry.use, width)
    lines += _section("Formula", [f"  {text}" for text, _ in entry.formulas])
    lines += _section("Where", aligned(list(_symbols(entry)), width))
    lines += _section("Assumes", _points(entry.assumptions, width))
    lines += _section("Breaks", _points(entry.breaks, width))
    standing = f"{entry.standing}: {entry.error}" if entry.error else entry.standing
    lines += _section("Standing", wrapped(standing, width))
    lines += _section("Example", list(_example(entry, width)))
    lines += _section("Backwards", aligned(list(_backwards(entry)), width) if entry.inverses else [])
    lines += _section("Sources", cited_in_full(entry.sources, width))
    lines += ["", f"  More: docs/laws/{entry.page}"]
    return "\n".join(lines)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _points(texts: tuple[str, ...], width: int) -> list[str]:
    return [line for text in texts for line in wrapped(f"- {text}", width)]


def _symbols(entry: Entry) -> Iterator[tuple[str, ...]]:
    p = 0.99 if any(i.name == "percentile" for i in entry.inputs) else None
    for i in entry.inputs:
        yield i.symbol, i.label, flag(i.name)
    for o in entry.outputs:
        yield o.symbol, named(o.label, p), ""


def _example(entry: Entry, width: int) -> Iterator[str]:
    yield f"  $ {example_command(entry)}"
    found = worked(entry)
    yield from aligned(list(calc_rows(found))[:-1], width)
    yield from wrapped(f"({entry.example.origin})", width)


def _backwards(entry: Entry) -> Iterator[tuple[str, ...]]:
    labels = {o.name: o.label for o in entry.outputs}
    for target, answers in backwards(entry).items():
        yield (
            flag(named(target, 0.99)),
            named(labels[target], 0.99),
            f"gives {' or '.join(map(flag, answers))}",
        )


def explain_latex(entry: Entry) -> str:
    """The formulas as a LaTeX `align*`, and what the symbols are."""
    rows = [given or latex(text) for text, given in entry.formulas]
    lines = [r"\begin{align*}"]
    lines += [
        f"  {row.replace(' = ', ' &= ', 1)} {end}".rstrip()
        for row, end in zip(rows, _ends(rows), strict=True)
    ]
    lines += [r"\end{align*}", r"\begin{description}"]
    lines += [
        rf"  \item[${symbol(s)}$] {label.replace('%', chr(92) + '%')}" for s, label, _ in _symbols(entry)
    ]
    lines += [r"\end{description}"]
    return "\n".join(lines)


def _ends(rows: list[str]) -> list[str]:
    return [r"\\"] * (len(rows) - 1) + [""]
