"""Erlang A and M/M/inf: chains term by term, limits, balance, inverses, errors."""

from __future__ import annotations

import numpy as np
import pytest
from chains import birth_death
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import abandon as ab
from capcalc.laws import abandon_sizing as sizing
from capcalc.laws.infinite import mminf_percentile, mminf_probability, mminf_tail
from capcalc.laws.mmc import mmc_mean_wait_s, mmc_wait_tail

CASES = [
    (0.4, 1.0, 1, 0.3),
    (3.0, 1.0, 3, 5.0),
    (30.0, 0.5, 12, 0.2),
    (200.0, 1.0, 20, 4.0),
    (7.0, 1.0, 9, 0.01),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_against_the_chain(case):
    lam, S, c, theta = case
    p = birth_death(lambda k: lam, lambda k: min(k, c) / S + max(k - c, 0) * theta, 3000)
    p, k = p, np.arange(p.size)
    queue = float(p @ np.maximum(k - c, 0))
    assert ab.erlang_a_wait_probability(*case) == pytest.approx(p[c:].sum(), rel=1e-12)
    assert ab.erlang_a_abandonment(*case) == pytest.approx(theta * queue / lam, rel=1e-12)
    assert ab.erlang_a_mean_wait_s(*case) == pytest.approx(queue / lam, rel=1e-12)
    busy = float(p @ np.minimum(k, c)) / c
    assert ab.erlang_a_utilisation(*case) == pytest.approx(busy, rel=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_tail_integrates_to_the_mean_and_the_levels_meet(case):
    z, w = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate([[0.0], np.geomspace(1e-3, 3e3, 40)])
    half = np.diff(edges)[:, None] / 2
    t, w = (edges[:-1, None] + half * (1 + z)).ravel(), (half * w).ravel()
    assert w @ ab.erlang_a_wait_tail(t, *case) == pytest.approx(ab.erlang_a_mean_wait_s(*case), rel=1e-10)
    assert ab.erlang_a_wait_tail(0.0, *case) == pytest.approx(ab.erlang_a_wait_probability(*case), rel=1e-13)
    assert ab.erlang_a_service_level(0.0, *case) == pytest.approx(
        1 - ab.erlang_a_wait_probability(*case), abs=1e-13
    )
    assert ab.erlang_a_service_level(1e9, *case) == pytest.approx(
        1 - ab.erlang_a_abandonment(*case), abs=1e-13
    )
    for p in (0.6, 0.95, 0.9999):
        t = ab.erlang_a_wait_percentile_s(p, *case)
        tail = ab.erlang_a_wait_tail(t, *case)
        assert tail == pytest.approx(1 - p, rel=1e-9) if t > 0 else tail <= 1 - p


def test_patience_as_long_as_a_service_is_as_many_servers_as_jobs():
    # theta = mu: every job leaves at rate mu, waiting or not, and the number is Poisson.
    for c, a in ((1, 0.3), (40, 55.0), (1000, 900.0)):
        assert ab.erlang_a_wait_probability(a, 1.0, c, 1.0) == pytest.approx(mminf_tail(c - 1, a), rel=1e-12)


def test_endless_patience_is_mmc():
    pool = (95.0, 1.0, 100)
    assert ab.erlang_a_mean_wait_s(*pool, 1e-9) == pytest.approx(mmc_mean_wait_s(*pool), rel=1e-7)
    assert ab.erlang_a_wait_tail(0.2, *pool, 1e-9) == pytest.approx(mmc_wait_tail(0.2, *pool), rel=1e-7)


def test_far_overload_serves_what_it_can():
    assert ab.erlang_a_abandonment(1e9, 1.0, 10, 0.5) == pytest.approx(1 - 1e-8, rel=1e-12)
    assert ab.erlang_a_utilisation(1e6, 1.0, 10, 0.5) == pytest.approx(1, rel=1e-9)
    assert ab.erlang_a_mean_wait_s(0.0, 1.0, 10, 0.5) == 0


@settings(deadline=None)
@given(lam=st.floats(0, 1e12), c=st.integers(1, 10**7), theta=st.floats(1e-9, 1e9), t=st.floats(0, 1e6))
def test_never_nan(lam, c, theta, t):
    case = lam, 1.0, c, theta
    values = [
        ab.erlang_a_wait_probability(*case),
        ab.erlang_a_abandonment(*case),
        ab.erlang_a_wait_tail(t, *case),
    ]
    values.append(ab.erlang_a_service_level(t, *case))
    assert all(0 <= v <= 1 + 1e-12 for v in values)


@settings(deadline=None, max_examples=15)
@given(lam=st.floats(0.1, 1e4), theta=st.floats(1e-2, 1e2), share=st.floats(1e-4, 0.5))
def test_inverses(lam, theta, share):
    near = 1 + 1e-12

    def least(law, c, goal):
        return law(lam, 1.0, c, theta) <= goal * near and (
            c == 1 or law(lam, 1.0, c - 1, theta) > goal / near
        )

    assert least(ab.erlang_a_abandonment, sizing.servers_for_abandonment(lam, 1.0, theta, share), share)
    c = sizing.erlang_a_servers_for_wait_probability(lam, 1.0, theta, share)
    assert least(ab.erlang_a_wait_probability, c, share)
    assert least(
        ab.erlang_a_mean_wait_s, sizing.erlang_a_servers_for_mean_wait(lam, 1.0, theta, share), share
    )
    c = sizing.erlang_a_servers_for_service_level(lam, 1.0, theta, 1 - share, 0.1)
    assert ab.erlang_a_service_level(0.1, lam, 1.0, c, theta) >= 1 - share - 1e-12
    assert c == 1 or ab.erlang_a_service_level(0.1, lam, 1.0, c - 1, theta) < 1 - share + 1e-12
    most = sizing.load_for_abandonment(1.0, 20, theta, share)
    assert ab.erlang_a_abandonment(most, 1.0, 20, theta) == pytest.approx(share, rel=1e-8)


def test_mminf():
    assert mminf_probability([0, 1, 2], 1.0) == pytest.approx(np.exp(-1) / np.array([1, 1, 2]), rel=1e-14)
    assert mminf_tail(0, 3.0) == pytest.approx(-np.expm1(-3.0), rel=1e-14)
    assert mminf_tail(5, 0.0) == 0 and mminf_percentile(0.5, 0.0) == 0
    for a in (0.2, 7.0, 1e4, 1e8):
        n = mminf_percentile(0.999, a)
        assert mminf_tail(n, a) <= 0.001 and (n == 0 or mminf_tail(n - 1, a) > 0.001)


def test_arrays_are_scalars():
    grid = ab.erlang_a_wait_probability([[3.0], [90.0]], 1.0, [1, 40], 0.5)
    assert grid.shape == (2, 2) and grid[1, 0] == pytest.approx(
        ab.erlang_a_wait_probability(90.0, 1.0, 1, 0.5), rel=1e-15
    )
    assert ab.erlang_a_wait_percentile_s([0.5, 0.9], 90.0, 1.0, 80, 0.5).shape == (2,)


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (
            ab.erlang_a_abandonment,
            (1.0, 1.0, 2, 0.0),
            "abandon_rate = 0.0 is outside (0, inf). Without patience to lose it is M/M/c.",
        ),
        (
            sizing.servers_for_abandonment,
            (1.0, 1.0, 2.0, 5),
            "abandonment = 5.0 is outside (0, 1). Write 0.05 for 5 %.",
        ),
        (mminf_tail, (-1, 1.0), "n = -1.0 is outside [0, inf)."),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text
