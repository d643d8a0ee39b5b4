"""What holds of every flow, over random trees of hops with caches, edges and queues."""

from dataclasses import replace

import numpy as np
import pytest
from diagrams import tiers_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capcalc.formula import evaluate
from capcalc.tiers.flow import Call, Fan, Flow, Trip, follow
from capcalc.tiers.tier import rate_of, rate_text

MANY = settings(max_examples=60, deadline=None, derandomize=True)
HITTING = ("hot", "far", "edge")
SLOW = ("late", "capped")
PLACE = "operations.op"


def tiers(hits=(0.9, 0.4, 0.7)):
    """One of each kind that matters to a flow; three hit ratios."""
    kinds = {name: "edge" if name == "edge" else "cache" for name in HITTING}
    hitting = {name: (kinds[name], {"hit_ratio": h}) for name, h in zip(HITTING, hits, strict=True)}
    slow = {"late": ("queue", {"delay": 900.0}), "capped": ("queue", {"drain": 70.0})}
    return tiers_of(web="service", db="database", plain="queue", **slow, **hitting)


# A number of a hop is drawn for three scenarios at once; `built` picks one of them, or all as an array.
ratio = st.integers(0, 1000).map(lambda n: n / 1000)  # no products so small that they lose digits
ratios = st.tuples(ratio, ratio, ratio)
counts = st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, 1.5, 3.0, 20.0])] * 3)
kinds = st.sampled_from([None, None, "read", "write"])
sizes = st.tuples(*[st.sampled_from([0.0, 20.0, 3000.0])] * 3)
BYTES = {"request_bytes": sizes, "response_bytes": sizes, "stored_bytes": sizes}
LOADING = {
    **BYTES,
    "calls": counts,
    "share": ratios,
    "hedge": st.sampled_from([None, "p95"]),
    "parallel": st.booleans(),
}


def leaf(name):
    own = {"hit_ratio": st.none() | ratios} if name in HITTING else LOADING
    return st.tuples(st.just(name), st.fixed_dictionaries({}, optional={**own, "kind": kinds}), st.just(()))


def inner(children):
    keys = st.fixed_dictionaries({}, optional={**LOADING, "kind": kinds})
    return st.tuples(st.sampled_from(["trip", "fan"]), keys, st.lists(children, min_size=1, max_size=4))


def routes(*without):
    names = [n for n in ("web", "db", "plain", *HITTING, *SLOW) if n not in without]
    hop = st.recursive(st.sampled_from(names).flatmap(leaf), inner, max_leaves=8)
    return st.lists(hop, min_size=1, max_size=5)


def built(drawn, pick, name="h"):
    """Hops of a drawn tree, each of a name of its own."""
    hops = []
    for number, (what, keys, inside) in enumerate(drawn):
        own = {k: pick(v) if isinstance(v, tuple) else v for k, v in keys.items() if v is not None}
        own["name"] = f"{name}{number}"
        if what in ("trip", "fan"):
            shape = Trip if what == "trip" else Fan
            hops.append(shape(hops=built(inside, pick, f"{own['name']}_"), **own))
        else:
            hops.append(Call(tier=what, **own))
    return tuple(hops)


def first(three):
    return three[0]


def visits_of(drawn, flow, of=None, pick=first):
    return list(follow(built(drawn, pick), flow, of or tiers(), PLACE))


flows = st.builds(
    lambda kind, mean, peak: Flow("op", kind, mean, mean * peak, origin="op"),
    st.sampled_from(["read", "write"]),
    st.floats(0.01, 1e6),
    st.floats(1, 20),
)


@MANY
@given(routes(), flows)
def test_rates_are_never_negative_and_no_mean_is_above_its_peak(drawn, flow):
    for visit in visits_of(drawn, flow):
        assert 0 <= visit.flow.mean_rps <= visit.flow.peak_rps
        assert visit.flow.request_bytes >= 0 and visit.flow.response_bytes >= 0


@MANY
@given(routes("capped"), flows, st.floats(0.01, 1000))
def test_rates_are_linear_in_what_enters(drawn, flow, times):
    """Without a drain: even behind a delay, max(mean, peak T/(T + D)) grows with both."""
    more = replace(flow, mean_rps=flow.mean_rps * times, peak_rps=flow.peak_rps * times)
    for one, many in zip(visits_of(drawn, flow), visits_of(drawn, more), strict=True):
        for when in ("mean", "peak"):
            assert rate_of(many, when) == pytest.approx(rate_of(one, when) * times, rel=1e-12, abs=0)


@MANY
@given(routes(), flows, st.floats(1, 50))
def test_more_users_never_mean_less_anywhere(drawn, flow, times):
    more = replace(flow, mean_rps=flow.mean_rps * times, peak_rps=flow.peak_rps * times)
    for one, many in zip(visits_of(drawn, flow), visits_of(drawn, more), strict=True):
        assert rate_of(many, "mean") >= rate_of(one, "mean")
        assert rate_of(many, "peak") >= rate_of(one, "peak")


