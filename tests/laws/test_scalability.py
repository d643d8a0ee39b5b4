"""Amdahl, Gustafson, the USL and its fit: identities, recovery, bounds, coverage of intervals, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from capcalc.errors import DomainError
from capcalc.laws import scalability as s

shares = st.floats(0, 1)
costs = st.floats(0, 2)


def test_by_hand():
    assert s.amdahl_speedup([1, 8], 0.05).tolist() == [1, pytest.approx(8 / 1.35)]
    assert s.gustafson_speedup([1, 8], 0.05).tolist() == [1, pytest.approx(7.65)]
    assert s.usl_throughput_rps([0, 1, 10], 0.1, 0.01, 5.0).tolist() == [0, 5, pytest.approx(50 / 2.8)]
    assert s.usl_peak_concurrency(0.19, 0.01) == pytest.approx(9)
    assert s.usl_peak_rps(0.19, 0.01, 2.0) == pytest.approx(2 * 9 / (1 + 0.19 * 8 + 0.01 * 72))
    assert s.usl_limit_rps(0.2, 3.0) == pytest.approx(15) and s.usl_knee_concurrency(0.2) == pytest.approx(5)


def test_without_costs_there_is_no_end():
    assert s.usl_peak_concurrency([0.1, 0.0, 1.0], 0.0).tolist() == [np.inf] * 3
    assert s.usl_peak_rps([0.1, 0.0], 0.0, 2.0).tolist() == [pytest.approx(20), np.inf]
    assert s.usl_limit_rps(0.0, 2.0) == np.inf and s.usl_knee_concurrency(0.0) == np.inf
    assert s.usl_limit_rps(0.0, 0.0) == 0


@given(st.floats(1, 1e6), shares)
def test_usl_without_coherency_is_amdahl(N, sigma):
    assert s.usl_throughput_rps(N, sigma, 0.0) == s.amdahl_speedup(N, sigma)
    assert s.amdahl_speedup(N, sigma) <= s.gustafson_speedup(N, sigma) * (1 + 1e-12)
    assert s.amdahl_speedup(N, sigma) <= s.usl_limit_rps(sigma) * (1 + 1e-12)


@given(shares, costs, st.floats(1, 1e4))
def test_nothing_is_above_the_peak(sigma, kappa, N):
    peak, top = s.usl_peak_concurrency(sigma, kappa), s.usl_peak_rps(sigma, kappa, 7.0)
    assert peak >= 1 and s.usl_throughput_rps(N, sigma, kappa, 7.0) <= top * (1 + 1e-9)
    if np.isfinite(peak) and peak < 1e100:
        assert s.usl_throughput_rps(peak, sigma, kappa, 7.0) == pytest.approx(top, rel=1e-9)


def test_all_broadcast():
    sigma, kappa = np.array([[0.0], [0.1]]), np.array([0.0, 0.01, 0.1])
    for law in (s.usl_peak_concurrency, s.usl_peak_rps):
        together = law(sigma, kappa)
        assert together.shape == (2, 3)
        assert together.tolist() == [[law(a, b) for b in kappa] for a in sigma.ravel()]


@given(st.floats(0.001, 0.5), st.floats(1e-5, 0.05), st.floats(1e-3, 1e6))
def test_the_fit_recovers_what_made_the_points_without_one_at_1(sigma, kappa, lam):
    N = np.array([2, 5, 9, 17, 33, 64])
    fit = s.usl_fit(N, s.usl_throughput_rps(N, sigma, kappa, lam))
    assert fit.contention_ratio == pytest.approx(sigma, rel=1e-7, abs=1e-11)
    assert fit.coherency_ratio == pytest.approx(kappa, rel=1e-7, abs=1e-12)
    assert fit.single_rps == pytest.approx(lam, rel=1e-8) and fit.at_bound == ()
    assert fit.r_squared == pytest.approx(1) and fit.at_rps(9) == pytest.approx(
        float(s.usl_throughput_rps(9, sigma, kappa, lam))
    )


def test_a_bound_is_a_bound():
    # Full ray tracer data: free least squares would give kappa = -2e-4.
    N, X = [1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64], [20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310]
    fit = s.usl_fit(N, X)
    assert fit.at_bound == ("coherency_ratio",) and fit.coherency_ratio == 0
    assert fit.coherency_interval[0] == 0 and fit.peak_concurrency == np.inf
    assert fit.problem == "coherency is at its bound and no estimate"
    straight = s.usl_fit([1, 2, 4, 8], [10, 20, 40, 80])
    assert (straight.contention_ratio, straight.coherency_ratio) == pytest.approx((0, 0), abs=1e-12)
    assert s.usl_fit([1, 2, 4, 8], [10, 21, 43, 90]).at_bound == ("contention_ratio", "coherency_ratio")


def test_no_other_point_is_better():
    rng = np.random.default_rng(11)
    for _ in range(40):
        N = np.unique([2, 300, *rng.integers(1, 200, rng.integers(5, 12))])
        X = s.usl_throughput_rps(N, rng.uniform(0, 0.2), rng.choice([0, 1e-4, 1e-2]), 50.0)
        X = X * np.exp(rng.normal(0, 0.1, N.size))
        fit = s.usl_fit(N, X)
        ours = ((fit.at_rps(N) - X) ** 2).sum()

        def residuals(theta, N=N, X=X):
            return theta[2] * N / (1 + theta[0] * (N - 1) + theta[1] * N * (N - 1)) - X

        for start in ([0.1, 0.01, 50.0], [0.01, 1e-4, 100.0], [0.5, 0.001, 20.0]):
            theirs = optimize.least_squares(
                residuals,
                start,
                bounds=([0, 0, 0], [1, np.inf, np.inf]),
                x_scale=[0.1, 0.001, 50.0],
                xtol=1e-14,
            )
            assert ours <= 2 * theirs.cost * (1 + 1e-9) + 1e-12


@pytest.mark.parametrize(("sigma", "kappa"), [(0.03, 0.0005), (0.05, 0.0)])
def test_intervals_cover_as_often_as_they_say(sigma, kappa):
    rng = np.random.default_rng(7)
    N = np.array([1, 2, 4, 8, 12, 16, 24, 32, 48, 64])
    truth = s.usl_throughput_rps(N, sigma, kappa, 100.0)
    tries, hits = 400, np.zeros(3)
    for _ in range(tries):
        fit = s.usl_fit(N, truth + rng.normal(0, 15, N.size), 0.9)
        intervals = fit.contention_interval, fit.coherency_interval, fit.single_interval_rps
        hits += [low <= x <= high for (low, high), x in zip(intervals, (sigma, kappa, 100.0), strict=True)]
    # 0.90 of 400: three standard errors are 0.045.
    assert (hits / tries > 0.855).all()
    if kappa > 0:
        assert (hits / tries < 0.955).all()


def test_three_points_leave_nothing_to_judge_by():
    fit = s.usl_fit([2, 8, 32], [19, 60, 110])
    assert fit.residual_sd_rps is None and fit.contention_interval is None and fit.single_interval_rps is None
    assert fit.at_rps([2, 8, 32]) == pytest.approx([19, 60, 110], rel=1e-9)


BAD = [
    (
        lambda: s.usl_fit([104, 118, 136, 139, 195], [100.0, 74.1, 72.2, 64.3, 47.6]),
        "throughput_rps = [100.0, 74.1, 72.2, 64.3, 47.6] is outside what determines three parameters. "
        "All lie past the peak: measure at lower concurrency too.",
    ),
    (
        lambda: s.usl_fit([1, 2, 2], [1, 2, 3]),
        "concurrency = [1.0, 2.0, 2.0] is outside the lists of three different numbers or more. "
        "There are three parameters to find.",
    ),
    (
        lambda: s.usl_fit([1, 2, 3], [1, 2]),
        "throughput_rps = [1.0, 2.0] is outside the flat lists of as many numbers as concurrency.",
    ),
    (lambda: s.usl_fit([1, 2, 3], [1, 2, 0]), "throughput_rps = 0.0 is outside (0, inf)."),
    (
        lambda: s.usl_fit([1, 2, 3], [1, 2, 3], 95),
        "confidence_ratio = 95.0 is outside (0, 1). Write 0.95 for 95%.",
    ),
    (lambda: s.amdahl_speedup(0.5, 0.1), "concurrency = 0.5 is outside [1, inf)."),
    (
        lambda: s.usl_throughput_rps([4, 0.5], 0.1, 0),
        "concurrency = 0.5 is outside [1, inf). Or 0, for nobody.",
    ),
    (lambda: s.usl_peak_concurrency(1.5, 0.1), "contention_ratio = 1.5 is outside [0, 1]."),
    (
        lambda: s.usl_limit_rps("0.1"),
        "contention_ratio = '0.1' is outside the numbers. Give a number in [0, 1].",
    ),
]


@pytest.mark.parametrize(("call", "text"), BAD, ids=[text for _, text in BAD])
def test_bad_input_is_a_sentence(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text
