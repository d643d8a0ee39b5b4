"""Erlang B and C against 50 digits, in every regime and on both sides of every border."""

from __future__ import annotations

import math

import numpy as np
import pytest
from erlang_exact import exact_b, exact_c, off
from mpmath import bernoulli, erfc, exp, log, mp, mpf

from capcalc.errors import DomainError
from capcalc.laws import _erlang_table as table
from capcalc.laws import erlang
from capcalc.laws.erlang import erlang_b, erlang_c, log_erlang_b, log_erlang_c

LOADS = ["1e-6..0.3", "0.3..0.99", "1 - 1e-9..1e-2", "1..3", "square root", "border", "3..1e6"]


def sample(rng: np.random.Generator, loads: str, n: int, most: float) -> tuple[np.ndarray, np.ndarray]:
    c = np.exp(rng.uniform(0, math.log(most), n)).round()
    rho = {
        "1e-6..0.3": 10 ** rng.uniform(-6, math.log10(0.3), n),
        "0.3..0.99": rng.uniform(0.3, 0.99, n),
        "1 - 1e-9..1e-2": 1 - 10 ** rng.uniform(-9, -2, n),
        "1..3": rng.uniform(1, 3, n),
        "square root": np.maximum(1 - rng.uniform(-6, 6, n) / np.sqrt(c), 0.01),
        "border": np.maximum(1 - rng.uniform(6, 12, n) / np.sqrt(c), 0.01),  # of square root and rare
        "3..1e6": 10 ** rng.uniform(0.5, 6, n),
    }[loads]
    return c, c * rho


def hold_against_exact(c: np.ndarray, a: np.ndarray) -> None:
    values = zip(c, a, erlang_b(c, a), erlang_c(c, a), log_erlang_b(c, a), log_erlang_c(c, a), strict=True)
    for ci, ai, B, C, log_b, log_c in values:
        b, w = exact_b(int(ci), ai), exact_c(int(ci), ai)
        where = f"c = {ci:.0f}, a = {ai!r}"
        assert (off(B, b) if b > 1e-300 else abs(B)) <= rounding(b), where
        assert (off(C, w) if w > 1e-300 else abs(C)) <= rounding(w), where
        assert off(log_b, log(b)) <= 2e-15, where
        assert off(log_c, log(w)) <= 2e-15, where


def rounding(chance: mpf) -> float:
    """What doubles leave: 3e-15, and the rounding of an exponent of the size of ln(chance)."""
    return min(3e-15 + 1.2e-15 * abs(float(log(chance))), 1e-12)


@pytest.mark.parametrize("loads", LOADS)
def test_against_50_digits(loads):
    rng = np.random.default_rng(LOADS.index(loads))
    hold_against_exact(*sample(rng, loads, 100, 3e5))


@pytest.mark.nightly
@pytest.mark.parametrize("loads", LOADS)
def test_against_50_digits_at_length(loads):
    rng = np.random.default_rng(100 + LOADS.index(loads))
    hold_against_exact(*sample(rng, loads, 350, 1e6))
    hold_against_exact(*sample(rng, loads, 30, 1e8))


def test_a_hundred_million_servers():
    c = np.full(5, 1e8)
    hold_against_exact(c, c - np.array([3e5, 2e4, 1e3, 0.1, -3e4]))


BORDERS = [
    *[(32, 20.0), (33, 20.0), (33, 1e-7), (80, 0.001), (81, 0.001)],  # few, light, rare
    *[(33, 33 * 0.3), (40, 40 * 0.2999999), (33, 33 * 2.5), (40, 40 * 2.5000001)],  # the ends of wide
    *[(999, 2497.4), (999, 2497.6)],
    *[(100, 40.0), (100, 60.0), (500, 299.9), (500, 300.0), (500, 300.1)],  # wide, rare
    *[(1999, 1990.0), (2000, 1990.0), (5000, 5000 * 0.73), (5000, 5000 * 1.27)],  # near
]


@pytest.mark.parametrize(("c", "a"), BORDERS)
def test_borders_of_regimes(c, a):
    around = np.array([math.nextafter(a, 0), a, math.nextafter(a, math.inf)])
    hold_against_exact(np.full(3, float(c)), around)


def test_hand_worked():
    assert erlang_b(2, 1.0) == pytest.approx(1 / 5, rel=1e-15)  # (1/2)/(1 + 1 + 1/2)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3, rel=1e-15)
    assert erlang_c(3, 2.0) == pytest.approx(4 / 9, rel=1e-15)


def test_one_server_is_mm1():
    a = np.array([1e-9, 0.1, 0.5, 0.999, 1 - 1e-12])
    assert np.allclose(erlang_b(1, a), a / (1 + a), rtol=1e-15, atol=0)
    assert np.allclose(erlang_c(1, a), a, rtol=1e-15, atol=0)
    assert np.allclose(log_erlang_c(1, a), np.log(a), rtol=1e-12, atol=0)


def test_no_load_and_overload():
    assert erlang_b(5, 0.0) == erlang_c(5, 0.0) == 0
    assert log_erlang_b(5, 0.0) == log_erlang_c(5, 0) == -np.inf
    assert (erlang_c([1, 5, 5000], [1.0, 7.0, 1e9]) == 1).all()
    assert (log_erlang_c([1, 5, 5000], [1.0, 7.0, 1e9]) == 0).all()
    assert erlang_b(3, 1e12) == pytest.approx(1, rel=1e-11)
    assert off(log_erlang_b(3, 1e12), log(exact_b(3, 1e12))) < 1e-15


def test_underflow_is_zero_and_its_logarithm_is_not():
    assert erlang_c(1_000_000, 900_000.0) == 0
    assert log_erlang_c(1_000_000, 900_000.0) == pytest.approx(-5366.039766628827324944128, rel=1e-13)
    assert log_erlang_b(30, 1e-290) == pytest.approx(30 * math.log(1e-290) - math.lgamma(31), rel=1e-14)


