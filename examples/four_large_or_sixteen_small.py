"""Four large servers or sixteen small ones: which has the better p99, and how many small ones give the
same?

Assumed: 64 cores in all either way; requests of 10 ms of a core (exponential) come at random. A server
has one queue for its cores; the balancer sends each request to any of the servers with even chances.
"""

from capcalc import MMc

TIME = 0.010


def p99_ms(rate, servers, cores):
    """99th percentile of the response of one of the servers."""
    pool = MMc(arrival_rps=rate / servers, service_time_s=TIME, servers=cores)
    return pool.response_p99_s * 1e3 if pool.problem is None else float("inf")


for busy in (0.5, 0.7, 0.8, 0.9):
    rate = busy * 64 / TIME
    large = p99_ms(rate, 4, 16)
    same = next(n for n in range(16, 200) if p99_ms(rate, n, 4) <= large * 1.01)
    print(
        f"{busy:.0%} busy: 4 x 16 cores p99 {large:.1f} ms, 16 x 4 cores {p99_ms(rate, 16, 4):.1f} ms;"
        f" the same p99 within 1% takes {same} small ones"
    )
print(
    "With one server sixteen lose a sixteenth, four a quarter: large ones wait less, small ones fail softer."
)
