"""Tiers with servers: sized by the largest of their needs, then the spare; one queue, c = servers x workers.

| need | servers |
| --- | --- |
| CPU | erlangs / (workers x utilisation) |
| credits | erlangs of the mean rate / (workers x the part of them that is there all day) |
| network | larger of bytes in and out / (network x utilisation) |
| memory | what must be in memory / (memory x fill - reserved) |
| disk, iops | what is stored / (disk x fill), reads and writes / (iops x utilisation) |
| connections | connections / most of a server |

The need that asks for most servers decides. A number that is not known (no machine, no such key) limits nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.replication import ceil
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Term
from capcalc.tiers.flow import Flow, Number, Visit
from capcalc.tiers.hardware import Machined
from capcalc.tiers.tier import Around, Load, Stream, Target, TierResult, load_of, rate_of, rate_text, sum_step
from capcalc.tiers.together import together_of
from capcalc.tiers.waiting import APPROXIMATE, offered, queue_of, work_term

Needs = dict[str, Number]
STEP = 0.9  # what a utilisation is lowered by at a time, where a p99 asks for more servers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Pool(Machined):
    """A tier of identical servers behind one queue."""

    connected: bool = key("flag", "every online user whose operations come by keeps a connection here", False)
    connections: Number | None = key("count", "most connections of a server", None, above=True)
    per_connection: Number = key(
        "size", "memory of a connection", 20e3, source="assumed: 10 kB to 50 kB a connection"
    )

    autoscale: Number | None = key("duration", "time to add a server, where the fleet follows the load over the day", None)

    def streams(self, visits: Sequence[Visit], load: Load, around: Around, working: Working) -> list[Stream]:
        """The work that arrives, one stream for each service time."""
        groups: dict[tuple[str, str], list[Visit]] = {}
        for visit in visits:
            groups.setdefault((self.work(visit)[1], visit.flow.kind), []).append(visit)
        return [self._stream(k, group, visits, load, working) for (k, _), group in groups.items()]

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
        rate_key = f"{self.name}.{label.replace(' ', '_')}.peak"
        texts, rates = [rate_text(v, "peak") for v in mine], [rate_of(v, "peak") for v in mine]
        rate = sum_step(rate_key, f"{label} at {self.name}, peak", rates, texts, "1/s", working)
        return Stream(label, rate, work, rate_key, time_key, kind)

    def solve(self, visits: Sequence[Visit], around: Around, working: Working) -> TierResult:
        self.limit_step(around.target, working)
        load = load_of(self.name, visits, working)
        streams = self.streams(visits, load, around, working)
        erlangs = offered(self.name, streams, working)
        crowd = self.crowd(visits, around, working)
        stored = self.stored(visits, working)
        needs = self.needs(load, erlangs, crowd, stored, around.target, working)
        sized = self._size(needs, around.target, working)
        servers, workers = sized["servers"], self.has("workers")
        c = servers * workers.value
        refs = {"n": f"{self.name}.servers", "w": workers.key}
        working.step(f"{self.name}.workers", f"{self.name} workers in all", "n*w", refs, c)
        return TierResult(
            name=self.name,
            kind=self.kind,
            **load._asdict(),
            offered_erlangs=erlangs,
            connections=crowd,
            stored_bytes=stored,
            needs=needs,
            problem=self.problem(erlangs, servers, needs),
            notes=self.notes(visits),
            time_keys=tuple(dict.fromkeys(s.time_key for s in streams)),
            **sized,
            least=self._least(erlangs, working),
            average=self._average(needs, load, sized, visits[0].flow, working),
            **self._busy(erlangs, servers, working),
            **queue_of(self.name, streams, erlangs, c, f"{self.name}.workers", working),
            together=together_of(self.name, visits, streams, c, working),
        )

    def crowd(self, visits: Sequence[Visit], around: Around, working: Working) -> Number | None:
        """Connections that are kept open here: those of every online user who comes by."""
        if not self.connected:
            return None
        groups = dict.fromkeys(v.flow.group for v in visits)
        for group in groups:
            if group not in around.online:
                where = f"groups.{group}" if group else "workload"
                hint = f"{self.table} is connected: it needs {where}.users and {where}.online."
                raise DomainError(f"{where}.online", None, "the ratios", hint)
        counts = [around.online[g] for g in groups]
        part, texts = self.site.share_text, [(text, refs) for _, text, refs in counts]
        if self.site.region:
            counts = [(n * self.site.share, text, refs) for n, text, refs in counts]
            texts = [(f"{text}*{part.text}", {**refs, **part.refs}) for text, refs in texts]
        return sum_step(f"{self.name}.connections", f"connections of {self.name}", [n for n, *_ in counts], texts, "", working)

    def stored(self, visits: Sequence[Visit], working: Working) -> Number | None:
        """Bytes that the tier keeps, with copies and overhead; None of a tier that keeps nothing."""
        return None

    def needs(
        self, load: Load, erlangs: Number, crowd: Number | None, stored: Number | None, target: Target, working: Working
    ) -> Needs:
        """Servers that each need asks for, not yet rounded, with the steps `name.needs.CPU` and so on."""
        limit, limit_key = self.own_or(target, "utilisation")
        workers, network = self.has("workers"), self.has("network")
        found = Found(self.name, working)
        refs = {"a": f"{self.name}.erlangs", "w": workers.key, "U": limit_key}
        found.add("CPU", erlangs / (workers.value * limit), "a/(w*U)", refs)
        sustained = self.has("sustained")
        if sustained.value is not None and sustained.value < 1 and self.workers is None:
            refs = {"a": f"{self.name}.erlangs", "w": workers.key, "u": sustained.key}
            refs |= {"m": f"{self.name}.mean", "p": f"{self.name}.peak"}
            servers = erlangs * load.mean_per_peak / (workers.value * sustained.value)
            found.add("credits", servers, *(("a*m/(p*w*u)", refs) if load.busy else ("0", {})))
        if network.value is not None:
            busier = np.maximum(load.in_bytes_per_s, load.out_bytes_per_s)[()]
            refs = {"i": f"{self.name}.in", "o": f"{self.name}.out", "b": network.key, "U": limit_key}
            times, times_key = self.crossings()
            text = "max(i, o)*k/(b*U)" if times_key else "max(i, o)/(b*U)"
            refs |= {"k": times_key} if times_key else {}
            found.add("network", busier * times / (network.value * limit), text, refs)
        if crowd is not None and self.connections is not None:
            refs = {"x": f"{self.name}.connections", "m": f"{self.place}.connections"}
            found.add("connections", crowd / self.connections, "x/m", refs)
        memory = self.has("memory")
        if crowd is not None and memory.value is not None:
            room = memory.value * target.fill - self.reserved
            refs = {"x": f"{self.name}.connections", "k": f"{self.place}.per_connection"}
            refs |= {"M": memory.key, "F": "target.fill", "R": f"{self.place}.reserved"}
            found.add("memory", crowd * self.per_connection / room, "x*k/(M*F - R)", refs)
        return found.needs

    def crossings(self) -> tuple[Number, str]:
        """How often a byte crosses the network of the tier, and the key of that number; "" for once."""
        return 1.0, ""

    def _size(self, needs: Needs, target: Target, working: Working) -> dict:
        """Servers for the largest need, then the spare; or as many as are given."""
        spare, spare_key = self.own_or(target, "spare")
        needed = np.maximum(ceil(np.maximum.reduce(np.broadcast_arrays(*needs.values()))), 1.0)[()]
        refs = {need.lower(): f"{self.name}.needs.{need}" for need in needs}
        text = f"max(1, {', '.join(f'ceil({s})' for s in refs)})"
        working.step(f"{self.name}.needed", f"{self.name} servers needed", text, refs, needed)
        if self.servers is not None:
            refs = {"n": f"{self.place}.servers"}
            working.step(f"{self.name}.servers", f"{self.name} servers", "n", refs, self.servers)
            return {"servers": self.servers, "needed": needed, "spare": self.servers - needed, "decides": "given"}
        servers, text, refs = self._lost(needs, needed) if spare == "region" else spared(needed, spare, target)
        refs |= {"n": f"{self.name}.needed"} | ({"k": spare_key} if isinstance(spare, (int, float)) else {})
        working.step(f"{self.name}.servers", f"{self.name} servers with the spare", text, refs, servers)
        return {"servers": servers, "needed": needed, "spare": servers - needed, "decides": self._decides(needs, needed, target)}

    def _lost(self, needs: Needs, needed: Number) -> tuple[Number, str, dict[str, str]]:
        """Servers that can carry this region's part of another that is lost, and one more than are needed at least."""
        surge, mine = self.site.surge, self.growing(needs)
        ready = [ceil(needs[need] * surge) for need in mine]
        text = ", ".join(f"ceil({need.lower()}*z)" for need in mine)
        refs = {need.lower(): f"{self.name}.needs.{need}" for need in mine} | {"z": self.site.surge_key}
        return np.maximum.reduce(np.broadcast_arrays(needed + 1, *ready))[()], f"max(n + 1, {text})", refs

    def growing(self, needs: Needs) -> list[str]:
        """The needs that grow with the load."""
        return list(needs)

    def _decides(self, needs: Needs, needed: Number, target: Target) -> str:
        found = decisive(needs, needed)
        return "p99" if found in ("CPU", "contention") and self.name in target.steps else found

    def own_or(self, target: Target, name: str) -> tuple[Number, str]:
        """The tier's own value of a target, else the target's, with the key of the one that counts."""
        own = getattr(self, name)
        value, key_ = (getattr(target, name), f"target.{name}") if own is None else (own, f"{self.place}.{name}")
        if name == "utilisation" and self.name in target.steps:
            return value * STEP ** target.steps[self.name], f"{self.name}.utilisation_limit"
        return value, key_

    def limit_step(self, target: Target, working: Working) -> None:
        """The step of a utilisation that is lowered so that a p99 is kept."""
        steps = target.steps.get(self.name)
        if steps is not None and working.kept:
            value, key_ = self.own_or(replace(target, steps={}), "utilisation")
            label = f"{self.name} utilisation that keeps the p99"
            text, limit = f"U*{STEP}**{float(steps):g}", value * STEP**steps
            working.step(f"{self.name}.utilisation_limit", label, text, {"U": key_}, limit, "ratio")

    def _busy(self, erlangs: Number, servers: Number, working: Working) -> dict:
        """Utilisation at the peak with all servers, and with one of them lost (None of a single server)."""
        name, workers = self.name, self.has("workers")
        refs = {"a": f"{name}.erlangs", "n": f"{name}.servers", "w": workers.key}
        busy = erlangs / (servers * workers.value)
        working.step(f"{name}.utilisation", f"{name} busy at the peak", "a/(n*w)", refs, busy, "ratio")
        if np.any(np.asarray(self.site.surge) != 1):
            lost = busy * self.site.surge
            refs = {"u": f"{name}.utilisation", "z": self.site.surge_key}
            label = f"{name} busy with another region lost"
            working.step(f"{name}.utilisation_one_lost", label, "u*z", refs, lost, "ratio")
            return {"utilisation": busy, "utilisation_one_lost": lost}
        left = np.maximum(servers - 1, 0)
        lost = erlangs / np.where(left > 0, left * workers.value, np.inf)
        if np.ndim(left) == 0 and left == 0:
            return {"utilisation": busy, "utilisation_one_lost": None}
        label = f"{name} busy with one lost"
        working.step(f"{name}.utilisation_one_lost", label, "a/((n - 1)*w)", refs, lost, "ratio")
        return {"utilisation": busy, "utilisation_one_lost": np.where(left > 0, lost, np.inf)[()]}

    def _average(self, needs: Needs, load: Load, sized: dict, flow: Flow, working: Working) -> Number | None:
        """Servers over the day, where they follow the load: those of the mean rate and the spare, and while the load climbs
        to its peak, for as long as the peak lasts, those that have to be there the time to add one too early."""
        if self.autoscale is None or self.servers is not None:
            return None
        growing = self.growing(needs)
        at_mean = [needs[need] * (load.mean_per_peak if need in growing else 1.0) for need in needs]
        usual = np.maximum(ceil(np.maximum.reduce(np.broadcast_arrays(*at_mean))), 1.0)
        ahead = (sized["needed"] - usual) * np.minimum(self.autoscale, flow.peak_lasts_s) / 86400.0
        average = (usual + sized["spare"] + ahead)[()]
        if load.busy:
            refs = {need.lower(): f"{self.name}.needs.{need}" for need in needs}
            texts = [f"ceil({s}*m/p)" if n in growing else f"ceil({s})" for n, s in zip(needs, refs, strict=True)]
            refs |= {"m": f"{self.name}.mean", "p": f"{self.name}.peak"}
            label = f"{self.name} servers that the mean rate needs"
            working.step(f"{self.name}.usual", label, f"max(1, {', '.join(texts)})", refs, usual[()])
            refs = {"u": f"{self.name}.usual", "k": f"{self.name}.needed", "n": f"{self.name}.servers"}
            refs |= {"T": f"{self.place}.autoscale", "L": flow.peak_lasts_key, "day": "constants.day"}
            text = "u + n - k + (k - u)*min(T, L)/day"
            working.step(f"{self.name}.average", f"{self.name} servers over the day", text, refs, average)
        return average

    def _least(self, erlangs: Number, working: Working) -> Number:
        """Servers that keep up with the peak, all of them busy."""
        workers = self.has("workers")
        least = np.floor(erlangs / workers.value) + 1
        refs = {"a": f"{self.name}.erlangs", "w": workers.key}
        working.step(f"{self.name}.least", f"{self.name} servers that just keep up", "floor(a/w) + 1", refs, least)
        return least

    def problem(self, erlangs: Number, servers: Number, needs: Needs) -> str | None:
        """The sentence of a pool that cannot keep up; arrays of scenarios carry infinite waits instead."""
        workers = self.has("workers").value
        if any(np.ndim(v) for v in (erlangs, servers, workers)):
            return None
        if erlangs >= servers * workers:
            least = np.floor(erlangs / workers) + 1
            return (
                f"{float(erlangs):,.2f} erlangs need more than {float(servers):,.0f} servers of {float(workers):,.0f} "
                f"workers; {float(least):,.0f} would do"
            )
        return None

    def notes(self, visits: Sequence[Visit]) -> tuple[tuple[str, str], ...]:
        """Why the arrivals of the pool are not Poisson, where its routes make them so."""
        found = []
        if any(np.any(np.asarray(v.batch) > 1) for v in visits):
            found.append(("lower bound", f"{self.table}: parallel calls arrive together and wait for each other"))
        if any(v.repeats for v in visits):
            found.append((APPROXIMATE, f"{self.table}: a request comes by several times, taken as independent (p99 up to 30% short at 90% busy)"))
        return tuple(found)

    def answer(self, visit: Visit, result: TierResult | None) -> list[Term]:
        work, time_key = self.work(visit)
        if result is None or result.wait is None:
            return [work_term(work, time_key)]
        return [replace(result.wait, notes=(*result.wait.notes, *result.notes)), work_term(work, time_key)]


class Found:
    """Needs as they are found, with their steps."""

    def __init__(self, name: str, working: Working) -> None:
        self.name, self.working = name, working
        self.needs: Needs = {}

    def add(self, need: str, servers: Number, formula: str, refs: Mapping[str, str]) -> None:
        """One need: servers, not rounded."""
        self.needs[need] = servers
        label = f"{self.name} servers for the {need}"
        self.working.step(f"{self.name}.needs.{need}", label, formula, refs, servers)


def spared(needed: Number, spare: int | str, target: Target) -> tuple[Number, str, dict[str, str]]:
    """Servers with the spare: so many more, or what is left when a zone is lost must do."""
    if spare == "zone":
        z = target.zones
        servers = np.maximum(needed + 1, z * ceil(needed / (z - 1)))[()]
        return servers, "max(n + 1, z*ceil(n/(z - 1)))", {"z": "target.zones"}
    return needed + spare, "n + k", {}


def decisive(needs: Needs, needed: Number) -> str:
    """The need that asks for most servers; of arrays that of most scenarios is not asked."""
    if np.ndim(needed):
        return ""
    largest = max(needs, key=lambda need: float(needs[need]))
    return largest if needed > 1 else "at least one"

