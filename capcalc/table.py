"""A table: columns that know their unit, rows of plain numbers, and the ways to write it as text.

People read `heading` and numbers with their unit (`5 ms`); programs read `name`, which ends in the unit,
and plain SI numbers (`wait_p99_s`, 0.005). A column may be meant for one of the two only. None is nothing
to say: a dash, an empty field, null. Infinity (the wait in a saturated queue) is `no end` for people, `inf`
in CSV and null in JSON.

csv, html and json are imported by the writers that need them, for the sake of the commands that do not.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError, UnknownName
from capcalc.figures import SUFFIXES, text_of

Row = tuple[Any, ...]
FRAMES = {"pandas": "frame", "polars": "polars"}  # library -> our extra that brings it
NOTEBOOK_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        For programs: ends in the unit, `peak_rps`, `wait_p99_s`.
    heading : str
        For people; the name if left out.
    unit : str
        Base unit of its numbers: s, 1/s, B, B/s, ratio, USD/month; "" for counts, text and flags.
    kind : str
        "number", "text" or "flag".
    reads : str
        Who reads it: "all", "people" or "programs".
    text : function of a row by column names and of the digits, optional
        What people read in place of the number.
    """

    name: str
    heading: str = ""
    unit: str = ""
    kind: str = "number"
    reads: str = "all"
    text: Callable[[Mapping[str, Any], int], str] | None = None

    def __post_init__(self) -> None:
        ending = SUFFIXES.get(self.unit, "")
        if self.reads != "people" and not self.name.endswith(ending):
            raise ValueError(f"a column in {self.unit} has a name that ends in {ending}, not {self.name}")

    @property
    def align(self) -> str:
        """Words stand left, numbers right."""
        return "left" if self.kind == "text" else "right"

    def cell(self, row: Mapping[str, Any], digits: int) -> str:
        """What people read."""
        if self.text is not None:
            return self.text(row, digits)
        value = row[self.name]
        if value is None or value == "":
            return "-"
        if self.kind == "flag":
            return "yes" if value else "no"
        return str(value) if self.kind == "text" else text_of(value, self.unit, digits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Table:
    """Columns, and rows of values in their order.

    Examples
    --------
    >>> users, p99 = Column(name="users"), Column(name="p99_s", unit="s")
    >>> table = Table.of("Sizes", [(users, [1e6, 1e7]), (p99, [0.01, 0.02])])
    >>> print(table.to_csv().replace("\\r", ""), end="")
    users,p99_s
    1000000,0.01
    10000000,0.02
    >>> print(table.to_markdown())
    | users | p99_s |
    | ----: | ----: |
    |    1M | 10 ms |
    |   10M | 20 ms |
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        names = [c.name for c in self.columns]
        if len(set(names)) < len(names) or any(len(row) != len(names) for row in self.rows):
            raise ValueError(
                f"table {self.title!r}: names of columns are unique, every row has a value for each"
            )

    @classmethod
    def of(cls, title: str, columns: Iterable[tuple[Column, Any]]) -> Table:
        """A table of whole columns: arrays broadcast, so that one number may stand for all rows."""
        pairs = tuple(columns)
        arrays = np.broadcast_arrays(*(np.atleast_1d(values) for _, values in pairs)) if pairs else []
        rows = tuple(zip(*(a.ravel().tolist() for a in arrays), strict=True))
        return cls(title=title, columns=tuple(c for c, _ in pairs), rows=rows)

    def __repr__(self) -> str:
        return f"<Table {self.title}: {len(self.rows)} rows, {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        return to_html(self, most=NOTEBOOK_ROWS)

    def read_by(self, who: str) -> tuple[Column, ...]:
        """The columns for "people" or for "programs"."""
        return tuple(c for c in self.columns if c.reads in ("all", who))

    def cells(self, digits: int = 3) -> Iterator[tuple[str, ...]]:
        """Rows as people read them."""
        names, shown = [c.name for c in self.columns], self.read_by("people")
        for row in self.rows:
            by_name = dict(zip(names, row, strict=True))
            yield tuple(c.cell(by_name, digits) for c in shown)

    def values(self) -> Iterator[list[Any]]:
        """Rows as programs read them: numbers of Python, whole ones without a point."""
        places = [i for i, c in enumerate(self.columns) if c.reads != "people"]
        for row in self.rows:
            yield [plain(row[i]) for i in places]

    def to_dict(self) -> dict[str, list[Any]]:
        """Column name -> values."""
        names = [c.name for c in self.read_by("programs")]
        rows = list(self.values())
        return {name: [row[i] for row in rows] for i, name in enumerate(names)}

    def to_frame(self, kind: str = "pandas") -> Any:
        """A DataFrame of "pandas" or of "polars".

        Raises
        ------
        CapcalcError : another kind, or one that is not installed; says how to.
        """
        if kind not in FRAMES:
            raise UnknownName("kind of frame", kind, FRAMES)
        try:
            library = import_module(kind)
        except ImportError:
            raise CapcalcError(f'this needs {kind}: pip install "capcalc[{FRAMES[kind]}]"') from None
        return library.DataFrame(self.to_dict())

    def to_csv(self, digits: int | None = None) -> str:
        """CSV as RFC 4180 has it; with `digits`, so many figures."""
        return to_csv(self, digits)

    def to_json(self, digits: int | None = None) -> str:
        """JSON: title, columns and rows."""
        import json

        return json.dumps(as_document(self, digits), indent=2, allow_nan=False, ensure_ascii=False)

    def to_markdown(self, digits: int = 3) -> str:
        """A Markdown table."""
        return to_markdown(self, digits)

    def to_latex(self, digits: int = 3) -> str:
        """A LaTeX tabular that needs no package."""
        return to_latex(self, digits)

    def to_html(self, digits: int = 3) -> str:
        """An HTML table."""
        return to_html(self, digits)


def plain(value: Any) -> Any:
    """A value of Python; whole numbers without a point."""
    if type(value) is not float:
        if value is None or isinstance(value, (str, bool, int)):
            return value
        value = np.asarray(value).tolist()
        if not isinstance(value, float):
            return value
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def stacked(tables: Mapping[str, Table]) -> Table:
    """Several tables as one, rows below one another: its table, the name in its first column, the rest."""
    columns = {c.name: c for t in tables.values() for c in t.read_by("programs")[1:]}
    rows: list[Row] = []
    for name, table in tables.items():
        own = [c.name for c in table.read_by("programs")[1:]]
        for first, *values in table.values():
            row = dict(zip(own, values, strict=True))
            rows.append((name, first, *(row.get(c) for c in columns)))
    front = (Column(name="table", kind="text"), Column(name="name", kind="text"))
    return Table(title=", ".join(tables), columns=(*front, *columns.values()), rows=tuple(rows))


def to_csv(table: Table, digits: int | None = None) -> str:
    """CSV: plain numbers, the unit in the heading, lines end in CR LF."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    columns = table.read_by("programs")
    writer.writerow([c.name for c in columns])
    rows: Iterable[list[Any]] = table.values()
    if digits is not None:
        rows = ([_to_digits(v, digits) for v in row] for row in rows)
    if any(c.kind == "flag" for c in columns):
        rows = ([str(v).lower() if isinstance(v, bool) else v for v in row] for row in rows)
    writer.writerows(rows)
    return text.getvalue()


def as_document(table: Table, digits: int | None = None) -> dict[str, Any]:
    """The table for JSON: what has no end is None."""
    columns = table.read_by("programs")
    names = [c.name for c in columns]
    finite = ([_finite(_to_digits(v, digits)) for v in row] for row in table.values())
    rows = [dict(zip(names, row, strict=True)) for row in finite]
    said = [{"name": c.name, "heading": c.heading or c.name, "unit": c.unit} for c in columns]
    return {"title": table.title, "columns": said, "rows": rows}


def _to_digits(value: Any, digits: int | None) -> Any:
    if digits is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return plain(float(f"{value:.{digits}g}"))


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def headings(table: Table) -> list[str]:
    """What people read above the columns."""
    return [c.heading or c.name for c in table.read_by("people")]


def to_markdown(table: Table, digits: int = 3) -> str:
    """Markdown: columns padded, numbers to the right."""
    lines = [[markdown(cell) for cell in row] for row in (headings(table), *table.cells(digits))]
    aligns = [c.align for c in table.read_by("people")]
    wide = [max(3, *(len(line[i]) for line in lines)) for i in range(len(aligns))]
    ruler = [
        f":{'-' * (w - 1)}" if a == "left" else f"{'-' * (w - 1)}:" for w, a in zip(wide, aligns, strict=True)
    ]
    padded = [[_padded(*part) for part in zip(line, wide, aligns, strict=True)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in (padded[0], ruler, *padded[1:]))


def _padded(cell: str, width: int, align: str) -> str:
    return cell.ljust(width) if align == "left" else cell.rjust(width)


def markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = re.sub(r"([\\|*`<>\[\]])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


_LATEX = {
    **{c: f"\\{c}" for c in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",  # behind \\ a bracket or a star would be an argument
    "*": "{*}",
}


def latex(text: str) -> str:
    """Text that LaTeX shows as it is."""
    return "".join(_LATEX.get(c, c) for c in " ".join(text.split()))


def to_latex(table: Table, digits: int = 3) -> str:
    """A tabular between lines, for which LaTeX needs no package."""
    align = "".join(c.align[0] for c in table.read_by("people"))
    rows = [" & ".join(map(latex, row)) + r" \\" for row in (headings(table), *table.cells(digits))]
    inside = [r"\hline", rows[0], r"\hline", *rows[1:], r"\hline"]
    return "\n".join([f"\\begin{{tabular}}{{{align}}}", *inside, r"\end{tabular}"])


def to_html(table: Table, digits: int = 3, most: int | None = None) -> str:
    """An HTML table of at most so many rows; every text is escaped."""
    from html import escape

    shown = table if most is None else Table(title=table.title, columns=table.columns, rows=table.rows[:most])
    styles = [f' style="text-align:{c.align}"' for c in table.read_by("people")]
    head = "".join(
        f'<th scope="col"{s}>{escape(h)}</th>' for h, s in zip(headings(table), styles, strict=True)
    )
    lines = [
        "<table>",
        f"<caption>{escape(table.title)}</caption>",
        f"<thead><tr>{head}</tr></thead>",
        "<tbody>",
    ]
    for row in shown.cells(digits):
        cells = (f"<td{style}>{escape(cell)}</td>" for cell, style in zip(row, styles, strict=True))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    left = len(table.rows) - len(shown.rows)
    if left:
        lines.append(f'<tr><td colspan="{len(styles)}">and {left:,} more rows</td></tr>')
    return "\n".join([*lines, "</tbody>", "</table>"])


FORMATS: dict[str, Callable[..., str]] = {
    "csv": Table.to_csv,
    "json": Table.to_json,
    "markdown": Table.to_markdown,
    "latex": Table.to_latex,
    "html": Table.to_html,
}


def written(table: Table, form: str, digits: int | None = None) -> str:
    """The table in a format by name.

    Raises
    ------
    UnknownName : there is no such format.
    """
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    return FORMATS[form](table) if digits is None else FORMATS[form](table, digits)


def joined(tables: Sequence[Table], form: str, digits: int | None = None) -> str:
    """Several tables below one another, in a format for people."""
    return "\n\n".join(written(t, form, digits) for t in tables)
