"""Shards and copies against brute force over every layout."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws.replication import ceil, copies_for, fewest_shards

CASES = 2000


def least_copies_by_hand(s, reads, writes, u, k0, p):
    """The first k that carries the load with p of them lost, counted up; the plain definition."""
    if s * u <= writes:
        return np.inf
    k = max(k0, p)
    while reads > 0 and (k <= p or writes / s + reads / (s * (k - p)) > u * (1 + 1e-11)):
        k += 1
    return k


def random_cases(seed=1):
    random = np.random.default_rng(seed)
    reads, writes = 10 ** random.uniform(-3, 4, (2, CASES))
    reads[::25], writes[10::25] = 0.0, 0.0
    room = random.uniform(0.7, 40, CASES)
    copies, spare = random.integers(1, 6, CASES), random.integers(0, 4, CASES)
    return reads, writes, room, copies, np.minimum(spare, copies), random.integers(1, 8, CASES)


def brute(reads, writes, room, copies, spare, least):
    """Fewest servers and, of equals, the fewest shards, over s up to 5000 or as many as one copy may need."""
    s = np.arange(least, max(5000, 2 * int((reads + writes) / room)) + 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        reading = np.ceil(reads / (s * room - writes) * (1 - 1e-12)) + spare
    servers = np.where(s * room > writes, s * np.maximum(copies, reading), np.inf)
    return s[servers.argmin()], servers.min()


@pytest.fixture(scope="module")
def worked():
    cases = random_cases()
    want = np.array([brute(*case) for case in zip(*cases, strict=True)])
    return cases, want[:, 0], want[:, 1]


def servers_of(shards, cases):
    return shards * copies_for(shards, *cases[:5])


def test_fewest_servers_and_then_fewest_shards(worked):
    cases, shards, servers = worked
    found = fewest_shards(*cases)
    np.testing.assert_array_equal(servers_of(found, cases), servers)
    np.testing.assert_array_equal(found, shards)


def test_the_load_is_always_carried(worked):
    cases, _, _ = worked
    reads, writes, room, least_copies, spare, least = cases
    s = fewest_shards(*cases)
    k = copies_for(s, *cases[:5])
    left = np.maximum(k - spare, 1)
    assert (writes / s + reads / (s * left) <= room * (1 + 1e-11)).all()
    assert (s >= least).all() and (k >= least_copies).all() and np.isfinite(k).all()


def test_scenarios_together_are_scenarios_one_by_one(worked):
    cases, _, _ = worked
    few = [v[:60] for v in cases]
    one_by_one = [float(fewest_shards(*(float(v) for v in case))) for case in zip(*few, strict=True)]
    assert fewest_shards(*few).tolist() == one_by_one
    grid = fewest_shards(few[0][:, None], few[1][None, :5], 5.6, 3, 1)
    assert grid.shape == (60, 5)
    assert grid[7, 3] == fewest_shards(few[0][7], few[1][3], 5.6, 3, 1)


def test_copies_by_the_plain_definition():
    random = np.random.default_rng(3)
    for _ in range(300):
        reads, writes = 10 ** random.uniform(-2, 2.5, 2)
        case = (
            random.integers(1, 40),
            reads,
            writes,
            random.uniform(0.7, 40),
            random.integers(1, 6),
            random.integers(0, 4),
        )
        assert copies_for(*case) == least_copies_by_hand(*case)


def test_the_layouts_of_the_example():
    """99.75 erlang of reads, 5.6 a server, three copies of which one may be lost: 5 x 5, 6 x 4 ... 9 x 3."""
    copies = copies_for(np.arange(5, 10), 99.75, 0.0, 5.6, 3, 1)
    assert copies.tolist() == [5, 4, 4, 4, 3]
    assert fewest_shards(99.75, 0.0, 5.6, 3, 1, 5) == 6


@pytest.mark.parametrize("which", ["reads", "writes", "both"])
def test_more_load_never_fewer_servers(which):
    reads, writes, room, copies, spare, least = random_cases(4)
    load = np.geomspace(1e-3, 1e4, 500)
    for i in range(0, CASES, 25):
        r = load if which != "writes" else np.full(500, reads[i])
        w = load if which != "reads" else np.full(500, writes[i])
        case = (r, w, room[i], copies[i], spare[i], least[i])
        assert (np.diff(servers_of(fewest_shards(*case), case)) >= 0).all()


def test_more_load_where_few_layouts_were_tried_once():
    """Reads of 8,271 erlang and five copies at least: near here the least lies at 27 and at 33 copies."""
    case = (8270.510332242035, np.linspace(5.0, 12.0, 2000), 2.5831506725990447, 5, 1, 4)
    assert (np.diff(servers_of(fewest_shards(*case), case)) >= 0).all()
    case = (8270.510332242035, 9.638845032251197, 2.5831506725990447, 5, 1, 4)
    assert fewest_shards(*case) == 127 and servers_of(127.0, case) == 3429


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    reads=st.floats(0, 1e4),
    writes=st.floats(0, 1e4),
    room=st.floats(0.7, 40),
    copies=st.integers(1, 5),
    spare=st.integers(0, 3),
    least=st.integers(1, 9),
)
def test_brute_force_by_hypothesis(reads, writes, room, copies, spare, least):
    case = (reads, writes, room, copies, min(spare, copies), least)
    shards, servers = brute(*case)
    found = fewest_shards(*case)
    assert (found, servers_of(found, case)) == (shards, servers)


def test_limits():
    assert fewest_shards(0.0, 0.0, 5.6, 3, 1) == 1 and copies_for(1, 0.0, 0.0, 5.6, 3, 1) == 3
    assert fewest_shards(0.0, 10.0, 5.0, 2, 0) == 3  # writes that fill a server leave nothing to read
    assert copies_for(2, 1.0, 11.2, 5.6, 3, 1) == np.inf
    assert fewest_shards(1e8, 0.0, 0.7, 5, 0) == 1
    assert (
        fewest_shards(1e8, 1e8, 40.0, 3, 1)
        * copies_for(fewest_shards(1e8, 1e8, 40.0, 3, 1), 1e8, 1e8, 40.0, 3, 1)
        < 1e7 * 1.2
    )
    assert ceil(10.000000000001) == 10 and ceil(10.0001) == 11 and ceil(0.0) == 0


@pytest.mark.parametrize(
    "given_, text",
    [
        ((-1, 0, 5, 1, 0), "read_erlangs = -1.0 is outside [0, inf)."),
        ((1, -2, 5, 1, 0), "write_erlangs = -2.0 is outside [0, inf)."),
        ((1, 0, 0, 1, 0), "room_erlangs = 0.0 is outside (0, inf)."),
        ((1, 0, 5, 0, 0), "least_copies = 0.0 is outside [1, inf)."),
        ((1, 0, 5, 1.5, 0), "least_copies = 1.5 is outside the whole numbers. Round it up or down."),
        ((1, 0, 5, 1, -1), "spare = -1.0 is outside [0, inf)."),
        ((1, 0, 5, 1, 0, 0), "least_shards = 0.0 is outside [1, inf)."),
    ],
)
def test_texts_of_errors(given_, text):
    with pytest.raises(DomainError) as error:
        fewest_shards(*given_)
    assert str(error.value) == text
