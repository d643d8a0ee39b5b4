"""What an exact p99 costs: a web tier, a hop, a cache, and a database behind one request in ten.

Run `python benchmarks/latency.py`. Prints CPU time for a scenario of an array of 20,000 and for a single one.
"""

from __future__ import annotations

import time

import numpy as np

from capcalc.laws.latency import Latency, constant, either, exponential, series, wait
from capcalc.laws.orders import slowest
from capcalc.laws.replication import fewest_shards

SCENARIOS = 20_000
HOP = constant(0.0005)


def tier(busy, service_s, workers: int) -> Latency:
    """A pool whose chance of waiting is about busy^sqrt(2 (workers + 1))."""
    chance = busy ** np.sqrt(2.0 * (workers + 1))
    return wait(chance, workers * (1 - busy) / service_s) + exponential(service_s)


def path(busy) -> Latency:
    """Web, hop, cache; a miss goes over another hop to the database."""
    web, cache, database = tier(busy, 0.010, 16), tier(0.6 * busy, 0.001, 4), tier(0.9 * busy, 0.020, 32)
    return series(web, HOP, either(0.9, cache, series(cache, HOP, database)))


def fan(busy) -> Latency:
    """Two tiers asked at once, after the web tier."""
    return series(
        tier(busy, 0.010, 16), slowest(HOP + tier(busy, 0.005, 8), HOP + tier(0.5 * busy, 0.008, 8))
    )


def replication(busy) -> float:
    """Shards for the fewest servers; not a time, but swept as often."""
    return fewest_shards(5000.0 * busy, 300.0 * busy, 5.6, 3, 1)


def cpu_s(work, repeats: int) -> float:
    """The least CPU time of a few runs. [s]"""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    busy = np.random.default_rng(1).uniform(0.3, 0.98, SCENARIOS)
    few = busy[:500]
    rows = [
        ("hit and miss, p99", lambda x: path(x).percentile(0.99), busy),
        ("hit and miss, mean", lambda x: path(x).mean_s, busy),
        ("fan of two after a tier, p99", lambda x: fan(x).percentile(0.99), few),
        ("fewest shards", replication, busy),
    ]
    print(f"{'':32}{'one of an array':>18}{'single':>12}")
    for name, work, scenarios in rows:
        many = cpu_s(lambda work=work, x=scenarios: work(x), 2) / len(scenarios) * 1e6
        one = cpu_s(lambda work=work: work(0.8), 5) * 1e3
        print(f"{name:32}{many:15.1f} us{one:9.2f} ms")


if __name__ == "__main__":
    main()
