"""Closed networks of queues, exact, approximate and bounded."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Output
from capcalc.laws.entries.networks_open import PRODUCT, SERVERS, TABLE

_DEMANDS = Input("demands", "D", "visits times service time, at each station", "durations", "s")
_THINK = Input("think", "Z", "think time between an answer and the next request", "duration", "s", 0.0)
_THINKS = Input("think", "Z", "think time of each class", "durations", "s", 0.0)
_CUSTOMERS = Input("customers", "N", "customers that go round", "whole", low=1)


def _closed(call: str, source: str, of: str = "") -> tuple[Output, ...]:
    return (
        Output("throughput", "X", f"throughput{of}", "1/s", call, source=source, pick="throughput_rps"),
        Output("response", "R", f"response{of}", "s", call, source=source, pick="response_s"),
        Output(
            "utilisation",
            "rho",
            "load per server, by station",
            "ratio",
            call,
            source="LITTLE",
            pick="utilisation",
        ),
        Output("residence", "Rk", "time at each station", "s", call, source=source, pick="residence_s"),
        Output("queues", "Q", "customers at each station", "", call, source=source, pick="queue_lengths"),
    )


_FIXED = "A fixed number of customers: each waits for its answer, thinks for Z, and asks again."
CLOSED = Entry(
    name="closed_network",
    title="Closed network: a fixed number of customers go round the stations",
    use=(
        "A connection pool, a batch farm, a load test with a fixed number of users: throughput and "
        "response by their number."
    ),
    inputs=(
        _DEMANDS,
        _CUSTOMERS,
        _THINK,
        SERVERS,
        Input("station", "k", "a station, from 0, for its distribution", "whole", optional=True),
    ),
    outputs=(
        Output("throughput", "X", "throughput", "1/s", "closed_throughput_rps(D, N, Z, c)", source="BUZEN"),
        *_closed("closed_network(D, N, Z, c)", "BUZEN")[1:],
        Output(
            "marginal",
            "pj",
            "share of the time with 0, 1, ... at station k",
            "ratio",
            "closed_marginal(k, D, N, Z, c)",
            source="BUZEN",
        ),
    ),
    formulas=(
        ("R_k(N) = D_k*(1 + Q_k(N - 1)) with one server", r"R_k(N) = D_k (1 + Q_k(N - 1))"),
        ("X(N) = N/(Z + sum of R_k(N))", r"X(N) = \frac{N}{Z + \sum_k R_k(N)}"),
        ("Q_k(N) = X(N)*R_k(N)", r"Q_k(N) = X(N)\, R_k(N)"),
        ("X(N) = G(N - 1)/G(N), with any servers", r"X(N) = \frac{G(N - 1)}{G(N)}"),
    ),
    assumptions=(_FIXED, *PRODUCT),
    breaks=(
        "It is never overloaded: it slows down. Traffic from outside does not: open_network.",
        "Who asks again only after a batch of answers, or holds two stations at a time, is not in it.",
    ),
    example=Example(
        {"demands": "200ms, 400ms", "customers": "2"},
        {"throughput": 15 / 7, "response": 14 / 15},
        "by hand: residences 0.2 x 4/3 and 0.4 x 5/3, in all 14/15 s",
    ),
    sources=("BUZEN", "BCMP", "REISER"),
    page="networks_closed.md",
    at=("networks",),
)

CLOSED_CLASSES = Entry(
    name="closed_multiclass",
    title="Closed network with several classes of customers",
    use="Interactive users and batch jobs on the same machines, each with a fixed number.",
    inputs=(
        TABLE,
        Input("customers", "N", "customers of each class", "wholes"),
        _THINKS,
        SERVERS,
    ),
    outputs=_closed("closed_multiclass(D, N, Z, c)", "REISER", " of each class"),
    formulas=(
        ("R_rk(N) = D_rk*(1 + Q_k(N - one of class r))", r"R_{rk}(N) = D_{rk} (1 + Q_k(N - 1_r))"),
        ("X_r(N) = N_r/(Z_r + sum of R_rk(N))", r"X_r(N) = \frac{N_r}{Z_r + \sum_k R_{rk}(N)}"),
    ),
    assumptions=(_FIXED, *PRODUCT),
    breaks=("The work grows as the product of the populations: above 2e7 of them, approximate_multiclass.",),
    example=Example(
        {"demands": "1s, 3s; 2s, 4s", "customers": "1, 1"},
        {"throughput": (3 / 19, 2 / 19)},
        "by hand: 1 x 4/3 + 3 x 5/3 = 19/3 s, so 3/19 of the first class a second",
    ),
    sources=("REISER", "BCMP"),
    page="networks_closed.md",
    at=("networks",),
)

_ABOUT = (
    (
        "Q_k(N - 1) ~ (N - 1)/N*Q_k(N), corrected by the Linearizer",
        r"Q_k(N - 1) \approx \frac{N - 1}{N}\, Q_k(N)",
    ),
    ("R_k = D_k*(1 + Q_k(N - 1))", r"R_k = D_k (1 + Q_k(N - 1))"),
)
APPROXIMATE = Entry(
    name="approximate_network",
    title="Closed network of any population, by the Linearizer",
    use="Closed networks of millions of customers, in time that does not grow with their number.",
    inputs=(_DEMANDS, _CUSTOMERS, _THINK, SERVERS),
    outputs=_closed("approximate_network(D, N, Z, c)", "CHANDY"),
    formulas=_ABOUT,
    assumptions=CLOSED.assumptions,
    breaks=("Few customers at pools of many servers, near the knee: compare with closed_network.",),
    standing="approximation",
    error=(
        "throughput against the exact solution of random networks: single servers 0.04% off on average and "
        "0.7% at most, pools of up to 64 servers 0.25% and 10%"
    ),
    example=Example(
        {"demands": "200ms, 400ms", "customers": "2"},
        {"throughput": 15 / 7},
        "by hand, exact: 15/7 a second",
        rel=0.01,
    ),
    sources=("SCHWEITZER", "CHANDY", "SEIDMANN"),
    page="networks_closed.md",
    at=("networks",),
)

APPROXIMATE_CLASSES = Entry(
    name="approximate_multiclass",
    title="Closed network with several classes, of any population, by the Linearizer",
    use="Several classes with large populations, where the exact way has too many of them to walk through.",
    inputs=CLOSED_CLASSES.inputs,
    outputs=_closed("approximate_multiclass(D, N, Z, c)", "CHANDY", " of each class"),
    formulas=_ABOUT,
    assumptions=CLOSED.assumptions,
    breaks=APPROXIMATE.breaks,
    standing="approximation",
    error=(
        "throughput against the exact solution of random networks of 2 or 3 classes: single servers 0.2% off "
        "on average and 1.1% at most, pools of up to 8 servers 1% and 7.5%"
    ),
    example=Example(
        {"demands": "1s, 3s; 2s, 4s", "customers": "1, 1"},
        {"throughput": (3 / 19, 2 / 19)},
        "by hand, exact: 3/19 and 2/19 a second",
        rel=0.05,
    ),
    sources=APPROXIMATE.sources,
    page="networks_closed.md",
    at=("networks",),
)


def _bounds(call: str, source: str) -> tuple[Output, ...]:
    return (
        Output(
            "least_throughput",
            "X1",
            "throughput at least",
            "1/s",
            call,
            source=source,
            pick="throughput_lower_rps",
        ),
        Output(
            "most_throughput",
            "X2",
            "throughput at most",
            "1/s",
            call,
            source=source,
            pick="throughput_upper_rps",
        ),
        Output(
            "least_response", "R1", "response at least", "s", call, source=source, pick="response_lower_s"
        ),
        Output("most_response", "R2", "response at most", "s", call, source=source, pick="response_upper_s"),
        Output(
            "crossing",
            "Nx",
            "customers from which they queue for certain",
            "",
            call,
            source=source,
            pick="crossing_population",
        ),
    )


ASYMPTOTIC = Entry(
    name="asymptotic_bounds",
    title="Asymptotic bounds of a closed network",
    use="On the back of an envelope: what no tuning can beat, from the total demand and the largest one.",
    inputs=(_DEMANDS, _CUSTOMERS, _THINK, SERVERS),
    outputs=_bounds("asymptotic_bounds(D, N, Z, c)", "LAZOWSKA"),
    formulas=(
        ("X <= min(1/Dmax, N/(D + Z))", r"X \leq \min\left(\frac{1}{D_{\max}}, \frac{N}{D + Z}\right)"),
        ("X >= N/(N*D + Z), with one server each", r"X \geq \frac{N}{N D + Z}"),
        ("R >= max(D, N*Dmax - Z)", r"R \geq \max(D, N D_{\max} - Z)"),
    ),
    assumptions=(_FIXED, "Nothing about distributions or order of service."),
    breaks=("Loose around the knee, where the two lines cross: balanced_job_bounds.",),
    standing="bound",
    error="the truth lies between the two numbers, however the work is scheduled",
    example=Example(
        {"demands": "9.2s, 8s", "customers": "20", "think": "120s"},
        {
            "most_throughput": 1 / 9.2,
            "least_throughput": 20 / 464,
            "least_response": 64.0,
            "most_response": 344.0,
        },
        "by hand: 1/9.2, 20/(20 x 17.2 + 120), 20 x 9.2 - 120, 20 x 17.2",
    ),
    sources=("LAZOWSKA",),
    page="bounds.md",
    at=("networks",),
)

BALANCED = Entry(
    name="balanced_job_bounds",
    title="Balanced-job bounds of a closed network",
    use="Tighter than the asymptotes around the knee, still a sum or two.",
    inputs=ASYMPTOTIC.inputs,
    outputs=_bounds("balanced_job_bounds(D, N, Z, c)", "ZAHORJAN"),
    formulas=(
        ("R >= D + (N - 1)*Davg*D/(D + Z)", r"R \geq D + (N - 1)\, D_{avg}\, \frac{D}{D + Z}"),
        ("R <= D + (N - 1)*Dmax*N*D/(N*D + Z)", r"R \leq D + (N - 1)\, D_{\max}\, \frac{N D}{N D + Z}"),
    ),
    assumptions=(_FIXED, *PRODUCT),
    breaks=(
        (
            "They ask for a product form: with other service laws at first-come stations the truth may lie "
            "outside."
        ),
    ),
    standing="bound",
    error="the exact value of closed_network lies between the two numbers",
    example=Example(
        {"demands": "0.1s, 0.1s, 0.09s, 0.08s", "customers": "10"},
        {"least_throughput": 10 / (0.37 + 9 * 0.1), "most_throughput": 10 / (0.37 + 9 * 0.0925)},
        "by hand: 10/(0.37 + 9 x 0.1) and 10/(0.37 + 9 x 0.0925)",
    ),
    sources=("ZAHORJAN", "LAZOWSKA"),
    page="bounds.md",
    at=("networks",),
)

ENTRIES = (
    CLOSED,
    CLOSED_CLASSES,
    APPROXIMATE,
    APPROXIMATE_CLASSES,
    ASYMPTOTIC,
    BALANCED,
)
