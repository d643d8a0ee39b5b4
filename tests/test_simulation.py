"""The simulator against closed forms, against itself and against Ciw."""

import math

import numpy as np
import pytest
from simulation import Operation, Tier, exponential, fixed, hyper, lognormal, simulate, simulate_until
from simulation_engines import waits_of
from simulation_stats import Samples, student_t

LEVEL = 0.999
ENGINES = ["flow", "events"]
REQUESTS = {"flow": 400_000, "events": 100_000}


def run(tiers, operations, engine="auto", requests=None, hop_s=0.0, seed=1):
    requests = requests or REQUESTS.get(engine, 200_000)
    return simulate(tiers, operations, requests=requests, seed=seed, engine=engine, hop_s=hop_s)


def one_tier(tier, rate, engine="auto", **options):
    result = run({"a": tier}, {"x": Operation(rate, ["a"])}, engine, **options)
    return result.response["x"], result.tiers["a"]


def agree(one, other):
    """Two independent estimates differ by no more than the interval of their difference."""
    return abs(one.value - other.value) <= math.hypot(one.half_width, other.half_width) + 1e-9


def erlang_c(servers, erlangs):
    b = 1.0
    for n in range(1, servers + 1):
        b = erlangs * b / (n + erlangs * b)
    return b / (1 - erlangs / servers * (1 - b))


def lone_response(tiers, route, *, kind="read", hop_s=0.0, engine="events"):
    """Responses at a rate so small that nobody meets anybody."""
    result = run(tiers, {"x": Operation(1e-3, route, kind)}, engine, requests=20_000, hop_s=hop_s)
    return result.response["x"], result


# ---- Closed forms of one tier ----


@pytest.mark.parametrize("engine", ENGINES)
def test_mm1_response_is_exponential(engine):
    response, _ = one_tier(Tier(1, exponential(0.01)), 70, engine)
    for p in (0.5, 0.9, 0.99):
        assert -0.01 / 0.3 * math.log(1 - p) in response.percentile(p, LEVEL)
    assert 0.01 / 0.3 in response.mean(LEVEL)


@pytest.mark.parametrize("engine", ENGINES)
def test_mm8_wait_follows_erlang_c(engine):
    _, tier = one_tier(Tier(8, exponential(1.0)), 6.0, engine)
    waits = erlang_c(8, 6.0)
    assert waits in tier.wait.above(0.0, LEVEL)
    assert waits / 2.0 in tier.wait.mean(LEVEL)
    assert tier.utilisation == pytest.approx(0.75, rel=0.02)


@pytest.mark.parametrize(
    ("service", "second_moment"),
    [
        (fixed(0.01), 1e-4),
        (exponential(0.01), 2e-4),
        (hyper([(0.9, 0.005), (0.1, 0.055)]), 2 * (0.9 * 0.005**2 + 0.1 * 0.055**2)),
        (lognormal(0.008, 0.03), 0.008**2 * math.exp(2 * (math.log(0.03 / 0.008) / 2.326348) ** 2)),
    ],
)
def test_mg1_mean_wait_follows_pollaczek_and_khinchine(service, second_moment):
    _, tier = one_tier(Tier(1, service), rate := 0.6 / service.mean_s, "flow")
    assert rate * second_moment / (2 * 0.4) in tier.wait.mean(LEVEL)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_delay_has_no_wait_and_holds_rate_times_time(engine):
    response, tier = one_tier(Tier(None, lognormal(0.02, 0.2)), 500, engine)
    assert tier.wait.values.max() == 0
    assert 0.2 in response.percentile(0.99, LEVEL)
    assert tier.mean_present == pytest.approx(500 * lognormal(0.02, 0.2).mean_s, rel=0.03)


def test_servers_take_the_next_job_that_waits():
    """By hand: two servers, jobs of 5, 1, 1, 1 at 0, 1, 1.5, 1.75."""
    arrivals, services = np.array([0, 1, 1.5, 1.75]), np.array([5.0, 1, 1, 1])
    assert waits_of(arrivals, services, 2).tolist() == [0, 0, 0.5, 1.25]
    assert waits_of(arrivals, services, 1).tolist() == [0, 4, 4.5, 5.25]
    assert waits_of(arrivals, services, None).tolist() == [0, 0, 0, 0]


