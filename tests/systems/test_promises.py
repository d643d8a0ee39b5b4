"""How often operations are answered, and when all of them is done: by hand, and against every state of a small system."""

import itertools

import numpy as np
import pytest

from capcalc import CapcalcError, load_model, load_text
from capcalc.catalogue.facts import fact
from capcalc.systems.targets import missed

SERVER = fact("availability.ec2_instance").usual
REGION = fact("availability.ec2_region").usual

SMALL = """
[client]
rtt = 0
new_connections = 0
[operations.read]
rate = "30/s"
peak = 1
request = 0
response = 0
route = ["web", ["cache", "db"], { tier = "pay", share = "50%" }]
[tiers.web]
kind = "service"
workers = 1
servers = 4
service_time = "50 ms"
[tiers.cache]
kind = "cache"
hit_ratio = "80%"
availability = "99%"
[tiers.db]
kind = "database"
[tiers.pay]
kind = "external"
service_time = "80 ms"
availability = "99.5%"
"""


def test_every_state_of_a_small_system():
    """1.5 erlangs on web: two of its four servers have to be up; one of three copies of db. Requests: 80% hits, half pay."""
    answer = load_text(SMALL).estimate()
    total = 0.0
    for web, cache, db, pay in itertools.product(range(5), (0, 1), range(4), (0, 1)):
        chance = np.prod(
            [
                [1, 4, 6, 4, 1][web] * SERVER**web * (1 - SERVER) ** (4 - web),
                0.99 if cache else 0.01,
                [1, 3, 3, 1][db] * SERVER**db * (1 - SERVER) ** (3 - db),
                0.995 if pay else 0.005,
            ]
        )
        up = (web >= 2) * cache * (0.8 + 0.2 * (db >= 1)) * (0.5 + 0.5 * pay)
        total += chance * up
    assert answer.available["read"].availability == pytest.approx(REGION * total, abs=1e-9)
    down = (1 - REGION * total) * 365 * 86400
    assert answer.available["read"].downtime_s == pytest.approx(down, rel=1e-6)


def test_two_tiers_behind_one_miss_are_counted_to_first_order():
    """Hits need neither db nor search: 0.8 + 0.2 A_db A_search, of which the product over tiers is right to (1 - A)^2."""
    text = SMALL.replace('["cache", "db"]', '["cache", "db", "search"]')
    text += '[tiers.search]\nkind = "external"\nservice_time = "1 ms"\navailability = "98%"\n'
    db = 1 - (1 - SERVER) ** 3
    web = 1 - (1 - SERVER) ** 4 - 4 * SERVER * (1 - SERVER) ** 3
    exact = REGION * web * 0.99 * (0.8 + 0.2 * db * 0.98) * 0.9975
    assert load_text(text).estimate().available["read"].availability == pytest.approx(exact, abs=1e-5)


def test_acks_of_all_copies_cost_availability():
    """A write that both of two copies must have is lost with either: A^2 and not 1 - (1 - A)^2."""
    both = load_model("web").set({"tiers.database.copies": 2, "tiers.database.acks": 2}).estimate()
    one = load_model("web").set({"tiers.database.copies": 2, "tiers.database.acks": 1}).estimate()
    assert both.by_key["database.availability"].value == pytest.approx(SERVER**2)
    assert one.by_key["database.availability"].value == pytest.approx(1 - (1 - SERVER) ** 2)


def test_targets_of_availability_are_judged():
    web = load_model("web")
    assert missed(web.set({"target.availability": 0.999}).estimate()) == []
    said = missed(web.set({"target.availability": 0.99999}).estimate())
    assert len(said) == 2
    assert "read is answered 99.98% of the time; its target is 99.999%" in said


def test_an_overloaded_tier_leaves_no_availability():
    answer = load_text(SMALL).set({"tiers.web.servers": 1}).estimate()
    assert answer.available == {}
    assert answer.to_dict()["operations"]["read"]["availability"] is None


