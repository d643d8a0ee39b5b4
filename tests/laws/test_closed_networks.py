"""Closed networks: product form by every state, limits, Little's law, bounds, approximations."""

from __future__ import annotations

import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf, workdps

from capcalc.laws import networks as n


def compositions(total, parts):
    """All ways to put `total` customers at `parts` places."""
    for bars in itertools.combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(edges))


def weight(demands, c, counts):
    """Product-form weight of `counts` customers of each class at one station, in fractions."""
    j = sum(counts)
    w = Fraction(math.factorial(j))
    for D, m in zip(demands, counts, strict=True):
        w *= Fraction(D) ** m / math.factorial(m)
    for i in range(1, j + 1):
        w /= i if c == -1 else min(i, c)
    return w


def brute(demands, population, think, servers):
    """Throughputs and mean numbers from every state of the network: no algorithm, only the product form."""
    places = [*zip(*demands, strict=True), think]
    servers = [*servers, -1]

    def constant(population):
        G, numbers = Fraction(0), {}
        if min(population) < 0:
            return G, numbers
        for state in itertools.product(*(compositions(m, len(places)) for m in population)):
            at = list(zip(*state, strict=True))
            w = Fraction(1)
            for D, c, counts in zip(places, servers, at, strict=True):
                w *= weight(D, c, counts)
            G += w
            for k, counts in enumerate(at[:-1]):
                for r, m in enumerate(counts):
                    numbers[r, k] = numbers.get((r, k), 0) + m * w
        return G, numbers

    G, numbers = constant(population)
    less = [constant([m - (r == s) for s, m in enumerate(population)])[0] for r in range(len(population))]
    return [g / G for g in less], {key: w / G for key, w in numbers.items()}


CASES = [
    ([[2, 3, 1]], [5], [4], [1, 1, 1]),
    ([[2, 3, 1]], [6], [0], [2, 1, 3]),
    ([[5, 1]], [7], [3], [3, -1]),
    ([[4]], [6], [1], [2]),
    ([[4]], [5], [0], [3]),
    ([[2, 3], [1, 4]], [3, 2], [1, 0], [1, 1]),
    ([[2, 3], [1, 4]], [3, 3], [1, 0], [2, 1]),
    ([[2, 0, 1], [1, 4, 0]], [3, 2], [2, 1], [2, 3, 1]),
    ([[2, 1], [1, 4], [3, 3]], [2, 1, 2], [0, 1, 0], [2, -1]),
]


@pytest.mark.parametrize(("demands", "population", "think", "servers"), CASES)
def test_exact_against_every_state(demands, population, think, servers):
    X, numbers = brute(demands, population, think, servers)
    solved = n.closed_multiclass(demands, population, think, servers)
    assert solved.throughput_rps == pytest.approx([float(x) for x in X], rel=1e-13)
    for (r, k), q in numbers.items():
        assert solved.queue_lengths[r, k] == pytest.approx(float(q), rel=1e-13, abs=0)
    if len(demands) == 1:
        alone = n.closed_network(demands[0], population[0], think[0], servers)
        assert alone.throughput_rps == pytest.approx(float(X[0]), rel=1e-14)
        assert alone.queue_lengths == pytest.approx(
            [float(numbers[0, k]) for k in range(len(servers))], rel=1e-13
        )
        for k in range(len(servers)):
            p = n.closed_marginal(k, demands[0], population[0], think[0], servers)
            assert p.sum() == pytest.approx(1, rel=1e-14)
            assert np.arange(len(p)) @ p == pytest.approx(float(numbers[0, k]), rel=1e-13)


def exact_machine_repair(D, Z, c, N):
    """Throughput of one pool and thinkers, with fractions: the finite-population queue."""
    w = [Fraction(1)]
    for j in range(1, N + 1):
        w.append(w[-1] * Fraction(D) * (N - j + 1) / min(j, c) / Fraction(Z))
    return sum(min(j, c) * p for j, p in enumerate(w)) / sum(w) / Fraction(D)