# ---- Closed forms of routes ----


@pytest.mark.parametrize("engine", ENGINES)
def test_tandem_of_mm1_adds_independent_exponentials(engine):
    """Two M/M/1 in a row with hop 3 ms: a sum of two independent exponential sojourns (Burke)."""
    tiers = {"a": Tier(1, exponential(0.004)), "b": Tier(1, exponential(0.006))}
    response = run(tiers, {"x": Operation(100, ["a", "b"])}, engine, hop_s=0.003).response["x"]
    r, s = 1 / 0.004 - 100, 1 / 0.006 - 100
    assert 1 / r + 1 / s + 0.003 in response.mean(LEVEL)
    for t in (0.02, 0.08):
        tail = (r * math.exp(-s * t) - s * math.exp(-r * t)) / (r - s)
        assert tail in response.above(t + 0.003, LEVEL)


@pytest.mark.parametrize("engine", ENGINES)
def test_misses_thin_the_stream_and_hits_leave_only_their_list(engine):
    """The cache is an M/M/1, so its output is Poisson, and the database an M/M/1 of the misses."""
    tiers = {
        "cache": Tier(1, exponential(0.001), kind="cache", hit_ratio=0.75),
        "db": Tier(1, exponential(0.006)),
        "rank": Tier(None, fixed(0.0)),
    }
    result = run(tiers, {"x": Operation(400, [["cache", "db"], "rank"])}, engine)
    seen = result.tiers
    assert seen["db"].rate / seen["cache"].rate == pytest.approx(0.25, abs=0.006)
    assert seen["rank"].rate == pytest.approx(seen["cache"].rate, rel=1e-3)
    assert 0.6 * 0.006 / 0.4 in seen["db"].wait.mean(LEVEL)
    assert 0.001 / 0.6 + 0.25 * 0.006 / 0.4 in result.response["x"].mean(LEVEL)


@pytest.mark.parametrize("engine", ENGINES)
def test_littles_law_holds_at_each_tier(engine):
    tiers, operations = busy_system()
    for tier in run(tiers, operations, engine).tiers.values():
        assert tier.mean_present == pytest.approx(tier.rate * tier.mean_sojourn_s, rel=2e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fan_without_queues_is_the_maximum(engine):
    tiers = {"a": Tier(None, exponential(1.0)), "b": Tier(None, exponential(0.5))}
    response, _ = lone_response(tiers, [{"fan": ["a", "b"]}], engine=engine)
    for t in (0.5, 2.0):
        below = (1 - math.exp(-t)) * (1 - math.exp(-2 * t))
        assert 1 - below in response.above(t, LEVEL)


@pytest.mark.parametrize("engine", ENGINES)
def test_parallel_calls_take_the_slowest_and_serial_calls_add(engine):
    tiers = {"a": Tier(None, exponential(1.0))}
    parallel, _ = lone_response(tiers, [{"tier": "a", "calls": 3, "parallel": True}], engine=engine)
    assert 1 + 1 / 2 + 1 / 3 in parallel.mean(LEVEL)
    serial, result = lone_response(tiers, [{"tier": "a", "calls": 2.5}])
    assert 2.5 in serial.mean(LEVEL)
    assert result.engine == "events"


def test_a_tier_visited_twice_is_a_jackson_network():
    """Feedback by routing: the mean response of the product form, ["a", "b", "a"] with one rate at a."""
    tiers = {"a": Tier(1, exponential(0.004)), "b": Tier(2, exponential(0.01))}
    result = run(tiers, {"x": Operation(80, ["a", "b", "a"])}, requests=200_000)
    assert result.engine == "events"
    at_a = 0.004 / (1 - 160 * 0.004)
    at_b = 0.01 + erlang_c(2, 0.8) / (2 / 0.01 - 80)
    assert 2 * at_a + at_b in result.response["x"].mean(LEVEL)


# ---- The rules of routes, with constant times ----

PLAIN = {name: Tier(None, fixed(time)) for name, time in [("a", 1.0), ("b", 2.0), ("c", 4.0)]}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("route", "seconds"),
    [
        (["a"], 1.0),
        (["a", "b", "c"], 7.2),
        ([["a", "b"], "c"], 7.2),
        ([{"fan": ["a", ["b", "c"]]}], 6.1),
        (["a", {"fan": ["b", "c"]}], 5.1),
        (["a", {"tier": "b", "calls": 3, "parallel": True}], 3.1),
        (["a", {"route": ["b", "c"], "calls": 3, "parallel": True}], 7.2),
        (["a", {"tier": "b", "service": fixed(0.5)}], 1.6),
        (["a", {"tier": "b", "calls": 0}, {"tier": "c", "share": 0}], 1.0),
    ],
)
def test_times_of_routes(route, seconds, engine):
    response, _ = lone_response(PLAIN, route, hop_s=0.1, engine=engine)
    assert response.values == pytest.approx(np.full(len(response.values), seconds))


