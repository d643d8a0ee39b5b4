"""Sizing tables: one row for every combination of values that vary, in the order in which they are given.

Numbers vary as arrays of scenarios, through the one estimate that a single scenario takes as well; what is no number
(a machine, a policy), or is counted one by one inside a law, is estimated value by value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError, UnknownName
from capcalc.keys import NUMERIC, Key, check_value
from capcalc.sweep import MOST, listed, parse_sweep
from capcalc.systems.change import known_key
from capcalc.systems.read import converted
from capcalc.systems.system import System
from capcalc.systems.tables import column_of, scenarios
from capcalc.table import Table

MOST_ESTIMATES = 10_000  # estimates one by one
_ONE_BY_ONE = ("calls", "copies", "acks", "zones")  # numbers that a law counts through


@dataclass(frozen=True, slots=True)
class Varied:
    """A key that varies: what was typed, its full name, and its values; numbers in base units."""

    typed: str
    key: str
    values: tuple[Any, ...]
    kind: Key

    @property
    def whole_array(self) -> bool:
        """Whether all values go through one estimate."""
        return self.kind.kind in (*NUMERIC, "work", "amount") and self.key.rpartition(".")[2] not in _ONE_BY_ONE


def varied(system: System, key: str, values: str | Iterable[Any]) -> Varied:
    """A key and its values, from text as `capcalc.sweep` reads it, or from numbers in base units.

    Raises
    ------
    UnknownName : there is no such key; says the nearest.
    CapcalcError : no values, or one that is none of its kind.
    """
    full, kind = known_key(system, key)
    try:
        found = _values(values, kind)
        for value in found:
            if kind.kind not in ("work", "amount"):
                check_value(key, value, kind)
    except CapcalcError as error:
        said = str(error)
        raise CapcalcError(said if said.startswith(key) else f"{key}: {said}") from None
    if not found:
        raise CapcalcError(f"{key}: there is no value for it to take")
    return Varied(key, full, tuple(found), kind)


def _values(values: str | Iterable[Any], kind: Key) -> list[Any]:
    if not isinstance(values, str):
        return [v.item() if isinstance(v, np.generic) else v for v in values]
    number = kind.kind in (*NUMERIC, "work", "amount")
    if not number:
        return [converted(part, kind) if kind.kind != "flag" else _flag(part) for part in listed(values)]
    plain = {"work": "duration", "amount": "size", "whole": "count"}.get(kind.kind, kind.kind)
    return parse_sweep(values, plain).tolist()


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise CapcalcError(f"{text!r} is not true or false")
    return text == "true"


def table(system: System, vary: Mapping[str, str | Iterable[Any]], show: Sequence[str] = ()) -> Table:
    """One row a combination: what varies, load, machines, money, response times.

    Parameters
    ----------
    system : System
    vary : mapping of key to values
        Keys as `System.set` takes them; values as text (`"1M..1B/log:7"`) or numbers in base units. The first varies
        slowest.
    show : sequence of str
        Columns by name, in their order; the usual ones if left out, all with `"all"`.

    Returns
    -------
    Table

    Raises
    ------
    CapcalcError : too many rows, an unknown key or column, a value that is none.

    Examples
    --------
    >>> from capcalc import load_model
    >>> print(table(load_model("web"), {"users": "1M,100M"}, ["peak_rps", "servers"]).to_markdown())
    | users |    peak | servers |
    | ----: | ------: | ------: |
    |    1M |   694/s |       7 |
    |  100M | 69.4k/s |      72 |
    """
    axes = [varied(system, key, values) for key, values in vary.items()]
    rows = prod(len(axis.values) for axis in axes)
    one_by_one = [axis for axis in axes if not axis.whole_array]
    estimates = prod(len(axis.values) for axis in one_by_one)
    if rows > MOST:
        raise CapcalcError(f"{rows:,} rows are asked for; at most {MOST:,} are worked out at once")
    if estimates > MOST_ESTIMATES:
        names = ", ".join(axis.typed for axis in one_by_one)
        raise CapcalcError(f"{names} take {estimates:,} estimates one by one; at most {MOST_ESTIMATES:,} are made")
    whole = _rows(system, axes, one_by_one)
    return _shown(whole, axes, show)


def _rows(system: System, axes: Sequence[Varied], one_by_one: Sequence[Varied]) -> Table:
    """All rows with all columns, in the order of the axes."""
    arrays = [axis for axis in axes if axis.whole_array]
    grid = np.meshgrid(*(np.array(a.values, float) for a in arrays), indexing="ij") if arrays else []
    numbers = {axis.key: values.ravel() for axis, values in zip(arrays, grid, strict=True)}
    pieces, places = [], []
    for combination in product(*(range(len(axis.values)) for axis in one_by_one)):
        fixed = {axis.key: axis.values[i] for axis, i in zip(one_by_one, combination, strict=True)}
        found = scenarios(system.set({**fixed, **numbers}).estimate())
        pieces.append(_with_fixed(found, axes, fixed))
        places.append(_places(axes, one_by_one, combination))
    rows = [row for piece in pieces for row in piece.rows]
    order = np.argsort(np.concatenate(places), kind="stable")
    return Table(title=system.title or system.name, columns=pieces[0].columns, rows=tuple(rows[i] for i in order))


def _places(axes: Sequence[Varied], one_by_one: Sequence[Varied], combination: tuple[int, ...]) -> np.ndarray:
    """Where the rows of one estimate stand among all."""
    chosen = iter(combination)
    index = [np.array([next(chosen)]) if axis in one_by_one else np.arange(len(axis.values)) for axis in axes]
    shape = tuple(len(axis.values) for axis in axes)
    return np.ravel_multi_index(np.meshgrid(*index, indexing="ij"), shape).ravel() if axes else np.zeros(1, int)


def _with_fixed(found: Table, axes: Sequence[Varied], fixed: Mapping[str, Any]) -> Table:
    """What varied value by value, as columns in front, all in the order of the axes."""
    names = [c.name for c in found.columns]
    columns, take = [], []
    for axis in axes:
        column = column_of(axis.key, axis.kind)
        columns.append(column)
        take.append(fixed[axis.key] if axis.key in fixed else names.index(column.name))
    front = [i for i, name in enumerate(names) if name in {c.name for c in columns}]
    rest = [i for i in range(len(names)) if i not in front]
    rows = tuple(
        (*(row[t] if axis.key not in fixed else t for t, axis in zip(take, axes, strict=True)), *(row[i] for i in rest))
        for row in found.rows
    )
    return Table(title=found.title, columns=(*columns, *(found.columns[i] for i in rest)), rows=rows)


def _column(name: str, names: Sequence[str]) -> str:
    """The column of a name, also of one that is written as a condition has it: database.servers."""
    return name if name in names else name.replace(".", "_")


def _shown(whole: Table, axes: Sequence[Varied], show: Sequence[str]) -> Table:
    """The columns that are asked for, behind what varies."""
    names = [c.name for c in whole.columns]
    front = names[: len(axes)]
    if list(show) == ["all"]:
        return whole
    for name in (show := [_column(name, names) for name in show]):
        if name not in names:
            raise UnknownName("column", name, names)
    wanted = show or _usual(whole, names[len(axes) :])
    chosen = [*front, *(n for n in dict.fromkeys(wanted) if n not in front)]
    index = [names.index(n) for n in chosen]
    columns = tuple(whole.columns[i] for i in index)
    if not show:  # the servers of a tier under its name alone: the table has to fit a terminal
        short = {c.name: c.name.removesuffix("_servers") for c in columns if c.name.endswith("_servers")}
        columns = tuple(replace(c, heading=short.get(c.name, c.heading)) for c in columns)
    return Table(title=whole.title, columns=columns, rows=tuple(tuple(row[i] for i in index) for row in whole.rows))


def _usual(whole: Table, names: list[str]) -> list[str]:
    """Load, machines, money, the p99 of every operation, and where a tier is overloaded."""
    flag = [c.name for c in whole.columns].index("saturated")
    found = ["peak_rps", *(n for n in names if n.endswith("_servers")), "servers"]
    found += ["cost_usd_per_month"]
    found += [n for n in names if n.endswith("_p99_s") and not n.endswith(("_server_p99_s", "_wait_p99_s"))]
    return found + (["saturated"] if any(row[flag] for row in whole.rows) else [])
