"""Machines that can be rented, by the vendor's name for them.

| quantity | name | unit |
| --- | --- | --- |
| memory, GiB of 2**30 B | `memory_bytes` | B |
| network that is always there; "up to" | `network_bytes_per_s`, `network_burst_bytes_per_s` | B/s |
| disks in the machine, GB of 1e9 B | `disk_bytes` | B |
| random reads of all its disks | `iops` | 1/s |
| list price, on demand | `usd_per_hour` | USD/h |

A row's source and confidence are those of its vCPUs, memory, sustained network, disk and price. Reads a
second come from Netflix's hardware profiles (B). "Up to" and the sustained share of a vCPU are
remembered (C).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from capcalc.catalogue.read import GB, HOURS_PER_MONTH, citation, optional, table
from capcalc.errors import UnknownName

_GIB = 2.0**30
_MBPS = 1e6 / 8  # a megabit a second in bytes a second
DEFAULTS = {
    "balancer": "m7i.2xlarge",
    "service": "m7i.2xlarge",
    "cache": "r7i.2xlarge",
    "database": "i4i.2xlarge",
    "queue": "i4i.2xlarge",
}  # kind of tier -> machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine in base units.

    None is "not known"; a disk of 0 B is none at all: the data lie on volumes, which are bought apart. On CPU
    credits only `cpu_sustained_ratio` of each vCPU is there all day; of all other machines it is 1.
    """

    name: str
    provider: str
    arch: str
    vcpu: int
    memory_bytes: float
    network_bytes_per_s: float | None
    network_burst_bytes_per_s: float | None
    disk_bytes: float
    disk_kind: str  # nvme, hdd or nothing
    iops: float | None
    cpu_sustained_ratio: float
    usd_per_hour: float
    region: str  # of the price
    price_date: str  # ISO: day, month or year
    source: str
    confidence: str  # A vendor's own data, B public copy, C remembered
    note: str

    @property
    def usd_per_month(self) -> float:
        """List price of 730 hours. [USD/month]"""
        return self.usd_per_hour * HOURS_PER_MONTH


@cache
def _machines() -> dict[str, Machine]:
    return {
        row["name"]: Machine(
            name=row["name"],
            provider=row["provider"],
            arch=row["arch"],
            vcpu=int(row["vcpu"]),
            memory_bytes=float(row["memory_gib"]) * _GIB,
            network_bytes_per_s=optional(row["network_mbps"], _MBPS),
            network_burst_bytes_per_s=optional(row["network_burst_mbps"], _MBPS),
            disk_bytes=float(row["disk_gb"]) * GB,
            disk_kind=row["disk_kind"],
            iops=optional(row["read_iops"]),
            cpu_sustained_ratio=float(row["cpu_sustained_ratio"]),
            usd_per_hour=float(row["usd_per_hour"]),
            region=row["region"],
            price_date=row["date"],
            source=citation(row["source"]),
            confidence=row["confidence"],
            note=row["note"],
        )
        for row in table("machines")
    }


def machine(name: str) -> Machine:
    """The machine of a name.

    Parameters
    ----------
    name : str
        The vendor's name, as in `m7i.2xlarge`.

    Raises
    ------
    UnknownName : there is no such machine; says the nearest, or the list.

    Examples
    --------
    >>> m7i = machine("m7i.2xlarge")
    >>> m7i.vcpu, m7i.memory_bytes / 2**30, m7i.network_bytes_per_s, m7i.usd_per_hour, m7i.price_date
    (8, 32.0, 390625000.0, 0.4032, '2026-07-20')
    >>> machine("m7i.2xlage")
    Traceback (most recent call last):
    capcalc.errors.UnknownName: unknown machine 'm7i.2xlage'; did you mean "m7i.2xlarge"?
    """
    known = _machines()
    if not isinstance(name, str) or name not in known:
        raise UnknownName("machine", name, known)
    return known[name]


def machine_names() -> tuple[str, ...]:
    """The names of all machines, in the order of the table: by vendor, family and size.

    Examples
    --------
    >>> "i3en.6xlarge" in machine_names()
    True
    """
    return tuple(_machines())
