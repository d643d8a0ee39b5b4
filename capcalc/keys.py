"""What a key of a system file is: the kind of its value, its range, its default, its source and its meaning.

A table of a file is a frozen dataclass whose fields are made by `key`. The loader, the schema, `--set`, the checks on
birth and the list of assumptions all read the same `Key`; nothing about a key is written twice.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from capcalc import checks
from capcalc.errors import DomainError

UNITS = {
    "duration": "s",
    "work": "s",
    "rate": "1/s",
    "ratio": "ratio",
    "size": "B",
    "amount": "B",
    "bandwidth": "B/s",
    "money": "USD",
    "price_per_hour": "USD/h",
}  # base unit of the values of a kind; the others have none
NUMERIC = ("duration", "size", "rate", "count", "ratio", "bandwidth", "money", "price_per_hour", "number", "whole")
MOST = {
    "duration": 1e12,
    "size": 1e27,
    "rate": 1e18,
    "count": 1e18,
    "bandwidth": 1e21,
    "money": 1e18,
    "price_per_hour": 1e12,
    "number": 1e12,
    "whole": 1e12,
}  # beyond these a number is a slip, and sums of it could leave the doubles
SPARES = ("zone", "region")
_INF = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key. `kind` is a kind of quantity of `capcalc.units`, or one of whole, text, names (a list of them), flag,
    choice, work (a time or its distribution), amount (a size or its distribution), spare (a number, zone, region)."""

    kind: str
    doc: str
    low: float = 0.0
    high: float = _INF
    above: bool = False  # the lower end itself is refused
    choices: tuple[str, ...] = ()
    source: str = ""  # where the default comes from
    unit: str = ""  # of the value, where the kind leaves it open

    @property
    def numeric(self) -> bool:
        """Whether its value is a number, or a distribution that a number can stand for."""
        return self.kind in (*NUMERIC, "work", "amount")

    @property
    def quantity(self) -> str:
        """The kind of `capcalc.units` that a text of one number is read as."""
        return {"work": "duration", "amount": "size", "whole": "count"}.get(self.kind, self.kind)


def key(kind: str, doc: str, default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """A dataclass field that carries its `Key`; without a default the key is required."""
    if kind == "ratio":
        more.setdefault("high", 1.0)
    metadata = {"key": Key(kind, doc, **more)}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def keys_of(table: Any) -> dict[str, Key]:
    """The keys of a table (class or object), in the order in which they are written."""
    return {f.name: f.metadata["key"] for f in dataclasses.fields(table) if "key" in f.metadata}


def unit_of(k: Key) -> str:
    """The base unit of a key's values."""
    return k.unit or UNITS.get(k.kind, "")


def check(table: Any, place: str) -> None:
    """Refuses the first value that is outside its key's range; arrays of scenarios are checked element by element.

    Raises
    ------
    DomainError : names place.key, the value and what is allowed.
    """
    for name, k in keys_of(table).items():
        value = getattr(table, name)
        if value is not None:
            check_value(f"{place}.{name}" if place else name, value, k)


def check_value(where: str, value: Any, k: Key) -> None:
    """`check` of one value."""
    if k.kind in NUMERIC:
        hint = f"Write 0.9 or 90% (was {value}% meant?)." if k.kind == "ratio" and _percent(value) else ""
        high = min(k.high, MOST.get(k.kind, _INF))
        checks.real(where, value, k.low, high, above=k.above, hint=hint)
        if k.kind == "whole":
            checks.whole(where, value, k.low, high)
    elif k.kind == "work":
        checks.real(where, value.mean_s, 0, MOST["duration"], above=True, hint="A time of work is more than nothing.")
    elif k.kind == "amount":
        checks.real(where, value.mean_s, 0, MOST["size"])
    elif k.kind == "spare" and value not in SPARES:
        checks.whole(where, value, 0)
    elif k.kind == "choice" and value not in k.choices:
        raise DomainError(where, value, "the words " + ", ".join(k.choices))


def _percent(value: Any) -> bool:
    return isinstance(value, (int, float)) and 1 < value <= 100