def test_serial_calls_and_serial_side_trips_add():
    assert lone_response(PLAIN, ["a", {"tier": "b", "calls": 3}], hop_s=0.1)[0].mean().value == pytest.approx(
        7.3
    )
    trip = {"route": ["b", "c"], "calls": 2}
    assert lone_response(PLAIN, ["a", trip], hop_s=0.1)[0].mean().value == pytest.approx(13.4)


@pytest.mark.parametrize("engine", ENGINES)
def test_share_and_broken_calls_are_chances(engine):
    route = ["a", {"tier": "b", "share": 0.3}, {"tier": "c", "calls": 1.25, "parallel": True}]
    response, result = lone_response(PLAIN, route, engine=engine)
    assert 1 + 0.3 * 2 + 4 in response.mean(LEVEL)
    rates = {name: tier.rate / result.tiers["a"].rate for name, tier in result.tiers.items()}
    assert rates == pytest.approx({"a": 1, "b": 0.3, "c": 1.25}, abs=0.02)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_queue_ends_the_wait_of_its_list_only(engine):
    tiers = PLAIN | {"queue": Tier(None, fixed(0.5), kind="queue")}
    response, result = lone_response(tiers, ["a", ["queue", "c"], "b"], hop_s=0.1, engine=engine)
    assert response.mean().value == pytest.approx(1 + 0.6 + 2.1)
    assert result.tiers["c"].rate == pytest.approx(result.tiers["a"].rate, rel=1e-3)


def test_each_miss_fills_the_cache_and_nobody_waits_for_it():
    tiers = PLAIN | {"cache": Tier(None, fixed(0.5), fixed(100.0), hit_ratio=0.75, fills=True)}
    response, result = lone_response(tiers, ["a", "cache", "c"])
    assert result.engine == "events"
    assert set(response.ordered.round(6)) == {1.5, 5.5}
    cache, misses = result.tiers["cache"], result.tiers["c"]
    assert cache.jobs == pytest.approx(result.tiers["a"].jobs + misses.jobs, abs=2)


@pytest.mark.parametrize("engine", ENGINES)
def test_writes_pass_a_cache_as_one_job(engine):
    tiers = PLAIN | {"cache": Tier(None, fixed(0.5), fixed(0.25), hit_ratio=0.9)}
    response, _ = lone_response(tiers, ["a", "cache", "c"], kind="write", engine=engine)
    assert response.mean().value == pytest.approx(5.25)
    hit = {"tier": "cache", "kind": "read", "hit_ratio": 1.0}
    response, _ = lone_response(tiers, ["a", hit, "c"], kind="write", engine=engine)
    assert response.mean().value == pytest.approx(1.5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("copies", "shards"), [(3, 1), (2, 4)])
