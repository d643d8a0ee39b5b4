"""Response times against simulation: few and coarse every day, all and precise with `-m nightly`.

The table of docs/accuracy.md is what `python tests/accuracy.py 0.7 0.9` printed; it is held to the same promises.
"""

import re
from pathlib import Path

import accuracy
import paths
import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
QUICK = ["one M/M/8", "M/M/1, then 30% to an M/M/1", "three M/M/8 in a row", "web, cache, database", "constant service, M/D/1"]
BOUNDS = {0.7: 0.05, 0.9: 0.15}


def kept(name: str, load: float, standing: str, errors: tuple[float, ...], widths: tuple[float, ...]) -> None:
    """The promise of each standing: what is exact is so, an approximation within its bound, a bound on its side."""
    case = paths.CASES[name]
    for percentile, error, width in zip(accuracy.PERCENTILES, errors, widths, strict=True):
        assert width <= accuracy.WIDTHS[percentile] * case.widen * 1.001
        if case.exact:
            assert standing == "exact"
            assert abs(error) <= 2 * width  # the 99.9% interval is checked where the samples are at hand
        elif standing == "lower bound":
            assert error <= width
        elif case.unequal:
            assert -width <= error <= 1.5  # said on the screen: the wait is overstated, up to 2.5 times
        elif case.repeated and load > 0.7:
            assert -0.30 - width <= error <= BOUNDS[load]  # said on the screen
        else:
            assert standing == "approximation"
            assert abs(error) <= (0.10 if case.fan and load <= 0.7 else BOUNDS[load]) + width


def rows():
    pattern = r"^\| ([^|]+) \| (\d+)% \| ([a-z ]+) \| ([+-][\d.]+)% \| ([+-][\d.]+)% \| ([\d.]+)% / ([\d.]+)% \|$"
    for match in re.finditer(pattern, PAGE.read_text(encoding="utf-8"), re.M):
        name, load, standing, *numbers = match.groups()
        p50, p99, w50, w99 = (float(n) / 100 for n in numbers)
        yield name, int(load) / 100, standing, (p50, p99), (w50 + 5e-4, w99 + 5e-4)


def test_the_page_has_every_case_at_every_load():
    assert {(name, load) for name, load, *_ in rows()} == {(n, load) for n in paths.CASES for load in BOUNDS}


@pytest.mark.parametrize("row", [pytest.param(r, id=f"{r[0]} at {r[1]:.0%}") for r in rows()])
def test_the_page_keeps_its_promises(row):
    name, load, standing, errors, widths = row
    asked = (accuracy.WIDTHS[p] * paths.CASES[name].widen for p in accuracy.PERCENTILES)
    kept(name, load, standing, errors, tuple(min(pair) for pair in zip(widths, asked, strict=True)))


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_look(name):
    row = accuracy.measure(name, 0.7, scale=3.0, most=4_000_000)
    if paths.CASES[name].exact:
        assert row.standing == "exact"
        assert all(row.inside)
    for error, width in zip(row.errors, row.widths, strict=True):
        assert abs(error) <= 0.05 + width


@pytest.mark.nightly
@pytest.mark.parametrize("load", BOUNDS)
@pytest.mark.parametrize("name", paths.CASES)
def test_precisely(name, load):
    row = accuracy.measure(name, load, most=300_000_000)
    kept(name, load, row.standing, row.errors, row.widths)
    if paths.CASES[name].exact:
        assert all(row.inside)
