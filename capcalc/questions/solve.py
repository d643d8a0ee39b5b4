"""Backwards: the largest or the smallest value of a key at which conditions on the answer hold.

The key is tried over its whole range in one call (an array of scenarios), the edge of what holds is bracketed, and the
bracket is cut into pieces until it is as narrow as it can be; a number of things ends on a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError
from capcalc.figures import text_of
from capcalc.keys import MOST, unit_of
from capcalc.questions.measures import Condition, condition, measured
from capcalc.questions.vary import Varied
from capcalc.systems.change import known_key
from capcalc.systems.estimate import Estimate
from capcalc.systems.givens import lookup
from capcalc.systems.system import System

_GRID, _PIECES, _ROUNDS = 301, 33, 11  # values over the whole range, values in a bracket, brackets in brackets
_WIDE = 1e9  # how far from today's value the range goes, each way


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer: the value of the key, on which side of it the conditions hold, and what ends there.

    `value` is None where the conditions hold nowhere; `side` is "largest", "smallest", "any" or "none".
    """

    key: str
    value: float | None
    side: str
    unit: str
    binds: tuple[str, ...]  # what no longer holds one step beyond
    beyond: float | None  # that step
    tried: tuple[float, float]  # the range that was looked at
    at: Estimate | None  # the answer there

    def __str__(self) -> str:
        shown = text_of(self.value, self.unit) if self.value is not None else ""
        if self.side == "none":
            return f"no {self.key} will do: {'; '.join(self.binds)}"
        low, high = (text_of(v, self.unit) for v in self.tried)
        if self.side == "any":
            return f"any {self.key} from {low} to {high} will do: the conditions hold at all of them"
        return f"{self.key} {shown}: the {self.side} that will do; beyond it {'; '.join(self.binds)}"


def solve(
    system: System, key: str, when: Sequence[str], *, fix_fleet: bool = False, between: tuple[float, float] | None = None
) -> Solution:
    """The value of a key at which conditions begin, or cease, to hold.

    Parameters
    ----------
    system : System
    key : str
        A number, as `System.set` takes it: "users", "tiers.cache.hit_ratio".
    when : sequence of str
        Conditions, all of which have to hold: "p99 <= 200ms", "web.servers <= 20", "cost <= $5000".
    fix_fleet : bool
        Keep the servers that the system has now; else it is sized anew for every value.
    between : (float, float), optional
        The range to look in, in base units; a thousand million times up and down from now if left out.

    Raises
    ------
    CapcalcError : a key that is no number, no condition, or a condition that is none.

    Examples
    --------
    >>> from capcalc import load_model
    >>> found = solve(load_model("web").set(users="1M"), "users", ["utilisation <= 90%"], fix_fleet=True)
    >>> found.side, round(found.value / 1e6, 2)
    ('largest', 4.15)
    """
    axis = _axis(system, key)
    conditions = [condition(system, text) for text in when]
    if not conditions:
        raise CapcalcError("solve needs a condition: --when 'p99 <= 200ms'")
    if fix_fleet:
        system = fixed(system, but=axis.key)
    asked = _Asked(system, axis, conditions)
    grid = _grid(system, axis, between)
    answer = asked.estimate(grid)
    held = asked.held(answer, grid.shape)
    holds = np.logical_and.reduce(held)
    if not holds.any():
        return asked.nowhere(grid, answer, held)
    if holds.all():
        return Solution(key, float(grid[-1]), "any", asked.unit, (), None, (float(grid[0]), float(grid[-1])), None)
    return asked.edge(grid, holds)


def fixed(system: System, but: str = "") -> System:
    """The system with the servers that it has now: given, and only judged.

    Raises
    ------
    CapcalcError : a tier stands in several regions, whose counts differ and cannot be given apart.
    """
    now = system.estimate()
    values: dict[str, float] = {}
    for name, result in now.tiers.items():
        if result.servers is None:
            continue
        if result.regions:
            raise CapcalcError(f"--fix-fleet: {name} stands in several regions, and a count that is given is that of each")
        counts = {"servers": result.servers} if result.shards is None else {"servers": result.servers, "shards": result.shards}
        values |= {f"tiers.{name}.{n}": float(v) for n, v in counts.items() if f"tiers.{name}.{n}" != but}
    return system.set(values)


def _axis(system: System, key: str) -> Varied:
    """The key, which has to be a number that an array can stand for."""
    full, kind = known_key(system, key)
    if not kind.numeric:
        raise CapcalcError(f"{key} is no number that could be solved for; capcalc table tries values one by one")
    return Varied(key, full, (), kind)


def _grid(system: System, axis: Varied, between: tuple[float, float] | None) -> np.ndarray:
    """Values over the whole range of a key: even ones of a ratio, each a factor apart of what has no end."""
    kind, whole = axis.kind, axis.kind.kind == "whole"
    if between is not None:
        low, high = between
    elif kind.kind == "ratio":
        low, high = (1e-9 if kind.above else kind.low), min(kind.high, 1.0)
    else:
        now = _now(system, axis)
        most = min(kind.high, MOST.get(kind.kind, np.inf), max(now, 1.0) * _WIDE if kind.kind != "whole" else 1e6)
        least = 1.0 if kind.kind in ("count", "whole") else 0.0
        low, high = max(kind.low, now / _WIDE, least), most
    if kind.kind == "ratio" or low <= 0:
        return np.unique(np.round(np.linspace(low, high, _GRID))) if whole else np.linspace(low, high, _GRID)
    values = np.geomspace(low, high, _GRID)
    return np.unique(np.round(values)) if whole else values


