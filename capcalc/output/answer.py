"""The answer to a question, in every format: a title, tables, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from capcalc.output.page import Style, rounded
from capcalc.table import Table


class Answer(Protocol):
    """What a question returns."""

    @property
    def title(self) -> str:
        """What was asked."""

    def tables(self) -> Sequence[Table]:
        """The numbers, the main table first."""

    def sentences(self) -> Sequence[str]:
        """What stands below them."""

    def to_dict(self) -> dict[str, Any]:
        """The same as data."""


def answer_text(answer: Answer, style: Style) -> str:
    """The answer in a format; CSV has room for the main table only."""
    digits = style.digits or 3
    if style.form == "json":
        import json

        document = answer.to_dict() if style.digits is None else rounded(answer.to_dict(), style.digits)
        return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    if style.form == "csv":
        return answer.tables()[0].to_csv(style.digits).removesuffix("\r\n")
    if style.form == "table":
        return _terminal(answer, style.width, digits)
    from capcalc.output.pages import PAGES, Page

    page = Page(title=answer.title, tables=answer.tables(), paragraphs=answer.sentences())
    return PAGES[style.form](page, digits)


def _terminal(answer: Answer, width: int, digits: int) -> str:
    from capcalc.output.table import indented, table_text

    parts = [answer.title]
    parts += [table_text(table, width=width, digits=digits) for table in answer.tables()]
    parts.append("\n".join(indented(text, width) for text in answer.sentences()))
    return "\n\n".join(part for part in parts if part)
