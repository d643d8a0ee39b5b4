"""One law of the registry worked out, forwards or backwards according to what is given.

An overloaded design is an answer: `Calculation.problem` says what is wrong and what would do, and results
without an end are None. So is a target that nothing can reach.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from capcalc.checks import real
from capcalc.errors import CapcalcError, DomainError, UnknownName
from capcalc.formula import evaluate
from capcalc.laws.asked import (
    backwards,
    checked,
    flag,
    functions_of,
    known,
    named,
    picked,
    plain,
    shown,
    symbols_of,
)
from capcalc.laws.entries.entry import Entry, Input, Inverse, Output
from capcalc.laws.registry import law
from capcalc.steps import Given, Step


class MissingInput(CapcalcError, ValueError):
    """Something that a law needs is not given."""


@dataclass(frozen=True, slots=True, eq=False)
class Calculation:
    """What was asked of a law, what came out, and the working."""

    entry: Entry
    inputs: Mapping[str, Any]  # by name; what answered is among them
    assumed: tuple[str, ...]  # names of inputs that nobody gave
    target: tuple[str, float] | None  # name of an output, and what it should be
    answer: str | None  # the input that was asked for
    says: str  # of the answer: "the fewest with ..."
    results: Mapping[str, Any]  # outputs by name; None where there is no end
    lines: tuple[Given | Step, ...]
    problem: str | None
    remark: str | None = None  # what not to read out of the results

    @property
    def saturated(self) -> bool:
        """Whether something has no end; a target that is out of reach is no saturation."""
        return self.problem is not None and bool(self.results)


def calculate(name: str | Entry, given: Mapping[str, Any]) -> Calculation:
    """Works a law out from numbers in base units.

    Parameters
    ----------
    name : str or Entry
        A law of the registry.
    given : mapping
        Inputs by name; with them one output, of which an input that is left out is the answer.

    Raises
    ------
    MissingInput, DomainError, UnknownName : what is given does not do; says what would.

    Examples
    --------
    >>> found = calculate("mmc", {"rate": 10_000, "service": 0.005, "p99_wait": 0.005})
    >>> found.answer, found.inputs["servers"], round(found.results["p99_wait"], 6)
    ('servers', 54.0, 0.004823)
    """
    entry = law(name) if isinstance(name, str) else name
    with np.errstate(all="ignore"):  # what leaves the doubles has no end, and is None
        return _Question(entry, given).answered()


class _Question:
    """What is given, filled up step by step to an answer; lives for one call of `calculate`."""

    def __init__(self, entry: Entry, given: Mapping[str, Any]) -> None:
        self.entry = entry
        self.values: dict[str, Any] = {}  # by symbol
        self.keys: dict[str, str] = {}  # symbol -> name
        self.lines: list[Given | Step] = []
        self.assumed: list[str] = []
        self.target: tuple[str, float] | None = None
        self.inverse: Inverse | None = None
        self.given: dict[str, Any] = {}
        self.made: dict[str, Any] = {}  # law -> what it hands back
        self._sort(given)

    def _sort(self, given: Mapping[str, Any]) -> None:
        """Which of what is given are inputs, and which the target."""
        for name, value in given.items():
            found, p = known(self.entry, name)
            if found is None:
                names = [i.name for i in self.entry.inputs] + [named(n, 0.99) for n in backwards(self.entry)]
                raise UnknownName(f"input of {self.entry.name}", name, names)
            if isinstance(found, Input):
                self.given[name] = checked(found, value)
                continue
            if self.target is not None:
                raise CapcalcError(f"{flag(self.target[0])} and {flag(name)}: give one target at a time")
            self.target = name, float(real(name, value))
            self.inverse_of = found.name
            if p is not None:
                if self.given.get("percentile", given.get("percentile", p)) != p:
                    raise CapcalcError(f"{flag(name)} says its percentile already: leave --percentile out")
                self.given["percentile"] = p

    def answered(self) -> Calculation:
        answer = self._choose()
        for entry in self.entry.inputs:
            if entry.name != answer:
                self._put(entry)
        self._missing(answer)
        problem = self._solve(answer) if self.inverse else None
        says = self._says(answer) if self.inverse and problem is None else ""
        results = {} if problem else self._forward()
        inputs = {i.name: self.values[i.symbol] for i in self.entry.inputs if i.symbol in self.values}
        problem = problem or self._overload()
        remark = self._law(self.entry.remark).problem if self.entry.remark and results else None
        assumed, lines = tuple(self.assumed), tuple(self.lines)
        return Calculation(
            self.entry, inputs, assumed, self.target, answer, says, results, lines, problem, remark
        )

    def _choose(self) -> str | None:
        """The input that answers, where there is a target."""
        if self.target is None:
            return None
        ways = [v for v in self.entry.inverses if v.given == self.inverse_of]
        if not ways:
            possible = ", ".join(flag(named(n, 0.99)) for n in backwards(self.entry)) or "none"
            raise CapcalcError(
                f"{flag(self.target[0])}: {self.entry.name} is not solved for it; targets: {possible}"
            )
        free = [v for v in ways if v.answers not in self.given and not self._follows(v.answers)]
        if not free:
            out = " or ".join(flag(v.answers) for v in ways)
            raise CapcalcError(f"{flag(self.target[0])} is a target: leave out {out}, which answers it")
        needed = {i.name for i in self.entry.inputs if i.required} - self.given.keys()
        fit = [v for v in free if needed <= {v.answers}]
        self.inverse = (fit or free)[0]
        return self.inverse.answers

    def _follows(self, name: str) -> bool:
        """Whether an input comes from others that are given."""
        formula = self.entry.input(name).formula
        have = {self.entry.input(n).symbol for n in self.given}
        return bool(formula) and set(symbols_of(formula)) <= have

    def _put(self, entry: Input) -> None:
        name, symbol = entry.name, entry.symbol
        self.keys[symbol] = name
        if name in self.given:
            value, origin = self.given[name], "typed"
        elif entry.formula and all(s in self.values for s in symbols_of(entry.formula)):
            value = evaluate(entry.formula, self.values, functions_of(self.entry, entry.formula))
            self.values[symbol] = value
            self._step(Output(name, symbol, entry.label, entry.unit, entry.formula), value)
            return
        elif entry.default is not None and not entry.formula:
            value, origin = entry.default, "default"
            self.assumed.append(name)
        else:
            return
        self.values[symbol] = value
        self.lines.append(Given(name, symbol, entry.label, value, entry.unit, origin))

    def _missing(self, answer: str | None) -> None:
        have = self.values.keys() | ({self.entry.input(answer).symbol} if answer else set())
        lacking = [i for i in self.entry.inputs if i.symbol not in have and not i.optional]
        lacking = [i for i in lacking if not i.formula or not set(symbols_of(i.formula)) <= have]
        if not lacking:
            return
        said = [f"{flag(i.name)} ({i.label})" for i in lacking]
        text = f"{self.entry.name} needs {' and '.join(said)}"
        ways = [
            flag(named(v.given, 0.99))
            for v in self.entry.inverses
            if [v.answers] == [i.name for i in lacking]
        ]
        if ways and self.target is None:
            text += f", or a target that it answers: {', '.join(dict.fromkeys(ways))}"
        raise MissingInput(text)

    def _solve(self, answer: str | None) -> str | None:
        """Puts the answer among the inputs; or says why there is none."""
        assert self.inverse is not None and self.target is not None and answer is not None  # of `_choose`
        inverse, wanted = self.inverse, self.entry.input(answer)
        if inverse.without in self.given:
            raise CapcalcError(
                f"{flag(self.target[0])} is solved for {flag(answer)} only without {flag(inverse.without)}"
            )
        short = [s for s in symbols_of(inverse.law) if s not in self.values and s != "target"]
        if short:
            names = " and ".join(flag(i.name) for i in self.entry.inputs if i.symbol in short)
            raise MissingInput(f"{flag(self.target[0])} for {flag(answer)} also needs {names}")
        output, p = self.entry.output(inverse.given), self.values.get("p")
        label = f"{named(output.label, p)}, the target"
        self.lines.append(Given("target", "target", label, self.target[1], output.unit, "typed"))
        self.values["target"], self.keys["target"] = self.target[1], "target"
        try:
            value = evaluate(inverse.law, self.values, functions_of(self.entry, inverse.law))
        except DomainError as error:
            return f"out of reach: {error.hint or error}"
        except (ArithmeticError, ValueError):
            return f"out of reach: no {wanted.label} gives {self._aim()}"
        value = float(value)
        if not math.isfinite(value):
            return f"out of reach: no {wanted.label} gives {self._aim()}"
        try:
            value = checked(wanted, value)
        except DomainError as error:
            needs = f"it would have to be {shown(value, wanted.unit)}, outside {error.allowed}"
            return f"out of reach: no {wanted.label} gives {self._aim()} ({needs})"
        self.values[wanted.symbol], self.keys[wanted.symbol] = value, answer
        made = Output(answer, wanted.symbol, wanted.label, wanted.unit, inverse.law, source=inverse.source)
        self._step(made, value)
        for later in self.entry.inputs:
            if later.formula and later.symbol not in self.values:
                self._put(later)
        return None

    def _aim(self) -> str:
        assert self.inverse is not None and self.target is not None
        output = self.entry.output(self.inverse.given)
        return f"a {named(output.label, self.values.get('p'))} of {shown(self.target[1], output.unit)}"

    def _says(self, answer: str | None) -> str:
        assert self.inverse is not None and self.target is not None
        output = self.entry.output(self.inverse.given)
        label = named(output.label, self.values.get("p"))
        return self.inverse.says.format(given=label, target=shown(self.target[1], output.unit))

    def _forward(self) -> dict[str, Any]:
        results: dict[str, Any] = {}
        endless: set[str] = set()
        for output in self.entry.outputs:
            symbols = set(symbols_of(output.law))
            if not symbols <= self.values.keys() | endless:
                continue  # needs an optional input
            if output.only and self.values[self.entry.input(output.only[0]).symbol] != output.only[1]:
                continue
            name = named(output.name, self.values.get("p"))
            value = None if symbols & endless else self._value(output)
            if value is None and not symbols & endless:
                continue  # the law does not know it
            if value is None or not np.all(np.isfinite(value)):
                endless.add(output.symbol)
                results[name] = _ends(value)
                continue
            results[name], self.values[output.symbol] = value, value
            self.keys[output.symbol] = name
            labelled = replace(output, name=name, label=named(output.label, self.values.get("p")))
            self._step(labelled, value)
        return results

    def _law(self, text: str) -> Any:
        """What a law hands back; each is worked out once."""
        if text not in self.made:
            self.made[text] = evaluate(text, self.values, functions_of(self.entry, text))
        return self.made[text]

    def _value(self, output: Output) -> Any:
        value = self._law(output.law)
        if output.pick:
            value = value[int(output.pick)] if output.pick.isdigit() else getattr(value, output.pick)
        return plain(value)

    def _step(self, output: Output, value: Any) -> None:
        text = self._printed(output, value)
        symbols = [s for s in symbols_of(text) if s in self.values]
        standing = output.standing or self.entry.standing
        self.lines.append(
            Step(
                output.symbol,
                output.label,
                picked(text, output) if text == output.law else text,
                {s: self.values[s] for s in symbols},
                value,
                output.unit,
                output.source,
                standing,
                output.name,
                {s: self.keys[s] for s in symbols},
            )
        )

    def _printed(self, output: Output, value: Any) -> str:
        """The formula; the law where the formula says nothing at these numbers (the logarithm of 0)."""
        text = output.formula or output.law
        if text == output.law:
            return text
        try:
            again = evaluate(text, self.values, functions_of(self.entry, text))
        except (ZeroDivisionError, ValueError, OverflowError, KeyError):
            return output.law
        return text if np.allclose(again, value, rtol=1e-6, atol=0) else output.law

    def _overload(self) -> str | None:
        over = self.entry.overload
        if over is None:
            return None
        if over.problem:
            said = self._law(over.problem).problem
            return f"overloaded: {said}" if said else None
        load = float(evaluate(over.load, self.values, functions_of(self.entry, over.load)))
        limit = float(evaluate(over.limit, self.values, functions_of(self.entry, over.limit)))
        if load < limit:
            return None
        texts = {
            i.name: shown(self.values[i.symbol], i.unit)
            for i in self.entry.inputs
            if isinstance(self.values.get(i.symbol), float)
        }
        least = math.floor(load) + 1.0
        texts |= {"load": shown(load, ""), "limit": shown(limit, ""), "least": shown(least, "")}
        text = over.sentence.format(**texts)
        if not over.aim:
            return f"overloaded: {text}"
        like, p = texts[over.like], self.values.get("p")
        label = named(self.entry.output(over.aim).label, p)
        aim = flag(named(over.aim, p))
        return f"overloaded: {text}; for a {label} under {like}, try {aim} {like.replace(' ', '')}"


def _ends(value: Any) -> Any:
    """A result of which something has no end: None there."""
    if isinstance(value, tuple):
        return tuple(_ends(v) for v in value)
    return value if value is not None and math.isfinite(value) else None
