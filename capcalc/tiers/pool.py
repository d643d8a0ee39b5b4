"""Tiers with servers: one queue, c = servers x workers, sized to a utilisation and a spare.

The pool is M/G/c: all operations and hops arrive as one Poisson stream, service is the mixture of their times. P(wait)
is Erlang's C, the wait of those who wait is exponential with the mean of Allen and Cunneen: exact when all work is
exponential with one mean, else an approximation whose error docs/accuracy.md tabulates.

References
----------
[ALLEN]; [GROSS] ch. 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from capcalc.keys import key
from capcalc.laws.erlang import erlang_c
from capcalc.laws.ggc import pooled_service
from capcalc.laws.replication import ceil
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Leaf, Term, term
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.tier import Load, Stream, Target, Tier, TierResult, load_of, rate_of, rate_text

_WORKERS = "8 workers a server: one for each vCPU of a usual 8-vCPU machine (m7i.2xlarge, r7i.2xlarge, i4i.2xlarge)"
APPROXIMATE = "approximation"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Pool(Tier):
    """A tier of identical servers behind one queue."""

    workers: Number = key("whole", "requests a server works on at the same time", 8, low=1, source=_WORKERS)
    servers: Number | None = key("whole", "servers: given, not sized, then only judged", None, low=1)
    utilisation: Number | None = key("ratio", "busy share at the peak; the target's if not given", None, above=True)
    spare: Number | None = key("whole", "servers that may be lost; the target's if not given", None)

    def streams(self, visits: Sequence[Visit], load: Load, working: Working) -> list[Stream]:
        """The work that arrives, one stream for each service time."""
        groups: dict[str, list[Visit]] = {}
        for visit in visits:
            groups.setdefault(self.work(visit)[1], []).append(visit)
        for time_key, group in groups.items():
            work_steps(self.work(group[0])[0], time_key, working)
        return [self._stream(k, group, visits, load, working) for k, group in groups.items()]

    def _stream(
        self, time_key: str, mine: list[Visit], visits: Sequence[Visit], load: Load, working: Working
    ) -> Stream:
        """The visits that share a service time; their rate is the tier's, or its reads' or writes', where it can be."""
        work, kind = self.work(mine[0])[0], mine[0].flow.kind
        if len(mine) == len(visits):
            return Stream("requests", load.peak_rps, work, f"{self.name}.peak", time_key, kind)
        if mine == [v for v in visits if v.flow.kind == kind]:
            rate = load.reads_peak_rps if kind == "read" else load.writes_peak_rps
            return Stream(f"{kind}s", rate, work, f"{self.name}.{kind}s.peak", time_key, kind)
        own = time_key.startswith(f"{self.place}.")
        label = f"other {kind}s" if own else symbol_of(time_key.removesuffix(".service_time"))
        rate_key, rate = f"{self.name}.{label.replace(' ', '_')}.peak", sum(rate_of(v, "peak") for v in mine)
        if working.kept:
            texts, refs = zip(*(rate_text(v, "peak") for v in mine), strict=True)
            merged = {s: r for d in refs for s, r in d.items()}
            working.step(rate_key, f"{label} at {self.name}, peak", " + ".join(texts), merged, rate, "1/s")
        return Stream(label, rate, work, rate_key, time_key, kind)

    def prepare(self, working: Working) -> None:
        """Steps that stand before all others of the tier."""

    def solve(self, visits: Sequence[Visit], target: Target, working: Working) -> TierResult:
        self.prepare(working)
        load = load_of(self.name, visits, working)
        streams = self.streams(visits, load, working)
        erlangs = offered(self.name, streams, working)
        sized = self._size(erlangs, target, working)
        servers = sized["servers"]
        workers = servers * self.workers
        working.step(
            f"{self.name}.workers",
            f"{self.name} workers in all",
            "n*w",
            {"n": f"{self.name}.servers", "w": f"{self.place}.workers"},
            workers,
        )
        busy = busy_of(self.name, erlangs, servers, self.workers, self.place, working)
        queue = queue_of(self.name, streams, erlangs, workers, f"{self.name}.workers", working)
        return TierResult(
            name=self.name,
            kind=self.kind,
            mean_rps=load.mean_rps,
            peak_rps=load.peak_rps,
            reads_peak_rps=load.reads_peak_rps,
            writes_peak_rps=load.writes_peak_rps,
            offered_erlangs=erlangs,
            problem=problem_of(erlangs, servers, self.workers),
            notes=self.notes(visits),
            time_keys=tuple(dict.fromkeys(s.time_key for s in streams)),
            **sized,
            **busy,
            **queue,
        )

    def _size(self, erlangs: Number, target: Target, working: Working) -> dict:
        """Servers for the CPU at the utilisation, then the spare; or as many as are given."""
        spare, spare_key = self.own_or(target, "spare")
        limit, limit_key = self.own_or(target, "utilisation")
        needed = np.maximum(ceil(erlangs / (self.workers * limit)), 1.0)
        refs = {"a": f"{self.name}.erlangs", "w": f"{self.place}.workers", "U": limit_key}
        working.step(f"{self.name}.needed", f"{self.name} servers for the CPU", "max(1, ceil(a/(w*U)))", refs, needed)
        if self.servers is not None:
            working.step(f"{self.name}.servers", f"{self.name} servers", "n", {"n": f"{self.place}.servers"}, self.servers)
            return {"servers": self.servers, "needed": needed, "spare": self.servers - needed, "decides": "given"}
        refs = {"n": f"{self.name}.needed", "k": spare_key}
        servers = needed + spare
        working.step(f"{self.name}.servers", f"{self.name} servers with the spare", "n + k", refs, servers)
        decides = "CPU" if np.ndim(needed) or needed > 1 else "at least one"
        return {"servers": servers, "needed": needed, "spare": spare, "decides": decides}

    def own_or(self, target: Target, name: str) -> tuple[Number, str]:
        """The tier's own value of a target, else the target's, with the key of the one that counts."""
        own = getattr(self, name)
        return (getattr(target, name), f"target.{name}") if own is None else (own, f"{self.place}.{name}")

    def notes(self, visits: Sequence[Visit]) -> tuple[tuple[str, str], ...]:
        """Why the arrivals of the pool are not Poisson, where its routes make them so."""
        found = []
        if any(np.any(np.asarray(v.batch) > 1) for v in visits):
            found.append(("lower bound", f"{self.name}: parallel calls arrive together and wait for each other"))
        if any(v.repeats for v in visits):
            found.append((APPROXIMATE, f"{self.name}: a request comes by several times, taken as independent arrivals"))
        return tuple(found)

    def answer(self, visit: Visit, result: TierResult) -> list[Term]:
        work, time_key = self.work(visit)
        wait = () if result.wait is None else (replace(result.wait, notes=(*result.wait.notes, *result.notes)),)
        return [*wait, work_term(work, time_key)]


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


