"""Waits and responses of pools: golden values, 50 digits, hand-worked points, limits, the components."""

from __future__ import annotations

import csv
import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from erlang_exact import exact_c, off
from golden_adapter import MODELS, value
from hypothesis import given
from hypothesis import strategies as st
from mpmath import exp, expm1, log, mpf

from capcalc.errors import DomainError
from capcalc.laws import queueing as q
from capcalc.sources import CITATIONS

GOLDEN = Path(__file__).parents[1] / "data" / "queueing.csv"


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["model"] in MODELS]


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["id"])
def test_golden(row):
    got, expected = value(row["model"], json.loads(row["inputs"]), row["quantity"]), float(row["expected"])
    kind, _, size = row["tolerance"].partition("=")
    room = 0.0 if kind == "exact" else float(size) * (abs(expected) if kind == "rel" else 1.0)
    assert abs(got - expected) <= room, row["note"]


def test_every_model_of_one_station_has_rows():
    assert {row["model"] for row in golden_rows()} == MODELS
    assert len(golden_rows()) == 193


def test_the_adapter_refuses_what_is_not_there():
    with pytest.raises(KeyError):
        value("usl_fit", {}, "sigma")
    with pytest.raises(KeyError):
        value("ggc", {"method": "guess", "scv_arrival": 1.0, "scv_service": 1.0}, "mean_wait")


def test_hand_worked():
    # Two servers, 1 erlang: C = 1/3, theta = 1, so P(T > u S) = e^-u (1 + u/3).
    pool = (100.0, 0.01, 2)
    assert q.mmc_mean_wait_s(*pool) == pytest.approx(0.01 / 3, rel=1e-15)
    assert q.mmc_mean_response_s(*pool) == pytest.approx(0.04 / 3, rel=1e-15)
    assert q.mmc_wait_tail(0.01, *pool) == pytest.approx(math.exp(-1) / 3, rel=1e-15)
    assert q.mmc_wait_percentile_s(0.9, *pool) == pytest.approx(0.01 * math.log(10 / 3), rel=1e-14)
    assert q.mmc_response_tail(0.03, *pool) == pytest.approx(2 * math.exp(-3), rel=1e-15)
    assert q.mmc_response_percentile_s(1 - 2 * math.exp(-3), *pool) == pytest.approx(0.03, rel=1e-13)
    # M/D/1 at 0.8: half the wait of M/M/1, 0.8/0.2 S.
    assert q.ggc_mean_wait_s(80.0, 0.01, 1, 1.0, 0.0) == pytest.approx(0.02, rel=1e-14)


def test_one_server_responds_exponentially():
    lam, S = np.array([1.0, 50.0, 127.0, 127.9999999]), 1 / 128
    rate = 128 - lam
    assert np.allclose(q.mmc_mean_response_s(lam, S, 1), 1 / rate, rtol=1e-13, atol=0)
    assert np.allclose(q.mmc_response_tail(0.05, lam, S, 1), np.exp(-rate * 0.05), rtol=1e-13, atol=0)
    assert np.allclose(q.mmc_response_percentile_s(0.99, lam, S, 1), math.log(100) / rate, rtol=1e-13, atol=0)


def pools(rng: np.random.Generator, n: int, most: float) -> tuple[np.ndarray, ...]:
    """p, lam, S, c; a tenth with exactly or nearly one spare server, where the textbook form divides by 0."""
    c = np.exp(rng.uniform(0, math.log(most), n)).round()
    a = np.where(rng.random(n) < 0.5, c * rng.uniform(0.01, 1, n), c - 10 ** rng.uniform(-6, 1, n))
    nearly = np.maximum(c, 2) - 1 + rng.choice([0, 1e-15, -1e-15, 1e-9, -1e-4], n)
    one = rng.random(n) < 0.1
    c, a = np.where(one, np.maximum(c, 2), c), np.where(one, nearly, a)
    a = np.where(a > 0, a, c / 2)
    S = np.exp2(rng.integers(-10, 5, n))  # powers of two: lam S is a without rounding
    return 1 - 10 ** rng.uniform(-9, -0.01, n), a / S, S, c


