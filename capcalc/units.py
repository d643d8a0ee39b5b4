"""Quantities as people type them, one parser per kind; `capcalc.printing` has the printers, their inverses.

| kind           | base unit | examples                                     |
| -------------- | --------- | -------------------------------------------- |
| duration       | s         | 200 ms, 1h30m, 90d, 2 hours (m is minutes)   |
| size           | B         | 1.5 GB, 20TB, 2 KiB                          |
| rate           | 1/s       | 10k/s, 2.5M/day, 1/10 min, 500 qps, 300 rpm  |
| count          | 1         | 3, 5M users, 250k, 3 bn, 1e6, 1,000,000      |
| ratio          | 1         | 0.9, 90%, 3 nines                            |
| bandwidth      | B/s       | 10 Gbit/s, 100 Mbps (bits), 100 MB/s (bytes) |
| money          | USD       | 0.05 USD, $40                                |
| price_per_hour | USD/h     | 40 USD/h, $40/h, 300 USD/month               |
| number         | 1         | 3, 1.5, -2                                   |

kB and KB are 1000 B, KiB is 1024 B; a day has 86,400 s, a month 30 days, a year 365. `B` is bytes, never
billions. The kind is known from the field, so nothing is guessed: what is not clear is refused with a
sentence that says what to write. Floats in the library are in base units already.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from capcalc._typed import (
    BITS,
    BPS,
    EXAMPLES,
    LOOSE,
    MANY,
    PER_SECOND,
    SIZE,
    THINGS,
    amount_of,
    body_of,
    dollars,
    every,
    near,
    only_zero,
    refuse,
    rounded,
    scaled,
    seconds,
    slashed,
    unit_of,
)
from capcalc.errors import DomainError, UnknownName
from capcalc.printing import show

__all__ = [
    "EXAMPLES", "KINDS", "bandwidth", "count", "duration", "money", "number", "number_or_text", "parse",
    "price_per_hour", "rate", "ratio", "show", "size",
]  # fmt: skip


def parse(kind: str, text: str) -> float:
    """The value of a text of a kind, in base units.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    text : str
        What was typed.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    UnitError : the text is no such quantity; says what to write.
    UnknownName : there is no such kind.

    Examples
    --------
    >>> parse("duration", "5 ms"), parse("rate", "1/10 min") == 1 / 600
    (0.005, True)
    """
    if kind not in KINDS:
        raise UnknownName("kind of quantity", kind, KINDS)
    return KINDS[kind](text)


def number_or_text(kind: str, value: Any) -> Any:
    """A quantity from Python: text is parsed, a number is in base units, an array is handed through.

    Returns
    -------
    float or array
        Numbers are checked for nan, infinity and the range of the kind, arrays by the law that gets them.

    Raises
    ------
    UnitError : a text that is no such quantity, or neither text nor number.
    DomainError : a number outside the range of the kind.

    Examples
    --------
    >>> number_or_text("duration", "5 ms"), number_or_text("duration", 0.005)
    (0.005, 0.005)
    """
    if isinstance(value, str):
        return parse(kind, value)
    if kind not in KINDS:
        raise UnknownName("kind of quantity", kind, KINDS)
    if getattr(value, "shape", ()) != ():
        return value
    if type(value).__name__ in ("bool", "bool_") or not hasattr(value, "__float__"):
        refuse(kind, value, "it is neither text nor a number")
    try:
        number = float(value)
    except OverflowError:  # a whole number that no float holds
        number = math.inf
    if kind == "ratio" and not 0 <= number <= 1:
        hint = f"Write {number / 100:g} or {number:g}%." if 1 < number <= 100 else ""
        raise DomainError(kind, number, "[0, 1]", hint)
    if not math.isfinite(number) or (number < 0 and kind != "number"):
        raise DomainError(kind, number, "(-inf, inf)" if kind == "number" else "[0, inf)")
    return number


def duration(text: str) -> float:
    """A time in seconds: `200ms`, `1h30m`, `90 days`; `m` is minutes.

    Examples
    --------
    >>> duration("1h30m"), duration("81.2 us")
    (5400.0, 8.12e-05)
    """
    body = body_of("duration", text)
    amount, rest = amount_of("duration", text, body)
    if not rest:
        return only_zero("duration", text, amount, f"it has no unit: {body} ms, {body} s?")
    return rounded("duration", text, seconds("duration", text, body))


def size(text: str) -> float:
    """Bytes: `1.5 GB`, `2 KiB`; `kb` as people type it is 1000 bytes, but `Gb` is bits and refused.

    Examples
    --------
    >>> size("2 KiB"), size("1.5 GB")
    (2048.0, 1500000000.0)
    """
    body = body_of("size", text)
    amount, unit = amount_of("size", text, body)
    if not unit:
        return only_zero("size", text, amount, f"it has no unit: {body} B, {body} kB?")
    if unit in BITS:
        prefix = unit[: unit.index("b")]
        right = f"{'k' if prefix in ('k', 'K') else prefix.capitalize()}B"
        bytes_ = rounded("size", text, amount, (1, 8))
        refuse("size", text, f"{unit} is bits; write {right} for bytes, {bytes_:g} {right} for as many bits")
    if unit in MANY and len(unit) == 1:
        refuse("size", text, f'did you mean "{body}B"?')
    what, slash, _ = slashed(unit)
    if slash:
        refuse("size", text, f'it has a time: did you mean "{body.removesuffix(unit)}{what}"?')
    factor = LOOSE[unit] if unit in LOOSE else unit_of("size", text, unit, SIZE)
    return rounded("size", text, amount, factor)


def rate(text: str) -> float:
    """Per second: `10k/s`, `2.5M/day`, `1/10 min` (one in ten minutes), `500 qps`, `5 reads per minute`.

    Examples
    --------
    >>> rate("10k rps"), rate("300 rpm"), rate("1/10 min") == 1 / 600
    (10000.0, 5.0, True)
    """
    body = body_of("rate", text)
    amount, many, rest = scaled("rate", text, body, [*THINGS, *PER_SECOND])
    word, slash, per = slashed(rest)
    if slash:
        if word:
            unit_of("rate", text, word, THINGS)
        return rounded("rate", text, amount, many, every("rate", text, per))
    if not word:
        return only_zero("rate", text, amount, f"it has no unit: {body}/s, {body}/day?")
    if word.lower() in THINGS and word.lower() not in PER_SECOND:
        refuse("rate", text, f'it has no time: did you mean "{body}/s"?')
    if word.lower() not in PER_SECOND:
        refuse("rate", text, near(word, PER_SECOND, ", /s, /min, /h, /day, /month, /year"))
    return rounded("rate", text, amount, many, PER_SECOND[word.lower()])


def count(text: str) -> float:
    """A number of things: `5M users`, `250k`, `3 bn`, `1e6`; `B` is bytes and refused.

    Examples
    --------
    >>> count("5M users"), count("3 bn"), count("1,000,000")
    (5000000.0, 3000000000.0, 1000000.0)
    """
    amount, many, word = scaled("count", text, body_of("count", text), THINGS)
    if word:
        unit_of("count", text, word, THINGS)
    return rounded("count", text, amount, many)


def ratio(text: str) -> float:
    """A part of one: `0.9`, `90%`, `3 nines`, `3.5 nines` (0.9995).

    Examples
    --------
    >>> ratio("90%"), ratio("3 nines"), ratio("3.5 nines")
    (0.9, 0.999, 0.9995)
    """
    body = body_of("ratio", text)
    nines = re.fullmatch(r"([0-9]+)(\.5)?\s*nines?", body)
    if nines:
        digits = int(nines[1])
        if digits > 15:
            refuse("ratio", text, "15 nines are the most that a number can hold")
        up, down = 10**digits - 1, 10**digits
        return rounded("ratio", text, (2 * up + 1, 2 * down) if nines[2] else (up, down))
    amount, unit = amount_of("ratio", text, body)
    if unit not in ("", "%", "percent"):
        refuse("ratio", text)
    up, down = amount[0], amount[1] * (100 if unit else 1)
    if up > down:
        refuse("ratio", text, f'did you mean "{body}%"?' if not unit and up <= 100 * down else "")
    return rounded("ratio", text, (up, down))


def bandwidth(text: str) -> float:
    """Bytes per second: `10 Gbit/s`, `10 Gb/s`, `100 Mbps` are bits, `100 MB/s`, `20 TB/month` bytes.

    Examples
    --------
    >>> bandwidth("10 Gbit/s"), bandwidth("100 MB/s")
    (1250000000.0, 100000000.0)
    """
    body = body_of("bandwidth", text)
    amount, unit = amount_of("bandwidth", text, body)
    if not unit:
        return only_zero("bandwidth", text, amount, f"it has no unit: {body} MB/s, {body} Mbit/s?")
    if unit in BPS:
        return rounded("bandwidth", text, amount, BPS[unit])
    what, slash, per = slashed(unit)
    if what in LOOSE:
        prefix = what[:-1] if what[0] == "k" and len(what) == 2 else what[:-1].capitalize()
        refuse("bandwidth", text, f"{what} may be bits or bytes; write {prefix}bit or {prefix}B")
    if what in BITS:
        up, down = BITS[what]
        factor = up, down * 8
    else:
        factor = unit_of("bandwidth", text, what, SIZE, ", bit, kbit, Mbit, Gbit, Tbit; then /s or /day")
    if not slash:
        refuse("bandwidth", text, f'it has no time: did you mean "{body}/s"?')
    return rounded("bandwidth", text, amount, factor, every("bandwidth", text, per))


def money(text: str) -> float:
    """US dollars: `$40`, `0.05 USD`, `$1.2M`.

    Examples
    --------
    >>> money("0.05 USD"), money("$1,234")
    (0.05, 1234.0)
    """
    amount, rest = dollars("money", text)
    if rest:
        refuse("money", text, "it is a sum and has no time" if slashed(rest)[1] else "prices are in USD")
    return rounded("money", text, amount)


def price_per_hour(text: str) -> float:
    """US dollars an hour: `40 USD/h`, `$300/month`.

    Examples
    --------
    >>> price_per_hour("40 USD/h"), price_per_hour("$72/month")
    (40.0, 0.1)
    """
    amount, rest = dollars("price_per_hour", text)
    word, slash, per = slashed(rest)
    if word:
        refuse("price_per_hour", text, "prices are in USD")
    if not slash:
        return only_zero("price_per_hour", text, amount, f'it has no time: did you mean "{text.strip()}/h"?')
    return rounded("price_per_hour", text, amount, (3600, 1), every("price_per_hour", text, per))


def number(text: str) -> float:
    """A plain number: `3`, `1.5`, `-2`, `1_000`, `5k`.

    Examples
    --------
    >>> number("1_000"), number("-1.5")
    (1000.0, -1.5)
    """
    body = body_of("number", text)
    (up, down), many, rest = scaled("number", text, body, ())
    if rest:
        refuse("number", text, f'it has no unit: did you mean "{body[: -len(rest)].strip()}"?')
    return rounded("number", text, (-up if text.strip()[0] in "-−" else up, down), many)


KINDS: dict[str, Callable[[str], float]] = {
    f.__name__: f for f in (duration, size, rate, count, ratio, bandwidth, money, price_per_hour, number)
}
