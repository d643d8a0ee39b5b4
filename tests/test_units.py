"""What people type, what they read, and that the one is the inverse of the other."""

import doctest
import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capcalc import _typed, printing, units
from capcalc.errors import DomainError, UnitError, UnknownName

DAY = 86400
BEGIN = {
    "duration": "is not a duration (write 200 ms, 5 s or 1h30m); ",
    "size": "is not a size (write 1.5 GB or 2 KiB); ",
    "rate": "is not a rate (write 10k/s or 2.5M/day); ",
    "count": "is not a count (write 5M, 250k or 1e6); ",
    "ratio": "is not a ratio between 0 and 1 (write 0.9 or 90%); ",
    "bandwidth": "is not a bandwidth (write 10 Gbit/s or 100 MB/s); ",
    "money": "is not a sum of money (write 0.05 USD or $40); ",
    "price_per_hour": "is not a price per hour (write 40 USD/h or $300/month); ",
    "number": "is not a number (write 3 or 1.5); ",
}
TIMES = "units: ns, us, ms, s, min, h, day, week, month, year"
SIZES = "units: B, kB, MB, GB, TB, PB, EB, KiB, MiB, GiB, TiB, PiB, EiB"
SET_OFF = "thousands are set off as in 1,000,000, decimals as in 1.5"
THINGS = "it counts users, requests, reads, writes, rows, messages and the like, or has no word"

RIGHT = [
    ("duration", "200ms", 0.2),
    ("duration", "5µs", 5e-6),  # the micro sign
    ("duration", "5μs", 5e-6),  # the Greek letter
    ("duration", "5 us", 5e-6),
    ("duration", "1h30m", 5400),
    ("duration", "1h 30m 5s", 5405),
    ("duration", "90d", 90 * DAY),
    ("duration", "1.5 s", 1.5),
    ("duration", "2 hours", 7200),
    ("duration", "1e-3s", 0.001),
    ("duration", "5 m", 300),
    ("duration", "5 Min", 300),
    ("duration", " 5ms\n", 0.005),
    ("duration", "5\u00a0ms", 0.005),
    ("duration", "1 week", 7 * DAY),
    ("duration", "1 month", 30 * DAY),
    ("duration", "5 years", 5 * 365 * DAY),
    ("duration", "0", 0),
    ("size", "1.5 GB", 1.5e9),
    ("size", "2 KiB", 2048),
    ("size", "20TB", 20e12),
    ("size", "1kb", 1000),
    ("size", "1 KB", 1000),
    ("size", "1 kB", 1000),
    ("size", "3 GiB", 3 * 2**30),
    ("size", "5 gib", 5 * 2**30),
    ("size", "2 Megabytes", 2e6),
    ("size", "0", 0),
    ("rate", "10k rps", 1e4),
    ("rate", "10krps", 1e4),
    ("rate", "2 kIOPS", 2000),
    ("rate", "500 qps", 500),
    ("rate", "2.5M/day", 2.5e6 / DAY),
    ("rate", "1k/s", 1000),
    ("rate", "100k/s", 1e5),
    ("rate", "1e9/month", 1e9 / (30 * DAY)),
    ("rate", "100 requests/s", 100),
    ("rate", "5 reads per minute", 5 / 60),
    ("rate", "20 a day", 20 / DAY),
    ("rate", "300 rpm", 5),
    ("rate", "10/day", 10 / DAY),
    ("rate", "1/10 min", 1 / 600),
    ("rate", "1/1h30m", 1 / 5400),
    ("rate", "0", 0),
    ("count", "5M users", 5e6),
    ("count", "1e6", 1e6),
    ("count", "1_000_000", 1e6),
    ("count", "1,000,000", 1e6),
    ("count", "250k", 250e3),
    ("count", "3 bn", 3e9),
    ("count", "3 billion", 3e9),
    ("count", "5 M", 5e6),
    ("ratio", "99.9%", 0.999),
    ("ratio", "0.9", 0.9),
    ("ratio", "3 nines", 0.999),
    ("ratio", "3.5 nines", 0.9995),
    ("ratio", "1.5%", 0.015),
    ("ratio", "100%", 1),
    ("bandwidth", "100 Mbps", 12.5e6),
    ("bandwidth", "100 mbps", 12.5e6),
    ("bandwidth", "10 Gbit/s", 1.25e9),
    ("bandwidth", "100 MB/s", 1e8),
    ("bandwidth", "20 TB/month", 20e12 / (30 * DAY)),
    ("bandwidth", "10Gb/s", 1.25e9),
    ("bandwidth", "3 Mbit/s", 375e3),
    ("bandwidth", "3.2 Tbit/s", 400e9),
    ("bandwidth", "5 GBps", 5e9),
    ("bandwidth", "0", 0),
    ("money", "0.05 USD", 0.05),
    ("money", "$1,234", 1234),
    ("money", "$1.2M", 1.2e6),
    ("money", "40 dollars", 40),
    ("price_per_hour", "40 USD/h", 40),
    ("price_per_hour", "$40/h", 40),
    ("price_per_hour", "72 USD/month", 0.1),
    ("number", "3", 3),
    ("number", "1e6", 1e6),
    ("number", "-1.5", -1.5),
]

