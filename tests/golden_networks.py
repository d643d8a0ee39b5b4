"""From the network and scalability rows of tests/data/queueing.csv to the names of capcalc. It translates and
does not calculate: the only arithmetic is what a name means (a service rate is one over a service time).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from capcalc.laws import networks as n
from capcalc.laws.scalability import usl_fit

Inputs = Mapping[str, Any]

_OPEN = {
    "response_per_visit": "response_per_visit_s",
    "residence": "residence_s",
    "mean_number": "queue_lengths",
    "utilisation": "utilisation",
    "visits": "visits",
    "arrival_rate": "station_rps",
    "system_response": "response_s",
    "response": "response_s",
    "system_number": "customers",
}
_OPEN_CLASSES = {
    "residence": "residence_s",
    "response": "response_s",
    "system_response": "response_s",
    "mean_number": "queue_lengths",
    "utilisation": "utilisation",
    "system_number": "customers",
}
_CLOSED = {
    "throughput": "throughput_rps",
    "response": "response_s",
    "system_response": "response_s",
    "residence": "residence_s",
    "mean_number": "queue_lengths",
    "utilisation": "utilisation",
}
_BOUNDS = {
    "throughput_lower": "throughput_lower_rps",
    "throughput_upper": "throughput_upper_rps",
    "response_lower": "response_lower_s",
    "response_upper": "response_upper_s",
}
_USL = {
    "sigma": "contention_ratio",
    "kappa": "coherency_ratio",
    "lambda": "single_rps",
    "peak_n": "peak_concurrency",
    "peak_x": "peak_rps",
    "peak_throughput": "peak_rps",
    "limit": "limit_rps",
    "optimal_n": "knee_concurrency",
    "residual_sd": "residual_sd_rps",
    "r_squared": "r_squared",
}
_APPROXIMATE = ("schweitzer", "linearizer")


def _open(i: Inputs) -> n.OpenNetwork:
    servers = i.get("servers", 1)
    if "routing" in i:
        return n.jackson_network(i["external_rates"], i["routing"], i["service_times"], servers)
    if "demands" in i:
        return n.open_network(i["arrival_rate"], i["demands"], servers=servers)
    return n.open_network(i["arrival_rate"], i["service_times"], i["visits"], servers)


def _open_classes(i: Inputs) -> n.OpenClasses:
    return n.open_multiclass(i["arrival_rates"], i["demands"], i.get("servers", 1))


def _closed_inputs(i: Inputs) -> tuple[Any, Any, Any, Any]:
    return i["demands"], i["population"], i.get("think_time", 0.0), i.get("servers", 1)


def _closed(i: Inputs) -> n.ClosedNetwork:
    if i.get("method", "exact") in _APPROXIMATE:
        return n.approximate_network(*_closed_inputs(i), method=i["method"])
    return n.closed_network(*_closed_inputs(i))


def _closed_classes(i: Inputs) -> n.ClosedClasses:
    if i.get("method", "exact") in _APPROXIMATE:
        return n.approximate_multiclass(*_closed_inputs(i), method=i["method"])
    return n.closed_multiclass(*_closed_inputs(i))


def _tandem(i: Inputs) -> float:
    return n.tandem_response_percentile_s(
        i["p"], i["arrival_rate"], [1 / rate for rate in i["service_rates"]]
    )


_MODELS: dict[str, tuple[Callable[[Inputs], Any], dict[str, str]]] = {
    "jackson_open": (_open, _OPEN),
    "jackson_open_multiclass": (_open_classes, _OPEN_CLASSES),
    "mva_closed": (_closed, _CLOSED),
    "mva_closed_multiclass": (_closed_classes, _CLOSED),
    "bounds_asymptotic": (lambda i: n.asymptotic_bounds(*_closed_inputs(i)), _BOUNDS),
    "bounds_balanced_job": (lambda i: n.balanced_job_bounds(*_closed_inputs(i)), _BOUNDS),
    "usl_fit": (lambda i: usl_fit(i["n"], i["x"]), _USL),
}
MODELS = frozenset({*_MODELS, "tandem_mm1"})


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    name, *places = re.findall(r"\w+", quantity)
    if (model, name) == ("tandem_mm1", "response_quantile"):
        return float(_tandem(inputs))
    solve, fields = _MODELS[model]
    found = getattr(solve(inputs), fields[name])
    for place in places:
        found = found[int(place)]
    return float(found)
