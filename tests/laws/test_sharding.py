"""Caches behind caches, and shards: limits, a simulation, exact laws, floors that no hashing beats."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from capcalc.errors import DomainError, UnknownName
from capcalc.laws import sharding
from capcalc.laws.caching import che_hit_ratio, lru_hit_ratio
from capcalc.laws.delivery import cdn_hit_ratios, cluster_hit_ratio, conditional_hit_ratios
from capcalc.laws.popularity import zipf_rank_share


@pytest.mark.parametrize(
    ("shards", "keys", "zipf"), [(4, 50, 0.9), (8, 3, 0.5), (32, 2000, 0.7), (100, 500, 1.2)]
)
def test_hottest_shard_against_placements(shards, keys, zipf):
    rng = np.random.default_rng(4)
    p = np.arange(1.0, keys + 1) ** -zipf
    p /= p.sum()
    draws = [np.bincount(rng.integers(shards, size=keys), p, shards).max() for _ in range(4000)]
    mean = float(sharding.mean_hottest_shard_share(shards, keys, zipf))
    assert mean == pytest.approx(np.mean(draws), rel=0.03)
    median = float(sharding.hottest_shard_share(0.5, shards, keys, zipf))
    assert median == pytest.approx(np.median(draws), rel=0.04)


def test_floors_and_order():
    m, s = np.array([2, 5, 30, 300]), np.array([0.0, 0.5, 0.9, 1.1, 1.5, 2.5])[:, None]
    half, late = (sharding.hottest_shard_share(p, m, 10**6, s) for p in (0.5, 0.95))
    floor = np.maximum(1 / m, zipf_rank_share(1, 10**6, s))
    assert (half >= floor).all() and (late >= half).all()
    assert (np.diff(half, axis=0) > -1e-6).all() and (np.diff(half, axis=1) < 0).all()
    assert (sharding.shard_skew(m, 10**6, s) >= 1).all()
    assert sharding.hottest_shard_share(0.5, 1, 1000, 0.9) == 1
    assert sharding.hottest_shard_share(0.5, 7, 1, 0.9) == pytest.approx(1)


def test_splitting_hot_keys_helps():
    whole = sharding.shard_skew(64, 10**6, 1.0)
    split = sharding.shard_skew(64, 10**6, 1.0, hot_keys=20, copies=[2, 8, 64])
    assert whole > split[0] > split[1] > split[2] > 1


@pytest.mark.parametrize("m", [2, 3, 10, 64])
def test_a_ring_cut_once_a_node_is_the_longest_of_spacings(m):
    """P(longest <= x/m) = sum (-1)^j C(m, j) (1 - j x/m)^(m - 1)+, exact."""
    for p in (0.3, 0.5, 0.9):
        x = float(sharding.fullest_node_skew(p, m, 1))
        exact = sum((-1) ** j * comb(m, j) * max(1 - j * x / m, 0) ** (m - 1) for j in range(m + 1))
        assert exact == pytest.approx(p, abs={2: 0.06, 3: 0.02}.get(m, 0.01))


def test_more_virtual_nodes_are_more_even():
    skew = sharding.fullest_node_skew(0.5, 50, np.array([1, 3, 10, 100, 1000]))
    assert (np.diff(skew) < 0).all() and skew[-1] > 1
    assert sharding.fullest_node_skew(0.5, 1, 10) == 1 and sharding.node_share_cv(1, 9) == 0
    assert sharding.node_share_cv(64, 1) == pytest.approx(np.sqrt(63 / 65))


def test_moves():
    assert sharding.moved_share([4, 8, 5], [5, 16, 5], "modulo").tolist() == pytest.approx([0.8, 0.5, 0])
    assert sharding.moved_share([4, 16], [5, 15]).tolist() == pytest.approx([0.2, 1 / 16])
    assert (
        sharding.moved_share(np.arange(1, 50), 24) <= sharding.moved_share(np.arange(1, 50), 24, "modulo")
    ).all()


def test_bins():
    assert sharding.mean_fullest_bin(7, 1) == 7
    rng = np.random.default_rng(2)
    draws = [np.bincount(rng.integers(20, size=200), minlength=20).max() for _ in range(4000)]
    assert sharding.mean_fullest_bin(200, 20) == pytest.approx(np.mean(draws), rel=0.015)
    choices = [sharding.mean_fullest_bin(10**4, 10**3, d) for d in (1, 2, 3)]
    assert choices[0] > choices[1] > choices[2] > 10
    assert sharding.any_slow_ratio([0, 1, 1, 0.01], [5, 0, 3, 100]).tolist() == pytest.approx(
        [0, 0, 1, 0.6339677]
    )


def test_two_levels():
    found = cdn_hit_ratios(np.array([1, 4, 50]), 200, 2000, 10_000, 0.8)
    np.testing.assert_allclose(found.edge, che_hit_ratio(200, 10_000, 0.8))
    np.testing.assert_allclose(found.offload, 1 - (1 - found.edge) * (1 - found.regional))
    assert (found.regional > 0).all() and (found.offload < 1).all()
    assert cdn_hit_ratios(5, 0, 2000, 10_000, 0.8).regional == pytest.approx(
        che_hit_ratio(2000, 10_000, 0.8), abs=1e-6
    )
    assert cdn_hit_ratios(5, 200, 0, 10_000, 0.8).regional == 0
    assert cdn_hit_ratios(5, 200, 10_000, 10_000, 0.8).offload == 1
    big = cdn_hit_ratios(20, 1e6, 1e9, 10**12, 0.9)
    assert 0 < big.edge < big.offload < 1
    sizes = cdn_hit_ratios(8, 100, np.geomspace(100, 9999, 12), 10_000, 1.0).offload
    assert (np.diff(sizes) > 0).all()


def test_a_cluster_is_one_cache():
    assert cluster_hit_ratio(1000, 8, 0, 10_000, 0.8) == lru_hit_ratio(1000, 10_000, 0.8)
    assert cluster_hit_ratio(1000, 8, 8, 10_000, 0.8) == 0
    assert conditional_hit_ratios([0.5, 0.25, 0.25]) == [0.5, 0.5, 1]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: sharding.shard_skew(2, 10, 1, copies=3),
            "copies = 3.0 is outside what is no more than shards. Split over all of them.",
        ),
        (lambda: cluster_hit_ratio(5, 2, 3, 10, 1), "lost = 3.0 is outside what is no more than nodes."),
        (
            lambda: conditional_hit_ratios([0.5]),
            "shares = 0.5 is outside what adds up to 1. Give the origin's part as the last.",
        ),
    ],
)
def test_texts_of_errors(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text


def test_unknown_placement():
    with pytest.raises(UnknownName):
        sharding.moved_share(1, 2, "mod")
