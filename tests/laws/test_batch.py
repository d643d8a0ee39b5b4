"""Batches and parallel calls into one pool: chains, M/M/c, hand-worked points, simulation, inverses."""

from __future__ import annotations

import numpy as np
import pytest
import simulation as sim

from capcalc.errors import DomainError, UnknownName
from capcalc.laws import batch as b
from capcalc.laws import parallel
from capcalc.laws._batch import fixed_batches, geometric_batches
from capcalc.laws.latency import constant
from capcalc.laws.mmc import mmc_mean_wait_s, mmc_response_percentile_s

CASES = [
    (0.2, 3, 1, 0.0),
    (0.28, 20, 8, 0.0),
    (0.05, 20, 30, 0.0),
    (3.0, 4, 20, 2.0),
    (0.001, 3, 2, 0.0),
    (0.5, 1, 3, 1),
]


def chain(lam, n, c, lam1):
    """Jobs in the pool, from the cuts between states, far beyond c."""
    p = np.zeros(6000)
    p[0] = 1.0
    for k in range(1, p.size):
        p[k] = (lam * p[max(0, k - n) : k].sum() + lam1 * p[k - 1]) / min(k, c)
    return p / p.sum()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_states_against_the_chain(case):
    lam, n, c, lam1 = case
    p, pool = chain(*case), fixed_batches(lam, n, 1.0, c, lam1)
    beyond = p[c:]
    k = np.arange(beyond.size)
    exact = beyond.sum(), beyond @ k, beyond @ (k * (k - 1))
    assert pool.tail_moments() == pytest.approx(exact, rel=1e-11)
    few = min(n, c)
    assert pool.window[n - few :] == pytest.approx(p[c - few : c], rel=1e-12)
    assert pool.all_at_once == pytest.approx(p[: max(0, c - n + 1)].sum(), rel=1e-12)
    assert pool.tail_at(np.array(0.7)) == pytest.approx((beyond * 0.7**k).sum(), rel=1e-11)


def test_hand_worked():
    # M^3/M/1 at load 0.6: L = rho (n + 1)/2/(1 - rho) = 3, so that a job waits 3/0.6 - 1 = 4.
    assert b.batch_mean_wait_s(0.2, 1.0, 1, 3) == pytest.approx(4, rel=1e-14)
    assert b.batch_first_wait_s(0.2, 1.0, 1, 3) == pytest.approx(3, rel=1e-14)
    assert b.batch_last_wait_s(0.2, 1.0, 1, 3) == pytest.approx(5, rel=1e-14)
    # Geometric: L = rho n/(1 - rho) = 4.5.
    assert b.batch_mean_wait_s(0.2, 1.0, 1, 3, "geometric") == pytest.approx(4.5 / 0.6 - 1, rel=1e-13)
    # Three at once into an idle server: 0, 1 and 2 services.
    assert b.batch_mean_wait_s(0.0, 1.0, 1, 3) == pytest.approx(1, rel=1e-15)
    assert b.batch_last_wait_s(0.0, 1.0, 2, 3) == pytest.approx(0.5, rel=1e-15)


@pytest.mark.parametrize("sizes", ["fixed", "geometric"])
def test_batches_of_one_are_mmc(sizes):
    assert b.batch_mean_wait_s(9.0, 1.0, 12, 1, sizes) == pytest.approx(
        mmc_mean_wait_s(9.0, 1.0, 12), rel=1e-13
    )
    assert b.batch_first_wait_s(9.0, 1.0, 12, 1, sizes) == pytest.approx(
        mmc_mean_wait_s(9.0, 1.0, 12), rel=1e-13
    )


@pytest.mark.parametrize(("lam", "n", "c"), [(0.2, 3, 1), (0.28, 20, 8), (0.05, 20, 30), (1.0, 5, 40)])
def test_little_and_the_mean_of_the_jobs(lam, n, c):
    _, waiting, _ = fixed_batches(lam, n, 1.0, c).tail_moments()
    assert b.batch_mean_wait_s(lam, 1.0, c, n) == pytest.approx(waiting / (lam * n), rel=1e-10)
    p = chain(lam, n, c, 0.0)
    k = np.arange(p.size)
    assert b.batch_first_wait_s(lam, 1.0, c, n) == pytest.approx(p @ np.maximum(k - c + 1, 0) / c, rel=1e-10)
    assert b.batch_last_wait_s(lam, 1.0, c, n) == pytest.approx(p @ np.maximum(k + n - c, 0) / c, rel=1e-10)


