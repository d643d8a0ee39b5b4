"""Formula text: worked out, written with its numbers, and done again as one would at a whiteboard.

A formula is arithmetic over symbols, and calls of functions by name. It is parsed by Python's own parser and walked;
nothing is ever executed. The tests do the same a second time with sympy.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from capcalc.steps import Given, Step

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
ARITHMETIC: dict[str, Callable[..., Any]] = {
    "exp": math.exp,
    "log": math.log,
    "max": max,
    "min": min,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x * (1 - 1e-12))),
}


def evaluate(text: str, values: Mapping[str, float], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of a formula.

    Examples
    --------
    >>> evaluate("lam*S", {"lam": 900.0, "S": 0.01}, {})
    9.0
    """
    return _walk(_parsed(text), values, {**ARITHMETIC, **functions})


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _walk(node: ast.expr, values: Mapping[str, float], functions: Mapping[str, Callable[..., Any]]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_walk(node.left, values, functions), _walk(node.right, values, functions))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_walk(node.operand, values, functions)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return functions[node.func.id](*(_walk(a, values, functions) for a in node.args))
    raise ValueError(f"{ast.dump(node)} is no part of a formula")


def calls(text: str) -> set[str]:
    """Names of the functions that a formula calls."""
    return {n.func.id for n in ast.walk(_parsed(text)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def with_numbers(step: Step, functions: Mapping[str, Callable[..., Any]], figures: int = 3) -> str:
    """The formula with its numbers put in: as few digits as still give the result to `figures` figures.

    Examples
    --------
    >>> step = Step("a", "offered load", "lam*S", {"lam": 694.444444, "S": 0.005}, 3.47222222, "erlang")
    >>> with_numbers(step, {})
    '694*0.005'
    """
    wanted = f"{step.value:.{figures}g}"
    for digits in range(figures, 18):
        shown = {symbol: _plain(value, digits) for symbol, value in step.inputs.items()}
        try:
            again = evaluate(step.formula, {symbol: float(text) for symbol, text in shown.items()}, functions)
        except (ArithmeticError, ValueError):
            continue  # so few digits make c - a nothing
        if f"{float(again):.{figures}g}" == wanted:
            break
    return re.sub(r"[A-Za-z_]\w*", lambda m: shown.get(m[0], m[0]), step.formula)


def _plain(value: float, digits: int) -> str:
    """So many digits, as one writes them: 1e6 and not 1e+06."""
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.{digits}g}")


def heads(lines: Iterable[Given | Step]) -> dict[str, float]:
    """The same chain at a whiteboard: two figures everywhere, a day of 10^5 s; laws are taken as they are.

    Returns
    -------
    dict
        Key of each line -> what one would say.
    """
    said: dict[str, float] = {}
    for line in lines:
        if isinstance(line, Given):
            said[line.key] = line.head if line.head is not None else rounded(line.value)
        elif calls(line.formula) <= ARITHMETIC.keys():
            inputs = {s: said.get(line.refs.get(s, ""), v) for s, v in line.inputs.items()}
            try:
                said[line.key] = rounded(float(evaluate(line.formula, inputs, {})))
            except (ZeroDivisionError, ValueError, OverflowError):
                said[line.key] = rounded(line.value)
        else:
            said[line.key] = rounded(line.value)
    return said


def rounded(value: float, figures: int = 2) -> float:
    """To so many figures."""
    return float(f"{value:.{figures}g}")
