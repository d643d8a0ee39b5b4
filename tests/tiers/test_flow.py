"""The flow through the tiers, against diagrams worked by hand.

In a drawing `100/300` is a rate at mean and at peak [1/s], reads unless a w stands before it; [ ... ] is a
side trip, { | } a fan. Unless a test says else, read brings 100/300 reads and write brings w 20/60.
"""

import pytest
from diagrams import EXACT, by_place, call, fan, reaches, read, reads, tiers_of, trip, walk, write, writes

from capcalc import load_text


def near(value):
    return pytest.approx(value, rel=EXACT, abs=0)


def test_plain_chain():
    """100/300, w 20/60 -> web -> db: nothing answers on the way, both see all."""
    tiers = tiers_of(web="service", db="database")
    visits = walk(tiers, (read(), ["web", "db"]), (write(), ["web", "db"]))
    reaches(visits, {"web": (100, 300, 20, 60), "db": (100, 300, 20, 60)})


def test_every_kind_without_hits_passes_all_on():
    """100/300 -> balancer -> web -> objects -> external -> queue -> database: all see 100/300."""
    tiers = tiers_of(
        lb="balancer", web="service", blobs="objects", bank="external", jobs="queue", db="database"
    )
    names = list(tiers)
    reaches(walk(tiers, (read(), names)), {name: reads(100, 300) for name in names})


def test_cache_thins_reads_and_passes_writes():
    """read  100/300 -> web -> cache h = 0.9 -> db: misses are 10% = 10/30
    write w 20/60 -> web -> cache -> db: each is one invalidation in the cache, and one write in db
    """
    tiers = tiers_of(web="service", cache=("cache", {"hit_ratio": 0.9}), db="database")
    visits = walk(tiers, (read(), ["web", "cache", "db"]), (write(), ["web", "cache", "db"]))
    reaches(visits, {"web": (100, 300, 20, 60), "cache": (100, 300, 20, 60), "db": (10, 30, 20, 60)})


def test_a_hit_leaves_its_list():
    """100/300 -> web -> cache h = 0.8 -> db -> rank: a flat list; db and rank see the misses, 20/60."""
    tiers = tiers_of(web="service", cache=("cache", {"hit_ratio": 0.8}), db="database", rank="service")
    visits = walk(tiers, (read(), ["web", "cache", "db", "rank"]))
    reaches(
        visits, {"web": reads(100, 300), "cache": reads(100, 300), "db": reads(20, 60), "rank": reads(20, 60)}
    )


def test_a_side_trip_keeps_its_hits_to_itself():
    """100/300 -> web -> [ cache h = 0.8 -> db ] -> rank
    db sees 20% = 20/60; the outer list goes on with what it had: rank 100/300
    """
    tiers = tiers_of(web="service", cache=("cache", {"hit_ratio": 0.8}), db="database", rank="service")
    visits = walk(tiers, (read(), ["web", ["cache", "db"], "rank"]))
    reaches(
        visits,
        {"web": reads(100, 300), "cache": reads(100, 300), "db": reads(20, 60), "rank": reads(100, 300)},
    )


def test_two_caches_one_behind_another():
    """100/300 -> local h = 0.5 -> shared h = 0.8 -> db
    shared: 100 x 0.5 = 50, 300 x 0.5 = 150;  db: 50 x 0.2 = 10, 150 x 0.2 = 30;  writes pass both: w 20/60
    """
    tiers = tiers_of(local=("cache", {"hit_ratio": 0.5}), shared=("cache", {"hit_ratio": 0.8}), db="database")
    names = ["local", "shared", "db"]
    visits = walk(tiers, (read(), names), (write(), names))
    reaches(visits, {"local": (100, 300, 20, 60), "shared": (50, 150, 20, 60), "db": (10, 30, 20, 60)})


def test_edge():
    """view   1,000/3,000 -> edge h = 0.95 -> origin -> blobs: 5% = 50/150
    upload w 20/60      -> edge -> origin -> blobs: all
    """
    tiers = tiers_of(edge=("edge", {"hit_ratio": 0.95}), origin="service", blobs="objects")
    names = ["edge", "origin", "blobs"]
    visits = walk(tiers, (read(1000, 3000, "view"), names), (write(name="upload"), names))
    reaches(visits, {"edge": (1000, 3000, 20, 60), "origin": (50, 150, 20, 60), "blobs": (50, 150, 20, 60)})


