"""Several classes before one pool, and calls to several servers: priorities, two kinds, fork and join."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output, Overload
from capcalc.laws.entries.pools import FEWEST, PERCENTILE, RATE, SERVERS, SERVICE

_RATES = Input("rates", "lams", "arrival rate of each class, highest first", "rates", "1/s")
_ORDER = (
    (
        "Poisson arrivals of each class; a lower class never goes before a higher one, first come first "
        "served inside each."
    ),
)
_SATURATED = (
    "the classes offer {load} erlangs to {limit} servers; those below the first saturated one wait without "
    "end"
)

PRIORITY = Entry(
    name="priority",
    title="Priorities on one server: mean wait of each class",
    use="Interactive before batch, paid before free: what the first gain and what the last pay.",
    inputs=(
        _RATES,
        Input("services", "Ss", "mean service time of each class", "durations", "s"),
        Input("scvs", "cs2s", "squared coefficient of variation of each class", "numbers", "", 1.0),
    ),
    outputs=(
        Output("utilisation", "rho", "load", "ratio", "dot(lams, Ss)", source="LITTLE"),
        Output(
            "mean_wait",
            "Wq",
            "mean wait, a job that is begun is finished",
            "s",
            "priority_mean_wait_s(lams, Ss, cs2s)",
            source="COBHAM",
        ),
        Output(
            "preemptive_response",
            "T",
            "mean response, a job steps back for a higher class",
            "s",
            "priority_preemptive_mean_response_s(lams, Ss, cs2s)",
            source="COBHAM",
        ),
    ),
    formulas=(
        (
            "Wq_i = R/((1 - sigma_(i-1))*(1 - sigma_i)), sigma_i the load of the classes 0..i",
            r"W_{q,i} = \frac{R}{(1 - \sigma_{i-1})(1 - \sigma_i)}",
        ),
        (
            "R = sum over all classes of lam_i*E S_i^2/2",
            r"R = \frac{1}{2} \sum_i \lambda_i E S_i^2",
        ),
    ),
    assumptions=(*_ORDER, "One server; service of any law, by mean and scv."),
    breaks=(
        "Means only: percentiles are not worked out.",
        "Several servers: priority_mmc.",
    ),
    example=Example(
        {"rates": "0.2/s, 0.6/s", "services": "1s, 1s"},
        {"mean_wait": (1.0, 5.0), "preemptive_response": (1.25, 6.25)},
        "by hand: R = 0.8, 0.8/0.8 and 0.8/(0.8 x 0.2); 1/0.8 and 1/0.8 + 0.8/0.16",
    ),
    overload=Overload(
        "dot(lams, Ss)", "1", _SATURATED.replace("{limit} servers", "one server"), partial=True
    ),
    sources=("COBHAM", "GROSS"),
    page="priority.md",
    at=("priority", "parts"),
)

PRIORITY_MMC = Entry(
    name="priority_mmc",
    title="Priorities in a pool: mean wait of each class, one service time for all",
    use="The same before several servers, and how many it takes for one class to be quick enough.",
    inputs=(
        _RATES,
        SERVICE,
        SERVERS,
        Input("class", "k", "a class, 0 the highest", "whole", optional=True),
    ),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "total(lams)*S", source="LITTLE"),
        Output(
            "mean_wait",
            "Wq",
            "mean wait, a job that is begun is finished",
            "s",
            "priority_mmc_mean_wait_s(lams, S, c)",
            source="KELLA",
        ),
        Output(
            "preemptive_response",
            "T",
            "mean response, a job steps back for a higher class",
            "s",
            "priority_preemptive_mmc_mean_response_s(lams, S, c)",
            source="BUZEN",
        ),
        Output(
            "class_wait",
            "Wk",
            "mean wait of class k",
            "s",
            "item(priority_mmc_mean_wait_s(lams, S, c), k)",
            source="KELLA",
        ),
    ),
    inverses=(
        Inverse("class_wait", "servers", "servers_for_priority_wait(lams, S, target, k)", FEWEST, "KELLA"),
    ),
    formulas=(
        (
            "Wq_i = (C*S/c)/((1 - sigma_(i-1))*(1 - sigma_i)), C of erlang_c for all together",
            r"W_{q,i} = \frac{C S/c}{(1 - \sigma_{i-1})(1 - \sigma_i)}",
        ),
        ("sigma_i = S*(lam_0 + ... + lam_i)/c", r"\sigma_i = \frac{S}{c} \sum_{j \leq i} \lambda_j"),
    ),
    assumptions=(*_ORDER, "Exponential service with one mean for all classes, one shared queue."),
    breaks=("Classes with different service times: rough.", "Means only."),
    example=Example(
        {"rates": "3/s, 6/s", "service": "1s", "servers": "10", "class": "1"},
        {
            "mean_wait": (0.0955330748725281427866161, 0.955330748725281427866161),
            "class_wait": 0.955330748725281427866161,
        },
        "50-digit arithmetic",
    ),
    overload=Overload("total(lams)*S", "c", _SATURATED, partial=True),
    sources=("KELLA", "GROSS"),
    page="priority.md",
    at=("priority", "parts"),
)

_KINDS = "lam1, S1, lam2, S2, c"
TWO_KINDS = Entry(
    name="two_kinds",
    title="Two kinds of jobs in one pool, each exponential with its own mean",
    use="Quick reads and slow reports before the same workers: both wait alike, and the slow ones decide.",
    inputs=(
        Input("rate_1", "lam1", "arrival rate of the first kind", "rate", "1/s"),
        Input("service_1", "S1", "its mean service time", "duration", "s", above=True),
        Input("rate_2", "lam2", "arrival rate of the second kind", "rate", "1/s"),
        Input("service_2", "S2", "its mean service time, second kind", "duration", "s", above=True),
        Input("servers", "c", "servers", "whole", low=1, high=256),
        PERCENTILE,
    ),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "lam1*S1 + lam2*S2", source="LITTLE"),
        Output("utilisation", "rho", "load per server", "ratio", "a/c", source="LITTLE"),
        Output(
            "wait_probability",
            "C",
            "chance of waiting",
            "ratio",
            f"two_kinds_wait_probability({_KINDS})",
            source="NEUTS",
        ),
        Output("mean_wait", "Wq", "mean wait", "s", f"two_kinds_mean_wait_s({_KINDS})", source="NEUTS"),
        Output(
            "{p}_wait", "Wp", "{p} wait", "s", f"two_kinds_wait_percentile_s(p, {_KINDS})", source="NEUTS"
        ),
    ),
    inverses=(
        Inverse(
            "mean_wait", "servers", "servers_for_two_kinds_wait(lam1, S1, lam2, S2, target)", FEWEST, "NEUTS"
        ),
    ),
    formulas=(
        ("P(n + 1) = P(n) R(n), a matrix for each number of jobs", r"\pi_{n+1} = \pi_n R_n"),
        ("a = lam1*S1 + lam2*S2", ""),
    ),
    assumptions=(
        "Poisson arrivals of each kind, exponential service, one shared queue, first come first served.",
    ),
    breaks=(
        "Beyond 256 servers it is not worked out: the cost grows as their cube.",
        "More kinds: pooled and ggc.",
    ),
    example=Example(
        {"rate_1": "10/s", "service_1": "100ms", "rate_2": "10/s", "service_2": "100ms", "servers": "3"},
        {"wait_probability": 4 / 9, "mean_wait": 0.4 / 9},
        "by hand: two kinds alike are one, 4/9 x 100 ms / (3 - 2) as in mmc",
    ),
    overload=Overload(
        "lam1*S1 + lam2*S2",
        "c",
        "{rate_1} x {service_1} and {rate_2} x {service_2} offer {load} erlangs to {limit} servers. "
        "The least that works is {least}",
    ),
    sources=("NEUTS",),
    page="ggc.md",
    at=("mixed",),
)

FORK_JOIN = Entry(
    name="fork_join",
    title="Fork and join: one task to each of n servers, the last answer counts",
    use=(
        "A query over all shards, a write to all replicas: each has its own queue, all see the same arrivals."
    ),
    inputs=(RATE, SERVICE, Input("branches", "n", "branches", "whole", low=1), PERCENTILE),
    outputs=(
        Output("utilisation", "rho", "load of each", "ratio", "lam*S", source="LITTLE", standing="exact"),
        Output(
            "mean_response",
            "T",
            "mean response",
            "s",
            "fork_join_mean_response_s(lam, S, n)",
            source="NELSON",
        ),
        Output(
            "least_response",
            "T1",
            "mean response at least",
            "s",
            "fork_join_bounds_s(lam, S, n)",
            source="NELSON",
            standing="bound",
            pick="0",
        ),
        Output(
            "most_response",
            "T2",
            "mean response at most",
            "s",
            "fork_join_bounds_s(lam, S, n)",
            source="NELSON",
            standing="bound",
            pick="1",
        ),
        Output(
            "{p}_response", "Tp", "{p} response", "s", "fork_join_percentile_s(p, lam, S, n)", source="NELSON"
        ),
        Output(
            "{p}_at_most",
            "Tb",
            "{p} response at most",
            "s",
            "fork_join_percentile_bound_s(p, lam, S, n)",
            "-S/(1 - rho)*log(1 - p**(1/n))",
            "DAVID",
            "bound",
        ),
    ),
    formulas=(
        (
            "T = (12 - rho)/8*S/(1 - rho) for two branches",
            r"T = \frac{12 - \rho}{8}\, \frac{S}{1 - \rho} \quad (n = 2)",
        ),
        (
            "T_n/T_2 = H_n/H_2 + 4/11*(1 - H_n/H_2)*rho",
            r"\frac{T_n}{T_2} \approx \frac{H_n}{H_2} + \frac{4}{11} \left(1 - \frac{H_n}{H_2}\right) \rho",
        ),
        (
            "Tp <= -S/(1 - rho)*log(1 - p^(1/n))",
            r"T_p \leq -\frac{S}{1 - \rho} \ln\left(1 - p^{1/n}\right)",
        ),
    ),
    assumptions=(
        "Poisson arrivals; each sends one task to each of n servers with queues of their own.",
        "Exponential service, independent at each branch.",
    ),
    breaks=(
        "All calls into one common pool: fan_out, which is exact.",
        "Quorums, where the k-th answer counts: less than this.",
    ),
    standing="approximation",
    error="the mean is exact for two branches and within 5% for up to 32; the bounds always hold",
    example=Example(
        {"rate": "0.5/s", "service": "1s", "branches": "2"},
        {"mean_response": 2.875, "least_response": 2.0, "most_response": 3.0},
        "by hand: 11.5/8 x 2; 2, and 1.5 x 2",
    ),
    overload=Overload(
        "lam*S", "1", "{rate} x {service} offers {load} erlangs to each branch, which has one server"
    ),
    sources=("FLATTO", "NELSON", "DAVID"),
    page="fork_join.md",
    at=("forkjoin",),
)

ENTRIES = (PRIORITY, PRIORITY_MMC, TWO_KINDS, FORK_JOIN)
