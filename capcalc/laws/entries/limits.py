"""Pools that turn people away, or that few people use: Erlang B, Engset, M/M/c/K, finite populations."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output
from capcalc.laws.entries.pools import (
    FEWEST,
    LOAD,
    MOST,
    OPTIONAL_RATE,
    OPTIONAL_SERVICE,
    PERCENTILE,
    RATE,
    SERVERS,
    SERVICE,
    WITHIN,
)

_STATE = r"\frac{a^c}{c!} \Big/ \sum_{k=0}^{c} \frac{a^k}{k!}"

ERLANG_B = Entry(
    name="erlang_b",
    title="Erlang B: the share that is turned away where nobody waits",
    use="Connections of a pool without a queue, licences, phone lines, slots: who finds none free goes away.",
    inputs=(SERVERS, OPTIONAL_RATE, OPTIONAL_SERVICE, LOAD),
    outputs=(
        Output("blocking", "B", "share turned away", "ratio", "erlang_b(c, a)", source="ERLANG"),
        Output("log_blocking", "lnB", "its logarithm", "", "log_erlang_b(c, a)", source="TEMME"),
        Output("carried", "ac", "load carried", "erlang", "a*(1 - B)", source="LITTLE"),
        Output("utilisation", "rho", "load per server", "ratio", "ac/c", source="LITTLE"),
        Output("lost", "lamB", "rate turned away", "1/s", "lam*B"),
    ),
    inverses=(
        Inverse("blocking", "servers", "servers_for_blocking(a, target)", FEWEST, "JAGERMAN"),
        Inverse("blocking", "load", "load_for_blocking(c, target)", MOST, "ERLANG"),
    ),
    formulas=(
        ("B = (a^c/c!) / (sum over k <= c of a^k/k!)", rf"B = {_STATE}"),
        (
            "1/B(c) = 1 + c/a/B(c - 1), B(0) = 1",
            r"\frac{1}{B(c)} = 1 + \frac{c}{a\, B(c - 1)}, \quad B(0) = 1",
        ),
    ),
    assumptions=(
        "Poisson arrivals: many independent users.",
        "Nobody waits and nobody tries again.",
        "Service times of any law with that mean: the shape does not matter.",
    ),
    breaks=(
        "Who is turned away tries again at once: the load is then larger than what was offered first.",
        "Few sources, each busy while it is served, lose less: engset.",
        "Arrivals in bursts lose more.",
    ),
    example=Example(
        {"servers": "10", "load": "5"},
        {"blocking": 0.01838457033664813313718732},
        "the sum in 50 digits; tables print 0.0184",
    ),
    sources=("ERLANG", "JAGERMAN", "TEMME"),
    page="erlang_b.md",
    at=("erlang", "losses"),
)

_N = Input("sources", "N", "sources", "whole", low=1)
_ALPHA = Input("idle_load", "alpha", "load of one source while it is idle", "number", "erlang")
ENGSET = Entry(
    name="engset",
    title="Engset: the share that is turned away, with few sources",
    use="Erlang B where the users are few: each that is being served cannot ask a second time.",
    inputs=(_N, SERVERS, _ALPHA),
    outputs=(
        Output(
            "call_congestion",
            "Bc",
            "share of the calls turned away",
            "ratio",
            "engset_call_congestion(N, c, alpha)",
            source="ENGSET",
        ),
        Output(
            "time_congestion",
            "E",
            "share of the time that all servers are busy",
            "ratio",
            "engset_time_congestion(N, c, alpha)",
            source="ENGSET",
        ),
        Output(
            "carried",
            "ac",
            "load carried",
            "erlang",
            "N*alpha*(1 - Bc)/(1 + alpha*(1 - Bc))",
            source="ENGSET",
        ),
    ),
    inverses=(
        Inverse(
            "call_congestion", "servers", "servers_for_call_congestion(N, alpha, target)", FEWEST, "ENGSET"
        ),
        Inverse("call_congestion", "idle_load", "load_for_call_congestion(N, c, target)", MOST, "ENGSET"),
    ),
    formulas=(
        (
            "E = C(N, c)*alpha^c / (sum over k <= c of C(N, k)*alpha^k)",
            r"E = \binom{N}{c} \alpha^c \Big/ \sum_{k=0}^{c} \binom{N}{k} \alpha^k",
        ),
        ("Bc = E with N - 1 sources", r"B_c(N) = E(N - 1)"),
    ),
    assumptions=(
        "N alike and independent sources; one that is being served does not ask again.",
        (
            "The load of an idle source is the rate at which it asks, while it does not, times the mean "
            "service time."
        ),
        "Who is turned away is idle again at once. Service times of any law.",
    ),
    breaks=(
        "Either congestion is called Engset elsewhere: calls see less than the clock does.",
        "With many sources it becomes erlang_b at a load of N*alpha/(1 + alpha) or so.",
    ),
    example=Example(
        {"sources": "5", "servers": "3", "idle_load": "0.3"},
        {"call_congestion": 0.037921348314606737, "time_congestion": 0.0735694822888283378746594},
        "the sums in 50 digits: 0.108/2.848 of the calls",
    ),
    sources=("ENGSET",),
    page="engset.md",
    at=("losses",),
)

_ROOM = Input("capacity", "K", "room, in service and waiting", "whole", low=1, high=1e9, formula="c + n")
_PLACES = Input("places", "n", "places to wait", "whole", optional=True)
MMCK = Entry(
    name="mmck",
    title="M/M/c/K: a pool with room for K; who finds it full is turned away",
    use=(
        "A bounded queue in front of workers, a listen backlog, an accept limit: how many are refused, how "
        "long the rest waits."
    ),
    inputs=(RATE, SERVICE, SERVERS, _PLACES, _ROOM, PERCENTILE, WITHIN),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "lam*S", source="LITTLE"),
        Output("loss", "PK", "share turned away", "ratio", "mmck_loss(lam, S, c, K)", source="GROSS"),
        Output(
            "throughput",
            "X",
            "rate served",
            "1/s",
            "mmck_throughput_rps(lam, S, c, K)",
            "lam*(1 - PK)",
            "GROSS",
        ),
        Output("utilisation", "rho", "load per server", "ratio", "X*S/c", source="LITTLE"),
        Output("mean_wait", "Wq", "mean wait", "s", "mmck_mean_wait_s(lam, S, c, K)", source="GROSS"),
        Output(
            "mean_response",
            "T",
            "mean response",
            "s",
            "mmck_mean_response_s(lam, S, c, K)",
            "Wq + S",
            "GROSS",
        ),
        Output(
            "mean_inside", "L", "mean number inside", "", "mmck_mean_number(lam, S, c, K)", "X*T", "LITTLE"
        ),
        Output(
            "empty",
            "P0",
            "share of the time that nobody is there",
            "ratio",
            "mmck_empty(lam, S, c, K)",
            source="GROSS",
        ),
        Output("{p}_wait", "Wp", "{p} wait", "s", "mmck_wait_percentile_s(p, lam, S, c, K)", source="GROSS"),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            "mmck_wait_tail(t, lam, S, c, K)",
            source="GROSS",
        ),
    ),
    inverses=(
        Inverse("loss", "capacity", "mmck_capacity_for_loss(lam, S, c, target)", FEWEST, "GROSS"),
        Inverse("loss", "servers", "mmck_servers_for_loss(lam, S, n, target)", FEWEST, "GROSS"),
        Inverse("loss", "rate", "mmck_load_for_loss(S, c, K, target)", MOST, "GROSS"),
    ),
    formulas=(
        (
            "P(k) ~ a^k/k! for k <= c, P(k) = P(c)*(a/c)^(k - c) above",
            (
                r"P(k) \propto \frac{a^k}{k!} \ (k \leq c), \quad P(k) = P(c) \left(\frac{a}{c}\right)^{k - "
                r"c} \ (c \leq k \leq K)"
            ),
        ),
        ("PK = P(K)", "P_K = P(K)"),
        ("X = lam*(1 - PK)", ""),
        (
            "Wq = (S/c)*(sum over j < K - c of (j + 1)*P(c + j))/(1 - PK)",
            r"W_q = \frac{S}{c} \sum_{j=0}^{K-c-1} (j + 1) \frac{P(c + j)}{1 - P_K}",
        ),
    ),
    assumptions=(
        "Poisson arrivals, exponential service, one shared queue, first come first served.",
        "Who finds K jobs inside goes away for good; waits are those of the jobs that get in.",
    ),
    breaks=(
        "Who is turned away tries again: the load grows by what is refused.",
        (
            "There is no overload: above a load of c the queue is nearly always full, and the surplus is "
            "refused."
        ),
        (
            "Service that is not exponential: the loss is then an approximation, exact only without places "
            "to wait."
        ),
    ),
    example=Example(
        {"rate": "50/s", "service": "100ms", "servers": "4", "capacity": "6"},
        {"loss": 15625 / 53229, "throughput": 50 * 37604 / 53229},
        "by hand: weights 384, 1920, 4800, 8000, 10000, 12500, 15625 of 0 to 6 jobs, in all 53229",
    ),
    sources=("GROSS",),
    page="mmck.md",
    at=("finite", "finite_sizing"),
)

_USERS = Input("users", "N", "users, or machines", "whole", low=1, high=1e9)
_THINK = Input("think", "Z", "mean time between an answer and the next request", "duration", "s", above=True)
_LIMIT = Input("capacity", "K", "room, in service and waiting", "whole", low=1, high=1e9, formula="N")
POPULATION = Entry(
    name="population",
    title="M/M/c//N: few users who think, ask and wait; or machines and their repairers",
    use=(
        "A fixed number of clients, threads or connections that each wait for an answer before they ask "
        "again."
    ),
    inputs=(_USERS, _THINK, SERVICE, SERVERS, _LIMIT, PERCENTILE, WITHIN),
    outputs=(
        Output(
            "throughput",
            "X",
            "rate served",
            "1/s",
            "population_throughput_rps(1/Z, S, c, N, K)",
            source="GROSS",
        ),
        Output("utilisation", "rho", "load per server", "ratio", "X*S/c", source="LITTLE"),
        Output(
            "wait_probability",
            "C",
            "chance of waiting",
            "ratio",
            "population_wait_probability(1/Z, S, c, N, K)",
            source="GROSS",
        ),
        Output(
            "mean_wait", "Wq", "mean wait", "s", "population_mean_wait_s(1/Z, S, c, N, K)", source="GROSS"
        ),
        Output(
            "mean_response",
            "T",
            "mean response",
            "s",
            "population_mean_response_s(1/Z, S, c, N, K)",
            "Wq + S",
            "GROSS",
        ),
        Output(
            "mean_inside",
            "L",
            "mean number inside",
            "",
            "population_mean_number(1/Z, S, c, N, K)",
            "X*T",
            "LITTLE",
        ),
        Output(
            "loss", "PK", "share turned away", "ratio", "population_loss(1/Z, S, c, N, K)", source="GROSS"
        ),
        Output(
            "{p}_wait",
            "Wp",
            "{p} wait",
            "s",
            "population_wait_percentile_s(p, 1/Z, S, c, N, K)",
            source="GROSS",
        ),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            "population_wait_tail(t, 1/Z, S, c, N, K)",
            source="GROSS",
        ),
    ),
    inverses=(
        Inverse(
            "mean_wait",
            "servers",
            "servers_for_population_wait(1/Z, S, N, target)",
            FEWEST,
            "GROSS",
            "capacity",
        ),
        Inverse("mean_wait", "users", "population_for_wait(1/Z, S, c, target)", MOST, "GROSS", "capacity"),
    ),
    formulas=(
        (
            "P(k + 1)/P(k) = (N - k)/Z * S/min(k + 1, c)",
            r"\frac{P(k + 1)}{P(k)} = \frac{N - k}{Z} \frac{S}{\min(k + 1, c)}",
        ),
        ("X = (mean busy servers)/S", r"X = \frac{1}{S} \sum_k \min(k, c)\, P(k)"),
        ("T = N/X - Z (nobody turned away)", r"T = \frac{N}{X} - Z"),
    ),
    assumptions=(
        (
            "N alike and independent users; each waits for its answer, then thinks for Z on average, then "
            "asks again."
        ),
        (
            "Exponential service, one shared queue. With a capacity below N, who finds it full goes back "
            "to think."
        ),
        "Think times of any law, where nobody is turned away and service is exponential.",
    ),
    breaks=(
        "There is no overload: who waits does not ask. Do not size open traffic with it, it flatters.",
        "Load generators with a fixed number of threads live in this law, their users in mmc.",
    ),
    example=Example(
        {"users": "12", "think": "125ms", "service": "500ms", "servers": "5"},
        {"mean_inside": 10.75001322, "mean_wait": 0.5750126938, "throughput": 9.999894219},
        "what the R package queueing prints for its MMCKK",
        rel=3e-9,
    ),
    sources=("GROSS",),
    page="population.md",
    at=("population", "population_sizing"),
)

ENTRIES = (ERLANG_B, ENGSET, MMCK, POPULATION)
