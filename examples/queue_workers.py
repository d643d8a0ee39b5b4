"""How many workers for 250 jobs a second of 180 ms each, busy 70% at most? And how long does a job then
wait?

Assumed: jobs come at random (Poisson), their times are exponential, all workers take from one queue.
"""

from capcalc import MMc
from capcalc.laws.sizing import servers_for_utilisation, servers_for_wait_percentile

rate, time = 250.0, 0.180
workers = int(servers_for_utilisation(rate * time, 0.70))
print(f"{rate * time:.0f} workers are busy in the mean; / 70% = {rate * time / 0.7:.1f} -> {workers} workers")

for count in (46, 48, 50, 55, 60, workers):
    pool = MMc(arrival_rps=rate, service_time_s=time, servers=count)
    waits = f"{pool.wait_probability:.1%} of the jobs wait, p99 of the wait {pool.wait_p99_s * 1e3:,.0f} ms"
    print(f"{count} workers: {pool.utilisation:.1%} busy, {waits}")

least = int(servers_for_wait_percentile(rate, time, 0.99, 0.180))
print(f"For a wait of at most 180 ms (p99) {least} would do: in a large pool 70% is more than waits ask for.")