def test_geometric_states_against_the_chain():
    lam, n, c = 0.8, 5.0, 6
    p, above = [1.0], 1.0
    for k in range(1, 3000):
        p.append(lam * above / min(k, c))
        above = (1 - 1 / n) * above + p[-1]
    p = np.array(p) / sum(p)
    k = np.arange(p.size - c)
    exact = p[c:].sum(), p[c:] @ k, p[c:] @ (k * (k - 1))
    assert geometric_batches(lam, n, 1.0, c).tail_moments() == pytest.approx(exact, rel=1e-10)


def test_overload_and_inverses():
    assert b.batch_mean_wait_s(0.5, 1.0, 1, 3) == b.batch_last_wait_s(0.5, 1.0, 1, 3) == np.inf
    assert b.batch_wait_probability(0.5, 1.0, 1, 3) == 1
    c = float(b.servers_for_batch_wait(2.0, 1.0, 10, 0.1))
    assert b.batch_mean_wait_s(2.0, 1.0, c, 10) <= 0.1 < b.batch_mean_wait_s(2.0, 1.0, c - 1, 10)
    lam = b.load_for_batch_wait(1.0, 30, 10, 0.1)
    assert b.batch_mean_wait_s(lam, 1.0, 30, 10) == pytest.approx(0.1, rel=1e-10)
    assert b.load_for_batch_wait(1.0, 1, 3, 0.5) < 1e-300  # a batch alone waits 1 on average
    assert b.batch_mean_wait_s([[0.1], [0.2]], 1.0, [1, 2, 3], 3).shape == (2, 3)


def test_calls_of_one_are_mmc():
    p = np.array([0.5, 0.99, 0.999])
    exact = mmc_response_percentile_s(p, 95.0, 1.0, 100)
    assert parallel.batch_response(95.0, 1, 1.0, 100).percentile(p) == pytest.approx(exact, rel=1e-7)
    assert parallel.batch_response(90.0, 1, 1.0, 100, 5.0).percentile(p) == pytest.approx(exact, rel=1e-7)


def test_calls_into_a_large_pool_are_independent():
    alone = -np.log1p(-(0.99 ** (1 / 20)))
    assert parallel.batch_response(0.01, 20, 1.0, 1000).percentile(0.99) == pytest.approx(alone, rel=1e-7)
    assert parallel.batch_response(0.0, 20, 1.0, 10**5).mean_s == pytest.approx(
        (1 / np.arange(1.0, 21)).sum()
    )


