"""Paths whose response times are held against simulation: what each is, and how it becomes a simulation.

Every case is a system file with its servers given; `at(load)` sets its rates so that its busiest tier is so busy.
"""

from __future__ import annotations

from dataclasses import dataclass

import simulation as sim

from capcalc import load_text
from capcalc.laws.work import Work
from capcalc.systems.estimate import Estimate
from capcalc.systems.system import System
from capcalc.tiers.flow import Call, Fan, Trip


@dataclass(frozen=True)
class Case:
    """A path, the operation that is watched, and whether theory makes it exact."""

    text: str
    exact: bool = False
    watch: str = "read"
    widen: float = 1.0  # intervals so much wider: heavy-tailed work needs far more requests for the same
    fan: bool = False
    unequal: bool = False
    repeated: bool = False

    def at(self, load: float) -> System:
        """The system with its busiest tier at the given utilisation."""
        system = load_text(self.text, "case.toml", "case")
        busiest = max(float(t.utilisation) for t in system.estimate().tiers.values() if t.utilisation is not None)
        factor = load / busiest
        return system.set({f"operations.{n}.rate": o.rate * factor for n, o in system.operations.items()})


def _system(operations: str, tiers: str) -> str:
    return f"[workload]\npeak = 1\n{operations}\n{tiers}"


def _service(name: str, servers: int, workers: int, time: str = '"10 ms"') -> str:
    head = f'[tiers.{name}]\nkind = "service"\nservers = {servers}\nworkers = {workers}\n'
    return head + f"service_time = {time}\n"


def _read(route: str, rate: str = "10/s") -> str:
    return f'[operations.read]\nrate = "{rate}"\nroute = {route}\n'


_WEB = """
[operations.read]
rate = "900/s"
route = ["web", "cache", "database"]
[operations.write]
kind = "write"
rate = "100/s"
route = ["web", "cache", "database"]
[tiers.web]
kind = "service"
workers = {w}
servers = {n}
[tiers.cache]
kind = "cache"
workers = {w}
servers = 1
hit_ratio = "70%"
service_time = "{s} ms"
[tiers.database]
kind = "database"
workers = {w}
copies = 2
servers = 2
read_time = "{r} ms"
write_time = "{t} ms"
"""

