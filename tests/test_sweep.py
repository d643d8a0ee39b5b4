"""Lists and ranges of values as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capcalc import CapcalcError
from capcalc.sweep import parse_sweep


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("1M,10M,100M", "count", [1e6, 1e7, 1e8]),
        ("100M, 1M", "count", [1e8, 1e6]),
        ("1M..1B/log:7", "count", [1e6, 3162277.66017, 1e7, 31622776.6017, 1e8, 316227766.017, 1e9]),
        ("0.8..0.99/5", "ratio", [0.8, 0.8475, 0.895, 0.9425, 0.99]),
        ("90%..50%/3", "ratio", [0.9, 0.7, 0.5]),
        ("5 ms", "duration", [0.005]),
        ("1ms..1s/log:4", "duration", [0.001, 0.01, 0.1, 1.0]),
        ("3..3/1", "number", [3.0]),
        ("10/day,1/s", "rate", [10 / 86400, 1.0]),
    ],
)
def test_values(text, kind, values):
    assert parse_sweep(text, kind) == pytest.approx(values, rel=1e-11)


@given(st.floats(1e-3, 1e9), st.floats(1e-3, 1e9), st.integers(2, 50))
def test_ranges_begin_and_end_where_they_say(low, high, steps):
    for log in ("", "log:"):
        values = parse_sweep(f"{low!r}..{high!r}/{log}{steps}", "number")
        assert len(values) == steps
        assert values[[0, -1]] == pytest.approx([low, high], rel=1e-11)
        gaps = np.diff(np.log(values) if log else values)
        assert gaps == pytest.approx(gaps[0], rel=1e-6, abs=1e-9 * max(low, high))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no value in it"),
        ("1,,2", "has no value between two commas"),
        ("1..2", "a range without a number of steps"),
        ("1..2/", "is no number of steps"),
        ("1..2/x", "is no number of steps"),
        ("1..2/0", "is no number of steps"),
        ("1..2/1", "one step has no room for two ends"),
        ("0..2/log:3", "logarithmic steps need both ends above 0"),
        ("1..2/99999999", "has 99,999,999 values; at most 10,000,000"),
        ("1..b/3", "is not a number"),
    ],
)
def test_mistakes_have_a_sentence(text, said):
    with pytest.raises(CapcalcError) as error:
        parse_sweep(text, "number")
    assert said in str(error.value)
