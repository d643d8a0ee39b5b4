"""Regions and the round trips between them."""

import math
from itertools import combinations

import pytest

from capcalc.catalogue.places import Rtt, distance_m, region, region_names, rtt
from capcalc.catalogue.read import table
from capcalc.errors import UnknownName

LIGHT_M_PER_S = 299792458.0


def test_regions_are_on_the_globe():
    for name in region_names():
        r = region(name)
        assert -60 < r.latitude_deg < 70 and -180 <= r.longitude_deg <= 180 and r.city
        assert r.provider in ("aws", "gcp", "azure") and r.price_areas


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [("us-east-1", "eu-west-1", 5464), ("eu-west-2", "ap-southeast-2", 17016)],  # airports: IAD-DUB, LHR-SYD
)
def test_distances(one, other, km):
    a, b = region(one), region(other)
    assert distance_m(a, b) == pytest.approx(km * 1000, rel=0.01)
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, a) == 0


def test_distances_are_the_angle_between_two_vectors():
    def vector(r):
        lat, lon = math.radians(r.latitude_deg), math.radians(r.longitude_deg)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    for a, b in combinations(map(region, region_names()), 2):
        angle = math.acos(min(1.0, sum(x * y for x, y in zip(vector(a), vector(b), strict=True))))
        assert distance_m(a, b) == pytest.approx(6371008.8 * angle, rel=1e-6, abs=1)


def test_no_round_trip_is_faster_than_light_in_fibre():
    for a, b in combinations(region_names(), 2):
        trip = rtt(a, b)
        assert trip.seconds >= 2 * 1.4682 * distance_m(region(a), region(b)) / LIGHT_M_PER_S - 1e-6
        assert trip.seconds < 0.7 and trip.how in ("measured", "model") and trip.source and trip.date


def test_every_pair_of_classes_has_a_multiplier():
    classes = {region(name).rtt_class for name in region_names()}
    pairs = {frozenset((row["class_a"], row["class_b"])) for row in table("rtt_classes")}
    assert {frozenset((a, b)) for a in classes for b in classes} <= pairs


def test_measured_pairs_are_complete_and_known():
    pairs = {frozenset((row["from"], row["to"])) for row in table("rtt")}
    places = {name for pair in pairs for name in pair}
    assert len(pairs) == len(places) * (len(places) - 1) / 2
    assert places <= set(region_names())
    assert all(row["from"] < row["to"] for row in table("rtt"))


def test_round_trips_as_measured_less_the_far_end():
    there = rtt("us-east-1", "eu-central-1")
    assert there == rtt("eu-central-1", "us-east-1")
    assert there.how == "measured" and there.seconds == pytest.approx(0.0928 - 0.002, abs=1e-9)


def test_the_model_is_the_line_by_hand():
    d_km = distance_m(region("westeurope"), region("eastus")) / 1000
    there = rtt("westeurope", "eastus")
    assert there.how == "model"
    assert there.seconds == pytest.approx(0.973 * (3.95 + 0.01576 * d_km) / 1000, abs=1e-6)


def test_the_model_is_as_near_the_measured_as_the_module_says():
    k = {frozenset((r["class_a"], r["class_b"])): float(r["multiplier"]) for r in table("rtt_classes")}
    errors = []
    for row in table("rtt"):
        a, b = region(row["from"]), region(row["to"])
        line = k[frozenset((a.rtt_class, b.rtt_class))] * (3.95 + 0.01576 * distance_m(a, b) / 1000)
        errors.append(abs(line / float(row["rtt_ms"]) - 1))
    errors.sort()
    assert errors[len(errors) // 2] < 0.11
    assert errors[len(errors) * 9 // 10] < 0.32


def test_in_one_region_it_is_the_hop():
    assert rtt("us-east-1", "us-east-1") == Rtt(0.0005, "same region", *_hop())


def _hop():
    from capcalc.catalogue.facts import fact

    hop = fact("constants.hop_rtt")
    return hop.date, hop.source


@pytest.mark.parametrize("name", ["us-east-3", "", None, 7])
def test_an_unknown_region_is_refused(name):
    with pytest.raises(UnknownName, match="unknown region"):
        rtt("us-east-1", name)
