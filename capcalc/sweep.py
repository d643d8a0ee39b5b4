"""Several values of one quantity as people write them: a list, or a range in even or in logarithmic steps.

| written | means |
| --- | --- |
| `1M,10M,100M` | these, in this order |
| `0.8..0.99/5` | five values from 0.8 to 0.99, evenly apart |
| `1M..1B/log:7` | seven values from 1M to 1B, each the same factor from the one before |
"""

from __future__ import annotations

import re
import numpy as np

from capcalc.errors import CapcalcError
from capcalc.units import parse

MOST = 10_000_000
_RANGE = re.compile(r"^(?P<low>.+?)\.\.(?P<high>.+?)/(?P<log>log:)?(?P<count>[^/]*)$")
HINT = "write 1M,10M,100M, or 1M..1B/log:7, or 0.8..0.99/5"


def parse_sweep(text: str, kind: str) -> np.ndarray:
    """The values of a text, in base units.

    Parameters
    ----------
    text : str
    kind : str
        A kind of `capcalc.units`.

    Raises
    ------
    CapcalcError : an empty text, no count of steps or too many, a logarithm of nothing.
    UnitError : a value that is none of its kind.

    Examples
    --------
    >>> parse_sweep("1M..1B/log:4", "count").tolist()
    [1000000.0, 10000000.0, 100000000.0, 1000000000.0]
    >>> parse_sweep("90%,50%", "ratio").tolist()
    [0.9, 0.5]
    """
    if found := _RANGE.match(text.strip()):
        low, high = (_one(found[end], kind) for end in ("low", "high"))
        return _stepped(text, low, high, found["log"], found["count"])
    if ".." in text:
        raise CapcalcError(f"{text!r} is a range without a number of steps; {HINT}")
    return np.array([_one(part, kind) for part in listed(text)], float)


def _one(text: str, kind: str) -> float:
    """A single value; `1B` of a count is 1e9, since beside other counts nobody means bytes."""
    text = text.strip()
    return parse(kind, re.sub(r"(?<=\d)\s?B$", "e9", text) if kind == "count" else text)


def listed(text: str) -> list[str]:
    """The parts of a list; every comma parts, so 1,000,000 is three.

    Raises
    ------
    CapcalcError : there is none, or one is empty.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise CapcalcError(f"{text!r} has no value {'in it' if not any(parts) else 'between two commas'}; {HINT}")
    return parts


def _stepped(text: str, low: float, high: float, log: str | None, count: str) -> np.ndarray:
    if not re.fullmatch(r"\d{1,9}", count.strip()) or int(count) < 1:
        raise CapcalcError(f"{text!r}: {count!r} is no number of steps; {HINT}")
    steps = int(count)
    if steps > MOST:
        raise CapcalcError(f"{text!r} has {steps:,} values; at most {MOST:,} are worked out at once")
    if steps == 1 and low != high:
        raise CapcalcError(f"{text!r}: one step has no room for two ends; give 2 or more")
    if not log:
        return np.linspace(low, high, steps)
    if low <= 0 or high <= 0:
        raise CapcalcError(f"{text!r}: logarithmic steps need both ends above 0; leave log: out for even ones")
    values = np.geomspace(low, high, steps)
    return np.array([float(f"{v:.12g}") for v in values])  # 10M and not 9999999.999999998