WRONG = [
    ("duration", "200", "it has no unit: 200 ms, 200 s?"),
    ("duration", "200 mz", TIMES),
    ("duration", "5 secnds", 'did you mean "seconds"?'),
    ("duration", "5 MS", TIMES),
    ("duration", "5 M", TIMES),
    ("duration", "-5 ms", "it cannot be negative"),
    ("duration", "", "it is empty"),
    ("duration", "  ", "it is empty"),
    ("duration", "nan", "it is not finite"),
    ("duration", "-inf", "it cannot be negative"),
    ("duration", "soon", "a number comes first"),
    ("duration", "１０ s", "a number comes first"),
    ("duration", "1h30", '"30" has no unit'),
    ("duration", "30m1h", "each unit comes once, the largest first, as in 1h30m"),
    ("duration", "1,5 s", SET_OFF),
    ("duration", "1 000 s", SET_OFF),
    ("duration", "10^3 ms", 'did you mean "1e3 ms"?'),
    ("duration", "1e-999 s", "it is too small"),
    ("duration", "1e305 years", "it is too large"),
    ("size", "500", "it has no unit: 500 B, 500 kB?"),
    ("size", "4 gigs", SIZES),
    ("size", "4 G", 'did you mean "4 GB"?'),
    ("size", "5 Gb", "Gb is bits; write GB for bytes, 0.625 GB for as many bits"),
    ("size", "5 MB/s", 'it has a time: did you mean "5 MB"?'),
    ("size", "2 gigabites", 'did you mean "gigabytes"?'),
    ("rate", "7", "it has no unit: 7/s, 7/day?"),
    ("rate", "12 rqs", "units: rps, rpm, rpd, /s, /min, /h, /day, /month, /year"),
    ("rate", "100 requests", 'it has no time: did you mean "100 requests/s"?'),
    ("rate", "1B/day", "write 1e9/day; B means bytes"),
    ("rate", "5 lions/s", THINGS),
    ("rate", "5/fortnight", TIMES),
    ("rate", "1/0 s", "its time is zero"),
    ("rate", "5/", "it ends before its time"),
    ("count", "2.5B", "write 2.5e9; B means bytes"),
    ("count", "10 lions", THINGS),
    ("count", "10 usrs", 'did you mean "users"?'),
    ("count", "5m", "write 5M for millions"),
    ("count", "10^6", 'did you mean "1e6"?'),
    ("count", "3 x 10^8", 'did you mean "3e8"?'),
    ("count", "2^10", "powers of ten are written 1e6"),
    ("count", "0x10", "numbers are decimal"),
    ("count", "1__0", SET_OFF),
    ("count", "-5", "it cannot be negative"),
    ("count", "1e999", "it is too large"),
    ("count", "1e999999999999", "it is too large"),
    ("ratio", "90", 'did you mean "90%"?'),
    ("ratio", "-0.1", "it cannot be negative"),
    ("ratio", "20 nines", "15 nines are the most that a number can hold"),
    ("bandwidth", "1 GB", 'it has no time: did you mean "1 GB/s"?'),
    ("bandwidth", "5", "it has no unit: 5 MB/s, 5 Mbit/s?"),
    ("bandwidth", "5 mb/s", "mb may be bits or bytes; write Mbit or MB"),
    ("bandwidth", "5 foo/s", f"{SIZES}, bit, kbit, Mbit, Gbit, Tbit; then /s or /day"),
    ("money", "40", 'it has no currency: did you mean "40 USD"?'),
    ("money", "40 EUR", "prices are in USD"),
    ("money", "40 USD/h", "it is a sum and has no time"),
    ("price_per_hour", "40 USD", 'it has no time: did you mean "40 USD/h"?'),
    ("price_per_hour", "40/h", 'it has no currency: did you mean "40 USD/h"?'),
    ("number", "3x", 'it has no unit: did you mean "3"?'),
]