def test_arrays_are_their_scenarios():
    shares = np.array([0.0, 0.3, 1.0])
    many = load_text(SMALL).set({"operations.read.pay.share": shares}).estimate().available["read"].availability
    for share, up in zip(shares, many, strict=True):
        one = load_text(SMALL).set({"operations.read.pay.share": float(share)}).estimate()
        assert up == pytest.approx(one.available["read"].availability, rel=1e-12)


JOBS = """
[workload]
peak_lasts = "10 min"
LASTS
[client]
rtt = "10 ms"
new_connections = 0
[operations.send]
rate = "100/s"
peak = 4
done = "1 h"
kind = "write"
request = 0
response = 0
route = ["web", "jobs", "worker"]
[tiers.web]
kind = "service"
service_time = { fixed = "1 ms" }
utilisation = "10%"
[tiers.jobs]
kind = "queue"
HOLDS
[tiers.worker]
kind = "service"
service_time = { fixed = "2 s" }
utilisation = "30%"
"""


def jobs(holds, lasts=""):
    return load_text(JOBS.replace("HOLDS", holds).replace("LASTS", lasts)).estimate()


def test_a_delay_is_spread_evenly():
    """10 + 1 + 0.5 + 0.08 ms to hand over, 0 to 100 s held back, 0.5 ms + 2 s of work: p99 is 99 s + 2.012 s."""
    answer = jobs('delay = "100 s"')
    assert answer.operations["send"].p99_s < 0.02
    assert answer.operations["send"].done_p99_s == pytest.approx(101.012, rel=2e-3)
    assert missed(answer) == []


def test_no_delay_is_the_worker_alone():
    answer = jobs("keep = '1 day'")
    assert answer.operations["send"].done_p99_s == pytest.approx(2.013, rel=2e-3)


def test_a_drain_makes_the_last_wait():
    """400/s for 600 s, 150/s leave: 250 x 600/150 = 1000 s for the last in the line; 99% are through by 990 s + 2 s."""
    answer = jobs('drain = "150/s"')
    assert answer.by_key["jobs.last_wait"].value == pytest.approx(1000)
    assert answer.operations["send"].done_p99_s == pytest.approx(992.012, rel=2e-3)


def test_a_load_that_ends():
    """100/s for 2 h, 80/s leave: 20 x 7200/80 = 1800 s at its end, longer than what the peak of 10 min makes (2400 s)?
    The peak: (400 - 80) x 600/80 = 2400 s, which is more."""
    answer = jobs('drain = "80/s"', 'lasts = "2 h"')
    assert answer.by_key["jobs.last_wait"].value == pytest.approx(2400)
    longer = jobs('drain = "80/s"', 'lasts = "4 h"')
    assert longer.by_key["jobs.last_wait"].value == pytest.approx(3600)


def test_a_line_without_end_is_said():
    answer = jobs('drain = "90/s"')
    assert answer.operations["send"].done_p99_s is None
    assert "grows without end" in answer.problems["jobs"]
    assert any("never done" in line for line in missed(answer))
    assert answer.to_dict()["operations"]["send"]["done_p99_s"] is None


def test_two_delays_in_a_row_flatten_as_one_of_both_together():
    """400/s for 600 s over 600 + 100 + 200 s, wherever it is held back: 400 x 600/900."""
    two = JOBS.replace('["web", "jobs", "worker"]', '["web", "jobs", "later", "worker"]')
    two += '[tiers.later]\nkind = "queue"\ndelay = "200 s"\n'
    answer = load_text(two.replace("HOLDS", 'delay = "100 s"').replace("LASTS", "")).estimate()
    assert answer.tiers["later"].peak_rps == pytest.approx(400 * 600 / 700)
    assert answer.tiers["worker"].peak_rps == pytest.approx(400 * 600 / 900)
    whole = jobs('delay = "300 s"')
    assert whole.tiers["worker"].peak_rps == pytest.approx(400 * 600 / 900)


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ('["web", { tier = "jobs", share = "50%" }, "worker"]', "put all of them in a side trip"),
        ('["web", { tier = "jobs", calls = 2 }, "worker"]', "put all of them in a side trip"),
        ('[{ tier = "web", parallel = 20 }, "jobs", "worker"]', "write calls = 20, parallel = true"),
        ('[{ tier = "web", queue = true }, "jobs", "worker"]', "a tier of kind queue in the route cuts the wait"),
        ('[{ tier = "web", read_time = "1 ms" }, "jobs", "worker"]', "write service_time"),
    ],
)
def test_what_a_hop_cannot_say_gets_a_remedy(route, said):
    text = JOBS.replace('["web", "jobs", "worker"]', route).replace("HOLDS", "").replace("LASTS", "")
    with pytest.raises(CapcalcError) as error:
        load_text(text)
    assert said in str(error.value)


