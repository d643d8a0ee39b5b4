"""What goes on behind a queue, and the bytes of hops, against diagrams worked by hand.

Drawings as in test_flow: `100/300` is a rate at mean and at peak [1/s], `up > down` are bytes of a call.
"""

import numpy as np
import pytest
from diagrams import EXACT, by_place, call, fan, reaches, read, reads, tiers_of, trip, walk, write, writes


def near(value):
    return pytest.approx(value, rel=EXACT, abs=0)


# ---- Queues ----


def test_plain_queue_passes_on_at_once():
    """w 20/60 -> api -> jobs -> worker -> db: rates as they are, nobody waits behind jobs."""
    tiers = tiers_of(api="service", jobs="queue", worker="service", db="database")
    visits = walk(tiers, (write(), ["api", "jobs", "worker", "db"]))
    reaches(visits, {name: writes(20, 60) for name in tiers})
    assert [v.flow.waited for v in visits] == [True, True, False, False]


def test_delay_flattens_the_peak():
    """w 100/300 -> jobs D = 400 s, the peak lasts T = 3,600 s -> worker -> db x 2
    max(100, 300 x 3,600/4,000) = max(100, 270) = 270; the mean stays. db 200/540
    """
    tiers = tiers_of(jobs=("queue", {"delay": 400.0}), worker="service", db="database")
    visits = walk(tiers, (write(100, 300), ["jobs", "worker", call("db", calls=2)]))
    reaches(visits, {"jobs": writes(100, 300), "worker": writes(100, 270), "db": writes(200, 540)})


def test_a_long_delay_leaves_the_mean():
    """w 100/300 -> jobs D = 32,400 s, T = 3,600 s -> worker: max(100, 300 x 3,600/36,000 = 30) = 100."""
    tiers = tiers_of(jobs=("queue", {"delay": 32400.0}), worker="service")
    reaches(
        walk(tiers, (write(100, 300), ["jobs", "worker"])),
        {"jobs": writes(100, 300), "worker": writes(100, 100)},
    )


def test_each_group_has_its_own_lasting_peak():
    """a: w 100/300, T = 60 s; b: w 100/300, T = 3,600 s; both -> jobs D = 60 s -> worker
    a: 300 x 60/120 = 150;  b: 300 x 3,600/3,660 = 18,000/61;
    worker: 200 at mean, 150 + 18,000/61 = 27,150/61 at peak
    """
    tiers = tiers_of(jobs=("queue", {"delay": 60.0}), worker="service")
    names = ["jobs", "worker"]
    visits = walk(
        tiers,
        (write(100, 300, "a", peak_lasts_s=60.0), names),
        (write(100, 300, "b", peak_lasts_s=3600.0), names),
    )
    reaches(visits, {"jobs": writes(200, 600), "worker": writes(200, 27150 / 61)})


@pytest.mark.parametrize(("drain", "mean", "peak"), [(500, 100, 300), (150, 100, 150), (80, 80, 80)])
def test_drain_caps_what_goes_on(drain, mean, peak):
    """w 100/300 -> room, drain d -> shop: min(100, d)/min(300, d)."""
    tiers = tiers_of(room=("queue", {"drain": float(drain)}), shop="service")
    reaches(
        walk(tiers, (write(100, 300), ["room", "shop"])),
        {"room": writes(100, 300), "shop": writes(mean, peak)},
    )


def test_waiting_room():
    """arrive w 1,000/5,000 -> edge (h = 0) -> room, drain 500 -> [ pages -> cache h = 0.9 -> seats ] (reads,
    x 6)
                     -> [ hold -> seats ] -> [ pay -> bank -> seats ] (50%)
    behind the room 500/500: pages 3,000, hold 500, pay 250 = shop 3,000 reads and 750 writes; cache 3,000;
    seats: reads 10% = 300, writes 500 + 250 = 750; bank 250
    """
    tiers = tiers_of(
        edge="edge", room=("queue", {"drain": 500.0}), shop="service", cache=("cache", {"hit_ratio": 0.9}),
        seats="database", bank="external",
    )  # fmt: skip
    hops = [
        call("edge", hit_ratio=0),
        "room",
        trip(call("shop", name="pages"), "cache", "seats", calls=6, kind="read"),
        trip(call("shop", name="hold"), "seats"),
        trip(call("shop", name="pay"), "bank", "seats", share=0.5),
    ]
    all_, behind = writes(1000, 5000), {"cache": reads(3000, 3000), "bank": writes(250, 250)}
    both = {"shop": (3000, 3000, 750, 750), "seats": (300, 300, 750, 750)}
    reaches(walk(tiers, (write(1000, 5000, "arrive"), hops)), {"edge": all_, "room": all_} | behind | both)


