"""From the names of tests/data/caches.csv to the names of capcalc. It translates and does not calculate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from capcalc.laws import caching, delivery, policies, popularity
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
    ("cdn_chain_shares", "backend_share"): lambda i: i["backend"] / 100,
}


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    return float(_LAWS[model, quantity](inputs))
