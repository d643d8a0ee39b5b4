"""A key that varies: what was typed, its full name and its values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError
from capcalc.keys import Key, check_value
from capcalc.sweep import listed, parse_sweep
from capcalc.systems.change import known_key
from capcalc.systems.read import converted
from capcalc.systems.system import System

_ONE_BY_ONE = ("calls", "copies", "acks", "zones")  # numbers that a law counts through


@dataclass(frozen=True, slots=True)
class Varied:
    """A key that varies: what was typed, its full name, and its values; of numbers an array in base units."""

    typed: str
    key: str
    values: Any
    kind: Key

    @property
    def whole_array(self) -> bool:
        """Whether many values go through one estimate."""
        return takes_arrays(self.key, self.kind)


def takes_arrays(key: str, kind: Key) -> bool:
    """Whether a key takes an array of scenarios."""
    return kind.numeric and key.rpartition(".")[2] not in _ONE_BY_ONE


def varied(system: System, key: str, values: str | Iterable[Any]) -> Varied:
    """A key and its values, from text as `capcalc.sweep` reads it, or from numbers in base units.

    Raises
    ------
    UnknownName : there is no such key; says the nearest.
    CapcalcError : no values, or one that is none of its kind.
    """
    full, kind = known_key(system, key)
    try:
        taken = _numbers(values, kind) if kind.numeric else _words(values, kind)
        for value in (taken,) if kind.numeric else taken:
            if kind.kind not in ("work", "amount"):
                check_value(key, value, kind)
    except CapcalcError as error:
        said = str(error)
        raise CapcalcError(said if said.startswith(key) else f"{key}: {said}") from None
    if not len(taken):
        raise CapcalcError(f"{key}: there is no value for it to take")
    return Varied(key, full, taken, kind)


def _numbers(values: str | Iterable[Any], kind: Key) -> np.ndarray:
    if not isinstance(values, str):
        return np.asarray(values if isinstance(values, np.ndarray) else list(values), float).ravel()
    return parse_sweep(values, kind.quantity)


def _words(values: str | Iterable[Any], kind: Key) -> list[Any]:
    if not isinstance(values, str):
        return [v.item() if isinstance(v, np.generic) else v for v in values]
    return [converted(part, kind) if kind.kind != "flag" else _flag(part) for part in listed(values)]


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise CapcalcError(f"{text!r} is not true or false")
    return text == "true"
