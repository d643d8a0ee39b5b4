"""Jobs that come, run or answer together: batches, fan-outs into one pool, chains."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output, Overload
from capcalc.laws.entries.pools import FEWEST, MOST, PERCENTILE, SERVERS, SERVICE, WITHIN

_BATCHES = Input("rate", "lam", "batches", "rate", "1/s")
_SIZE = Input("batch", "n", "jobs of a batch", "number", "", low=1)
_SIZES = Input(
    "sizes",
    "law",
    "fixed, or geometric with that mean",
    "choice",
    "",
    "fixed",
    choices=("fixed", "geometric"),
)
_OVER = (
    "{rate} batches of {batch} x {service} offer {load} erlangs to {limit} servers. The least that works "
    "is {least}"
)

BATCH = Entry(
    name="batch",
    title="Batch arrivals: jobs come several at a time into one pool",
    use=(
        "Bulk imports, pages of messages, a burst behind one click: jobs that arrive together wait for "
        "each other."
    ),
    inputs=(_BATCHES, _SIZE, SERVICE, SERVERS, _SIZES),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "lam*n*S", source="LITTLE"),
        Output("utilisation", "rho", "load per server", "ratio", "a/c", source="LITTLE"),
        Output(
            "wait_probability",
            "C",
            "chance that the first of a batch waits",
            "ratio",
            "batch_wait_probability(lam, S, c, n, law)",
            source="CHAUDHRY",
        ),
        Output(
            "mean_wait",
            "Wq",
            "mean wait of a job",
            "s",
            "batch_mean_wait_s(lam, S, c, n, law)",
            source="CHAUDHRY",
        ),
        Output(
            "first_wait",
            "W1",
            "mean wait of the first of a batch",
            "s",
            "batch_first_wait_s(lam, S, c, n, law)",
            source="CHAUDHRY",
        ),
        Output(
            "last_wait",
            "Wn",
            "mean wait of the last of a batch",
            "s",
            "batch_last_wait_s(lam, S, c, n)",
            source="CHAUDHRY",
            only=("sizes", "fixed"),
        ),
    ),
    inverses=(
        Inverse("mean_wait", "servers", "servers_for_batch_wait(lam, S, n, target, law)", FEWEST, "CHAUDHRY"),
        Inverse("mean_wait", "rate", "load_for_batch_wait(S, c, n, target, law)", MOST, "CHAUDHRY"),
    ),
    formulas=(
        ("Wq = E(jobs above c)/(lam*n)", r"W_q = \frac{E[(k - c)^+]}{\lambda n}"),
        (
            "Wq = (rho + (n - 1)/2)*S/(1 - rho), one server, fixed sizes",
            r"W_q = \frac{\rho + (n - 1)/2}{1 - \rho}\, S \quad (c = 1)",
        ),
    ),
    assumptions=(
        "Batches come as a Poisson stream; sizes are all n, or geometric with mean n.",
        "Exponential service, one shared queue, first come first served, nobody gives up.",
    ),
    breaks=(
        "The time until a whole batch is done is more than the wait of its last job: fan_out.",
        "Bursts without a common instant: ggc with an scv of the arrivals.",
    ),
    example=Example(
        {"rate": "0.2/s", "batch": "3", "service": "1s", "servers": "1"},
        {"mean_wait": 4.0, "first_wait": 3.0, "last_wait": 5.0, "wait_probability": 0.6},
        "by hand: (0.6 + 1)/0.4; the first waits one service less, the last one more",
    ),
    overload=Overload("lam*n*S", "c", _OVER, "mean_wait", "service"),
    sources=("CHAUDHRY",),
    page="batch.md",
    at=("batch",),
)

_CALL = "p, lam, n, S, c, lam1"
FAN_OUT = Entry(
    name="fan_out",
    title="Fan-out into one pool: the time until the last of n calls sent at once is answered",
    use=(
        "One request that asks a pool twenty things in parallel: they wait for each other, and the last "
        "one counts."
    ),
    inputs=(
        Input("rate", "lam", "fan-outs", "rate", "1/s"),
        Input("calls", "n", "calls of each", "number", "", low=1, high=2000),
        SERVICE,
        SERVERS,
        Input("single", "lam1", "other calls into the same pool, one at a time", "rate", "1/s", 0.0),
        PERCENTILE,
    ),
    outputs=(
        Output("offered", "a", "offered load", "erlang", "(lam*n + lam1)*S", source="LITTLE"),
        Output("utilisation", "rho", "load per server", "ratio", "a/c", source="LITTLE"),
        Output(
            "mean_response",
            "T",
            "mean time of a fan-out",
            "s",
            "batch_response(lam, n, S, c, lam1)",
            source="CHAUDHRY",
            pick="mean_s",
        ),
        Output(
            "{p}_response",
            "Tp",
            "{p} of the time of a fan-out",
            "s",
            f"batch_response_percentile_s({_CALL})",
            source="CHAUDHRY",
        ),
    ),
    inverses=(
        Inverse(
            "{p}_response",
            "servers",
            "servers_for_batch_response(lam, n, S, p, target, lam1)",
            FEWEST,
            "CHAUDHRY",
        ),
        Inverse(
            "{p}_response", "rate", "load_for_batch_response(n, S, c, p, target)", MOST, "CHAUDHRY", "single"
        ),
    ),
    formulas=(
        (
            "E exp(-s*T) = sum of P(m, J)*(c/(c + s*S))^m * prod over i <= J of i/(i + s*S)",
            (
                r"E e^{-sT} = \sum_{m, J} P(m, J) \left(\frac{c}{c + sS}\right)^m \prod_{i=1}^{J} "
                r"\frac{i}{i + sS}"
            ),
        ),
        ("m departures until the last call starts, J calls of it then in service", r"m = (k + n - c)^+"),
    ),
    assumptions=(
        "Fan-outs come as a Poisson stream, other calls too; exponential service, one shared queue.",
        "The answer is whole when the last call is answered.",
    ),
    breaks=(
        "Calls to different servers, each with its own queue: fork_join.",
        (
            "Taken as independent calls the p99 comes out far too short, a third with twenty calls into "
            "eight servers at 70%."
        ),
    ),
    example=Example(
        {"rate": "0.2/s", "calls": "3", "service": "1s", "servers": "1"},
        {"offered": 0.6, "mean_response": 6.0},
        "by hand, one server: the wait of the last of a batch of 3, 5 s (see batch), and its service",
    ),
    overload=Overload(
        "(lam*n + lam1)*S",
        "c",
        (
            "{rate} fan-outs of {calls} x {service} offer {load} erlangs to {limit} servers. The least "
            "that works is {least}"
        ),
    ),
    sources=("CHAUDHRY",),
    page="batch.md",
    at=("parallel",),
)

TANDEM = Entry(
    name="tandem",
    title="Tandem: a chain of single servers that every request passes",
    use=(
        "Steps one behind another, each with its own queue: percentiles of the whole way, which do not add "
        "up."
    ),
    inputs=(
        Input("rate", "lam", "arrival rate", "rate", "1/s"),
        Input("services", "S", "mean service time at each station", "durations", "s"),
        PERCENTILE,
        WITHIN,
    ),
    outputs=(
        Output(
            "{p}_response",
            "Tp",
            "{p} of the whole way",
            "s",
            "tandem_response_percentile_s(p, lam, S)",
            source="REICH",
        ),
        Output(
            "response_beyond",
            "Qt",
            "share that takes over t",
            "ratio",
            "tandem_response_tail(t, lam, S)",
            source="REICH",
        ),
    ),
    formulas=(
        (
            "T = T_1 + T_2 + ..., each exponential with rate 1/S_k - lam",
            r"T = \sum_k T_k, \quad T_k \sim \mathrm{Exp}(1/S_k - \lambda)",
        ),
    ),
    assumptions=(
        "Poisson arrivals; one server a station, first come first served, exponential service.",
        "Service times at different stations are independent.",
    ),
    breaks=(
        (
            "With several servers at a station in the middle one can overtake, and times are no longer "
            "independent."
        ),
        "A request that is large at one station and large at the next: longer.",
    ),
    example=Example(
        {"rate": "80/s", "services": "10ms, 8.333333333333333333ms"},
        {"p99_response": 0.264790396956021329096533},
        "50-digit arithmetic; the p99s of the two stations add to 0.345 s",
    ),
    overload=Overload(
        "lam*max(S)", "1", "{rate} offer {load} erlangs to the slowest station, which has {limit} server"
    ),
    sources=("REICH", "BURKE"),
    page="networks_open.md",
    at=("tandem",),
)

ENTRIES = (BATCH, FAN_OUT, TANDEM)
