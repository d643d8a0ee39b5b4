"""Time to live, writes, cold starts, churn, measured keys: limits, simulations, monotone laws, errors."""

from __future__ import annotations

import csv
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from capcalc.errors import DomainError, UnknownName
from capcalc.laws import freshness as fresh
from capcalc.laws.caching import che_hit_ratio, lru_hit_ratio, lru_life_requests
from capcalc.laws.churn import Churn, fifo_churn_hit_ratio, fit_churn, lru_churn_hit_ratio
from capcalc.laws.measured import lru_hit_ratios
from capcalc.laws.policies import fifo_hit_ratio

TRACES = Path(__file__).parents[1] / "data" / "caches_trace_mrc.csv"
S = np.array([0.0, 0.6, 0.9, 1.0, 1.3])


def simulated(items, keys, zipf, requests, ttl, writes, renewed, seed=1):
    """LRU with lazy expiry and deleting writes; hit ratio of the reads after a first half."""
    rng = np.random.default_rng(seed)
    p = np.arange(1.0, keys + 1) ** -zipf
    asked = rng.choice(keys, size=requests, p=p / p.sum()).tolist()
    write = (rng.random(requests) < writes).tolist()
    held: OrderedDict[int, int] = OrderedDict()
    hits = reads = 0
    for now, (key, is_write) in enumerate(zip(asked, write, strict=True)):
        since = held.pop(key, None)
        if is_write:
            continue
        hit = since is not None and now - since <= ttl
        if now * 2 > requests:
            hits, reads = hits + hit, reads + 1
        held[key] = now if renewed or not hit else since
        if len(held) > items:
            held.popitem(last=False)
    return hits / reads


@pytest.mark.parametrize(
    ("items", "ttl", "writes", "renewed"),
    [(100, 3000, 0.0, False), (100, 3000, 0.0, True), (100, 10**9, 0.2, False), (100, 10**9, 0.0, False)],
)
def test_against_a_simulation(items, ttl, writes, renewed):
    got = simulated(items, 1000, 0.9, 120_000, ttl, writes, renewed)
    if writes:
        want = fresh.lru_write_hit_ratio(items, writes, 1000, 0.9)
    else:
        want = fresh.lru_ttl_hit_ratio(items, ttl, 1000, 0.9, renewed)
    assert abs(got - want) < 0.012


def test_ttl_limits():
    ttl = np.array([0.0, 1e-9, 10, 1e12])
    assert fresh.ttl_hit_ratio(0.1, ttl)[0] == 0 and fresh.ttl_hit_ratio(0.1, ttl)[-1] == pytest.approx(1)
    for arrivals in fresh.ARRIVALS:
        for renewed in (False, True):
            hit = fresh.ttl_hit_ratio(2.0, np.geomspace(1e-6, 1e3, 100), renewed, arrivals)
            assert (np.diff(hit) >= 0).all() and (hit >= 0).all()
    assert fresh.ttl_cache_hit_ratio(5.0, 7.0, 1, 0.9) == pytest.approx(35 / 36)


def test_a_ttl_without_end_is_lru_and_one_with_room_is_a_ttl_cache():
    np.testing.assert_allclose(
        fresh.lru_ttl_hit_ratio(500, 1e15, 10_000, S), che_hit_ratio(500, 10_000, S), rtol=1e-9
    )
    np.testing.assert_allclose(
        fresh.lru_ttl_hit_ratio(10_000, 5e3, 10_000, S),
        fresh.ttl_cache_hit_ratio(1.0, 5e3, 10_000, S),
        rtol=1e-12,
    )
    hit = fresh.lru_ttl_hit_ratio(500, np.geomspace(1, 1e9, 80), 10_000, S[:, None])
    assert (np.diff(hit, axis=1) >= -1e-12).all() and (np.diff(hit, axis=0) >= 0).all()
    assert fresh.lru_ttl_hit_ratio([0, 5], [10, 0], 100, 0.9).tolist() == [0, 0]


def test_more_writes_hit_less():
    hit = fresh.lru_write_hit_ratio(1000, np.linspace(0, 0.99, 60), 10_000, 0.9)
    assert hit[0] == lru_hit_ratio(1000, 10_000, 0.9) and (np.diff(hit) < 0).all()
    assert fresh.lru_write_hit_ratio(10_000, 0.25, 10_000, 0.9) == 0.75


def test_collapsing():
    lam, ttl, fetch = 100.0, 60.0, 0.5
    once, all_ = fresh.origin_rate_rps(lam, ttl, fetch), fresh.origin_rate_rps(lam, ttl, fetch, False)
    assert all_ / once == pytest.approx(51) and once == pytest.approx(1 / 60.51)
    assert fresh.collapsed_hit_ratio(lam, ttl, 0.0) == pytest.approx(fresh.ttl_hit_ratio(lam, ttl))


