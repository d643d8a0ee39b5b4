"""What must hold of every shipped model, whatever its numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc import load_model
from capcalc.systems.library import shipped_models
from capcalc.tiers.pool import Pool

MODELS = sorted(shipped_models())
FEW = settings(max_examples=25, deadline=None)


def numbers(estimate):
    """Every number of an answer."""
    yield from (estimate.mean_rps, estimate.peak_rps, estimate.servers)
    for tier in estimate.tiers.values():
        for name in tier.__slots__:
            value = getattr(tier, name)
            if isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool) and name != "wait_rate_per_s":
                yield value
    for answer in estimate.operations.values():
        yield from (answer.mean_s, answer.p50_s, answer.p99_s)


def fixed_counts(system):
    """The same system with the servers that it was sized to, given."""
    estimate = system.estimate()
    pools = [n for n, t in system.tiers.items() if isinstance(t, Pool)]
    return system.set({f"tiers.{n}.servers": float(estimate.tiers[n].servers) for n in pools} | _shards(system, estimate))


def _shards(system, estimate):
    return {
        f"tiers.{n}.shards": float(estimate.tiers[n].shards) for n, t in system.tiers.items() if t.kind == "database"
    }


@pytest.mark.parametrize("model", MODELS)
def test_checks_of_the_file(model):
    """The values that a file says, worked out by hand."""
    system = load_model(model)
    estimate = system.estimate()
    assert len(system.check) >= 5
    for key, wanted in system.check.items():
        assert estimate.by_key[key].value == pytest.approx(wanted, rel=0.01), key


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("users", [1, 7, 1e2, 1e4, 1e6, 1e8, 1e9, 1e10, 1e11])
def test_one_user_to_all_of_them(model, users):
    estimate = load_model(model).set(users=users).estimate()
    for value in numbers(estimate):
        assert math.isfinite(value) and value >= 0
    for tier in estimate.tiers.values():
        for count in (tier.servers, tier.needed, tier.spare, tier.copies, tier.shards):
            assert count is None or float(count).is_integer()
        assert tier.servers is None or tier.servers >= 1


@pytest.mark.parametrize("model", MODELS)
@given(users=st.floats(1, 1e10), more=st.floats(1, 100))
@FEW
def test_more_traffic_never_needs_fewer_machines(model, users, more):
    system = load_model(model)
    few, many = system.set(users=users).estimate(), system.set(users=users * more).estimate()
    for name in few.tiers:
        if few.tiers[name].servers is not None:
            assert many.tiers[name].servers >= few.tiers[name].servers


@pytest.mark.parametrize("model", MODELS)
@given(users=st.floats(1e3, 1e9), more=st.floats(1, 3))
@FEW
def test_more_traffic_never_lowers_a_utilisation(model, users, more):
    system = fixed_counts(load_model(model).set(users=users))
    before, after = system.estimate(), system.set(users=users * more).estimate()
    for name, tier in before.tiers.items():
        if tier.utilisation is not None:
            assert after.tiers[name].utilisation >= tier.utilisation * (1 - 1e-12)


@pytest.mark.parametrize("model", MODELS)
@given(users=st.floats(1e3, 1e9), slower=st.floats(1, 1.4), pick=st.integers(0, 100))
@FEW
def test_slower_service_never_lowers_p99(model, users, slower, pick):
    system = fixed_counts(load_model(model).set(users=users))
    times = [
        f"tiers.{n}.{field}"
        for n, t in system.tiers.items()
        for field in ("service_time", "read_time", "write_time")
        if getattr(t, field, None) is not None
    ]
    key = times[pick % len(times)]
    _, name, field = key.split(".")
    slow = system.set({key: getattr(system.tiers[name], field).mean_s * slower})
    before, after = system.estimate(), slow.estimate()
    for operation, answer in before.operations.items():
        assert after.operations[operation].p99_s >= answer.p99_s * (1 - 1e-7)


@pytest.mark.parametrize("model", MODELS)
@given(low=st.floats(0, 1), high=st.floats(0, 1))
@FEW
def test_a_higher_hit_ratio_never_loads_what_is_behind_it_more(model, low, high):
    low, high = sorted((low, high))
    system = load_model(model)
    for name in (n for n, t in system.tiers.items() if hasattr(t, "hit_ratio")):
        key = f"tiers.{name}.hit_ratio"
        less, more = system.set({key: low}).estimate(), system.set({key: high}).estimate()
        for tier in less.tiers:
            if tier != name:
                assert more.tiers[tier].peak_rps <= less.tiers[tier].peak_rps * (1 + 1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_an_array_equals_its_scenarios_one_at_a_time(model):
    rng = np.random.default_rng(1)
    users, hits = 10 ** rng.uniform(0, 11, 40), rng.uniform(0, 1, 40)
    system = load_model(model)
    caches = [n for n, t in system.tiers.items() if t.kind == "cache"]
    swept = system.set({"users": users, **{f"tiers.{n}.hit_ratio": hits for n in caches}}).estimate()
    for i in range(users.size):
        one = system.set({"users": users[i], **{f"tiers.{n}.hit_ratio": hits[i] for n in caches}}).estimate()
        for name, tier in one.tiers.items():
            many = swept.tiers[name]
            for field in ("servers", "needed", "copies", "shards", "utilisation", "peak_rps", "mean_wait_s", "wait_p99_s"):
                value = getattr(tier, field)
                if value is not None:
                    got = np.broadcast_to(getattr(many, field), users.shape)[i]
                    assert got == pytest.approx(value, rel=1e-12, abs=1e-300), (name, field)
        for name, answer in one.operations.items():
            many_answer = swept.operations[name]
            for field in ("mean_s", "p50_s", "p99_s"):
                got = np.broadcast_to(getattr(many_answer, field), users.shape)[i]
                assert got == pytest.approx(getattr(answer, field), rel=1e-8), (name, field)
