"""A system file, TOML, read into a `System`: all its mistakes in one pass."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capcalc.catalogue.places import region as in_catalogue
from capcalc.errors import CapcalcError, ModelFileError, nearest
from capcalc.keys import keys_of
from capcalc.systems.kinds import KINDS, tier_class
from capcalc.systems.read import Reader
from capcalc.systems.routes import route_of, said_of
from capcalc.systems.spec import Client, Group, Operation, Region
from capcalc.systems.system import System
from capcalc.tiers.flow import Call, Fan, Hop, Trip
from capcalc.tiers.tier import Target, Tier

TABLES = ("title", "question", "workload", "groups", "client", "regions", "operations", "tiers", "target", "sources", "check")
_NONE: frozenset[str] = frozenset()
RATES = ("per_user", "rate", "every", "follows")
MOST_BYTES = 4_000_000


def load_text(text: str, file: str = "text", name: str = "", origin: str = "model") -> System:
    """The system that a text describes.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        What messages call it.
    name : str
        The system's name; the file's stem if left out.
    origin : str
        "model" of a shipped model, whose values count as assumed; "typed" of a file of the user's.

    Raises
    ------
    ModelFileError : every mistake, one line each.
    """
    text = text.removeprefix("\ufeff")
    reader = Reader(file, text, origin)
    raw = _toml(reader, text)
    if not reader.problems:
        found = _system(reader, raw, name or Path(file).stem)
    if reader.problems:
        raise ModelFileError(file, [line for _, line in sorted(reader.problems, key=lambda p: p[0])])
    return found


def _toml(reader: Reader, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = re.search(r"\(at line (\d+)", message)
        line = int(at[1]) if at else len(text.splitlines()) or 1
        what = re.sub(r" \(at .*\)$", "", message)
        if "Expected newline" in message or "Invalid value" in message:
            what += '; quantities go in quotes: service_time = "8 ms"'
        reader.problems.append((line, f"{reader.file}:{line}: {what}"))
    except RecursionError:
        reader.problems.append((1, f"{reader.file}:1: lists or tables are nested too deeply to read"))
    return {}


def _system(reader: Reader, raw: dict[str, Any], name: str) -> System:
    for table in raw:
        if table not in TABLES:
            reader.bad(table, f'unknown table "{table}"; {nearest(table, TABLES)}')
    reader.sources = raw.get("sources", {}) if isinstance(raw.get("sources"), dict) else {}
    workload = Group(**reader.table("workload", raw.get("workload", {}), Group, _NONE))
    groups = {
        g: Group(**_inherited(workload) | reader.table(f"groups.{g}", v, Group, _NONE))
        for g, v in _named(reader, "groups", raw)
    }
    tiers = {t: made for t, v in _named(reader, "tiers", raw) if (made := _tier(reader, t, v)) is not None}
    kinds = {t: v.get("kind", "") for t, v in _named(reader, "tiers", raw, quiet=True) if isinstance(v, dict)}
    operations = {
        o: made for o, v in _named(reader, "operations", raw) if (made := _operation(reader, o, v, kinds, groups))
    }
    regions = {r: made for r, v in _named(reader, "regions", raw) if (made := _region(reader, r, v)) is not None}
    client = reader.table("client", raw.get("client", {}), Client, _NONE)
    target = reader.table("target", raw.get("target", {}), Target, _NONE)
    for needed in ("operations", "tiers"):
        if not raw.get(needed):
            reader.bad("", f"no [{needed}.NAME]: a system has at least one of them")
    _cross(reader, operations, raw)
    if reader.problems:
        return System(name=name, operations={}, tiers={})
    return System(
        name=name,
        title=str(raw.get("title", "")),
        question=str(raw.get("question", "")),
        workload=workload,
        groups=groups,
        operations=operations,
        tiers=tiers,
        client=Client(**client),
        regions=regions,
        target=Target(**target),
        origins=reader.origins,
        ranges=reader.ranges,
        check=raw.get("check", {}),
    )


def _inherited(workload: Group) -> dict[str, Any]:
    return {"peak": workload.peak, "peak_lasts": workload.peak_lasts, "lasts": workload.lasts}


def _named(reader: Reader, table: str, raw: Mapping[str, Any], quiet: bool = False) -> list[tuple[str, Any]]:
    """The sub-tables of a table whose names are names."""
    inner = raw.get(table, {})
    if not isinstance(inner, dict):
        if not quiet:
            reader.bad(table, f"{inner!r} is not a table; write [{table}.NAME]")
        return []
    good = []
    for name, value in inner.items():
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            good.append((name, value))
        elif not quiet:
            reader.bad(f"{table}.{name}", "a name has letters, digits and _, and begins with a letter")
    return good


def _tier(reader: Reader, name: str, raw: Any) -> Tier | None:
    place = f"tiers.{name}"
    if not isinstance(raw, dict) or "kind" not in raw:
        reader.bad(place, f"a tier has a kind; there are: {', '.join(KINDS)}")
        return None
    try:
        cls = tier_class(raw["kind"])
    except CapcalcError as error:
        reader.bad(f"{place}.kind", str(error))
        return None
    before = len(reader.problems)
    fields = reader.table(place, raw, cls, _NONE, frozenset({"kind"}))
    for key, k in keys_of(cls).items():
        if key not in raw and k.kind == "work" and name and _required(cls, key):
            reader.bad(place, f'{raw["kind"]} needs {key}: {k.doc}')
    if len(reader.problems) > before:
        return None
    try:
        return cls(name=name, **fields)
    except CapcalcError as error:
        reader.bad(place, str(error).rstrip("."))
        return None


def _region(reader: Reader, name: str, raw: Any) -> Region | None:
    """A region with its place and its share."""
    place = f"regions.{name}"
    fields = reader.table(place, raw, Region, _NONE)
    missing = [key for key in keys_of(Region) if key not in raw] if isinstance(raw, dict) else []
    for key in missing:
        reader.bad(place, f"a region has {key}: {keys_of(Region)[key].doc}")
    if "place" in fields:
        try:
            in_catalogue(fields["place"])
        except CapcalcError as error:
            reader.bad(f"{place}.place", str(error).rstrip("."))
    return Region(**fields) if set(fields) == set(keys_of(Region)) else None


def _required(cls: type, name: str) -> bool:
    import dataclasses

    field = next(f for f in dataclasses.fields(cls) if f.name == name)
    return field.default is dataclasses.MISSING


def _operation(
    reader: Reader, name: str, raw: Any, kinds: Mapping[str, str], groups: Mapping[str, Group]
) -> Operation | None:
    place = f"operations.{name}"
    fields = reader.table(place, raw, Operation, _NONE, frozenset({"route", "follows"}))
    if not isinstance(raw, dict):
        return None
    if "route" not in raw:
        reader.bad(place, 'no route; write route = ["web", "database"]')
    route = route_of(reader, f"{place}.route", raw["route"], kinds) if "route" in raw else ()
    said_of(reader, place, route)
    said = [k for k in RATES if k in raw]
    if len(said) != 1:
        has = f"it has {' and '.join(said)}" if said else "it has none"
        reader.bad(place, f"an operation has exactly one of {', '.join(RATES)}; {has}")
    if "follows" in raw:
        follows = _follows(reader, place, raw["follows"])
        if follows:
            fields["follows"] = follows
    if fields.get("group") is not None and fields["group"] not in groups:
        reader.bad(f"{place}.group", f'unknown group "{fields["group"]}"; {nearest(fields["group"], groups)}')
    return Operation(route=route, **fields) if route else None


def _follows(reader: Reader, place: str, raw: Any) -> dict[str, float] | None:
    good = isinstance(raw, dict) and len(raw) == 1
    number = next(iter(raw.values())) if good else None
    if not good or isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number < float("inf"):
        reader.bad(f"{place}.follows", f"{raw!r} is not {{ operation = number }} with a number >= 0")
        return None
    reader.said(f"{place}.follows")
    return {next(iter(raw)): float(number)}


def _cross(reader: Reader, operations: Mapping[str, Operation], raw: Mapping[str, Any]) -> None:
    """What no table can see alone: names used twice, tiers that nobody reaches, operations that are not there."""
    tiers = raw["tiers"] if isinstance(raw.get("tiers"), dict) else {}
    known = raw["operations"] if isinstance(raw.get("operations"), dict) else {}
    for name in sorted(set(tiers) & set(known)):
        reader.bad(f"operations.{name}", "is a tier as well; names are unique over tiers and operations together")
    for name, operation in operations.items():
        other = next(iter(operation.follows or ()), None)
        if other is not None and other not in known:
            reader.bad(f"operations.{name}.follows", f'unknown operation "{other}"; {nearest(other, known)}')
    for name in operations:
        seen, at = [name], name
        while (follows := getattr(operations.get(at), "follows", None)) and (at := next(iter(follows))) in operations:
            if at in seen:
                reader.bad(f"operations.{name}.follows", f"goes in a circle: {' -> '.join([*seen, at])}")
                break
            seen.append(at)
    reached = {tier for o in operations.values() for tier in _tiers_of(o.route)}
    if len(operations) == len(known):
        for name in sorted(set(tiers) - reached):
            reader.bad(f"tiers.{name}", "no route reaches it; name it in a route, or leave it out")


def _tiers_of(hops: tuple[Hop, ...]) -> set[str]:
    found: set[str] = set()
    for hop in hops:
        if isinstance(hop, Call):
            found.add(hop.tier)
        elif isinstance(hop, (Trip, Fan)):
            found |= _tiers_of(hop.hops)
    return found
