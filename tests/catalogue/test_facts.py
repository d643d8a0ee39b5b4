"""Figures for what nobody typed."""

import pytest

from capcalc.catalogue.facts import fact, fact_names
from capcalc.errors import UnknownName

UNITS = {
    "number", "count", "ratio", "ratio/year", "s", "B", "B/s", "1/s",
    "USD/vCPU-month", "USD/GB-month", "USD/GB", "USD/message",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "low", "usual", "high", "unit"),
    [
        ("workload.peak", 2, 3, 5, "number"),
        ("workload.peak_lasts", 1800, 3600, 10800, "s"),
        ("operation.request", 200, 500, 2000, "B"),
        ("operation.response", 500, 2000, 20000, "B"),
        ("edge.hit_ratio", 0.8, 0.9, 0.95, "ratio"),
        ("cache.hit_ratio", 0.8, 0.9, 0.95, "ratio"),
        ("cache.capacity", 50e3, 100e3, 500e3, "1/s"),
        ("cache.zipf", 0.6, 0.9, 1.1, "number"),
        ("service.service_time", 0.001, 0.005, 0.02, "s"),
        ("database.read_time", 0.0003, 0.001, 0.005, "s"),
        ("database.write_time", 0.0005, 0.002, 0.01, "s"),
        ("database.copies", 2, 3, 3, "count"),
        ("database.overhead", 1.2, 1.3, 2, "number"),
        ("queue.capacity", 20e3, 100e3, 500e3, "1/s"),
        ("target.utilisation", 0.5, 0.7, 0.8, "ratio"),
        ("target.fill", 0.6, 0.75, 0.8, "ratio"),
        ("client.rtt", 0.02, 0.04, 0.1, "s"),
        ("client.new_connections", 0.05, 0.1, 0.5, "ratio"),
        ("client.download", 2.5e6, 2.5e6, 2.5e6, "B/s"),
        ("constants.hop_rtt", 0.00025, 0.0005, 0.001, "s"),
        ("server.per_connection", 10e3, 20e3, 50e3, "B"),
        ("server.connections", 10e3, 50e3, 100e3, "count"),
    ],
)
def test_defaults(name, low, usual, high, unit):
    f = fact(name)
    assert (f.low, f.usual, f.high, f.unit) == (low, usual, high, unit)
    assert f.has_range == (low < high)


@pytest.mark.parametrize("name", fact_names())
def test_every_figure_is_whole(name):
    f = fact(name)
    assert f.name == name and 0 < f.low <= f.usual <= f.high
    assert f.unit in UNITS and f.what and f.source and f.date
    if f.unit == "ratio":
        assert f.high <= 1


def test_published_figures():
    assert fact("bandwidth.memory").usual == 20 * 2**30
    assert fact("latency.ssd_read").usual == 100e-6
    assert fact("throughput.video_out").usual == 40e9 / 8  # 40 Gbit/s
    assert fact("availability.rds_multi_az").usual == 0.9995
    assert fact("failure.hdd").usual == 0.0157
    assert fact("usage.cache_zipf").usual == 1.21


def test_an_unknown_figure_is_refused():
    with pytest.raises(UnknownName) as error:
        fact("cache.hitratio")
    assert str(error.value) == """unknown figure 'cache.hitratio'; did you mean "cache.hit_ratio"?"""
    with pytest.raises(UnknownName):
        fact(None)
