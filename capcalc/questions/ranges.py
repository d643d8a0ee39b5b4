"""What comes out where inputs are uncertain: 5%, 50% and 95% of every number, and how likely each target is met.

Inputs are drawn together by a Latin hypercube: every input takes each of n equal parts of its probability once, in an
order of its own. So a stated range comes back as it was stated, and numbers that inputs move one by one are far more
precise than draws at random would make them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError
from capcalc.figures import text_of
from capcalc.keys import unit_of
from capcalc.questions.blocks import Progress, in_blocks
from capcalc.questions.measures import Condition, condition, measured, unit_of_measure, usual_measures
from capcalc.questions.solve import fixed
from capcalc.questions.uncertain import Uncertain, sampled, uncertain
from capcalc.systems.system import System
from capcalc.table import Column, Table

SAMPLES, MOST_SAMPLES = 10_000, 1_000_000
UNDER = 4.0  # what a missing server costs beside one that idles
_BLOCK = 1024
SHOWN = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Samples of what goes in and of what comes out, in the order in which they were drawn."""

    system: System
    inputs: tuple[Uncertain, ...]
    drawn: Mapping[str, np.ndarray]  # key -> samples
    measured: Mapping[str, np.ndarray]  # measure -> samples
    units: Mapping[str, str]
    conditions: tuple[Condition, ...]
    chances: tuple[float, ...]  # that each holds
    fleet: Fleet | None  # None where the fleet was kept
    seed: int

    def __repr__(self) -> str:
        return f"<Ranges of {self.system.name}: {len(self.inputs)} uncertain inputs, {self.samples:,} samples>"

    @property
    def samples(self) -> int:
        """How many were drawn."""
        return len(next(iter(self.measured.values())))

    def quantiles(self, name: str) -> tuple[float, ...]:
        """5%, 50% and 95% of a measure or of an input."""
        values = self.measured[name] if name in self.measured else self.drawn[name]
        return tuple(np.quantile(values, SHOWN, method="inverted_cdf").tolist())

    @property
    def title(self) -> str:
        """What was asked."""
        kept = ", servers as they are at the middle of all inputs" if self.fleet is None else ""
        return f"{self.system.title or self.system.name}, {len(self.inputs)} uncertain inputs{kept}"

    def table(self) -> Table:
        """One row a number: inputs first, then what comes out."""
        names = {**{one.key: unit_of(one.kind) for one in self.inputs}, **{n: self.units[n] for n in self.measured}}
        everything = {**self.drawn, **self.measured}
        rows = tuple((name, *self.quantiles(name), unit, strip(everything[name])) for name, unit in names.items())
        return Table(title="5%, half, 95% are below", columns=RANGE_COLUMNS, rows=rows)

    def chance_table(self) -> Table:
        """How likely each condition holds."""
        columns = (Column(name="condition", kind="text"), Column(name="chance", unit="ratio"))
        rows = tuple(zip((c.text for c in self.conditions), self.chances, strict=True))
        return Table(title="Chance that it holds", columns=columns, rows=rows)

    def tables(self) -> list[Table]:
        """The ranges, then the chances where conditions were asked for."""
        return [self.table(), *([self.chance_table()] if self.conditions else [])]

    def sentences(self) -> list[str]:
        """What stands below the tables."""
        said = [self.fleet.sentence()] if self.fleet is not None else []
        sources = dict.fromkeys(one.source for one in self.inputs if one.source != "stated")
        said += [f"ranges of the {'; '.join(sources)}"] if sources else []
        return [*said, f"{self.samples:,} samples, seed {self.seed}"]

    def to_dict(self) -> dict[str, Any]:
        """Nested dictionaries of plain numbers; what has no end is None."""
        document: dict[str, Any] = {"model": self.system.name, "samples": self.samples, "seed": self.seed}
        document["inputs"] = {
            one.key: {**self._numbers(one.key, unit_of(one.kind)), "stated": one.spread.text, "source": one.source}
            for one in self.inputs
        }
        document["measures"] = {name: self._numbers(name, self.units[name]) for name in self.measured}
        document["chances"] = {c.text: chance for c, chance in zip(self.conditions, self.chances, strict=True)}
        if self.fleet is not None:
            document["least_regret"] = asdict(self.fleet)
        return document

    def _numbers(self, name: str, unit: str) -> dict[str, Any]:
        values = (v if np.isfinite(v) else None for v in self.quantiles(name))
        return {**dict(zip(("p5", "p50", "p95"), values, strict=True)), "unit": unit}


