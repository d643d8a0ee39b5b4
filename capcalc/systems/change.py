"""Other values for a system: by key, as `--set tiers.web.service_time=8ms`, or by a short name, as `--users 1M`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from capcalc.errors import CapcalcError, DomainError, UnknownName
from capcalc.keys import Key, check_value, keys_of
from capcalc.laws.work import Work
from capcalc.systems.read import converted, spread_of, valued
from capcalc.systems.routes import HOP_KEYS
from capcalc.systems.spec import Mix, Origin, Spec
from capcalc.tiers.flow import Hop, address

if TYPE_CHECKING:
    from capcalc.spread import Spread

S = TypeVar("S", bound=Spec)
SHORT = {
    "users": "workload.users",
    "peak": "workload.peak",
    "requests_per_user": "mix.requests_per_user",
    "read_ratio": "mix.read_ratio",
    "utilisation": "target.utilisation",
    "spare": "target.spare",
}


def changed(spec: S, values: Mapping[str, Any]) -> S:
    """The same system with other values; each counts as typed.

    Raises
    ------
    UnknownName : no such key; says the nearest.
    UnitError, DomainError : a value that is none.
    """
    for key, value in values.items():
        spec = _with(spec, key, value)
    if spec.mix is not None:
        _check_mix(spec)
    return spec


def full_key(spec: Spec, key: str) -> str:
    """A key in full: short names are looked up, `hit_ratio` is that of the only cache."""
    if key in SHORT:
        return SHORT[key]
    if key == "hit_ratio":
        caches = [name for name, tier in spec.tiers.items() if tier.kind == "cache"]
        if len(caches) == 1:
            return f"tiers.{caches[0]}.hit_ratio"
        known = [f"tiers.{name}.hit_ratio" for name in caches]
        raise UnknownName("key", key, known)
    return key


def known_key(spec: Spec, typed: str) -> tuple[str, Key]:
    """A key in full, and what it takes.

    Raises
    ------
    UnknownName : there is no such key; says the nearest.
    """
    full, known = full_key(spec, typed), settable(spec)
    if full not in known:
        raise UnknownName("key", typed, [*known, *SHORT])
    return full, known[full]


def settable(spec: Spec) -> dict[str, Key]:
    """Every key that can be set, and what it takes."""
    found: dict[str, Key] = {f"mix.{n}": k for n, k in keys_of(Mix).items()}
    tables = {"workload": spec.workload, "client": spec.client, "target": spec.target}
    tables |= {f"groups.{n}": t for n, t in spec.groups.items()}
    tables |= {f"regions.{n}": t for n, t in spec.regions.items()}
    tables |= {f"tiers.{n}": t for n, t in spec.tiers.items()}
    tables |= {f"operations.{n}": t for n, t in spec.operations.items()}
    for place, table in tables.items():
        found |= {f"{place}.{n}": k for n, k in keys_of(table).items()}
    for name, operation in spec.operations.items():
        for hop in operation.route:
            found |= _hop_keys(hop, f"operations.{name}")
    return found


def _hop_keys(hop: Hop, place: str) -> dict[str, Key]:
    where = f"{place}.{address(hop)}"
    found = {f"{where}.{n}": HOP_KEYS[n] for n in ("calls", "share")}
    if hasattr(hop, "service_time"):
        found |= {f"{where}.{n}": HOP_KEYS[n] for n in ("service_time", "hit_ratio")}
    for inner in getattr(hop, "hops", ()):
        found |= _hop_keys(inner, where)
    return found


def _with(spec: S, typed: str, raw: Any) -> S:
    key, kind = known_key(spec, typed)
    spread = _spread(typed, raw, kind)
    value = _value(spec, typed, raw if spread is None else spread.median, kind)
    head, _, rest = key.partition(".")
    ranges = {k: v for k, v in spec.ranges.items() if k != key} | ({} if spread is None else {key: spread})
    spec = replace(spec, ranges=ranges) if ranges != spec.ranges else spec
    origins = {**spec.origins, key: Origin("typed")}
    if head == "mix":
        return replace(spec, mix=replace(spec.mix or Mix(), **{rest: value}), origins=origins)
    if head in ("workload", "client", "target"):
        return replace(spec, **{head: replace(getattr(spec, head), **{rest: value})}, origins=origins)
    owner, _, name = rest.partition(".")
    tables = dict(getattr(spec, head))
    if head == "operations" and name not in keys_of(tables[owner]):
        route = _in_route(tables[owner].route, name.split("."), value)
        tables[owner] = replace(tables[owner], route=route)
    elif head == "operations" and name in ("per_user", "rate", "every"):
        cleared = {n: None for n in ("per_user", "rate", "every", "follows")}
        tables[owner] = replace(tables[owner], **{**cleared, name: value})
    else:
        tables[owner] = replace(tables[owner], **{name: value})
    return replace(spec, **{head: tables}, origins=origins)


def _spread(key: str, raw: Any, k: Key) -> Spread | None:
    """The range that a text gives in place of a value."""
    try:
        return spread_of(raw, k)
    except CapcalcError as error:
        raise CapcalcError(f"{key}: {error}") from None


def _value(spec: Spec, key: str, raw: Any, k: Key) -> Any:
    """Text with its unit, or a number or an array in base units."""
    if isinstance(raw, str):
        try:
            value = converted(raw, k)
        except CapcalcError as error:
            raise CapcalcError(f"{key}: {error}") from None
    elif k.kind in ("work", "amount") and not isinstance(raw, Work):
        value = valued(raw, k)
    else:
        value = raw if isinstance(raw, (int, float, str, bool, Work)) else np.asarray(raw)
    check_value(key, value, k)
    if key.endswith(".group") and value not in spec.groups:
        raise UnknownName("group", value, spec.groups)
    return value


def _in_route(hops: tuple[Hop, ...], path: list[str], value: Any) -> tuple[Hop, ...]:
    name, *rest = path
    found = []
    for hop in hops:
        if address(hop) == name:
            if len(rest) == 1:
                hop = replace(hop, **{rest[0]: value})
            else:
                hop = replace(hop, hops=_in_route(getattr(hop, "hops", ()), rest, value))
        found.append(hop)
    return tuple(found)


def _check_mix(spec: Spec) -> None:
    """A share of reads needs both kinds, each with requests of a user."""
    kinds = {o.kind for o in spec.operations.values() if o.per_user is not None and np.all(np.asarray(o.per_user) > 0)}
    if not kinds:
        hint = "Set the operations' own rates: --set operations.NAME.rate=..."
        raise DomainError("requests_per_user", spec.mix and spec.mix.requests_per_user, "what this system has", hint)
    if spec.mix is not None and spec.mix.read_ratio is not None and len(kinds) < 2:
        hint = f"All operations of {spec.name} that users do are {kinds.pop()}s; set their rates one by one."
        raise DomainError("read_ratio", spec.mix.read_ratio, "what this system has", hint)
