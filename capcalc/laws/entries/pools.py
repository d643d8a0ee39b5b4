"""Pools of identical servers in which everybody waits: M/M/1, M/M/c, Erlang C, and Little's law."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output, Overload

RATE = Input("rate", "lam", "arrival rate", "rate", "1/s")
SERVICE = Input("service", "S", "mean service time", "duration", "s", above=True)
SERVERS = Input("servers", "c", "servers", "whole", low=1)
PERCENTILE = Input("percentile", "p", "share of the arrivals", "ratio", "ratio", 0.99, 0, 1, True, True)
WITHIN = Input("within", "t", "a time, for the share that waits no longer", "duration", "s", optional=True)
OFFERED = Output("offered", "a", "offered load", "erlang", "lam*S", source="LITTLE", standing="exact")
BUSY = Output("utilisation", "rho", "load per server", "ratio", "a/c", source="LITTLE", standing="exact")
OVERLOAD = Overload(
    "lam*S",
    "c",
    "{rate} x {service} offers {load} erlangs to {limit} servers. The least that works is {least}",
    "{p}_wait",
    "service",
)
FEWEST = "the fewest with a {given} of {target} at most"
MOST = "the most with a {given} of {target} at most"

LITTLE = Entry(
    name="little",
    title="Little's law: how many are inside, from how many come and how long they stay",
    use=(
        "Requests in flight, connections in use, threads that are busy, jobs in a queue: from any two the "
        "third."
    ),
    inputs=(RATE, Input("time", "W", "mean time inside", "duration", "s", above=True)),
    outputs=(Output("inside", "L", "mean number inside", "", "lam*W", source="LITTLE"),),
    inverses=(
        Inverse("inside", "rate", "target/W", "the rate that keeps {target} inside", "LITTLE"),
        Inverse("inside", "time", "target/lam", "the stay that keeps {target} inside", "LITTLE"),
    ),
    formulas=(("L = lam*W", ""),),
    assumptions=(
        "What comes in goes out in the long run.",
        "Means over the same time. Nothing is asked of the arrivals, the service or the order.",
    ),
    breaks=(
        "Over a time in which a backlog grows or drains the three means do not match.",
        "It says nothing about percentiles: neither the p99 of the number nor of the time.",
    ),
    example=Example({"rate": "900/s", "time": "10ms"}, {"inside": 9.0}, "by hand: 900 x 0.01"),
    sources=("LITTLE",),
    page="little.md",
)

_QUEUE = (
    Output("mean_queue", "Lq", "mean number waiting", "", "lam*Wq", source="LITTLE"),
    Output("mean_inside", "L", "mean number inside", "", "lam*T", source="LITTLE"),
)

MM1 = Entry(
    name="mm1",
    title="M/M/1: one server, one queue, random arrivals, exponential service",
    use=(
        "The first estimate of anything that does one thing at a time: a lock, a disk head, a "
        "single-threaded process."
    ),
    inputs=(RATE, SERVICE, PERCENTILE),
    outputs=(
        Output("utilisation", "rho", "load", "ratio", "lam*S", source="LITTLE"),
        Output("mean_wait", "Wq", "mean wait", "s", "mmc_mean_wait_s(lam, S, 1)", "rho*S/(1 - rho)", "GROSS"),
        Output(
            "mean_response",
            "T",
            "mean response",
            "s",
            "mmc_mean_response_s(lam, S, 1)",
            "S/(1 - rho)",
            "GROSS",
        ),
        *_QUEUE,
        Output(
            "{p}_wait",
            "Wp",
            "{p} wait",
            "s",
            "mmc_wait_percentile_s(p, lam, S, 1)",
            "max(0, log(rho/(1 - p))*S/(1 - rho))",
            "GROSS",
        ),
        Output(
            "{p}_response",
            "Tp",
            "{p} response",
            "s",
            "mmc_response_percentile_s(p, lam, S, 1)",
            "-log(1 - p)*S/(1 - rho)",
            "GROSS",
        ),
    ),
    inverses=(
        Inverse("utilisation", "rate", "target/S", MOST, "LITTLE"),
        Inverse("utilisation", "service", "target/lam", MOST, "LITTLE"),
        Inverse("mean_response", "rate", "1/S - 1/target", MOST, "GROSS"),
        Inverse("mean_response", "service", "target/(1 + lam*target)", MOST, "GROSS"),
        Inverse("{p}_wait", "rate", "load_for_wait_percentile(S, 1, p, target)", MOST, "GROSS"),
        Inverse("{p}_response", "rate", "1/S + log(1 - p)/target", MOST, "GROSS"),
        Inverse("{p}_response", "service", "1/(lam - log(1 - p)/target)", MOST, "GROSS"),
    ),
    formulas=(
        ("rho = lam*S", ""),
        ("Wq = rho*S/(1 - rho)", ""),
        ("T = S/(1 - rho)", ""),
        ("P(W > t) = rho*exp(-(1 - rho)*t/S)", r"P(W > t) = \rho\, e^{-(1 - \rho)\, t/S}"),
        ("P(T > t) = exp(-(1 - rho)*t/S)", r"P(T > t) = e^{-(1 - \rho)\, t/S}"),
    ),
    assumptions=(
        "Poisson arrivals: many independent users, none of whom waits for another's answer.",
        "Exponential service times, independent of each other and of the arrivals.",
        "One server, first come first served, a queue without a limit, nobody gives up.",
    ),
    breaks=(
        "Above a load of 1 there is no steady state; near 1 the time to reach it grows as 1/(1 - rho)^2.",
        (
            "Service that is nearly constant waits half as long, service with rare long jobs many times as "
            "long: mg1."
        ),
        (
            "Callers that wait for their answer before they send again (a fixed number of clients) queue "
            "far less."
        ),
    ),
    example=Example(
        {"rate": "80/s", "service": "10ms"},
        {"utilisation": 0.8, "mean_wait": 0.04, "mean_response": 0.05, "mean_inside": 4.0},
        "by hand: 0.8 x 10 ms / 0.2 and 10 ms / 0.2",
    ),
    overload=Overload(
        "lam*S",
        "1",
        "{rate} x {service} offers {load} erlangs to one server. The least that works is {least} (mmc)",
    ),
    sources=("GROSS", "LITTLE"),
    page="mm1.md",
)

MMC = Entry(
    name="mmc",
    title="M/M/c: identical servers behind one queue, random arrivals, exponential service",
    use=(
        "Workers, threads, connections or machines behind one queue: how long one waits, and how many are "
        "needed."
    ),
    inputs=(RATE, SERVICE, SERVERS, PERCENTILE, WITHIN),
    outputs=(
        OFFERED,
        BUSY,
        Output("wait_probability", "C", "chance of waiting", "ratio", "erlang_c(c, a)", source="ERLANG"),
        Output("mean_wait", "Wq", "mean wait", "s", "mmc_mean_wait_s(lam, S, c)", "C*S/(c - a)", "ERLANG"),
        Output(
            "mean_response", "T", "mean response", "s", "mmc_mean_response_s(lam, S, c)", "Wq + S", "GROSS"
        ),
        *_QUEUE,
        Output(
            "{p}_wait",
            "Wp",
            "{p} wait",
            "s",
            "mmc_wait_percentile_s(p, lam, S, c)",
            "max(0, log(C/(1 - p))*S/(c - a))",
            "GROSS",
        ),
        Output(
            "{p}_response",
            "Tp",
            "{p} response",
            "s",
            "mmc_response_percentile_s(p, lam, S, c)",
            source="GROSS",
        ),
        Output(
            "service_level",
            "q",
            "share that waits t at most",
            "ratio",
            "1 - mmc_wait_tail(t, lam, S, c)",
            "1 - C*exp(-(c - a)*t/S)",
            "GROSS",
        ),
        Output(
            "response_beyond",
            "Qt",
            "share whose response takes over t",
            "ratio",
            "mmc_response_tail(t, lam, S, c)",
            source="GROSS",
        ),
    ),
    inverses=(
        Inverse("utilisation", "servers", "servers_for_utilisation(lam*S, target)", FEWEST, "LITTLE"),
        Inverse("utilisation", "rate", "target*c/S", MOST, "LITTLE"),
        Inverse("utilisation", "service", "target*c/lam", MOST, "LITTLE"),
        Inverse(
            "wait_probability", "servers", "servers_for_wait_probability(lam*S, target)", FEWEST, "JANSSEN"
        ),
        Inverse("wait_probability", "rate", "load_for_wait_probability(c, target)/S", MOST, "HALFIN"),
        Inverse("wait_probability", "service", "load_for_wait_probability(c, target)/lam", MOST, "HALFIN"),
        Inverse("mean_wait", "servers", "servers_for_mean_wait(lam, S, target)", FEWEST, "ERLANG"),
        Inverse("{p}_wait", "servers", "servers_for_wait_percentile(lam, S, p, target)", FEWEST, "ERLANG"),
        Inverse("{p}_wait", "rate", "load_for_wait_percentile(S, c, p, target)", MOST, "ERLANG"),
        Inverse(
            "{p}_response", "servers", "servers_for_response_percentile(lam, S, p, target)", FEWEST, "GROSS"
        ),
        Inverse(
            "service_level",
            "servers",
            "servers_for_wait_percentile(lam, S, target, t)",
            "the fewest with which {target} wait t at most",
            "ERLANG",
        ),
        Inverse(
            "service_level",
            "rate",
            "load_for_wait_percentile(S, c, target, t)",
            "the most with which {target} wait t at most",
            "ERLANG",
        ),
    ),
    formulas=(
        ("a = lam*S", ""),
        ("rho = a/c", ""),
        (
            "C = (a^c/c!)/(1 - rho) / (sum over k < c of a^k/k! + (a^c/c!)/(1 - rho))",
            (
                r"C = \frac{\frac{a^c}{c!}\frac{1}{1-\rho}}{\sum_{k=0}^{c-1}\frac{a^k}{k!} + "
                r"\frac{a^c}{c!}\frac{1}{1-\rho}}"
            ),
        ),
        ("Wq = C*S/(c - a)", ""),
        ("T = Wq + S", ""),
        ("P(W > t) = C*exp(-(c - a)*t/S)", r"P(W > t) = C\, e^{-(c - a)\, t/S}"),
        (
            "P(T > t) = exp(-t/S) + C*(exp(-(c - a)*t/S) - exp(-t/S))/(1 - (c - a))",
            r"P(T > t) = e^{-t/S} + C\, \frac{e^{-(c - a)\, t/S} - e^{-t/S}}{1 - (c - a)}",
        ),
    ),
    assumptions=(
        "Poisson arrivals: many independent users, none of whom waits for another's answer.",
        "Exponential service times, independent of each other and of the arrivals.",
        "Identical servers, one shared queue without a limit, first come first served, nobody gives up.",
    ),
    breaks=(
        "Above a load of c there is no steady state; the answer then says how many servers there must be.",
        (
            "A balancer in front of c separate queues is not this: random routing waits like c times mm1, "
            "far longer."
        ),
        "Variability other than exponential scales the wait by (ca2 + cs2)/2 or so: ggc.",
        "Arrivals in bursts, or a rate that drifts by more than the square root of the load, wait longer.",
    ),
    example=Example(
        {"rate": "200/s", "service": "10ms", "servers": "3", "within": "10ms"},
        {"offered": 2.0, "wait_probability": 4 / 9, "mean_wait": 0.04 / 9, "mean_inside": 26 / 9},
        "by hand: C = (8/6)/(1/3) / (1 + 2 + 2 + 4) = 4/9, mean wait 4/9 x 10 ms / (3 - 2)",
    ),
    overload=OVERLOAD,
    sources=("ERLANG", "GROSS"),
    page="mmc.md",
)

LOAD = Input("load", "a", "offered load", "number", "erlang", formula="lam*S")
OPTIONAL_RATE = Input("rate", "lam", "arrival rate", "rate", "1/s", optional=True)
OPTIONAL_SERVICE = Input("service", "S", "mean service time", "duration", "s", above=True, optional=True)

ERLANG_C = Entry(
    name="erlang_c",
    title="Erlang C: the chance that an arrival to a pool has to wait",
    use="How often anybody waits at all, before one asks how long; the load is all that has to be known.",
    inputs=(SERVERS, OPTIONAL_RATE, OPTIONAL_SERVICE, LOAD),
    outputs=(
        Output("utilisation", "rho", "load per server", "ratio", "a/c", source="LITTLE"),
        Output("wait_probability", "C", "chance of waiting", "ratio", "erlang_c(c, a)", source="ERLANG"),
        Output("log_wait_probability", "lnC", "its logarithm", "", "log_erlang_c(c, a)", source="TEMME"),
    ),
    inverses=(
        Inverse("wait_probability", "servers", "servers_for_wait_probability(a, target)", FEWEST, "JANSSEN"),
        Inverse("wait_probability", "load", "load_for_wait_probability(c, target)", MOST, "HALFIN"),
    ),
    formulas=(
        ("C = c*B/(c - a*(1 - B)), B of erlang_b", r"C = \frac{c\, B(c, a)}{c - a\, (1 - B(c, a))}"),
        ("1/C = a/c + (c - a)/(c*B)", r"\frac{1}{C} = \frac{a}{c} + \frac{c - a}{c\, B(c, a)}"),
    ),
    assumptions=MMC.assumptions,
    breaks=(
        "At a load of c or more everybody waits, and the answer is 1.",
        "With other than exponential service it is an approximation, a little off either way: ggc.",
        "Where people give up, fewer wait: erlang_a. Where they are turned away, nobody does: erlang_b.",
    ),
    example=Example(
        {"servers": "3", "load": "2"},
        {"wait_probability": 4 / 9},
        "by hand: (8/6)/(1/3) / (1 + 2 + 2 + 4) = 4/9",
    ),
    overload=Overload(
        "a",
        "c",
        "{load} erlangs are offered to {limit} servers, so all wait. The least that works is {least}",
    ),
    sources=("ERLANG", "GROSS", "TEMME"),
    page="mmc.md",
)

ENTRIES = (LITTLE, MM1, MMC, ERLANG_C)
