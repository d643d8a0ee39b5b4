"""Calls that are sent again when they are not answered by a time: how many are.

A hedge at a percentile sends a known part again; at a time it is the chance that the call, without any wait, takes longer.
"""

from __future__ import annotations

from dataclasses import replace

from capcalc.steps import Working
from capcalc.systems.path import Path
from capcalc.systems.regions import regions_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Flow, Hop, address


def hedged(spec: Spec, working: Working) -> Spec:
    """The same system, each hop with a hedge at a time knowing what part of its calls is sent again."""
    operations = dict(spec.operations)
    for name, operation in spec.operations.items():
        if any(_asks(hop) for hop in operation.route):
            flow = Flow(name, operation.kind, 0.0, 0.0)
            operations[name] = replace(operation, route=_known(spec, operation.route, flow, f"operations.{name}", working))
    return spec if operations == spec.operations else replace(spec, operations=operations)


def _asks(hop: Hop) -> bool:
    return hop.hedge_after_s is not None or any(_asks(h) for h in getattr(hop, "hops", ()))


def _known(spec: Spec, hops: tuple[Hop, ...], flow: Flow, place: str, working: Working) -> tuple[Hop, ...]:
    found = []
    for hop in hops:
        where = f"{place}.{address(hop)}"
        if hop.hedge_after_s is not None:
            path = Path(spec, {}, regions_of(spec)[0])
            once = replace(hop, hedge_after_s=None, calls=1.0, share=1.0, name=address(hop))
            term = path.of((once,), flow, place, path.caller)
            part = term.law().tail(hop.hedge_after_s)
            refs = {"h": f"{where}.hedge_after", **dict(term.refs())}
            label = f"part of the calls of {where} that are sent again"
            working.step(f"{where}.resent", label, f"later(h, {term.text()})", refs, part, "ratio", "", "approximation")
            hop = replace(hop, resent_ratio=part)
        if hasattr(hop, "hops"):
            hop = replace(hop, hops=_known(spec, hop.hops, replace(flow, kind=hop.kind or flow.kind), where, working))
        found.append(hop)
    return tuple(found)
