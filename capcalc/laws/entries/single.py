"""One server, or constant service: M/G/1, M/PH/1, M/D/c, processor sharing."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output, Overload
from capcalc.laws.entries.general import CS2
from capcalc.laws.entries.pools import (
    BUSY,
    FEWEST,
    MOST,
    OFFERED,
    OVERLOAD,
    PERCENTILE,
    RATE,
    SERVICE,
    WITHIN,
)

_ONE = "{rate} x {service} offers {load} erlangs to one server. The least that works is {least} (ggc)"
_SINGLE = Overload("lam*S", "1", _ONE)
_LOAD = Output("utilisation", "rho", "load", "ratio", "lam*S", source="LITTLE", standing="exact")
_POISSON = "Poisson arrivals: many independent users, none of whom waits for another's answer."
_QUEUE = "One server, first come first served, a queue without a limit, nobody gives up."

MG1 = Entry(
    name="mg1",
    title="M/G/1: one server, random arrivals, any service",
    use="One thing at a time with service far from exponential: what variability alone costs.",
    inputs=(
        RATE,
        SERVICE,
        CS2,
        Input("third_moment", "S3", "mean cube of the service times, in s^3", "number", "s^3", optional=True),
    ),
    outputs=(
        _LOAD,
        Output(
            "mean_wait",
            "Wq",
            "mean wait",
            "s",
            "kingman_mean_wait_s(lam, S, 1, cs2)",
            "(1 + cs2)/2*rho*S/(1 - rho)",
            "GROSS",
        ),
        Output("mean_response", "T", "mean response", "s", "Wq + S", source="GROSS"),
        Output("mean_queue", "Lq", "mean number waiting", "", "lam*Wq", source="LITTLE"),
        Output(
            "wait_square",
            "W2",
            "mean square of the wait",
            "s^2",
            "mg1_wait_moments(lam, S, S*S*(1 + cs2), S3)",
            source="TAKACS",
            pick="1",
        ),
    ),
    inverses=(
        Inverse("utilisation", "rate", "target/S", MOST, "LITTLE"),
        Inverse("mean_wait", "rate", "target/(S*(target + (1 + cs2)/2*S))", MOST, "GROSS"),
    ),
    formulas=(
        ("Wq = (1 + cs2)/2*rho*S/(1 - rho)", r"W_q = \frac{1 + c_s^2}{2}\, \frac{\rho S}{1 - \rho}"),
        (
            "E exp(-s*W) = (1 - rho)/(1 - rho*R(s)), R(s) = (1 - E exp(-s*S))/(s*E S)",
            r"E e^{-sW} = \frac{1 - \rho}{1 - \rho R(s)}, \quad R(s) = \frac{1 - E e^{-sS}}{s\, E S}",
        ),
        (
            "E W^2 = 2*Wq^2 + lam*E S^3/(3*(1 - rho))",
            r"E W^2 = 2 W_q^2 + \frac{\lambda\, E S^3}{3 (1 - \rho)}",
        ),
    ),
    assumptions=(
        _POISSON,
        "Service times independent of each other; any law with that mean and scv.",
        _QUEUE,
    ),
    breaks=(
        "The mean needs two moments of the service, percentiles its whole law: mdc, mh1, me1.",
        "Arrivals that are not Poisson: kingman.",
    ),
    example=Example(
        {"rate": "0.8/s", "service": "1s", "service_scv": "0.5", "third_moment": "3"},
        {"mean_wait": 3.0, "wait_square": 22.0},
        "by hand: 0.75 x 0.8/0.2, and 2 x 9 + 0.8 x 3/0.6",
    ),
    overload=_SINGLE,
    sources=("GROSS", "TAKACS"),
    page="mg1.md",
    at=("approximations", "phases"),
)

_PHASES = "hyperexponential_phases(w, Ss)"
MH1 = Entry(
    name="mh1",
    title="M/H/1: one server, several kinds of exponential jobs, with percentiles",
    use="Hits and misses, small and large: one server before which some jobs are rare and long.",
    inputs=(
        RATE,
        Input("weights", "w", "chance of each kind", "ratios", "ratio"),
        Input("services", "Ss", "mean service time of each kind", "durations", "s", above=True),
        PERCENTILE,
        WITHIN,
    ),
    outputs=(
        Output("utilisation", "rho", "load", "ratio", "lam*dot(w, Ss)", source="LITTLE"),
        Output("mean_wait", "Wq", "mean wait", "s", f"mph1_mean_wait_s(lam, {_PHASES})", source="TAKACS"),
        Output(
            "wait_square",
            "W2",
            "mean square of the wait",
            "s^2",
            f"mph1_wait_second_moment_s2(lam, {_PHASES})",
            source="TAKACS",
        ),
        Output(
            "{p}_wait", "Wp", "{p} wait", "s", f"mph1_wait_percentile_s(p, lam, {_PHASES})", source="NEUTS"
        ),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            f"mph1_wait_tail(t, lam, {_PHASES})",
            source="NEUTS",
        ),
    ),
    inverses=(
        Inverse("{p}_wait", "rate", f"mph1_load_for_wait_percentile({_PHASES}, p, target)", MOST, "NEUTS"),
    ),
    formulas=(
        (
            "P(W > t) = alpha exp(M t) 1, M the rates of the phases of the wait",
            r"P(W > t) = \alpha\, e^{M t}\, 1",
        ),
        ("Wq = lam*E S^2/(2*(1 - rho))", r"W_q = \frac{\lambda\, E S^2}{2 (1 - \rho)}"),
    ),
    assumptions=(
        _POISSON,
        "A job is of one kind or another at random; each kind has exponential service.",
        _QUEUE,
    ),
    breaks=("Kinds that come in turns. Several servers: two_kinds.",),
    example=Example(
        {"rate": "0.7/s", "weights": "0.9, 0.1", "services": "500ms, 5s", "percentile": "90%"},
        {"p90_wait": 17.56654752165495731594305},
        "M/H2/1 in 50 digits",
    ),
    overload=Overload(
        "lam*dot(w, Ss)", "1", "{rate} offers {load} erlangs to one server. The least that works is {least}"
    ),
    sources=("NEUTS", "TAKACS"),
    page="mg1.md",
    at=("phases", "parts"),
)

_STAGES = "erlang_phases(k, S)"
ME1 = Entry(
    name="me1",
    title="M/E/1: one server, service in equal stages, with percentiles",
    use="Service steadier than exponential: k exponential stages have the scv 1/k.",
    inputs=(
        RATE,
        SERVICE,
        Input("stages", "k", "exponential stages", "whole", low=1, high=500),
        PERCENTILE,
        WITHIN,
    ),
    outputs=(
        _LOAD,
        Output(
            "mean_wait",
            "Wq",
            "mean wait",
            "s",
            f"mph1_mean_wait_s(lam, {_STAGES})",
            "(1 + 1/k)/2*rho*S/(1 - rho)",
            "TAKACS",
        ),
        Output(
            "wait_square",
            "W2",
            "mean square of the wait",
            "s^2",
            f"mph1_wait_second_moment_s2(lam, {_STAGES})",
            source="TAKACS",
        ),
        Output(
            "{p}_wait", "Wp", "{p} wait", "s", f"mph1_wait_percentile_s(p, lam, {_STAGES})", source="NEUTS"
        ),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            f"mph1_wait_tail(t, lam, {_STAGES})",
            source="NEUTS",
        ),
    ),
    inverses=(
        Inverse("{p}_wait", "rate", f"mph1_load_for_wait_percentile({_STAGES}, p, target)", MOST, "NEUTS"),
    ),
    formulas=(
        ("Wq = (1 + 1/k)/2*rho*S/(1 - rho)", ""),
        (
            "P(W > t) = alpha exp(M t) 1, M the rates of the phases of the wait",
            r"P(W > t) = \alpha\, e^{M t}\, 1",
        ),
    ),
    assumptions=(_POISSON, "Service is the sum of k equal exponential stages.", _QUEUE),
    breaks=("Service that is quite constant: mdc.",),
    example=Example(
        {"rate": "0.8/s", "service": "1s", "stages": "2"},
        {"mean_wait": 3.0, "wait_square": 22.0},
        "by hand: 0.75 x 0.8/0.2, and 2 x 9 + 0.8 x 3/0.6",
    ),
    overload=_SINGLE,
    sources=("NEUTS", "TAKACS"),
    page="mg1.md",
    at=("phases",),
)

MDC = Entry(
    name="mdc",
    also=("md1",),
    title="M/D/c: service always takes the same time; one server or many",
    use=(
        "Fixed-size work: a disk write of one block, a frame, a clocked step. Half the wait of exponential "
        "service, or so."
    ),
    inputs=(
        RATE,
        Input("service", "S", "service time, always the same", "duration", "s", above=True),
        Input("servers", "c", "servers", "whole", "", 1.0, 1, 1e6),
        PERCENTILE,
        WITHIN,
    ),
    outputs=(
        OFFERED,
        BUSY,
        Output(
            "wait_probability",
            "C",
            "chance of waiting",
            "ratio",
            "mdc_wait_probability(lam, S, c)",
            source="SPITZER",
        ),
        Output("mean_wait", "Wq", "mean wait", "s", "mdc_mean_wait_s(lam, S, c)", source="SPITZER"),
        Output("mean_response", "T", "mean response", "s", "Wq + S", source="FRANX"),
        Output("{p}_wait", "Wp", "{p} wait", "s", "mdc_wait_percentile_s(p, lam, S, c)", source="FRANX"),
        Output("{p}_response", "Tp", "{p} response", "s", "Wp + S", source="FRANX"),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            "mdc_wait_tail(t, lam, S, c)",
            source="FRANX",
        ),
    ),
    inverses=(
        Inverse("mean_wait", "servers", "mdc_servers_for_mean_wait(lam, S, target)", FEWEST, "FRANX"),
        Inverse("mean_wait", "rate", "mdc_load_for_mean_wait(S, c, target)", MOST, "FRANX"),
    ),
    formulas=(
        (
            "Wq = sum over n of E(A_n - n*c)+/(n*lam), A_n Poisson of mean n*a",
            r"W_q = \sum_{n=1}^{\infty} \frac{E (A_n - n c)^+}{n \lambda}",
        ),
        ("Wq = rho*S/(2*(1 - rho)), one server", r"W_q = \frac{\rho S}{2 (1 - \rho)} \quad (c = 1)"),
    ),
    assumptions=(_POISSON, "Each service takes exactly S.", "One shared queue, first come first served."),
    breaks=("Service that varies: mmc at an scv of 1, ggc between.",),
    example=Example(
        {"rate": "1.8/s", "service": "1s", "servers": "2"},
        {"mean_wait": 2.14692321471582671890976},
        "50 digits, by the roots of z^c = exp(a (z - 1))",
    ),
    overload=OVERLOAD,
    sources=("FRANX", "SPITZER"),
    page="mdc.md",
    at=("mdc",),
)

PS = Entry(
    name="ps",
    title="Processor sharing: all jobs at once, each at its share of one server",
    use="A CPU under time slicing, a line under fair queueing: small jobs do not wait behind large ones.",
    inputs=(
        RATE,
        SERVICE,
        Input("size", "x", "service time of the job looked at", "duration", "s", optional=True),
        PERCENTILE,
    ),
    outputs=(
        _LOAD,
        Output(
            "mean_response",
            "T",
            "mean response",
            "s",
            "ps_mean_response_s(lam, S)",
            "S/(1 - rho)",
            "KLEINROCK",
        ),
        Output(
            "size_response",
            "Tx",
            "mean response of a job of size x",
            "s",
            "ps_conditional_response_s(x, lam, S)",
            "x/(1 - rho)",
            "KLEINROCK",
        ),
        Output(
            "{p}_response",
            "Tp",
            "{p} response, exponential service",
            "s",
            "mm1_ps_response_percentile_s(p, lam, S)",
            source="COFFMAN",
        ),
    ),
    inverses=(Inverse("mean_response", "rate", "ps_load_for_response(S, target)", MOST, "KLEINROCK"),),
    formulas=(
        ("T = S/(1 - rho)", ""),
        ("T(x) = x/(1 - rho)", r"T(x) = \frac{x}{1 - \rho}"),
    ),
    assumptions=(
        _POISSON,
        "The server is split evenly among all jobs at every instant.",
        "Means hold for any law of service; the percentile is for exponential service.",
    ),
    breaks=(
        "A limit on how many run at a time queues the rest: mmc, mmck.",
        "Slices that are long beside the jobs are first come first served: mg1.",
    ),
    example=Example(
        {"rate": "0.8/s", "service": "1s", "size": "2.5s"},
        {"mean_response": 5.0, "size_response": 12.5},
        "by hand: 1/0.2 and 2.5/0.2",
    ),
    overload=_SINGLE,
    sources=("KLEINROCK", "COFFMAN"),
    page="ps.md",
    at=("sharing",),
)

ENTRIES = (MG1, MH1, ME1, MDC, PS)
