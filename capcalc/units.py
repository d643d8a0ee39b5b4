"""Quantities as people type and read them. Inside there are only base units: s, B, 1/s, B/s, ratio, USD.

One parser and one printer per kind, inverses of each other to the digits printed. The kind is known from the field, so
`m` is minutes in a duration and nothing is guessed: what is not clear is refused with a sentence.

kB is 1000 B and KiB 1024 B; a day has 86,400 s, a month 30 days, a year 365. `B` is bytes, never billions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from capcalc.errors import UnitError

_TIME = {
    **dict.fromkeys(("ns", "nanosecond"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "microsecond"), 1e-6),
    **dict.fromkeys(("ms", "millisecond"), 1e-3),
    **dict.fromkeys(("s", "sec", "second"), 1.0),
    **dict.fromkeys(("m", "min", "minute"), 60.0),
    **dict.fromkeys(("h", "hr", "hour"), 3600.0),
    **dict.fromkeys(("d", "day"), 86400.0),
    **dict.fromkeys(("w", "week"), 7 * 86400.0),
    **dict.fromkeys(("mo", "month"), 30 * 86400.0),
    **dict.fromkeys(("y", "yr", "year"), 365 * 86400.0),
}
_DECIMAL = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_SIZE = {
    **dict.fromkeys(("B", "byte"), 1.0),
    **{f"{p}B": f for p, f in _DECIMAL.items()},
    **{f"{p.lower()}b": f for p, f in _DECIMAL.items()},  # kb, mb, gb as people type them
    **{f"{p}iB": 1024.0**i for i, p in enumerate("KMGTPE", 1)},
}
_BITS = {
    **dict.fromkeys(("bit", "b"), 1.0),
    **{f"{p}{b}": f for p, f in _DECIMAL.items() for b in ("bit", "b")},
    **{f"{p}ibit": 1024.0**i for i, p in enumerate("KMGTPE", 1)},
}
_MANY = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "bn": 1e9, "T": 1e12}
_THINGS = frozenset(
    "user request req query querie op operation read write item key row server event message msg call job connection".split()
)
_PER_SECOND = {**dict.fromkeys(("rps", "qps", "tps", "ops", "iops", "wps"), 1.0), "rpm": 1 / 60.0, "rpd": 1 / 86400.0}
_NUMBER = re.compile(r"\s*([+-]?(?:\d{1,3}(?:,\d{3})+(?![\d_])|\d[\d_]*)?(?:\.\d+)?(?:[eE][+-]?\d+)?)(.*)", re.S)
EXAMPLES = {
    "duration": "200 ms, 5 s or 1h30m",
    "size": "1.5 GB or 2 KiB",
    "rate": "10k/s or 2.5M/day",
    "count": "5M, 250k or 1e6",
    "ratio": "0.9 or 90%",
    "bandwidth": "10 Gbit/s or 100 MB/s",
    "money": "0.05 USD or $40",
    "number": "3 or 1.5",
}


def _fail(kind: str, text: object, hint: str = "") -> UnitError:
    return UnitError(text, kind, EXAMPLES[kind], hint)


def _split(kind: str, text: str, piece: str | None = None) -> tuple[float, str]:
    """The number at the front of a text, or of a piece of it, and what stands behind it."""
    found = _NUMBER.fullmatch(text if piece is None else piece)
    if found is None or not any(c.isdigit() for c in found[1]):
        raise _fail(kind, text)
    rest = found[2].strip()
    if rest.startswith("^") or rest.startswith("**"):
        raise _fail(kind, text, "powers of ten are written 1e6")
    value = float(found[1].replace(",", "").replace("_", ""))
    if not math.isfinite(value):
        raise _fail(kind, text, "it is too large")
    if value < 0 and kind != "number":
        raise _fail(kind, text, "it cannot be negative")
    return value, rest


def _unit(kind: str, text: str, unit: str, table: Mapping[str, float]) -> float:
    """The factor of a unit, in the singular or the plural."""
    for name in (unit, unit[:-1] if unit.endswith("s") and len(unit) > 2 else unit):
        if name in table:
            return table[name]
        if len(name) > 3 and name.lower() in table:
            return table[name.lower()]
    raise _fail(kind, text, _near(unit, table))


def _near(unit: str, table: Mapping[str, float]) -> str:
    """A unit that is really near, else the list: a guess of one letter is worse than none."""
    import difflib  # only bad input needs it

    words = [u for u in table if len(u) > 3]
    close = difflib.get_close_matches(unit.lower().rstrip("s"), words, 1, 0.75)
    if close:
        return f'did you mean "{close[0]}s"?'
    return "units: " + ", ".join(u for u in table if u.isascii())


def duration(text: str) -> float:
    """A time in seconds: `200ms`, `1h30m`, `90 days`.

    >>> duration("1h30m")
    5400.0
    """
    total, rest = 0.0, text.strip()
    if rest == "0":
        return 0.0
    if not rest:
        raise _fail("duration", text)
    while rest:
        value, rest = _split("duration", text, rest)
        found = re.match(r"[^\W\d_]+", rest)
        if found is None:
            raise _fail("duration", text, f"it has no unit: {value:g} ms, {value:g} s?" if not rest else "")
        total += value * _unit("duration", text, found[0], _TIME)
        rest = rest[found.end() :].strip()
    return _finite("duration", text, total)


def size(text: str) -> float:
    """Bytes: `1.5 GB`, `2 KiB`.

    >>> size("2 KiB")
    2048.0
    """
    value, unit = _split("size", text)
    if not unit:
        if value == 0:
            return 0.0
        raise _fail("size", text, f"it has no unit: {value:g} B, {value:g} kB?")
    if unit in _BITS and unit not in _SIZE:
        better = f"{show('size', value * _BITS[unit] / 8)}"
        raise _fail("size", text, f"{unit} are bits; write bytes, {better}")
    return _finite("size", text, value * _unit("size", text, unit, _SIZE))


def _many(kind: str, text: str, rest: str) -> tuple[float, str]:
    """A multiplier at the front of what stands behind a number."""
    found = re.match(r"(bn|[kKMGT])(?![A-Za-z])\s*", rest)
    if found:
        return _MANY[found[1]], rest[found.end() :]
    if re.match(r"B(?![A-Za-z])", rest):
        number = _split(kind, text)[0]
        raise _fail(kind, text, f"B means bytes; did you mean {number:g}e9?")
    return 1.0, rest


def _things(word: str) -> bool:
    return not word or word.lower().rstrip("s") in _THINGS


def count(text: str) -> float:
    """A number of things: `5M users`, `250k`, `3 bn`.

    >>> count("5M users")
    5000000.0
    """
    value, rest = _split("count", text)
    many, word = _many("count", text, rest)
    if not _things(word):
        hint = f"did you mean {value:g}M?" if word == "m" else f'"{word}" is no unit of a count'
        raise _fail("count", text, hint)
    return _finite("count", text, value * many)


def rate(text: str) -> float:
    """Per second: `10k/s`, `2.5M/day`, `1/10 min`, `500 qps`, `5 reads per minute`.

    >>> rate("1/10 min") == 1 / 600
    True
    """
    value, rest = _split("rate", text)
    many, rest = _many("rate", text, rest)
    word, slash, per = re.sub(r"(^|\s+)per\s+", "/", rest).partition("/")
    word = word.strip()
    if slash:
        if not _things(word) or not per.strip():
            raise _fail("rate", text)
        every, unit = _split("rate", text, per) if re.match(r"\s*[\d.]", per) else (1.0, per.strip())
        time = every * _unit("rate", text, unit, _TIME)
        if time == 0:
            raise _fail("rate", text)
        return _finite("rate", text, value * many / time)
    if word.lower() in _PER_SECOND:
        return _finite("rate", text, value * many * _PER_SECOND[word.lower()])
    if value == 0 and not word:
        return 0.0
    hint = _near(word, _PER_SECOND) if word else f"it has no unit: {text.strip()}/s, {text.strip()}/day?"
    raise _fail("rate", text, hint)


def bandwidth(text: str) -> float:
    """Bytes per second: `10 Gbit/s`, `100 Mbps`, `100 MB/s`, `20 TB/month`; a small b is bits.

    >>> bandwidth("10 Gbit/s")
    1250000000.0
    """
    value, unit = _split("bandwidth", text)
    if value == 0 and not unit:
        return 0.0
    if unit.endswith("ps") and unit[:-2] in _BITS:
        return _finite("bandwidth", text, value * _BITS[unit[:-2]] / 8)
    what, slash, per = (part.strip() for part in unit.partition("/"))
    if not slash:
        raise _fail("bandwidth", text, "it has no time: write /s, /day or /month")
    time = _unit("bandwidth", text, per, _TIME)
    if what in _BITS:
        return _finite("bandwidth", text, value * _BITS[what] / 8 / time)
    if what.endswith("B") and what in _SIZE:
        return _finite("bandwidth", text, value * _SIZE[what] / time)
    raise _fail("bandwidth", text, "bits are b or bit (Gb/s, Gbit/s), bytes are B (GB/s)")


def ratio(text: str) -> float:
    """A part of one: `0.9`, `90%`, `3 nines`.

    >>> ratio("3 nines")
    0.999
    """
    nines = re.fullmatch(r"\s*(\d{1,2})(\.5)?\s*nines?\s*", text)
    if nines:
        digits = int(nines[1])
        return float(f"0.{'9' * digits}5") if nines[2] else float(f"0.{'9' * digits}") if digits else 0.0
    value, unit = _split("ratio", text)
    if unit not in ("", "%"):
        raise _fail("ratio", text)
    if unit:
        value = float(f"{value!r}e-2") if "e" not in repr(value) else value / 100
    if value > 1:
        better = f'did you mean "{value:g}%"?' if not unit and value <= 100 else ""
        raise UnitError(text, "ratio between 0 and 1", EXAMPLES["ratio"], better)
    return value


def money(text: str) -> float:
    """US dollars: `$40`, `0.05 USD`, `40 USD/h` (the time is the field's).

    >>> money("0.05 USD")
    0.05
    """
    plain = re.sub(r"\s*/\s*(h|hour)$", "", text.strip()).removeprefix("$")
    value, unit = _split("money", plain)
    many, unit = _many("money", plain, unit)
    if unit not in ("", "USD", "usd", "$"):
        raise _fail("money", text, "prices are in USD")
    if not unit and not text.strip().startswith("$") and value:
        raise _fail("money", text, f"it has no currency: {plain} USD?")
    return _finite("money", text, value * many)


def number(text: str) -> float:
    """A plain number: `3`, `1.5`.

    >>> number("1_000")
    1000.0
    """
    value, rest = _split("number", text)
    many, rest = _many("number", text, rest)
    if rest:
        raise _fail("number", text, "it has no unit")
    return _finite("number", text, value * many)


def _finite(kind: str, text: str, value: float) -> float:
    if not math.isfinite(value):
        raise _fail(kind, text, "it is too large")
    return value


PARSERS: dict[str, Callable[[str], float]] = {
    f.__name__: f for f in (duration, size, rate, count, ratio, bandwidth, money, number)
}


def parse(kind: str, text: str) -> float:
    """The value of a text of a kind, in base units.

    Raises
    ------
    UnitError : it is no such quantity; says what to write.
    """
    return PARSERS[kind](text)


def show(kind: str, value: float, digits: int = 3) -> str:
    """A quantity as people read it; `parse` reads it back to the digits shown.

    >>> show("rate", 27777.8), show("duration", 0.005), show("ratio", 0.99999), show("size", 355.9e12)
    ('27.8k/s', '5 ms', '99.999%', '356 TB')
    """
    return _PRINTERS[kind](float(value), digits)


def _figures(value: float, digits: int) -> str:
    """So many figures, in plain digits as long as that is readable, thousands set off."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text if abs(value) < 1000 else f"{float(text):,.{_decimals(text)}f}"
    return f"{float(text):,.0f}" if 1 <= abs(value) < 1e12 else text


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _scaled(value: float, digits: int, steps: list[tuple[float, str]]) -> tuple[str, str]:
    """The value in the largest unit of which it has one at least, once it is rounded."""
    rounded = float(f"{value:.{digits}g}")
    factor, unit = next(((f, u) for f, u in reversed(steps) if rounded >= f * (1 - 1e-12)), steps[0])
    return _figures(value / factor, digits), unit


_TIMES = [(1e-9, "ns"), (1e-6, "us"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"), (86400.0, "day"), (31536e3, "year")]
_SIZES = [(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"), (1e15, "PB"), (1e18, "EB")]
_RATES = [(1.0, ""), (1e4, "k"), (1e6, "M"), (1e9, "G")]


def _show_duration(value: float, digits: int) -> str:
    if value == 0:
        return "0 s"
    text, unit = _scaled(value, digits, _TIMES)
    return f"{text} {unit}{'s' if unit in ('day', 'year') and text != '1' else ''}"


def _show_size(value: float, digits: int) -> str:
    return " ".join(_scaled(value, digits, _SIZES))


def _show_rate(value: float, digits: int) -> str:
    if 0 < value < 0.01:
        return f"{_figures(value * 86400, digits)}/day"
    rounded = float(f"{value:.{digits}g}")
    letter, factor = next(((u, 1e3 if u == "k" else f) for f, u in reversed(_RATES) if rounded >= f), ("", 1.0))
    return f"{_figures(value / factor, digits)}{letter}/s"


def _show_count(value: float, digits: int) -> str:
    if not value.is_integer():
        return _figures(value, digits)
    for factor, unit in ((1e9, " bn"), (1e6, "M"), (1e5, "k")):
        step = 1e3 if unit == "k" else factor
        if value >= factor and value < 1e15 and float(f"{value:.{digits}g}") == value:
            return f"{_figures(value / step, digits)}{unit}"
    return f"{value:,.0f}" if value < 1e15 else f"{value:.{digits}g}"


def _show_ratio(value: float, digits: int) -> str:
    percent = float(f"{value!r}e2") if "e" not in repr(value) else value * 100
    for more in range(digits, 18):  # never 100% for what is less
        text = f"{percent:.{more}g}"
        if float(text) != 100 or value == 1:
            return f"{_figures(percent, more)}%"
    return f"{percent!r}%"


def _show_money(value: float, digits: int) -> str:
    return f"${value:,.0f}" if value >= 1000 else f"${_figures(value, digits)}"


_PRINTERS: dict[str, Callable[[float, int], str]] = {
    "duration": _show_duration,
    "size": _show_size,
    "rate": _show_rate,
    "count": _show_count,
    "ratio": _show_ratio,
    "bandwidth": lambda value, digits: f"{_show_size(value, digits)}/s",
    "money": _show_money,
    "number": _figures,
}
