"""Routes of a system file: hops as written, read into `capcalc.tiers.flow`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from capcalc.errors import CapcalcError, nearest
from capcalc.keys import Key
from capcalc.systems.read import MISSING, Reader, converted
from capcalc.tiers.flow import Call, Fan, Hop, Trip, address

HOP_KEYS: dict[str, Key] = {
    "name": Key("text", "address for --set and reports"),
    "calls": Key("number", "how many times; load times calls", high=1e6),
    "parallel": Key("flag", "those calls at the same time"),
    "share": Key("ratio", "part of the requests that take this hop", high=1.0),
    "kind": Key("choice", "read or write, for this hop and all inside", choices=("read", "write")),
    "at": Key("choice", "where it goes: home is the tier's home region", choices=("home",)),
    "hedge": Key("hedge", "unanswered so long, the call is sent again"),
    "request": Key("size", "bytes of each call"),
    "response": Key("size", "bytes of each answer"),
    "stored": Key("size", "bytes that stay after each call"),
    "keep": Key("duration", "how long they stay"),
    "service_time": Key("work", "this operation's own work at that tier"),
    "hit_ratio": Key("ratio", "this operation's own hit ratio at that tier", high=1.0),
}
_COPIES = {
    "cache": ("a cache", "put what it copies behind it, or make it a database"),
    "edge": ("an edge", "put the tier that it copies behind it"),
}
_SAID_ELSEWHERE = {
    "queue": "a tier of kind queue in the route cuts the wait",
    "async": "a tier of kind queue in the route cuts the wait",
    "read_time": "write service_time: the kind of the hop already says which",
    "write_time": "write service_time: the kind of the hop already says which",
    "replicas": "a database has copies, the primary included: [tiers.NAME] copies = 3",
    "op": "write kind = \"read\" or kind = \"write\"",
}
_ONLY_CALL = ("service_time", "hit_ratio", "at")
HOP_FIELDS = {"request": "request_bytes", "response": "response_bytes", "stored": "stored_bytes", "keep": "keep_s", "hedge_after": "hedge_after_s"}


def route_of(reader: Reader, place: str, raw: Any, kinds: Mapping[str, str]) -> tuple[Hop, ...]:
    """The hops of a route; `kinds` has the kind of every tier."""
    if not isinstance(raw, list) or not raw:
        reader.bad(place, f'{raw!r} is not a route; write a list of tiers, ["web", "cache", "database"]')
        return ()
    hops = _hops(reader, place, raw, kinds)
    _last_is_truth(reader, place, hops, kinds)
    return hops


def _hops(reader: Reader, place: str, raw: list, kinds: Mapping[str, str]) -> tuple[Hop, ...]:
    found = tuple(hop for item in raw if (hop := _hop(reader, place, item, kinds)) is not None)
    names = [address(h) for h in found]
    for name in sorted({n for n in names if names.count(n) > 1}):
        again = next(h for h in reversed(found) if address(h) == name)
        shape = f'tier = "{again.tier}"' if isinstance(again, Call) else f"{_shape(again)} = [...]"
        what = f'"{name}" stands twice in one list; give one of them a name of its own: '
        reader.bad(place, what + f'{{ {shape}, name = "again" }}')
    return found


def _shape(hop: Hop) -> str:
    return "fan" if isinstance(hop, Fan) else "route"


def _hop(reader: Reader, place: str, raw: Any, kinds: Mapping[str, str]) -> Hop | None:
    if isinstance(raw, str):
        return Call(tier=raw) if _known(reader, place, raw, kinds) else None
    if isinstance(raw, list):
        return Trip(hops=route_of(reader, place, raw, kinds)) if raw else _empty(reader, place)
    if not isinstance(raw, dict):
        reader.bad(place, f"{raw!r} is not a hop; write a tier, a list or a table")
        return None
    shapes = [name for name in ("tier", "route", "fan") if name in raw]
    if len(shapes) != 1:
        reader.bad(place, f"a hop has one of tier, route and fan; this has {', '.join(shapes) or 'none'}")
        return None
    shape = shapes[0]
    fields = _fields(reader, place, raw, shape)
    if shape == "tier":
        if not _known(reader, place, raw["tier"], kinds):
            return None
        call = Call(tier=raw["tier"], **fields)
        if kinds[call.tier] == "queue" and {"calls", "share"} & raw.keys():
            what = "calls and share on a queue leave the hops behind it as they are; put all of them in a side trip: "
            reader.bad(place, what + f'{{ route = ["{call.tier}", ...], share = ... }}')
        if kinds[call.tier] in _COPIES and {"calls", "share"} & raw.keys():
            what = "calls and share on a cache or an edge leave the hop behind it as it is; "
            what += "put both in a side trip: "
            reader.bad(place, what + f'{{ route = ["{call.tier}", ...], calls = ... }}')
        return call
    if shape == "route":
        return Trip(hops=route_of(reader, place, raw["route"], kinds), **fields)
    if not isinstance(raw["fan"], list):
        what = f"{raw['fan']!r} is not a fan; "
        reader.bad(place, what + "write a list of the hops that are made at the same time")
        return None
    if not raw["fan"]:
        return _empty(reader, place)
    hops = _hops(reader, place, raw["fan"], kinds)
    for branch in hops:  # each is a list of its own
        _last_is_truth(reader, place, (branch,), kinds)
    return Fan(hops=hops, **fields)


def _empty(reader: Reader, place: str) -> None:
    reader.bad(place, "an empty list is no hop; write the tiers that are called")


def _fields(reader: Reader, place: str, raw: dict, shape: str) -> dict[str, Any]:
    """Keys of a hop as fields; where a hop stands in its file is only known to the line of its operation."""
    found: dict[str, Any] = {}
    where = f"{place.removesuffix('.route')}.{raw.get('name') or raw.get('tier') or 'trip'}"
    for name, value in raw.items():
        if name == shape:
            continue
        if name in _ONLY_CALL and shape != "tier":
            reader.bad(place, f"{name} belongs to the call of one tier: {{ tier = ..., {name} = ... }}")
        elif name in _SAID_ELSEWHERE:
            reader.bad(place, f"{name} is no key of a hop; {_SAID_ELSEWHERE[name]}")
        elif name == "parallel" and isinstance(value, int) and not isinstance(value, bool):
            reader.bad(place, f"parallel = {value!r} is not true or false; write calls = {value}, parallel = true")
        elif name not in HOP_KEYS:
            reader.bad(place, f'unknown key "{name}" of a hop; {nearest(name, HOP_KEYS)}')
        elif name == "name" and isinstance(value, str) and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
            reader.bad(place, f"name = {value!r}: a name has letters, digits and _, and begins with a letter")
        elif name == "hedge":
            found |= _hedge(reader, place, value)
        else:
            got = reader.value(f"{where}.{name}", value, HOP_KEYS[name], said=False)  # `said_of` knows the place
            if got is not MISSING:
                found[HOP_FIELDS.get(name, name)] = got
    return found


def _hedge(reader: Reader, place: str, raw: Any) -> dict[str, Any]:
    """A percentile of the call's own time, or a time."""
    if isinstance(raw, str) and re.fullmatch(r"p\d{1,2}(\.\d+)?", raw) and float(raw[1:]) > 0:
        return {"hedge": raw}
    try:
        return {"hedge_after_s": converted(raw, Key("duration", ""))}
    except CapcalcError:
        reader.bad(place, f'hedge = {raw!r} is neither a percentile nor a time; write "p95" or "10 ms"')
    return {}