def repair_50_digits(D, Z, c, N):
    """The same with 50 digits, which fractions of ten thousand factors outlast."""
    with workdps(50):
        w, all_, busy = mpf(1), mpf(1), mpf(0)
        for j in range(1, N + 1):
            w *= mpf(D) * (N - j + 1) / min(j, c) / Z
            all_, busy = all_ + w, busy + min(j, c) * w
        return float(busy / all_ / D)


@pytest.mark.parametrize("N", [9, 20, 40, 60, 100, 500, 2000])
@pytest.mark.parametrize(("D", "Z", "c"), [(4, 10, 8), (1, 3, 2), (100, 1, 64), (30, 300, 50)])
def test_pools_where_peers_go_negative(D, Z, c, N):
    X = float(exact_machine_repair(D, Z, c, N))
    solved = n.closed_network([D], N, Z, c)
    assert solved.throughput_rps == pytest.approx(X, rel=2e-13)
    assert solved.response_s == pytest.approx(N / X - Z, rel=1e-11)


def random_network(rng):
    stations = rng.integers(1, 7)
    demands = 10 ** rng.uniform(-4, 1.5, stations) * (rng.random(stations) > 0.1)
    servers = rng.choice([-1, 1, 1, 2, 3, 8, 32, 100, 700], stations)
    think = float(rng.choice([0, 1]) * 10 ** rng.uniform(-3, 3)) + (0.0 if demands.any() else 1.0)
    return demands, int(10 ** rng.uniform(0, 3.0001)), think, servers


def test_no_random_network_is_negative_or_loses_a_customer():
    rng = np.random.default_rng(20)
    for case in range(2000):
        given_ = random_network(rng)
        D, N, Z, _ = given_
        solved = n.closed_network(*given_)
        X, Q = solved.throughput_rps, solved.queue_lengths
        assert X > 0 and np.isfinite(X) and np.isfinite(Q).all() and (Q >= 0).all(), given_
        assert Q.sum() + X * Z == pytest.approx(N, rel=1e-11), given_  # Q and X come by different ways
        assert X * solved.residence_s == pytest.approx(Q, rel=1e-12)
        assert (Q >= X * D * (1 - 1e-12)).all() and (solved.utilisation <= 1).all(), given_
        for bounds in (n.asymptotic_bounds(*given_), n.balanced_job_bounds(*given_)):
            assert (
                bounds.throughput_lower_rps * (1 - 1e-12) <= X <= bounds.throughput_upper_rps * (1 + 1e-12)
            ), given_
            assert bounds.response_lower_s * (1 - 1e-9) - 1e-9 * Z <= solved.response_s
        if case % 20 == 0:
            near = n.approximate_network(*given_)
            assert near.queue_lengths.sum() + near.throughput_rps * Z == pytest.approx(N, rel=1e-8), given_


demand_lists = st.lists(st.floats(1e-3, 10), min_size=1, max_size=5)


@settings(deadline=None)
@given(
    demand_lists, st.integers(2, 300), st.floats(0, 100), st.lists(st.integers(1, 20), min_size=5, max_size=5)
)
def test_throughput_rises_with_customers_and_servers_towards_the_bottleneck(D, N, Z, c):
    c = c[: len(D)]
    X = n.closed_throughput_rps(D, np.arange(N + 1), Z, c)
    assert X[0] == 0 and X[1] == pytest.approx(1 / (Z + sum(D)))
    assert (np.diff(X) >= -1e-13 * X[1:]).all()
    assert (np.diff(X, 2) <= 1e-12 * X[-1]).all()  # and ever more slowly
    assert X[-1] <= 1 / max(d / s for d, s in zip(D, c, strict=True)) * (1 + 1e-13)
    assert X[-1] == pytest.approx(n.closed_network(D, N, Z, c).throughput_rps, rel=1e-12)
    more = n.closed_throughput_rps(D, N, Z, [s + 1 for s in c])
    assert more >= X[-1] * (1 - 1e-12)


