"""The fewest servers meet the target, one fewer does not; the most load is where the target is just met."""

from __future__ import annotations

import math

import numpy as np
import pytest
from erlang_exact import exact_c
from hypothesis import given
from hypothesis import strategies as st
from mpmath import exp, expm1, log, mpf

from capcalc.errors import DomainError
from capcalc.laws import queueing as q

LOADS = np.concatenate([[1e-6, 0.01], np.arange(0.25, 40, 0.25), [0.3, 1 / 3, 9.999999, 50.5, 77.0]])
COUNTS = np.arange(1, 400.0)[:, None]


def brute(met: np.ndarray, loads: np.ndarray) -> np.ndarray:
    """Least count, by trying every one, that keeps up and meets the target."""
    met = met & (loads < COUNTS)
    assert met.any(axis=0).all()
    return COUNTS[met.argmax(axis=0), 0]


def recursion(loads: np.ndarray) -> np.ndarray:
    """C for every count, by Erlang's recursion: another way than that of the library."""
    r, rows = np.ones_like(loads), []
    with np.errstate(over="ignore"):
        for n in COUNTS[:, 0]:
            r = 1 + n / loads * r
            rows.append(n / (loads + (n - loads) * r))
    return np.array(rows)


TIE = 1 + 1e-13  # what counts as met
CHANCE = recursion(LOADS)
SPARE = np.where(LOADS < COUNTS, COUNTS - LOADS, np.inf)


@pytest.mark.parametrize("p", [0.999, 0.9, 0.5, 0.2, 0.05, 1e-2, 1e-4, 1e-9, 1e-30])
def test_wait_probability_by_brute_force(p):
    assert np.array_equal(q.servers_for_wait_probability(LOADS, p), brute(p * TIE >= CHANCE, LOADS))


@pytest.mark.parametrize("spread", [(1.0, 1.0), (0.5, 2.5), (0.0, 0.1), (1.0, 25.0)])
@pytest.mark.parametrize("wait", [20.0, 1.0, 0.1, 1e-3, 1e-8])
def test_mean_wait_by_brute_force(wait, spread):
    mean = sum(spread) / 2 * CHANCE / SPARE
    counts = q.servers_for_mean_wait(LOADS, 1.0, wait, *spread)
    assert np.array_equal(counts, brute(mean <= wait * TIE, LOADS))


@pytest.mark.parametrize("spread", [(1.0, 1.0), (0.5, 2.5), (0.0, 0.1), (1.0, 25.0)])
@pytest.mark.parametrize("p", [0.5, 0.99, 1 - 1e-9])
@pytest.mark.parametrize("wait", [0.0, 0.1, 2.0, 30.0])
def test_wait_percentile_by_brute_force(p, wait, spread):
    tail = CHANCE * np.exp(-2 / sum(spread) * np.maximum(COUNTS - LOADS, 0) * wait)
    counts = q.servers_for_wait_percentile(LOADS, 1.0, p, wait, *spread)
    assert np.array_equal(counts, brute(tail <= (1 - p) * TIE, LOADS))


@pytest.mark.parametrize("p", [0.5, 0.95, 0.99, 0.99999])
@pytest.mark.parametrize("above", [1.001, 1.1, 1.5, 3.0, 40.0])
def test_response_percentile_by_brute_force(p, above):
    time = -above * math.log1p(-p)
    tail = q.mmc_response_tail(time, LOADS, 1.0, COUNTS)
    counts = q.servers_for_response_percentile(LOADS, 1.0, p, time)
    assert np.array_equal(counts, brute(tail <= (1 - p) * TIE, LOADS))


