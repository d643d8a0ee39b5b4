"""What must hold of every shipped model, whatever its numbers."""

import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc import load_model
from capcalc.keys import keys_of
from capcalc.systems.library import shipped_models
from capcalc.systems.routes import HOP_KEYS
from capcalc.systems.spec import Operation
from capcalc.tiers.flow import address
from capcalc.tiers.pool import Pool

MODELS = sorted(shipped_models())
COMPARED = ("servers", "needed", "copies", "shards", "utilisation", "peak_rps", "mean_wait_s", "wait_p99_s")
FEW = settings(max_examples=25, deadline=None)


def numbers(estimate):
    """Every number of an answer."""
    yield from (estimate.mean_rps, estimate.peak_rps, estimate.servers)
    for tier in estimate.tiers.values():
        for name in tier.__slots__:
            value = getattr(tier, name)
            number = isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool)
            if number and name != "wait_rate_per_s":
                yield value
    for answer in estimate.operations.values():
        yield from (answer.mean_s, answer.p50_s, answer.p99_s)


def swept(system, users):
    """The estimate for several numbers of users; response times are worked out where they are asked for."""
    return system.set(users=np.array(users)).estimate()


def fixed_counts(system, users):
    """The same system with the servers given that it is sized to for so many users."""
    tiers = swept(system, [users]).tiers
    given = {f"tiers.{n}.servers": tiers[n].servers for n, t in system.tiers.items() if isinstance(t, Pool)}
    given |= {f"tiers.{n}.shards": tiers[n].shards for n, t in system.tiers.items() if t.kind == "database"}
    return system.set({key: float(np.ravel(count)[0]) for key, count in given.items()})


def times_of(system):
    """Every time of work that a tier says, by key."""
    return {
        f"tiers.{n}.{field}": getattr(t, field)
        for n, t in system.tiers.items()
        for field in ("service_time", "read_time", "write_time")
        if getattr(t, field, None) is not None
    }


def longer(work, factor):
    """A time of work of the same shape, so many times as long."""
    return replace(work, mean_s=work.mean_s * factor, p50_s=work.p50_s * factor, p99_s=work.p99_s * factor)


def never_less(values, rel=0.0):
    """Whether no number is below the one before it."""
    values = np.ravel(values)
    return np.all(values[1:] >= values[:-1] - rel * np.abs(values[:-1]))


def said(system):
    """Keys of the values that a file says; of a hop's its numbers."""
    for key in system.origins:
        head, _, rest = key.partition(".")
        if head != "operations" or rest.partition(".")[2] in keys_of(Operation):
            yield key
    for name, operation in system.operations.items():
        yield from said_of(operation.route, f"operations.{name}", system.origins)


def said_of(hops, place, origins):
    for hop in hops:
        where = f"{place}.{address(hop)}"
        yield from (f"{where}.{k}" for k in HOP_KEYS if f"{where}.{k}" in origins)
        yield from said_of(getattr(hop, "hops", ()), where, origins)


@pytest.mark.parametrize("model", MODELS)
def test_checks_of_the_file(model):
    """The values that a file says, worked out by hand."""
    system = load_model(model)
    estimate = system.estimate()
    assert len(system.check) >= 5
    for key, wanted in system.check.items():
        assert estimate.by_key[key].value == pytest.approx(wanted, rel=0.01), key


@pytest.mark.parametrize("model", MODELS)
def test_every_value_of_the_file_has_a_source(model):
    sources = tomllib.loads(shipped_models()[model].read_text(encoding="utf-8"))["sources"]
    system = load_model(model)
    assert [key for key in said(system) if not sources.get(key)] == []
    assert sorted(sources.keys() - system.origins.keys()) == [], "a source of nothing"
    assert system.title and system.question


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
    for tier in swept(load_model(model), [users, users * more]).tiers.values():
        if tier.servers is not None:
            assert never_less(tier.servers)


@pytest.mark.parametrize("model", MODELS)
@given(users=st.floats(1e3, 1e9), more=st.floats(1, 3))
@FEW
def test_more_traffic_never_lowers_a_utilisation(model, users, more):
    for tier in swept(fixed_counts(load_model(model), users), [users, users * more]).tiers.values():
        if tier.utilisation is not None:
            assert never_less(tier.utilisation, 1e-12)


@pytest.mark.parametrize("model", MODELS)
@given(users=st.floats(1e3, 1e9), slower=st.floats(1, 1.4), pick=st.integers(0, 100))
@FEW
def test_slower_service_never_lowers_p99(model, users, slower, pick):
    system = fixed_counts(load_model(model), users)
    times = times_of(system)
    key = list(times)[pick % len(times)]
    before = swept(system, [users]).operations
    after = swept(system.set({key: longer(times[key], slower)}), [users]).operations
    for operation, answer in before.items():
        assert np.all(after[operation].p99_s >= answer.p99_s * (1 - 1e-7))


@pytest.mark.parametrize("model", MODELS)
@given(low=st.floats(0, 1), high=st.floats(0, 1))
@FEW
def test_a_higher_hit_ratio_never_loads_what_is_behind_it_more(model, low, high):
    system = load_model(model)
    for name in (n for n, t in system.tiers.items() if hasattr(t, "hit_ratio")):
        ratios = np.array(sorted((low, high)))
        for tier, result in system.set({f"tiers.{name}.hit_ratio": ratios}).estimate().tiers.items():
            if tier != name:
                assert never_less(-np.broadcast_to(result.peak_rps, 2), 1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_an_array_equals_its_scenarios_one_at_a_time(model):
    rng = np.random.default_rng(1)
    users, hits = 10 ** rng.uniform(0, 11, 20), rng.uniform(0, 1, 20)
    system = load_model(model)
    caches = [n for n, t in system.tiers.items() if t.kind == "cache"]
    at_once = system.set({"users": users, **{f"tiers.{n}.hit_ratio": hits for n in caches}}).estimate()
    for i in range(users.size):
        one = system.set({"users": users[i], **{f"tiers.{n}.hit_ratio": hits[i] for n in caches}}).estimate()
        for name, tier in one.tiers.items():
            many = at_once.tiers[name]
            for field in COMPARED:
                value = getattr(tier, field)
                if value is not None:
                    got = np.broadcast_to(getattr(many, field), users.shape)[i]
                    assert got == pytest.approx(value, rel=1e-12, abs=1e-300), (name, field)
        for name, answer in one.operations.items():
            many_answer = at_once.operations[name]
            for field in ("mean_s", "p50_s", "p99_s"):
                got = np.broadcast_to(getattr(many_answer, field), users.shape)[i]
                assert got == pytest.approx(getattr(answer, field), rel=1e-8), (name, field)