def exact_tail(u: mpf, chance: mpf, theta: mpf) -> mpf:
    x = (1 - theta) * u
    return exp(-u) * (1 + chance * u * (expm1(x) / x if x else 1))


def hold_against_exact(p, lam, S, c) -> None:
    wait, response = q.mmc_wait_percentile_s(p, lam, S, c), q.mmc_response_percentile_s(p, lam, S, c)
    mean, tail = q.mmc_mean_wait_s(lam, S, c), q.mmc_response_tail(response, lam, S, c)
    for i in range(len(p)):
        where = f"{p[i]!r}, {lam[i]!r}, {S[i]!r}, {c[i]:.0f}"
        chance, theta = exact_c(int(c[i]), lam[i] * S[i]), c[i] - mpf(lam[i] * S[i])
        left = 1 - mpf(p[i])
        if chance > 1e-300:
            assert off(mean[i] / S[i], chance / theta) <= 1e-12, where
        exact = max(mpf(0), log(chance / left) / theta)
        assert abs(wait[i] / S[i] - float(exact)) <= 1e-12 * float(max(exact, 1 / theta)), where
        u = mpf(response[i]) / S[i]
        here = exact_tail(u, chance, theta)
        slope = (exact_tail(u * (1 + mpf("1e-20")), chance, theta) - here) / (u * mpf("1e-20"))
        assert abs((here - left) / slope / u) <= 1e-12, where
        assert off(tail[i], here) <= 1e-12, where


def test_percentiles_and_tails_against_50_digits():
    hold_against_exact(*pools(np.random.default_rng(1), 600, 1e5))


@pytest.mark.nightly
def test_percentiles_and_tails_against_50_digits_at_length():
    hold_against_exact(*pools(np.random.default_rng(2), 3000, 1e7))


@pytest.mark.parametrize(
    ("lam", "S", "c"), [(99.9999999, 0.01, 1), (333.333333, 0.3, 100), (7e5, 1.42857e-4, 100)]
)
def test_rounding_of_the_offered_load_costs_nothing_near_saturation(lam, S, c):
    rate = float(c / Fraction(S) - Fraction(lam))
    assert 0 < rate * S < 1e-4
    assert q.wait_rate_per_s(lam, S, c) == pytest.approx(rate, rel=1e-14)
    assert q.mmc_mean_wait_s(lam, S, c) == pytest.approx(q.erlang_c(c, lam * S) / rate, rel=1e-14)


def test_overload_is_infinite_and_idle_is_nothing():
    for lam in (200.0, 300.0):
        pool = (lam, 0.01, 2)
        assert q.mmc_mean_wait_s(*pool) == q.mmc_mean_response_s(*pool) == np.inf
        assert q.mmc_wait_percentile_s(0.5, *pool) == q.mmc_response_percentile_s(0.5, *pool) == np.inf
        assert q.mmc_wait_tail(9.0, *pool) == q.mmc_response_tail(9.0, *pool) == 1
        assert q.ggc_mean_wait_s(*pool, 0.0, 0.0) == q.ggc_wait_percentile_s(0.5, *pool, 2.0, 3.0) == np.inf
        assert q.ggc_wait_tail(9.0, *pool, 2.0, 3.0) == 1
    for idle in ((0.0, 0.01, 2), (50.0, 0.0, 2)):
        assert q.mmc_mean_wait_s(*idle) == q.mmc_wait_percentile_s(0.999, *idle) == 0
        assert q.mmc_wait_tail(0.0, *idle) == 0
        assert q.mmc_mean_response_s(*idle) == idle[1]
        assert q.mmc_response_percentile_s(0.5, *idle) == pytest.approx(idle[1] * math.log(2), rel=1e-15)
    assert q.mmc_response_tail(0.0, 50.0, 0.0, 2) == 0


