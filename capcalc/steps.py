"""Working that can be shown and checked: a step is a formula, the numbers put in and the number that came out.

A `Given` is a number that somebody typed, that a model file says, or a default with its source. A `Step` is made
where its number is made; its formula is plain arithmetic text over the symbols in `inputs`, and functions in it
are laws by name (`erlang_c(c, a)`). `refs` says of each input which given or earlier step it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A number nobody worked out: typed, said by the model file, or a sourced default."""

    key: str  # "tiers.web.service_time"
    symbol: str  # "S_web"
    label: str
    value: float
    unit: str = ""
    origin: str = ""  # "typed", "model" or "default"
    source: str = ""
    head: float | None = None  # what one would say at a whiteboard, where that is no plain rounding


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One line of working."""

    symbol: str  # "Wq"
    label: str  # "mean wait"
    formula: str  # plain arithmetic over the keys of inputs
    inputs: Mapping[str, float]
    value: float
    unit: str = ""
    source: str = ""  # key into capcalc.sources, or a sentence
    standing: str = "exact"  # "exact", "approximation" or "bound"
    key: str = ""  # "web.wait": what later steps refer to
    refs: Mapping[str, str] = field(default_factory=dict)  # symbol -> key of the given or step that it is


Resolve = Callable[[str], Given]


class Working:
    """The givens and steps of one estimate, in the order in which the numbers are made.

    Without `resolve` nothing is kept: an estimate of many scenarios at once shows no working.
    A key that is not there yet is a given, and `resolve` says what it is.
    """

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve
        self._lines: dict[str, Given | Step] = {}
        self._same: dict[str, str] = {}

    @property
    def kept(self) -> bool:
        """Whether steps are kept at all."""
        return self._resolve is not None

    def step(
        self,
        key: str,
        label: str,
        formula: str,
        refs: Mapping[str, str],
        value: float,
        unit: str = "",
        source: str = "",
        standing: str = "exact",
    ) -> None:
        """Keeps one line. `refs` maps each symbol of the formula to the key of what it stands for."""
        if not self.kept:
            return
        inputs = {symbol: self.line(ref).value for symbol, ref in refs.items()}
        if formula in refs:  # the same number under a second name is no step
            self._same[key] = refs[formula]
            return
        symbol = symbol_of(key)
        self._lines[key] = Step(
            symbol,
            label,
            formula,
            inputs,
            float(value),
            unit,
            source,
            standing,
            key,
            {symbol: self.line(ref).key for symbol, ref in refs.items()},
        )

    def __contains__(self, key: str) -> bool:
        """Whether a step or a given of that key is there already."""
        return key in self._lines or key in self._same

    def line(self, key: str) -> Given | Step:
        """The given or step behind a key."""
        while key in self._same:
            key = self._same[key]
        if key not in self._lines:
            if self._resolve is None:
                raise KeyError(key)
            self._lines[key] = self._resolve(key)
        return self._lines[key]

    def lines(self) -> tuple[Given | Step, ...]:
        """All lines, in order."""
        return tuple(self._lines.values())

    def by_key(self) -> dict[str, Given | Step]:
        """Every key, second names included, and its line."""
        return {key: self.line(key) for key in (*self._lines, *self._same)}


def symbol_of(key: str) -> str:
    """A key as a symbol of a formula: `tiers.cache.hit_ratio` -> `cache_hit_ratio`.

    Hops are set apart by two strokes, `operations.read.cache.share` -> `read__cache_share`: a tier may be called read_cache.
    """
    if key.startswith("operations."):
        *path, last = key.removeprefix("operations.").split(".")
        if len(path) > 1:
            return f"{'__'.join(path)}_{last}"
    return key.removeprefix("tiers.").removeprefix("operations.").replace(".", "_")
