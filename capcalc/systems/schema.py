"""The JSON Schema of a system file, made from the keys of its tables: what editors complete and underline.

Tables are the fields of `Spec`, keys those of `keys_of`; nothing is listed twice. A quantity is a text with its
unit, or a bare 0.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any

from capcalc.figures import text_of
from capcalc.keys import SPARES, Key, keys_of, unit_of
from capcalc.laws.work import Work
from capcalc.systems.kinds import KINDS, tier_class
from capcalc.systems.load import RATES, TABLES
from capcalc.systems.routes import HOP_KEYS
from capcalc.systems.spec import Operation, Spec
from capcalc.tiers.tier import Tier
from capcalc.units import EXAMPLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_WITH_UNIT = r"[A-Za-zµμ%$]\s*$|^\s*0\s*$|^\s*\$"  # a text that could be a quantity: it ends in a unit
_INF = float("inf")
Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    properties: Schema = {
        "title": _text("What the system is, in a few words."),
        "question": _text("What one wants to know of it."),
    }
    for name, (cls, many) in tables().items():
        properties[name] = _named(name, _table(cls)) if many else _table(cls)
    properties["operations"]["minProperties"] = 1
    properties["tiers"] = _named("tiers", {"$ref": "#/$defs/tier"}) | {"minProperties": 1}
    properties["sources"] = _values("Where a value comes from, by its key.", {"type": "string"})
    properties["check"] = _values("What the estimate has, in base units, within 1%.", {"type": "number"})
    unknown = set(TABLES) - properties.keys()
    properties |= {name: {"type": "object"} for name in sorted(unknown)}
    return {
        "$schema": DIALECT,
        "title": "System file of capcalc",
        "type": "object",
        "properties": properties,
        "required": ["operations", "tiers"],
        "additionalProperties": False,
        "$defs": {"hop": _hop(), "route": _route(), "tier": _tier(), "work": _spread("duration"), "amount": _spread("size")},
    }


def tables() -> dict[str, tuple[type, bool]]:
    """The tables of a file by name: the class of their keys, and whether there are several with names."""
    hints, found = typing.get_type_hints(Spec), {}
    for name in TABLES:
        hint = hints.get(name)
        several = typing.get_origin(hint) in (Mapping, dict)
        cls = _class(typing.get_args(hint)[1] if several else hint)
        if cls is not None and cls is not Tier:
            found[name] = (cls, several)
    return found


def _class(hint: Any) -> type | None:
    """The class of a table, of `X` and of `X | None`."""
    if isinstance(hint, types.UnionType):
        hint = next((a for a in typing.get_args(hint) if a is not type(None)), None)
    return hint if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None


def _table(cls: type, more: Schema | None = None, required: tuple[str, ...] = ()) -> Schema:
    """A table of keys; one that has no default is required."""
    properties, needed = dict(more or {}), list(required)
    fields = {f.name: f for f in dataclasses.fields(cls)}
    for name, k in keys_of(cls).items():
        field = fields[name]
        properties[name] = value(k, field.default)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            needed.append(name)
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if cls is Operation:
        found["properties"] |= _operation()
        needed.append("route")
        found["oneOf"] = [{"required": [name]} for name in RATES]
    if cls.__doc__:
        found["description"] = cls.__doc__.split("\n")[0]
    return found | ({"required": needed} if needed else {})


def _operation() -> Schema:
    follows = {"type": "object", "minProperties": 1, "maxProperties": 1}
    number = {"type": "number", "minimum": 0}
    return {
        "route": {"$ref": "#/$defs/route", "description": "The calls, in the order in which they are made."},
        "follows": follows
        | {"additionalProperties": number, "description": "So many for each of another operation."},
    }


def _text(doc: str) -> Schema:
    return {"type": "string", "description": doc}


def _named(name: str, inner: Schema) -> Schema:
    what = {"propertyNames": {"pattern": NAME}, "description": f"[{name}.NAME]"}
    return {"type": "object", "additionalProperties": inner, **what}


def _values(doc: str, inner: Schema) -> Schema:
    return {"type": "object", "description": doc, "additionalProperties": inner}


def _tier() -> Schema:
    """One of the kinds, told apart by `kind`."""
    kind = {"enum": list(KINDS), "description": "What the tier is."}
    return {
        "type": "object",
        "properties": {"kind": kind},
        "required": ["kind"],
        "additionalProperties": True,  # which others there are, one of the kinds says
        "oneOf": [_table(tier_class(name), {"kind": {"const": name}}, ("kind",)) for name in KINDS],
    }


def _route() -> Schema:
    return {"type": "array", "items": {"$ref": "#/$defs/hop"}, "minItems": 1}


def _hop() -> Schema:
    """A tier, a list, or a table with one of tier, route and fan."""
    keys = {name: value(k, None) for name, k in HOP_KEYS.items()}
    shapes: Schema = {"tier": _text("The tier that is called."), "route": {"$ref": "#/$defs/route"}}
    shapes["fan"] = {"$ref": "#/$defs/route"}
    table = {"type": "object", "properties": {**shapes, **keys}, "additionalProperties": False}
    table["oneOf"] = [{"required": [name]} for name in shapes]
    return {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/route"}, table]}


def _spread(kind: str) -> Schema:
    """A mean, a constant, or a log-normal distribution by two of its percentiles."""
    one = {**_shape(Key(kind, "")), "examples": _examples(Key(kind, ""))["examples"]}
    fixed = {"type": "object", "properties": {"fixed": one}, "required": ["fixed"], "additionalProperties": False}
    both = {"p50": one, "p99": one}
    spread = {"type": "object", "properties": both, "required": ["p50", "p99"], "additionalProperties": False}
    return {"anyOf": [one, fixed, spread]}


def value(k: Key, default: Any = dataclasses.MISSING) -> Schema:
    """What a key takes, with its meaning, its default and examples."""
    return {**_shape(k), "description": _said(k, default), **_examples(k)}


def _shape(k: Key) -> Schema:
    if k.kind == "flag":
        return {"type": "boolean"}
    if k.kind == "text":
        return {"type": "string"}
    if k.kind == "names":
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}
    if k.kind == "choice":
        return {"enum": list(k.choices)}
    if k.kind in ("work", "amount"):
        return {"$ref": f"#/$defs/{k.kind}"}
    if k.kind == "spare":
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"enum": list(SPARES)}]}
    if k.kind == "hedge":
        return {"type": "string", "pattern": r"^p\d{1,2}(\.\d+)?$", "examples": ["p95"]}
    if k.kind in ("ratio", "count", "number", "whole"):
        return {"type": ["number", "string"], **_range(k)}
    if k.kind in EXAMPLES:
        return {"type": ["string", "integer"], "pattern": _WITH_UNIT, "minimum": 0, "maximum": 0}
    return {}


def _range(k: Key) -> Schema:
    found: Schema = {"exclusiveMinimum" if k.above else "minimum": _number(k.low)}
    if k.high < _INF:
        found["maximum"] = _number(k.high)
    return found


def _number(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _examples(k: Key) -> Schema:
    said = EXAMPLES.get({"work": "duration", "whole": "count"}.get(k.kind, k.kind), "")
    return {"examples": said.replace(" or ", ", ").split(", ")} if said else {}


def _said(k: Key, default: Any) -> str:
    shown = default_text(k, default)
    return f"{k.doc[:1].upper()}{k.doc[1:]}." + (f" {shown} if left out." if shown else "")


def default_text(k: Key, default: Any) -> str:
    """A default as a file would say it, without quotes; nothing where there is none."""
    if default is None or default is dataclasses.MISSING:
        return ""
    if isinstance(default, Work):
        if default.shape == "lognormal":
            low, high = (text_of(v, unit_of(k)) for v in (default.p50_s, default.p99_s))
            return f"p50 {low}, p99 {high}"
        return text_of(default.mean_s, unit_of(k))
    if isinstance(default, bool):
        return str(default).lower()
    return text_of(default, unit_of(k)) if isinstance(default, (int, float)) else str(default)