def said_of(reader: Reader, place: str, hops: tuple[Hop, ...]) -> None:
    """Keeps which numbers of the hops the file says, by their addresses."""
    for hop in hops:
        where = f"{place}.{address(hop)}"
        for name in ("calls", "share", "hedge", "hedge_after", "service_time", "hit_ratio", "request", "response", "stored", "keep"):
            value = getattr(hop, HOP_FIELDS.get(name, name), None)
            if value is not None and (name not in ("calls", "share") or value != 1.0):
                reader.said(f"{where}.{name}")
        said_of(reader, where, getattr(hop, "hops", ()))


def _known(reader: Reader, place: str, name: Any, kinds: Mapping[str, str]) -> bool:
    if isinstance(name, str) and name in kinds:
        return True
    reader.bad(place, f'unknown tier "{name}"; {nearest(name, kinds)}')
    return False


def _last_is_truth(reader: Reader, place: str, hops: tuple[Hop, ...], kinds: Mapping[str, str]) -> None:
    last = hops[-1] if hops else None
    kind = kinds.get(last.tier) if isinstance(last, Call) else None
    if isinstance(last, Call) and kind in _COPIES:
        article, remedy = _COPIES[kind]
        what = f'"{last.tier}" is {article} with nothing behind it in its list, so it spares nobody; '
        reader.bad(place, what + remedy)
