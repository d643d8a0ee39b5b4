"""Rates of the operations: users times requests of a user, a rate of its own, a beat, or so many for another's.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| users active on a day | U | `users` | count |
| requests of a user in a day | n | `per_user` | 1/day |
| rate over the day, at the busiest time | lam | `mean_rps`, `peak_rps` | 1/s |
"""

from __future__ import annotations

from collections.abc import Mapping

from capcalc.errors import DomainError
from capcalc.steps import Working, symbol_of
from capcalc.systems.spec import Group, Operation, Spec
from capcalc.tiers.flow import Factor, Flow, Number

DAY_S = 86400.0


def flows(spec: Spec, working: Working) -> dict[str, Flow]:
    """What enters each route, with the steps `read.mean` and `read.peak`."""
    shares = _mixed(spec, working) if spec.mix else {}
    found: dict[str, Flow] = {}
    for name in _in_order(spec.operations):
        operation = spec.operations[name]
        group, place = _group(spec, name)
        mean, peak = _rates(spec, name, found, shares, working)
        found[name] = Flow(
            operation=name,
            kind=operation.kind,
            mean_rps=mean,
            peak_rps=peak,
            request_bytes=operation.request.mean_s,
            response_bytes=operation.response.mean_s,
            request_text=_size(name, "request"),
            response_text=_size(name, "response"),
            group=operation.group or "",
            lasts_s=float("inf") if group.lasts is None else group.lasts,
            lasts_key=f"{place}.lasts",
            peak_lasts_s=group.peak_lasts,
            peak_lasts_key=f"{place}.peak_lasts",
            origin=name,
        )
    return {name: found[name] for name in spec.operations}


def _size(name: str, what: str) -> Factor:
    key = f"operations.{name}.{what}"
    return Factor(symbol_of(key), {symbol_of(key): key})


def online(spec: Spec) -> dict[str, tuple[Number, str, dict[str, str]]]:
    """Users of each group that are connected at the busiest moment, as number and formula."""
    found: dict[str, tuple[Number, str, dict[str, str]]] = {}
    for name, group in {"": spec.workload, **spec.groups}.items():
        if group.users is not None and group.online is not None:
            place = f"groups.{name}" if name else "workload"
            users, part = f"{place}.users", f"{place}.online"
            text = f"{symbol_of(users)}*{symbol_of(part)}"
            found[name] = (group.users * group.online, text, {symbol_of(users): users, symbol_of(part): part})
    return found


def _in_order(operations: Mapping[str, Operation]) -> list[str]:
    """Operations so that each comes after the one it follows."""
    done: list[str] = []
    while len(done) < len(operations):
        ready = [n for n, o in operations.items() if n not in done and set(o.follows or ()) <= set(done)]
        if not ready:
            circle = [n for n in operations if n not in done]
            raise DomainError("follows", ", ".join(circle), "chains that begin with a rate", "They follow each other.")
        done += ready
    return done


def _group(spec: Spec, name: str) -> tuple[Group, str]:
    group = spec.operations[name].group
    return (spec.groups[group], f"groups.{group}") if group else (spec.workload, "workload")


def _rates(
    spec: Spec, name: str, found: Mapping[str, Flow], shares: Mapping[str, Number], working: Working
) -> tuple[Number, Number]:
    """Mean and peak of one operation, with their steps."""
    operation, place = spec.operations[name], f"operations.{name}"
    group, group_place = _group(spec, name)
    label = f"{name}s" if not name.endswith("s") else name
    if operation.follows:
        (other, n), key = next(iter(operation.follows.items())), f"{place}.follows"
        for when in ("mean", "peak"):
            value = getattr(found[other], f"{when}_rps") * n
            working.step(f"{name}.{when}", f"{label}, {when}", "lam*n", {"lam": f"{other}.{when}", "n": key}, value, "1/s")
        return found[other].mean_rps * n, found[other].peak_rps * n
    factor, factor_key = (group.peak, f"{group_place}.peak") if operation.peak is None else (operation.peak, f"{place}.peak")
    if operation.every is not None:
        peak = _users(group, group_place, name) * _online(group, group_place, name) / operation.every
        refs = {"U": f"{group_place}.users", "o": f"{group_place}.online", "T": f"{place}.every"}
        working.step(f"{name}.peak", f"{label}, peak", "U*o/T", refs, peak, "1/s")
        working.step(f"{name}.mean", f"{label}, mean", "lam/p", {"lam": f"{name}.peak", "p": factor_key}, peak / factor, "1/s")
        return peak / factor, peak
    if operation.rate is not None:
        mean = operation.rate
        working.step(f"{name}.mean", f"{label}, mean", "lam", {"lam": f"{place}.rate"}, mean, "1/s")
    else:
        per_user = shares.get(name, operation.per_user)
        mean = _users(group, group_place, name) * (per_user * DAY_S) / DAY_S
        refs = {"U": f"{group_place}.users", "n": f"{place}.per_user", "day": "constants.day"}
        working.step(f"{name}.mean", f"{label}, mean", "U*n/day", refs, mean, "1/s")
    refs = {"lam": f"{name}.mean", "p": factor_key}
    working.step(f"{name}.peak", f"{label}, peak", "lam*p", refs, mean * factor, "1/s")
    return mean, mean * factor


def _users(group: Group, place: str, name: str) -> Number:
    if group.users is None:
        raise DomainError(f"{place}.users", None, "the counts", f"Operation {name} needs it: --users 1M.")
    return group.users


def _online(group: Group, place: str, name: str) -> Number:
    if group.online is None:
        raise DomainError(f"{place}.online", None, "the ratios", f"Operation {name} needs it: --set {place}.online=10%.")
    return group.online


def _mixed(spec: Spec, working: Working) -> dict[str, Number]:
    """Requests of a user for each operation that has them, from a total and a share of reads.

    Inside reads and inside writes the operations keep the proportions that the file gives them.
    """
    assert spec.mix is not None
    own = {n: o.per_user for n, o in spec.operations.items() if o.per_user is not None}
    total, ratio = spec.mix.requests_per_user, spec.mix.read_ratio
    keys = {n: f"operations.{n}.per_user_in_file" for n in own}
    symbols = {symbol_of(k): k for k in keys.values()}
    if total is None:
        total = sum(own.values())
        working.step("mix.requests_per_user", "requests of a user in a day", " + ".join(symbols), symbols, total * DAY_S, "1/day")
    parts: dict[str, Number] = {}
    for kind in ("read", "write"):
        names = [n for n in own if spec.operations[n].kind == kind]
        of_kind = sum(own[n] for n in names)
        for name in names:
            refs = {"n": "mix.requests_per_user"}
            text, value = "n", total
            if ratio is not None:
                refs["r"] = "mix.read_ratio"
                text, value = ("n*r", total * ratio) if kind == "read" else ("n*(1 - r)", total * (1 - ratio))
                sums = {symbol_of(keys[n]): keys[n] for n in names}
            else:
                sums = symbols
                of_kind = sum(own.values())
            if len(sums) > 1:
                refs |= sums
                text += f"*{symbol_of(keys[name])}/({' + '.join(sums)})"
                value = value * own[name] / of_kind
            parts[name] = value
            working.step(f"operations.{name}.per_user", f"{name}s of a user in a day", text, refs, value * DAY_S, "1/day")
    return parts
