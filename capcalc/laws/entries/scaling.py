"""How throughput grows with workers: Amdahl, Gustafson, the universal scalability law."""

from __future__ import annotations

from capcalc.laws.entries.entry import Entry, Example, Input, Inverse, Output

_N = Input("workers", "N", "workers, users or nodes", "number", "", low=1)
_SERIAL = Input("serial", "sigma", "share that only one can do at a time", "ratio", "ratio", high=1)
_TRUTH = "the workers needed for a {given} of {target}"

AMDAHL = Entry(
    name="amdahl",
    title="Amdahl's law: how much faster N workers do a fixed job",
    use="Whether more cores, threads or shards help at all, and where they stop helping.",
    inputs=(_N, _SERIAL),
    outputs=(
        Output(
            "speedup",
            "s",
            "speed-up",
            "",
            "amdahl_speedup(N, sigma)",
            "N/(1 + sigma*(N - 1))",
            source="AMDAHL",
        ),
        Output("efficiency", "e", "of each worker", "ratio", "s/N", source="AMDAHL"),
    ),
    inverses=(Inverse("speedup", "workers", "target*(1 - sigma)/(1 - target*sigma)", _TRUTH, "AMDAHL"),),
    formulas=(("s = N/(1 + sigma*(N - 1))", ""), ("s < 1/sigma", r"s < \frac{1}{\sigma}")),
    assumptions=("The job is fixed; what is not serial splits evenly and for nothing.",),
    breaks=(
        "Workers that must agree with each other slow each other down: usl.",
        "A job that grows: gustafson.",
    ),
    example=Example({"workers": "8", "serial": "5%"}, {"speedup": 8 / 1.35}, "by hand: 8/(1 + 0.05 x 7)"),
    sources=("AMDAHL",),
    page="scalability.md",
    at=("scalability",),
)

GUSTAFSON = Entry(
    name="gustafson",
    title="Gustafson's law: how much more N workers do in a fixed time",
    use="Work that grows with the workers: more data, finer grids, more users.",
    inputs=(_N, _SERIAL),
    outputs=(
        Output(
            "speedup", "s", "speed-up", "", "gustafson_speedup(N, sigma)", "N - sigma*(N - 1)", "GUSTAFSON"
        ),
    ),
    inverses=(Inverse("speedup", "workers", "(target - sigma)/(1 - sigma)", _TRUTH, "GUSTAFSON"),),
    formulas=(("s = N - sigma*(N - 1)", ""),),
    assumptions=("The time is fixed; the serial share is that of the time with N workers.",),
    breaks=("A job that does not grow: amdahl.", "Workers that must agree with each other: usl."),
    example=Example({"workers": "8", "serial": "5%"}, {"speedup": 7.65}, "by hand: 8 - 0.05 x 7"),
    sources=("GUSTAFSON",),
    page="scalability.md",
    at=("scalability",),
)

USL = Entry(
    name="usl",
    title="Universal scalability law: contention flattens throughput, coherency bends it down",
    use="Where adding nodes, threads or users begins to cost throughput.",
    inputs=(
        _N,
        Input("contention", "sigma", "share of the work that only one can do", "ratio", "ratio", high=1),
        Input("coherency", "kappa", "cost of agreeing, for a pair", "number", "", 0.0),
        Input("single", "lam", "throughput of one", "rate", "1/s", 1.0),
    ),
    outputs=(
        Output(
            "throughput",
            "X",
            "throughput of N",
            "1/s",
            "usl_throughput_rps(N, sigma, kappa, lam)",
            "lam*N/(1 + sigma*(N - 1) + kappa*N*(N - 1))",
            "GUNTHER",
        ),
        Output(
            "peak",
            "Npeak",
            "where throughput peaks",
            "",
            "usl_peak_concurrency(sigma, kappa)",
            "max(1, ((1 - sigma)/kappa)**0.5)",
            "GUNTHER",
        ),
        Output(
            "peak_throughput",
            "Xpeak",
            "throughput there",
            "1/s",
            "usl_peak_rps(sigma, kappa, lam)",
            source="GUNTHER",
        ),
        Output(
            "limit",
            "Xmax",
            "ceiling by contention alone",
            "1/s",
            "usl_limit_rps(sigma, lam)",
            "lam/sigma",
            "AMDAHL",
        ),
        Output(
            "knee",
            "Nknee",
            "where ideal growth meets that ceiling",
            "",
            "usl_knee_concurrency(sigma)",
            "1/sigma",
            "GUNTHER",
        ),
    ),
    formulas=(
        ("X = lam*N/(1 + sigma*(N - 1) + kappa*N*(N - 1))", ""),
        ("Npeak = ((1 - sigma)/kappa)**0.5", r"N_{peak} = \sqrt{\frac{1 - \sigma}{\kappa}}"),
    ),
    assumptions=("Contention grows with N, agreement with pairs; the mix of work is the same at every N.",),
    breaks=(
        "Steps in what is behind (a second socket, a second site) are no smooth curve.",
        "Far beyond the measurements that it was fitted to.",
    ),
    example=Example(
        {"workers": "32", "contention": "2%", "coherency": "0.0005", "single": "1000/s"},
        {"throughput": 32000 / (1 + 0.62 + 0.496), "peak": 1960**0.5, "limit": 50000.0, "knee": 50.0},
        "by hand: 32000/(1 + 0.02 x 31 + 0.0005 x 992), sqrt(0.98/0.0005)",
    ),
    standing="approximation",
    error="a shape that measurements follow, not a law of queues; usl_fit says how closely yours do",
    sources=("GUNTHER", "AMDAHL"),
    page="scalability.md",
    at=("scalability",),
)