def test_arrays_are_scalars():
    lam, c = np.array([0.0, 10.0, 190.0, 199.999, 200.0, 250.0])[:, None], np.array([1, 2, 3, 40])
    for law in (
        q.mmc_mean_wait_s,
        q.mmc_mean_response_s,
        lambda *pool: q.mmc_wait_tail(0.004, *pool),
        lambda *pool: q.mmc_wait_percentile_s(0.9, *pool),
        lambda *pool: q.mmc_response_tail(0.004, *pool),
        lambda *pool: q.mmc_response_percentile_s(0.9, *pool),
        lambda *pool: q.ggc_mean_wait_s(*pool, 2.0, 0.5),
        lambda *pool: q.ggc_wait_tail(0.004, *pool, 2.0, 0.5),
        lambda *pool: q.ggc_wait_percentile_s(0.9, *pool, 2.0, 0.5),
        lambda *pool: q.wait_rate_per_s(*pool, 2.0, 0.5),
    ):
        grid = law(lam, 0.01, c)
        assert grid.shape == (6, 4) and not np.isnan(grid).any()
        one_by_one = [[law(float(x), 0.01, int(n)) for n in c] for x in lam[:, 0]]
        assert np.allclose(grid, one_by_one, rtol=1e-13, atol=0)
        assert isinstance(law(10.0, 0.01, 2), float)


def test_more_load_waits_longer_and_more_servers_less():
    lam, c = np.linspace(1, 3300, 400), np.arange(1, 60)
    for law in (q.mmc_mean_wait_s, lambda *pool: q.mmc_response_percentile_s(0.99, *pool)):
        by_load = law(lam, 0.01, 33)[lam < 3300]
        assert (np.diff(by_load) >= -1e-13 * by_load[1:]).all()
        by_servers = law(900.0, 0.01, c)[9:]
        assert (np.diff(by_servers) <= 0).all()


def test_ggc_is_mmc_at_one_and_scales_with_the_spread():
    pool = (900.0, 0.01, np.array([10, 12, 20]))
    assert np.array_equal(q.ggc_mean_wait_s(*pool), q.mmc_mean_wait_s(*pool))
    assert np.array_equal(q.ggc_wait_percentile_s(0.99, *pool), q.mmc_wait_percentile_s(0.99, *pool))
    assert np.allclose(q.ggc_wait_tail(0.002, *pool), q.mmc_wait_tail(0.002, *pool), rtol=1e-15)
    assert np.allclose(q.ggc_mean_wait_s(*pool, 0.5, 2.5), 1.5 * q.mmc_mean_wait_s(*pool), rtol=1e-15)
    mean = q.erlang_c(pool[2], 9.0) / q.wait_rate_per_s(*pool, 0.5, 2.5)
    assert np.allclose(q.ggc_mean_wait_s(*pool, 0.5, 2.5), mean, rtol=1e-14)
    share = q.ggc_wait_tail(q.ggc_wait_percentile_s(0.9, *pool, 0.5, 2.5), *pool, 0.5, 2.5)
    assert np.allclose(share, np.minimum(0.1, q.erlang_c(pool[2], 9.0)), rtol=1e-14)


def test_wait_rate():
    assert q.wait_rate_per_s(900.0, 0.01, 12) == pytest.approx(300, rel=1e-14)  # c/S - lam
    assert q.wait_rate_per_s(900.0, 0.01, 12, 1.0, 3.0) == pytest.approx(150, rel=1e-14)
    assert q.wait_rate_per_s(1000.0, 0.01, 10) == 0 and q.wait_rate_per_s(1100.0, 0.01, 10) < 0
    assert q.wait_rate_per_s(900.0, 0.01, 12, 0.0, 0.0) == q.wait_rate_per_s(1.0, 0.0, 1) == np.inf
    assert q.ggc_mean_wait_s(900.0, 0.01, 12, 0.0, 0.0) == 0
    assert q.ggc_wait_tail(0.1, 900.0, 0.01, 12, 0.0, 0.0) == 0


