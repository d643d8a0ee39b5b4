"""What an entry of the registry holds. Data only: nothing here calculates, and nothing imports a law.

Formulas are text over symbols. A *law* is the text that makes the number, a call of a function of
`capcalc.laws` or plain arithmetic, worked out by `capcalc.formula`; a *formula* is what is printed, and a
test holds that both agree.
The function of a call is looked up, on use, in the modules of `Entry.at`.

Names that hold `{p}` stand for every percentile: `{p}_wait` is `p99_wait` while the share p is 99%.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_INF = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """A number that is put in. Required unless it has a default, a formula, or is marked optional."""

    name: str  # "service": the flag is --service
    symbol: str  # "S"
    label: str  # "mean service time"
    kind: (
        str  # of quantity: a kind of `capcalc.units`, or whole; with an s behind it a list, with _table rows
    )
    unit: str = ""
    default: float | str | None = None
    low: float = 0.0
    high: float = _INF
    above: bool = False  # the lower end itself is refused
    below: bool = False  # the upper end itself is refused
    formula: str = ""  # over symbols of other inputs: what it is where it is not given
    choices: tuple[str, ...] = ()  # of kind "choice": the words
    optional: bool = False  # what needs it is left out where it is not given

    @property
    def required(self) -> bool:
        """Whether nothing can be worked out without it."""
        return self.default is None and not self.optional and not self.formula

    @property
    def one(self) -> str:
        """The kind of one number of it."""
        return {"wholes": "whole"}.get(self.kind, self.kind.removesuffix("_table").removesuffix("s"))

    @property
    def depth(self) -> int:
        """0 a number, 1 a list with commas, 2 a table with semicolons between its rows."""
        return 2 if self.kind.endswith("_table") else int(self.kind != self.one)


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A number that comes out."""

    name: str
    symbol: str
    label: str
    unit: str
    law: str  # what makes it, over symbols of inputs and of outputs above it
    formula: str = ""  # what is printed; the law itself where empty
    source: str = ""  # key of capcalc.sources
    standing: str = ""  # that of the entry where empty
    pick: str = ""  # field of what the law hands back
    only: tuple[str, str] | None = None  # an input, and the word that it has to be


@dataclass(frozen=True, slots=True, eq=False)
class Inverse:
    """Backwards: an output is given as `target`, and one input answers."""

    given: str  # name of the output
    answers: str  # name of the input
    law: str  # over symbols of the other inputs, and `target`
    says: str  # "the fewest with a {given} of {target} at most"
    source: str = ""
    without: str = ""  # name of an input that it knows nothing of, and that must not be given


@dataclass(frozen=True, slots=True, eq=False)
class Overload:
    """When there is no steady state: where load >= limit, both over symbols; or where a law says so."""

    load: str = ""
    limit: str = ""
    sentence: str = ""  # over names of inputs, {load}, {limit}, {least}
    aim: str = ""  # output that could be asked for instead, by a flag
    like: str = ""  # input whose value is a sensible target
    problem: str = ""  # a law whose result has a `problem`: None, or a sentence
    partial: bool = False  # some results have an end all the same, and are shown


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Inputs as typed, and what comes out according to somebody else than us."""

    inputs: Mapping[str, str]
    expect: Mapping[str, float | tuple[float, ...]]
    origin: str  # "by hand: ...", "50-digit arithmetic", a book and a page
    rel: float = 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Entry:
    """One law, or a close family under one name."""

    name: str
    title: str
    use: str  # what it is for
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    formulas: tuple[tuple[str, str], ...]  # (text, LaTeX); LaTeX empty where the text is arithmetic
    assumptions: tuple[str, ...]
    breaks: tuple[str, ...]
    example: Example
    sources: tuple[str, ...]
    page: str  # of docs/laws
    standing: str = "exact"  # or "approximation", "bound"
    error: str = ""  # what was measured, of an approximation
    at: tuple[str, ...] = ("queueing",)  # modules of capcalc.laws in which its functions live
    inverses: tuple[Inverse, ...] = ()
    overload: Overload | None = None
    remark: str = ""  # a law whose result has a `problem` that is no overload
    also: tuple[str, ...] = ()  # other names

    def input(self, name: str) -> Input:
        """The input of a name."""
        return next(i for i in self.inputs if i.name == name)

    def output(self, name: str) -> Output:
        """The output of a name."""
        return next(o for o in self.outputs if o.name == name)
