"""From the names of tests/data/caches.csv to the names of capcalc. It translates and does not calculate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from capcalc.laws import caching, churn, delivery, latency, measured, orders, policies, popularity, sharding
from capcalc.laws import freshness as fresh

Inputs = Mapping[str, Any]


def _sized(law: Callable[..., Any]) -> Callable[[Inputs], float]:
    return lambda i: law(i["C"], i["N"], i["s"])


def _policy(name: str) -> Callable[[Inputs], float]:
    return lambda i: policies.policy_hit_ratio(name, i["C"], i["N"], i["s"])


def _ttl(i: Inputs) -> float:
    if "N" in i:
        return fresh.ttl_cache_hit_ratio(i["total_rate"], i["ttl"], i["N"], i["s"], i["reset"])
    return fresh.ttl_hit_ratio(i["rate"], i["ttl"], i["reset"], i["arrivals"])


def _tandem(i: Inputs) -> delivery.Delivery:
    return delivery.cdn_hit_ratios(i["edges"], i["C_edge"], i["C_regional"], i["N"], i["s"])


def _chain(i: Inputs) -> list[float]:
    return delivery.conditional_hit_ratios([i[k] / 100 for k in ("browser", "edge", "origin", "backend")])


def _hottest(i: Inputs, p: float) -> float:
    return sharding.hottest_shard_share(p, i["m"], i["N"], i["s"], i.get("top_keys", 0), i.get("copies", 1))


def _ring(i: Inputs, p: float) -> float:
    return sharding.fullest_node_skew(p, i["m"], i["vnodes"])


def _bins(i: Inputs) -> float:
    return sharding.mean_fullest_bin(i["balls"], i["bins"], i["choices"])


def _fitted(i: Inputs) -> churn.Churn:
    return churn.fit_churn(*zip(*i["fit_points"], strict=True))


def _by_bytes(i: Inputs) -> measured.Hits:
    """Keys of the sizes that the row tells how to draw."""
    rank = np.arange(1.0, i["N"] + 1)
    sizes = rank ** i["size_rank_exponent"]
    if i["size_model"] == "lognormal":
        z = np.random.default_rng(5).standard_normal(i["N"])
        sizes = np.exp(i["sigma"] * z - i["sigma"] ** 2 / 2)
    return measured.lru_hit_ratios(i["capacity_fraction_of_bytes"] * sizes.sum(), rank ** -i["s"], sizes)


def _time(i: Inputs) -> latency.Latency:
    if i["dist"] == "lognormal":
        return latency.lognormal(np.exp(i["mu"]), i["sigma"])
    if i["dist"] != "exponential":
        raise KeyError(i["dist"])
    return latency.exponential(i["mean"])


_LAWS: dict[tuple[str, str], Callable[[Inputs], float]] = {
    ("harmonic", "H"): lambda i: popularity.zipf_harmonic(i["N"], i["s"]),
    ("zipf_cdf", "top_k_share"): lambda i: popularity.zipf_top_share(i["k"], i["N"], i["s"]),
    ("zipf_cdf", "smallest_k_with_share"): lambda i: popularity.zipf_top_keys(i["share"], i["N"], i["s"]),
    ("lru_exact", "hit"): _sized(caching.lru_hit_ratio),
    ("lru_exact_sim", "hit"): _sized(caching.lru_hit_ratio),
    ("lru_che", "hit"): _sized(caching.che_hit_ratio),
    ("lru_che", "T_requests"): _sized(caching.lru_life_requests),
    ("cold_start", "requests_to_fill"): _sized(caching.lru_life_requests),
    ("fifo_exact", "hit"): _policy("fifo"),
    ("fifo", "hit"): _policy("fifo"),
    ("random", "hit"): _policy("random"),
    ("clock", "hit"): _policy("clock"),
    ("two_lru", "hit"): _policy("2-lru"),
    ("s3fifo", "hit"): _policy("s3-fifo"),
    ("wtinylfu", "hit"): _policy("w-tinylfu"),
    ("sieve", "hit"): _policy("sieve"),
    ("slru", "hit"): _policy("slru"),
    ("arc", "hit"): _policy("arc"),
    ("two_q", "hit"): _policy("2q"),
    ("ttl", "hit"): _ttl,
    ("ttl_lru", "hit"): lambda i: fresh.lru_ttl_hit_ratio(i["C"], i["ttl"], i["N"], i["s"], bool(i["reset"])),
    ("lru_write_invalidate", "read_hit"): lambda i: fresh.lru_write_hit_ratio(
        i["C"], i["write_frac"], i["N"], i["s"]
    ),
    ("request_collapsing", "origin_rate"): lambda i: fresh.origin_rate_rps(
        i["rate"], i["ttl"], i["fetch"], i["collapse"]
    ),
    ("request_collapsing", "hit"): lambda i: fresh.collapsed_hit_ratio(i["rate"], i["ttl"], i["fetch"]),
    ("cold_start", "expected_distinct"): lambda i: fresh.distinct_keys(i["requests"], i["N"], i["s"]),
    ("cold_start", "hit_of_next_request_no_eviction"): lambda i: fresh.warming_hit_ratio(
        i["requests"], i["N"], i["s"]
    ),
    ("cdn_tandem", "edge_hit"): lambda i: _tandem(i).edge,
    ("cdn_tandem", "regional_hit"): lambda i: _tandem(i).regional,
    ("cdn_tandem", "offload"): lambda i: _tandem(i).offload,
    ("cdn_chain_shares", "edge_conditional_hit"): lambda i: _chain(i)[1],
    ("cdn_chain_shares", "origin_conditional_hit"): lambda i: _chain(i)[2],
    ("cdn_chain_shares", "backend_share"): lambda i: (
        (1 - _chain(i)[0]) * (1 - _chain(i)[1]) * (1 - _chain(i)[2])
    ),
    ("shard_max", "median_max_share"): lambda i: _hottest(i, 0.5),
    ("shard_max", "p95_max_share"): lambda i: _hottest(i, 0.95),
    ("shard_max", "mean_max_share"): lambda i: sharding.mean_hottest_shard_share(i["m"], i["N"], i["s"]),
    ("shard_max_hot_split", "median_max_share"): lambda i: _hottest(i, 0.5),
    ("reshard_moved", "fraction_moved"): lambda i: sharding.moved_share(i["from"], i["to"], i["scheme"]),
    ("consistent_hash_spread", "cv_of_node_share"): lambda i: sharding.node_share_cv(i["m"], i["vnodes"]),
    ("consistent_hash_spread", "max_over_mean_median"): lambda i: _ring(i, 0.5),
    ("consistent_hash_spread", "max_over_mean_p95"): lambda i: _ring(i, 0.95),
    ("two_choices", "median_max_share"): lambda i: sharding.two_choices_share(i["m"], i["N"], i["s"]),
    ("lru_churn", "hit"): lambda i: churn.lru_churn_hit_ratio(i["C"], i["lifetime_requests"], i["N"], i["s"]),
    ("fifo_churn", "hit"): lambda i: churn.fifo_churn_hit_ratio(
        i["C"], i["lifetime_requests"], i["N"], i["s"]
    ),
    ("calibrated_mrc", "lru_hit"): lambda i: _fitted(i).lru_hit_ratio(i["C"]),
    ("calibrated_mrc", "fifo_hit"): lambda i: _fitted(i).fifo_hit_ratio(i["C"]),
    ("lru_bytes", "object_hit"): lambda i: _by_bytes(i).requests,
    ("lru_bytes", "byte_hit"): lambda i: _by_bytes(i).bytes,
    ("sharded_cache", "hit_all_nodes"): lambda i: delivery.cluster_hit_ratio(
        i["C_total"], i["nodes"], 0, i["N"], i["s"]
    ),
    ("sharded_cache", "hit_after_losing_one_steady"): lambda i: delivery.cluster_hit_ratio(
        i["C_total"], i["nodes"], 1, i["N"], i["s"]
    ),
    ("fifo_che", "hit"): lambda i: caching.che_hit_ratio(i["C"], i["N"], i["s"], "fifo"),
    ("lfu_incache", "hit"): _policy("lfu-in-cache"),
    ("fanout_tail", "prob_any_slow"): lambda i: sharding.any_slow_ratio(i["p"], i["n"]),
    ("fanout_tail", "mean_of_max"): lambda i: orders.slowest_of(i["n"], _time(i)).mean_s,
    ("fanout_tail", "quantile_of_max"): lambda i: orders.slowest_of(i["n"], _time(i)).percentile(i["q"]),
    ("quorum", "mean"): lambda i: orders.kth_of(i["k"], *[_time(i)] * i["n"]).mean_s,
    ("quorum", "quantile"): lambda i: orders.kth_of(i["k"], *[_time(i)] * i["n"]).percentile(i["q"]),
    ("hedged", "extra_load"): lambda i: _time(i).tail(i["hedge_delay"]),
    ("hedged", "mean"): lambda i: orders.hedged(_time(i), i["hedge_delay"]).mean_s,
    ("hedged", "quantile"): lambda i: orders.hedged(_time(i), i["hedge_delay"]).percentile(i["q"]),
    ("balls_bins_max", "mean_max_load"): _bins,
}


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    return float(_LAWS[model, quantity](inputs))