@settings(deadline=None, max_examples=15)
@given(demand_lists, st.floats(0, 100), st.integers(1, 6))
def test_many_customers_reach_the_bottleneck(D, Z, c):
    D = [*D, 11.0]
    X = n.closed_throughput_rps(D, 20_000, Z, c)
    assert X * 11 / c == pytest.approx(1, rel=1e-9)
    assert n.approximate_network(D, 10**9, Z, c).throughput_rps == pytest.approx(c / 11, rel=1e-6)


@settings(deadline=None)
@given(demand_lists, st.integers(1, 60), st.floats(0, 100))
def test_balanced_job_bounds_lie_inside_the_asymptotic(D, N, Z):
    X = n.closed_network(D, N, Z).throughput_rps
    wide, tight = n.asymptotic_bounds(D, N, Z), n.balanced_job_bounds(D, N, Z)
    order = wide.throughput_lower_rps, tight.throughput_lower_rps, X
    order += tight.throughput_upper_rps, wide.throughput_upper_rps
    assert all(a <= b * (1 + 1e-12) for a, b in itertools.pairwise(order))


def test_bounds_take_arrays():
    N = np.array([1, 10, 100])
    bounds = n.balanced_job_bounds([0.1, 0.2], N, [[0.0], [1.0]], [1, 2])
    assert bounds.throughput_upper_rps.shape == (2, 3)
    for i, Z in enumerate((0.0, 1.0)):
        for j, m in enumerate(N):
            one = n.balanced_job_bounds([0.1, 0.2], m, Z, [1, 2])
            assert bounds.throughput_lower_rps[i, j] == one.throughput_lower_rps
    assert n.asymptotic_bounds([9.2, 8.0], 1, 120.0).crossing_population == pytest.approx(137.2 / 9.2)
    assert n.asymptotic_bounds([1.0], 3, 0.0, -1).crossing_population == np.inf


def test_split_classes_are_one_class():
    one = n.closed_network([0.5, 0.3, 2.0], 24, 3.0, [1, 2, 4])
    two = n.closed_multiclass([[0.5, 0.3, 2.0]] * 2, [11, 13], 3.0, [1, 2, 4])
    assert two.throughput_rps.sum() == pytest.approx(one.throughput_rps, rel=1e-13)
    assert two.queue_lengths.sum(axis=0) == pytest.approx(one.queue_lengths, rel=1e-12)
    assert two.response_s == pytest.approx([one.response_s] * 2, rel=1e-12)


def test_several_classes_keep_littles_law():
    rng = np.random.default_rng(3)
    for _ in range(60):
        R, K = rng.integers(1, 4), rng.integers(1, 5)
        D, N = rng.exponential(1, (R, K)), rng.integers(1, 13, R)
        Z, c = rng.exponential(5, R), rng.choice([-1, 1, 1, 2, 5], K)
        for solved in (n.closed_multiclass(D, N, Z, c), n.approximate_multiclass(D, N, Z, c)):
            assert solved.queue_lengths.sum(axis=1) + solved.throughput_rps * Z == pytest.approx(N, rel=1e-10)
            assert solved.response_s == pytest.approx(N / solved.throughput_rps - Z, rel=1e-8)
        near, far = solved.throughput_rps, n.closed_multiclass(D, N, Z, c).throughput_rps
        assert near == pytest.approx(far, rel=0.12)


def test_a_class_without_customers_shows_what_a_first_would_see():
    none = n.closed_multiclass([[1, 3], [2, 4]], [2, 0])
    assert none.throughput_rps[1] == 0 and (none.queue_lengths[1] == 0).all()
    met = n.closed_network([1, 3], 2).queue_lengths
    assert none.residence_s[1] == pytest.approx(np.array([2, 4]) * (1 + met), rel=1e-13)


