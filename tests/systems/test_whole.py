"""The whole answer by hand: limits, money, storage, targets, sizing to a p99, the user's side."""

import math

import numpy as np
import pytest

from capcalc import DomainError, load_model, load_text
from capcalc.catalogue.machines import machine
from capcalc.catalogue.prices import price

TIGHT = """
[workload]
peak = 2
[client]
new_connections = "0%"
[operations.read]
rate = "300/s"
route = ["web", "db"]
[tiers.web]
kind = "service"
workers = 1
service_time = "10 ms"
[tiers.db]
kind = "service"
workers = 1
service_time = "4 ms"
[target]
spare = 0
"""


def servers(estimate):
    return {name: float(t.servers) for name, t in estimate.tiers.items() if t.servers is not None}


def test_limit_is_the_busiest_tier():
    """600/s x 10 ms = 6 erlangs / 0.7 = 8.6 -> 9 workers, busy 6/9: full at 1.5 x; db 2.4/4: at 1.67 x."""
    limit = load_text(TIGHT).estimate().limit
    assert (limit.tier, limit.need, limit.more) == ("web", "CPU", "server")
    assert limit.multiple == pytest.approx(1.5)
    assert limit.then_multiple == pytest.approx(10 / 6)
    assert limit.then_tier in ("web", "db")
    assert limit.users is None


def test_limit_in_users():
    """web at 1M users: 3.47 erlangs on 16 workers, so 16/3.4722 x 1M = 4.608M users."""
    limit = load_model("web").set(users="1M").estimate().limit
    assert limit.users == pytest.approx(16 / (1e6 * 20 / 86400 * 3 * 0.005) * 1e6)


def test_money_is_hours_and_bytes():
    """2 web, 2 cache and 3 database servers of their usual machines for 730 h; 2 kB to users 231.5 times a second."""
    cost = load_model("web").set(users="1M").estimate().cost
    hours = {"web": ("m7i.2xlarge", 2), "cache": ("r7i.2xlarge", 2), "database": ("i4i.2xlarge", 3)}
    for name, (kind, count) in hours.items():
        assert cost.parts[name] == pytest.approx(machine(kind).usd_per_hour * count * 730)
    sent = 1e6 * 20 / 86400 * 2000 * 30 * 86400
    assert cost.egress_bytes == pytest.approx(sent)
    assert cost.parts["egress"] == pytest.approx(price("egress").cost_usd(sent))
    assert cost.usd_per_month == pytest.approx(sum(cost.parts.values()))
    assert cost.unpriced == ()
    assert all(len(date) >= 4 for date in cost.dates)


def test_a_part_without_a_price_is_named():
    text = TIGHT.replace('route = ["web", "db"]', 'route = ["web", "db", "pay"]')
    text += '[tiers.pay]\nkind = "external"\nservice_time = "80 ms"\n'
    cost = load_text(text).estimate().cost
    assert cost.unpriced == ("pay",)
    assert "pay" not in cost.parts
    assert "pay" not in load_text(text).set({"tiers.pay.price": "0.001 USD"}).estimate().cost.unpriced


def test_storage_with_copies_and_overhead():
    """40 writes/s x 500 B x 5 years x 1.3 x 3 copies."""
    text = """
[operations.write]
kind = "write"
rate = "40/s"
route = [{ tier = "db", stored = "500 B" }]
[tiers.db]
kind = "database"
"""
    tier = load_text(text).estimate().tiers["db"]
    assert tier.stored_bytes == pytest.approx(40 * 500 * 5 * 365 * 86400 * 1.3 * 3)


def test_the_user_side_is_the_server_side_and_the_line():
    """40 ms, 10% x (20 + 2 x 40) ms, 500 B up at 10 Mbit/s, 2 kB down at 20 Mbit/s."""
    answer = load_model("web").set(users="1M").estimate().operations["read"]
    line = 0.040 + 0.1 * 0.100 + 500 * 8 / 10e6 + 2000 * 8 / 20e6
    assert answer.mean_s - answer.server_mean_s == pytest.approx(line)


def test_a_p99_takes_the_fewest_steps_that_keep_it():
    system = load_text(TIGHT)
    base = system.estimate()
    for target in (0.0944, 0.0940, 0.0935):
        sized = system.set({"target.p99": target}).estimate()
        assert sized.operations["read"].p99_s <= target
        assert sum(servers(sized).values()) >= sum(servers(base).values())
        assert any(t.decides == "p99" for t in sized.tiers.values())
        looser = system.set({"target.p99": target * 1.01}).estimate()
        assert sum(servers(looser).values()) <= sum(servers(sized).values())


