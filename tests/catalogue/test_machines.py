"""Machines, against figures copied by hand from the vendors' pages."""

import pickle

import pytest

from capcalc.catalogue.machines import DEFAULTS, Machine, machine, machine_names
from capcalc.errors import UnknownName

GIB = 2**30


@pytest.mark.parametrize(
    ("name", "vcpu", "memory_gib", "network_gbit", "disk_gb", "usd"),
    [
        ("m7i.2xlarge", 8, 32, 3.125, 0, 0.4032),
        ("c7i.4xlarge", 16, 32, 6.25, 0, 0.714),
        ("r7i.2xlarge", 8, 64, 3.125, 0, 0.5292),
        ("r7i.4xlarge", 16, 128, 6.25, 0, 1.0584),
        ("i4i.2xlarge", 8, 64, 4.687, 1875, 0.686),
        ("i3en.2xlarge", 8, 64, 8.4, 5000, 0.904),
        ("i3en.6xlarge", 24, 192, 25, 15000, 2.712),
        ("i3en.12xlarge", 48, 384, 50, 30000, 5.424),
        ("m7g.large", 2, 8, 0.937, 0, 0.0816),
    ],
)
def test_published_figures(name, vcpu, memory_gib, network_gbit, disk_gb, usd):
    m = machine(name)
    assert (m.vcpu, m.memory_bytes, m.disk_bytes) == (vcpu, memory_gib * GIB, disk_gb * 1e9)
    assert m.network_bytes_per_s == pytest.approx(network_gbit * 1e9 / 8, rel=1e-12)
    assert (m.usd_per_hour, m.region, m.provider) == (usd, "us-east-1", "aws")
    assert m.usd_per_month == pytest.approx(usd * 730)


def test_units():
    m = machine("i4i.2xlarge")
    assert m.memory_bytes == 68_719_476_736  # 64 GiB, not 64e9
    assert m.disk_bytes == 1.875e12  # GB of 1e9, as disks are sold
    assert machine("m7i.2xlarge").network_bytes_per_s == 390_625_000  # 3125 Mbit/s


def test_disks_read_as_fast_as_published():
    assert machine("i4i.large").iops == 50_000
    assert machine("i4i.2xlarge").iops == 200_000
    assert machine("i3en.2xlarge").iops == 170_000
    assert machine("m7i.2xlarge").iops == 0
    assert machine("d3.2xlarge").iops is None
    assert machine("d3.2xlarge").disk_kind == "hdd"


def test_the_default_of_every_kind_is_there():
    assert set(DEFAULTS) == {"balancer", "service", "cache", "database", "queue"}
    assert all(name in machine_names() for name in DEFAULTS.values())
    assert machine(DEFAULTS["database"]).disk_bytes > 0


@pytest.mark.parametrize("name", machine_names())
def test_every_machine_makes_sense(name):
    m = machine(name)
    gib = m.memory_bytes / GIB
    assert isinstance(m, Machine) and m.name == name and m.vcpu >= 1
    assert 1 <= gib / m.vcpu <= 8.01
    assert 0.001 <= m.usd_per_hour / m.vcpu <= 0.2
    assert 0 < m.cpu_sustained_ratio <= 1
    assert (m.cpu_sustained_ratio < 1) == name.startswith(("t3", "t4g", "Standard_B"))
    assert (m.disk_bytes > 0) == bool(m.disk_kind)
    assert m.disk_bytes > 0 or m.iops == 0
    if m.network_bytes_per_s is None:
        assert m.provider != "aws"
    else:
        assert m.network_bytes_per_s <= m.network_burst_bytes_per_s


def test_prices_grow_with_the_size_in_a_family():
    for family in ("m7i", "c7i", "r7i", "i4i", "i3en"):
        each = {
            m.usd_per_hour / m.vcpu
            for n in machine_names()
            if (m := machine(n)).name.startswith(family + ".")
        }
        assert len(machine_names()) > 70 and max(each) / min(each) < 1.01


@pytest.mark.parametrize("name", ["m7i.2xlage", "M7I.2XLARGE", "", 5, None, ["m7i.2xlarge"]])
def test_an_unknown_machine_is_refused(name):
    with pytest.raises(UnknownName, match="unknown machine"):
        machine(name)


def test_the_refusal_says_the_nearest():
    with pytest.raises(UnknownName) as error:
        machine("i3en.6xlage")
    assert str(error.value) == """unknown machine 'i3en.6xlage'; did you mean "i3en.6xlarge"?"""


def test_a_machine_is_a_value():
    m = machine("m7i.2xlarge")
    assert machine("m7i.2xlarge") is m and pickle.loads(pickle.dumps(m)) == m and hash(m)
    with pytest.raises(AttributeError):
        m.vcpu = 9
