"""Availability against the binomial distribution and against every state of small systems."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from capcalc import DomainError
from capcalc.laws.availability import all_of, any_of, downtime_s, k_of_n

RATIOS = st.floats(0.0, 1.0)


def by_enumeration(least, availability):
    """Every state of the parts, its chance, and whether enough are up."""
    total = 0.0
    for state in itertools.product((True, False), repeat=len(availability)):
        chance = np.prod([a if up else 1 - a for a, up in zip(availability, state, strict=True)])
        total += chance * (sum(state) >= least)
    return total


@given(st.lists(RATIOS, min_size=1, max_size=5))
def test_series_and_parallel_are_every_state_counted(parts):
    assert float(all_of(*parts)) == pytest.approx(by_enumeration(len(parts), parts), abs=1e-12)
    assert float(any_of(*parts)) == pytest.approx(by_enumeration(1, parts), abs=1e-12)


@given(st.integers(0, 8), st.integers(1, 7), RATIOS)
def test_k_of_n_is_every_state_counted(least, parts, availability):
    assert float(k_of_n(least, parts, availability)) == pytest.approx(by_enumeration(least, [availability] * parts), abs=1e-12)


def test_k_of_n_of_many_parts_against_scipy():
    rng = np.random.default_rng(5)
    n = np.floor(10 ** rng.uniform(0, 5, 4000))
    up = 1 - 10 ** rng.uniform(-7, -0.05, n.size)
    near = np.round(n * up + rng.normal(size=n.size) * 3 * np.sqrt(n * up * (1 - up)))
    k = np.clip(np.where(rng.random(n.size) < 0.7, near, rng.random(n.size) * n), 1, n)
    k = np.floor(k)
    assert np.abs(k_of_n(k, n, up) - binom.sf(k - 1, n, up)).max() < 1e-9


def test_huge_numbers_of_parts():
    """10^8 parts: by the central limit the chance that at least the mean are up is a half."""
    rng = np.random.default_rng(6)
    n, up = 10 ** rng.uniform(6, 9, 500), 1 - 10 ** rng.uniform(-3.5, -0.3, 500)
    n = np.floor(n)
    k = np.floor(n * up + rng.normal(size=500) * 2 * np.sqrt(n * up * (1 - up)))
    assert np.abs(k_of_n(k, n, up) - binom.sf(k - 1, n, up)).max() < 1e-4
    assert k_of_n(99_500_000, 1e8, 0.995) == pytest.approx(0.5, abs=1e-3)
    assert k_of_n(99_600_000, 1e8, 0.995) == pytest.approx(0.0, abs=1e-12)


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.01, 0.9999), st.floats(1.0, 1.5))
def test_monotone_and_within_one(k, n, up, better):
    here = float(k_of_n(k, n, up))
    assert 0.0 <= here <= 1.0
    assert float(k_of_n(k, n + 1, up)) >= here - 1e-12
    assert float(k_of_n(k + 1, n, up)) <= here + 1e-12
    assert float(k_of_n(k, n, min(up * better, 1.0))) >= here - 1e-12


def test_arrays_are_their_scalars():
    k, n, up = np.array([1, 2, 70, 3]), np.array([2, 3, 80, 2]), np.array([0.9, 0.99, 0.95, 1.0])
    many = k_of_n(k, n, up)
    assert many == pytest.approx([float(k_of_n(a, b, c)) for a, b, c in zip(k, n, up, strict=True)], abs=1e-12)


def test_nines_of_a_year():
    """The table of nines that everybody knows: 99.9% is 8.76 h, 99.99% 52.56 min, 99.999% 5.256 min."""
    hours = {0.99: 87.6, 0.999: 8.76, 0.9999: 0.876, 0.99999: 0.0876}
    for up, down in hours.items():
        assert float(downtime_s(up)) / 3600 == pytest.approx(down, rel=1e-9)


def test_errors_say_what_and_where():
    with pytest.raises(DomainError, match="availability = 99.9 is outside"):
        k_of_n(1, 2, 99.9)
    with pytest.raises(DomainError, match="parts"):
        k_of_n(1, 2.5, 0.9)
