"""How typed text is taken apart: tables of units, and the steps that the parsers of `capcalc.units` share.

Units are exact fractions; a value stays one until `rounded`, so it is the float nearest to what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

from capcalc.errors import UnitError

Exact = tuple[int, int]  # numerator and denominator


def _table(*lines: tuple[int, int, str]) -> dict[str, Exact]:
    """Names of units; the first of a line is the one that lists show."""
    return {name: (up, down) for up, down, names in lines for name in names.split()}


_DAY = 86400
TIME = _table(
    (1, 10**9, "ns nanosecond nanoseconds"),
    (1, 10**6, "us µs μs microsecond microseconds"),
    (1, 10**3, "ms msec millisecond milliseconds"),
    (1, 1, "s sec secs second seconds"),
    (60, 1, "min m mins minute minutes"),
    (3600, 1, "h hr hrs hour hours"),
    (_DAY, 1, "day d days"),
    (7 * _DAY, 1, "week w weeks"),
    (30 * _DAY, 1, "month mo months"),
    (365 * _DAY, 1, "year y yr yrs years"),
)
_WORDS = ("kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte", "exabyte")
SIZE = _table(
    (1, 1, "B byte bytes"),
    *((1000**i, 1, f"{p}B {p.upper()}B {_WORDS[i - 1]} {_WORDS[i - 1]}s") for i, p in enumerate("kMGTPE", 1)),
    *((1024**i, 1, f"{p}iB") for i, p in enumerate("KMGTPE", 1)),
)
LOOSE = _table(*((up, down, name.lower()) for name, (up, down) in SIZE.items() if name[1:] in ("B", "iB")))
BITS = _table(
    (1, 1, "bit b bits"),
    *((1000**i, 1, f"{p}bit {p.upper()}bit {p.lower()}bit {p.upper()}b") for i, p in enumerate("kMGTPE", 1)),
    *((1024**i, 1, f"{p}ibit {p}ib") for i, p in enumerate("KMGTPE", 1)),
)
BPS = {
    **{f"{name}ps": (up, down * 8) for name, (up, down) in BITS.items() if name.endswith("b")},
    **{f"{name.lower()}ps": (up, down * 8) for name, (up, down) in BITS.items() if name.endswith("b")},
    **{f"{name}ps": factor for name, factor in SIZE.items() if name.endswith("B")},
}
PER_SECOND = _table((1, 1, "rps qps tps ops iops wps"), (1, 60, "rpm qpm tpm"), (1, _DAY, "rpd"))
MANY = _table(
    (10**3, 1, "k K thousand"), (10**6, 1, "M million"), (10**9, 1, "G bn billion"), (10**12, 1, "T trillion")
)
THINGS = _table(
    (1, 1, "users user requests request reqs req queries query reads read writes write ops op"),
    (1, 1, "operations operation calls call jobs job events event messages message msgs msg"),
    (1, 1, "items item keys key rows row objects object files file images image"),
    (1, 1, "servers server devices device sessions session connections connection"),
)
_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+(?![0-9_])|[0-9]+(?:_[0-9]+)*)?(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?"
LONGEST = 100  # characters of a quantity
EXAMPLES = {
    "duration": "200 ms, 5 s or 1h30m",
    "size": "1.5 GB or 2 KiB",
    "rate": "10k/s or 2.5M/day",
    "count": "5M, 250k or 1e6",
    "ratio": "0.9 or 90%",
    "bandwidth": "10 Gbit/s or 100 MB/s",
    "money": "0.05 USD or $40",
    "price_per_hour": "40 USD/h or $300/month",
    "number": "3 or 1.5",
}
_CALLED = {"ratio": "ratio between 0 and 1", "money": "sum of money", "price_per_hour": "price per hour"}


def refuse(kind: str, text: object, hint: str = "") -> NoReturn:
    """Says what was given, what to write, and the nearest right thing."""
    raise UnitError(text, _CALLED.get(kind, kind), EXAMPLES[kind], hint)


def body_of(kind: str, text: object) -> str:
    """The text without spaces around it and without its sign; what no kind takes is refused."""
    if not isinstance(text, str):
        refuse(kind, text, "it is neither text nor a number")
    body = text.strip()
    if not body:
        refuse(kind, text, "it is empty")
    if len(body) > LONGEST:
        refuse(kind, f"{body[:30]}...", f"{len(body)} characters are too many")
    if body[0] in "-−" and kind != "number":
        refuse(kind, text, "it cannot be negative")
    body = body[1:] if body[0] in "+-−" else body
    power = re.match(r"(?:([0-9.]+)\s*[x*×·]\s*)?10\s*(?:\^|\*\*)\s*([+-]?[0-9]+)", body)
    if power:
        refuse(kind, text, f'did you mean "{power[1] or 1}e{power[2].lstrip("+")}{body[power.end() :]}"?')
    if "^" in body or "**" in body:
        refuse(kind, text, "powers of ten are written 1e6")
    if re.match(r"[+-]?(nan|inf|infinity)\b", body, re.I):
        refuse(kind, text, "it is not finite")
    if re.match(r"0x[0-9a-f]", body, re.I):
        refuse(kind, text, "numbers are decimal")
    return body


def amount_of(kind: str, text: str, body: str) -> tuple[Exact, str]:
    """The number at the front, and what stands behind it."""
    found = re.match(_NUMBER, body)
    if not found or not (found[1] or found[2]):
        refuse(kind, text, "a number comes first")
    rest = body[found.end() :]
    if re.match(r"[.,_]|\s*[0-9]", rest):
        refuse(kind, text, "thousands are set off as in 1,000,000, decimals as in 1.5")
    whole, part, exponent = re.sub("[,_]", "", found[1] or ""), found[2] or "", int(found[3] or 0)
    figures = int(whole + part)
    if not figures:
        return (0, 1), rest.strip()
    if abs(exponent) > 5 * LONGEST:
        refuse(kind, text, "it is too large" if exponent > 0 else "it is too small")
    exponent -= len(part)
    return (figures * 10 ** max(exponent, 0), 10 ** max(-exponent, 0)), rest.strip()


def rounded(kind: str, text: str, *factors: Exact) -> float:
    """The product of fractions as a float; what a float cannot hold is refused."""
    up, down = 1, 1
    for more_up, more_down in factors:
        up, down = up * more_up, down * more_down
    try:
        value = up / down
    except OverflowError:
        refuse(kind, text, "it is too large")
    if up and not value:
        refuse(kind, text, "it is too small")
    return value


def only_zero(kind: str, text: str, amount: Exact, hint: str) -> float:
    """A bare number where a unit is needed: 0, or refused."""
    if amount[0]:
        refuse(kind, text, hint)
    return 0.0


def unit_of(kind: str, text: str, unit: str, table: Mapping[str, Exact], more: str = "") -> Exact:
    """The factor of a unit; the case of its letters does not matter where it is a word."""
    if unit in table:
        return table[unit]
    if len(unit) > 2 and unit.lower() in table:
        return table[unit.lower()]
    refuse(kind, text, near(unit, table, more))


def near(unit: str, table: Mapping[str, Exact], more: str = "") -> str:
    """A word that is really near, else what there is: a guess at a letter or two is worse than none."""
    import difflib  # only bad input needs it

    words = [word for word in table if len(word) > 3]
    close = difflib.get_close_matches(unit.lower(), words, 1, 0.8) if len(unit) > 3 else []
    if close:
        return f'did you mean "{close[0]}"?'
    if table is THINGS:
        return "it counts users, requests, reads, writes, rows, messages and the like, or has no word"
    first = {table[name]: name for name in reversed(list(table))}
    listed = [name for name in table if first[table[name]] == name]
    return f"units: {', '.join(listed)}{more}"


def scaled(kind: str, text: str, body: str, words: Iterable[str]) -> tuple[Exact, Exact, str]:
    """The number at the front, its multiplier (`5M`, `3 bn`, `10k rps`, `10 krps`) and what stands behind."""
    amount, rest = amount_of(kind, text, body)
    typed = body[: len(body) - len(rest)].strip()
    found = re.match(r"[A-Za-z]+", rest)
    word = found[0] if found else ""
    if word in MANY or (len(word) > 1 and word.lower() in MANY):
        return amount, MANY[word if word in MANY else word.lower()], rest[len(word) :].strip()
    if word[:1] in MANY and word[1:].lower() in words:
        return amount, MANY[word[0]], rest[1:]
    if word == "B":
        refuse(kind, text, f"write {typed}e9{rest[1:]}; B means bytes")
    if word == "m":
        refuse(kind, text, f"write {typed}M{rest[1:]} for millions")
    return amount, (1, 1), rest


def slashed(rest: str) -> tuple[str, str, str]:
    """`reads/min` or `reads per min` as what, the slash if there is one, and the time."""
    what, slash, per = re.sub(r"(?:^|\s+)(?:per|an?)\s+", "/", rest, count=1).partition("/")
    return what.strip(), slash, per.strip()


def every(kind: str, text: str, per: str) -> Exact:
    """One over a time that stands behind a slash: `day`, `10 min`."""
    if not per:
        refuse(kind, text, "it ends before its time")
    up, down = seconds(kind, text, per) if per[0] in "0123456789." else unit_of(kind, text, per, TIME)
    if not up:
        refuse(kind, text, "its time is zero")
    return down, up


def seconds(kind: str, text: str, body: str) -> Exact:
    """A time in one or several parts, the largest first: `90 s`, `1h30m`."""
    total, last = (0, 1), (0, 0)
    while body:
        amount, rest = amount_of(kind, text, body)
        found = re.match(r"[^\W\d_]+", rest)
        if not found:
            refuse(kind, text, f'"{body}" has no unit' if not rest else "")
        unit = unit_of(kind, text, found[0], TIME)
        if last[1] and unit[0] * last[1] >= last[0] * unit[1]:
            refuse(kind, text, "each unit comes once, the largest first, as in 1h30m")
        up, down = amount[0] * unit[0], amount[1] * unit[1]
        total, last = (total[0] * down + up * total[1], total[1] * down), unit
        body = rest[found.end() :].strip()
    return total


def dollars(kind: str, text: str) -> tuple[Exact, str]:
    """A sum, and what stands behind it."""
    body = body_of(kind, text)
    plain = body.removeprefix("$").strip()
    (up, down), (many, _), rest = scaled(kind, text, plain, ())
    typed = plain[: len(plain) - len(rest)].strip()
    found = re.match(r"(USD|usd|dollars?|\$)(?![A-Za-z])\s*", rest)
    if found:
        rest = rest[found.end() :]
    elif up and plain == body:
        no_currency = f'it has no currency: did you mean "{typed} USD{rest}"?'
        refuse(kind, text, "prices are in USD" if slashed(rest)[0] else no_currency)
    return (up * many, down), rest
