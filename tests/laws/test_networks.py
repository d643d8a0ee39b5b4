"""Open networks and chains by hand and by other laws; what all networks say to bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from references import hypoexponential_tail
from scipy import special

from capcalc.errors import DomainError, UnknownName
from capcalc.laws import networks as n
from capcalc.laws.mmc import mmc_mean_wait_s


def test_traffic_by_hand():
    routing = [[0, 0.5, 0.5, 0], [1, 0, 0, 0], [0.6, 0, 0, 0], [1, 0, 0, 0]]
    assert n.traffic_rates([0, 0, 0, 4.0], routing) == pytest.approx([20, 10, 10, 4], rel=1e-14)
    both = n.traffic_rates([[0, 0, 0, 4.0], [1.0, 0, 0, 0]], routing)
    assert both == pytest.approx(np.array([[20, 10, 10, 4], [5, 2.5, 2.5, 0]]), rel=1e-14)
    assert n.visit_ratios([0, 0, 0, 4.0], routing) == pytest.approx([5, 2.5, 2.5, 1], rel=1e-14)


def test_open_stations_are_pools_and_delays():
    solved = n.jackson_network(
        [6.0, 0, 0], [[0, 0.5, 0.5], [0, 0, 0], [0.2, 0, 0]], [0.2, 0.5, 3.0], [3, 4, -1]
    )
    lam = 6 / 0.9
    assert solved.station_rps == pytest.approx([lam, lam / 2, lam / 2])
    wait = mmc_mean_wait_s(solved.station_rps[:2], [0.2, 0.5], [3, 4])
    assert solved.wait_s == pytest.approx([*wait, 0]) and solved.utilisation[2] == 0
    assert solved.customers == pytest.approx(solved.arrival_rps * solved.response_s, rel=1e-14)
    assert solved.limit_rps == pytest.approx(0.9 * min(3 / 0.2, 2 * 4 / 0.5)) and solved.problem is None
    by_visits = n.open_network(6.0, [0.2, 0.5, 3.0], solved.visits, [3, 4, -1])
    assert by_visits.response_s == pytest.approx(solved.response_s, rel=1e-13)


def test_saturated_stations_are_named():
    solved = n.open_network(30.0, [0.1, 0.01, 0.2], servers=[3, 1, 2], stations=["db", "web", "disk"])
    assert solved.problem == (
        "db: 3.00 erlang saturate 3 servers; 4 would carry them; disk: 6.00 erlang saturate 2 servers; "
        "7 would carry them; the network carries less than 10/s"
    )
    assert solved.saturated.tolist() == [True, False, True] and solved.bottleneck == "disk"
    assert solved.response_per_visit_s.tolist() == [np.inf, pytest.approx(0.01 / 0.7), np.inf]
    assert solved.response_s == np.inf and solved.customers == np.inf
    classes = n.open_multiclass([1.0, 2.0, 0.0], [[0.5, 0.1], [0.4, 0.0], [0.0, 0.3]], stations=["db", "web"])
    assert classes.problem == (
        "db: 1.30 erlang saturate 1 server; 2 would carry them; "
        "the network carries less than 0.769 times this load"
    )
    assert classes.residence_s[:, 0].tolist() == [np.inf, np.inf, 0]
    assert np.isfinite(classes.residence_s[:, 1]).all() and classes.customers[2] == 0
    assert not np.isnan(classes.queue_lengths).any()
    idle = n.open_network(0.0, [0.1, 0.2])
    assert idle.response_s == pytest.approx(0.3) and idle.customers == 0 and idle.limit_rps == 5


def test_open_classes_in_a_pool_share_its_wait():
    one = n.open_network(5.0, [0.5], servers=4)
    two = n.open_multiclass([2.0, 3.0], [[0.5], [0.5]], 4)
    assert two.response_s == pytest.approx([one.response_s] * 2, rel=1e-14)
    assert two.customers.sum() == pytest.approx(one.customers, rel=1e-14)


def test_a_chain_of_servers():
    S = [1 / 100, 1 / 120, 1 / 300]
    t = np.array([0.001, 0.05, 0.3, 2.0])
    means = [1 / (1 / s - 80.0) for s in S]
    assert n.tandem_response_tail(t, 80.0, S) == pytest.approx(hypoexponential_tail(t, means), rel=1e-11)
    p = np.array([[0.01], [0.5], [0.999], [1 - 1e-9]])
    lam = np.array([0.0, 50.0, 99.999])
    same = n.tandem_response_percentile_s(p, lam, [0.01] * 5)
    assert same == pytest.approx(special.gammaincinv(5, p) / (100 - lam), rel=1e-10)
    assert n.tandem_response_tail(same, lam, [0.01] * 5) == pytest.approx(
        np.broadcast_to(1 - p, (4, 3)), rel=1e-9
    )
    assert n.tandem_response_percentile_s(0.99, 50.0, [0.01]) == pytest.approx(math.log(100) / 50, rel=1e-14)
    assert n.tandem_response_percentile_s(0.5, [99.0, 100.0], [0.01, 0.0])[1] == np.inf
    assert n.tandem_response_tail([0.0, 1.0], 100.0, [0.01, 0.001]).tolist() == [1, 1]
    assert n.tandem_response_percentile_s(0.5, 1.0, [0.0]) == 0


BAD = [
    (lambda: n.closed_network([], 1), "demands_s = [] is outside the flat lists, one number a station."),
    (lambda: n.closed_network([-1.0], 1), "demands_s = -1.0 is outside [0, inf)."),
    (lambda: n.closed_network([1.0], 0), "population = 0.0 is outside [1, 1e+07]."),
    (
        lambda: n.closed_network([1.0], 1.5),
        "population = 1.5 is outside the whole numbers. Round it up or down.",
    ),
    (
        lambda: n.closed_network([0.0], 3),
        "demands_s = [0.0] is outside the demands that take any time. Give one above 0.",
    ),
    (
        lambda: n.closed_network([1.0], [1, 2]),
        "population = [1.0, 2.0] is outside the single numbers. Lists go to closed_throughput_rps.",
    ),
    (
        lambda: n.closed_network([1.0], 1, servers=0),
        "servers = 0.0 is outside [1, inf). Write -1 for a delay station, where nobody waits.",
    ),
    (
        lambda: n.closed_network([1.0, 2.0], 1, servers=[1, 2, 3]),
        "servers = [1.0, 2.0, 3.0] is outside the lists of 2 numbers, one a station. "
        "One number alone counts for every station.",
    ),
    (
        lambda: n.closed_network([1.0], 1, stations=["a", "b"]),
        "stations = ['a', 'b'] is outside the lists of 1 names.",
    ),
    (
        lambda: n.closed_multiclass([[1.0], [2.0]], [1]),
        "population = [1.0] is outside the lists of 2 numbers, one a class.",
    ),
    (
        lambda: n.closed_multiclass([1.0], [1]),
        "demands_s = [1.0] is outside the tables, one row a class, one column a station.",
    ),
    (
        lambda: n.closed_multiclass([[1.0]] * 3, [1000, 1000, 1000]),
        "population = [1000.0, 1000.0, 1000.0] is outside what has at most 20,000,000 populations up to it. "
        "Use approximate_multiclass.",
    ),
    (
        lambda: n.closed_multiclass([[1.0]], [0]),
        "population = [0.0] is outside what holds any customer. Give one class 1 or more.",
    ),
    (
        lambda: n.traffic_rates([1.0, 0.0], [[0, 1.0], [0.5, 0.6]]),
        "routing = 1.1 is outside the row sums up to 1. The rest of a row leaves.",
    ),
    (
        lambda: n.traffic_rates([1.0, 0.0], [[0, 1.0], [1.0, 0.0]]),
        "routing = 'station 1' is outside the stations with a way out. Let a row sum to less than 1.",
    ),
    (
        lambda: n.traffic_rates([1.0, 0.0], [[0, 1.0]]),
        "routing = [[0.0, 1.0]] is outside the tables of 2 rows and 2 columns, a row and a column a station.",
    ),
    (
        lambda: n.visit_ratios([0.0], [[0.0]]),
        "external_rps = 0.0 is outside (0, inf). Without arrivals there are no visits.",
    ),
    (
        lambda: n.open_network([1.0, 2.0], [1.0]),
        "arrival_rps = [1.0, 2.0] is outside the single numbers. Several classes go to open_multiclass.",
    ),
    (
        lambda: n.open_network("9", [1.0]),
        "arrival_rps = '9' is outside the numbers. Give a number in [0, inf).",
    ),
    (
        lambda: n.tandem_response_percentile_s(99, 1.0, [0.1]),
        "p = 99.0 is outside (0, 1). Write 0.99 for the 99th percentile.",
    ),
]


@pytest.mark.parametrize(("call", "text"), BAD, ids=[text for _, text in BAD])
def test_bad_input_is_a_sentence(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text


def test_an_unknown_method_is_named():
    with pytest.raises(UnknownName, match='did you mean "schweitzer"'):
        n.approximate_network([1.0], 3, method="schweizer")