_LOGNORMAL = '{ p50 = "6 ms", p99 = "50 ms" }'
CASES: dict[str, Case] = {
    "one M/M/1": Case(_system(_read('["a"]'), _service("a", 1, 1)), True),
    "one M/M/8": Case(_system(_read('["a"]'), _service("a", 1, 8)), True),
    "three M/M/1 in a row": Case(
        _system(_read('["a", "b", "c"]'), _service("a", 1, 1) + _service("b", 1, 1) + _service("c", 1, 1)), True
    ),
    "M/M/8, M/M/1, M/M/8 in a row": Case(
        _system(_read('["a", "b", "c"]'), _service("a", 1, 8) + _service("b", 1, 1, '"1.3 ms"') + _service("c", 1, 8)), True
    ),
    "M/M/1, then 30% to an M/M/1": Case(
        _system(_read('["a", { tier = "b", share = 0.3 }]'), _service("a", 1, 1) + _service("b", 1, 1, '"30 ms"')), True
    ),
    "three M/M/8 in a row": Case(
        _system(_read('["a", "b", "c"]'), _service("a", 1, 8) + _service("b", 1, 8) + _service("c", 1, 8))
    ),
    "overtaking: a-b-c beside a-c": Case(
        _system(
            _read('["a", "b", "c"]') + '[operations.other]\nrate = "10/s"\nroute = ["a", "c"]\n',
            _service("a", 1, 1, '"5 ms"') + _service("b", 1, 1) + _service("c", 1, 1, '"5 ms"'),
        )
    ),
    "web, cache, database": Case(_WEB.format(w=8, n=1, s=8, r=20, t=30)),
    "web, cache, database, one worker each": Case(_WEB.format(w=1, n=1, s=4, r=10, t=15)),
    "5 ms beside 20 ms in a pool of 8": Case(
        _system(_read('["a"]') + '[operations.slow]\nrate = "3/s"\nroute = [{ tier = "a", service_time = "20 ms" }]\n',
                _service("a", 1, 8, '"5 ms"'))
    ),
    "5 ms beside 20 ms in a pool of 1": Case(
        _system(_read('["a"]') + '[operations.slow]\nrate = "3/s"\nroute = [{ tier = "a", service_time = "20 ms" }]\n',
                _service("a", 1, 1, '"5 ms"')),
        True,
        widen=2.0,
    ),
    "1 ms beside 2% of 50 ms in a pool of 8": Case(
        _system(_read('["a"]', "98/s") + '[operations.slow]\nrate = "2/s"\nroute = [{ tier = "a", service_time = "50 ms" }]\n',
                _service("a", 1, 8, '"1 ms"')),
        widen=10.0,
        unequal=True,
    ),
    "constant service, M/D/1": Case(_system(_read('["a"]'), _service("a", 1, 1, '{ fixed = "10 ms" }')), True),
    "constant service, M/D/8": Case(_system(_read('["a"]'), _service("a", 1, 8, '{ fixed = "10 ms" }'))),
    "log-normal service in a pool of 1": Case(
        _system(_read('["a"]'), _service("a", 1, 1, _LOGNORMAL)), True, widen=2.0
    ),
    "log-normal service in a pool of 8": Case(_system(_read('["a"]'), _service("a", 1, 8, _LOGNORMAL))),
    "a pool of 8 twice, one of 8 between": Case(
        _system(_read('["a", "b", { tier = "a", name = "again" }]'), _service("a", 1, 8) + _service("b", 1, 8, '"20 ms"'))
    ),
    "three calls of a pool of 8, one after another": Case(
        _system(_read('[{ tier = "a", calls = 3 }]'), _service("a", 1, 8)), repeated=True
    ),
    "a fan over two M/M/1": Case(
        _system(_read('[{ fan = ["a", "b"] }]'), _service("a", 1, 1) + _service("b", 1, 1)), fan=True
    ),
    "a fan over two M/M/8": Case(
        _system(_read('[{ fan = ["a", "b"] }]'), _service("a", 1, 8) + _service("b", 1, 8)), fan=True
    ),
    "2 calls at once into a pool of 8": Case(
        _system(_read('[{ tier = "a", calls = 2, parallel = true }]'), _service("a", 1, 8)), True
    ),
    "20 calls at once into a pool of 8": Case(
        _system(_read('[{ tier = "a", calls = 20, parallel = true }]'), _service("a", 1, 8)), True
    ),
    "5 side trips at once over two pools of 8": Case(
        _system(_read('[{ route = ["a", "b"], calls = 5, parallel = true }]'), _service("a", 1, 8) + _service("b", 1, 8))
    ),
    "20 calls at once into a pool of 80": Case(
        _system(_read('[{ tier = "a", calls = 20, parallel = true }]'), _service("a", 10, 8)), True
    ),
}


def simulated(estimate: Estimate) -> tuple[dict[str, sim.Tier], dict[str, sim.Operation]]:
    """The same system as tiers and operations of the simulation."""
    tiers = {}
    for name, tier in estimate.spec.tiers.items():
        result = estimate.tiers[name]
        workers = getattr(tier, "workers", 0)
        if tier.kind == "database":
            reads, writes = _time(tier.read_time), _time(tier.write_time)
            tiers[name] = sim.Tier(int(workers), reads, writes, copies=int(result.copies), shards=int(result.shards))
            continue
        work = _time(tier.own_work("read")[0])
        count = int(result.servers * workers) if result.servers is not None else None
        hits = getattr(tier, "hit_ratio", None)
        tiers[name] = sim.Tier(count, work, kind=tier.kind, hit_ratio=hits, fills=tier.kind == "cache")
    operations = {
        name: sim.Operation(float(estimate.flows[name].peak_rps), [_hop(h) for h in o.route], o.kind)
        for name, o in estimate.spec.operations.items()
    }
    return tiers, operations


def _time(work: Work):
    if work.shape == "lognormal":
        return sim.lognormal(work.p50_s, work.p99_s)
    return sim.fixed(work.mean_s) if work.shape == "fixed" else sim.exponential(work.mean_s)


def _hop(hop) -> dict:
    found: dict = {}
    if isinstance(hop, Call):
        found["tier"] = hop.tier
        if hop.service_time is not None:
            found["service"] = _time(hop.service_time)
        if hop.hit_ratio is not None:
            found["hit_ratio"] = hop.hit_ratio
    elif isinstance(hop, Trip):
        found["route"] = [_hop(h) for h in hop.hops]
    elif isinstance(hop, Fan):
        found["fan"] = [_hop(h) for h in hop.hops]
    if hop.calls != 1:
        found |= {"calls": hop.calls, "parallel": hop.parallel}
    if hop.share != 1:
        found["share"] = hop.share
    if hop.kind:
        found["kind"] = hop.kind
    return found
