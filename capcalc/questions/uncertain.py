"""Which inputs of a system are uncertain, and how: ranges that somebody stated, and those of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.catalogue.facts import Fact, fact, fact_names
from capcalc.errors import CapcalcError
from capcalc.keys import Key
from capcalc.questions.vary import takes_arrays
from capcalc.spread import Spread, ranged
from capcalc.steps import Given
from capcalc.systems.change import settable
from capcalc.systems.system import System


@dataclass(frozen=True, slots=True)
class Uncertain:
    """An input, how uncertain it is, and who says so."""

    key: str
    kind: Key
    spread: Spread
    source: str


def uncertain(system: System, catalogue: bool = False) -> tuple[Uncertain, ...]:
    """The uncertain inputs of a system.

    Parameters
    ----------
    system : System
    catalogue : bool
        Add what nobody typed (defaults, and what a shipped model says), with the low and the high value of the
        catalogue as its range and the value now as its middle.

    Raises
    ------
    CapcalcError : a range of what a law counts one by one.

    Examples
    --------
    >>> from capcalc import load_model
    >>> [(u.key, u.spread.text) for u in uncertain(load_model("web").set(users="5M to 20M"))]
    [('workload.users', '5M to 20M')]
    """
    known = settable(system)
    stated = [Uncertain(key, known[key], spread, "stated") for key, spread in system.ranges.items()]
    for one in stated:
        if not takes_arrays(one.key, one.kind):
            raise CapcalcError(f"{one.key}: {one.spread.text!r}: it is counted one by one; capcalc table --vary tries its values")
    return (*stated, *(_of_catalogue(system, known) if catalogue else ()))


def _of_catalogue(system: System, known: dict[str, Key]) -> list[Uncertain]:
    found = []
    for line in system.estimate().lines:
        if not isinstance(line, Given) or line.key not in known or line.key in system.ranges:
            continue
        figure = _figure(system, line.key) if line.origin in ("default", "model") else None
        kind = known[line.key]
        if figure is None or not takes_arrays(line.key, kind):
            continue
        if figure.has_range and figure.low <= line.value <= figure.high:
            spread = ranged("", figure.low, float(line.value), figure.high, kind)
            found.append(Uncertain(line.key, kind, spread, f"catalogue: {figure.source} ({figure.date})"))
    return found


def _figure(system: System, key: str) -> Fact | None:
    """The catalogue's figure of a key; a target is chosen and not uncertain."""
    head, _, rest = key.partition(".")
    owner, _, name = rest.rpartition(".")
    names = {"workload": [key], "client": [key], "groups": [f"workload.{name}"], "operations": [f"operation.{name}"]}
    if head == "tiers":
        names["tiers"] = [f"{system.tiers[owner].kind}.{name}", f"server.{name}"]
    known = fact_names()
    return next((fact(n) for n in names.get(head, ()) if n in known), None)


def sampled(inputs: tuple[Uncertain, ...], parts: np.ndarray) -> dict[str, np.ndarray]:
    """Values of the inputs; `parts` has a row for each, of probabilities."""
    return {one.key: one.spread.quantile(part) for one, part in zip(inputs, parts, strict=True)}
