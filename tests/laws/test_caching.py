"""Caches: exact small cases, a simulation, limits, inverses, order of the policies, the component, errors."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError, UnknownName
from capcalc.laws.caching import (
    LruCache,
    che_hit_ratio,
    lru_hit_ratio,
    lru_hit_ratio_exact,
    lru_items,
    lru_life_requests,
)
from capcalc.laws.policies import POLICIES, policy_hit_ratio
from capcalc.laws.popularity import zipf_top_share
from capcalc.sources import CITATIONS

EXPONENT = "It is the exponent: 0 is uniform, the web is near 0.9."
ARRAYS = "Arrays go to the functions."
SKEWS = [0.0, 0.5, 0.9, 1.0, 1.4, 2.5]


def lru_by_permutations(items, keys, zipf):
    """The stationary order of LRU is that of drawing keys without putting them back [KING]."""
    p = np.arange(1.0, keys + 1) ** -zipf
    p /= p.sum()
    total = 0.0
    for order in itertools.permutations(range(keys), items):
        left, chance = 1.0, 1.0
        for key in order:
            chance *= p[key] / left
            left -= p[key]
        total += chance * p[list(order)].sum()
    return total


def lru_drawn(items, keys, zipf, draws, rng):
    """The content of LRU at once: of exponential times at rates p_i the least `items`. Mean and error."""
    p = np.arange(1.0, keys + 1) ** -zipf
    p /= p.sum()
    times = rng.exponential(size=(draws, keys)) / p
    held = p[np.argpartition(times, items, axis=1)[:, :items]].sum(axis=1)
    return held.mean(), held.std() / np.sqrt(draws)


@pytest.mark.parametrize("zipf", SKEWS)
@pytest.mark.parametrize(("items", "keys"), [(1, 5), (2, 5), (4, 5), (3, 8), (5, 7), (6, 7)])
def test_toys_against_all_permutations(items, keys, zipf):
    want = lru_by_permutations(items, keys, zipf)
    assert lru_hit_ratio(items, keys, zipf) == pytest.approx(want, abs=2e-9)
    assert lru_hit_ratio_exact(items, keys, zipf) == pytest.approx(want, abs=2e-9)
    assert che_hit_ratio(items, keys, zipf) == pytest.approx(want, abs=0.07)


@pytest.mark.parametrize(("items", "keys", "zipf"), [(20, 100, 0.9), (100, 1000, 1.1), (1200, 2000, 0.7)])
def test_against_drawn_contents(items, keys, zipf):
    mean, error = lru_drawn(items, keys, zipf, 2000, np.random.default_rng(7))
    assert abs(lru_hit_ratio(items, keys, zipf) - mean) < 4 * error


@pytest.mark.parametrize(
    ("items", "keys", "zipf", "room"),
    [
        *[(2, 1000, 1.0, 4e-5), (10, 1000, 1.0, 5e-6), (30, 1000, 0.8, 5e-7), (100, 10_000, 1.3, 1e-8)],
        *[
            (990, 1000, 1.0, 3e-6),
            (1500, 2000, 0.9, 2e-8),
            (2000, 10**6, 1.0, 2e-8),
            (1001, 10**9, 1.2, 2e-8),
        ],
    ],
)
def test_the_default_against_the_exact_law(items, keys, zipf, room):
    assert abs(lru_hit_ratio(items, keys, zipf) - lru_hit_ratio_exact(items, keys, zipf)) < room


def test_the_textbook_case():
    """80% of reads, Zipf 0.9, 18e9 keys: LRU holds 4.42e9 of them, the best choice 2.41e9."""
    assert float(lru_items(0.8, 18e9, 0.9)) == pytest.approx(4.42e9, rel=1e-3)
    assert float(zipf_top_share(2.408e9, 18e9, 0.9)) == pytest.approx(0.8, rel=1e-5)


def test_equal_popularity_leaves_nothing_to_choose():
    items = np.array([0.0, 1, 10, 500, 2000, 50_000, 99_999, 1e5])
    for policy in POLICIES:
        np.testing.assert_allclose(
            policy_hit_ratio(policy, items, 10**5, 0.0), items / 1e5, rtol=0, atol=1e-8
        )


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_and_everything(policy):
    assert policy_hit_ratio(policy, [0, 1000, 5000], 1000, 0.9).tolist() == [0, 1, 1]
    assert policy_hit_ratio(policy, [0, 1, 2], 1, 0.9).tolist() == [0, 1, 1]


@pytest.mark.parametrize("policy", POLICIES)
def test_more_memory_and_more_skew_hit_more(policy):
    items = np.unique(
        np.concatenate([np.arange(0.0, 20), np.geomspace(20, 1e9, 30).round(), [1000, 1001, 1002]])
    )
    s = np.array([0.0, 0.4, 0.8, 0.99, 1.0, 1.01, 1.3, 1.6, 2.0])
    hit = policy_hit_ratio(policy, items, 10**9, s[:, None])
    assert (np.diff(hit, axis=1) >= 0).all() and (hit >= 0).all() and (hit <= 1).all()
    assert (np.diff(hit, axis=0) >= -1e-12).all()


def test_order_of_the_policies():
    items = np.array([5.0, 100, 3000, 1e5, 1e7])
    s = np.array([0.3, 0.8, 1.0, 1.3])[:, None]
    fifo, lru, tiny, lfu = (policy_hit_ratio(x, items, 10**8, s) for x in ("fifo", "lru", "w-tinylfu", "lfu"))
    assert (fifo < lru).all() and (lru < tiny).all() and (tiny < lfu).all()
    few = np.array([1.0, 2, 10, 60, 500, 5000])
    assert (policy_hit_ratio("lru", few, 10**5, 0.0) <= zipf_top_share(few, 10**5, 0.0) + 1e-15).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    keys=st.integers(2, 10**12),
    part=st.floats(0.0001, 0.9999),
    zipf=st.floats(0, 2),
)
def test_there_and_back(keys, part, zipf):
    items = max(keys**part, 1.0)
    hit = lru_hit_ratio(items, keys, zipf)
    again = lru_items(hit, keys, zipf)
    assert lru_hit_ratio(again, keys, zipf) == pytest.approx(hit, rel=1e-9, abs=1e-12)


def test_limits_of_the_inverse():
    assert lru_items([0, 1], 10**9, 0.9).tolist() == [0, 1e9]
    assert lru_items([0, 0.3, 1], 1, 0.9).tolist() == pytest.approx([0, 0.3, 1])
    hits = np.linspace(0, 1, 101)
    assert (np.diff(lru_items(hits, 10**9, 0.9)) > 0).all()
    for miss in (1e-3, 1e-6, 1e-9):
        assert 1 - lru_hit_ratio(lru_items(1 - miss, 10**9, 0.9), 10**9, 0.9) == pytest.approx(miss, rel=1e-5)


def test_arrays_are_scalars():
    rng = np.random.default_rng(3)
    keys, zipf = rng.choice([50, 10**4, 10**9, 10**12], 40), rng.choice([0.7, 0.9, 1.2], 40)
    items = np.floor(keys ** rng.uniform(0.1, 1.0, 40))
    for law in (lru_hit_ratio, che_hit_ratio, lru_life_requests, lambda *a: policy_hit_ratio("fifo", *a)):
        one = [float(law(*case)) for case in zip(items, keys, zipf, strict=True)]
        np.testing.assert_allclose(law(items, keys, zipf), one, rtol=1e-12)
    assert lru_hit_ratio(np.ones((3, 1)), [10, 20], 0.9).shape == (3, 2)
    assert lru_hit_ratio(np.ones((0, 2)), 10, 0.9).shape == (0, 2)


@pytest.mark.parametrize(
    ("keys", "zipf"), [(2100, 0.9), (10**6, 0.0), (10**9, 0.9), (10**12, 1.3), (10**9, 2.5)]
)
def test_many_sizes_by_a_curve_are_single_sizes(keys, zipf):
    items = np.geomspace(900, keys, 700)
    hit = lru_hit_ratio(items, keys, zipf)
    assert (np.diff(hit) >= -1e-12).all()
    some = slice(3, None, 29)
    np.testing.assert_allclose(
        hit[some], [lru_hit_ratio(c, keys, zipf) for c in items[some]], rtol=0, atol=1e-11
    )
    back = lru_items(hit, keys, zipf)
    single = [lru_items(h, keys, zipf) for h in hit[some]]
    gains = np.gradient(hit, items)[some] * items[some]
    np.testing.assert_allclose(back[some] / single - 1, 0, atol=1e-10 / gains.min())


def test_memory_does_not_grow_with_the_keys():
    tracemalloc.start()
    try:
        (
            lru_hit_ratio([10, 1e9], 10**12, 0.97),
            lru_items(0.9, 10**12, 0.97),
            policy_hit_ratio("fifo", 1e9, 10**12, 1.0),
        )
        assert tracemalloc.get_traced_memory()[1] < 4e6
    finally:
        tracemalloc.stop()


def test_component():
    cache = LruCache(items=1e6, keys=10**9, zipf=0.9)
    assert cache.hit_ratio == lru_hit_ratio(1e6, 10**9, 0.9)
    assert cache.best_hit_ratio > cache.hit_ratio and cache.best_items < 1e6
    steps = cache.steps()
    assert [s.symbol for s in steps] == ["T", "h", "m", "best"]
    assert steps[0].value == cache.life_requests and steps[2].value == 1 - cache.hit_ratio
    assert all(not s.source or s.source in CITATIONS for s in steps)
    assert [s.symbol for s in LruCache(items=10, keys=10, zipf=0.9).steps()] == ["h", "m", "best"]
    assert LruCache(items=10, keys=10, zipf=0.9).life_requests == np.inf


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: lru_hit_ratio(-1, 5, 1), "items = -1.0 is outside [0, inf)."),
        (lambda: lru_items(90.0, 5, 1), "hit_ratio = 90.0 is outside [0, 1]. Write 0.9 or 90%."),
        (lambda: lru_hit_ratio(1, 5, [0.5, 11]), f"zipf = 11.0 is outside [0, 10]. {EXPONENT}"),
        (
            lambda: LruCache(items=[1], keys=5, zipf=1.0),
            f"items = [1] is outside the single numbers. {ARRAYS}",
        ),
    ],
)
def test_texts_of_errors(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text


def test_an_unknown_policy():
    with pytest.raises(UnknownName, match="unknown policy 'lruu'; did you mean"):
        policy_hit_ratio("lruu", 1, 10, 1.0)
