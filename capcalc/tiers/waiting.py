"""The wait in a pool's one queue, as numbers, as a law and as steps.

M/G/c: all that arrives is one Poisson stream, service is the mixture of its times. P(wait) is Erlang's C, the wait of those
who wait is exponential with the mean of Allen and Cunneen: exact when all work is exponential with one mean, else an
approximation whose error docs/accuracy.md tabulates. One worker alone is exact for any work (laws/single.py).

References
----------
[ALLEN]; [GROSS] ch. 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capcalc.laws.erlang import erlang_c
from capcalc.laws.ggc import pooled_service
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Leaf, Term, term
from capcalc.tiers.flow import Number
from capcalc.tiers.tier import Stream

APPROXIMATE = "approximation"


def offered(name: str, streams: Sequence[Stream], working: Working) -> Number:
    """Erlangs that the streams offer: the sum of rate times own service time."""
    total = sum((s.peak_rps * s.work.mean_s for s in streams), 0.0)
    refs: dict[str, str] = {}
    texts = []
    for stream in streams:
        lam, time = symbol_of(stream.rate_key), symbol_of(stream.time_key)
        refs.update({lam: stream.rate_key, time: stream.time_key})
        texts.append(f"{lam}*{time}")
    working.step(f"{name}.erlangs", f"{name} offered load", " + ".join(texts) or "0", refs, total, "erlang")
    return total


def queue_of(
    name: str, streams: Sequence[Stream], erlangs: Number, workers: Number, workers_key: str, working: Working
) -> dict:
    """P(wait), the rate of the wait's tail, mean and p99 of the wait of the pool's one queue."""
    lam = sum((s.peak_rps for s in streams), 0.0)
    columns = [(s.peak_rps, s.work.mean_s, s.work.scv) for s in streams]
    shape = np.broadcast_shapes(*(np.shape(v) for column in columns for v in column))
    mean, scv = pooled_service(*(np.stack([np.broadcast_to(v, shape) for v in row]) for row in zip(*columns, strict=True)))
    idle = lam == 0  # nobody comes: the first stream's time stands for all
    mean, scv = np.where(idle, streams[0].work.mean_s, mean)[()], np.where(idle, 1.0, scv)[()]
    chance = erlang_c(workers, erlangs)
    one = bool(np.all(idle)) or (len({s.time_key for s in streams}) == 1 and streams[0].work.scv == 1.0)
    rate = (workers / mean - lam) * (1.0 if one else 2 / (1 + scv))
    open_ = rate > 0
    mean_wait = np.where(open_, chance / np.where(open_, rate, 1.0), np.inf)[()]
    law = Term("wait", (Leaf(chance, f"{name}.wait_probability"), Leaf(rate, f"{name}.wait_rate")))
    alone = bool(np.all(np.asarray(workers) == 1))
    if alone and not one:
        law = _single(name, streams, chance)
    elif not one:
        law = replace(law, notes=((APPROXIMATE, _mixed_note(name, scv)),))
    p99 = np.where(open_, np.maximum(np.log(np.maximum(chance, 1e-300) / 0.01), 0.0) / np.where(open_, rate, 1.0), np.inf)[()]
    if alone and not one:
        p99 = law.law().percentile(0.99)
    _queue_steps(name, streams, lam, mean, scv, one, workers_key, working, chance, rate, mean_wait, p99, law)
    return {
        "wait_probability": chance,
        "wait_rate_per_s": rate,
        "mean_wait_s": mean_wait,
        "wait_p99_s": p99,
        "wait": law,
        "single_server": alone and one,
    }


def _single(name: str, streams: Sequence[Stream], load: Number) -> Term:
    """One worker: the wait is exact whatever the service times, by their mixture."""
    parts: list[Term | Leaf] = []
    for stream in streams:
        parts += [Leaf(stream.peak_rps, stream.rate_key), work_term(stream.work, stream.time_key)]
    return term("mg1_wait", Leaf(load, f"{name}.wait_probability"), term("blend", *parts))


def _mixed_note(name: str, scv: Number) -> str:
    """What is known of the error of Allen and Cunneen's wait, by the variability of the mixture."""
    name = name.partition(".")[0]  # of all regions alike
    if np.max(scv) > 3:
        return f"{name}: a few long jobs among many short ones, the wait is overstated (measured: up to 2.5 times)"
    return f"{name}: service times are no single exponential, wait by Allen-Cunneen"


