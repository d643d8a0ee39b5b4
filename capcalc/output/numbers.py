"""The value of a line of working, as people read it."""

from __future__ import annotations

from capcalc.figures import text_of
from capcalc.steps import Given, Step

__all__ = ["line_text", "text_of"]


def line_text(line: Given | Step, digits: int = 3) -> str:
    """The value of a line of working."""
    return text_of(line.value, line.unit, digits)
