"""Services that are not exponential: phases, two kinds of jobs, any law; one server and pools."""

from __future__ import annotations

import numpy as np
import pytest

from capcalc.errors import DomainError
from capcalc.laws import mgc, mixed, phases
from capcalc.laws.ggc import ggc_mean_wait_s
from capcalc.laws.latency import constant, exponential, lognormal, mixture
from capcalc.laws.mdc import mdc_mean_wait_s
from capcalc.laws.mmc import mmc_mean_wait_s, mmc_wait_percentile_s, mmc_wait_tail
from capcalc.laws.single import mg1_wait

JOBS = phases.hyperexponential_phases([0.9, 0.1], [0.5, 5.0])


def test_phases_by_hand():
    assert JOBS.mean_s == pytest.approx(0.95) and JOBS.moment(2) == pytest.approx(2 * (0.9 * 0.25 + 0.1 * 25))
    three = phases.erlang_phases(3, 2.0)
    assert three.mean_s == pytest.approx(2) and three.scv == pytest.approx(1 / 3)
    assert three.residual == pytest.approx([1 / 3] * 3)
    one = phases.erlang_phases(1, 1.0)
    assert phases.mph1_wait_tail([0.0, 2.0], 0.8, one) == pytest.approx(
        mmc_wait_tail([0.0, 2.0], 0.8, 1.0, 1)
    )


@pytest.mark.parametrize("service", [JOBS, phases.erlang_phases(4, 1.0)], ids=["hyper", "erlang"])
def test_the_tail_has_the_moments_of_pollaczek_and_khinchine(service):
    lam = 0.7
    z, w = np.polynomial.legendre.leggauss(24)
    edges = np.concatenate([[0.0], np.geomspace(0.01, 400.0, 30)])
    half = np.diff(edges)[:, None] / 2
    t, w = (edges[:-1, None] + half * (1 + z)).ravel(), (half * w).ravel()
    tail = phases.mph1_wait_tail(t, lam, service)
    assert w @ tail == pytest.approx(phases.mph1_mean_wait_s(lam, service), rel=1e-9)
    assert 2 * (w * t) @ tail == pytest.approx(phases.mph1_wait_second_moment_s2(lam, service), rel=1e-9)
    assert phases.mph1_mean_wait_s(lam, service) == pytest.approx(
        ggc_mean_wait_s(lam, service.mean_s, 1, 1.0, service.scv), rel=1e-12
    )


def test_phases_agree_with_the_inversion():
    law = mg1_wait(0.7 * 0.95, mixture([0.9, 0.1], [exponential(0.5), exponential(5.0)]))
    exact = phases.mph1_wait_percentile_s([0.9, 0.99], 0.7, JOBS)
    assert law.percentile(np.array([0.9, 0.99])) == pytest.approx(exact, rel=1e-7)


def test_phases_inverse_overload_and_errors():
    lam = phases.mph1_load_for_wait_percentile(JOBS, 0.99, 20.0)
    assert phases.mph1_wait_percentile_s(0.99, lam, JOBS) == pytest.approx(20, rel=1e-9)
    assert phases.mph1_wait_percentile_s(0.5, 2.0, JOBS) == phases.mph1_mean_wait_s(2.0, JOBS) == np.inf
    assert phases.mph1_wait_tail(3.0, 2.0, JOBS) == 1 and phases.mph1_wait_percentile_s(0.9, 0.0, JOBS) == 0
    with pytest.raises(DomainError) as error:
        phases.hyperexponential_phases([0.5, 0.4], [1.0, 2.0])
    assert str(error.value) == "weights = [0.5, 0.4] is outside weights that sum to 1, one a mean."


