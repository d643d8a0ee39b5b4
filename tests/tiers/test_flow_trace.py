"""The rate of a visit as a formula: its text, its symbols and keys, and that it gives the rate."""

import pytest
from diagrams import EXACT, by_place, call, fan, read, tiers_of, trip, walk, write

from capcalc.formula import evaluate
from capcalc.steps import Given, Step, Working, symbol_of
from capcalc.tiers.tier import rate_of, rate_text

HOT = ("cache", {"hit_ratio": 0.9})


def shown(visit, when, numbers):
    """The text of a visit's rate; from the hand's numbers it gives the visit's own."""
    text, refs = rate_text(visit, when)
    values = {symbol: numbers[key] for symbol, key in refs.items()}
    assert evaluate(text, values, {}) == pytest.approx(rate_of(visit, when), rel=EXACT, abs=0)
    assert all(symbol == symbol_of(key) for symbol, key in refs.items())
    return text


def test_plain_call_is_its_operation():
    """100/300 -> web: read_mean, read_peak; no factor."""
    (web,) = walk(tiers_of(web="service"), (read(), ["web"]))
    assert web.flow.factors == ()
    assert shown(web, "mean", {"read.mean": 100.0}) == "read_mean"
    assert shown(web, "peak", {"read.peak": 300.0}) == "read_peak"


def test_every_factor_has_its_symbol_and_key():
    """100/300 -> hot (h = 0.9) -> [ edge (h = 0.4 here) -> db x 3 (25%) ] x 2, hedged at p95, as `far`
    db: 300 x (1 - 0.9) x 2 x 1.05 x (1 - 0.4) x 0.25 x 3 = 28.35;  at the mean 9.45
    """
    tiers = tiers_of(hot=HOT, edge="edge", db="database")
    inside = [call("edge", hit_ratio=0.4), call("db", share=0.25, calls=3)]
    visits = walk(tiers, (read(), ["hot", trip(*inside, calls=2, hedge="p95", name="far")]))
    numbers = {
        "read.mean": 100.0,
        "read.peak": 300.0,
        "tiers.hot.hit_ratio": 0.9,
        "operations.read.far.calls": 2.0,
        "operations.read.far.hedge": 0.05,
        "operations.read.far.edge.hit_ratio": 0.4,
        "operations.read.far.db.share": 0.25,
        "operations.read.far.db.calls": 3.0,
    }
    db = by_place(visits)["read.far.db"]
    assert shown(db, "peak", numbers) == (
        "read_peak*(1 - hot_hit_ratio)*read__far_calls*(1 + read__far_hedge)*(1 - read__far__edge_hit_ratio)"
        "*read__far__db_share*read__far__db_calls"
    )
    assert set(rate_text(db, "mean")[1].values()) == numbers.keys() - {"read.peak"}
    assert rate_of(db, "mean") == pytest.approx(9.45, rel=EXACT)
    assert rate_of(db, "peak") == pytest.approx(28.35, rel=EXACT)
    for visit in visits:
        shown(visit, "mean", numbers)
        shown(visit, "peak", numbers)


def test_writes_and_what_others_say_leave_no_factor():
    """w 20/60 -> hot -> db: a write is not thinned, so no hit ratio stands in its rate;
    fans and trips bring none.
    """
    tiers = tiers_of(hot=HOT, db="database", a="service")
    for visit in walk(tiers, (write(), [fan(["hot", "db"], "a")])):
        assert shown(visit, "peak", {"write.peak": 60.0}) == "write_peak"


def keeper(numbers):
    return Working(lambda key: Given(key, symbol_of(key), key, numbers[key]))


def test_delayed_rates_are_a_step_and_then_the_origin():
    """w 100/300 -> jobs x 2, D = 400 s, T = 3,600 s, 50% -> worker x 3, in the words of the trace:
    passed mean: w_mean x share x calls = 100;  passed peak: max(100, 300 x 0.5 x 2 x 3,600/4,000 = 270) = 270
    worker: 270 x 3 = 810
    """
    tiers = tiers_of(jobs=("queue", {"delay": 400.0}), worker="service")
    hops = [trip("jobs", call("worker", calls=3), share=0.5, calls=2, name="later")]
    visits = by_place(walk(tiers, (write(100, 300, "put"), hops)))
    numbers = {
        "put.mean": 100.0, "put.peak": 300.0, "workload.peak_lasts": 3600.0, "tiers.jobs.delay": 400.0,
        "operations.put.later.share": 0.5, "operations.put.later.calls": 2.0,
        "operations.put.later.worker.calls": 3.0,
    }  # fmt: skip
    working = keeper(numbers)
    tiers["jobs"].explain(visits["put.later.jobs"], working)
    place = "operations.put.later.jobs.passed"
    text = "max(put__later__jobs__passed_mean, put_peak*put__later_share*put__later_calls*T/(T + D))"
    peak = working.line(f"{place}.peak")
    assert isinstance(peak, Step)
    assert (peak.formula, peak.value) == (text, pytest.approx(270, rel=EXACT))
    assert evaluate(peak.formula, peak.inputs, {}) == pytest.approx(270, rel=EXACT)
    mean = working.line(f"{place}.mean")
    assert (mean.formula, mean.value) == (
        "put_mean*put__later_share*put__later_calls",
        pytest.approx(100, rel=EXACT),
    )
    passed = numbers | {f"{place}.mean": 100.0, f"{place}.peak": 270.0}
    expected = "put__later__jobs__passed_peak*put__later__worker_calls"
    assert shown(visits["put.later.worker"], "peak", passed) == expected
    assert rate_of(visits["put.later.worker"], "peak") == pytest.approx(810, rel=EXACT)


def test_drained_rates_are_a_step_and_then_the_origin():
    """w 100/300 -> room, drain 150 -> shop: min(w_mean, d) = 100, min(w_peak, d) = 150."""
    tiers = tiers_of(room=("queue", {"drain": 150.0}), shop="service")
    room, shop = walk(tiers, (write(100, 300, "put"), ["room", "shop"]))
    working = keeper({"put.mean": 100.0, "put.peak": 300.0, "tiers.room.drain": 150.0})
    tiers["room"].explain(room, working)
    for when, value in (("mean", 100), ("peak", 150)):
        step = working.line(f"operations.put.room.passed.{when}")
        assert (step.formula, step.value) == (f"min(put_{when}, d)", value)
        assert evaluate(step.formula, step.inputs, {}) == value
        assert shown(shop, when, {f"operations.put.room.passed.{when}": value}) == f"put__room__passed_{when}"


def test_a_plain_queue_keeps_the_trace():
    """w 20/60 -> log -> sink x 2: nothing changes at log, so sink is still the operation's rate times 2."""
    tiers = tiers_of(log="queue", sink="service")
    log, sink = walk(tiers, (write(), ["log", call("sink", calls=2)]))
    working = keeper({})
    tiers["log"].explain(log, working)
    assert working.lines() == ()
    numbers = {"write.peak": 60.0, "operations.write.sink.calls": 2.0}
    assert shown(sink, "peak", numbers) == "write_peak*write__sink_calls"
