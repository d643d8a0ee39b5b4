"""Priorities, processor sharing, fork and join, and the older formulas of G/G/c."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import approximations as ap
from capcalc.laws import forkjoin as fj
from capcalc.laws import priority as pr
from capcalc.laws import sharing as ps
from capcalc.laws.ggc import ggc_mean_wait_s
from capcalc.laws.mmc import mmc_mean_response_s, mmc_mean_wait_s


def test_priorities_by_hand():
    # Both exponential with mean 1: R = 0.8, W0 = 0.8/0.8, W1 = 0.8/(0.8 x 0.2).
    assert pr.priority_mean_wait_s([0.2, 0.6], [1.0, 1.0]) == pytest.approx([1, 5], rel=1e-14)
    # Constant times: R is half.
    assert pr.priority_mean_wait_s([0.2, 0.6], [1.0, 1.0], 0.0) == pytest.approx([0.5, 2.5], rel=1e-14)
    # Preemptive: class 0 does not see class 1, M/M/1 at 0.2.
    assert pr.priority_preemptive_mean_response_s([0.2, 0.6], [1.0, 1.0])[0] == pytest.approx(1.25, rel=1e-14)


rates = st.lists(st.floats(0.01, 1), min_size=1, max_size=5)


@given(lam=rates, load=st.floats(0.05, 0.95), scv=st.floats(0, 9))
def test_work_is_conserved(lam, load, scv):
    # Whatever the order, the work that waits is the same: sum rho_i W_i = rho R/(1 - rho).
    lam = np.array(lam)
    S = np.linspace(0.5, 2, len(lam))
    lam = lam * load / (lam @ S)
    wait = pr.priority_mean_wait_s(lam, S, scv)
    residual = (lam * S * S * (1 + scv) / 2).sum()
    assert (lam * S) @ wait == pytest.approx(load * residual / (1 - load), rel=1e-10)
    assert (np.diff(wait) >= -1e-12 * wait[1:]).all()


@given(lam=rates, load=st.floats(0.05, 0.95), c=st.integers(1, 500))
def test_pools_with_priorities_keep_the_mean(lam, load, c):
    lam = np.array(lam) * load * c / sum(lam)
    mean = mmc_mean_wait_s(load * c, 1.0, c)
    assert lam @ pr.priority_mmc_mean_wait_s(lam, 1.0, c) == pytest.approx(
        load * c * mean, rel=1e-9, abs=1e-200
    )
    response = mmc_mean_response_s(load * c, 1.0, c)
    together = lam @ pr.priority_preemptive_mmc_mean_response_s(lam, 1.0, c)
    assert together == pytest.approx(load * c * response, rel=1e-5)


def test_one_class_and_one_server_are_the_plain_laws():
    assert pr.priority_mean_wait_s([0.8], [1.0], 3.0) == pytest.approx(
        [ggc_mean_wait_s(0.8, 1.0, 1, 1.0, 3.0)]
    )
    pool = pr.priority_mmc_mean_wait_s([0.2, 0.6], 1.0, 1)
    assert pool == pytest.approx(pr.priority_mean_wait_s([0.2, 0.6], [1.0, 1.0]), rel=1e-13)
    preempted = pr.priority_preemptive_mmc_mean_response_s([0.2, 0.6], 1.0, 1)
    assert preempted == pytest.approx(
        pr.priority_preemptive_mean_response_s([0.2, 0.6], [1.0, 1.0]), rel=1e-12
    )


def test_saturated_classes_wait_without_end_and_those_above_do_not():
    waits = pr.priority_mean_wait_s([0.5, 0.3, 0.4, 0.1], [1.0] * 4)
    assert waits[:2] == pytest.approx([1 / 0.5, 1 / 0.1]) and np.isinf(waits[2:]).all()
    pool = pr.priority_mmc_mean_wait_s([5.0, 3.0, 4.0], 1.0, 10)
    assert np.isfinite(pool[:2]).all() and pool[2] == np.inf
    assert pr.priority_preemptive_mmc_mean_response_s([5.0, 3.0, 4.0], 1.0, 10)[2] == np.inf
    assert pr.priority_preemptive_mmc_mean_response_s([5.0, 0.0], 1.0, 10)[1] > 1


def test_priority_servers_and_scenarios():
    c = pr.servers_for_priority_wait([3.0, 6.0], 1.0, [0.5, 0.05], 1)
    for servers, t in zip(c, (0.5, 0.05), strict=True):
        ask = [pr.priority_mmc_mean_wait_s([3.0, 6.0], 1.0, k)[1] for k in (servers - 1, servers)]
        assert ask[0] > t >= ask[1]
    grid = pr.priority_mean_wait_s([[0.2, 0.1], [0.6, 0.3]], [[1.0], [1.0]])
    assert grid.shape == (2, 2) and grid[:, 0] == pytest.approx([1, 5])


def shared_chain(rho: float, most: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """Others beside a job under M/M/1-PS until it ends: generator and chances at its arrival."""
    n = np.arange(most)
    Q = np.diag(np.full(most - 1, rho), 1) + np.diag(n[1:] / (n[1:] + 1.0), -1)
    return Q - np.diag(1.0 + rho * (n < most - 1)), (1 - rho) * rho**n


def test_processor_sharing():
    from scipy.linalg import expm

    Q, start = shared_chain(0.8)
    law = ps.mm1_ps_response(0.8, 1.0)
    for t in (0.5, 5.0, 30.0):
        assert law.tail(t) == pytest.approx((start @ expm(Q * t)).sum(), abs=3e-10)
    assert law.mean_s == pytest.approx(5) == ps.ps_mean_response_s(0.8, 1.0)
    assert law.variance_s2 == pytest.approx(25 * 2.8 / 1.2)
    assert ps.ps_conditional_response_s([1.0, 2.5], 0.8, 1.0) == pytest.approx([5, 12.5])
    quick = ps.mm1_ps_response_percentile_s(0.99, 0.0, 2.0)
    assert quick == pytest.approx(-2 * np.log(0.01), rel=1e-7)
    grid = ps.mm1_ps_response_percentile_s(0.99, [0.5, 0.8, 1.0], 1.0)
    assert grid[1] == pytest.approx(law.percentile(0.99), rel=1e-12) and grid[2] == np.inf
    assert ps.ps_conditional_response_s(1.0, 1.0, 1.0) == np.inf
    assert ps.ps_load_for_response(1.0, [5.0, 0.5]) == pytest.approx([0.8, 0])


def forked(lam: float, n: int, arrivals: int, seed: int) -> np.ndarray:
    """Responses of a fork-join of n single servers, by Lindley's recursion of all queues together."""
    rng = np.random.default_rng(seed)
    gaps, S = rng.exponential(1 / lam, arrivals).tolist(), rng.exponential(1, (arrivals, n))
    wait, out = np.zeros(n), np.empty(arrivals)
    for i, gap in enumerate(gaps):
        done = wait + S[i]
        out[i] = done.max()
        wait = np.maximum(done - gap, 0.0)
    return out[arrivals // 10 :]


def test_fork_join():
    assert fj.fork_join_mean_response_s(0.5, 1.0, 1) == pytest.approx(2, rel=1e-15)
    n = np.array([1, 2, 3, 8, 100, 101, 10**6])
    low, high = fj.fork_join_bounds_s(0.5, 1.0, n)
    mean = fj.fork_join_mean_response_s(0.5, 1.0, n)
    assert (low <= mean * (1 + 1e-15)).all() and (mean <= high * (1 + 1e-15)).all()
    p = fj.fork_join_percentile_s(0.9, 0.5, 1.0, n)
    assert (p <= fj.fork_join_percentile_bound_s(0.9, 0.5, 1.0, n) * (1 + 1e-15)).all()
    assert p[0] == pytest.approx(-2 * np.log(0.1), rel=1e-14)
    assert fj.fork_join_mean_response_s(1.0, 1.0, 2) == fj.fork_join_percentile_s(0.9, 1.0, 1.0, 2) == np.inf
    assert fj.fork_join_mean_response_s(0.0, 0.0, 2) == fj.fork_join_percentile_s(0.9, 1.0, 0.0, 2) == 0


@pytest.mark.nightly
@pytest.mark.parametrize(("rho", "n"), [(0.5, 2), (0.5, 8), (0.9, 8), (0.8, 32)])
def test_fork_join_against_simulation(rho, n):
    seen = forked(rho, n, 1_000_000, 3)
    assert fj.fork_join_mean_response_s(rho, 1.0, n) == pytest.approx(seen.mean(), rel=0.06)
    for p in (0.5, 0.9, 0.99):
        assert fj.fork_join_percentile_s(p, rho, 1.0, n) == pytest.approx(np.quantile(seen, p), rel=0.1)
        assert fj.fork_join_percentile_bound_s(p, rho, 1.0, n) >= np.quantile(seen, p) * 0.97


def test_approximations_meet_where_they_are_exact():
    lam = np.array([0.1, 0.5, 0.99])
    exact = mmc_mean_wait_s(lam, 1.0, 1)
    assert ap.kingman_mean_wait_s(lam, 1.0) == pytest.approx(exact, rel=1e-13)
    assert ap.sakasegawa_mean_wait_s(lam, 1.0, 1) == pytest.approx(exact, rel=1e-13)
    assert ap.whitt_mean_wait_s(lam, 1.0, 1) == pytest.approx(exact, rel=1e-13)
    assert ap.whitt_mean_wait_s(10 * lam, 1.0, 10) == pytest.approx(
        mmc_mean_wait_s(10 * lam, 1.0, 10), rel=1e-13
    )
    assert ap.heavy_traffic_mean_wait_s(0.99999, 1.0, 1, 0.5, 2.0) == pytest.approx(
        ap.kingman_mean_wait_s(0.99999, 1.0, 0.5, 2.0), rel=2e-5
    )


@given(lam=st.floats(0, 1e6), c=st.integers(1, 10**6), ca2=st.floats(0, 100), cs2=st.floats(0, 100))
def test_approximations_are_never_nan_and_the_bound_bounds(lam, c, ca2, cs2):
    waits = [law(lam, 1.0, c, ca2, cs2) for law in (ap.sakasegawa_mean_wait_s, ap.whitt_mean_wait_s)]
    waits += [
        ap.heavy_traffic_mean_wait_s(lam, 1.0, c, ca2, cs2),
        ap.kingman_bound_s(lam / 1e6, 0.9, ca2, cs2),
    ]
    assert all(w >= 0 for w in waits)
    rho = lam / 1e6 * 0.9
    assert ap.kingman_bound_s(rho, 1.0, ca2, cs2) >= ap.kingman_mean_wait_s(rho, 1.0, ca2, cs2) * (1 - 1e-12)


def test_overload_of_approximations():
    for law in (ap.heavy_traffic_mean_wait_s, ap.sakasegawa_mean_wait_s, ap.whitt_mean_wait_s):
        assert law(2.0, 1.0, 2) == law([3.0], 1.0, 2)[0] == np.inf
    assert ap.kingman_mean_wait_s(1.0, 1.0) == ap.kingman_bound_s(1.5, 1.0) == np.inf
    assert ap.kingman_bound_s(0.0, 1.0, 0.0) == 0 and ap.kingman_bound_s(0.0, 1.0) == np.inf


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (pr.priority_mean_wait_s, ([0.1, -0.2], 1.0), "rates_rps = -0.2 is outside [0, inf)."),
        (pr.servers_for_priority_wait, ([1.0, 2.0], 1.0, 0.1, 2), "which = 2.0 is outside [0, 1]."),
        (fj.fork_join_mean_response_s, (0.1, 1.0, 0), "branches = 0.0 is outside [1, inf)."),
        (ps.mm1_ps_response, (0.1, 0.0), "service_time_s = 0.0 is outside (0, inf)."),
        (ap.whitt_mean_wait_s, (0.1, 1.0, 1, -1.0), "arrival_scv = -1.0 is outside [0, inf)."),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text