def test_edge_then_cache():
    """100/300 -> edge h = 0.3 -> web -> hot h = 0.8 -> links
    web and hot: 70% = 70/210;  links: 20% of that = 14/42
    """
    tiers = tiers_of(
        edge=("edge", {"hit_ratio": 0.3}), web="service", hot=("cache", {"hit_ratio": 0.8}), links="database"
    )
    visits = walk(tiers, (read(), ["edge", "web", "hot", "links"]))
    reaches(
        visits,
        {"edge": reads(100, 300), "web": reads(70, 210), "hot": reads(70, 210), "links": reads(14, 42)},
    )


def test_nothing_and_everything():
    """100/300 -> all h = 1 -> a: nothing is left;  none h = 0 -> b: all;
    c share 0 and d calls 0 get nothing.
    """
    tiers = tiers_of(
        all=("cache", {"hit_ratio": 1.0}), none=("cache", {"hit_ratio": 0.0}),
        a="database", b="database", c="service", d="service",
    )  # fmt: skip
    hops = [["all", "a"], ["none", "b"], call("c", share=0.0), call("d", calls=0)]
    expected = {name: reads(100, 300) for name in ("all", "none", "b")}
    reaches(walk(tiers, (read(), hops)), expected | {name: reads(0, 0) for name in "acd"})


COPIES = """
[operations.look]
rate = "450/s"
peak = 2
route = ["db"]
[operations.post]
kind = "write"
rate = "50/s"
peak = 2
route = ["db"]
[tiers.db]
kind = "database"
servers = {servers}
shards = {shards}
"""


@pytest.mark.parametrize(
    ("shards", "servers", "reads_each", "writes_each"), [(1, 1, 900, 100), (1, 3, 300, 100), (2, 6, 150, 50)]
)
def test_replicas_and_primary(shards, servers, reads_each, writes_each):
    """450/900, w 50/100 -> db: the tier gets all. Each copy applies every write of its shard, reads are
    spread:
    1 shard, 1 copy:   900 reads and 100 writes on the copy: 1,000/s
    1 shard, 3 copies: 900/3 = 300 reads, 100 writes: 400/s on each of 3, 1,200 in all (the two replicas
    apply 200)
    2 shards, 3 copies: 900/(2 x 3) = 150 reads, 100/2 = 50 writes: 200/s on each of 6
    Busy: (reads x 1 ms + writes x 2 ms) / 8 workers.
    """
    answer = load_text(COPIES.format(shards=shards, servers=servers)).estimate()
    db = answer.tiers["db"]
    assert (db.mean_rps, db.peak_rps, db.reads_peak_rps, db.writes_peak_rps) == near((500, 1000, 900, 100))
    assert db.copies == servers / shards
    assert answer.by_key["db.reads.peak.copy"].value == near(reads_each)
    assert answer.by_key["db.writes.peak.copy"].value == near(writes_each)
    assert db.utilisation == near((reads_each * 0.001 + writes_each * 0.002) / 8)


def test_a_tier_shared_by_three_operations_of_different_peaks_and_kinds():
    """look 100/300 (x 3) -> web -> db;  search 40/60 (x 1.5) -> web -> db;  post w 10/50 (x 5) -> web -> db
    at web and db: reads 100 + 40 = 140, 300 + 60 = 360; writes 10/50. All peak together.
    """
    tiers = tiers_of(web="service", db="database")
    names = ["web", "db"]
    visits = walk(
        tiers, (read(name="look"), names), (read(40, 60, "search"), names), (write(10, 50, "post"), names)
    )
    reaches(visits, {"web": (140, 360, 10, 50), "db": (140, 360, 10, 50)})


def test_serial_calls():
    """100/300 -> web -> db x 3 -> rank: 3 calls a request, db 300/900; what stands behind sees 100/300."""
    tiers = tiers_of(web="service", db="database", rank="service")
    visits = walk(tiers, (read(), ["web", call("db", calls=3), "rank"]))
    reaches(visits, {"web": reads(100, 300), "db": reads(300, 900), "rank": reads(100, 300)})
    db = by_place(visits)["read.db"]
    assert (db.repeats, db.batch) == (True, 1.0)