def test_a_branch_behind_a_queue_leaves_the_outer_list_alone():
    """w 100/300 -> api -> [ jobs D = 3,600 s -> worker -> push (30%) ] -> db -> { [ log -> sink ] | mail }
    T = 3,600 s: 300/2 = 150. worker 100/150, push 30/45, nobody waits;
    db, log, mail 100/300 are waited for again,
    sink is not
    """
    tiers = tiers_of(
        api="service", jobs=("queue", {"delay": 3600.0}), worker="service", push="external", db="database",
        log="queue", sink="service", mail="service",
    )  # fmt: skip
    hops = ["api", ["jobs", "worker", call("push", share=0.3)], "db", fan(["log", "sink"], "mail")]
    visits = walk(tiers, (write(100, 300), hops))
    all_ = {name: writes(100, 300) for name in ("api", "jobs", "db", "log", "sink", "mail")}
    reaches(visits, all_ | {"worker": writes(100, 150), "push": writes(30, 45)})
    assert {v.hop.tier for v in visits if not v.flow.waited} == {"worker", "push", "sink"}


def test_two_queues_one_behind_another():
    """w 100/400 -> first D = T = 3,600 s -> a -> [ second, drain 120 -> b ] -> c
    behind first: max(100, 400/2) = 200;  b: min(100, 120)/min(200, 120) = 100/120;  c goes on with 100/200
    """
    tiers = tiers_of(
        first=("queue", {"delay": 3600.0}),
        a="service",
        second=("queue", {"drain": 120.0}),
        b="service",
        c="service",
    )
    visits = walk(tiers, (write(100, 400), ["first", "a", ["second", "b"], "c"]))
    flat = {name: writes(100, 200) for name in ("a", "second", "c")}
    reaches(visits, flat | {"first": writes(100, 400), "b": writes(100, 120)})
    assert [v.flow.waited for v in visits] == [True, False, False, False, False]


def test_calls_and_shares_before_a_queue_are_flattened_with_it():
    """w 100/300 -> [ jobs D = T -> worker ] x 2 (50%): jobs 100/300 messages, worker max(100, 150) = 150 at
    peak.
    """
    tiers = tiers_of(jobs=("queue", {"delay": 3600.0}), worker="service")
    visits = walk(tiers, (write(100, 300), [trip("jobs", "worker", calls=2, share=0.5)]))
    reaches(visits, {"jobs": writes(100, 300), "worker": writes(100, 150)})


# ---- Bytes ----


def bytes_of(visits) -> dict[str, tuple[float, float]]:
    return {place: (v.flow.request_bytes, v.flow.response_bytes) for place, v in by_place(visits).items()}


def test_bytes_are_the_operations_unless_a_hop_says():
    """read 1,000 > 20,000 -> web -> limits (> 20) -> db (200 >) -> rank
    web and rank 1,000 > 20,000;  limits 1,000 > 20;  db 200 > 20,000
    """
    tiers = tiers_of(web="service", limits="database", db="database", rank="service")
    hops = ["web", call("limits", response_bytes=20), call("db", request_bytes=200), "rank"]
    got = bytes_of(walk(tiers, (read(request_bytes=1000.0, response_bytes=20000.0), hops)))
    assert got["read.web"] == got["read.rank"] == near((1000, 20000))
    assert got["read.limits"] == near((1000, 20))
    assert got["read.db"] == near((200, 20000))


def test_answers_of_several_calls_are_parts_of_one():
    """read 500 > 40,000 -> api -> [ cache -> posts x 2 ] x 20 -> [ a -> b ] x 5 (> 1,000) -> c x 0.5 -> d x
    4 (> 300)
    cache 40,000/20 = 2,000; posts 2,000/2 = 1,000; a and b 1,000 each call as said;
    c: half a call has a whole answer,
    40,000; d 300 each call as said
    """
    tiers = tiers_of(
        api="service", cache="cache", posts="database", a="service", b="service", c="service", d="service"
    )
    hops = ["api", trip("cache", call("posts", calls=2), calls=20, name="parts")]
    hops += [trip("a", "b", calls=5, response_bytes=1000, name="said"), call("c", calls=0.5)]
    hops += [call("d", calls=4, response_bytes=300)]
    got = bytes_of(walk(tiers, (read(response_bytes=40000.0), hops)))
    assert got["read.api"] == near((500, 40000))
    assert got["read.parts.cache"] == near((500, 2000))
    assert got["read.parts.posts"] == near((500, 1000))
    assert got["read.said.a"] == got["read.said.b"] == near((500, 1000))
    assert got["read.c"] == near((500, 40000))
    assert got["read.d"] == near((500, 300))
    array = walk(tiers, (read(response_bytes=40000.0), [call("c", calls=np.array([0.5, 4.0]))]))
    assert array[0].flow.response_bytes == near([40000, 10000])