def _now(system: System, axis: Varied) -> float:
    """Today's value, or 1 where there is none."""
    try:
        value = lookup(system, axis.key)[0]
    except (KeyError, AttributeError):
        return 1.0
    return float(value) if value is not None and float(value) > 0 else 1.0


class _Asked:
    """A system, the key that is looked for, and what has to hold."""

    def __init__(self, system: System, axis: Varied, conditions: Sequence[Condition]) -> None:
        self.system, self.axis, self.conditions = system, axis, conditions
        self.unit = unit_of(axis.kind)
        self.whole = axis.kind.kind == "whole"

    def estimate(self, values: Any) -> Estimate:
        return self.system.set({self.axis.key: values}).estimate()

    def held(self, answer: Estimate, shape: tuple[int, ...]) -> list[np.ndarray]:
        """For each condition where it holds."""
        return [np.broadcast_to(c.holds(answer), shape) for c in self.conditions]

    def all_hold(self, values: np.ndarray) -> np.ndarray:
        return np.logical_and.reduce(self.held(self.estimate(values), values.shape))

    def nowhere(self, grid: np.ndarray, answer: Estimate, held: list[np.ndarray]) -> Solution:
        """Nothing will do: each condition at its best, or those that exclude each other."""
        never = [c for c, holds in zip(self.conditions, held, strict=True) if not holds.any()]
        said = [self._best(c, grid, answer) for c in never]
        if not never:
            said = [f"{' and '.join(c.text for c in self.conditions)} hold nowhere at the same time"]
        return Solution(self.axis.typed, None, "none", self.unit, tuple(said), None, (float(grid[0]), float(grid[-1])), None)

    def _best(self, c: Condition, grid: np.ndarray, answer: Estimate) -> str:
        values = np.broadcast_to(measured(answer, c.what)[0], grid.shape)
        best = int(np.argmin(values) if c.sign.startswith("<") else np.argmax(values))
        known = text_of(float(values[best]), c.unit) if np.isfinite(values[best]) else "no end"
        return f"{c.what} is {known} at best, at {self.axis.typed} {text_of(float(grid[best]), self.unit)} (asked: {c.text})"

    def edge(self, grid: np.ndarray, holds: np.ndarray) -> Solution:
        """The end of the values that hold: their largest, or their smallest where the largest has no end."""
        last = int(np.flatnonzero(holds)[-1])
        side, inside, outside = "largest", last, last + 1
        if last == len(grid) - 1:
            first = int(np.flatnonzero(~holds)[-1])
            side, inside, outside = "smallest", first + 1, first
        good, bad = self._narrowed(float(grid[inside]), float(grid[outside]))
        good, at = self._moved(good, float(grid[inside]), good - bad, True)
        bad, answer = self._moved(bad, float(grid[outside]), bad - good, False)
        binds = tuple(self._said(c, answer) for c in self.conditions if not bool(c.holds(answer)))
        return Solution(self.axis.typed, good, side, self.unit, binds, bad, (float(grid[0]), float(grid[-1])), at)

    def _moved(self, value: float, end: float, step: float, wanted: bool) -> tuple[float, Estimate]:
        """The value, or one further towards the end of the bracket, at which a single estimate says what arrays have said:
        their percentiles are read off a table and differ in the tenth figure."""
        while True:
            answer = self.estimate(value)
            if all(bool(c.holds(answer)) for c in self.conditions) == wanted or value == end:
                return value, answer
            value = min(value + step, end) if step > 0 else max(value + step, end)
            step *= 2

    def _narrowed(self, good: float, bad: float) -> tuple[float, float]:
        """A bracket as narrow as it can be: next to each other if whole, else to nine figures."""
        for _ in range(_ROUNDS):
            values = np.linspace(good, bad, _PIECES)
            values = np.unique(np.round(values)) if self.whole else values
            values = values[::-1] if good > bad and values[0] < values[-1] else values
            if len(values) <= 2 or abs(bad - good) <= 1e-9 * max(abs(good), abs(bad)):
                break
            first = int(np.argmin(self.all_hold(values)))  # of the pieces the first that fails
            good, bad = float(values[max(first - 1, 0)]), float(values[first])
        return self._whole(good, bad) if self.axis.kind.kind == "count" and abs(good) >= 1 else (good, bad)

    def _whole(self, good: float, bad: float) -> tuple[float, float]:
        """The last whole number that holds, and the next one: rounding may have put the edge one beside it."""
        step = 1.0 if good < bad else -1.0
        near = np.round(good) + step * np.arange(-3, 4)
        holds = self.all_hold(near)
        first = int(np.argmin(holds)) if not holds.all() else len(near) - 1
        return float(near[max(first - 1, 0)]), float(near[first])

    def _said(self, c: Condition, answer: Estimate) -> str:
        value, whose = measured(answer, c.what)
        limit, owner = text_of(c.limit, c.unit), f" ({whose})" if whose and "." not in c.what else ""
        if not np.isfinite(value):
            return f"{c.what} has no end{owner}: a tier is full"
        texts = (text_of(float(value), c.unit, digits) for digits in (3, 5, 8, 12))
        known = next((text for text in texts if text != limit), limit)  # as many figures as tell it from the limit
        return f"{c.what} is {known}{owner}, not {c.sign} {limit}"


def describe(solution: Solution) -> Mapping[str, Any]:
    """The answer as data."""
    return {
        "key": solution.key,
        "value": solution.value,
        "unit": solution.unit,
        "side": solution.side,
        "binds": list(solution.binds),
        "beyond": solution.beyond,
        "tried": list(solution.tried),
    }


