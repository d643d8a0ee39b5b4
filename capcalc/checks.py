"""Numbers are checked once, where they enter a public function or a component.

`real` and `whole` take a Python number or an array and hand back float64. Text, bytes, booleans, None,
NaN and infinity are refused before numpy can turn them into something else (`np.asarray("0.9")`,
`True`, `None` all become numbers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capcalc.errors import DomainError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_INF = float("inf")


def interval(low: float, high: float, *, above: bool = False, below: bool = False) -> str:
    """The text of an interval: `interval(0, 1, above=True)` is `(0, 1]`.

    >>> interval(0, float("inf"))
    '[0, inf)'
    """
    left = "(" if above or low == -_INF else "["
    right = ")" if below or high == _INF else "]"
    return f"{left}{low:g}, {high:g}{right}"


def real(
    name: str,
    value: ArrayLike,
    low: float = -_INF,
    high: float = _INF,
    *,
    above: bool = False,
    below: bool = False,
    hint: str = "",
) -> NDArray[np.float64]:
    """A finite number, or an array of them, inside [low, high]; `above`/`below` open that end.

    Raises
    ------
    DomainError : names the argument, the first bad element, the interval and the remedy.
    """
    allowed = interval(low, high, above=above, below=below)
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise DomainError(name, value, "the numbers", hint or f"Give a number in {allowed}.")
    array = array.astype(np.float64, copy=False)
    bad = ~np.isfinite(array) | (array < low) | (array > high)
    if above:
        bad |= array == low
    if below:
        bad |= array == high
    if bad.any():
        raise DomainError(name, float(array[bad].flat[0]), allowed, hint)
    return array


def whole(name: str, value: ArrayLike, low: float = 0, high: float = _INF) -> NDArray[np.float64]:
    """As `real`, and without a fraction: 2.5 servers are refused."""
    array = real(name, value, low, high)
    bad = array != np.floor(array)
    if bad.any():
        raise DomainError(name, float(array[bad].flat[0]), "the whole numbers", "Round it up or down.")
    return array