def test_misses_of_an_edge_are_larger_where_bytes_are_hit_less():
    """view 57,870.37/173,611.11 (500 > 50,000) -> edge h = 0.95, of the bytes b = 0.92 -> origin
    the edge sends 173,611 x 50 kB = 8.68 GB/s; origin 5% = 8,681/s of 50 kB x 0.08/0.05 = 80 kB: 694.4 MB/s
    A write is no hit: its answer is as it was.
    """
    tiers = tiers_of(edge=("edge", {"hit_ratio": 0.95, "byte_hit_ratio": 0.92}), origin="service")
    mean = 5e9 / 86400
    view = read(mean, 3 * mean, "view", response_bytes=50e3)
    visits = by_place(
        walk(tiers, (view, ["edge", "origin"]), (write(response_bytes=50e3), ["edge", "origin"]))
    )
    edge, origin = visits["view.edge"].flow, visits["view.origin"].flow
    assert (edge.request_bytes, edge.response_bytes) == near((500, 50000))
    assert (origin.request_bytes, origin.response_bytes) == near((500, 80000))
    assert edge.peak_rps * edge.response_bytes == pytest.approx(8.68e9, rel=1e-3)
    assert origin.peak_rps * origin.response_bytes == pytest.approx(694.4e6, rel=1e-3)
    assert visits["write.origin"].flow.response_bytes == 50000


def test_what_is_stored_is_what_is_sent():
    """w 500 > 100 -> api -> db stored 1,000 -> log (300 >) stored 9,000 -> [ x -> y stored 70 ] stored 50
    db 1,000 > 100; log: its own request comes first, 300 > 100; x 50 > 100; y 70 > 100
    """
    tiers = tiers_of(api="service", db="database", log="database", x="service", y="database")
    hops = ["api", call("db", stored_bytes=1000), call("log", request_bytes=300, stored_bytes=9000)]
    hops += [trip("x", call("y", stored_bytes=70), stored_bytes=50)]
    got = bytes_of(walk(tiers, (write(response_bytes=100.0), hops)))
    expected = {"api": 500, "db": 1000, "log": 300, "x_y.x": 50, "x_y.y": 70}
    assert got == {f"write.{place}": near((up, 100)) for place, up in expected.items()}


def test_behind_a_queue_goes_what_was_put_in_and_nothing_comes_back():
    """upload 2e6 > 2,000 -> api -> photos stored 2e6 -> [ jobs (1,000 >) -> resize -> photos (`original`, >
    2e6)
                      -> photos (`sizes`, x 4, stored 60,000) ] -> meta
    jobs 1,000 > 2,000 (the hand-over is answered); resize 1,000 > 0; original 1,000 > 2e6;
    sizes 60,000 > 0 (0/4);
    meta is outside the trip: 2e6 > 2,000
    """
    for keys in ({}, {"delay": 60.0}, {"drain": 50.0}):
        tiers = tiers_of(
            api="service", photos="objects", jobs=("queue", keys), resize="service", meta="database"
        )
        side = trip(
            call("jobs", request_bytes=1000), "resize",
            call("photos", name="original", kind="read", response_bytes=2e6),
            call("photos", name="sizes", calls=4, stored_bytes=60000), name="later",
        )  # fmt: skip
        hops = ["api", call("photos", stored_bytes=2e6), side, "meta"]
        got = bytes_of(walk(tiers, (write(name="upload", request_bytes=2e6, response_bytes=2000.0), hops)))
        assert got == {
            "upload.api": near((2e6, 2000)),
            "upload.photos": near((2e6, 2000)),
            "upload.later.jobs": near((1000, 2000)),
            "upload.later.resize": near((1000, 0)),
            "upload.later.original": near((1000, 2e6)),
            "upload.later.sizes": near((60000, 0)),
            "upload.meta": near((2e6, 2000)),
        }