SHOWN = [
    ("duration", 0.005, "5 ms"),
    ("duration", 0.0000812, "81.2 us"),
    ("duration", 7200, "2 h"),
    ("duration", 59.99, "1 min"),  # never "60 s"
    ("duration", DAY, "1 day"),
    ("duration", 1.5 * DAY, "1.5 days"),
    ("duration", -0.005, "-5 ms"),
    ("duration", 0, "0 s"),
    ("duration", math.inf, "no end"),
    ("size", 355.9e12, "356 TB"),
    ("size", 999.9, "1 kB"),
    ("rate", 694.4, "694/s"),
    ("rate", 1547, "1,550/s"),
    ("rate", 9999, "10k/s"),
    ("rate", 27778, "27.8k/s"),
    ("rate", 1.2e9, "1.2e9/s"),
    ("rate", 10 / DAY, "10/day"),
    ("rate", 0, "0/s"),
    ("count", 1e6, "1M"),
    ("count", 9259, "9,259"),
    ("count", 10_000, "10k"),
    ("count", 27_778, "27.8k"),
    ("count", 1.2e9, "1.2e9"),
    ("count", 34.56e9, "34.6e9"),
    ("ratio", 0.9, "90%"),
    ("ratio", 0.99999, "99.999%"),
    ("ratio", 1 - 2**-53, "99.99999999999999%"),
    ("ratio", 1, "100%"),
    ("ratio", 1e-9, "1e-7%"),
    ("ratio", 434, "43,400%"),
    ("bandwidth", 1.25e9, "1.25 GB/s"),
    ("money", 1234.4, "$1,234"),
    ("money", 12.5, "$12.50"),
    ("money", 999.999, "$1,000"),
    ("money", 2_345_678, "$2.35M"),
    ("money", -0.05, "-$0.05"),
    ("price_per_hour", 40, "$40/h"),
    ("number", 3, "3"),
    ("number", 0.12345, "0.123"),
]

KIND = st.sampled_from(sorted(units.KINDS))
POSITIVE = st.floats(1e-290, 1e290)  # some units are factors of 1e18 or 1e9 away from the base
VALUE = st.builds(lambda a, e: a * 10.0**e, st.floats(1, 10), st.integers(-20, 20)) | POSITIVE | st.just(0.0)


def in_kind(kind, value):
    return value if kind != "ratio" else value / (1 + value)


@pytest.mark.parametrize(("kind", "text", "value"), RIGHT)
def test_right(kind, text, value):
    assert units.parse(kind, text) == value


@pytest.mark.parametrize(("kind", "text", "hint"), WRONG)
def test_wrong(kind, text, hint):
    with pytest.raises(UnitError) as error:
        units.parse(kind, text)
    assert str(error.value) == f"{text!r} {BEGIN[kind]}{hint}"


@pytest.mark.parametrize("text", ["120", "150%", "100.1%", "1/3", "1M"])
def test_no_ratio_and_nothing_near(text):
    with pytest.raises(UnitError) as error:
        units.ratio(text)
    assert str(error.value) == f"{text!r} {BEGIN['ratio']}"[:-2]


@pytest.mark.parametrize(("kind", "value", "text"), SHOWN)
def test_shown(kind, value, text):
    assert units.show(kind, value) == text


@pytest.mark.parametrize("module", [units, _typed, printing], ids=["units", "typed", "printing"])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


def test_kinds_of_parsers_and_printers_are_the_same():
    assert set(units.KINDS) == set(printing.PRINTERS) == set(units.EXAMPLES)
    for kind in units.KINDS:
        assert "Examples\n" in units.KINDS[kind].__doc__ and "Examples\n" in printing.PRINTERS[kind].__doc__


@pytest.mark.parametrize("kind", sorted(units.EXAMPLES))
def test_what_errors_say_to_write_is_right(kind):
    for example in units.EXAMPLES[kind].replace(" or ", ", ").split(", "):
        assert units.parse(kind, example) > 0


@given(KIND, VALUE)
def test_seventeen_digits_read_back_as_the_same_float(kind, value):
    value = in_kind(kind, value)
    assert units.parse(kind, units.show(kind, value, 17)) == value


@given(KIND, VALUE, st.integers(1, 16))
def test_fewer_digits_read_back_to_the_digits_shown(kind, value, digits):
    value = in_kind(kind, value)
    again = units.parse(kind, units.show(kind, value, digits))
    assert abs(again - value) <= 0.5000001 * 10.0 ** (1 - digits) * value