def brute_two_kinds(lam1, m1, lam2, m2, c, most):
    """Mean wait and P(wait) of M/H2/c with room for `most` jobs, by solving all its states at once."""
    lam, p = lam1 + lam2, lam2 / (lam1 + lam2)
    states = [(n, i) for n in range(most + 1) for i in range(min(n, c) + 1)]
    at = {s: k for k, s in enumerate(states)}
    Q = np.zeros((len(states), len(states)))

    def move(a, b, rate):
        if rate and b in at:
            Q[at[a], at[b]] += rate
            Q[at[a], at[a]] -= rate

    for n, i in states:
        here = n, i
        if n < c:
            move(here, (n + 1, i), lam * (1 - p))
            move(here, (n + 1, i + 1), lam * p)
        else:
            move(here, (n + 1, i), lam)
        busy = min(n, c)
        for rate, left in (((busy - i) / m1, i), (i / m2, i - 1)):
            if n > c:
                move(here, (n - 1, left), rate * (1 - p))
                move(here, (n - 1, left + 1), rate * p)
            else:
                move(here, (n - 1, left), rate)
    A = np.vstack([Q.T[:-1], np.ones(len(states))])
    pi = np.linalg.solve(A, np.eye(len(states))[-1])
    queue = sum(x * max(n - c, 0) for x, (n, _) in zip(pi, states, strict=True))
    return queue / lam, sum(x for x, (n, _) in zip(pi, states, strict=True) if n >= c)


@pytest.mark.parametrize("case", [(1.0, 0.5, 0.2, 3.0, 2), (2.0, 1.0, 0.1, 10.0, 6), (0.1, 2.0, 1.0, 0.3, 1)])
def test_two_kinds_against_the_chain(case):
    wait, chance = brute_two_kinds(*case, most=260)
    assert mixed.two_kinds_mean_wait_s(*case) == pytest.approx(wait, rel=1e-8)
    assert mixed.two_kinds_wait_probability(*case) == pytest.approx(chance, rel=1e-8)
    law = mixed.two_kinds_wait(*case)
    assert law.tail(0.0) == pytest.approx(chance, rel=1e-8) and law.mean_s == pytest.approx(wait, rel=1e-8)


def test_two_kinds_alike_are_mmc_and_one_server_is_mg1():
    assert mixed.two_kinds_mean_wait_s(3.0, 1.0, 4.0, 1.0, 8) == pytest.approx(
        mmc_mean_wait_s(7.0, 1.0, 8), rel=1e-12
    )
    p = np.array([0.5, 0.99])
    law = mixed.two_kinds_wait(3.0, 1.0, 4.0, 1.0, 8)
    assert law.percentile(p) == pytest.approx(mmc_wait_percentile_s(p, 7.0, 1.0, 8), rel=1e-8)
    one = mixed.two_kinds_wait(0.63, 0.5, 0.07, 5.0, 1)
    assert one.percentile(p) == pytest.approx(phases.mph1_wait_percentile_s(p, 0.7, JOBS), rel=1e-8)
    assert one.moments()[1] == pytest.approx(phases.mph1_wait_second_moment_s2(0.7, JOBS), rel=1e-11)
    swapped = mixed.two_kinds_mean_wait_s(0.2, 3.0, 1.0, 0.5, 2)
    assert mixed.two_kinds_mean_wait_s(1.0, 0.5, 0.2, 3.0, 2) == pytest.approx(swapped, rel=1e-12)


def test_two_kinds_edges_and_inverse():
    assert mixed.two_kinds_mean_wait_s(1.0, 1.0, 1.0, 3.0, 4) == np.inf
    assert mixed.two_kinds_wait(1.0, 1.0, 1.0, 3.0, 4).percentile(0.5) == np.inf
    assert mixed.two_kinds_mean_wait_s(0.0, 1.0, 0.0, 3.0, 4) == pytest.approx(0, abs=1e-90)
    assert mixed.two_kinds_mean_wait_s(1e-5, 1.0, 1e-5, 3.0, 200) == 0
    c = float(mixed.servers_for_two_kinds_wait(2.4, 1.0, 0.05, 50.0, 0.2))
    ask = [float(mixed.two_kinds_mean_wait_s(2.4, 1.0, 0.05, 50.0, k)) for k in (c - 1, c)]
    assert ask[0] > 0.2 >= ask[1]
    assert mixed.two_kinds_mean_wait_s([1.0, 9.0], 1.0, 0.1, 5.0, [[4], [20]]).shape == (2, 2)
    with pytest.raises(DomainError) as error:
        mixed.two_kinds_mean_wait_s(1.0, 1.0, 1.0, 1.0, 257)
    assert str(error.value) == "servers = 257.0 is outside [1, 256]."


