"""The working is proved: every formula of every model is parsed by sympy and gives its value from its inputs."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import sympy

from capcalc import load_model, load_text
from capcalc.formula import ARITHMETIC, calls, evaluate, heads, with_numbers
from capcalc.output.numbers import line_text
from capcalc.output.screen import screen_text
from capcalc.output.working import step_lines
from capcalc.steps import Given, Step
from capcalc.systems.formulas import FUNCTIONS
from capcalc.systems.library import shipped_models

MODELS = sorted(shipped_models())
SYSTEMS = Path(__file__).resolve().parent / "data" / "systems"

MIXED = """
[workload]
users = "3M"
peak = 2.5
[groups.drivers]
users = "200k"
online = "12%"
[operations.read]
per_user = "30/day"
route = ["edge", "balancer", { tier = "web", service_time = { p50 = "4 ms", p99 = "30 ms" } }, { fan = ["side", ["hot", "database"]] }, { route = ["hot", "database"], calls = 3 }]
[operations.ping]
group = "drivers"
every = "4 s"
kind = "write"
route = ["balancer", "web", { tier = "database", share = "25%" }]
[operations.post]
kind = "write"
follows = { read = 0.05 }
route = ["balancer", "web", "database", "jobs", "worker", { tier = "push", share = "30%" }]
[operations.job]
rate = "20/s"
peak = 1
route = [{ tier = "side", calls = 4, parallel = true, hedge = "p95" }, { tier = "worker", name = "again", service_time = { fixed = "80 ms" } }]
[tiers.edge]
kind = "edge"
hit_ratio = "40%"
[tiers.balancer]
kind = "balancer"
[tiers.web]
kind = "service"
service_time = "6 ms"
[tiers.side]
kind = "service"
capacity = "900/s"
servers = 20
[tiers.hot]
kind = "cache"
hit_ratio = "85%"
service_time = "200 us"
[tiers.database]
kind = "database"
write_time = { p50 = "1 ms", p99 = "9 ms" }
[tiers.jobs]
kind = "queue"
delay = "5 min"
[tiers.worker]
kind = "service"
service_time = "40 ms"
utilisation = "80%"
spare = 2
[tiers.push]
kind = "external"
service_time = { p50 = "80 ms", p99 = "1 s" }
"""


def exact_erlang_c(servers, erlangs):
    """1/B as the sum of c!/((c - k)! a^k), term by term; C = 1/(rho + (1 - rho)/B). Nothing of the library."""
    c, a = int(servers), np.longdouble(float(erlangs))
    if a == 0 or a >= c:
        return float(a >= c)
    logs = np.concatenate([[np.longdouble(0)], np.cumsum(np.log((c - np.arange(c, dtype=np.longdouble)) / a))])
    top = logs.max()
    log_b = -(top + np.log(np.exp(logs - top).sum()))
    return float(np.exp(-np.logaddexp(np.log(a / c), np.log1p(-a / c) - log_b)))


ORACLES = {
    **{name: f for name, f in FUNCTIONS.items() if name != "erlang_c"},
    "erlang_c": exact_erlang_c,
    "ceil": ARITHMETIC["ceil"],
}


def by_sympy(step: Step) -> float:
    """The value of a formula by sympy: every symbol is passed, since bare S, E, I, N mean other things to it."""
    symbols = {name: sympy.Symbol(name) for name in step.inputs}
    functions = {name: sympy.Function(name) for name in calls(step.formula) & ORACLES.keys()}
    known = {**symbols, **functions, "max": sympy.Max, "min": sympy.Min}
    expression = sympy.parse_expr(step.formula, local_dict=known, evaluate=False)
    work = sympy.lambdify(list(symbols.values()), expression, modules=[ORACLES, "math"])
    return float(work(*step.inputs.values()))


def estimates():
    for name in MODELS:
        yield name, load_model(name).estimate()
    web = load_model("web")
    for users in (1, 1e4, 3e7, 1e11):
        yield f"web of {users:g} users", web.set(users=users, read_ratio=0.8, requests_per_user="50/day").estimate()
    yield "web without writes", web.set(read_ratio=1.0).estimate()
    yield "web without reads", web.set(read_ratio=0.0).estimate()
    yield "web of nobody", web.set(users=0).estimate()
    yield "web overloaded", web.set({"users": 1e8, "tiers.web.servers": 3, "tiers.database.servers": 3}).estimate()
    yield "web by capacity", web.set({"tiers.cache.service_time": "70 us"}).estimate()
    yield "every kind of hop", load_text(MIXED).estimate()
    for name in ("ecommerce-three-regions", "llm-inference", "ticket-sale"):
        yield name, load_text((SYSTEMS / f"{name}.toml").read_text(encoding="utf-8")).estimate()


CASES = list(estimates())
NAMES = [name for name, _ in CASES]


@pytest.mark.parametrize("estimate", [e for _, e in CASES], ids=NAMES)
def test_every_formula_gives_its_value(estimate):
    steps = [s for s in estimate.lines if isinstance(s, Step)]
    assert len(steps) > 20
    for step in steps:
        assert by_sympy(step) == pytest.approx(step.value, rel=1e-9, abs=1e-300), step
        assert float(evaluate(step.formula, step.inputs, FUNCTIONS)) == pytest.approx(step.value, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("estimate", [e for _, e in CASES], ids=NAMES)
def test_every_input_is_given_or_an_earlier_step(estimate):
    known: dict[str, float] = {}
    for line in estimate.lines:
        if isinstance(line, Given):
            assert line.origin in ("typed", "model", "default", "constant")
            assert line.source or line.origin == "typed", f"{line.key} has no source"
        else:
            assert line.inputs.keys() == line.refs.keys()
            for symbol, value in line.inputs.items():
                assert known[line.refs[symbol]] == value, f"{line.key}: {symbol} is no earlier number"
            assert not line.formula.isidentifier(), f"{line.key} is a bare symbol"
            assert set(re.findall(r"[A-Za-z_]\w*", line.formula)) <= line.inputs.keys() | calls(line.formula)
        assert line.key not in known, f"{line.key} stands twice"
        known[line.key] = line.value
        assert math.isfinite(line.value), line


@pytest.mark.parametrize("estimate", [e for _, e in CASES], ids=NAMES)
def test_printed_digits_reproduce_three_figures(estimate):
    for step in (s for s in estimate.lines if isinstance(s, Step)):
        printed = with_numbers(step, FUNCTIONS)
        again = evaluate(printed, {}, FUNCTIONS)
        assert f"{float(again):.3g}" == f"{step.value:.3g}", (step.key, printed)


def test_heads_are_the_whiteboard_chain():
    """By hand: 1M users x 18 a day / 10^5 s = 180 reads a second; x 3 = 540; 540 x (1 - 0.9) = 54 to the database."""
    estimate = load_model("web").set(users="1M", read_ratio=0.9).estimate()
    said = heads(estimate.lines)
    assert said["read.mean"] == 180
    assert said["read.peak"] == 540
    assert said["write.peak"] == 60
    assert said["web.erlangs"] == 3.0
    assert said["database.reads.peak"] == 54
    assert said["web.needed"] == 1


def test_working_is_readable():
    estimate = load_model("web").set(users="1M", read_ratio=0.9).estimate()
    text = list(step_lines(estimate.lines))
    assert max(map(len, text)) <= 100
    shown = "\n".join(text)
    assert "web_needs_CPU = a/(w*U) = 3.47/(8*0.7) = 0.62" in shown
    assert "web_needed = max(1, ceil(cpu), ceil(network)) = " in shown
    assert "read_mean = U*n/day = " in shown
    assert "nan" not in shown and "inf" not in shown


def test_every_number_on_the_screen_is_a_line_of_the_working():
    """Every number that the screen prints is the text of a given or of a step; words are taken off first."""
    for _, estimate in CASES:
        screen = screen_text(estimate)
        # the names p50, p99 and the sentences of problems and notes are words, not results
        unfolded = re.sub(r"\n {4,}(?=\S)", " ", screen)
        body = "\n".join(
            line for line in unfolded.splitlines() if not re.search(r"overloaded|approximation:|bound:", line)
        )
        body = re.sub(r"\bp(50|99)\b|\b\d{4}(-\d\d)*\b(?=\)| to )", "", body)  # names of percentiles, dates of prices
        body = re.sub(r"\b[a-z]+\d\w*\.\w+", "", body)  # types of machines
        known = {line_text(line) for line in estimate.by_key.values()}
        numbers = {n for text in known for n in re.findall(r"\d[\d,.]*(?:e[+-]?\d+)?", text)}
        title = set(re.findall(r"\d[\d,.]*", estimate.spec.title))
        for number in re.findall(r"(?<![A-Za-z_])\d[\d,.]*(?:e[+-]?\d+)?", body):
            assert number.rstrip(".,") in numbers | title, f"{number} on the screen is no line of the working:\n{screen}"


def test_arrays_keep_no_working():
    estimate = load_model("web").set(users=np.array([1e5, 1e6])).estimate()
    assert estimate.lines == ()
