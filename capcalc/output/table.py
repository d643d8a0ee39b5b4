"""Tables drawn for a terminal. One that is too wide for it is said in words: no number is ever cut."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

from capcalc.table import Table, headings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Drawing

INDENT = "  "
GAPS = (3, 2)  # between columns


def draw(console: Console, table: Table, digits: int = 3) -> None:
    """The table on a console, closer together where it is narrow, or a paragraph a row where it does not fit."""
    from rich.measure import Measurement

    wide = console.options.update(max_width=1000)
    for gap in GAPS:
        drawing = drawn(table, digits, gap)
        if Measurement.get(console, wide, drawing).maximum <= console.width:
            console.print(drawing)
            return
    above = headings(table)
    for cells in table.cells(digits):
        console.print(indented(in_words(above, cells), console.width), soft_wrap=True)


def drawn(table: Table, digits: int = 3, gap: int = GAPS[0]) -> Drawing:
    """The table for rich: no lines, two columns of room on the left."""
    from rich.table import Table as Drawing

    drawing = Drawing(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold")
    columns = zip(headings(table), table.read_by("people"), strict=True)
    for index, (heading, column) in enumerate(columns):
        justify = "left" if column.align == "left" else "right"
        drawing.add_column((INDENT if index == 0 else "") + heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for first, *rest in table.cells(digits):
        drawing.add_row(INDENT + first, *rest)
    return drawing


def table_text(table: Table, *, width: int = 100, digits: int = 3) -> str:
    """The table as plain text."""
    from rich.console import Console

    into = io.StringIO()
    draw(Console(file=into, width=width, highlight=False, emoji=False, markup=False), table, digits)
    return "\n".join(line.rstrip() for line in into.getvalue().rstrip().splitlines())


def in_words(above: list[str], cells: tuple[str, ...]) -> str:
    """A row for a terminal that is too narrow for the table."""
    name, *values = cells
    said = (f"{heading} {value}" for heading, value in zip(above[1:], values, strict=True) if value != "-")
    return f"{name}: {', '.join(said)}"


def indented(text: str, width: int) -> str:
    """A paragraph of the screen; its numbers stay whole even where a line cannot hold them."""
    return textwrap.fill(
        text,
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