def test_copies_share_the_reads_of_a_shard_and_all_apply_its_writes(copies, shards, engine):
    """Each copy is an M/M/1 with 400 reads and 300 writes a second, which take the same time."""
    tiers = {"db": Tier(1, exponential(0.001), kind="database", copies=copies, shards=shards)}
    operations = {
        "read": Operation(400 * copies * shards, ["db"]),
        "write": Operation(300 * shards, ["db"], "write"),
    }
    result = run(tiers, operations, engine)
    for response in result.response.values():
        assert 0.001 / 0.3 in response.mean(LEVEL)
    assert result.tiers["db"].rate == pytest.approx(700 * copies * shards, rel=0.02)
    assert result.tiers["db"].utilisation == pytest.approx(0.7, rel=0.02)


def test_a_hedge_takes_the_first_answer_and_leaves_both_loads():
    """An exponential answer of mean 1 hedged after h: the minimum of S and h + S'."""
    tiers, h = {"a": Tier(None, exponential(1.0))}, 0.5
    response, result = lone_response(tiers, [{"tier": "a", "hedge": h}])
    for t in (0.25, 1.0, 2.0):
        assert math.exp(-t - max(t - h, 0.0)) in response.above(t, LEVEL)
    assert result.tiers["a"].jobs / len(response.values) == pytest.approx(1 + math.exp(-h), rel=0.02)


@pytest.mark.parametrize(
    ("route", "message"),
    [
        (["a", {"tier": "b", "call": 2}], "unknown keys"),
        ([{"route": ["a", "b"], "hedge": 0.1}], "unknown keys"),
        ([{"tier": "a", "fan": ["a", "b"]}], "one of"),
        ([{"tier": "cache", "calls": 2}, "a"], "side trip"),
        (["a", "b", "a"], "comes back"),
    ],
)
def test_routes_that_cannot_be_run_are_refused(route, message):
    tiers = PLAIN | {"cache": Tier(None, fixed(0.5), hit_ratio=0.5)}
    with pytest.raises(ValueError, match=message):
        lone_response(tiers, route, engine="flow")


def test_an_overloaded_tier_has_no_steady_state():
    with pytest.raises(ValueError, match="overloaded tiers: \\['a'\\]"):
        one_tier(Tier(2, exponential(0.01)), 210)


# ---- Engines and statistics ----


def busy_system():
    """Everything that both engines can do."""
    tiers = {
        "web": Tier(8, lognormal(0.003, 0.015)),
        "cache": Tier(1, fixed(0.0004), hit_ratio=0.6),
        "queue": Tier(1, exponential(0.001), kind="queue"),
        "db": Tier(1, exponential(0.002), exponential(0.001), kind="database", copies=3),
        "rank": Tier(3, hyper([(0.8, 0.001), (0.2, 0.004)])),
    }
    lookups = {"route": ["cache", "db"], "calls": 1.5, "parallel": True}
    operations = {
        "read": Operation(800, ["web", lookups, {"tier": "rank", "share": 0.8}]),
        "write": Operation(200, ["web", {"fan": ["db", "rank"]}], "write"),
        "post": Operation(100, ["web", "queue", "db"], "write"),
    }
    return tiers, operations


@pytest.mark.parametrize("requests", [100_000, pytest.param(1_500_000, marks=pytest.mark.nightly)])
def test_both_engines_agree(requests):
    tiers, operations = busy_system()
    assert run(tiers, operations, requests=2000).engine == "flow"
    flow, events = (run(tiers, operations, engine, requests, hop_s=0.0005) for engine in ENGINES)
    for name in operations:
        one, other = flow.response[name], events.response[name]
        assert agree(one.mean(LEVEL), other.mean(LEVEL))
        for p in (0.5, 0.9, 0.99):
            assert agree(one.percentile(p, LEVEL), other.percentile(p, LEVEL))
    for name in tiers:
        assert agree(flow.tiers[name].wait.mean(LEVEL), events.tiers[name].wait.mean(LEVEL))
        assert flow.tiers[name].rate == pytest.approx(events.tiers[name].rate, rel=0.03)


def test_the_same_seed_gives_the_same_answer():
    tiers, operations = busy_system()
    for engine in ENGINES:
        one, same, other = (run(tiers, operations, engine, 3000, seed=seed) for seed in (7, 7, 8))
        assert np.array_equal(one.response["read"].values, same.response["read"].values)
        assert one.response["read"].mean().value != other.response["read"].mean().value