def test_a_floor_above_the_target_adds_nothing_and_says_so():
    system = load_text(TIGHT)
    sized = system.set({"target.p99": "50 ms"}).estimate()
    assert servers(sized) == servers(system.estimate())
    floor = sized.by_key["read.floor.p99"].value
    assert 0.05 < floor < sized.operations["read"].p99_s


def test_a_fleet_sized_for_a_load_keeps_its_p99_at_every_load_below():
    system = load_text(TIGHT).set({"target.p99": "94 ms"})
    fleet = {f"tiers.{name}.servers": count for name, count in servers(system.estimate()).items()}
    for share in (1.0, 0.9, 0.5, 0.1, 0.01):
        fixed = system.set({**fleet, "operations.read.rate": 300 * share}).estimate()
        assert fixed.operations["read"].p99_s <= 0.094 * (1 + 1e-9)


def test_sizing_over_arrays_equals_one_at_a_time():
    rates = np.array([30.0, 150.0, 300.0, 900.0])
    system = load_text(TIGHT).set({"target.p99": "94 ms"})
    swept = system.set({"operations.read.rate": rates}).estimate()
    for index, rate in enumerate(rates):
        one = system.set({"operations.read.rate": rate}).estimate()
        for name, count in servers(one).items():
            assert np.broadcast_to(swept.tiers[name].servers, rates.shape)[index] == count


def test_spare_of_a_zone():
    """9 needed in 3 zones: 3 x ceil(9/2) = 15, so that any two zones have 10."""
    tiers = load_text(TIGHT).set({"target.spare": "zone"}).estimate().tiers
    assert tiers["web"].servers == 15
    assert tiers["db"].servers == 6


def test_numbers_of_its_own_instead_of_a_machine():
    """A memory is given, so no machine is assumed: the network limits nothing and the price is not known."""
    text = TIGHT.replace('service_time = "10 ms"', 'service_time = "10 ms"\nmemory = "64 GB"')
    estimate = load_text(text).estimate()
    assert set(estimate.tiers["web"].needs) == {"CPU"}
    assert estimate.cost.unpriced == ("web",)


def test_connections_decide():
    """40M of 100M connected, 100k a server: 400 + 1."""
    text = """
[workload]
users = "100M"
online = "40%"
[operations.ping]
every = "30 s"
route = ["gate"]
[tiers.gate]
kind = "service"
service_time = "50 us"
connected = true
connections = "100k"
"""
    tier = load_text(text).estimate().tiers["gate"]
    assert (tier.servers, tier.decides, tier.connections) == (401, "connections", 40e6)


def test_a_cache_sized_by_its_keys():
    """A quarter of the way by hand elsewhere: 80% of reads under Zipf 0.9 over 18e9 keys are 4.42e9 of them."""
    text = """
[operations.read]
rate = "1000/s"
route = ["hot", "db"]
[tiers.hot]
kind = "cache"
keys = "18e9"
item = "600 B"
hit_ratio = "80%"
[tiers.db]
kind = "database"
"""
    system = load_text(text)
    tier = system.estimate().tiers["hot"]
    assert tier.decides == "memory"
    assert tier.needed == math.ceil(4.418e9 * 600 / (64 * 2**30 * 0.75))
    with pytest.raises(DomainError, match=r"tiers\.hot\.item"):
        load_text(text).tiers["hot"].__class__(name="hot", keys=1e6)


def test_machines_that_live_on_credits_are_sized_by_what_they_have_all_day():
    """t3.small: 2 vCPUs of which 20% are there all day. 30M users: 34.7 erlangs at the mean, 104.2 at the peak.
    104.2/(2 x 0.7) = 74.4 servers for the peak, 34.7/(2 x 0.2) = 86.8 for the day."""
    found = load_model("web").set({"users": 30e6, "tiers.web.machine": "t3.small"}).estimate()
    mean = 30e6 * 20 / 86400 * 0.005
    assert found.by_key["web.needs.credits"].value == pytest.approx(mean / 0.4)
    assert (found.tiers["web"].needed, found.tiers["web"].decides) == (87, "credits")
    usual = load_model("web").set({"users": 30e6}).estimate()
    assert "web.needs.credits" not in usual.by_key


def test_a_p99_that_waits_only_where_servers_are_given_is_judged():
    """web is given 7 workers for 6 erlangs, and other requests have a tier that is sized: there is nothing to add."""
    text = TIGHT.replace('route = ["web", "db"]', 'p99 = "95 ms"\nroute = ["web"]').replace("[tiers.web]", "[tiers.web]\nservers = 7")
    text += '[operations.other]\nrate = "1/s"\nroute = ["db"]\n'
    answer = load_text(text).estimate()
    assert answer.by_key["read.floor.p99"].value < 0.095 < answer.operations["read"].p99_s
    assert answer.tiers["web"].servers == 7
