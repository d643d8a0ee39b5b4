"""From the names of tests/data/caches.csv to the names of capcalc. It translates and does not calculate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from capcalc.laws import caching, policies, popularity

Inputs = Mapping[str, Any]


def _sized(law: Callable[..., Any]) -> Callable[[Inputs], float]:
    return lambda i: law(i["C"], i["N"], i["s"])


def _policy(name: str) -> Callable[[Inputs], float]:
    return lambda i: policies.policy_hit_ratio(name, i["C"], i["N"], i["s"])


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
}


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    return float(_LAWS[model, quantity](inputs))
