"""Routes read from what a file says: the shapes that come out, and the sentence of each mistake, whole."""

import pytest

from capcalc.laws.work import Work
from capcalc.systems.read import Reader
from capcalc.systems.routes import HOP_KEYS, route_of, said_of
from capcalc.tiers.flow import Call, Fan, Trip

TEXT = """[operations.read]
per_user = "10/day"
route = []
"""
PLACE = "operations.read.route"
KINDS = {
    "edge": "edge",
    "web": "service",
    "cache": "cache",
    "database": "database",
    "jobs": "queue",
    "photos": "objects",
}
_KEYS = "at, calls, hedge, hit_ratio, keep, kind, name, parallel, request, response, service_time, share, stored"
_HEDGE = 'is neither a percentile nor a time; write "p95" or "10 ms"'


def read(raw):
    """The hops of a route and the mistakes in it, each without its file and line."""
    reader = Reader("shop.toml", TEXT)
    hops = route_of(reader, PLACE, raw, KINDS)
    return hops, [line for _, line in reader.problems]


def good(raw):
    hops, problems = read(raw)
    assert problems == []
    return hops


def shape(hop):
    """A hop as nested text: names of tiers, lists of trips and sets of fans."""
    if isinstance(hop, Call):
        return hop.tier
    return (type(hop).__name__, *map(shape, hop.hops))


# ---- Shapes ----


def test_names_lists_and_tables():
    raw = [
        "web",
        ["cache", "database"],
        {"tier": "jobs"},
        {"route": ["cache", ["photos"], "database"], "name": "b"},
    ]
    raw += [{"fan": ["photos", ["cache", "database"], {"tier": "web"}]}]
    assert [shape(hop) for hop in good(raw)] == [
        "web",
        ("Trip", "cache", "database"),
        "jobs",
        ("Trip", "cache", ("Trip", "photos"), "database"),
        ("Fan", "photos", ("Trip", "cache", "database"), "web"),
    ]


def test_a_bare_name_says_nothing():
    (hop,) = good(["web"])
    assert isinstance(hop, Call)
    facts = (
        hop.name,
        hop.calls,
        hop.parallel,
        hop.share,
        hop.hedge,
        hop.kind,
        hop.at,
        hop.service_time,
        hop.hit_ratio,
    )
    assert facts == ("", 1.0, False, 1.0, None, None, None, None, None)
    assert (hop.request_bytes, hop.response_bytes, hop.stored_bytes, hop.keep_s) == (None, None, None, None)


def test_every_key_of_a_call_in_base_units():
    table = {
        "tier": "web", "name": "again", "calls": "1.5", "parallel": True, "share": "40%", "kind": "write",
        "hedge": "p95", "request": "2 kB", "response": "1 MiB", "service_time": "20 ms", "hit_ratio": 0.25,
        "stored": "3 kB", "keep": "2 days", "at": "home",
    }  # fmt: skip
    assert table.keys() == {"tier", *HOP_KEYS}
    (hop,) = good([table])
    assert (hop.tier, hop.name, hop.calls, hop.parallel, hop.share) == ("web", "again", 1.5, True, 0.4)
    assert (hop.kind, hop.hedge, hop.hit_ratio, hop.at) == ("write", "p95", 0.25, "home")
    assert (hop.request_bytes, hop.response_bytes) == (2000.0, 1048576.0)
    assert (hop.stored_bytes, hop.keep_s) == (3000.0, 172800.0)
    assert isinstance(hop.service_time, Work) and hop.service_time.mean_s == 0.02
    assert hop.resent == pytest.approx(0.05, rel=1e-12)
    (timed,) = good([{"tier": "web", "hedge": "10 ms"}])
    assert (timed.hedge, timed.hedge_after_s) == (None, 0.01)


@pytest.mark.parametrize(("shape_key", "cls"), [("route", Trip), ("fan", Fan)])
def test_every_key_of_a_trip_and_a_fan(shape_key, cls):
    table = {
        shape_key: ["web", "database"], "name": "both", "calls": 3, "parallel": True, "share": 0.5,
        "kind": "read", "hedge": "p99.9", "request": 0, "response": "10 B",
    }  # fmt: skip
    (hop,) = good([table])
    assert isinstance(hop, cls) and shape(hop)[1:] == ("web", "database")
    assert (hop.name, hop.calls, hop.parallel, hop.share, hop.kind) == ("both", 3.0, True, 0.5, "read")
    assert (hop.hedge, hop.request_bytes, hop.response_bytes) == ("p99.9", 0.0, 10.0)
    assert hop.resent == pytest.approx(0.001, rel=1e-9)


