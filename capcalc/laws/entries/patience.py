"""Pools whose customers give up, and pools without an end: Erlang A and M/M/inf."""

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

_PATIENCE = Input(
    "patience", "R", "mean time after which one who waits gives up", "duration", "s", above=True
)
_SERVED = "the fewest with which {target} are served after t at most"

ERLANG_A = Entry(
    name="erlang_a",
    title="Erlang A: a pool in which those who wait give up after a while",
    use=(
        "Requests with a timeout, callers with a patience, carts that are left: who gives up, and how long "
        "the rest waits."
    ),
    inputs=(RATE, SERVICE, SERVERS, _PATIENCE, PERCENTILE, WITHIN),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "lam*S", source="LITTLE"),
        Output(
            "wait_probability",
            "C",
            "chance of waiting",
            "ratio",
            "erlang_a_wait_probability(lam, S, c, 1/R)",
            source="GARNETT",
        ),
        Output("mean_wait", "Wq", "mean wait", "s", "erlang_a_mean_wait_s(lam, S, c, 1/R)", source="GARNETT"),
        Output(
            "abandonment",
            "Pa",
            "share that gives up",
            "ratio",
            "erlang_a_abandonment(lam, S, c, 1/R)",
            "Wq/R",
            "GARNETT",
        ),
        Output(
            "utilisation",
            "rho",
            "load per server",
            "ratio",
            "erlang_a_utilisation(lam, S, c, 1/R)",
            "a*(1 - Pa)/c",
            "LITTLE",
        ),
        Output(
            "{p}_wait",
            "Wp",
            "{p} wait",
            "s",
            "erlang_a_wait_percentile_s(p, lam, S, c, 1/R)",
            source="ZELTYN",
        ),
        Output(
            "service_level",
            "q",
            "share served after a wait of t at most",
            "ratio",
            "erlang_a_service_level(t, lam, S, c, 1/R)",
            source="ZELTYN",
        ),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            "erlang_a_wait_tail(t, lam, S, c, 1/R)",
            source="ZELTYN",
        ),
    ),
    inverses=(
        Inverse("abandonment", "servers", "servers_for_abandonment(lam, S, 1/R, target)", FEWEST, "GARNETT"),
        Inverse("abandonment", "rate", "load_for_abandonment(S, c, 1/R, target)", MOST, "GARNETT"),
        Inverse(
            "wait_probability",
            "servers",
            "erlang_a_servers_for_wait_probability(lam, S, 1/R, target)",
            FEWEST,
            "GARNETT",
        ),
        Inverse(
            "mean_wait", "servers", "erlang_a_servers_for_mean_wait(lam, S, 1/R, target)", FEWEST, "GARNETT"
        ),
        Inverse(
            "service_level",
            "servers",
            "erlang_a_servers_for_service_level(lam, S, 1/R, target, t)",
            _SERVED,
            "GARNETT",
        ),
    ),
    formulas=(
        ("P(k) ~ a^k/k! for k <= c", r"P(k) \propto \frac{a^k}{k!} \quad (k \leq c)"),
        (
            "P(c + j) = P(c)*lam^j/((c/S + 1/R)*(c/S + 2/R)*...*(c/S + j/R))",
            r"P(c + j) = P(c) \prod_{i=1}^{j} \frac{\lambda}{c/S + i/R}",
        ),
        ("Pa = Wq/R", ""),
        ("rho = a*(1 - Pa)/c", ""),
    ),
    assumptions=(
        "Poisson arrivals, exponential service, one shared queue, first come first served.",
        "Who waits gives up after an exponential time of mean R, and does not come back.",
        "Waits count everybody, those who give up with the time that they waited.",
    ),
    breaks=(
        "There is no overload: what the servers cannot carry gives up. A high share says too few servers.",
        "A timeout is a constant and not exponential; near the timeout the percentiles are then off.",
        "Who gives up tries again: the load then grows by what was given up.",
    ),
    example=Example(
        {"rate": "105/s", "service": "1s", "servers": "100", "patience": "500ms", "within": "100ms"},
        {
            "wait_probability": 0.5922203048492673903052148,
            "abandonment": 0.0739599126696869644253967,
            "mean_wait": 0.03697995633484348221269835,
        },
        "the sums over states in 50 digits",
    ),
    sources=("GARNETT", "ZELTYN"),
    page="erlang_a.md",
    at=("abandon", "abandon_sizing"),
)

MMINF = Entry(
    name="mminf",
    title="M/G/inf: nobody waits; how many are there at the same time",
    use=(
        "Connections that stay open, sessions, functions that scale on demand: what a limit has to be so "
        "that it never counts."
    ),
    inputs=(
        OPTIONAL_RATE,
        OPTIONAL_SERVICE,
        LOAD,
        PERCENTILE,
        Input("number", "n", "a number of jobs", "whole", optional=True),
    ),
    outputs=(
        Output("{p}_inside", "Np", "{p} of the number inside", "", "mminf_percentile(p, a)", source="GROSS"),
        Output(
            "exactly",
            "Pn",
            "share of the time with exactly n",
            "ratio",
            "mminf_probability(n, a)",
            source="GROSS",
        ),
        Output(
            "more", "Qn", "share of the time with more than n", "ratio", "mminf_tail(n, a)", source="GROSS"
        ),
    ),
    formulas=(
        ("a = lam*S, the mean number inside", r"a = \lambda S"),
        ("P(n) = exp(-a)*a^n/n!", r"P(n) = e^{-a} \frac{a^n}{n!}"),
    ),
    assumptions=(
        "Poisson arrivals: many independent users.",
        "As many servers as there are jobs. Service times of any law with that mean.",
    ),
    breaks=(
        "With a limit that is reached: erlang_b where the surplus goes away, mmc where it waits.",
        "Arrivals in bursts have a wider spread than Poisson's sqrt(a).",
    ),
    example=Example(
        {"rate": "500/s", "service": "200ms", "number": "120"},
        {"more": 0.02266932907835269169483034},
        "the Poisson sum in 50 digits",
        rel=1e-10,
    ),
    sources=("GROSS",),
    page="mminf.md",
    at=("infinite",),
)

ENTRIES = (ERLANG_A, MMINF)