@MANY
@given(routes(), flows, st.tuples(*[st.tuples(ratio, ratio)] * 3))
def test_a_higher_hit_ratio_never_means_more_behind_it(drawn, flow, pairs):
    low, high = ([f(pair) for pair in pairs] for f in (min, max))
    for less, more in zip(
        visits_of(drawn, flow, tiers(low)), visits_of(drawn, flow, tiers(high)), strict=True
    ):
        assert rate_of(more, "mean") <= rate_of(less, "mean")
        assert rate_of(more, "peak") <= rate_of(less, "peak")


@MANY
@given(routes(), flows, ratios)
def test_a_write_never_hits(drawn, flow, hits):
    """A route that is all writes carries the same whatever the hit ratios are."""
    drawn, flow = as_writes(drawn), replace(flow, kind="write")
    for one, other in zip(visits_of(drawn, flow), visits_of(drawn, flow, tiers(hits)), strict=True):
        assert (one.flow.mean_rps, one.flow.peak_rps) == (other.flow.mean_rps, other.flow.peak_rps)


def as_writes(drawn):
    return [(what, {**keys, "kind": None}, as_writes(inside)) for what, keys, inside in drawn]


@MANY
@given(routes(), routes(), flows, st.data())
def test_a_side_trip_leaves_the_rest_of_its_list_as_it_was(outer, inside, flow, data):
    at = data.draw(st.integers(0, len(outer)))
    trip = Trip(hops=built(inside, first, "inside"), name="trip")
    hops = built(outer, first)
    without = follow(hops, flow, tiers(), PLACE)
    with_trip = follow((*hops[:at], trip, *hops[at:]), flow, tiers(), PLACE)
    kept = [v for v in with_trip if not v.place.startswith(f"{PLACE}.trip.")]
    facts = [
        [(v.place, v.flow.mean_rps, v.flow.peak_rps, v.flow.waited) for v in vs] for vs in (without, kept)
    ]
    assert facts[0] == facts[1]


@MANY
@given(routes(), flows, st.tuples(*[st.floats(0.1, 10)] * 3))
def test_arrays_of_scenarios_are_their_scalars(drawn, flow, scale):
    """Every number of every hop, the hit ratios and the rates as arrays of three scenarios, against each
    alone.
    """
    hits = np.array([0.9, 0.0, 1.0])
    grown = np.array(scale)
    arrays = replace(flow, mean_rps=flow.mean_rps * grown, peak_rps=flow.peak_rps * grown)
    many = visits_of(drawn, arrays, tiers((hits, hits, hits)), np.array)
    for i in range(3):
        one = replace(flow, mean_rps=flow.mean_rps * scale[i], peak_rps=flow.peak_rps * scale[i])
        alone = visits_of(drawn, one, tiers((hits[i],) * 3), lambda three, i=i: three[i])
        for whole, single in zip(many, alone, strict=True):
            for name in ("mean_rps", "peak_rps", "request_bytes", "response_bytes"):
                value = np.broadcast_to(getattr(whole.flow, name), 3)[i]
                assert value == pytest.approx(getattr(single.flow, name), rel=1e-12, abs=0)
            assert (whole.place, whole.flow.kind, whole.flow.waited) == (
                single.place,
                single.flow.kind,
                single.flow.waited,
            )


@MANY
@given(routes(*SLOW), flows)
def test_the_formulas_of_every_visit_give_its_rate_and_its_bytes(drawn, flow):
    """Numbers by key, from the drawn tree itself; the texts are evaluated as the working does it."""
    visits = visits_of(drawn, flow)
    assume(visits)
    numbers = {"op.mean": flow.mean_rps, "op.peak": flow.peak_rps} | numbers_of(built(drawn, first), PLACE)
    numbers |= {f"tiers.{name}.hit_ratio": h for name, h in zip(HITTING, (0.9, 0.4, 0.7), strict=True)}
    for visit in visits:
        for when in ("mean", "peak"):
            text, refs = rate_text(visit, when)
            got = evaluate(text, {symbol: numbers[key] for symbol, key in refs.items()}, {})
            assert got == pytest.approx(rate_of(visit, when), rel=1e-12, abs=0)
        flow_ = visit.flow
        for (text, refs), value in (
            (flow_.request_text, flow_.request_bytes),
            (flow_.response_text, flow_.response_bytes),
        ):
            got = evaluate(text, {symbol: numbers[key] for symbol, key in refs.items()}, {})
            assert got == pytest.approx(value, rel=1e-12, abs=0)


def numbers_of(hops, place):
    found = {}
    for hop in hops:
        where = f"{place}.{hop.name}"
        found |= {f"{where}.calls": hop.calls, f"{where}.share": hop.share, f"{where}.hedge": 0.05}
        found[f"{where}.hit_ratio"] = getattr(hop, "hit_ratio", None)
        found |= {
            f"{where}.{name}": getattr(hop, f"{name}_bytes") for name in ("request", "response", "stored")
        }
        found |= numbers_of(getattr(hop, "hops", ()), where)
    return found