@pytest.mark.parametrize(
    ("raw", "mean", "law"),
    [
        ("8 ms", 0.008, "exponential"),
        ({"fixed": "8 ms"}, 0.008, "fixed"),
        ({"p50": "2 ms", "p99": "12 ms"}, 0.0026905, "lognormal"),
    ],
)
def test_work_of_a_hop(raw, mean, law):
    (hop,) = good([{"tier": "web", "service_time": raw}])
    assert (hop.service_time.mean_s, hop.service_time.shape) == (pytest.approx(mean, rel=1e-4), law)


def test_same_tier_twice_where_names_or_lists_tell_them_apart():
    raw = [
        "photos",
        "web",
        {"tier": "photos", "name": "sizes"},
        ["cache", "photos"],
        {"fan": ["photos", "web"]},
    ]
    assert len(good(raw)) == 5


def test_what_the_file_says_is_kept_by_address():
    """Numbers of hops, inside lists too; a share of 100% and one call are no more than the default."""
    inside = [
        {"tier": "cache", "hit_ratio": 1},
        {"tier": "database", "calls": 2, "share": 1.0, "request": "1 B"},
    ]
    reader = Reader("shop.toml", TEXT)
    hops = route_of(reader, PLACE, ["web", {"route": inside, "name": "look", "share": "5%"}], KINDS)
    reader.origins.clear()
    said_of(reader, "operations.read", hops)
    assert set(reader.origins) == {
        "operations.read.look.share",
        "operations.read.look.cache.hit_ratio",
        "operations.read.look.database.calls",
        "operations.read.look.database.request",
    }
    assert reader.origins["operations.read.look.share"].source == "shop.toml:1"


# ---- Mistakes ----

SPARES = "with nothing behind it in its list, so it spares nobody; put"
BEHIND = "calls and share on a cache or an edge leave the hop behind it as it is; put both in a side trip: "
TWICE = "stands twice in one list; give one of them a name of its own:"
NAMES = "a name has letters, digits and _, and begins with a letter"
MISTAKES = {
    "tier near a known one": (["web", "databse"], 'unknown tier "databse"; did you mean "database"?'),
    "tier like none": (["zzz"], 'unknown tier "zzz"; there are: cache, database, edge, jobs, photos, web'),
    "tier of a table": ([{"tier": "wbe"}], 'unknown tier "wbe"; did you mean "web"?'),
    "tier that is a list": (
        [{"tier": ["web"]}],
        'unknown tier "[\'web\']"; did you mean "web"?',
    ),
    "calls on a cache": (
        [{"tier": "cache", "calls": 6}, "database"],
        f'{BEHIND}{{ route = ["cache", ...], calls = ... }}',
    ),
    "share on an edge": (
        [{"tier": "edge", "share": 0.5}, "web"],
        f'{BEHIND}{{ route = ["edge", ...], calls = ... }}',
    ),
    "cache at the end": (
        ["web", "cache"],
        f'"cache" is a cache {SPARES} what it copies behind it, or make it a database',
    ),
    "cache at the end of a side trip": (
        [["web", "cache"], "database"],
        f'"cache" is a cache {SPARES} what it copies behind it, or make it a database',
    ),
    "edge at the end": (["edge"], f'"edge" is an edge {SPARES} the tier that it copies behind it'),
    "cache alone in a fan": (
        [{"fan": ["cache", "database"]}],
        f'"cache" is a cache {SPARES} what it copies behind it, or make it a database',
    ),
    "empty route": ([], '[] is not a route; write a list of tiers, ["web", "cache", "database"]'),
    "empty list": (["web", []], "an empty list is no hop; write the tiers that are called"),
    "empty route of a table": (
        [{"route": []}],
        '[] is not a route; write a list of tiers, ["web", "cache", "database"]',
    ),
    "empty fan": ([{"fan": []}], "an empty list is no hop; write the tiers that are called"),
    "text for a route": (
        "web",
        '\'web\' is not a route; write a list of tiers, ["web", "cache", "database"]',
    ),
    "text for a fan": (
        [{"fan": "web"}],
        "'web' is not a fan; write a list of the hops that are made at the same time",
    ),
    "number for a hop": (["web", 3], "3 is not a hop; write a tier, a list or a table"),
    "tier with route": (
        [{"tier": "web", "route": ["database"]}],
        "a hop has one of tier, route and fan; this has tier, route",
    ),
    "tier with fan": (
        [{"fan": ["web"], "tier": "web"}],
        "a hop has one of tier, route and fan; this has tier, fan",
    ),
    "none of the three": ([{"calls": 2}], "a hop has one of tier, route and fan; this has none"),
    "key near a known one": (
        [{"tier": "web", "call": 2}],
        'unknown key "call" of a hop; did you mean "calls"?',
    ),
    "key like none": ([{"tier": "web", "zzz": 2}], f'unknown key "zzz" of a hop; there are: {_KEYS}'),
    "hedge of a number": (
        [{"tier": "web", "hedge": 95}],
        f"hedge = 95 {_HEDGE}",
    ),
    "hedge at the start": (
        [{"tier": "web", "hedge": "p0"}],
        f"hedge = 'p0' {_HEDGE}",
    ),
    "hedge at the end": (
        [{"tier": "web", "hedge": "p100"}],
        f"hedge = 'p100' {_HEDGE}",
    ),
    "same tier twice": (["web", "database", "web"], f'"web" {TWICE} {{ tier = "web", name = "again" }}'),
    "same name twice": (
        [{"tier": "web", "name": "x"}, {"tier": "database", "name": "x"}],
        f'"x" {TWICE} {{ tier = "database", name = "again" }}',
    ),
    "same side trip twice": (
        [["cache", "database"], ["cache", "database"]],
        f'"cache_database" {TWICE} {{ route = [...], name = "again" }}',
    ),
    "same fan twice": (
        [{"fan": ["web", "database"]}, {"fan": ["web", "database"]}],
        f'"web_database" {TWICE} {{ fan = [...], name = "again" }}',
    ),
    "same tier twice in a fan": (
        [{"fan": ["web", "web"]}],
        f'"web" {TWICE} {{ tier = "web", name = "again" }}',
    ),
    "name with a space": ([{"tier": "web", "name": "my hop"}], f"name = 'my hop': {NAMES}"),
    "name with a dot": ([{"tier": "web", "name": "a.b"}], f"name = 'a.b': {NAMES}"),
    "no name": ([{"tier": "web", "name": ""}], f"name = '': {NAMES}"),
}