def _queue_steps(name, streams, lam, mean, scv, one, workers_key, working, chance, rate, mean_wait, p99, law) -> None:
    if not working.kept:
        return
    working.step(
        f"{name}.wait_probability",
        f"{name} chance of waiting",
        "erlang_c(c, a)",
        {"c": workers_key, "a": f"{name}.erlangs"},
        chance,
        "ratio",
        "ERLANG",
    )
    lam_key = _arrivals_step(name, streams, lam, working)
    if one:
        refs = {"c": workers_key, "S": streams[0].time_key, "lam": lam_key}
        formula, standing = "c/S - lam", "exact"
    else:
        _mixture_steps(name, streams, lam_key, mean, scv, working)
        refs = {"c": workers_key, "S": f"{name}.service_mean", "lam": lam_key}
        refs["k"] = f"{name}.service_scv"
        formula, standing = "2*(c/S - lam)/(1 + k)", APPROXIMATE
    working.step(f"{name}.wait_rate", f"{name} rate of the wait", formula, refs, rate, "1/s", "ALLEN", standing)
    refs = {"C": f"{name}.wait_probability", "r": f"{name}.wait_rate"}
    if np.isfinite(mean_wait):
        working.step(f"{name}.mean_wait", f"{name} mean wait", "C/r", refs, mean_wait, "s", standing=standing)
        label, formula = f"{name} p99 of the wait", f"percentile(0.99, {law.text()})"
        working.step(f"{name}.wait_p99", label, formula, dict(law.refs()), p99, "s", "", law.law().standing.level)


def _arrivals_step(name: str, streams: Sequence[Stream], lam: Number, working: Working) -> str:
    """The key of the rate of all that arrives at the queue."""
    rates = {symbol_of(s.rate_key): s.rate_key for s in streams}
    working.step(f"{name}.arrivals", f"{name} jobs, peak", " + ".join(rates), rates, lam, "1/s")
    return f"{name}.arrivals"


def _mixture_steps(
    name: str, streams: Sequence[Stream], lam_key: str, mean: Number, scv: Number, working: Working
) -> None:
    """Mean and variability of the mixture of service times."""
    rates = {symbol_of(s.rate_key): s.rate_key for s in streams}
    times = {symbol_of(s.time_key): s.time_key for s in streams}
    squares: list[str] = []
    for stream in streams:
        factor, needs = _square_factor(stream)
        times |= needs
        squares.append(f"{symbol_of(stream.rate_key)}*{factor}*{symbol_of(stream.time_key)}**2")
    refs = {"a": f"{name}.erlangs", "lam": lam_key}
    working.step(f"{name}.service_mean", f"{name} mean service time", "a/lam", refs, mean, "s")
    refs = {**rates, **times, "lam": lam_key, "S": f"{name}.service_mean"}
    working.step(
        f"{name}.service_scv", f"{name} variability of service", f"({' + '.join(squares)})/(lam*S**2) - 1", refs, scv
    )


def _square_factor(stream: Stream) -> tuple[str, dict[str, str]]:
    """E[S^2] / E[S]^2 of a stream's work, as formula."""
    if stream.work.shape == "lognormal":
        key_ = f"{stream.time_key}.sigma"
        return f"exp({symbol_of(key_)}**2)", {symbol_of(key_): key_}
    return ("1" if stream.work.shape == "fixed" else "2"), {}


def work_steps(work: Work, time_key: str, working: Working) -> None:
    """Sigma and mean of a log-normal time, from its two percentiles."""
    if work.shape != "lognormal" or time_key in working:
        return
    refs = {"p50": f"{time_key}.p50", "p99": f"{time_key}.p99"}
    working.step(f"{time_key}.sigma", "spread of the logarithm", "log(p99/p50)/2.3263478740408408", refs, work.sigma)
    refs = {"p50": f"{time_key}.p50", "sigma": f"{time_key}.sigma"}
    working.step(time_key, "mean time", "p50*exp(sigma**2/2)", refs, work.mean_s, "s")


def work_term(work: Work, time_key: str) -> Term:
    """A time of work as a law."""
    if work.shape == "lognormal":
        return term("lognormal", Leaf(work.p50_s, f"{time_key}.p50"), Leaf(work.sigma, f"{time_key}.sigma"))
    return term("constant" if work.shape == "fixed" else "exponential", Leaf(work.mean_s, time_key))