def large(seed: int, n: int, most: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.exp(rng.uniform(math.log(30), math.log(most), n)), 10 ** rng.uniform(-9, -0.02, n)


def hold_against_exact(loads: np.ndarray, p: np.ndarray) -> None:
    """P(wait), mean wait, wait and response percentile, with 50 digits at the answer and one below it."""
    t, share = 1 / np.sqrt(loads), 1 - p
    by_chance = q.servers_for_wait_probability(loads, p)
    by_mean = q.servers_for_mean_wait(loads, 1.0, p * t)
    by_wait = q.servers_for_wait_percentile(loads, 1.0, share, t)
    time = (1 + t) * -np.log1p(-share)
    by_response = q.servers_for_response_percentile(loads, 1.0, share, time)

    def response(chance, theta, u):
        x = (1 - theta) * u
        return exp(-u) * (1 + chance * u * (expm1(x) / x if x else 1))

    for i, a in enumerate(loads):
        left = 1 - mpf(share[i])
        checks = (
            (by_chance[i], lambda C, _, i=i: C / mpf(p[i])),
            (by_mean[i], lambda C, theta, i=i: C / theta / mpf(p[i] * t[i])),
            (by_wait[i], lambda C, theta, i=i, left=left: C * exp(-theta * mpf(t[i])) / left),
            (by_response[i], lambda C, theta, i=i, left=left: response(C, theta, mpf(time[i])) / left),
        )
        for kind, (c, ratio) in enumerate(checks):
            where = f"{kind}: a = {a!r}, p = {p[i]!r}, c = {c:.0f}"
            assert c > a, where
            assert log(ratio(exact_c(int(c), a), c - mpf(a))) <= 1e-11, where
            if c - 1 > a:
                assert log(ratio(exact_c(int(c) - 1, a), c - 1 - mpf(a))) > -1e-11, where


def test_large_pools_against_50_digits():
    hold_against_exact(*large(1, 60, 1e5))


@pytest.mark.nightly
def test_large_pools_against_50_digits_at_length():
    hold_against_exact(*large(2, 600, 1e5))
    hold_against_exact(*large(3, 20, 1e7))


def test_a_hundred_thousand_pools_at_once():
    loads, p = large(4, 100_000, 1e8)
    c = q.servers_for_wait_probability(loads, p)
    assert (q.log_erlang_c(c, loads) <= np.log(p) + 1e-11).all()
    fewer = np.where(c - 1 > loads, q.log_erlang_c(c - 1, loads), 0.0)
    assert (fewer > np.log(p) - 1e-11).all()


def test_utilisation():
    assert q.servers_for_utilisation(7.0, 0.7) == 10  # 7/0.7 is 10.000000000000002 in doubles
    assert q.servers_for_utilisation([10 * (1 + 5e-13), 10 + 1e-9], 1.0).tolist() == [10, 11]
    assert q.servers_for_utilisation([0.0, 0.1, 9.0, 9.1], [0.7, 0.7, 1.0, 1.0]).tolist() == [1, 1, 9, 10]
    whole = np.arange(1, 2000.0)
    for U in (0.1, 0.3, 0.6, 0.7, 0.9):
        assert np.array_equal(q.servers_for_utilisation(whole * U, U), whole)


def test_small_and_no_load():
    for a in (0.0, 1e-300, 1e-9):
        assert q.servers_for_wait_probability(a, 0.01) == q.servers_for_mean_wait(a, 1.0, 0.01) == 1
        assert q.servers_for_wait_percentile(a, 1.0, 0.99, 0.0) == 1
        assert q.servers_for_response_percentile(a, 1.0, 0.99, 5.0) == 1
    assert q.servers_for_mean_wait(9.5, 1.0, 0.1, 0.0, 0.0) == 10  # nothing varies: all that keeps up will do
    assert q.servers_for_wait_probability(8.0, 0.999) == 9


def test_arrays_are_scalars_and_monotone():
    loads = np.linspace(0.1, 300, 60)
    for law in (
        lambda a: q.servers_for_wait_probability(a, 0.02),
        lambda a: q.servers_for_mean_wait(a, 1.0, 0.02, 1.0, 2.0),
        lambda a: q.servers_for_wait_percentile(a, 1.0, 0.99, 0.2),
        lambda a: q.servers_for_response_percentile(a, 1.0, 0.99, 5.0),
    ):
        counts = law(loads)
        assert np.array_equal(counts, [law(float(a)) for a in loads]) and (np.diff(counts) >= 0).all()
        assert isinstance(law(3.0), float) and law(loads.reshape(6, 10)).shape == (6, 10)


def test_a_response_below_the_service_is_refused_with_the_floor():
    with pytest.raises(DomainError) as error:
        q.servers_for_response_percentile([100.0, 100.0], 0.01, 0.99, [0.5, 0.04])
    assert str(error.value) == (
        "response_s = 0.04 is outside (0.0460517, inf). "
        "The service alone takes 0.0460517 s at this percentile, -S ln(1 - p): no fleet is faster."
    )


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (q.servers_for_wait_probability, (9.0, 0.0), "p_wait = 0.0 is outside (0, 1). Write 0.05 for 5 %."),
        (q.servers_for_utilisation, (9.0, 70), "utilisation = 70.0 is outside (0, 1]. Write 0.7 or 70%."),
        (q.servers_for_wait_probability, (4e99, 0.5), "offered_erlangs = 4e+99 is outside [0, 1e+15]."),
        (
            q.servers_for_mean_wait,
            (1e300, 1e300, 1.0),
            "arrival_rps * service_time_s = inf is outside [0, 1e+15].",
        ),
        (q.servers_for_mean_wait, (9.0, 1.0, 0.0), "mean_wait_s = 0.0 is outside (0, inf)."),
        (q.servers_for_wait_percentile, (9.0, 1.0, 0.9, -1.0), "wait_s = -1.0 is outside [0, inf)."),
        (q.load_for_wait_percentile, (0.0, 3, 0.9, 1.0), "service_time_s = 0.0 is outside (0, inf)."),
        (q.load_for_wait_probability, (0, 0.5), "servers = 0.0 is outside [1, inf)."),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text


@given(a=st.floats(0, 1e12), p=st.floats(1e-300, 1 - 1e-9), t=st.floats(1e-9, 1e9), k=st.floats(0, 1e6))
def test_fewest_for_anything(a, p, t, k):
    c = q.servers_for_wait_probability(a, p)
    assert c > a and q.log_erlang_c(c, a) <= math.log(p) + 1e-11
    c = q.servers_for_mean_wait(a, 1.0, t, k, k)
    assert c > a and q.ggc_mean_wait_s(a, 1.0, c, k, k) <= t * (1 + 1e-6)
    if 1 - p < 1:
        c = q.servers_for_wait_percentile(a, 1.0, 1 - p, t, k, k)
        assert c > a and q.ggc_wait_tail(t, a, 1.0, c, k, k) <= (1 - (1 - p)) * (1 + 1e-6)


def test_most_load_is_where_the_target_is_just_met():
    rng = np.random.default_rng(5)
    c, p = np.exp(rng.uniform(0, math.log(1e8), 4000)).round(), 10 ** rng.uniform(-200, -1e-4, 4000)
    a = q.load_for_wait_probability(c, p)
    assert ((a > 0) & (a < c)).all()
    # Four roundings of a are 9e-16 (c - a) of ln C.
    assert (np.abs(q.log_erlang_c(c, a) - np.log(p)) <= 1e-15 * (c - a + 200)).all()
    t, share = rng.uniform(0, 3, 4000) / np.sqrt(c), 1 - np.maximum(p, 1e-12)
    lam = q.load_for_wait_percentile(0.5, c, share, t)
    assert np.allclose(q.mmc_wait_tail(t, lam, 0.5, c), 1 - share, rtol=1e-8)
    assert q.load_for_wait_probability(1, 0.3) == pytest.approx(0.3, rel=1e-14)  # M/M/1: C is a
    assert isinstance(q.load_for_wait_percentile(0.5, 3, 0.9, 0.1), float)


def test_most_load_and_fewest_servers_agree():
    c = np.arange(1, 300.0)
    a = q.load_for_wait_probability(c, 0.05)
    assert np.array_equal(q.servers_for_wait_probability(a * (1 - 1e-9), 0.05), c)
    assert np.array_equal(q.servers_for_wait_probability(a * (1 + 1e-9), 0.05), c + 1)