@given(st.floats(0, 1), st.integers(1, 17))
def test_only_all_is_a_hundred_percent_and_only_nothing_is_zero(value, digits):
    text = units.show("ratio", value, digits)
    assert (text == "100%") == (value == 1)
    assert (text == "0%") == (value == 0)


@given(st.decimals(0, 10**6, places=4), st.sampled_from(["ns", "us", "ms", "s", "min", "h", "day", "year"]))
def test_a_value_is_rounded_once(amount, unit):
    factor = Fraction(*_typed.TIME[unit])
    assert units.duration(f"{amount:f} {unit}") == float(Fraction(amount) * factor)


@given(st.floats(1e-9, 1e9), st.sampled_from(sorted(_typed.TIME)))
def test_space_before_a_unit_does_not_matter(amount, unit):
    assert units.duration(f"{amount}{unit}") == units.duration(f"  {amount}   {unit} ")


PIECES = st.sampled_from(
    [*"0123456789.,_+-eE%/$ ^*xkKMGTBbmµ", "10^", "nines", "per", "1h", "MB", "Gb/s", "USD", "nan", "e999"]
)
TYPED = st.text() | st.lists(PIECES, max_size=8).map("".join) | st.from_regex(_typed._NUMBER + r"\s?\w*")
LONG = ["9" * 5000, "1e" + "9" * 90, "1e-" + "9" * 90, "0." + "0" * 5000 + "1", "1" * 99]


@given(KIND, TYPED)
def test_any_text_is_a_finite_number_or_refused(kind, text):
    try:
        value = units.parse(kind, text)
    except UnitError as error:
        assert str(error).isprintable() or not text.isprintable()
    else:
        assert type(value) is float and math.isfinite(value)
        assert value >= 0 or kind == "number"
        assert value <= 1 or kind != "ratio"


@pytest.mark.parametrize("kind", sorted(units.KINDS))
@pytest.mark.parametrize("text", LONG)
def test_long_numbers_are_quick_and_no_surprise(kind, text):
    try:
        assert math.isfinite(units.parse(kind, text))
    except UnitError as error:
        assert len(str(error)) < 500


@pytest.mark.parametrize("value", [None, b"5 ms", [5], {}, 5.0, True])
def test_only_text_is_parsed(value):
    with pytest.raises(UnitError, match="it is neither text nor a number"):
        units.parse("duration", value)


@pytest.mark.parametrize("call", [units.parse, units.show, units.number_or_text])
def test_unknown_kind(call):
    with pytest.raises(UnknownName) as error:
        call("durations", 1.0)
    assert str(error.value) == "unknown kind of quantity 'durations'; did you mean \"duration\"?"


@pytest.mark.parametrize("value", [0.005, np.float64(0.005), np.array(0.005), "5 ms"])
def test_numbers_from_python_are_in_base_units(value):
    found = units.number_or_text("duration", value)
    assert found == 0.005 and type(found) is float


def test_arrays_pass_through():
    scenarios = np.array([0.001, 0.002])
    assert units.number_or_text("duration", scenarios) is scenarios


@pytest.mark.parametrize("value", [None, b"5", True, np.bool_(True), 1j, [1.0]])
def test_what_is_neither_text_nor_number(value):
    with pytest.raises(UnitError) as error:
        units.number_or_text("count", value)
    assert str(error.value) == f"{value!r} {BEGIN['count']}it is neither text nor a number"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("ratio", 90, "ratio = 90.0 is outside [0, 1]. Write 0.9 or 90%."),
        ("ratio", math.nan, "ratio = nan is outside [0, 1]."),
        ("duration", -1, "duration = -1.0 is outside [0, inf)."),
        ("count", math.inf, "count = inf is outside [0, inf)."),
        ("number", -math.inf, "number = -inf is outside (-inf, inf)."),
        ("count", 10**400, "count = inf is outside [0, inf)."),
    ],
)
def test_numbers_outside_their_kind(kind, value, text):
    with pytest.raises(DomainError) as error:
        units.number_or_text(kind, value)
    assert str(error.value) == text


@pytest.mark.parametrize(("value", "digits"), [(math.nan, 3), (-math.inf, 3), (1.0, 0)])
@pytest.mark.parametrize("kind", sorted(units.KINDS))
def test_what_cannot_be_shown(kind, value, digits):
    with pytest.raises(DomainError):
        units.show(kind, value, digits)


def test_import_is_light():
    code = "import sys, re, capcalc; old = {*sys.modules}; import capcalc.units; print(*{*sys.modules} - old)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {"capcalc.units", "capcalc.printing", "capcalc._typed", "capcalc.errors"}
    assert set(done.stdout.split()) - ours <= {"math"}