def test_any_law_is_exact_where_it_can_be():
    pool = (9.0, 12)
    assert mgc.mgc_mean_wait_s(9.0, exponential(1.0), 12) == pytest.approx(
        mmc_mean_wait_s(9.0, 1.0, 12), rel=1e-12
    )
    assert mgc.mgc_mean_wait_s(9.0, constant(1.0), 12) == pytest.approx(
        mdc_mean_wait_s(9.0, 1.0, 12), rel=1e-12
    )
    jobs = mixture([0.98, 0.02], [exponential(1.0), exponential(50.0)])
    exact = mixed.two_kinds_mean_wait_s(0.98 * 2.4, 1.0, 0.02 * 2.4, 50.0, 8)
    assert mgc.mgc_mean_wait_s(2.4, jobs, 8) == pytest.approx(exact, rel=1e-3)
    assert mgc.mgc_wait(2.4, jobs, 8).mean_s == pytest.approx(exact, rel=1e-3)
    wide = lognormal(1.0, 1.5)
    scv = np.expm1(1.5**2)
    assert mgc.mgc_mean_wait_s(0.2, wide, 1) == pytest.approx(
        ggc_mean_wait_s(0.2, wide.mean_s, 1, 1.0, scv), rel=1e-9
    )
    assert mgc.mgc_mean_wait_s(*pool[:1], exponential(2.0), 12) == np.inf
    assert mgc.mgc_mean_wait_s([0.0, 9.0], exponential(1.0), [[12], [20]]).shape == (2, 2)


def test_least_residual_by_hand():
    assert mgc.least_residual_s(exponential(3.0)) == pytest.approx(1, rel=1e-4)
    assert mgc.least_residual_s(constant(1.0)) == pytest.approx(1 / 4, rel=1e-4)  # int (1 - t)^3


def test_waits_of_any_law_have_their_mean():
    for law, c in (
        (constant(1.0), 4),
        (lognormal(1.0, 0.5), 4),
        (lognormal(1.0, 1.2), 4),
        (lognormal(1.0, 1.2), 200),
    ):
        lam = 0.9 * c / law.mean_s
        wait = mgc.mgc_wait(lam, law, c)
        assert wait.mean_s == pytest.approx(float(mgc.mgc_mean_wait_s(lam, law, c)), rel=1e-9)
        assert wait.standing.level == "approximation"
        assert mgc.mgc_response(lam, law, c).mean_s == pytest.approx(wait.mean_s + law.mean_s)
    assert mgc.mgc_wait(9.0, constant(1.0), 4).percentile(0.5) == np.inf


TABLE = [  # simulated with 3e6 jobs: service, servers, load, mean wait
    (mixture([0.98, 0.02], [constant(1.0), constant(50.0)]), 2, 0.6, 6.53),
    (mixture([0.98, 0.02], [constant(1.0), constant(50.0)]), 8, 0.6, 0.3417),
    (mixture([0.98, 0.02], [constant(1.0), constant(50.0)]), 8, 0.9, 11.01),
    (mixture([0.98, 0.02], [constant(1.0), constant(50.0)]), 32, 0.8, 0.188),
    (mixture([0.9, 0.1], [constant(1.0), constant(10.0)]), 8, 0.6, 0.1007),
    (lognormal(5**-0.5, np.log(5.0) ** 0.5), 8, 0.6, 0.07144),
    (lognormal(5**-0.5, np.log(5.0) ** 0.5), 32, 0.8, 0.04062),
    (lognormal(13**-0.5, np.log(13.0) ** 0.5), 2, 0.6, 2.893),
    (lognormal(13**-0.5, np.log(13.0) ** 0.5), 8, 0.6, 0.1258),
    (lognormal(13**-0.5, np.log(13.0) ** 0.5), 32, 0.8, 0.07128),
]


@pytest.mark.parametrize(("law", "c", "load", "simulated"), TABLE)
def test_within_ten_percent_of_simulation(law, c, load, simulated):
    assert mgc.mgc_mean_wait_s(load * c / law.mean_s, law, c) == pytest.approx(simulated, rel=0.1)