def test_student_t_is_that_of_the_tables():
    table = {(0.95, 19): 2.093024, (0.99, 19): 2.860935, (0.999, 19): 3.883406, (0.999, 31): 3.633456}
    for (level, freedom), value in table.items():
        assert student_t(level, freedom) == pytest.approx(value, abs=2e-4)


def test_intervals_cover_as_often_as_they_say():
    """2000 sets of independent samples: 99% intervals miss about 1% of the time."""
    rng = np.random.default_rng(3)
    missed = np.zeros(2)
    for _ in range(2000):
        samples = Samples((rng.standard_exponential(3200),))
        missed += 1.0 not in samples.mean(0.99), math.log(2) not in samples.percentile(0.5, 0.99)
    assert all(missed < 40)


def test_too_few_samples_for_a_percentile_give_an_open_interval():
    assert Samples((np.arange(200.0),)).percentile(0.999).half_width == math.inf
    with pytest.raises(ValueError, match="simulate longer"):
        Samples((np.arange(20.0),)).mean()


def test_simulate_until_is_as_precise_as_asked():
    tiers, operations = {"a": Tier(4, exponential(0.01))}, {"x": Operation(200, ["a"])}
    wanted = {0.5: 0.01, 0.99: 0.02}
    response = simulate_until(tiers, operations, wanted).response["x"]
    for p, width in wanted.items():
        assert response.percentile(p, 0.99).relative <= width
    with pytest.raises(RuntimeError, match="too wide"):
        simulate_until(tiers, operations, {0.99: 0.0001}, max_requests=300_000)


@pytest.mark.nightly
@pytest.mark.parametrize(("servers", "load"), [(1, 0.8), (3, 0.7), (8, 0.9)])
def test_percentiles_of_mmc_over_a_long_run(servers, load):
    result = simulate_until(
        {"a": Tier(servers, exponential(1.0))},
        {"x": Operation(servers * load, ["a"])},
        {0.5: 0.01, 0.99: 0.02},
        level=LEVEL,
        requests=500_000,
    )
    waits, spare = erlang_c(servers, servers * load), servers * (1 - load)
    for p in (0.5, 0.99):
        t = result.response["x"].percentile(p, LEVEL)
        assert mmc_tail(t.high, waits, spare) <= 1 - p <= mmc_tail(t.low, waits, spare)


def mmc_tail(t, waits, spare):
    """P(response > t) with services of mean 1; `spare` = servers - erlangs."""
    if math.isclose(spare, 1.0):
        return math.exp(-t) * (1 + waits * t)
    return math.exp(-t) * (1 - waits / (1 - spare)) + waits / (1 - spare) * math.exp(-spare * t)


# ---- Ciw ----


@pytest.mark.nightly
def test_ciw_agrees_on_a_tandem_with_lognormal_times():
    ciw = pytest.importorskip("ciw")
    sigma = math.log(5.0) / 2.326348
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(60.0), None],
        service_distributions=[ciw.dists.Lognormal(math.log(0.04), sigma), ciw.dists.Exponential(0.5 / 0.01)],
        routing=[[0.0, 0.6], [0.0, 0.0]],
        number_of_servers=[4, 1],
    )
    ciw.seed(5)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(60_000, method="Finish")
    waits: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for record in simulation.get_all_records():
        waits[record.node].append((record.arrival_date, record.waiting_time))
    tiers = {"a": Tier(4, lognormal(0.04, 0.2)), "b": Tier(1, exponential(0.02))}
    ours = run(tiers, {"x": Operation(60, ["a", {"tier": "b", "share": 0.6}])}, requests=1_000_000)
    for node, name in ((1, "a"), (2, "b")):
        theirs = np.array([wait for _, wait in sorted(waits[node])])
        theirs = Samples((theirs[len(theirs) // 10 :],))
        assert agree(ours.tiers[name].wait.mean(LEVEL), theirs.mean(LEVEL))
        assert agree(ours.tiers[name].wait.percentile(0.95, LEVEL), theirs.percentile(0.95, LEVEL))