def test_pooled_service():
    mean, scv = q.pooled_service([3.0, 1.0], [0.01, 0.05], [1.0, 0.0])
    assert mean == pytest.approx(0.02) and scv == pytest.approx((3 * 2e-4 + 25e-4) / 4 / 4e-4 - 1)
    assert q.pooled_service([5.0, 7.0], [0.02, 0.02], [0.0, 0.0]) == (0.02, 0)
    assert q.pooled_service([5.0, 7.0], [0.02, 0.02], [1.0, 1.0]) == (0.02, 1)
    assert q.pooled_service([0.0, 0.0], [0.02, 0.04], [1.0, 1.0])[0] == pytest.approx(0.03)
    assert q.pooled_service([4.0], [0.0], [1.0]) == q.pooled_service([], [], []) == (0, 1)
    means, scvs = q.pooled_service([[3.0, 0.0], [1.0, 0.0]], [[0.01], [0.05]], 1.0)
    assert means.shape == scvs.shape == (2,) and means[0] == pytest.approx(0.02)


def test_standing():
    assert q.standing_ggc(1.0, 1.0, 9) == ("exact", "M/M/c: Poisson arrivals, exponential service")
    level, why = q.standing_ggc(1.0, 2.0, 1)
    assert level == "approximation" and why.startswith("M/G/1: the mean wait is exact")
    assert q.standing_ggc(1.0, 2.0, 2)[1].startswith("M/G/c")
    assert q.standing_ggc(2.0, 1.0, 1)[1].startswith("G/G/c")


anything = st.floats(0, 1e300)
many, inside = st.integers(1, 10**9), st.floats(1e-12, 1 - 1e-12)


@given(lam=anything, S=anything, c=many, t=anything, p=inside, k=anything)
def test_never_nan(lam, S, c, t, p, k):
    values = [
        *[q.mmc_mean_wait_s(lam, S, c), q.mmc_mean_response_s(lam, S, c), q.mmc_wait_tail(t, lam, S, c)],
        *[q.mmc_wait_percentile_s(p, lam, S, c), q.mmc_response_tail(t, lam, S, c)],
        *[q.mmc_response_percentile_s(p, lam, S, c), q.ggc_mean_wait_s(lam, S, c, k, k)],
        *[q.ggc_wait_tail(t, lam, S, c, k, k), q.ggc_wait_percentile_s(p, lam, S, c, k, k)],
        *[q.wait_rate_per_s(lam, S, c, k, k)],
    ]
    assert not np.isnan(values).any()


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (q.mmc_mean_wait_s, (-1.0, 0.01, 2), "arrival_rps = -1.0 is outside [0, inf)."),
        (q.mmc_mean_response_s, (1.0, math.inf, 2), "service_time_s = inf is outside [0, inf)."),
        (q.mmc_wait_tail, (-1.0, 1.0, 0.01, 2), "t_s = -1.0 is outside [0, inf)."),
        (
            q.mmc_wait_percentile_s,
            (99, 1.0, 0.01, 2),
            "p = 99.0 is outside (0, 1). Write 0.99 for the 99th percentile.",
        ),
        (q.ggc_mean_wait_s, (1.0, 0.01, 2, -1.0), "arrival_scv = -1.0 is outside [0, inf)."),
        (q.pooled_service, ([1.0, -2.0], 0.01, 1.0), "rates_rps = -2.0 is outside [0, inf)."),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text


POOLS = [
    q.MMc(arrival_rps=900, service_time_s=0.01, servers=12),
    q.MMc(arrival_rps=900, service_time_s=0.01, servers=10),
    q.MMc(arrival_rps=900, service_time_s=0.01, servers=8),
    q.MMc(arrival_rps=0, service_time_s=0.01, servers=1),
    q.MGc(arrival_rps=900, service_time_s=0.01, servers=12, service_scv=3.0),
    q.MGc(arrival_rps=80, service_time_s=0.01, servers=1, service_scv=0.0),
    q.MGc(arrival_rps=0, service_time_s=0.01, servers=3),
    q.MGc(arrival_rps=900, service_time_s=0.01, servers=9),
]


