"""A page asks 100 servers at the same time: how slow is it if each has p50 5 ms and p99 50 ms? What does
hedging give?

Assumed: log-normal times, independent of each other. A call unanswered after its p95 is sent again, the
first answer counts; that is 5% more load.
"""

import math

from capcalc.laws.latency import lognormal
from capcalc.laws.orders import hedged, slowest_of

one = lognormal(0.005, math.log(50 / 5) / 2.3263)
again = hedged(one, one.percentile(0.95))
laws = {
    "one call": one,
    "one call, hedged": again,
    "slowest of 100": slowest_of(100, one),
    "slowest of 100, hedged": slowest_of(100, again),
}
for name, law in laws.items():
    p50, p90, p99 = (float(law.percentile(p)) * 1e3 for p in (0.5, 0.9, 0.99))
    print(f"{name:<23} p50 {p50:6.1f} ms   p90 {p90:6.1f} ms   p99 {p99:6.1f} ms")

print(f"A page meets a call above p99 with a chance of 1 - 0.99^100 = {1 - 0.99**100:.0%}.")