def test_light_load_is_the_first_term():
    for c in (1, 7, 30):  # a^c/c!
        assert erlang_b(c, 1e-6) == pytest.approx(1e-6**c / math.factorial(c), rel=3e-6)


def test_arrays_are_scalars_and_broadcast():
    c = np.array([1, 10, 33, 100, 2500, 10**6])[:, None]
    rho = np.array([0.0, 1e-3, 0.2, 0.5, 0.9, 0.999, 1.0, 1.5, 4.0])
    for law in (erlang_b, erlang_c, log_erlang_b, log_erlang_c):
        grid = law(c, c * rho)
        assert grid.shape == (6, 9) and not np.isnan(grid).any()
        one_by_one = [[law(int(ci), float(ci * r)) for r in rho] for ci in c[:, 0]]
        assert np.array_equal(grid, one_by_one)
        assert isinstance(law(3, 2.0), float) and law([3], 2.0).shape == (1,) and law([], 2.0).shape == (0,)


def test_pieces_join(monkeypatch):
    c, a = sample(np.random.default_rng(1), "0.3..0.99", 1000, 1e8)
    whole = erlang_c(c, a)
    monkeypatch.setattr(erlang, "BLOCK", 77)
    assert np.array_equal(erlang_c(c, a), whole)


def test_more_servers_wait_less_and_more_load_more():
    for a in (0.5, 8.0, 33.3, 900.0, 2100.0):
        c = np.arange(1, 6000.0)
        assert (np.diff(log_erlang_c(c, a)) <= 0).all() and (np.diff(log_erlang_b(c, a)) < 0).all()
    for c in (1, 32, 33, 150, 2000, 10**5):
        a = np.linspace(1e-3, 1.2, 5000) * c
        assert (np.diff(log_erlang_c(c, a)) >= 0).all() and (np.diff(log_erlang_b(c, a)) > 0).all()


@pytest.mark.parametrize(
    ("c", "a", "text"),
    [
        (0, 1.0, "servers = 0.0 is outside [1, inf)."),
        (2.5, 1.0, "servers = 2.5 is outside the whole numbers. Round it up or down."),
        ([3, 2, -1], 1.0, "servers = -1.0 is outside [1, inf)."),
        (3, -0.5, "offered_erlangs = -0.5 is outside [0, inf)."),
        (3, math.nan, "offered_erlangs = nan is outside [0, inf)."),
        (3, "2", "offered_erlangs = '2' is outside the numbers. Give a number in [0, inf)."),
        (True, 2.0, "servers = True is outside the numbers. Give a number in [1, inf)."),
    ],
)
def test_errors_say_what_and_where(c, a, text):
    for law in (erlang_b, erlang_c, log_erlang_b, log_erlang_c):
        with pytest.raises(DomainError) as error:
            law(c, a)
        assert str(error.value) == text


def test_erfcx_keeps_its_digits():
    y = np.concatenate([np.linspace(0, 8, 300), [12.0, 20.0]])
    worst = max(off(v, exp(mpf(x) ** 2) * erfc(mpf(x))) for x, v in zip(y, erlang.erfcx(y), strict=True))
    assert worst < 6e-16
    assert erlang.erfcx(np.array([1e8]))[0] == pytest.approx(1e-8 / math.sqrt(math.pi), rel=1e-15)


def test_coefficients_are_temmes():
    """Temme's recursion in power series of eta, anew, against the fitted polynomials."""
    stirling, expansion = temme(10, 90)
    assert np.allclose(table.STIRLING[::-1], [float(g) for g in stirling[:9]], rtol=1e-15)
    for fitted, reach, c in ((table.WIDE, 1.1, 33), (table.NEAR, 0.3, 2000)):
        for k, coefficients in enumerate(fitted):
            for eta in np.linspace(-reach, reach, 9):
                exact = sum(e * mpf(eta) ** j for j, e in enumerate(expansion[k]))
                assert abs(float(exact - np.polyval(coefficients, eta))) * float(c) ** -k < 4e-16


def temme(orders: int, terms: int) -> tuple[list[mpf], list[list[mpf]]]:
    """Stirling's g_k, and the E_k as power series in eta."""
    with mp.workdps(60):
        mu = [mpf(0), mpf(1)]  # mu - ln(1 + mu) = eta^2/2, so mu mu' = eta (1 + mu)
        for j in range(2, terms + 3):
            mu.append((mu[j - 1] - sum(mu[i] * (j + 1 - i) * mu[j + 1 - i] for i in range(2, j))) / (j + 1))
        inverse = [mpf(1)]  # eta/mu
        for j in range(1, terms + 1):
            inverse.append(-sum(mu[i + 1] * inverse[j - i] for i in range(1, j + 1)))
        log_g = [mpf(0)] * (orders + 2)
        for j in range(1, orders // 2 + 2):
            if 2 * j - 1 < len(log_g):
                log_g[2 * j - 1] = bernoulli(2 * j) / (2 * j * (2 * j - 1))
        g = [mpf(1)]
        for n in range(1, orders + 1):
            g.append(sum(i * log_g[i] * g[n - i] for i in range(1, n + 1)) / n)
        parts = [inverse[1:]]
        for k in range(1, orders):
            before, sign = parts[-1], (-1) ** k
            series = [(j + 1) * before[j + 1] + sign * g[k] * inverse[j] for j in range(len(before) - 1)]
            parts.append(series[1:])
        full = []
        for k in range(orders):
            shortest = len(parts[k])
            full.append([sum(g[k - i] * parts[i][j] for i in range(k + 1)) for j in range(shortest)])
        return g, full