def test_fractional_calls():
    """send w 20/60 -> router -> [ presence (a read) -> gate 40%, push 60% ] x 1.5
    20 x 1.5 = 30, 60 x 1.5 = 90;  gate 0.4 x 30 = 12, 36;  push 0.6 x 30 = 18, 54
    """
    tiers = tiers_of(router="service", presence="database", gate="service", push="external")
    side = trip(call("presence", kind="read"), call("gate", share=0.4), call("push", share=0.6), calls=1.5)
    visits = walk(tiers, (write(name="send"), ["router", side]))
    reaches(
        visits,
        {"router": writes(20, 60), "presence": reads(30, 90), "gate": writes(12, 36), "push": writes(18, 54)},
    )


def test_calls_on_a_side_trip_around_a_cache():
    """100/300 -> web -> [ cache h = 0.75 -> db ] x 4: cache 400/1,200, db 25% of that = 100/300."""
    tiers = tiers_of(web="service", cache=("cache", {"hit_ratio": 0.75}), db="database")
    visits = walk(tiers, (read(), ["web", trip("cache", "db", calls=4)]))
    reaches(visits, {"web": reads(100, 300), "cache": reads(400, 1200), "db": reads(100, 300)})


def test_a_hop_taken_by_a_share():
    """100/300 -> web -> ads (25%) -> [ cache h = 0.5 -> db x 2 ] (10%) -> log
    ads 25/75; the others skip it, all come to the trip: cache 10/30, db 10 x 0.5 x 2 = 10/30; log 100/300
    """
    tiers = tiers_of(
        web="service", ads="external", cache=("cache", {"hit_ratio": 0.5}), db="database", log="service"
    )
    hops = ["web", call("ads", share=0.25), trip("cache", call("db", calls=2), share=0.1), "log"]
    expected = {"web": reads(100, 300), "ads": reads(25, 75), "cache": reads(10, 30), "db": reads(10, 30)}
    reaches(walk(tiers, (read(), hops)), expected | {"log": reads(100, 300)})


def test_parallel_fan_out():
    """100/300 -> web -> [ post_cache h = 0.95 -> posts ] x 20 in parallel
    post_cache 2,000/6,000; posts 5% = 100/300. Twenty arrive together: a batch of 20, nothing one after
    another.
    """
    tiers = tiers_of(web="service", post_cache=("cache", {"hit_ratio": 0.95}), posts="database")
    visits = walk(tiers, (read(), ["web", trip("post_cache", "posts", calls=20, parallel=True)]))
    reaches(visits, {"web": reads(100, 300), "post_cache": reads(2000, 6000), "posts": reads(100, 300)})
    assert [(v.batch, v.repeats) for v in visits] == [(1.0, False), (20.0, False), (20.0, False)]


def test_fan_gives_each_branch_the_whole_flow():
    """100/300 -> web -> { feeds | [ celebrity h = 0.99 -> posts ] x 5 } -> rank
    feeds 100/300; celebrity 500/1,500; posts 1% = 5/15; rank 100/300
    """
    tiers = tiers_of(
        web="service",
        feeds="database",
        celebrity=("cache", {"hit_ratio": 0.99}),
        posts="database",
        rank="service",
    )
    visits = walk(tiers, (read(), ["web", fan("feeds", trip("celebrity", "posts", calls=5)), "rank"]))
    expected = {
        "web": reads(100, 300),
        "feeds": reads(100, 300),
        "celebrity": reads(500, 1500),
        "posts": reads(5, 15),
    }
    reaches(visits, expected | {"rank": reads(100, 300)})


def test_fan_taken_by_a_share_several_times():
    """100/300 -> { a | b x 3 } (50%, x 2): a 100/300; b 300/900."""
    tiers = tiers_of(a="service", b="service")
    visits = walk(tiers, (read(), [fan("a", call("b", calls=3), share=0.5, calls=2)]))
    reaches(visits, {"a": reads(100, 300), "b": reads(300, 900)})


def test_hedge_adds_a_twentieth():
    """call 20,000/50,000 -> gateway -> [ services -> cache h = 0.9 -> stores ] (95%, x 20, hedged at p95)
    20,000 x 0.95 x 20 = 380,000, x 1.05 = 399,000;  50,000 x 0.95 x 20 x 1.05 = 997,500;
    stores 10%: 39,900/99,750
    """
    tiers = tiers_of(
        gateway="service", services="service", cache=("cache", {"hit_ratio": 0.9}), stores="database"
    )
    side = trip("services", "cache", "stores", share=0.95, calls=20, parallel=True, hedge="p95")
    visits = walk(tiers, (read(20e3, 50e3, "call"), ["gateway", side]))
    many, few = reads(399e3, 997.5e3), reads(39.9e3, 99.75e3)
    reaches(visits, {"gateway": reads(20e3, 50e3), "services": many, "cache": many, "stores": few})


