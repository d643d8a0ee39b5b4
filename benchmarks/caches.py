"""How long the laws of caches and shards take, in units of one dense Che solution over a million keys.

    OPENBLAS_NUM_THREADS=1 python benchmarks/caches.py

The unit is what one would write without capcalc: shares of all keys in an array, six turns of Newton's
method, one sum. It grows with the keys: 10^12 would take a million times as long, and 8 TB. Processor time,
the best of five; aims in units, for the microseconds that are asked for where the unit is 64 ms.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from capcalc.laws import _lru, _shards, sharding
from capcalc.laws.caching import che_hit_ratio, lru_hit_ratio, lru_items
from capcalc.laws.churn import fit_churn, lru_churn_hit_ratio
from capcalc.laws.delivery import cdn_hit_ratios
from capcalc.laws.policies import fifo_hit_ratio
from capcalc.laws.popularity import zipf_top_keys, zipf_top_share

RUNS = 5
TRILLION = 10**12


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Processor time of the best of a few runs."""
    work()
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - start) / times)
    return min(found)


def dense(items: float, keys: int, zipf: float) -> float:
    """Che's approximation as one would write it."""
    p = np.arange(1.0, keys + 1) ** -zipf
    p /= p.sum()
    log_time = np.log(items)
    for _ in range(6):
        y = p * np.exp(log_time)
        held = -np.expm1(-y)
        log_time += held.sum() * np.log(items / held.sum()) / (y * (1 - held)).sum()
    return float(p @ -np.expm1(-p * np.exp(log_time)))


def without_memory(work: Callable[[], object], *caches) -> Callable[[], object]:
    """The same with nothing kept from the time before."""

    def run() -> object:
        for cache in caches:
            cache.cache_clear()
        return work()

    return run


def main() -> None:
    off = abs(dense(1e4, 10**6, 0.9) / float(che_hit_ratio(1e4, 10**6, 0.9)) - 1)
    unit = seconds(lambda: dense(1e4, 10**6, 0.9))
    print(f"{'dense Che, 10^6 keys':52}{unit * 1e6:10.0f} us   (the two differ by {off:.0e})")

    def line(name: str, work: Callable[[], object], times: int = 1, aim_us: float = 0) -> float:
        spent = seconds(work, times)
        aim = f"{aim_us / 64e3:10.5f}" if aim_us else ""
        print(f"{name:52}{spent * 1e6:10.1f} us {spent / unit:10.5f} {aim}")
        return spent

    for keys in (10**6, 10**9, TRILLION):
        line(f"Che, {keys:.0e} keys", lambda keys=keys: che_hit_ratio(1e4, keys, 0.9), 50, 100)
    line("LRU with the next order, 1e12 keys", lambda: lru_hit_ratio(1e9, TRILLION, 0.9), 50, 2000)
    small = without_memory(lambda: lru_hit_ratio(500, TRILLION, 0.9), _lru.small_hit_ratio)
    line("LRU of 500 items by the integral, 1e12 keys", small, 5, 2000)
    line("items for a hit ratio", lambda: lru_items(0.8, TRILLION, 0.9), 20, 2000)
    sizes = np.geomspace(2e3, 4e11, 100)
    line("curve of 100 sizes", lambda: lru_hit_ratio(sizes, TRILLION, 0.9), 5, 20_000)
    many = np.geomspace(2e3, 4e11, 100_000)
    line("100,000 sizes", lambda: lru_hit_ratio(many, TRILLION, 0.9))
    line("FIFO, exact", lambda: fifo_hit_ratio(1e9, TRILLION, 0.9), 20, 2000)
    line("share of the top", lambda: zipf_top_share(1e9, TRILLION, 0.9), 50)
    line("keys of a share", lambda: zipf_top_keys(0.8, TRILLION, 0.9), 5)
    for m in (64, 1024):
        fresh = without_memory(
            lambda m=m: sharding.hottest_shard_share([0.5, 0.95], m, TRILLION, 0.9), _shards.hottest
        )
        line(f"hottest of {m} shards, median and p95", fresh, 2, 15_000)
    line("LRU with churn", lambda: lru_churn_hit_ratio(1e6, 1e9, TRILLION, 0.9), 10)
    line("edges and a regional cache", lambda: cdn_hit_ratios(10, 1e6, 1e8, TRILLION, 0.9), 5)
    line("a model from three measured sizes", lambda: fit_churn([9e3, 9e4, 4.5e5], [0.7626, 0.8643, 0.9052]))


if __name__ == "__main__":
    main()
