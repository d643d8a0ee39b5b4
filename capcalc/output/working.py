"""The working as text: what is given with its source, then each step with its numbers and its whiteboard figure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from capcalc.formula import ARITHMETIC, calls, heads, with_numbers
from capcalc.output.numbers import text_of
from capcalc.sources import CITATIONS
from capcalc.steps import Given, Step
from capcalc.systems.formulas import FUNCTIONS

_WIDTH = 100


_LAW = re.compile(r"(?:mean|percentile)\((?:[\d.]+, )?(\w+\(.*\))\)$")  # mean(T), percentile(0.99, T)


def step_lines(
    lines: Sequence[Given | Step],
    digits: int = 3,
    functions: Mapping[str, Callable[..., Any]] = FUNCTIONS,
    whiteboard: bool = True,
) -> Iterator[str]:
    """The working, ready to print, no line wider than 100 columns; `functions` are those that formulas call."""
    said = heads(lines) if whiteboard else {}
    yield "Given"
    for line in lines:
        if isinstance(line, Given):
            yield from _given(line, digits)
    yield ""
    yield "Steps"
    number = 0
    law: tuple[str, dict[str, float]] = ("", {})
    for line in lines:
        if isinstance(line, Step):
            number += 1
            found = _LAW.match(line.formula)
            now = (found[1], dict(line.inputs)) if found else law
            same = now[0] if found and now == law else ""
            yield from _step(number, line, said.get(line.key), digits, same, functions)
            law = now


def _given(given: Given, digits: int) -> Iterator[str]:
    value = text_of(given.value, given.unit, digits)
    origin = {"typed": "typed", "model": "model file", "default": "default", "constant": "constant"}[given.origin]
    source = f"{origin}; {given.source}" if given.source else origin
    yield from _wrapped(f"  {given.symbol} = {value}   {given.label} ({source})", 6)


def _step(
    number: int,
    step: Step,
    head: float | None,
    digits: int,
    law: str,
    functions: Mapping[str, Callable[..., Any]],
) -> Iterator[str]:
    """One step; a `law` that the step before has printed in full is called T."""
    value = text_of(step.value, step.unit, digits)
    si = f"{step.value:.{digits}g}" if isinstance(step.value, (int, float)) else value
    result = si if si == value else f"{si} = {value}"
    yield from _wrapped(f"{number:3d} {step.label}", 6)
    text = step.formula
    numbers = text if law else _numbers(step, functions, digits)
    tail = f" [{step.standing}]" if step.standing != "exact" else ""
    if step.source in CITATIONS:
        tail += f" [{step.source}]"
    middle = f" = {numbers}" if numbers != text else ""
    if law:
        text, tail = text.replace(law, "T"), f", T as above{tail}"
    yield from _wrapped(f"      {step.symbol} = {text}{middle} = {result}{tail}", 10)
    if head is not None and _says_something(step, head):
        off = head / step.value - 1
        yield f"      at a whiteboard: {text_of(head, step.unit, 2)} ({off:+.0%})"


def _numbers(step: Step, functions: Mapping[str, Callable[..., Any]], digits: int) -> str:
    """The formula with its numbers; as it stands where it works on lists, which are given above."""
    numbers = (*step.inputs.values(), step.value)
    if not all(isinstance(v, (int, float)) for v in numbers) or step.formula[-1:] == "]" or ")." in step.formula:
        return step.formula
    return with_numbers(step, functions, digits)


def _says_something(step: Step, head: float) -> bool:
    """Whether the whiteboard figure is more than the rounded result, or rounds to a different one."""
    plain = calls(step.formula) <= ARITHMETIC.keys()
    return plain and step.value != 0 and abs(head / step.value - 1) >= 0.005


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False) or [""]
