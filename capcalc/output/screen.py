"""The answer on a terminal: one screen, at most 100 columns, every number a line of the working.

Only this package knows rich, and rich is loaded when a table is drawn.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capcalc.output.numbers import text_of
from capcalc.steps import Given
from capcalc.systems.estimate import Estimate
from capcalc.tiers.tier import TierResult

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 100


class Shown:
    """Values by the key of their line, as text."""

    def __init__(self, estimate: Estimate, digits: int = 3) -> None:
        self._lines = estimate.by_key
        self._digits = digits

    def __call__(self, key: str, unit: str | None = None) -> str:
        """The value of a line; a dash where the working has no such line."""
        line = self._lines.get(key)
        if line is None:
            return "-"
        return text_of(line.value, line.unit if unit is None else unit, self._digits)


def headline(estimate: Estimate, shown: Shown) -> str:
    """What was asked: users and the share of reads."""
    spec = estimate.spec
    parts = [spec.title or spec.name]
    if "workload.users" in estimate.by_key:
        parts.append(f"{shown('workload.users')} users")
    if "load.read_ratio" in estimate.by_key:
        parts.append(f"{shown('load.read_ratio')} reads")
    return ", ".join(parts)


def summary(estimate: Estimate, shown: Shown) -> Iterator[tuple[str, str]]:
    """Lines above the table: load and response times."""
    load = f"mean {shown('load.mean')}   peak {shown('load.peak')}"
    both = all(f"load.{kind}s.peak" in estimate.by_key for kind in ("read", "write"))
    if both:
        load += f" = {shown('load.reads.peak')} reads + {shown('load.writes.peak')} writes"
    yield "load", load
    for name, answer in estimate.operations.items():
        if f"{name}.answer.p99" not in estimate.by_key:
            yield name, "no answer for some requests: a tier on the way is overloaded"
            continue
        user = "   ".join(f"{p} {shown(f'{name}.answer.{p}')}" for p in ("p50", "p99"))
        server = "   ".join(f"{p} {shown(f'{name}.server.{p}')}" for p in ("p50", "p99"))
        level = answer.standing.level
        said = "" if level == "exact" else f"   ({level})"
        yield name, f"user side {user}   server side {server}{said}"


COLUMNS = ("tier", "gets", "own time", "servers", "decides", "busy", "one lost", "waits p99")


def row(result: TierResult, estimate: Estimate, shown: Shown) -> tuple[str, ...]:
    """One tier of the table."""
    name = result.name
    own = " / ".join(dict.fromkeys(shown(key) for key in result.time_keys))
    if result.servers is None:
        return (name, shown(f"{name}.peak"), own or "-", "-", result.decides, "-", "-", "-")
    return (
        name,
        shown(f"{name}.peak"),
        own,
        _servers(result, shown),
        result.decides,
        shown(f"{name}.utilisation"),
        shown(f"{name}.utilisation_one_lost"),
        shown(f"{name}.wait_p99") if result.problem is None else "no end",
    )


def _servers(result: TierResult, shown: Shown) -> str:
    """`2 + 1` is needed plus spare; a database says its shards and copies."""
    name = result.name
    if result.copies is not None:
        copies = f"{shown(f'{name}.copies')} copies"
        one = result.shards is None or result.shards == 1
        return copies if one else f"{shown(f'{name}.shards')} shards x {copies}"
    if result.decides == "given" or not result.spare:
        return shown(f"{name}.servers")
    return f"{shown(f'{name}.needed')} + {text_of(float(result.spare), '')}"


def assumptions(estimate: Estimate, shown: Shown) -> str:
    """What nobody typed, in one line."""
    said = [g for g in estimate.lines if isinstance(g, Given) and g.origin not in ("typed", "constant")]
    return "; ".join(f"{short_key(g.key)} {shown(g.key)}" for g in said)


def short_key(key: str) -> str:
    """A key as the screen says it: `web.service_time`."""
    for front in ("tiers.", "operations.", "workload.", "target.", "constants.", "mix."):
        key = key.removeprefix(front)
    return key.removesuffix("_in_file").replace("_", " ").replace(".", " ")


def screen_text(estimate: Estimate, *, width: int = WIDEST, color: bool = False, digits: int = 3) -> str:
    """The whole screen as text.

    It is drawn into a buffer and not on standard output: rich would end the process when a pipe closes.
    """
    from rich.console import Console
    from rich.measure import Measurement

    shown, drawn = Shown(estimate, digits), io.StringIO()
    console = Console(
        file=drawn,
        width=width,
        force_terminal=color,
        color_system="auto" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    console.print(headline(estimate, shown), style="bold")
    console.print()
    console.print(_summary_grid(estimate, shown))
    console.print()
    table = _tier_table(estimate, shown)
    if Measurement.get(console, console.options.update(max_width=1000), table).maximum <= width:
        console.print(table)
    else:
        for result in estimate.tiers.values():
            console.print(_indented(_in_words(row(result, estimate, shown)), width))
    console.print()
    for name, problem in estimate.problems.items():
        console.print(_indented(f"{name} is overloaded: {problem}", width))
    for level, why in estimate.notes:
        console.print(_indented(f"{level}: {why}", width), style="dim")
    console.print(_indented(f"assumed: {assumptions(estimate, shown)}", width), style="dim")
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())


def _in_words(cells: tuple[str, ...]) -> str:
    """A row for a terminal that is too narrow for the table."""
    name, *values = cells
    said = (f"{column} {value}" for column, value in zip(COLUMNS[1:], values, strict=True) if value != "-")
    return f"{name}: {', '.join(said)}"


def _indented(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _summary_grid(estimate: Estimate, shown: Shown) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for label, text in summary(estimate, shown):
        grid.add_row(f"  {label}", text)
    return grid


def _tier_table(estimate: Estimate, shown: Shown) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="bold")
    for index, column in enumerate(COLUMNS):
        table.add_column(("  " if index == 0 else "") + column, justify="left" if index in (0, 4) else "right")
    for result in estimate.tiers.values():
        cells = row(result, estimate, shown)
        table.add_row(f"  {cells[0]}", *cells[1:])
    return table
