"""M/D/c: the roots in the complex plane, Pollaczek-Khinchine, means from tails, limits, inverses, errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import mdc
from capcalc.laws.latency import constant
from capcalc.laws.mmc import mmc_mean_wait_s
from capcalc.laws.single import mg1_wait


def by_roots(c: int, a: float) -> tuple[float, float]:
    """P(wait) and mean wait in services, from the c roots of z^c = e^(a (z - 1)) inside the unit circle."""
    z = np.exp(2j * np.pi * np.arange(1, c) / c)
    unit = z.copy()
    for _ in range(2000):
        z = unit * np.exp(a * (z - 1) / c)
    number = (1 / (1 - z)).sum().real + (2 * a * c - a * a - c * (c - 1)) / (2 * (c - a))
    return 1 - (c - a) / np.prod(1 - z).real, (number - a) / a


@pytest.mark.parametrize(("c", "load"), [(2, 0.1), (2, 0.95), (5, 0.6), (10, 0.9), (40, 0.8), (40, 0.97)])
def test_against_the_roots(c, load):
    chance, wait = by_roots(c, load * c)
    assert mdc.mdc_wait_probability(load * c, 1.0, c) == pytest.approx(chance, rel=1e-9)
    assert mdc.mdc_mean_wait_s(load * c, 1.0, c) == pytest.approx(wait, rel=1e-9)


@pytest.mark.parametrize("rho", [1e-6, 0.1, 0.5, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9])
def test_one_server(rho):
    rel = max(1e-12, 1e-16 / (1 - rho) * 10)
    assert mdc.mdc_wait_probability(rho, 1.0, 1) == pytest.approx(rho, rel=1e-12)
    assert mdc.mdc_mean_wait_s(rho, 1.0, 1) == pytest.approx(rho / 2 / (1 - rho), rel=rel)


def test_one_server_by_hand():
    # P(W <= t) = (1 - rho) e^(rho t) in the first service.
    t = np.array([0.0, 0.3, 0.999])
    assert mdc.mdc_wait_tail(t, 0.6, 1.0, 1) == pytest.approx(1 - 0.4 * np.exp(0.6 * t), rel=1e-13)
    law = mg1_wait(0.6, constant(1.0))
    assert law.tail(5.0) == pytest.approx(mdc.mdc_wait_tail(5.0, 0.6, 1.0, 1), abs=1e-5)


@pytest.mark.parametrize(("c", "a"), [(1, 0.3), (2, 1.8), (10, 9.0), (100, 97.0), (1000, 970.0)])
def test_the_tail_integrates_to_the_mean(c, a):
    mean = mdc.mdc_mean_wait_s(a, 1.0, c)
    z, w = np.polynomial.legendre.leggauss(12)
    steps = np.concatenate([np.linspace(0, 3, 13), 3 + np.arange(1, 40) * max(1.0, 2 * mean)])
    half = np.diff(steps)[:, None] / 2
    t, w = (steps[:-1, None] + half * (1 + z)).ravel(), (half * w).ravel()
    tail = mdc.mdc_wait_tail(t, a, 1.0, c)
    assert (np.diff(tail) <= 1e-15).all()
    assert w @ tail == pytest.approx(mean, rel=1e-4)
    assert mdc.mdc_wait_tail(0.0, a, 1.0, c) == pytest.approx(mdc.mdc_wait_probability(a, 1.0, c), rel=1e-11)


@pytest.mark.parametrize(("c", "a"), [(1, 0.9), (3, 2.0), (50, 48.0), (2000, 1990.0)])
def test_percentile_is_where_the_tail_passes(c, a):
    for p in (0.5, 0.99, 1 - 1e-7):
        t = mdc.mdc_wait_percentile_s(p, a / 0.02, 0.02, c)
        tail = mdc.mdc_wait_tail(t, a / 0.02, 0.02, c)
        assert tail == pytest.approx(1 - p, rel=1e-9) if t > 0 else tail <= 1 - p


def test_half_of_mmc_near_saturation():
    for c in (1, 10, 1000):
        lam = c * (1 - 1e-6)
        assert mdc.mdc_mean_wait_s(lam, 1.0, c) / mmc_mean_wait_s(lam, 1.0, c) == pytest.approx(0.5, rel=1e-3)


@settings(deadline=None, max_examples=25)
@given(c=st.integers(1, 10**6), load=st.floats(0.01, 0.9999))
def test_below_mmc_and_falling_with_servers(c, load):
    lam = c * load
    wait = mdc.mdc_mean_wait_s(lam, 1.0, c)
    # the logarithms of M/D/c still carry a wait where that of M/M/c has left the range of floats
    assert 0 <= wait <= mmc_mean_wait_s(lam, 1.0, c) * (1 + 1e-9) + 1e-300
    assert mdc.mdc_mean_wait_s(lam, 1.0, c + 1) <= wait


def test_overload_idle_and_inverses():
    assert mdc.mdc_mean_wait_s(2.0, 1.0, 2) == mdc.mdc_wait_percentile_s(0.5, 3.0, 1.0, 2) == np.inf
    assert mdc.mdc_wait_probability(2.0, 1.0, 2) == mdc.mdc_wait_tail(9.0, 2.0, 1.0, 2) == 1
    assert mdc.mdc_mean_wait_s(0.0, 1.0, 2) == mdc.mdc_wait_tail(0.0, 0.0, 1.0, 2) == 0
    assert mdc.mdc_wait_percentile_s(0.9, 1.0, 0.0, 2) == 0
    c = float(mdc.mdc_servers_for_mean_wait(900.0, 0.01, 1e-4))
    assert mdc.mdc_mean_wait_s(900.0, 0.01, c) <= 1e-4 < mdc.mdc_mean_wait_s(900.0, 0.01, c - 1)
    lam = mdc.mdc_load_for_mean_wait(0.01, 12, 1e-4)
    assert mdc.mdc_mean_wait_s(lam, 0.01, 12) == pytest.approx(1e-4, rel=1e-9)
    grid = mdc.mdc_wait_tail([[0.1], [0.5]], 1.5, 1.0, [2, 3])
    assert grid.shape == (2, 2) and grid[1, 0] == mdc.mdc_wait_tail(0.5, 1.5, 1.0, 2)


def test_errors_say_what_and_where():
    with pytest.raises(DomainError) as error:
        mdc.mdc_wait_percentile_s(99, 1.0, 1.0, 2)
    assert str(error.value) == "p = 99.0 is outside (0, 1). Write 0.99 for the 99th percentile."