def busy_of(name: str, erlangs: Number, servers: Number, workers: Number, place: str, working: Working) -> dict:
    """Utilisation at the peak with all servers, and with one of them lost (None of a single server)."""
    refs = {"a": f"{name}.erlangs", "n": f"{name}.servers", "w": f"{place}.workers"}
    busy = erlangs / (servers * workers)
    working.step(f"{name}.utilisation", f"{name} busy at the peak", "a/(n*w)", refs, busy, "ratio")
    left = np.maximum(servers - 1, 0)
    lost = erlangs / np.where(left > 0, left * workers, np.inf)
    if np.ndim(left) == 0 and left == 0:
        return {"utilisation": busy, "utilisation_one_lost": None}
    working.step(f"{name}.utilisation_one_lost", f"{name} busy with one lost", "a/((n - 1)*w)", refs, lost, "ratio")
    return {"utilisation": busy, "utilisation_one_lost": np.where(left > 0, lost, np.inf)[()]}


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
    if work.shape != "lognormal":
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


def problem_of(erlangs: Number, servers: Number, workers: Number) -> str | None:
    """The sentence of a pool that cannot keep up; arrays of scenarios carry infinite waits instead."""
    if np.ndim(erlangs) or np.ndim(servers) or np.ndim(workers) or erlangs < servers * workers:
        return None
    least = np.floor(erlangs / workers) + 1
    return (
        f"{float(erlangs):,.2f} erlangs need more than {float(servers):,.0f} servers of {float(workers):,.0f} workers; "
        f"{float(least):,.0f} would do"
    )