def test_calls_into_one_server_by_hand():
    # At no load n calls into one server are n services one after another.
    two = parallel.batch_response(0.0, 2, 1.0, 1)
    assert two.tail(3.0) == pytest.approx(4 * np.exp(-3.0), rel=1e-8)
    assert two.mean_s == pytest.approx(2) and two.variance_s2 == pytest.approx(2)
    # Three into two servers: the third starts after 1/2; then one or both of the last are left.
    three = parallel.batch_response(0.0, 3, 1.0, 2)
    assert three.mean_s == pytest.approx(0.5 + 1.5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_moments_are_those_of_the_transform(case):
    lam, n, c, lam1 = case
    law = parallel.batch_response(lam, n, 1.0, c, lam1)
    mean, square = law.moments()
    h = 1e-4 / mean
    minus, zero, plus = (law.branches[0].node.at(np.array([s + 0j]), {})[0].real for s in (-h, 0.0, h))
    assert zero == pytest.approx(1, abs=1e-12)
    slope, bend = (minus - plus) / (2 * h), (plus - 2 * zero + minus) / h**2
    assert slope == pytest.approx(mean, rel=1e-5) and bend == pytest.approx(square, rel=1e-5)


def simulated(lam, n, c, lam1, requests, seed):
    tier = {"db": sim.Tier(c, sim.exponential(1.0))}
    operations = {"fan": sim.Operation(lam, [{"tier": "db", "calls": n, "parallel": True}])}
    if lam1:
        operations["one"] = sim.Operation(lam1, ["db"])
    return sim.simulate(tier, operations, requests=requests, seed=seed, hop_s=0.0).response["fan"]


@pytest.mark.parametrize("case", [(0.28, 20, 8, 0.0), (0.05, 20, 30, 0.0), (1.5, 4, 20, 8.0)], ids=str)
@pytest.mark.parametrize("requests", [20_000, pytest.param(400_000, marks=pytest.mark.nightly)])
def test_against_simulation(case, requests):
    lam, n, c, lam1 = case
    law, seen = parallel.batch_response(lam, n, 1.0, c, lam1), simulated(*case, requests, 5)
    for p in (0.5, 0.9, 0.99):
        estimate = seen.percentile(p, level=0.999)
        assert estimate.low <= law.percentile(p) <= estimate.high


def test_many_calls_take_the_mean_of_those_in_service(monkeypatch):
    exact = parallel.batch_response(0.7, 200, 1.0, 200)
    assert exact.standing.level == "exact"
    monkeypatch.setattr(parallel, "_EXACT", 100)
    near = parallel.batch_response(0.7, 200, 1.0, 200)
    assert near.standing.level == "approximation"
    p = np.array([0.5, 0.99])
    assert near.mean_s == pytest.approx(exact.mean_s, rel=1e-4)
    assert near.percentile(p) == pytest.approx(exact.percentile(p), rel=1e-4)


def test_more_load_answers_later_and_more_servers_sooner():
    by_load = parallel.batch_response_percentile_s(0.99, np.linspace(0, 0.39, 30), 20, 1.0, 8)
    assert (np.diff(by_load) > 0).all()
    by_servers = parallel.batch_response_percentile_s(0.99, 0.28, 20, 1.0, np.arange(6, 60))
    assert (np.diff(by_servers) < 1e-6).all()


def test_arrays_are_scalars_and_overload_never_answers():
    grid = parallel.batch_response_percentile_s(0.99, [[10.0], [30.0], [50.0]], 20, 0.01, [8, 12])
    assert np.isinf(grid).tolist() == [[False, False], [False, False], [True, False]]
    assert grid[1, 1] == pytest.approx(
        parallel.batch_response_percentile_s(0.99, 30.0, 20, 0.01, 12), rel=1e-12
    )
    assert parallel.batch_response(50.0, 20, 0.01, 8).mean_s == np.inf


def test_broken_and_no_calls():
    some = parallel.batch_response(0.2, 1.5, 1.0, 2)
    one, two = parallel.batch_response(0.3, 1, 1.0, 2), parallel.batch_response(0.15, 2, 1.0, 2)
    assert some.mean_s == pytest.approx((one.mean_s + two.mean_s) / 2)
    assert parallel.batch_response(0.2, 0, 1.0, 2).mean_s == constant(0.0).mean_s == 0


def test_inverses_of_calls():
    c = float(parallel.servers_for_batch_response(0.28, 20, 1.0, 0.99, 12.0))
    ask = lambda servers: parallel.batch_response_percentile_s(0.99, 0.28, 20, 1.0, servers)  # noqa: E731
    assert ask(c) <= 12.0 < ask(c - 1)
    most = parallel.load_for_batch_response(20, 1.0, 12, 0.99, 12.0)
    assert parallel.batch_response_percentile_s(0.99, most, 20, 1.0, 12) == pytest.approx(12.0, rel=1e-5)
    assert parallel.load_for_batch_response(20, 1.0, 12, 0.99, 3.0) == 0


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (
            parallel.batch_response,
            (1.0, [2, 3], 1.0, 2),
            "batch = [2.0, 3.0] is outside a single number. Sweep the number of calls one at a time.",
        ),
        (parallel.batch_response, (1.0, 2, 0.0, 2), "service_time_s = 0.0 is outside (0, inf)."),
        (
            parallel.servers_for_batch_response,
            (1.0, 20, 1.0, 0.99, 5.0),
            "response_s = 5.0 is outside (7.59613, inf). 20 calls without any wait take 7.59613 s at this "
            "percentile: no fleet is faster.",
        ),
        (
            b.batch_mean_wait_s,
            (1.0, 1.0, 2, 2.5),
            "batch = 2.5 is outside the whole numbers. Round it up or down.",
        ),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text


def test_sizes_have_names():
    with pytest.raises(UnknownName) as error:
        b.batch_mean_wait_s(0.1, 1.0, 1, 3, "fixd")
    assert str(error.value) == "unknown sizes 'fixd'; did you mean \"fixed\"?"
