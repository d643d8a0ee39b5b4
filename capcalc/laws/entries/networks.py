"""Networks of queues, open and closed, exact, approximate and bounded."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Output, Overload

_DEMANDS = Input("demands", "D", "visits times service time, at each station", "durations", "s")
_TABLE = Input("demands", "D", "visits times service time, a row a class, a column a station", "duration_table", "s")
_THINK = Input("think", "Z", "think time between an answer and the next request", "duration", "s", 0.0)
_THINKS = Input("think", "Z", "think time of each class", "durations", "s", 0.0)
_CUSTOMERS = Input("customers", "N", "customers that go round", "whole", low=1)
_SERVERS = Input("servers", "c", "servers of each station, -1 for a delay", "numbers", "", 1.0, -1)
_RATE = Input("rate", "lam", "customers from outside", "rate", "1/s")
_VISITS = Input("visits", "V", "visits of a customer to each station", "numbers", "", 1.0)
_SERVICES = Input("services", "S", "mean service time of a visit to each station", "durations", "s")

_PRODUCT = (
    "First come first served with exponential service of one mean for all classes, or processor sharing, or a delay "
    "with any service times.",
    "Routing at random: where a customer goes next does not depend on how long it has waited.",
)


def _open(call: str) -> tuple[Output, ...]:
    return (
        Output("response", "R", "response, all visits together", "s", call, source="JACKSON", pick="response_s"),
        Output("inside", "L", "customers inside", "", call, source="LITTLE", pick="customers"),
        Output("utilisation", "rho", "load per server, by station", "ratio", call, source="JACKSON", pick="utilisation"),
        Output("residence", "Rk", "time at a station in all visits", "s", call, source="JACKSON", pick="residence_s"),
        Output("queues", "Q", "customers at each station", "", call, source="JACKSON", pick="queue_lengths"),
        Output("limit", "Xmax", "rate that saturates the first station", "1/s", call, pick="limit_rps"),
    )


_VISITED = "open_network(lam, S, V, c)"
OPEN = Entry(
    name="open_network",
    title="Open network: customers come, visit several stations, and leave",
    use="A request that goes through web, cache and database, some of them several times: where the time goes, what gives out first.",
    inputs=(_RATE, _SERVICES, _VISITS, _SERVERS),
    outputs=_open(_VISITED),
    formulas=(
        ("lam_k = lam*V_k", r"\lambda_k = \lambda V_k"),
        ("R_k = V_k*(S_k + Wq_k), each station an mmc of its own", r"R_k = V_k (S_k + W_{q,k})"),
        ("R_k = D_k/(1 - rho_k) with one server, D_k = V_k*S_k", r"R_k = \frac{D_k}{1 - \rho_k}, \quad D_k = V_k S_k"),
    ),
    assumptions=("Poisson arrivals from outside.", "Exponential service at each station, first come first served.", _PRODUCT[1]),
    breaks=(
        "Percentiles are not those of the stations added up.",
        "Service times that are the same at every station (a large request is large everywhere) wait otherwise.",
        "Calls made at the same time are no route: fork_join.",
    ),
    example=Example(
        {"rate": "3/s", "services": "10ms, 20ms, 30ms", "visits": "16, 7, 8"},
        {"response": 0.16 / 0.52 + 0.14 / 0.58 + 0.24 / 0.28},
        "by hand: 0.16/0.52 + 0.14/0.58 + 0.24/0.28",
    ),
    overload=Overload(problem=_VISITED),
    sources=("JACKSON", "ERLANG"),
    page="networks_open.md",
    at=("networks",),
)

_ROUTED = "jackson_network(gamma, P, S, c)"
JACKSON = Entry(
    name="jackson",
    title="Jackson network: an open network by its routing",
    use="Retries, loops, and steps that are taken with a chance: how often each station is visited, and what follows.",
    inputs=(
        Input("external", "gamma", "arrivals from outside at each station", "rates", "1/s"),
        Input("routing", "P", "share of those done at i (row) that go on to j (column)", "ratio_table", "ratio"),
        _SERVICES,
        _SERVERS,
    ),
    outputs=(
        Output("rates", "lams", "arrivals at each station in all", "1/s", "traffic_rates(gamma, P)", source="JACKSON"),
        Output("visits", "V", "visits of a customer to each station", "", "visit_ratios(gamma, P)", source="JACKSON"),
        *_open(_ROUTED),
    ),
    formulas=(
        ("lam_j = gamma_j + (sum over i of lam_i*P_ij)", r"\lambda_j = \gamma_j + \sum_i \lambda_i P_{ij}"),
        ("P(n_1, n_2, ...) = P_1(n_1)*P_2(n_2)*..., each an mmc", r"P(n_1, n_2, \ldots) = \prod_k P_k(n_k)"),
    ),
    assumptions=OPEN.assumptions,
    breaks=OPEN.breaks,
    example=Example(
        {"external": "10/s, 0", "routing": "0, 0.5; 1, 0", "services": "40ms, 50ms"},
        {"response": 0.5, "inside": 5.0},
        "by hand: 20/s at 80% and 10/s at 50% make 4 and 1 customers, 5/(10/s)",
    ),
    overload=Overload(problem=_ROUTED),
    sources=("JACKSON", "ERLANG"),
    page="networks_open.md",
    at=("networks",),
)

_CLASSES = "open_multiclass(lam, D, c)"
OPEN_CLASSES = Entry(
    name="open_multiclass",
    title="Open network with several classes of customers",
    use="Reads and writes, free and paying users, each with its own demands on the same stations.",
    inputs=(
        Input("rates", "lam", "customers of each class from outside", "rates", "1/s"),
        _TABLE,
        _SERVERS,
    ),
    outputs=(
        Output("response", "R", "response of each class", "s", _CLASSES, source="BCMP", pick="response_s"),
        Output("inside", "L", "customers of each class inside", "", _CLASSES, source="LITTLE", pick="customers"),
        Output("utilisation", "rho", "load per server, by station", "ratio", _CLASSES, source="BCMP", pick="utilisation"),
        Output("residence", "Rk", "time at a station, a row a class", "s", _CLASSES, source="BCMP", pick="residence_s"),
        Output("limit_factor", "f", "times the load that saturates the first station", "", _CLASSES, pick="limit_factor"),
    ),
    formulas=(
        ("rho_k = sum over classes of lam_r*D_rk", r"\rho_k = \sum_r \lambda_r D_{rk}"),
        ("R_rk = D_rk/(1 - rho_k) with one server", r"R_{rk} = \frac{D_{rk}}{1 - \rho_k}"),
    ),
    assumptions=("Poisson arrivals from outside.", *_PRODUCT),
    breaks=(
        "First come first served with service times that differ by class: every class then waits the same, and this is rough.",
        "A class that goes before another: priority.",
    ),
    example=Example(
        {"rates": "3/19s, 2/19s", "demands": "1s, 3s; 2s, 4s"},
        {"response": (1 / (12 / 19) + 3 / (2 / 19), 2 / (12 / 19) + 4 / (2 / 19))},
        "by hand: loads 7/19 and 17/19, response 1/(12/19) + 3/(2/19) = 30.08 s of the first class",
    ),
    overload=Overload(problem=_CLASSES),
    sources=("BCMP", "LAZOWSKA"),
    page="networks_open.md",
    at=("networks",),
)


def _closed(call: str, source: str, of: str = "") -> tuple[Output, ...]:
    return (
        Output("throughput", "X", f"throughput{of}", "1/s", call, source=source, pick="throughput_rps"),
        Output("response", "R", f"response{of}", "s", call, source=source, pick="response_s"),
        Output("utilisation", "rho", "load per server, by station", "ratio", call, source="LITTLE", pick="utilisation"),
        Output("residence", "Rk", "time at each station", "s", call, source=source, pick="residence_s"),
        Output("queues", "Q", "customers at each station", "", call, source=source, pick="queue_lengths"),
    )


_FIXED = "A fixed number of customers: each waits for its answer, thinks for Z, and asks again."
CLOSED = Entry(
    name="closed_network",
    title="Closed network: a fixed number of customers go round the stations",
    use="A connection pool, a batch farm, a load test with a fixed number of users: throughput and response by their number.",
    inputs=(
        _DEMANDS,
        _CUSTOMERS,
        _THINK,
        _SERVERS,
        Input("station", "k", "a station, from 0, for its distribution", "whole", optional=True),
    ),
    outputs=(
        Output("throughput", "X", "throughput", "1/s", "closed_throughput_rps(D, N, Z, c)", source="BUZEN"),
        *_closed("closed_network(D, N, Z, c)", "BUZEN")[1:],
        Output("marginal", "pj", "share of the time with 0, 1, ... at station k", "ratio", "closed_marginal(k, D, N, Z, c)", source="BUZEN"),
    ),
    formulas=(
        ("R_k(N) = D_k*(1 + Q_k(N - 1)) with one server", r"R_k(N) = D_k (1 + Q_k(N - 1))"),
        ("X(N) = N/(Z + sum of R_k(N))", r"X(N) = \frac{N}{Z + \sum_k R_k(N)}"),
        ("Q_k(N) = X(N)*R_k(N)", r"Q_k(N) = X(N)\, R_k(N)"),
        ("X(N) = G(N - 1)/G(N), with any servers", r"X(N) = \frac{G(N - 1)}{G(N)}"),
    ),
    assumptions=(_FIXED, *_PRODUCT),
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
        _TABLE,
        Input("customers", "N", "customers of each class", "wholes"),
        _THINKS,
        _SERVERS,
    ),
    outputs=_closed("closed_multiclass(D, N, Z, c)", "REISER", " of each class"),
    formulas=(
        ("R_rk(N) = D_rk*(1 + Q_k(N - one of class r))", r"R_{rk}(N) = D_{rk} (1 + Q_k(N - 1_r))"),
        ("X_r(N) = N_r/(Z_r + sum of R_rk(N))", r"X_r(N) = \frac{N_r}{Z_r + \sum_k R_{rk}(N)}"),
    ),
    assumptions=(_FIXED, *_PRODUCT),
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
    ("Q_k(N - 1) ~ (N - 1)/N*Q_k(N), corrected by the Linearizer", r"Q_k(N - 1) \approx \frac{N - 1}{N}\, Q_k(N)"),
    ("R_k = D_k*(1 + Q_k(N - 1))", r"R_k = D_k (1 + Q_k(N - 1))"),
)
APPROXIMATE = Entry(
    name="approximate_network",
    title="Closed network of any population, by the Linearizer",
    use="Closed networks of millions of customers, in time that does not grow with their number.",
    inputs=(_DEMANDS, _CUSTOMERS, _THINK, _SERVERS),
    outputs=_closed("approximate_network(D, N, Z, c)", "CHANDY"),
    formulas=_ABOUT,
    assumptions=CLOSED.assumptions,
    breaks=("Few customers at pools of many servers, near the knee: compare with closed_network.",),
    standing="approximation",
    error="right for one customer, and as their number grows; worst around the knee",
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
    error=APPROXIMATE.error,
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
        Output("least_throughput", "X1", "throughput at least", "1/s", call, source=source, pick="throughput_lower_rps"),
        Output("most_throughput", "X2", "throughput at most", "1/s", call, source=source, pick="throughput_upper_rps"),
        Output("least_response", "R1", "response at least", "s", call, source=source, pick="response_lower_s"),
        Output("most_response", "R2", "response at most", "s", call, source=source, pick="response_upper_s"),
        Output("crossing", "Nx", "customers from which they queue for certain", "", call, source=source, pick="crossing_population"),
    )


ASYMPTOTIC = Entry(
    name="asymptotic_bounds",
    title="Asymptotic bounds of a closed network",
    use="On the back of an envelope: what no tuning can beat, from the total demand and the largest one.",
    inputs=(_DEMANDS, _CUSTOMERS, _THINK, _SERVERS),
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
        {"most_throughput": 1 / 9.2, "least_throughput": 20 / 464, "least_response": 64.0, "most_response": 344.0},
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
    assumptions=(_FIXED, *_PRODUCT),
    breaks=("They ask for a product form: with other service laws at first-come stations the truth may lie outside.",),
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
    OPEN,
    JACKSON,
    OPEN_CLASSES,
    CLOSED,
    CLOSED_CLASSES,
    APPROXIMATE,
    APPROXIMATE_CLASSES,
    ASYMPTOTIC,
    BALANCED,
)
