"""How long the Erlang laws take, in units of one scipy.special.pdtr over the same million pools.

    python benchmarks/erlang.py

Pools: servers log-uniform from 1 to 1e8, load per server uniform from 0.3 to 1. One thread, the best of five
runs, processor time. pdtr is a Poisson distribution function, what one would otherwise build Erlang's formula
from; it gives neither its digits at many servers nor those at low load.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from scipy.special import pdtr

from capcalc.laws.queueing import (
    erlang_c,
    load_for_wait_probability,
    mmc_response_percentile_s,
    servers_for_mean_wait,
    servers_for_response_percentile,
    servers_for_wait_percentile,
    servers_for_wait_probability,
)

POOLS = 1_000_000
RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of a few runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    rng = np.random.default_rng(1)
    c = np.exp(rng.uniform(0, math.log(1e8), POOLS)).round()
    a = c * rng.uniform(0.3, 1, POOLS)
    p = np.exp(rng.uniform(math.log(1e-3), math.log(0.5), POOLS))
    unit = seconds(lambda: pdtr(c, a))
    print(f"{'pdtr(c, a)':54}{unit / POOLS * 1e9:7.0f} ns   ratio   aim")

    def line(name: str, work: Callable[[], object], aim: str = "") -> None:
        spent = seconds(work)
        print(f"{name:54}{spent / POOLS * 1e9:7.0f} ns {spent / unit:7.2f} {aim:>5}")

    line("erlang_c", lambda: erlang_c(c, a), "1.0")
    line("servers_for_wait_probability", lambda: servers_for_wait_probability(a, p), "1.2")
    line("mmc_response_percentile_s, p99", lambda: mmc_response_percentile_s(0.99, a, 1.0, c), "1.0")
    line("servers_for_mean_wait", lambda: servers_for_mean_wait(a, 1.0, 0.01))
    line("servers_for_wait_percentile, p99", lambda: servers_for_wait_percentile(a, 1.0, 0.99, 0.01))
    line("servers_for_response_percentile, p99", lambda: servers_for_response_percentile(a, 1.0, 0.99, 5.0))
    line("load_for_wait_probability", lambda: load_for_wait_probability(c, p))

    slack = rng.uniform(0.05, 4, POOLS)  # in square roots of c
    few, many = np.full(POOLS, 1e3), np.full(POOLS, 1e8)
    small = seconds(lambda: erlang_c(few, few - slack * np.sqrt(few)))
    large = seconds(lambda: erlang_c(many, many - slack * np.sqrt(many)))
    name = "erlang_c at 1e8 servers, in units of that at 1e3"
    print(f"{name:54}{large / POOLS * 1e9:7.0f} ns {large / small:7.2f} {'1.0':>5}")


if __name__ == "__main__":
    main()
