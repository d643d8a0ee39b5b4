"""An estimate as tables: the load, the operations, the tiers; for arrays of scenarios one row a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from capcalc.figures import SUFFIXES, text_of
from capcalc.keys import Key, unit_of
from capcalc.laws.work import Work
from capcalc.steps import symbol_of
from capcalc.systems.change import settable
from capcalc.systems.estimate import Estimate, is_sweep
from capcalc.systems.givens import lookup
from capcalc.table import Column, Table
from capcalc.tiers.tier import TierResult


def tables(estimate: Estimate) -> dict[str, Table]:
    """Every table of an estimate, by name: load, operations and tiers; scenarios of an array of them."""
    if is_sweep(estimate.spec):
        return {"scenarios": scenarios(estimate)}
    return {"load": load(estimate), "operations": operations(estimate), "tiers": tiers(estimate)}


def load(estimate: Estimate) -> Table:
    """All requests, reads and writes apart."""
    rows = [("all requests", estimate.mean_rps, estimate.peak_rps)]
    for kind in ("read", "write"):
        flows = [estimate.flows[n] for n, o in estimate.spec.operations.items() if o.kind == kind]
        if flows:
            rows.append((f"{kind}s", sum(f.mean_rps for f in flows), sum(f.peak_rps for f in flows)))
    columns = (
        Column(name="load", kind="text"),
        Column(name="mean_rps", heading="mean", unit="1/s"),
        Column(name="peak_rps", heading="peak", unit="1/s"),
    )
    return Table(title="Load", columns=columns, rows=tuple(rows))


def operations(estimate: Estimate) -> Table:
    """Rates and response times of every operation."""
    columns = (
        Column(name="operation", kind="text"),
        Column(name="kind", kind="text"),
        Column(name="mean_rps", heading="mean rate", unit="1/s"),
        Column(name="peak_rps", heading="peak rate", unit="1/s"),
        Column(name="response_mean_s", unit="s", reads="programs"),
        Column(name="response_p50_s", heading="user side p50", unit="s"),
        Column(name="response_p99_s", heading="p99", unit="s"),
        Column(name="server_p50_s", heading="server side p50", unit="s"),
        Column(name="server_p99_s", heading="p99", unit="s"),
        Column(name="standing", kind="text"),
    )
    rows = []
    for name, answer in estimate.operations.items():
        flow = estimate.flows[name]
        user = (answer.mean_s, answer.p50_s, answer.p99_s)
        server = (answer.server_p50_s, answer.server_p99_s)
        rows.append((name, answer.kind, flow.mean_rps, flow.peak_rps, *user, *server, answer.standing.level))
    return Table(title="Response times, at the peak", columns=columns, rows=tuple(rows))


def tiers(estimate: Estimate) -> Table:
    """Load, servers and waits of every tier."""
    rows = tuple(
        tuple(_own_time(result, estimate) if c.name == "own_time_s" else _of(result, c.name) for c in TIERS)
        for result in estimate.tiers.values()
    )
    return Table(title="Tiers, at the peak", columns=TIERS, rows=rows)


def _of(result: TierResult, name: str) -> Any:
    if name == "tier":
        return result.name
    if name == "fleet":
        return tuple(part.servers for part in (result.regions or {}).values())
    if result.servers is None and name in ("wait_p99_s", "mean_wait_s", "wait_probability"):
        return None
    return getattr(result, name)


def _own_time(result: TierResult, estimate: Estimate) -> Any:
    """Service times of what arrives; several where reads and writes or operations differ."""
    return tuple(estimate.by_key[key].value for key in result.time_keys if key in estimate.by_key)


def _own_time_text(row: Mapping[str, Any], digits: int) -> str:
    return " / ".join(dict.fromkeys(text_of(v, "s", digits) for v in row["own_time_s"])) or "-"


def _servers_text(row: Mapping[str, Any], digits: int) -> str:
    """`2 + 1` is needed plus spare; a database says its shards and copies."""
    if row["servers"] is None:
        return "-"
    if row["fleet"]:
        return ", ".join(text_of(servers, "", digits) for servers in row["fleet"])
    count = {
        n: text_of(row[n], "", digits) for n in ("servers", "needed", "spare", "copies", "shards") if row[n]
    }
    if row["copies"] is not None:
        copies = f"{count['copies']} copies"
        return copies if row["shards"] in (None, 1) else f"{count['shards']} shards x {copies}"
    if row["decides"] == "given" or not row["spare"]:
        return count["servers"]
    return f"{count['needed']} + {count['spare']}"


TIERS = (
    Column(name="tier", kind="text"),
    Column(name="kind", kind="text", reads="programs"),
    Column(name="mean_rps", unit="1/s", reads="programs"),
    Column(name="peak_rps", heading="gets", unit="1/s"),
    *(Column(name=n, unit="B/s", reads="programs") for n in ("in_bytes_per_s", "out_bytes_per_s")),
    Column(name="own_time_s", heading="own time", unit="s", reads="people", text=_own_time_text),
    Column(name="servers", reads="programs"),
    Column(name="fleet", heading="servers", reads="people", text=_servers_text),
    *(Column(name=n, reads="programs") for n in ("needed", "spare", "shards", "copies")),
    Column(name="decides", kind="text"),
    Column(name="stored_bytes", unit="B", reads="programs"),
    Column(name="connections", reads="programs"),
    Column(name="utilisation", heading="busy", unit="ratio"),
    Column(name="utilisation_one_lost", heading="one lost", unit="ratio"),
    Column(name="wait_probability", unit="ratio", reads="programs"),
    Column(name="mean_wait_s", unit="s", reads="programs"),
    Column(name="wait_p99_s", heading="waits p99", unit="s"),
)
_SWEPT = (
    ("servers", "", ""),
    ("shards", "", ""),
    ("copies", "", ""),
    ("utilisation", "busy", "ratio"),
    ("wait_p99_s", "waits p99", "s"),
)


def scenarios(estimate: Estimate) -> Table:
    """One row a scenario: what varies, load, servers and utilisation of every tier, response times."""
    columns = [*_varied(estimate), *((column, value()) for column, value in results(estimate))]
    return Table.of(estimate.spec.title or estimate.spec.name, columns)


def results(estimate: Estimate) -> list[tuple[Column, Callable[[], Any]]]:
    """The columns of what comes out, each with its values, which are worked out when they are asked for."""
    cost = estimate.cost.usd_per_month
    columns: list[tuple[Column, Callable[[], Any]]] = [
        (Column(name="mean_rps", heading="mean", unit="1/s"), lambda: estimate.mean_rps),
        (Column(name="peak_rps", heading="peak", unit="1/s"), lambda: estimate.peak_rps),
        (Column(name="servers"), lambda: estimate.servers),
        (Column(name="cost_usd_per_month", heading="money", unit="USD/month"), lambda: cost),
    ]
    for name, result in estimate.tiers.items():
        for field, heading, unit in _SWEPT:
            if _of(result, field) is None:
                continue
            said = f"{name} {heading or field}"
            columns.append((Column(name=f"{name}_{field}", heading=said, unit=unit), partial(_of, result, field)))
    for name, answer in estimate.operations.items():
        for p in ("p50", "p99", "server_p99"):
            said = f"{name} {p.replace('_', ' ')}"
            columns.append((Column(name=f"{name}_{p}_s", heading=said, unit="s"), partial(getattr, answer, f"{p}_s")))
    columns.append((Column(name="saturated", kind="flag"), lambda: estimate.saturated))
    return columns


def _varied(estimate: Estimate) -> Iterator[tuple[Column, Any]]:
    """The inputs that are arrays."""
    spec = estimate.spec
    for key in settable(spec):
        if key.startswith("mix.") and spec.mix is None:
            continue
        try:
            value, k = lookup(spec, key)
        except KeyError:
            continue
        value = value.mean_s if isinstance(value, Work) else value
        if np.ndim(value) and not isinstance(value, (str, tuple, list)):
            yield column_of(key, k), value


def column_of(key: str, k: Key) -> Column:
    """The column of a key that varies: its symbol, and for programs its unit."""
    for front in ("workload.", "target.", "mix."):
        key = key.removeprefix(front)
    name, unit = symbol_of(key), unit_of(k)
    ending, heading = SUFFIXES.get(unit, ""), name.replace("__", " ").replace("_", " ")
    words = k.kind in ("text", "choice", "names", "spare", "flag")
    return Column(name=name.removesuffix(ending) + ending, heading=heading, unit=unit, kind="text" if words else "number")
