"""Parts of lists, for formulas of the registry: one element, a sum, a sum of products."""

from __future__ import annotations

from collections.abc import Sequence

from capcalc.errors import DomainError


def item(values: Sequence[float], k: float) -> float:
    """The element at k, from 0.

    Examples
    --------
    >>> item((1.0, 5.0), 1)
    5.0
    """
    if not 0 <= k < len(values):
        raise DomainError("k", k, f"[0, {len(values) - 1}]", "They are counted from 0.")
    return values[int(k)]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """The sum of products, element by element; a single b goes with all of a.

    Examples
    --------
    >>> dot((0.2, 0.6), (1.0, 2.0))
    1.4
    """
    several = b if len(b) == len(a) else [b[0]] * len(a)
    return sum(x * y for x, y in zip(a, several, strict=True))


def total(values: Sequence[float]) -> float:
    """The sum.

    Examples
    --------
    >>> total((3.0, 6.0))
    9.0
    """
    return sum(values)
