"""What an answer is asked about: its numbers by name, and conditions on them (`read.p99 <= 200 ms`)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError, UnknownName
from capcalc.figures import KINDS, text_of
from capcalc.systems.estimate import Estimate
from capcalc.systems.system import System
from capcalc.units import parse

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
_CONDITION = re.compile(r"^\s*(?P<what>[\w.]+)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Condition:
    """`read.p99 <= 200 ms`: what is measured, how it is compared, and with what."""

    text: str
    what: str
    sign: str
    limit: float
    unit: str

    @classmethod
    def of(cls, what: str, sign: str, limit: float, unit: str) -> Condition:
        """One that is put together, with the text that a person would write."""
        return cls(f"{what} {sign} {text_of(limit, unit)}", what, sign, limit, unit)

    def holds(self, estimate: Estimate) -> Any:
        """Whether it holds; an array for an array of scenarios."""
        return self.met_by(measured(estimate, self.what)[0])

    def met_by(self, value: Any) -> Any:
        """Whether a value, or each of an array, is on the right side of the limit."""
        return _SIGNS[self.sign](value, self.limit)


def measures(system: System) -> dict[str, str]:
    """What a condition can be about, and its unit."""
    found = {"p50": "s", "p99": "s", "server_p99": "s", "servers": "", "cost": "USD/month", "utilisation": "ratio"}
    found |= {"availability": "ratio", "egress": "B", "mean": "1/s", "peak": "1/s"}
    for name in system.operations:
        found |= {f"{name}.p50": "s", f"{name}.p99": "s", f"{name}.server_p99": "s", f"{name}.availability": "ratio"}
    for name in system.tiers:
        found |= {f"{name}.servers": "", f"{name}.utilisation": "ratio", f"{name}.peak": "1/s", f"{name}.stored": "B"}
        found |= {f"{name}.wait_p99": "s", f"{name}.connections": "", f"{name}.cost": "USD/month"}
    return found


def unit_of_measure(system: System, what: str) -> str:
    """The unit of a measure.

    Raises
    ------
    UnknownName : there is no such measure; says the nearest.
    """
    known = measures(system)
    if what not in known:
        raise UnknownName("measure", what, known)
    return known[what]


def usual_measures(estimate: Estimate, fixed_fleet: bool = False) -> tuple[str, ...]:
    """What one looks at first: load, machines (or how busy they are), money, the p99 of the slowest operation."""
    sized = [name for name, tier in estimate.tiers.items() if tier.servers is not None]
    if fixed_fleet:
        return ("peak", *(f"{name}.utilisation" for name in sized), "cost", "p99")
    return ("peak", *(f"{name}.servers" for name in sized), "servers", "cost", "p99")


def measured(estimate: Estimate, what: str) -> tuple[Any, str]:
    """A number of an answer by its name: the worst of all operations or tiers where it names none; and whose it is."""
    owner, _, name = what.rpartition(".")
    if owner in estimate.operations:
        return _of_operation(estimate, owner, name), owner
    if owner in estimate.tiers:
        return _of_tier(estimate, owner, name), owner
    if name in ("p50", "p99", "server_p99"):
        return _worst(estimate.operations, lambda one: _of_operation(estimate, one, name))
    if name == "utilisation":
        sized = [n for n, t in estimate.tiers.items() if t.utilisation is not None]
        return _worst(sized, lambda one: estimate.tiers[one].utilisation)
    if name == "availability":
        value, whose = _worst(estimate.operations, lambda one: -np.asarray(_of_operation(estimate, one, name)))
        return -value, whose
    whole = {"servers": "servers", "mean": "mean_rps", "peak": "peak_rps"}
    if name in whole:
        return getattr(estimate, whole[name]), ""
    return {"cost": estimate.cost.usd_per_month, "egress": estimate.cost.egress_bytes}[name], ""


def _of_operation(estimate: Estimate, owner: str, name: str) -> Any:
    if name == "availability":
        up = estimate.available.get(owner)
        return 0.0 if up is None else up.availability
    return getattr(estimate.operations[owner], f"{name}_s")


def _of_tier(estimate: Estimate, owner: str, name: str) -> Any:
    tier = estimate.tiers[owner]
    if name == "cost":
        return estimate.cost.parts.get(owner, 0.0)
    field = {"peak": "peak_rps", "stored": "stored_bytes", "wait_p99": "wait_p99_s"}.get(name, name)
    value = getattr(tier, field)
    return 0.0 if value is None else value


def _worst(names, value: Callable[[str], Any]) -> tuple[Any, str]:
    """The largest of several, and of a single scenario whose it is."""
    values = {name: value(name) for name in names}
    most = np.maximum.reduce(np.broadcast_arrays(*values.values()))[()]
    whose = "" if np.ndim(most) else next(n for n, v in values.items() if v == most)
    return most, whose


def condition(system: System, text: str) -> Condition:
    """A condition from its text.

    Raises
    ------
    CapcalcError : no comparison, nothing that can be measured, or a limit of another kind.
    """
    found = _CONDITION.match(text)
    if found is None:
        raise CapcalcError(f"--when {text!r} is no condition; write p99 <= 200ms, web.utilisation <= 60%, cost <= $10k")
    what = found["what"]
    unit = unit_of_measure(system, what)
    kind = KINDS.get(unit, "money" if unit.startswith("USD") else "count")
    limit = re.sub(r"^\$\s*([\d.]+)\s*k$", lambda m: f"${float(m[1]) * 1000:g}", found["limit"].removesuffix("/month"))
    try:
        return Condition(text.strip(), what, found["sign"], parse(kind, limit), unit)
    except CapcalcError as error:
        raise CapcalcError(f"--when {text!r}: {error}") from None