def test_cold_start():
    n = np.array([0, 1, 2, 1e3, 1e9])
    assert fresh.distinct_keys(n, 1000, 0.9)[:2].tolist() == pytest.approx([0, 1])
    assert fresh.distinct_keys(1e9, 1000, 0.9) == pytest.approx(1000)
    assert fresh.distinct_keys([0, 1, 5], 1, 0.9).tolist() == pytest.approx([0, 1, 1])
    hit = fresh.warming_hit_ratio(n, 10**9, 0.9, items=10**6)
    assert (np.diff(hit) >= 0).all() and hit[-1] == lru_hit_ratio(10**6, 10**9, 0.9)
    full = lru_life_requests(10**6, 10**9, 0.9)
    assert fresh.distinct_keys(full, 10**9, 0.9) == pytest.approx(1e6, rel=1e-3)


def test_churn_that_never_comes_is_none():
    np.testing.assert_allclose(
        lru_churn_hit_ratio(5000, 1e16, 10**5, S), che_hit_ratio(5000, 10**5, S), rtol=1e-6
    )
    np.testing.assert_allclose(
        fifo_churn_hit_ratio(5000, 1e16, 10**5, S), fifo_hit_ratio(5000, 10**5, S), rtol=1e-4
    )


def test_churn_hits_less_the_more_there_is():
    life = np.geomspace(1e3, 1e12, 40)
    for law in (lru_churn_hit_ratio, fifo_churn_hit_ratio):
        hit = law(5000, life, 10**5, 0.9)
        assert (np.diff(hit) > 0).all()
        sizes = law(np.geomspace(1, 1e7, 40), 1e6, 10**5, 0.9)
        assert (np.diff(sizes) >= 0).all() and sizes[-1] < 1
    assert lru_churn_hit_ratio([0, 10], 1e6, 10**12, 0.9)[0] == 0


def test_a_model_is_found_again():
    true = Churn(keys=10**6, zipf=0.95, lifetime_requests=3e6)
    sizes = [3e3, 3e4, 3e5]
    model = fit_churn(sizes, [true.lru_hit_ratio(c) for c in sizes])
    assert model.safe and model.worst_miss < 1e-4
    assert model.lru_hit_ratio(1e5) == pytest.approx(true.lru_hit_ratio(1e5), abs=2e-3)
    assert model.fifo_hit_ratio(1e4) == pytest.approx(true.fifo_hit_ratio(1e4), abs=5e-3)


def trace(name):
    with TRACES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["trace"] == name]
    return {float(r["cache_fraction"]): (float(r["cache_objects"]), float(r["lru_hit"])) for r in rows}


def test_real_requests_of_twitter():
    """Three sizes predict the others; plain Zipf with the skew of the trace is off by 0.2."""
    curve = trace("twitter_cluster52_10m")
    model = fit_churn(*zip(*(curve[f] for f in (0.01, 0.1, 0.5)), strict=True))
    assert model.safe
    for fraction in (0.05, 0.2):
        items, hit = curve[fraction]
        assert abs(model.lru_hit_ratio(items) - hit) < 0.01
    assert curve[0.01][1] - lru_hit_ratio(8976, 897_664, 0.99) > 0.15


def test_measured_keys():
    counts = np.arange(1.0, 2001) ** -0.9
    by_number = lru_hit_ratios(np.array([0, 100.0, 500, 2000]), counts, 1.0)
    np.testing.assert_allclose(by_number.requests, che_hit_ratio([0, 100, 500, 2000], 2000, 0.9), rtol=1e-9)
    np.testing.assert_allclose(by_number.bytes, by_number.requests, rtol=1e-12)
    large_are_hot = lru_hit_ratios(200.0, counts, counts / counts.mean())
    assert large_are_hot.bytes > large_are_hot.requests
    assert lru_hit_ratios(1e9, counts, 1.0).requests == 1


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: fresh.ttl_hit_ratio(-1, 1), "rate_rps = -1.0 is outside [0, inf)."),
        (lambda: fresh.lru_write_hit_ratio(1, 1.0, 5, 1), "write_ratio = 1.0 is outside [0, 1)."),
        (lambda: fresh.origin_rate_rps(0, 1, 1), "rate_rps = 0.0 is outside (0, inf)."),
        (lambda: lru_churn_hit_ratio(1, 0, 5, 1), "lifetime_requests = 0.0 is outside (0, inf)."),
        (
            lambda: fit_churn([1], [0.5]),
            "items = [1.0] is outside three sizes or more, one for each hit ratio.",
        ),
        (
            lambda: lru_hit_ratios(1, [0], 1),
            "counts = [0.0] is outside the counts of keys that were asked for.",
        ),
    ],
)
def test_texts_of_errors(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text


def test_unknown_arrivals():
    with pytest.raises(UnknownName):
        fresh.ttl_hit_ratio(1, 1, arrivals="poison")