def test_tier_visited_twice_in_one_route():
    """upload w 20/60 -> photos -> resize -> photos (`original`, a read) -> photos (`sizes`, x 4)
    photos: reads 20/60; writes 20 + 80 = 100, 60 + 240 = 300
    """
    tiers = tiers_of(photos="objects", resize="service")
    hops = [
        "photos",
        "resize",
        call("photos", name="original", kind="read"),
        call("photos", name="sizes", calls=4),
    ]
    visits = walk(tiers, (write(name="upload"), hops))
    reaches(visits, {"photos": (20, 60, 100, 300), "resize": writes(20, 60)})
    assert list(by_place(visits)) == ["upload.photos", "upload.resize", "upload.original", "upload.sizes"]


def test_kind_at_a_hop_counts_for_it_and_all_inside():
    """buy w 20/60 -> web -> sessions (read) -> [ cache h = 0.9 -> stock ] (read) -> stock (`take`)
    the trip is made of reads, so the cache answers: stock reads 2/6;
    behind it the route is writes again: stock w 20/60
    """
    tiers = tiers_of(
        web="service", sessions="database", cache=("cache", {"hit_ratio": 0.9}), stock="database"
    )
    hops = [
        "web",
        call("sessions", kind="read"),
        trip("cache", "stock", kind="read"),
        call("stock", name="take"),
    ]
    expected = {
        "web": writes(20, 60),
        "sessions": reads(20, 60),
        "cache": reads(20, 60),
        "stock": (2, 6, 20, 60),
    }
    reaches(walk(tiers, (write(name="buy"), hops)), expected)


def test_kind_at_a_call_of_a_cache_decides_what_it_answers():
    """write w 20/60 -> cache h = 0.9 (as a read) -> db: the look-up is a read, its hits leave: db w 2/6
    read 100/300 -> cache (as a write) -> db: a write hits nothing: db 100/300
    """
    tiers = tiers_of(cache=("cache", {"hit_ratio": 0.9}), db="database")
    visits = walk(
        tiers, (write(), [call("cache", kind="read"), "db"]), (read(), [call("cache", kind="write"), "db"])
    )
    reaches(visits, {"cache": (20, 60, 100, 300), "db": (100, 300, 2, 6)})


@pytest.mark.parametrize("kind", ["edge", "cache"])
def test_hit_ratio_of_an_operation_of_its_own(kind):
    """arrive 100/300 -> edge (h = 0 here) -> room: 100/300;
    poll 1,000/1,000 -> edge (h = 0.98) -> room: 20/20
    other 50/150 -> edge (its own 0.9) -> room: 5/15.  room: 125/335
    The same of a cache in place of the edge.
    """
    tiers = tiers_of(edge=(kind, {"hit_ratio": 0.9}), room="service")
    visits = walk(
        tiers,
        (read(name="arrive"), [call("edge", hit_ratio=0), "room"]),
        (read(1000, 1000, "poll"), [call("edge", hit_ratio=0.98), "room"]),
        (read(50, 150, "other"), ["edge", "room"]),
    )
    reaches(visits, {"edge": reads(1150, 1450), "room": reads(125, 335)})


def test_side_trips_three_deep():
    """100/300 -> a -> [ b -> [ c1 h = 0.5 -> d -> [ c2 h = 0.8 -> e ] x 3 -> f ] x 2 -> g ] (50%) -> z
    b, g 50/150;  c1 100/300;  d, f 50/150 (misses of c1);  c2 150/450;  e 20% = 30/90;  z 100/300
    """
    tiers = tiers_of(
        a="service", b="service", c1=("cache", {"hit_ratio": 0.5}), d="service", f="service", g="service",
        c2=("cache", {"hit_ratio": 0.8}), e="database", z="service",
    )  # fmt: skip
    inmost = trip("c2", "e", calls=3, name="in3")
    side = trip("b", trip("c1", "d", inmost, "f", calls=2, name="in2"), "g", share=0.5, name="in1")
    visits = walk(tiers, (read(), ["a", side, "z"]))
    half = {name: reads(50, 150) for name in "bdfg"}
    expected = {"a": reads(100, 300), "c1": reads(100, 300), "c2": reads(150, 450), "e": reads(30, 90)}
    reaches(visits, half | expected | {"z": reads(100, 300)})
    assert "read.in1.in2.in3.e" in by_place(visits)
