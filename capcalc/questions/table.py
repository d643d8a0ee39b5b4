"""Sizing tables: one row for every combination of values that vary, in the order in which they are given.

Numbers vary as arrays of scenarios, through the one estimate that a single scenario takes as well; what is no number
(a machine, a policy), or is counted one by one inside a law, is estimated value by value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import ceil, prod
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError, UnknownName
from capcalc.questions.blocks import Progress, in_blocks
from capcalc.questions.vary import Varied, varied
from capcalc.sweep import MOST
from capcalc.systems.system import System
from capcalc.systems.tables import column_of, results
from capcalc.table import Column, Table

MOST_ESTIMATES = 10_000  # estimates one by one
_BLOCK, _BLOCK_OF_PERCENTILES = 8192, 1024  # rows: enough for whole arrays to pay, few enough to stay in the cache


def table(
    system: System,
    vary: Mapping[str, str | Iterable[Any]],
    show: Sequence[str] = (),
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Table:
    """One row a combination: what varies, load, machines, money, response times.

    Parameters
    ----------
    system : System
    vary : mapping of key to values
        Keys as `System.set` takes them; values as text (`"1M..1B/log:7"`) or numbers in base units. The first varies
        slowest.
    show : sequence of str
        Columns by name, in their order; the usual ones if left out, all with `"all"`. Percentiles are most of the
        work: what is not shown is not worked out.
    executor : concurrent.futures.Executor, optional
        Who works; the caller if left out. The answer is the same to the last bit.
    progress : callable, optional
        Told now and then how many blocks of rows are done, of how many.

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
    axes = tuple(varied(system, key, values) for key, values in vary.items())
    _check_size(axes)
    known = {c.name: c for c, _ in results(system.set({a.key: a.values[0] for a in axes}).estimate())}
    own = [column_of(axis.key, axis.kind) for axis in axes]
    wanted = _wanted(show, [c.name for c in own], known)
    sweep = Sweep(system, axes, (*wanted, "saturated"))
    pieces = in_blocks(sweep, executor, progress)
    values = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
    if not show and values[-1].any():
        wanted = (*wanted, "saturated")
    columns = [*own, *(_headed(known[name], bool(show)) for name in wanted)]
    shown = [*sweep.inputs(), *values[: len(wanted)]]
    return Table.of(system.title or system.name, zip(columns, shown, strict=True))


def _check_size(axes: Sequence[Varied]) -> None:
    rows = prod(len(axis.values) for axis in axes)
    if rows > MOST:
        raise CapcalcError(f"{rows:,} rows are asked for; at most {MOST:,} are worked out at once")
    one_by_one = [axis for axis in axes if not axis.whole_array]
    estimates = prod(len(axis.values) for axis in one_by_one)
    if estimates > MOST_ESTIMATES:
        names = ", ".join(axis.typed for axis in one_by_one)
        raise CapcalcError(f"{names} take {estimates:,} estimates one by one; at most {MOST_ESTIMATES:,} are made")


@dataclass(frozen=True, slots=True)
class Sweep:
    """All combinations of values, in blocks of rows; of each block the columns that are wanted."""

    system: System
    axes: tuple[Varied, ...]
    wanted: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each key."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def rows_of_a_block(self) -> int:
        """The same for everyone who works a block out."""
        return _BLOCK_OF_PERCENTILES if any("_p50_s" in n or "_p99_s" in n for n in self.wanted) else _BLOCK

    @property
    def blocks(self) -> int:
        """How many there are."""
        return ceil(prod(self.shape) / self.rows_of_a_block)

    def inputs(self) -> list[np.ndarray]:
        """For each key its value in every row."""
        places = np.indices(self.shape).reshape(len(self.shape), -1)
        values = [a.values if a.kind.numeric else np.array(a.values, object) for a in self.axes]
        return [v[at] for v, at in zip(values, places, strict=True)]

    def block(self, index: int) -> tuple[np.ndarray, ...]:
        """The wanted columns of a block of rows."""
        first = index * self.rows_of_a_block
        rows = np.arange(first, min(first + self.rows_of_a_block, prod(self.shape)))
        places = np.unravel_index(rows, self.shape) if self.axes else ()
        single = [i for i, axis in enumerate(self.axes) if not axis.whole_array]
        groups = np.zeros(len(rows), int)
        for i in single:
            groups = groups * len(self.axes[i].values) + places[i]
        found: tuple[np.ndarray, ...] | None = None
        for group in dict.fromkeys(groups.tolist()):
            mine = np.flatnonzero(groups == group)
            columns = self._together([at[mine] for at in places], single, len(mine))
            found = found or tuple(np.empty(len(rows), c.dtype) for c in columns)
            for whole, part in zip(found, columns, strict=True):
                whole[mine] = part
        return found or ()

    def _together(self, places: Sequence[np.ndarray], single: Sequence[int], count: int) -> list[np.ndarray]:
        """The columns of rows whose single values are the same."""
        given = {a.key: a.values[places[i][0] if i in single else places[i]] for i, a in enumerate(self.axes)}
        made = {c.name: value for c, value in results(self.system.set(given).estimate()) if c.name in self.wanted}
        return [np.broadcast_to(made[name](), (count,)) for name in self.wanted]


def _wanted(show: Sequence[str], own: Sequence[str], known: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns behind what varies."""
    if not show or list(show) == ["all"]:
        names = list(known) if show else _usual(list(known))
        return tuple(n for n in names if n not in own)
    names = [name if name in known or name in own else name.replace(".", "_") for name in show]  # as conditions have it
    for name in names:
        if name not in known and name not in own:
            raise UnknownName("column", name, [*own, *known])
    return tuple(n for n in dict.fromkeys(names) if n not in own)


def _usual(names: list[str]) -> list[str]:
    """Load, machines, money and the p99 of every operation."""
    found = ["peak_rps", *(n for n in names if n.endswith("_servers")), "servers", "cost_usd_per_month"]
    return found + [n for n in names if n.endswith("_p99_s") and not n.endswith(("_server_p99_s", "_wait_p99_s"))]


def _headed(column: Column, asked: bool) -> Column:
    """The servers of a tier under its name alone where nobody chose the columns: the table has to fit a terminal."""
    short = column.name.removesuffix("_servers")
    return column if asked or short == column.name else replace(column, heading=short)