_FIT = "usl_fit(Ns, Xs, q)"
USL_FIT = Entry(
    name="usl_fit",
    title="Universal scalability law from measurements, with intervals",
    use="From a load test at a few sizes: contention, coherency, and whether they are known at all.",
    inputs=(
        Input("workers", "Ns", "at what N was measured", "numbers", "", low=1),
        Input("throughputs", "Xs", "what was measured there", "rates", "1/s", above=True),
        Input("confidence", "q", "confidence of the intervals", "ratio", "ratio", 0.95, 0, 1, True, True),
    ),
    outputs=(
        Output("contention", "sigma", "contention", "ratio", _FIT, source="GUNTHER", pick="contention_ratio"),
        Output(
            "contention_interval",
            "sigmaI",
            "its interval",
            "ratio",
            _FIT,
            source="BATES",
            pick="contention_interval",
        ),
        Output("coherency", "kappa", "coherency", "", _FIT, source="GUNTHER", pick="coherency_ratio"),
        Output(
            "coherency_interval",
            "kappaI",
            "its interval, coherency",
            "",
            _FIT,
            source="BATES",
            pick="coherency_interval",
        ),
        Output("single", "lam", "throughput of one", "1/s", _FIT, source="GUNTHER", pick="single_rps"),
        Output(
            "single_interval",
            "lamI",
            "its interval, throughput",
            "1/s",
            _FIT,
            source="BATES",
            pick="single_interval_rps",
        ),
        Output(
            "peak", "Npeak", "where throughput peaks", "", _FIT, source="GUNTHER", pick="peak_concurrency"
        ),
        Output(
            "peak_throughput", "Xpeak", "throughput there", "1/s", _FIT, source="GUNTHER", pick="peak_rps"
        ),
        Output(
            "residual",
            "sd",
            "standard deviation of the residuals",
            "1/s",
            _FIT,
            source="BATES",
            pick="residual_sd_rps",
        ),
        Output("r_squared", "R2", "R squared", "", _FIT, source="BATES", pick="r_squared"),
    ),
    formulas=(
        (
            "least sum of (X_i - lam*N_i/(1 + sigma*(N_i - 1) + kappa*N_i*(N_i - 1)))^2",
            (
                r"\min \sum_i \left(X_i - \frac{\lambda N_i}{1 + \sigma (N_i - 1) + \kappa N_i (N_i - "
                r"1)}\right)^2"
            ),
        ),
        ("0 <= sigma <= 1, kappa >= 0", r"0 \leq \sigma \leq 1, \quad \kappa \geq 0"),
    ),
    assumptions=(
        "Errors of the measurements are independent and of one size.",
        "At least three different N; N = 1 need not be among them.",
    ),
    breaks=(
        "A peak beyond the measurements is an extrapolation, and the answer says so.",
        "A parameter on its bound is a bound, and no estimate.",
    ),
    example=Example(
        {
            "workers": "1, 18, 36, 72, 108, 144, 216",
            "throughputs": "64.9/s, 995.9/s, 1652.4/s, 1853.2/s, 1828.9/s, 1775/s, 1702.2/s",
        },
        {"contention": 0.02773, "coherency": 0.0001044, "single": 90.0, "residual": 82.85},
        "a published fit of the SPEC SDM benchmark, to the digits printed",
        rel=5e-4,
    ),
    standing="approximation",
    error="the least sum of squares is found; that the shape is right is assumed, the residuals say how far",
    sources=("GUNTHER", "BATES"),
    page="scalability.md",
    at=("scalability",),
    remark=_FIT,
)

ENTRIES = (AMDAHL, GUSTAFSON, USL, USL_FIT)
