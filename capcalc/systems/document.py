"""The answer as data: plain SI numbers, the unit in the key, no infinities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from capcalc import __version__
from capcalc.formula import heads
from capcalc.steps import Given, Step
from capcalc.systems.estimate import Estimate
from capcalc.systems.response import Answer
from capcalc.tiers.tier import TierResult


def to_dict(estimate: Estimate, *, steps: bool = False) -> dict[str, Any]:
    """The estimate as nested dictionaries; a scenario is a number, an array of them a list.

    What has no end (the wait in a saturated queue) is None, beside `saturated`: true.
    """
    document: dict[str, Any] = {
        "capcalc": __version__,
        "schema": 1,
        "model": estimate.spec.name,
        "title": estimate.spec.title,
        "inputs": _givens(estimate, ("typed",)),
        "assumed": _givens(estimate, ("model", "default")),
        "load": {"mean_rps": _plain(estimate.mean_rps), "peak_rps": _plain(estimate.peak_rps)},
        "operations": {name: _operation(answer, estimate) for name, answer in estimate.operations.items()},
        "tiers": {name: _tier(result) for name, result in estimate.tiers.items()},
        "servers": _plain(estimate.servers),
        "saturated": _plain(estimate.saturated),
        "warnings": [f"{name}: {text}" for name, text in estimate.problems.items()],
    }
    if steps:
        said = heads(estimate.lines)
        document["steps"] = [_line(line, said) for line in estimate.lines]
    return document


def _givens(estimate: Estimate, origins: tuple[str, ...]) -> dict[str, Any]:
    return {
        line.key: {"value": _plain(line.value), "unit": line.unit, "source": line.source}
        for line in estimate.lines
        if isinstance(line, Given) and line.origin in origins
    }


def _operation(answer: Answer, estimate: Estimate) -> dict[str, Any]:
    flow, standing = estimate.flows[answer.operation], answer.standing
    return {
        "kind": answer.kind,
        "mean_rps": _plain(flow.mean_rps),
        "peak_rps": _plain(flow.peak_rps),
        "response_mean_s": _plain(answer.mean_s),
        "response_p50_s": _plain(answer.p50_s),
        "response_p99_s": _plain(answer.p99_s),
        "response_scope": "user side, at the peak",
        "server_p50_s": _plain(answer.server_p50_s),
        "server_p99_s": _plain(answer.server_p99_s),
        **_promises(answer, estimate),
        "standing": standing.level,
        "standing_why": list(standing.why),
    }


def _promises(answer: Answer, estimate: Estimate) -> dict[str, Any]:
    """Availability, and when all is done where the file asks."""
    found: dict[str, Any] = {}
    if estimate.spec.operations[answer.operation].done is not None:
        found["done_p99_s"] = _plain(answer.done_p99_s)
    up = estimate.available.get(answer.operation)
    found["availability"] = None if up is None else _plain(up.availability)
    found["downtime_s_per_year"] = None if up is None else _plain(up.downtime_s)
    return found


_FIELDS = (
    "mean_rps",
    "peak_rps",
    "reads_peak_rps",
    "writes_peak_rps",
    "in_bytes_per_s",
    "out_bytes_per_s",
    "stored_bytes",
    "connections",
    "offered_erlangs",
    "servers",
    "needed",
    "spare",
    "copies",
    "shards",
    "decides",
    "utilisation",
    "utilisation_one_lost",
    "wait_probability",
    "mean_wait_s",
    "wait_p99_s",
    "problem",
)


def _tier(result: TierResult) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": result.kind}
    found |= {name: _plain(getattr(result, name)) for name in _FIELDS}
    found["saturated"] = _plain(np.isinf(result.mean_wait_s))
    if result.between_bytes_per_s is not None:
        found["between_bytes_per_s"] = _plain(result.between_bytes_per_s)
    if result.regions:
        found["regions"] = {region: _tier(part) for region, part in result.regions.items()}
    return found


def _line(line: Given | Step, said: dict[str, float]) -> dict[str, Any]:
    if isinstance(line, Given):
        kept = {"key": line.key, "symbol": line.symbol, "label": line.label, "value": _plain(line.value)}
        return kept | {"unit": line.unit, "origin": line.origin, "source": line.source}
    return {
        "key": line.key,
        "symbol": line.symbol,
        "label": line.label,
        "formula": line.formula,
        "inputs": {s: {"value": _plain(v), "key": line.refs.get(s, "")} for s, v in line.inputs.items()},
        "value": _plain(line.value),
        "unit": line.unit,
        "source": line.source,
        "standing": line.standing,
        "head": said[line.key],
    }


def _plain(value: Any) -> Any:
    """Numbers of Python; whole ones without a point; what is not finite is None."""
    if value is None or isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim:
        return [_plain(v) for v in array.tolist()]
    if array.dtype == bool:
        return bool(array)
    number = float(array)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
