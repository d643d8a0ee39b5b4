"""What the working starts from: every value of a system by its key, with where it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capcalc.catalogue.facts import fact
from capcalc.catalogue.machines import machine as in_catalogue
from capcalc.keys import Key, keys_of, unit_of
from capcalc.laws.availability import YEAR_S
from capcalc.laws.work import Work
from capcalc.steps import Given, symbol_of
from capcalc.systems.cost import HOURS, MONTH_S
from capcalc.systems.demand import DAY_S
from capcalc.systems.regions import trip
from capcalc.systems.path import HOP_S
from capcalc.systems.response import DNS_S
from capcalc.systems.routes import HOP_FIELDS, HOP_KEYS
from capcalc.systems.spec import Origin, Spec
from capcalc.tiers.flow import Hop, address

_OF_MACHINE = {
    "vcpu": ("vCPUs", ""),
    "memory_bytes": ("memory", "B"),
    "network_bytes_per_s": ("network, each way", "B/s"),
    "disk_bytes": ("disk", "B"),
    "iops": ("disk reads and writes", "1/s"),
    "usd_per_hour": ("price", "USD/h"),
    "cpu_sustained_ratio": ("part of the vCPUs that is there all day", "ratio"),
}
CONSTANTS = {
    "constants.day": Given(
        "constants.day", "day", "seconds of a day", DAY_S, "s", "constant", "definition", head=1e5
    ),
    "constants.hop_rtt": Given(
        "constants.hop_rtt",
        "hop",
        "round trip between two tiers of a region",
        HOP_S,
        "s",
        "default",
        "0.5 ms: classic figure of a round trip in a data centre (0.25 ms to 1 ms)",
    ),
    "constants.dns": Given(
        "constants.dns", "dns", "looking up a name", DNS_S, "s", "default", "assumed: 20 ms where the name is not at hand"
    ),
    "constants.year": Given("constants.year", "year", "seconds of a year", YEAR_S, "s", "constant", "365 days"),
    "constants.month": Given("constants.month", "month", "a month of data", MONTH_S, "s", "constant", "30 days"),
    "constants.month_hours": Given(
        "constants.month_hours", "month_hours", "hours of a month of servers", HOURS, "", "constant", "730 h, as providers bill"
    ),
    "constants.workers": Given(
        "constants.workers", "workers", "workers of a server", 8.0, "", "default", "assumed: one for each of 8 vCPUs"
    ),
}


def resolver(spec: Spec) -> Callable[[str], Given]:
    """From a key to its given: `tiers.web.service_time`, `operations.read.cache.calls`, `constants.day`."""

    def resolve(key: str) -> Given:
        if key in CONSTANTS:
            return CONSTANTS[key]
        if key.startswith("machines."):
            return _of_machine(key)
        if key.startswith("availability.") or key == "external.availability":
            known = fact(key)
            return Given(key, symbol_of(key), known.what, known.usual, "ratio", "default", f"catalogue: {known.source} ({known.date})")
        if key.startswith("rtt."):
            return _round_trip(spec, key)
        value, k = lookup(spec, key)
        origin = origin_of(spec, key, k)
        unit = unit_of(k)
        if k.kind == "rate" and key.rpartition(".")[2] in ("per_user", "per_user_in_file", "requests_per_user"):
            value, unit = value * DAY_S, "1/day"
        return Given(key, symbol_of(key), k.doc, float(value), unit, origin.kind, origin.source)

    return resolve


def _of_machine(key: str) -> Given:
    """A number of a machine of the catalogue: `machines.m7i.2xlarge.vcpu`."""
    name, _, field = key.removeprefix("machines.").rpartition(".")
    found = in_catalogue(name)
    label, unit = _OF_MACHINE[field]
    symbol = symbol_of(f"{name}.{field}").replace("-", "_")
    return Given(key, symbol, f"{label} of {name}", float(getattr(found, field)), unit, "default", f"catalogue: {found.source}")


def _round_trip(spec: Spec, key: str) -> Given:
    """The round trip between two regions, from the catalogue."""
    _, one, other = key.split(".")
    found = trip(spec, one, other)
    label = f"round trip between {spec.regions[one].place} and {spec.regions[other].place}"
    source = f"catalogue: {found.how}, {found.source} ({found.date})"
    return Given(key, symbol_of(key), label, found.seconds, "s", "default", source)


def origin_of(spec: Spec, key: str, k: Key) -> Origin:
    """Where a value came from; what no file and nobody said is a default."""
    for suffix in ("", "_in_file", ".p50", ".p99"):
        origin = spec.origins.get(key.removesuffix(suffix) if suffix else key)
        if origin:
            return origin
    return Origin("default", k.source)


def lookup(spec: Spec, key: str) -> tuple[Any, Key]:
    """The value behind a key and what kind of value it is; a time of work gives its mean.

    Raises
    ------
    KeyError : there is no such key.
    """
    head, _, rest = key.partition(".")
    table: Any
    if head in ("workload", "target", "mix", "client"):
        table, name = getattr(spec, head), rest
    else:
        owner, _, name = rest.partition(".")
        table = getattr(spec, head)[owner]
    name, part = _parted(name)
    if head == "operations" and name not in keys_of(table):
        return _in_operation(table, name, part, key)
    value, k = getattr(table, name), keys_of(table)[name]
    return _work_part(value, part), k


def _parted(name: str) -> tuple[str, str]:
    """A name and the percentile of its distribution that is asked for."""
    for part in (".p50", ".p99"):
        if name.endswith(part):
            return name.removesuffix(part), part
    return name, ""


def _in_operation(operation: Any, name: str, part: str, key: str) -> tuple[Any, Key]:
    if name == "per_user_in_file":
        return operation.per_user, keys_of(operation)["per_user"]
    if name == "follows":
        return next(iter(operation.follows.values())), Key("number", "of each request of the other operation")
    *path, last = name.split(".")
    hop = _hop(operation.route, path)
    if hop is None:
        raise KeyError(key)
    if last == "hedge":
        return hop.resent, Key("ratio", "part of the calls that a hedge sends again")
    if last == "hedge_after":
        return hop.hedge_after_s, Key("duration", "unanswered so long, the call is sent again")
    value = getattr(hop, HOP_FIELDS.get(last, last), None)
    if value is None:
        raise KeyError(key)
    return _work_part(value, part), HOP_KEYS[last]


def _hop(hops: tuple[Hop, ...], path: list[str]) -> Hop | None:
    for hop in hops:
        if path and address(hop) == path[0]:
            return hop if len(path) == 1 else _hop(getattr(hop, "hops", ()), path[1:])
    return None


def _work_part(value: Any, part: str) -> Any:
    if isinstance(value, Work):
        return {"": value.mean_s, ".p50": value.p50_s, ".p99": value.p99_s}[part]
    return value
