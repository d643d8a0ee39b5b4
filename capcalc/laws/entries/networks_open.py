"""Open networks of queues."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Output, Overload

TABLE = Input(
    "demands", "D", "visits times service time, a row a class, a column a station", "duration_table", "s"
)
SERVERS = Input("servers", "c", "servers of each station, -1 for a delay", "numbers", "", 1.0, -1)
_RATE = Input("rate", "lam", "customers from outside", "rate", "1/s")
_VISITS = Input("visits", "V", "visits of a customer to each station", "numbers", "", 1.0)
_SERVICES = Input("services", "S", "mean service time of a visit to each station", "durations", "s")


PRODUCT = (
    "First come first served with exponential service of one mean for all classes, or processor sharing, "
    "or a delay with any service times.",
    "Routing at random: where a customer goes next does not depend on how long it has waited.",
)


def _open(call: str) -> tuple[Output, ...]:
    return (
        Output(
            "response", "R", "response, all visits together", "s", call, source="JACKSON", pick="response_s"
        ),
        Output("inside", "L", "customers inside", "", call, source="LITTLE", pick="customers"),
        Output(
            "utilisation",
            "rho",
            "load per server, by station",
            "ratio",
            call,
            source="JACKSON",
            pick="utilisation",
        ),
        Output(
            "residence",
            "Rk",
            "time at a station in all visits",
            "s",
            call,
            source="JACKSON",
            pick="residence_s",
        ),
        Output("queues", "Q", "customers at each station", "", call, source="JACKSON", pick="queue_lengths"),
        Output("limit", "Xmax", "rate that saturates the first station", "1/s", call, pick="limit_rps"),
    )


_VISITED = "open_network(lam, S, V, c)"
OPEN = Entry(
    name="open_network",
    title="Open network: customers come, visit several stations, and leave",
    use=(
        "A request that goes through web, cache and database, some of them several times: where the time "
        "goes, what gives out first."
    ),
    inputs=(_RATE, _SERVICES, _VISITS, SERVERS),
    outputs=_open(_VISITED),
    formulas=(
        ("lam_k = lam*V_k", r"\lambda_k = \lambda V_k"),
        ("R_k = V_k*(S_k + Wq_k), each station an mmc of its own", r"R_k = V_k (S_k + W_{q,k})"),
        (
            "R_k = D_k/(1 - rho_k) with one server, D_k = V_k*S_k",
            r"R_k = \frac{D_k}{1 - \rho_k}, \quad D_k = V_k S_k",
        ),
    ),
    assumptions=(
        "Poisson arrivals from outside.",
        "Exponential service at each station, first come first served.",
        PRODUCT[1],
    ),
    breaks=(
        "Percentiles are not those of the stations added up.",
        (
            "Service times that are the same at every station (a large request is large everywhere) wait "
            "otherwise."
        ),
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
    use=(
        "Retries, loops, and steps that are taken with a chance: how often each station is visited, and "
        "what follows."
    ),
    inputs=(
        Input("external", "gamma", "arrivals from outside at each station", "rates", "1/s"),
        Input(
            "routing", "P", "share of those done at i (row) that go on to j (column)", "ratio_table", "ratio"
        ),
        _SERVICES,
        SERVERS,
    ),
    outputs=(
        Output(
            "rates",
            "lams",
            "arrivals at each station in all",
            "1/s",
            "traffic_rates(gamma, P)",
            source="JACKSON",
        ),
        Output(
            "visits",
            "V",
            "visits of a customer to each station",
            "",
            "visit_ratios(gamma, P)",
            source="JACKSON",
        ),
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
        TABLE,
        SERVERS,
    ),
    outputs=(
        Output("response", "R", "response of each class", "s", _CLASSES, source="BCMP", pick="response_s"),
        Output(
            "inside", "L", "customers of each class inside", "", _CLASSES, source="LITTLE", pick="customers"
        ),
        Output(
            "utilisation",
            "rho",
            "load per server, by station",
            "ratio",
            _CLASSES,
            source="BCMP",
            pick="utilisation",
        ),
        Output(
            "residence",
            "Rk",
            "time at a station, a row a class",
            "s",
            _CLASSES,
            source="BCMP",
            pick="residence_s",
        ),
        Output(
            "limit_factor",
            "f",
            "times the load that saturates the first station",
            "",
            _CLASSES,
            pick="limit_factor",
        ),
    ),
    formulas=(
        ("rho_k = sum over classes of lam_r*D_rk", r"\rho_k = \sum_r \lambda_r D_{rk}"),
        ("R_rk = D_rk/(1 - rho_k) with one server", r"R_{rk} = \frac{D_{rk}}{1 - \rho_k}"),
    ),
    assumptions=("Poisson arrivals from outside.", *PRODUCT),
    breaks=(
        (
            "First come first served with service times that differ by class: every class then waits the "
            "same, and this is rough."
        ),
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

ENTRIES = (OPEN, JACKSON, OPEN_CLASSES)