ERRORS = {  # method, pools: largest mean, 99th percentile of the error of throughput
    ("schweitzer", False): (0.01, 0.08),
    ("linearizer", False): (0.0008, 0.009),
    ("schweitzer", True): (0.01, 0.1),
    ("linearizer", True): (0.005, 0.08),
}


@pytest.mark.parametrize(("method", "pools"), ERRORS)
def test_error_of_the_approximations(method, pools):
    rng = np.random.default_rng(5)
    errors = []
    for _ in range(120):
        K, N, Z = rng.integers(1, 6), int(10 ** rng.uniform(0, 3)), rng.choice([0, 1, 10]) * rng.random()
        c = rng.choice([1, 2, 4, 8, 16, 64], K) if pools else np.ones(K)
        D = rng.exponential(1, K) * np.where(c > 1, c * rng.random(K) * 1.5, 1)
        exact = n.closed_throughput_rps(D, N, Z, c)
        errors.append(abs(n.approximate_network(D, N, Z, c, method=method).throughput_rps / exact - 1))
    mean, high = ERRORS[method, pools]
    assert np.mean(errors) < mean and np.quantile(errors, 0.99) < high


def test_ten_thousand_customers_and_a_hundred_servers_are_quick():
    start = time.perf_counter()
    solved = n.closed_network([1.0, 0.005, 0.008, 0.009], 10_000, 10.0, [100, 1, 1, 1])
    assert time.perf_counter() - start < 0.5
    assert solved.throughput_rps == pytest.approx(100, rel=1e-12) and solved.bottleneck == "station 1"
    assert n.closed_throughput_rps([1.0], 10_000, 99.0, 100) == pytest.approx(
        repair_50_digits(1, 99, 100, 10_000), rel=2e-12
    )


CLASS_ERRORS = {  # as above, of the worst class
    ("schweitzer", False): (0.04, 0.16),
    ("linearizer", False): (0.003, 0.02),
    ("schweitzer", True): (0.04, 0.13),
    ("linearizer", True): (0.015, 0.08),
}


@pytest.mark.parametrize("pools", [False, True])
def test_error_of_the_approximations_of_several_classes(pools):
    rng = np.random.default_rng(4)
    errors = {"schweitzer": [], "linearizer": []}
    for _ in range(60):
        R, K = rng.integers(2, 4), rng.integers(1, 6)
        N, Z = rng.integers(1, 40 if R == 2 else 12, R), rng.choice([0, 1, 10]) * rng.random(R)
        c = rng.choice([1, 2, 4, 8], K) if pools else np.ones(K)
        D = rng.exponential(1, (R, K)) * np.where(c > 1, c * rng.random(K) * 1.5, 1)
        exact = n.closed_multiclass(D, N, Z, c).throughput_rps
        for method, found in errors.items():
            near = n.approximate_multiclass(D, N, Z, c, method=method).throughput_rps
            found.append(np.abs(near / exact - 1).max())
    for method, found in errors.items():
        mean, high = CLASS_ERRORS[method, pools]
        assert np.mean(found) < mean and np.quantile(found, 0.99) < high


def test_large_populations_of_several_classes_are_solved():
    rng = np.random.default_rng(9)
    for _ in range(30):
        R, K = rng.integers(1, 8), rng.integers(1, 12)
        D = 10 ** rng.uniform(-3, 1, (R, K)) * (rng.random((R, K)) > 0.2)
        D[:, 0] += 1e-4
        Z, N = rng.choice([0, 1, 100], R) * rng.random(R), np.floor(10 ** rng.uniform(0, 7, R))
        c = rng.choice([-1, 1, 1, 2, 16, 500], K)
        for method in ("schweitzer", "linearizer"):
            solved = n.approximate_multiclass(D, N, Z, c, method=method)
            assert (solved.queue_lengths >= 0).all()
            assert solved.queue_lengths.sum(axis=1) + solved.throughput_rps * Z == pytest.approx(N, rel=1e-9)
            busy = solved.busy_servers.sum(axis=0)[c > 0]
            assert (busy <= c[c > 0] * (1 + 1e-6)).all()
