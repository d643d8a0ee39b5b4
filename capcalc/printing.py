"""Quantities as people read them: the inverse of `capcalc.units`, to the digits shown.

One rule for plain numbers: as they are below 10,000, then k, M and from a thousand million on e9, e12 and so
forth (`B` would be bytes). Quantities with a unit get the largest unit of which, once rounded, there is at
least one. It is all whole numbers inside, so that 17 digits always read back as the very same float.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from capcalc.errors import DomainError, UnknownName

_Units = tuple[tuple[int, int, str], ...]
_DAY = 86400
_TIMES = (
    (1, 10**9, "ns"),
    (1, 10**6, "us"),
    (1, 10**3, "ms"),
    (1, 1, "s"),
    (60, 1, "min"),
    (3600, 1, "h"),
    (_DAY, 1, "day"),
    (365 * _DAY, 1, "year"),
)
_SIZES = tuple((1000**i, 1, f"{p}B") for i, p in enumerate(("", "k", "M", "G", "T", "P", "E")))
_LETTERS = {3: "k", 6: "M"}
_UNBOUNDED = "no end"  # what a screen says of an infinite wait; never read back


def show(kind: str, value: float, digits: int = 3) -> str:
    """A quantity of a kind as people read it.

    Parameters
    ----------
    kind : str
        One of `PRINTERS`; the kinds of `capcalc.units`.
    value : float
        In base units. A negative one (a difference) prints with its sign, infinity as "no end".
    digits : int
        Figures, 1 or more. 17 are always enough to read back the very same number. [count]

    Returns
    -------
    str
        Text that `capcalc.units.parse` reads back to the digits shown.

    Raises
    ------
    UnknownName : there is no such kind.
    DomainError : the value is nan, or digits is below 1.

    Examples
    --------
    >>> show("rate", 27777.8), show("duration", 0.005), show("ratio", 0.99999), show("size", 355.9e12)
    ('27.8k/s', '5 ms', '99.999%', '356 TB')
    """
    if kind not in PRINTERS:
        raise UnknownName("kind of quantity", kind, PRINTERS)
    return PRINTERS[kind](value, digits)


def duration(value: float, digits: int = 3) -> str:
    """Seconds, in the unit that fits.

    Examples
    --------
    >>> duration(0.0000812), duration(7200), duration(90 * 86400), duration(0)
    ('81.2 us', '2 h', '90 days', '0 s')
    """
    if not value:
        return "0 s"
    text, unit = _in_units("duration", value, digits, _TIMES)
    plural = unit in ("day", "year") and text.lstrip("-") != "1"
    return f"{text} {unit}{'s' if plural else ''}".rstrip()


def size(value: float, digits: int = 3) -> str:
    """Bytes, in thousands.

    Examples
    --------
    >>> size(500), size(1.5e9), size(355.9e12)
    ('500 B', '1.5 GB', '356 TB')
    """
    return " ".join(_in_units("size", value, digits, _SIZES)).rstrip()


def bandwidth(value: float, digits: int = 3) -> str:
    """Bytes per second.

    Examples
    --------
    >>> bandwidth(1.25e9)
    '1.25 GB/s'
    """
    return _then("/s", " ".join(_in_units("bandwidth", value, digits, _SIZES)).rstrip())


def rate(value: float, digits: int = 3) -> str:
    """Per second; what is rarer than 0.01/s per day, what is rarer than 0.01/day per year.

    Examples
    --------
    >>> rate(694.44), rate(27777.8), rate(10 / 86400), rate(1 / (500 * 86400))
    ('694/s', '27.8k/s', '10/day', '0.73/year')
    """
    often = abs(value)
    if not 0 < often < 0.01:
        return _then("/s", _number("rate", value, digits))
    seconds, unit = (_DAY, "day") if often * _DAY >= 0.01 else (365 * _DAY, "year")
    return f"{_number('rate', value, digits, seconds)}/{unit}"


def count(value: float, digits: int = 3) -> str:
    """A number of things; whole ones below 10,000 in full.

    Examples
    --------
    >>> count(9259), count(1e6), count(1234567), count(1.2e9)
    ('9,259', '1M', '1.23M', '1.2e9')
    """
    return _number("count", value, _at_least(4 if _whole(value) else 1, digits))


def number(value: float, digits: int = 3) -> str:
    """A plain number.

    Examples
    --------
    >>> number(3), number(0.12345), number(9259.26), number(27777.8)
    ('3', '0.123', '9,260', '27.8k')
    """
    return _number("number", value, digits)


def ratio(value: float, digits: int = 3) -> str:
    """A part of one in percent, with as many nines as it takes: 100% is only 1 itself.

    Examples
    --------
    >>> ratio(0.9), ratio(0.99999), ratio(1), ratio(434)
    ('90%', '99.999%', '100%', '43,400%')
    """
    sign, top, bottom = _fraction("ratio", value, digits)
    if not bottom:
        return _UNBOUNDED
    figures, exponent = _rounded(top * 100, bottom, digits)
    while (figures, exponent) == (1, 2) and top != bottom:
        digits += 1
        figures, exponent = _rounded(top * 100, bottom, digits)
    return f"{sign}{_plain(figures, exponent)}%"


def money(value: float, digits: int = 3) -> str:
    """US dollars: cents below $1,000, whole dollars below $10,000, then k and M.

    Examples
    --------
    >>> money(0.05), money(12.5), money(1234.2), money(2345678)
    ('$0.05', '$12.50', '$1,234', '$2.35M')
    """
    if not math.isfinite(value):
        return _number("money", value, digits)
    dollars = len(str(int(abs(value))))
    least = 1 if not 1 <= abs(value) < 10_000 else 4 if dollars == 4 else dollars + 2
    text = _number("money", value, _at_least(least, digits))
    if text[-2:-1] == "." and text[-1:].isdigit():  # 12.5, which is written 12.50
        text += "0"
    return f"-${text[1:]}" if text.startswith("-") else f"${text}"


def price_per_hour(value: float, digits: int = 3) -> str:
    """US dollars an hour.

    Examples
    --------
    >>> price_per_hour(40), price_per_hour(0.0116)
    ('$40/h', '$0.0116/h')
    """
    return _then("/h", money(value, digits))


PRINTERS: dict[str, Callable[[float, int], str]] = {
    f.__name__: f for f in (duration, size, rate, count, ratio, bandwidth, money, price_per_hour, number)
}


def _then(unit: str, text: str) -> str:
    return text if text == _UNBOUNDED else f"{text}{unit}"


def _whole(value: float) -> bool:
    return abs(value) < 10_000 and float(value).is_integer()


def _at_least(least: int, digits: int) -> int:
    if digits < 1:
        raise DomainError("digits", digits, "[1, inf)")
    return max(least, digits)


def _fraction(kind: str, value: float, digits: int) -> tuple[str, int, int]:
    """Sign, numerator and denominator; infinity has denominator 0."""
    value = float(value)
    _at_least(1, digits)
    if math.isnan(value) or value == -math.inf:
        raise DomainError(kind, value, "the numbers that can be shown")
    if value == math.inf:
        return "", 1, 0
    top, bottom = abs(value).as_integer_ratio()
    return "-" if value < 0 else "", top, bottom


def _number(kind: str, value: float, digits: int, times: int = 1) -> str:
    """A multiple of a value by the rule for plain numbers."""
    sign, top, bottom = _fraction(kind, value, digits)
    if not bottom:
        return _UNBOUNDED
    figures, exponent = _rounded(top * times, bottom, digits)
    order = len(str(figures)) + exponent - 1
    if order < 4:
        return sign + _plain(figures, exponent)
    step = order // 3 * 3
    return f"{sign}{_plain(figures, exponent - step)}{_LETTERS.get(step, f'e{step}')}"


def _in_units(kind: str, value: float, digits: int, units: _Units) -> tuple[str, str]:
    """The value in the largest unit of which there is at least one, once it is rounded; and that unit."""
    sign, top, bottom = _fraction(kind, value, digits)
    if not bottom:
        return _UNBOUNDED, ""
    for up, down, unit in reversed(units):
        figures, exponent = _rounded(top * down, bottom * up, digits)
        if (figures and len(str(figures)) + exponent >= 1) or unit == units[0][2]:
            return sign + _plain(figures, exponent), unit
    raise AssertionError("the smallest unit takes what is left")


def _rounded(top: int, bottom: int, digits: int) -> tuple[int, int]:
    """top / bottom to so many figures, half to even, as (figures, exponent of ten) without trailing zeros."""
    if not top:
        return 0, 0
    shift = digits - len(str(top)) + len(str(bottom))
    while True:
        up, down = (top * 10**shift, bottom) if shift >= 0 else (top, bottom * 10**-shift)
        figures, rest = divmod(up, down)
        if figures < 10**digits:
            break
        shift -= 1
    figures += 2 * rest > down or (2 * rest == down and figures % 2)
    text = str(figures).rstrip("0")
    return int(text), len(str(figures)) - len(text) - shift


def _plain(figures: int, exponent: int) -> str:
    """In full with thousands set off where that is readable, else as 1.5e-7."""
    text = str(figures)
    order = len(text) + exponent - 1
    if not -5 < order < 6:
        return f"{text[0]}{'.' if text[1:] else ''}{text[1:]}e{order}"
    if exponent >= 0:
        return f"{figures * 10**exponent:,}"
    if order < 0:
        return f"0.{'0' * (-order - 1)}{text}"
    return f"{int(text[: order + 1]):,}.{text[order + 1 :]}"
