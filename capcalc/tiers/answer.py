"""A response time as an expression over laws: what is worked out is what is printed.

`Term("series", wait, service)` evaluates with the functions of `capcalc.laws.latency` and `laws.orders` by name, and
prints as the formula of the step. A leaf is a number with the key of the given or step that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from capcalc.laws import latency, many, orders, single
from capcalc.laws.latency import Latency
from capcalc.steps import symbol_of



def batch_response(*arguments: Any) -> Latency:
    """`capcalc.laws.parallel.batch_response`, imported where a route has parallel calls."""
    from capcalc.laws import parallel

    return parallel.batch_response(*arguments)


def later(time_s: Any, law: Latency) -> Any:
    """The chance that a law takes longer than a time, for formulas. [ratio]"""
    return law.tail(time_s)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "batch_response": batch_response,
    "later": later,
    **{f.__name__: f for f in (latency.constant, latency.exponential, latency.lognormal, latency.uniform)},
    **{f.__name__: f for f in (latency.wait, latency.series, latency.either, many.repeated)},
    **{f.__name__: f for f in (latency.percentile, latency.mean, single.mg1_wait, single.blend)},
    **{f.__name__: f for f in (orders.slowest, orders.slowest_of, orders.kth_of, orders.hedged)},
}


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A number that has a key; without a key it is written out as it is."""

    value: Any
    key: str = ""

    def text(self) -> str:
        """Its symbol."""
        return symbol_of(self.key) if self.key else f"{self.value:.17g}"

    def refs(self) -> Iterator[tuple[str, str]]:
        """Symbol and key."""
        if self.key:
            yield symbol_of(self.key), self.key


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A law made of terms and leaves; `notes` say where it is no more than an approximation or a bound."""

    name: str
    parts: tuple[Term | Leaf, ...]
    notes: tuple[tuple[str, str], ...] = ()  # (level, why)
    _made: list[Latency] = field(default_factory=list, init=False, repr=False)

    def law(self) -> Latency:
        """The law itself, made once."""
        if not self._made:
            self._made.append(self._law())
        return self._made[0]

    def _law(self) -> Latency:
        values = [p.value if isinstance(p, Leaf) else p.law() for p in self.parts]
        law = FUNCTIONS[self.name](*values)
        for level, why in self.notes:
            law = law.noted(why, level)
        return law

    def text(self) -> str:
        """The law as formula text."""
        return f"{self.name}({', '.join(p.text() for p in self.parts)})"

    def refs(self) -> Iterator[tuple[str, str]]:
        """The symbols of the formula and what they stand for."""
        for part in self.parts:
            yield from part.refs()


def term(name: str, *parts: Term | Leaf) -> Term:
    """A term without notes."""
    return Term(name, parts)


NOTHING = term("constant", Leaf(0.0))


def series(terms: list[Term]) -> Term:
    """One after another; a series inside is opened up."""
    flat: list[Term | Leaf] = []
    for t in terms:
        if t is NOTHING:
            continue
        flat.extend(t.parts if t.name == "series" and not t.notes else (t,))
    if not flat:
        return NOTHING
    return flat[0] if len(flat) == 1 and isinstance(flat[0], Term) else Term("series", tuple(flat))
