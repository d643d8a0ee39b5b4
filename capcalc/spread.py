"""An input that is not known exactly, as people write it: a range that holds with 90%, or a distribution.

| written | means |
| --- | --- |
| `5M to 20M` | between these with 90%: 5% are below, 5% above |
| `5M to 8M to 20M` | the same, and half of the time below 8M |
| `triangular(5M, 8M, 20M)` | least, likeliest, most |
| `uniform(5M, 20M)` | all of these alike |

A range is log-normal where both ends are above 0, logit-normal for a ratio between 0 and 1, else normal; with a middle
each half has a width of its own. What would leave the domain of the key stays at its end, so that a stated end keeps
its 5%.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capcalc.errors import CapcalcError
from capcalc.figures import text_of
from capcalc.keys import Key, check_value, unit_of
from capcalc.units import parse

HINT = "write 5M to 20M, 5M to 8M to 20M, triangular(5M, 8M, 20M) or uniform(5M, 20M)"
_Z95 = 1.6448536269514722  # a normal deviate is below it with 95%
_CALL = re.compile(r"^\s*(?P<name>triangular|uniform)\s*\((?P<inside>.*)\)\s*$")
_SHAPES = {"triangular": 3, "uniform": 2}


@dataclass(frozen=True, slots=True)
class Spread:
    """An uncertain value, in base units.

    `shape` is "log", "logit" or "normal" (of a range; `points` are its 5%, its middle and its 95%), "triangular"
    (`points` are least, likeliest and most) or "uniform" (least, middle, most).
    """

    text: str
    shape: str
    points: tuple[float, float, float]
    low: float  # the domain of the key
    high: float
    whole: bool = False

    @property
    def median(self) -> float:
        """Half of the time it is below. [base unit]"""
        if self.shape == "triangular" or self.whole:
            return float(self.quantile(0.5))
        return self.points[1]

    def quantile(self, part: Any) -> Any:
        """The value below which it is with that probability.

        Parameters
        ----------
        part : float or array_like
            Between 0 and 1, the ends left out. [ratio]

        Returns
        -------
        float or ndarray
            [base unit]

        Examples
        --------
        >>> users = spread_in("5M to 20M", Key("count", ""))
        >>> [round(float(v) / 1e6, 9) for v in users.quantile([0.05, 0.5, 0.95])]
        [5.0, 10.0, 20.0]
        """
        part = np.asarray(part, float)
        a, b, c = self.points
        if self.shape == "uniform":
            value = a + part * (c - a)
        elif self.shape == "triangular":
            turn = (b - a) / (c - a)
            rising, falling = a + np.sqrt(part * (c - a) * (b - a)), c - np.sqrt((1 - part) * (c - a) * (c - b))
            value = np.where(part < turn, rising, falling)
        else:
            value = self._of_range(part)
        value = np.clip(value, self.low, self.high)
        return (np.round(value) if self.whole else value)[()]

    def _of_range(self, part: np.ndarray) -> np.ndarray:
        """A normal variable on the scale of the shape, each half as wide as its end says."""
        from scipy.special import ndtri

        there, back = _SCALES[self.shape]
        below, middle, above = (there(p) for p in self.points)
        z = ndtri(part) / _Z95
        return back(middle + z * np.where(z < 0, middle - below, above - middle))


def _same(x: Any) -> Any:
    return x


def _logit(x: Any) -> Any:
    return np.log(x) - np.log1p(-np.asarray(x, float))


def _ratio(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


_SCALES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "log": (np.log, np.exp),
    "logit": (_logit, _ratio),
    "normal": (_same, _same),
}


def is_spread(raw: Any, k: Key) -> bool:
    """Whether a text is written as a range or a distribution of a number, right or wrong."""
    return k.numeric and isinstance(raw, str) and (" to " in raw or _CALL.match(raw) is not None)


def spread_in(text: str, k: Key) -> Spread:
    """The uncertain value of a text.

    Parameters
    ----------
    text : str
    k : Key
        What is allowed for its ends.

    Raises
    ------
    CapcalcError : ends that are none, not in their order, or outside what the key allows.

    Examples
    --------
    >>> spread_in("80% to 95%", Key("ratio", "", high=1)).shape
    'logit'
    """
    call = _CALL.match(text)
    name = call["name"] if call else "range"
    parts = call["inside"].split(",") if call else re.split(r"\s+to\s+", text.strip())
    if len(parts) not in ((_SHAPES[name],) if call else (2, 3)):
        raise CapcalcError(f"{text!r} has {len(parts)} values; {HINT}")
    values = [parse(k.quantity, part.strip()) for part in parts]
    for value in values:
        check_value(f"a value of {text!r}", value, Key(k.quantity, "", k.low, k.high, k.above))
    return _made(text, name, values, k)


def _made(text: str, name: str, values: list[float], k: Key) -> Spread:
    least, most = values[0], values[-1]
    if least == most:
        raise CapcalcError(f"{text!r} is one value: write {text_of(least, unit_of(k))}")
    if values != sorted(values):
        raise CapcalcError(f"{text!r}: its values go up, from the least to the most")
    if name != "range":
        middle = values[1] if len(values) == 3 else (least + most) / 2
        return Spread(text, name, (least, middle, most), k.low, k.high, k.kind == "whole")
    return ranged(text, least, values[1] if len(values) == 3 else None, most, k)


def ranged(text: str, low: float, middle: float | None, high: float, k: Key) -> Spread:
    """A range that holds with 90%; its middle is that of its scale if none is given.

    Examples
    --------
    >>> ranged("", 0.002, None, 0.008, Key("duration", "")).median
    0.004
    """
    shape = "logit" if k.kind == "ratio" and 0 < low and high < 1 else "log" if low > 0 and k.kind != "ratio" else "normal"
    there, back = _SCALES[shape]
    if middle is None:
        middle = float(f"{float(back((there(low) + there(high)) / 2)):.12g}")  # 10M and not 9999999.999999998
    return Spread(text, shape, (low, middle, high), k.low, k.high, k.kind == "whole")