@pytest.mark.parametrize("pool", POOLS, ids=str)
def test_steps_evaluate_to_their_values(pool):
    laws = {name: sympy.Function(name) for name in ("erlang_c", "mmc_response_percentile_s")}
    for step in pool.steps():
        symbols = {name: sympy.Symbol(name) for name in step.inputs}
        known = {"max": sympy.Max, "log": sympy.log}
        formula = sympy.parse_expr(step.formula, local_dict={**laws, **known, **symbols})
        assert {str(s) for s in formula.free_symbols} == set(step.inputs)
        modules = [{name: getattr(q, name) for name in laws}, "math"]
        number = sympy.lambdify(list(symbols.values()), formula, modules)
        assert float(number(*step.inputs.values())) == pytest.approx(step.value, rel=1e-12), step.formula
        assert step.source in CITATIONS or not step.source


def test_components_say_what_the_laws_say():
    pool = q.MMc(arrival_rps=900, service_time_s=0.01, servers=12)
    assert pool.offered_erlangs == 9 and pool.utilisation == 0.75 and pool.problem is None
    assert pool.wait_probability == q.erlang_c(12, 9.0)
    assert pool.mean_wait_s == q.mmc_mean_wait_s(900, 0.01, 12)
    assert pool.mean_response_s == q.mmc_mean_response_s(900, 0.01, 12)
    assert (pool.wait_p50_s, pool.wait_p99_s) == (0.0, q.mmc_wait_percentile_s(0.99, 900, 0.01, 12))
    assert pool.response_p50_s == q.mmc_response_percentile_s(0.5, 900, 0.01, 12)
    assert pool.response_p99_s == q.mmc_response_percentile_s(0.99, 900, 0.01, 12)
    assert [step.symbol for step in pool.steps()] == ["a", "rho", "C", "Wq", "T", "W99", "T99"]
    wide = q.MGc(arrival_rps=900, service_time_s=0.01, servers=12, service_scv=3.0)
    assert wide.mean_wait_s == q.ggc_mean_wait_s(900, 0.01, 12, 1.0, 3.0)
    assert wide.wait_percentile_s(0.9) == q.ggc_wait_percentile_s(0.9, 900, 0.01, 12, 1.0, 3.0)
    assert {step.standing for step in wide.steps()[3:]} == {"approximation"}
    assert pool == q.MMc(arrival_rps=900, service_time_s=0.01, servers=12) and hash(pool)


@pytest.mark.parametrize(
    ("servers", "lam", "problem"),
    [
        (8, 900, "9.00 erlang saturate 8 servers; 10 would carry them"),
        (9, 900, "9.00 erlang saturate 9 servers; 10 would carry them"),
        (1, 150, "1.50 erlang saturate 1 server; 2 would carry them"),
        (1000, 1234567, "12,345.67 erlang saturate 1,000 servers; 12,346 would carry them"),
    ],
)
def test_overload_is_an_answer(servers, lam, problem):
    pool = q.MMc(arrival_rps=lam, service_time_s=0.01, servers=servers)
    assert pool.problem == problem and pool.wait_probability == 1
    waits = (pool.mean_wait_s, pool.mean_response_s, pool.wait_p50_s, pool.wait_p99_s, pool.response_p99_s)
    assert waits == (None,) * 5 and len(pool.steps()) == 3
    assert q.MGc(arrival_rps=lam, service_time_s=0.01, servers=servers).wait_p99_s is None


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"servers": 2.5}, "servers = 2.5 is outside the whole numbers. Round it up or down."),
        ({"servers": 0}, "servers = 0.0 is outside [1, inf)."),
        ({"arrival_rps": -1}, "arrival_rps = -1.0 is outside [0, inf)."),
        ({"servers": [3]}, "servers = [3] is outside the single numbers. Arrays go to the functions."),
        ({"arrival_rps": "9"}, "arrival_rps = '9' is outside the numbers. Give a number in [0, inf)."),
    ],
)
def test_components_check_on_birth(changed, text):
    with pytest.raises(DomainError) as error:
        q.MMc(**{"arrival_rps": 9.0, "service_time_s": 0.1, "servers": 3, **changed})
    assert str(error.value) == text
    with pytest.raises(DomainError):
        q.MGc(arrival_rps=9.0, service_time_s=0.1, servers=3, service_scv=-1.0)
    with pytest.raises(TypeError):
        q.MMc(9.0, 0.1, 3)