@pytest.mark.parametrize(("raw", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_its_sentence(raw, sentence):
    """Said once, at the line of the route."""
    assert read(raw)[1] == [f"shop.toml:3: {PLACE}: {sentence}"]


_TIMES = 'write "5 ms", { fixed = "5 ms" } or { p50 = ..., p99 = ... }'
VALUES = {
    "calls": (-1, "calls = -1.0 is outside [0, 1e+06]"),
    "share": (1.5, "share = 1.5 is outside [0, 1]. Write 0.9 or 90% (was 1.5% meant?)"),
    "kind": ("update", "kind = 'update' is outside the words read, write"),
    "parallel": ("yes", "'yes' is not true or false"),
    "name": (5, "5 is not a text in quotes"),
    "service_time": ({"p50": "1 ms"}, f"{{'p50': '1 ms'}} is not a time; {_TIMES}"),
}


@pytest.mark.parametrize(("key", "raw", "sentence"), [(k, *v) for k, v in VALUES.items()], ids=VALUES)
def test_values_are_checked_at_the_address_of_their_hop(key, raw, sentence):
    name = raw if key == "name" else "web"
    hops, problems = read([{"tier": "web", key: raw}])
    assert problems == [f"shop.toml:1: operations.read.{name}.{key}: {sentence}"]
    assert shape(hops[0]) == "web"


@pytest.mark.parametrize("key", ["service_time", "hit_ratio"])
def test_a_side_trip_has_no_time_and_no_hit_ratio(key):
    sentence = f"{key} belongs to the call of one tier: {{ tier = ..., {key} = ... }}"
    assert read([{"route": ["web"], key: "5 ms"}])[1] == [f"shop.toml:3: {PLACE}: {sentence}"]
    assert read([{"fan": ["web"], key: "5 ms"}])[1] == [f"shop.toml:3: {PLACE}: {sentence}"]


def test_all_mistakes_of_a_route_in_one_pass():
    """Reading goes on behind a mistake, and what is good is kept."""
    raw = ["wbe", {"tier": "web", "hedge": 5, "zzz": 1}, [{"tier": "cache", "calls": 2}, "databse"], []]
    hops, problems = read(raw)
    told = [
        "unknown tier",
        "hedge = 5",
        "unknown key",
        "calls and share",
        "unknown tier",
        "spares nobody",
        "empty list",
    ]
    assert [next((t for t in told if t in p), p) for p in problems] == told
    assert [shape(hop) for hop in hops] == ["web", ("Trip", "cache")]
