"""From the names of tests/data/queueing.csv to the names of capcalc. It translates and does not calculate:
the only arithmetic is what a name means (a service rate is one over a service time, a level one less a tail).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from capcalc.laws import (
    abandon,
    approximations,
    batch,
    finite,
    forkjoin,
    infinite,
    losses,
    mdc,
    phases,
    population,
    priority,
    sharing,
)
from capcalc.laws import queueing as q

Inputs = Mapping[str, Any]


def _load(i: Inputs) -> tuple[float, float]:
    return i["servers"], i["offered_load"]


def _pool(i: Inputs) -> tuple[float, float, float]:
    return i["arrival_rate"], 1 / i["service_rate"], i.get("servers", 1)


def _work(i: Inputs) -> tuple[float, float]:
    return i["arrival_rate"], 1 / i["service_rate"]


def _erlangs(i: Inputs) -> float:
    return i["arrival_rate"] / i["service_rate"]


def _mmc_servers(i: Inputs) -> float:
    if "max_prob_wait" in i:
        return q.servers_for_wait_probability(i["arrival_rate"] / i["service_rate"], i["max_prob_wait"])
    if "service_level" in i:
        return q.servers_for_wait_percentile(*_work(i), i["service_level"], i["t"])
    return q.servers_for_response_percentile(*_work(i), i["p"], i["response_time"])


def _b_servers(i: Inputs) -> float:
    return losses.servers_for_blocking(i["offered_load"], i["max_blocking"])


def _engset(i: Inputs) -> tuple[float, float, float]:
    return i["sources"], i["servers"], i["load_per_idle_source"]


def _room(i: Inputs) -> tuple[float, float, float, float]:
    return *_pool(i), i["capacity"]


def _users(i: Inputs) -> tuple[float, float, float, float, float | None]:
    return i["rate_per_source"], 1 / i["service_rate"], i["servers"], i["population"], i.get("capacity")


def _patience(i: Inputs) -> tuple[float, float, float, float]:
    return *_pool(i), i["abandon_rate"]


def _ggc_mean_wait(i: Inputs) -> float:
    scvs = i["scv_arrival"], i["scv_service"]
    if i["method"] == "kingman":
        return approximations.kingman_mean_wait_s(*_work(i), *scvs)
    law = {
        "allen_cunneen": q.ggc_mean_wait_s,
        "sakasegawa": approximations.sakasegawa_mean_wait_s,
        "whitt_1993": approximations.whitt_mean_wait_s,
    }[i["method"]]
    return law(*_pool(i), *scvs)


def _mg1_mean_wait(i: Inputs) -> float:
    return q.ggc_mean_wait_s(i["arrival_rate"], i["mean_service"], 1, 1.0, i["scv_service"])


def _phases(i: Inputs) -> phases.Phases:
    if i["service"] == "erlang2":
        return phases.erlang_phases(2, i["mean_service"])
    return phases.hyperexponential_phases(i["probs"], 1 / np.array(i["rates"]))


def _constant(i: Inputs) -> tuple[float, float, float]:
    return i["arrival_rate"], i["service_time"], i.get("servers", 1)


def _class_wait(i: Inputs, which: int) -> float:
    return priority.priority_mmc_mean_wait_s(i["arrival_rates"], 1 / i["service_rate"], i["servers"])[which]


def _branches(i: Inputs) -> tuple[float, float, float]:
    return *_work(i), i["branches"]


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
_POPULATION: dict[str, Callable[[Inputs], float]] = {
    "mean_number": lambda i: population.population_mean_number(*_users(i)),
    "mean_wait": lambda i: population.population_mean_wait_s(*_users(i)),
    "mean_response": lambda i: population.population_mean_response_s(*_users(i)),
    "throughput": lambda i: population.population_throughput_rps(*_users(i)),
}
_CLASSES = 9  # of a priority queue, at most
_LAWS: dict[tuple[str, str], Callable[[Inputs], float]] = {
    ("erlang_b", "blocking"): lambda i: q.erlang_b(*_load(i)),
    ("erlang_b", "ln_blocking"): lambda i: q.log_erlang_b(*_load(i)),
    ("erlang_c", "prob_wait"): lambda i: q.erlang_c(*_load(i)),
    ("erlang_c", "ln_prob_wait"): lambda i: q.log_erlang_c(*_load(i)),
    ("mmc", "min_servers"): _mmc_servers,
    ("mg1", "mean_wait"): _mg1_mean_wait,
    ("mg1", "wait_second_moment"): lambda i: phases.mph1_wait_second_moment_s2(i["arrival_rate"], _phases(i)),
    ("mg1", "wait_quantile"): lambda i: phases.mph1_wait_percentile_s(i["p"], i["arrival_rate"], _phases(i)),
    ("md1", "mean_wait"): lambda i: mdc.mdc_mean_wait_s(*_constant(i)),
    ("md1", "wait_quantile"): lambda i: mdc.mdc_wait_percentile_s(i["p"], *_constant(i)),
    ("mdc", "mean_wait"): lambda i: mdc.mdc_mean_wait_s(*_constant(i)),
    ("mdc", "wait_quantile"): lambda i: mdc.mdc_wait_percentile_s(i["p"], *_constant(i)),
    ("mdc", "prob_wait"): lambda i: mdc.mdc_wait_probability(*_constant(i)),
    ("ggc", "mean_wait"): _ggc_mean_wait,
    ("erlang_b", "max_offered_load"): lambda i: losses.load_for_blocking(i["servers"], i["blocking"]),
    ("erlang_b", "min_servers"): _b_servers,
    ("engset", "call_congestion"): lambda i: losses.engset_call_congestion(*_engset(i)),
    ("engset", "time_congestion"): lambda i: losses.engset_time_congestion(*_engset(i)),
    ("mmck", "mean_number"): lambda i: finite.mmck_mean_number(*_room(i)),
    ("mmck", "mean_response"): lambda i: finite.mmck_mean_response_s(*_room(i)),
    ("mmck", "mean_wait"): lambda i: finite.mmck_mean_wait_s(*_room(i)),
    ("mmck", "throughput"): lambda i: finite.mmck_throughput_rps(*_room(i)),
    ("mmck", "prob_empty"): lambda i: finite.mmck_empty(*_room(i)),
    ("mmck", "prob_full"): lambda i: finite.mmck_loss(*_room(i)),
    ("mmck", "wait_quantile_accepted"): lambda i: finite.mmck_wait_percentile_s(i["p"], *_room(i)),
    **{(model, quantity): law for model in ("mmcN", "mmcKN") for quantity, law in _POPULATION.items()},
    ("mmcM", "prob_wait"): lambda i: abandon.erlang_a_wait_probability(*_patience(i)),
    ("mmcM", "prob_abandon"): lambda i: abandon.erlang_a_abandonment(*_patience(i)),
    ("mmcM", "mean_wait"): lambda i: abandon.erlang_a_mean_wait_s(*_patience(i)),
    ("mmcM", "utilisation"): lambda i: abandon.erlang_a_utilisation(*_patience(i)),
    ("mmcM", "service_level"): lambda i: abandon.erlang_a_service_level(i["t"], *_patience(i)),
    ("mminf", "prob_more_than"): lambda i: infinite.mminf_tail(i["n"], _erlangs(i)),
    ("mminf", "prob_n"): lambda i: infinite.mminf_probability(i["n"], _erlangs(i)),
    ("mg1_ps", "conditional_response"): lambda i: sharing.ps_conditional_response_s(
        i["size"], i["arrival_rate"], i["mean_service"]
    ),
    ("batch_mxm1", "mean_wait"): lambda i: batch.batch_mean_wait_s(
        i["batch_rate"], 1 / i["service_rate"], 1, i["batch_size"]
    ),
    **{
        ("priority_nonpreemptive", f"mean_wait[{k}]"): lambda i, k=k: _class_wait(i, k)
        for k in range(_CLASSES)
    },
    ("fork_join", "mean_response"): lambda i: forkjoin.fork_join_mean_response_s(*_branches(i)),
    ("fanout_max", "response_quantile"): lambda i: forkjoin.fork_join_percentile_bound_s(
        i["p"], *_branches(i)
    ),
    **{(model, quantity): law for model in ("mm1", "mmc") for quantity, law in _POOL.items()},
}


def value(model: str, inputs: Inputs, quantity: str) -> float:
    """What capcalc says; KeyError where it has no such law."""
    return float(_LAWS[model, quantity](inputs))


MODELS = {model for model, _ in _LAWS}
