"""Pools with any variability: G/G/c and the pooling of several classes of work."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output, Overload
from capcalc.laws.entries.pools import (
    BUSY,
    FEWEST,
    OFFERED,
    OVERLOAD,
    PERCENTILE,
    RATE,
    SERVERS,
    SERVICE,
    WITHIN,
)

CA2 = Input(
    "arrival_scv", "ca2", "squared coefficient of variation of the times between arrivals", "number", "", 1.0
)
CS2 = Input("service_scv", "cs2", "squared coefficient of variation of the service times", "number", "", 1.0)
_POOL = "lam, S, c, ca2, cs2"

GGC = Entry(
    name="ggc",
    title="G/G/c: identical servers behind one queue, any variability, by Allen and Cunneen",
    use=(
        "Pools whose arrivals come in bursts or by the clock, or whose service times are steadier or "
        "wilder than exponential."
    ),
    inputs=(RATE, SERVICE, SERVERS, CA2, CS2, PERCENTILE, WITHIN),
    outputs=(
        OFFERED,
        BUSY,
        Output("wait_probability", "C", "chance of waiting", "ratio", "erlang_c(c, a)", source="ERLANG"),
        Output(
            "mean_wait",
            "Wq",
            "mean wait",
            "s",
            f"ggc_mean_wait_s({_POOL})",
            "(ca2 + cs2)/2*C*S/(c - a)",
            "ALLEN",
        ),
        Output(
            "whitt_wait", "Ww", "mean wait by Whitt 1993", "s", f"whitt_mean_wait_s({_POOL})", source="WHITT"
        ),
        Output(
            "sakasegawa_wait",
            "Ws",
            "mean wait by Sakasegawa",
            "s",
            f"sakasegawa_mean_wait_s({_POOL})",
            source="SAKASEGAWA",
        ),
        Output(
            "heavy_traffic_wait",
            "Wh",
            "mean wait in heavy traffic",
            "s",
            f"heavy_traffic_mean_wait_s({_POOL})",
            "(ca2 + cs2)/2*S/(c - a)",
            "KOLLERSTROM",
        ),
        Output("mean_response", "T", "mean response", "s", "Wq + S", source="ALLEN"),
        Output("mean_queue", "Lq", "mean number waiting", "", "lam*Wq", source="LITTLE"),
        Output(
            "decay",
            "r",
            "rate at which the tail of the wait falls",
            "1/s",
            f"wait_rate_per_s({_POOL})",
            "2/(ca2 + cs2)*(c - a)/S",
            "KINGMAN",
        ),
        Output(
            "{p}_wait",
            "Wp",
            "{p} wait",
            "s",
            f"ggc_wait_percentile_s(p, {_POOL})",
            "max(0, log(C/(1 - p))/r)",
            "ALLEN",
        ),
        Output(
            "wait_beyond",
            "Qt",
            "share that waits over t",
            "ratio",
            f"ggc_wait_tail(t, {_POOL})",
            "C*exp(-r*t)",
            "ALLEN",
        ),
    ),
    inverses=(
        Inverse("mean_wait", "servers", "servers_for_mean_wait(lam, S, target, ca2, cs2)", FEWEST, "ALLEN"),
        Inverse(
            "{p}_wait", "servers", "servers_for_wait_percentile(lam, S, p, target, ca2, cs2)", FEWEST, "ALLEN"
        ),
    ),
    formulas=(
        (
            "Wq = (ca2 + cs2)/2*C*S/(c - a), C of erlang_c",
            r"W_q = \frac{c_a^2 + c_s^2}{2}\, \frac{C(c, a)\, S}{c - a}",
        ),
        ("r = 2/(ca2 + cs2)*(c - a)/S", r"r = \frac{2}{c_a^2 + c_s^2}\, \frac{c - a}{S}"),
        ("P(W > t) = C*exp(-r*t)", r"P(W > t) \approx C\, e^{-r t}"),
    ),
    assumptions=(
        "Times between arrivals and service times are independent; only their means and scv count.",
        "scv is variance over squared mean: 1 exponential, 0 constant, above 1 wilder.",
        "Identical servers, one shared queue, first come first served, nobody gives up.",
    ),
    breaks=(
        "Few long jobs among many short ones: while the long ones are rare, the wait is overstated.",
        "Far below saturation, with ca2 other than 1: rough.",
        "Arrivals that depend on each other (bursts that last) wait longer than any scv says.",
    ),
    standing="approximation",
    error=(
        "exact for M/M/c, the mean also for M/G/1; the wait behind a few long jobs among many short ones is "
        "overstated, up to 2.5 times"
    ),
    example=Example(
        {"rate": "200/s", "service": "10ms", "servers": "3", "service_scv": "3"},
        {"mean_wait": 0.08 / 9, "decay": 50.0},
        "by hand: (1 + 3)/2 times the 40/9 ms of mmc",
    ),
    overload=OVERLOAD,
    sources=("ALLEN", "WHITT", "KINGMAN"),
    page="ggc.md",
    at=("queueing", "approximations"),
)

KINGMAN = Entry(
    name="kingman",
    title="G/G/1: one server, any variability, by Kingman",
    use=(
        "On the back of an envelope: wait = utilisation x variability x time, and a number that it cannot "
        "exceed."
    ),
    inputs=(RATE, SERVICE, CA2, CS2),
    outputs=(
        Output("utilisation", "rho", "load", "ratio", "lam*S", source="LITTLE", standing="exact"),
        Output(
            "mean_wait",
            "Wq",
            "mean wait",
            "s",
            "kingman_mean_wait_s(lam, S, ca2, cs2)",
            "rho/(1 - rho)*(ca2 + cs2)/2*S",
            "KINGMAN",
        ),
        Output(
            "bound",
            "Wmax",
            "mean wait at most",
            "s",
            "kingman_bound_s(lam, S, ca2, cs2)",
            "(ca2/rho + rho*cs2)/(1 - rho)*S/2",
            "KINGMAN",
            "bound",
        ),
    ),
    formulas=(
        (
            "Wq = rho/(1 - rho)*(ca2 + cs2)/2*S",
            r"W_q \approx \frac{\rho}{1 - \rho}\, \frac{c_a^2 + c_s^2}{2}\, S",
        ),
        (
            "Wq <= (ca2/rho + rho*cs2)/(1 - rho)*S/2",
            r"W_q \leq \frac{c_a^2/\rho + \rho\, c_s^2}{1 - \rho}\, \frac{S}{2}",
        ),
    ),
    assumptions=(
        "Times between arrivals and service times are independent.",
        "One server, first come first served, a queue without a limit, nobody gives up.",
    ),
    breaks=("Far below saturation it is rough where arrivals are not Poisson.", "Several servers: ggc."),
    standing="approximation",
    error="the mean is exact for Poisson arrivals, and right as the load nears 1; the bound always holds",
    example=Example(
        {"rate": "0.8/s", "service": "1s", "arrival_scv": "0.5", "service_scv": "2"},
        {"mean_wait": 5.0, "bound": (0.5 / 0.8 + 1.6) / 0.4},
        "by hand: 4 x 1.25, and (0.625 + 1.6)/0.2/2",
    ),
    overload=Overload(
        "lam*S",
        "1",
        "{rate} x {service} offers {load} erlangs to one server. The least that works is {least} (ggc)",
    ),
    sources=("KINGMAN",),
    page="ggc.md",
    at=("approximations",),
)

POOLED = Entry(
    name="pooled",
    title="Several kinds of work in one pool: mean and variability of the mixture",
    use=(
        "Reads and writes, hits and misses, small and large requests on the same workers: what to put into "
        "mg1 or ggc."
    ),
    inputs=(
        Input("rates", "lams", "arrival rate of each kind", "rates", "1/s"),
        Input("services", "Ss", "mean service time of each kind", "durations", "s"),
        Input("scvs", "cs2s", "squared coefficient of variation of each kind", "numbers", ""),
    ),
    outputs=(
        Output(
            "service",
            "S",
            "mean service time of all",
            "s",
            "pooled_service(lams, Ss, cs2s)",
            "",
            "GROSS",
            pick="0",
        ),
        Output(
            "service_scv",
            "cs2",
            "squared coefficient of variation of all",
            "",
            "pooled_service(lams, Ss, cs2s)",
            "",
            "GROSS",
            pick="1",
        ),
    ),
    formulas=(
        (
            "S = sum of w_i*S_i, w_i = lam_i/(sum of lam_i)",
            r"S = \sum_i w_i S_i, \quad w_i = \lambda_i \Big/ \sum_j \lambda_j",
        ),
        (
            "cs2 = (sum of w_i*S_i^2*(1 + cs2_i))/S^2 - 1",
            r"c_s^2 = \frac{\sum_i w_i S_i^2 (1 + c_{s,i}^2)}{S^2} - 1",
        ),
    ),
    assumptions=("Each arrival is of one kind or another at random, independent of the ones before.",),
    breaks=("Where kinds take turns or come in batches, the mixture waits otherwise than its scv says.",),
    example=Example(
        {"rates": "90/s, 10/s", "services": "1ms, 50ms", "scvs": "1, 1"},
        {"service": 0.0059, "service_scv": (0.9 * 2e-6 + 0.1 * 5e-3) / 0.0059**2 - 1},
        "by hand: 0.9 x 1 ms + 0.1 x 50 ms, and 0.9 x 2 + 0.1 x 5000 over 5.9^2",
    ),
    sources=("GROSS",),
    page="ggc.md",
)

ENTRIES = (GGC, KINGMAN, POOLED)