@dataclass(frozen=True, slots=True)
class Fleet:
    """The servers of each tier at which too many and too few cost the least together."""

    under: float  # what a missing server costs beside one that idles
    servers: Mapping[str, float]
    enough: float  # how likely no tier needs more
    idle: float  # servers too many, on average
    missing: float  # servers too few, on average

    def sentence(self) -> str:
        """As people read it."""
        counts = ", ".join(f"{name} {text_of(count, '')}" for name, count in self.servers.items())
        return (
            f"least regret: {counts}; enough with {text_of(self.enough, 'ratio')}, on average {text_of(self.idle, '')} idle and "
            f"{text_of(self.missing, '')} missing, where a missing server costs {text_of(self.under, '')} times an idle one"
        )


def _text(name: str) -> Callable[[Mapping[str, Any], int], str]:
    """What people read of a number whose unit stands in its row."""
    return lambda row, digits: text_of(row[name], row["unit"], digits)


RANGE_COLUMNS = (
    Column(name="name", kind="text"),
    *(Column(name=n, text=_text(n)) for n in ("p5", "p50", "p95")),
    Column(name="unit", kind="text", reads="programs"),
    Column(name="spread", heading="", kind="text", reads="people"),
)


def ranges(
    system: System,
    *,
    catalogue: bool = False,
    when: Sequence[str] = (),
    samples: int = SAMPLES,
    seed: int = 0,
    fix_fleet: bool = False,
    under: float = UNDER,
    show: Sequence[str] = (),
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Ranges:
    """What comes out where inputs are uncertain.

    Parameters
    ----------
    system : System
        With ranges: `system.set(users="5M to 20M")`.
    catalogue : bool
        Take the low and the high value of the catalogue for whatever nobody measured.
    when : sequence of str
        Conditions whose chance is wanted, beside the targets of the system: "cost <= $5000".
    samples : int
        1 to 1,000,000. [count]
    seed : int
        The same gives the same answer.
    fix_fleet : bool
        Keep the servers of the middle of all inputs; else the fleet is sized anew for every sample.
    under : float
        What a missing server costs beside one that idles, > 0; of the fleet of least regret. [ratio]
    show : sequence of str
        Measures; the usual ones if left out.
    executor, progress
        As `capcalc.questions.table.table` takes them.

    Raises
    ------
    CapcalcError : nothing is uncertain, too many samples, a condition or a measure that is none.

    Examples
    --------
    >>> from capcalc import load_model
    >>> found = ranges(load_model("web").set(users="5M to 20M"), samples=2000, show=["peak"])
    >>> [round(v) for v in found.quantiles("peak")], [round(v / 1e6, 1) for v in found.quantiles("workload.users")]
    ([3471, 6939, 13881], [5.0, 10.0, 20.0])
    """
    _check(samples, under)
    inputs = uncertain(system, catalogue)
    if not inputs:
        raise CapcalcError("ranges: nothing is uncertain; give a range (users = 5M to 20M), or ask for those of the catalogue")
    conditions = (*targets(system, fix_fleet), *(condition(system, text) for text in when))
    middle = system.estimate()
    shown = tuple(show) or usual_measures(middle, fix_fleet)
    tiers = tuple(f"{n}.servers" for n, t in middle.tiers.items() if t.servers is not None)
    asked = tuple(dict.fromkeys((*shown, *(c.what for c in conditions), *(() if fix_fleet else tiers))))
    units = {name: unit_of_measure(system, name) for name in asked}
    task = Samples(fixed(system) if fix_fleet else system, inputs, asked, samples, seed)
    pieces = in_blocks(task, executor, progress)
    values = dict(zip(asked, (np.concatenate(parts) for parts in zip(*pieces, strict=True)), strict=True))
    return Ranges(
        system=system,
        inputs=inputs,
        drawn=sampled(inputs, latin(len(inputs), samples, seed)),
        measured={name: values[name] for name in shown},
        units=units,
        conditions=conditions,
        chances=tuple(float(np.mean(c.met_by(values[c.what]))) for c in conditions),
        fleet=None if fix_fleet else _fleet({n.removesuffix(".servers"): values[n] for n in tiers}, under),
        seed=seed,
    )


BARS, WIDTH = "▁▂▃▄▅▆▇█", 24


def strip(values: np.ndarray) -> str:
    """How often what comes out, as a row of bars from the least to the most that 99% lie between."""
    low, high = np.quantile(values, (0.005, 0.995), method="inverted_cdf")
    if not np.isfinite(high) or low == high:
        return ""
    inside = values[(values >= low) & (values <= high)]
    wide = low > 0 and high / low > 3  # by factors, then
    inside, ends = (np.log(inside), (np.log(low), np.log(high))) if wide else (inside, (low, high))
    counts, _ = np.histogram(inside, bins=WIDTH, range=ends)
    heights = np.ceil(counts / counts.max() * len(BARS)).astype(int)
    return "".join(BARS[h - 1] if h else " " for h in heights).rstrip()


def _check(samples: int, under: float) -> None:
    if not 1 <= samples <= MOST_SAMPLES:
        raise CapcalcError(f"samples: {samples:,} is not from 1 to {MOST_SAMPLES:,}")
    if not (under > 0 and np.isfinite(under)):
        raise CapcalcError(f"under: {under:g} is no number above 0: what a missing server costs beside one that idles")


def targets(system: System, fix_fleet: bool) -> tuple[Condition, ...]:
    """The targets that a system states; how busy a tier may be only where its servers are not sized to that."""
    found = []
    for name, operation in system.operations.items():
        wanted = system.target.p99 if operation.p99 is None else operation.p99
        if wanted is not None:
            found.append(Condition.of(f"{name}.p99", "<=", float(wanted), "s"))
        if system.target.availability is not None:
            found.append(Condition.of(f"{name}.availability", ">=", float(system.target.availability), "ratio"))
    if system.target.budget is not None:
        found.append(Condition.of("cost", "<=", float(system.target.budget), "USD/month"))
    if fix_fleet:
        found.append(Condition.of("utilisation", "<", 1.0, "ratio"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Samples:
    """A system, its uncertain inputs, and what is measured: blocks of samples."""

    system: System
    inputs: tuple[Uncertain, ...]
    asked: tuple[str, ...]
    samples: int
    seed: int

    @property
    def blocks(self) -> int:
        """How many there are."""
        return ceil(self.samples / _BLOCK)

    def block(self, index: int) -> tuple[np.ndarray, ...]:
        """The measures of a block of samples."""
        rows = slice(index * _BLOCK, min((index + 1) * _BLOCK, self.samples))
        parts = latin(len(self.inputs), self.samples, self.seed)[:, rows]
        answer = self.system.set(sampled(self.inputs, parts)).estimate()
        return tuple(np.broadcast_to(measured(answer, what)[0], (parts.shape[1],)) for what in self.asked)


@lru_cache(maxsize=2)
def latin(inputs: int, samples: int, seed: int) -> np.ndarray:
    """A Latin hypercube: of each input (a row) one probability out of each of so many equal parts, in a random order.

    Examples
    --------
    >>> np.sort(latin(2, 4, seed=1), axis=1).round(1).tolist()  # one below 1/4, one between 1/4 and 1/2, ...
    [[0.1, 0.5, 0.6, 0.9], [0.0, 0.5, 0.6, 0.9]]
    """
    rows = [np.random.default_rng([seed, i]) for i in range(inputs)]
    return np.stack([(rng.permutation(samples) + rng.uniform(1e-9, 1 - 1e-9, samples)) / samples for rng in rows])


def _fleet(needed: Mapping[str, np.ndarray], under: float) -> Fleet:
    """Of each tier the count at which one server more idles as often as it would cost less than missing: with costs in
    proportion, the quantile under/(1 + under) of what is needed."""
    part = under / (1 + under)
    servers = {n: float(np.quantile(v, part, method="inverted_cdf")) for n, v in needed.items()}
    over = [servers[n] - v for n, v in needed.items()]
    enough = np.logical_and.reduce([o >= 0 for o in over]).mean()
    idle = sum(float(np.maximum(o, 0).mean()) for o in over)
    missing = sum(float(np.maximum(-o, 0).mean()) for o in over)
    return Fleet(under, servers, float(enough), idle, missing)
