"""Solve, then estimate at the answer: the condition holds there and no longer one step beyond."""

import math
from pathlib import Path

import numpy as np
import pytest

from capcalc import CapcalcError, load_model, load_text
from capcalc.questions.measures import condition, measured
from capcalc.questions.solve import fixed, solve
from capcalc.systems.library import shipped_models

KEYS = {
    "web": ("users", "peak", "hit_ratio", "requests_per_user", "tiers.web.service_time", "tiers.database.read_time",
            "tiers.database.write_time", "client.rtt", "tiers.cache.capacity", "operations.read.response",
            "tiers.web.servers", "operations.write.per_user", "client.new_connections"),
    "url-shortener": ("users", "peak", "tiers.edge.hit_ratio", "operations.follow.per_user", "tiers.web.service_time",
            "tiers.links.read_time", "tiers.links.write_time", "client.rtt", "tiers.hot.item", "operations.shorten.per_user",
            "tiers.links.keep", "tiers.links.overhead"),
    "social-feed": ("users", "peak", "tiers.api.service_time", "tiers.post_cache.hit_ratio", "operations.read.per_user",
            "tiers.posts.read_time", "tiers.feeds.read_time", "client.rtt", "tiers.fanout.service_time", "tiers.bus.delay",
            "operations.read.response", "client.download"),
    "photo-sharing": ("users", "peak", "tiers.api.service_time", "tiers.edge.hit_ratio", "operations.view.per_user",
            "tiers.meta.write_time", "tiers.resize.service_time", "client.rtt", "operations.upload.per_user",
            "tiers.meta_cache.hit_ratio", "tiers.photos.keep", "client.upload"),
    "chat": ("users", "peak", "tiers.gateway.connections", "tiers.chat.service_time", "operations.send.per_user",
            "tiers.messages.write_time", "workload.online", "client.rtt", "operations.heartbeat.every", "tiers.presence.data",
            "tiers.messages.keep", "tiers.router.service_time"),
}  # fmt: skip
MEASURES = ("p99", "servers", "cost", "utilisation")


def test_every_shipped_model_is_asked_a_dozen_keys():
    assert KEYS.keys() == shipped_models().keys()
    assert all(len(keys) >= 12 for keys in KEYS.values())


def holds(system, key, value, text):
    return bool(condition(system, text).holds(system.set({key: value}).estimate()))


@pytest.mark.parametrize(
    ("model", "key"),
    [pytest.param(m, k, marks=() if m == "web" else pytest.mark.nightly) for m, keys in KEYS.items() for k in keys],
)
def test_round_trip(model, key):
    """A limit half as much again as now, for each measure: where the answer ends, it ends."""
    system = load_model(model)
    now = system.estimate()
    for what in MEASURES:
        limit = float(measured(now, what)[0]) * 1.5
        if what == "utilisation":
            limit = min(limit, 0.95)
        unit = {"p99": f"{limit * 1e3!r} ms", "servers": f"{math.floor(limit)}", "cost": f"${limit!r}", "utilisation": f"{limit!r}"}
        text = f"{what} <= {unit[what]}"
        found = solve(system, key, [text], fix_fleet=what == "utilisation")
        asked = fixed(system, but="") if what == "utilisation" else system
        if found.side in ("any", "none"):
            continue
        assert holds(asked, key, found.value, text), (text, found)
        assert not holds(asked, key, found.beyond, text), (text, found)
        near = max(1.0 if float(found.value).is_integer() and found.value > 1 else 0.0, abs(found.value) * 1e-6)
        assert abs(found.beyond - found.value) <= near
        assert found.binds


def test_users_of_a_fleet_by_hand():
    """web of 1M users stands on 2 servers of 8 workers: 694.4/s x 5 ms = 3.472 erlangs; 90% of 16 is 14.4: 4,147,200."""
    found = solve(load_model("web").set(users="1M"), "users", ["web.utilisation <= 90%"], fix_fleet=True)
    assert (found.side, found.value, found.beyond) == ("largest", 4_147_200, 4_147_201)
    assert "web.utilisation is 90.00" in str(found)


def test_the_smallest_is_found_where_more_is_better():
    found = solve(load_model("web").set(users="1M"), "tiers.web.servers", ["web.utilisation <= 15%"])
    assert (found.side, found.value, found.beyond) == ("smallest", 3, 2)


def test_several_conditions_and_the_one_that_binds():
    web = load_model("web").set(users="1M")
    both = solve(web, "users", ["p99 <= 200ms", "servers <= 20"])
    assert both.binds == ("servers is 21, not <= 20",)
    one = solve(web, "users", ["servers <= 20"])
    assert both.value == one.value


def test_never_always_and_contradictions_are_said():
    web = load_model("web")
    never = solve(web, "users", ["p99 <= 20ms"])
    assert never.value is None and "p99 is 15" in str(never) and "at best" in str(never)
    always = solve(web, "workload.peak_lasts", ["servers <= 100"])
    assert always.side == "any" and "the conditions hold at all of them" in str(always)
    against = solve(web, "users", ["servers >= 50", "servers <= 20"])
    assert "hold nowhere at the same time" in str(against)


def test_a_range_of_ones_own():
    found = solve(load_model("web"), "users", ["servers <= 20"], between=(1e6, 1e7))
    assert found.side == "any" and found.tried == (1e6, 1e7)


def test_a_fixed_fleet_is_what_stands_now():
    web = load_model("web").set(users="50M")
    stays = fixed(web).set(users="1M").estimate()
    assert {n: float(t.servers) for n, t in stays.tiers.items()} == {n: float(t.servers) for n, t in web.estimate().tiers.items()}


@pytest.mark.parametrize(
    ("key", "when", "said"),
    [
        ("usrs", ["p99 <= 1s"], 'did you mean "users"?'),
        ("users", [], "needs a condition"),
        ("users", ["p99 = 1s"], "is no condition"),
        ("users", ["foo <= 1s"], "unknown measure 'foo'"),
        ("users", ["p99 <= 200"], "it has no unit"),
        ("tiers.web.machine", ["p99 <= 1s"], "is no number that could be solved for"),
    ],
)
def test_mistakes_have_a_sentence(key, when, said):
    with pytest.raises(CapcalcError) as error:
        solve(load_model("web"), key, when)
    assert said in str(error.value)


def test_measures_name_the_worst():
    answer = load_model("web").estimate()
    worst, whose = measured(answer, "p99")
    assert whose == "write" and worst == max(a.p99_s for a in answer.operations.values())
    assert measured(answer, "read.p99")[0] == answer.operations["read"].p99_s
    assert measured(answer, "availability")[0] == pytest.approx(min(np.asarray(u.availability) for u in answer.available.values()))


def test_a_fleet_of_several_regions_cannot_be_kept():
    text = (Path(__file__).resolve().parent.parent / "data" / "systems" / "ecommerce-three-regions.toml").read_text(encoding="utf-8")
    with pytest.raises(CapcalcError, match="stands in several regions"):
        solve(load_text(text), "users", ["p99 <= 5s"], fix_fleet=True)
