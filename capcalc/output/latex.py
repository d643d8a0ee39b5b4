"""Formula text as LaTeX, from the text alone: `C*S/(c - a)` is `\\frac{C S}{c - a}`."""

from __future__ import annotations

import ast
import re

_GREEK = {
    "lam": r"\lambda",
    **{n: rf"\{n}" for n in ("rho", "mu", "theta", "alpha", "beta", "sigma", "kappa", "gamma")},
}
_NAMED = {"exp": r"\exp", "log": r"\ln", "max": r"\max", "min": r"\min"}
_LEVEL = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}


def latex(formula: str) -> str:
    """The LaTeX of a formula, of an equation, or of a call of a law.

    Examples
    --------
    >>> latex("Wq = C*S/(c - a)")
    'W_{q} = \\\\frac{C\\\\, S}{c - a}'
    """
    left, equals, right = formula.partition(" = ")
    if equals:
        return f"{latex(left)} = {latex(right)}"
    return _walk(ast.parse(formula, mode="eval").body)


def symbol(name: str) -> str:
    """A symbol with what stands behind its first letter below the line: `Wq` is `W_{q}`."""
    if name in _GREEK:
        return _GREEK[name]
    found = re.fullmatch(r"([A-Za-z])_?(\w+)", name)
    if found is None:
        return name
    if "_" in name or len(name) > 4:
        return rf"\mathrm{{{name.replace('_', ' ').replace(' ', '~')}}}"
    return f"{found[1]}_{{{found[2]}}}"


def _walk(node: ast.expr, above: int = 0) -> str:
    if isinstance(node, ast.Constant):
        return f"{node.value:g}" if isinstance(node.value, (int, float)) else str(node.value)
    if isinstance(node, ast.Name):
        return symbol(node.id)
    if isinstance(node, ast.UnaryOp):
        return _within(f"-{_walk(node.operand, 2)}", 1, above)
    if isinstance(node, ast.BinOp):
        return _two(node, above)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        inside = ",\\, ".join(_walk(a) for a in node.args)
        if node.func.id == "ceil":
            return rf"\left\lceil {inside} \right\rceil"
        name = _NAMED.get(node.func.id) or rf"\mathrm{{{node.func.id.replace('_', chr(92) + '_')}}}"
        return rf"{name}\left({inside}\right)"
    raise ValueError(f"{ast.dump(node)} is no part of a formula")


def _two(node: ast.BinOp, above: int) -> str:
    level = _LEVEL[type(node.op)]
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{_walk(node.left)}}}{{{_walk(node.right)}}}"
    if isinstance(node.op, ast.Pow):
        if isinstance(node.right, ast.Constant) and node.right.value == 0.5:
            return rf"\sqrt{{{_walk(node.left)}}}"
        return f"{{{_walk(node.left, 5)}}}^{{{_walk(node.right)}}}"
    if isinstance(node.op, ast.Mult):
        right = _walk(node.right, 2)
        dot = r" \cdot " if right.removeprefix("{")[:1].isdigit() else r"\, "
        return _within(f"{_walk(node.left, 2)}{dot}{right}", level, above)
    sign = "+" if isinstance(node.op, ast.Add) else "-"
    right = _walk(node.right, 2 if sign == "-" else 1)
    return _within(f"{_walk(node.left, 1)} {sign} {right}", level, above)


def _within(text: str, level: int, above: int) -> str:
    """Brackets where the operator above binds more."""
    return rf"\left({text}\right)" if level < above else text
