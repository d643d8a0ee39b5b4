"""From the names of tests/data/queueing.csv to the names of capcalc. It translates and does not calculate:
the only arithmetic is what a name means (a service rate is one over a service time, a level one less a tail).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from capcalc.laws import queueing as q

Inputs = Mapping[str, Any]


def _load(i: Inputs) -> tuple[float, float]:
    return i["servers"], i["offered_load"]


def _pool(i: Inputs) -> tuple[float, float, float]:
    return i["arrival_rate"], 1 / i["service_rate"], i.get("servers", 1)


def _work(i: Inputs) -> tuple[float, float]:
    return i["arrival_rate"], 1 / i["service_rate"]


def _mmc_servers(i: Inputs) -> float:
    if "max_prob_wait" in i:
        return q.servers_for_wait_probability(i["arrival_rate"] / i["service_rate"], i["max_prob_wait"])
    if "service_level" in i:
        return q.servers_for_wait_percentile(*_work(i), i["service_level"], i["t"])
    return q.servers_for_response_percentile(*_work(i), i["p"], i["response_time"])


def _ggc_mean_wait(i: Inputs) -> float:
    if i["method"] not in ("kingman", "allen_cunneen"):
        raise KeyError(i["method"])
    return q.ggc_mean_wait_s(*_pool(i), i["scv_arrival"], i["scv_service"])


def _mg1_mean_wait(i: Inputs) -> float:
    return q.ggc_mean_wait_s(i["arrival_rate"], i["mean_service"], 1, 1.0, i["scv_service"])


def _md1_mean_wait(i: Inputs) -> float:
    return q.ggc_mean_wait_s(i["arrival_rate"], i["service_time"], 1, 1.0, 0.0)


_POOL: dict[str, Callable[[Inputs], float]] = {
    "prob_wait": lambda i: q.erlang_c(_pool(i)[2], i["arrival_rate"] / i["service_rate"]),
    "mean_wait": lambda i: q.mmc_mean_wait_s(*_pool(i)),
    "mean_response": lambda i: q.mmc_mean_response_s(*_pool(i)),
    "mean_number": lambda i: i["arrival_rate"] * q.mmc_mean_response_s(*_pool(i)),
    "wait_quantile": lambda i: q.mmc_wait_percentile_s(i["p"], *_pool(i)),
    "response_quantile": lambda i: q.mmc_response_percentile_s(i["p"], *_pool(i)),
    "prob_wait_exceeds": lambda i: q.mmc_wait_tail(i["t"], *_pool(i)),
    "prob_response_exceeds": lambda i: q.mmc_response_tail(i["t"], *_pool(i)),
    "service_level": lambda i: 1 - q.mmc_wait_tail(i["t"], *_pool(i)),
}
_LAWS: dict[tuple[str, str], Callable[[Inputs], float]] = {
    ("erlang_b", "blocking"): lambda i: q.erlang_b(*_load(i)),
    ("erlang_b", "ln_blocking"): lambda i: q.log_erlang_b(*_load(i)),
    ("erlang_c", "prob_wait"): lambda i: q.erlang_c(*_load(i)),
    ("erlang_c", "ln_prob_wait"): lambda i: q.log_erlang_c(*_load(i)),
    ("mmc", "min_servers"): _mmc_servers,
    ("mg1", "mean_wait"): _mg1_mean_wait,
    ("md1", "mean_wait"): _md1_mean_wait,
    ("ggc", "mean_wait"): _ggc_mean_wait,
    **{(model, quantity): law for model in ("mm1", "mmc") for quantity, law in _POOL.items()},
}


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    return float(_LAWS[model, quantity](inputs))
