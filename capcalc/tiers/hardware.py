"""What one server of a tier has: from a machine of the catalogue, or from its own numbers.

| quantity | name | unit |
| --- | --- | --- |
| requests worked on at the same time | `workers` | count |
| memory, disk | `memory`, `disk` | B |
| network, each way | `network` | B/s |
| reads and writes of the disk | `iops` | 1/s |
| price of an hour | `price` | USD/h |
| part of a vCPU that is there all day | `sustained` | ratio |

Without `machine`, the kind's usual machine counts; but once a memory, network, disk or iops is given, nothing is assumed of the
others. A number that is not known limits nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from capcalc.catalogue.machines import machine as in_catalogue
from capcalc.keys import key
from capcalc.tiers.flow import Number
from capcalc.tiers.tier import Tier

_FIELDS = {
    "workers": "vcpu",
    "memory": "memory_bytes",
    "network": "network_bytes_per_s",
    "disk": "disk_bytes",
    "iops": "iops",
    "price": "usd_per_hour",
    "sustained": "cpu_sustained_ratio",
}
_WORKERS = 8.0


class Known(NamedTuple):
    """A number and its key; None is not known."""

    value: Number | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Machined(Tier):
    """A tier on servers of ours."""

    machine: str | None = key("text", "machine type of the catalogue; the kind's usual one if no number is given", None)
    workers: Number | None = key("whole", "requests a server works on at the same time; the machine's vCPUs", None, low=1)
    memory: Number | None = key("size", "memory of a server", None, above=True)
    network: Number | None = key("bandwidth", "network of a server, each way", None, above=True)
    disk: Number | None = key("size", "disk of a server", None, above=True)
    iops: Number | None = key("rate", "reads and writes a server's disk does", None, above=True)
    price: Number | None = key("price_per_hour", "price of a server", None)
    reserved: Number = key("size", "memory of a server that is not for data", 0.0, source="assumed: none")
    servers: Number | None = key("whole", "servers: given, not sized, then only judged", None, low=1)
    utilisation: Number | None = key("ratio", "busy share at the peak; the target's if not given", None, above=True)
    spare: int | str | None = key("spare", "servers that may be lost, zone or region; the target's if not given", None)

    @property
    def machine_type(self) -> str | None:
        """The machine that counts: the one given, the usual one, or none where numbers are given."""
        own = (self.memory, self.network, self.disk, self.iops)
        return self.machine or (None if any(v is not None for v in own) else self.usual_machine)

    def has(self, name: str) -> Known:
        """A number of one server, with its key: `has("memory")`."""
        own = getattr(self, name, None)
        if own is not None:
            return Known(own, f"{self.place}.{name}")
        kind = self.machine_type
        if kind is not None:
            value = getattr(in_catalogue(kind), _FIELDS[name])
            if value:  # a machine without a disk of its own limits nothing by it
                return Known(float(value), f"machines.{kind}.{_FIELDS[name]}")
        if name == "workers":
            return Known(_WORKERS, "constants.workers")
        return Known(None, "")