def test_a_drain_that_two_hops_reach_is_refused():
    text = JOBS.replace("[tiers.web]", '[operations.other]\nrate = "1/s"\nroute = ["jobs", "worker"]\n[tiers.web]')
    with pytest.raises(CapcalcError, match="Give each hop a queue of its own"):
        load_text(text.replace("HOLDS", 'drain = "150/s"').replace("LASTS", "")).estimate()


HEDGED = """
[client]
rtt = 0
new_connections = 0
[operations.read]
rate = "1/s"
peak = 1
request = 0
response = 0
route = ["web", { tier = "far", hedge = HEDGE }]
[tiers.web]
kind = "service"
service_time = { fixed = "1 ms" }
[tiers.far]
kind = "external"
service_time = "10 ms"
"""


def test_a_hedge_at_a_time_sends_what_is_late_again():
    """An exponential 10 ms behind a hop of 0.5 ms: P(more than 20.5 ms) = e^-2 are sent again. Alone the p95 is 29.96 ms;
    hedged so, t with e^(-(t - 0.5)/10) e^(-(t - 21)/10) = 1% is (21.5 + 46.05)/2 = 33.8 ms, against 46.6 ms without."""
    timed = load_text(HEDGED.replace("HEDGE", '"20.5 ms"')).estimate()
    assert timed.by_key["operations.read.far.resent"].value == pytest.approx(np.exp(-2), rel=1e-9)
    assert timed.tiers["far"].peak_rps == pytest.approx(1 + np.exp(-2))
    assert timed.operations["read"].server_p99_s == pytest.approx(0.001 + (0.0215 + 0.01 * np.log(100)) / 2, rel=1e-6)
    late = float(0.0005 + 0.01 * np.log(20))
    named = load_text(HEDGED.replace("HEDGE", '"p95"')).estimate()
    same = load_text(HEDGED.replace("HEDGE", f'"{late * 1e3!r} ms"')).estimate()
    assert same.tiers["far"].peak_rps == pytest.approx(named.tiers["far"].peak_rps)
    assert same.operations["read"].p99_s == pytest.approx(named.operations["read"].p99_s, rel=1e-6)


def test_a_fleet_that_follows_the_load_is_paid_by_the_mean():
    """web of 3M users: 1,042/s mean, 3,125/s peak at 5 ms on 8 x 70%: 2.79 -> 3 + 1; at the mean 0.93 -> 1 + 1. A server
    takes 3 min to come, so 2 more stand 3 min a day too early: 2 + 2 x 3/1440."""
    web = load_model("web").set({"users": 3e6, "requests_per_user": "30/day"})
    held, follows = web.estimate(), web.set({"tiers.web.autoscale": 180.0}).estimate()
    assert held.tiers["web"].servers == follows.tiers["web"].servers == 4
    assert follows.tiers["web"].average == pytest.approx(2 + 2 * 3 / 1440)
    hour = held.cost.parts["web"] / 4
    assert follows.cost.parts["web"] == pytest.approx(hour * (2 + 2 * 3 / 1440))
    with pytest.raises(CapcalcError, match="do not come and go"):
        web.set({"tiers.database.autoscale": 180.0}).estimate()
