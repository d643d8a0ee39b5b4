"""An answer in every format: on a terminal, as data, and as part of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from capcalc.errors import CapcalcError
from capcalc.systems.report import Report

if TYPE_CHECKING:
    from capcalc.table import Table

FORMATS = ("table", "json", "csv", "markdown", "latex", "html")
ENDINGS = {
    ".txt": "table",
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
}


class Style(NamedTuple):
    """How an answer is printed. `digits` None is three figures for people and all of them for programs."""

    form: str = "table"
    digits: int | None = None
    steps: bool = False
    quiet: bool = False  # the answer only: not what was assumed, not how exact it is
    width: int = 100
    color: bool = False


def estimate_text(estimate: Report, style: Style) -> str:
    """The whole answer for a system in a format.

    Raises
    ------
    CapcalcError : CSV has no room for the working.
    """
    digits = style.digits or 3
    if style.form == "json":
        return _json(estimate, style)
    if style.form == "csv":
        return _csv(estimate, style)
    if style.form == "table":
        from capcalc.output.screen import screen_text

        text = screen_text(estimate, width=style.width, color=style.color, digits=digits, quiet=style.quiet)
        return "\n".join([text, "", *_steps(estimate, digits)]) if style.steps else text
    from capcalc.output.pages import PAGES, page_of

    lines = _steps(estimate, digits) if style.steps else []
    return PAGES[style.form](page_of(estimate, digits, lines, quiet=style.quiet), digits)


def table_in(form: str, table: Table, style: Style) -> str:
    """One table in a format."""
    if form == "table":
        from capcalc.output.table import table_text

        return table_text(table, width=style.width, digits=style.digits or 3)
    if form == "csv":
        return table.to_csv(style.digits).removesuffix("\r\n")
    if form == "json":
        return table.to_json(style.digits)
    from capcalc.output.pages import PAGES, Page

    return PAGES[form](Page(title="", tables=[table]), style.digits or 3)


def _json(estimate: Report, style: Style) -> str:
    import json

    document = estimate.to_dict(steps=style.steps)
    if style.quiet:
        del document["assumed"]
    if style.digits is not None:
        document = rounded(document, style.digits)
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)


def rounded(value: Any, digits: int) -> Any:
    """A document with so many figures in every number."""
    if isinstance(value, dict):
        return {k: v if k == "schema" else rounded(v, digits) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v, digits) for v in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    number = float(f"{value:.{digits}g}")
    return int(number) if number.is_integer() else number


def _csv(estimate: Report, style: Style) -> str:
    if style.steps:
        raise CapcalcError(
            "--steps: the working is no table of numbers and has no CSV; ask for json or markdown"
        )
    from capcalc.table import stacked

    tables = estimate.tables()
    one = next(iter(tables.values())) if len(tables) == 1 else stacked(tables)
    return one.to_csv(style.digits).removesuffix("\r\n")


def _steps(estimate: Report, digits: int) -> list[str]:
    from capcalc.output.working import step_lines

    return list(step_lines(estimate.lines, digits))
