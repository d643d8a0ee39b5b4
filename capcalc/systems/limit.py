"""Which tier gives out first, at what multiple of the load, at how many users, and what one more of it would change.

Counts stay as they are; the load grows. A tier gives out when its workers are all busy, its network is full, its
connections are all taken, or when somebody else's limit is reached.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| load that a need takes / load now | m | `multiple` | ratio |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from capcalc.steps import Working, symbol_of
from capcalc.systems.regions import apart, tier_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Number
from capcalc.tiers.tier import TierResult

_GROWS = ("network", "connections", "memory")  # needs that grow with the load, besides the CPU


class Limit(NamedTuple):
    """What gives out first. Of arrays of scenarios only the multiple and the users are known."""

    multiple: Number  # of the load at the peak
    users: Number | None
    tier: str = ""
    need: str = ""
    more: str = ""  # what one more of: servers, shards
    then_multiple: Number | None = None  # with one more of them
    then_tier: str = ""


class _One(NamedTuple):
    tier: str
    need: str
    multiple: Number


def limit_of(spec: Spec, results: Mapping[str, TierResult], working: Working) -> Limit | None:
    """The limit of a system as it is sized; None where nothing limits it."""
    results = apart(results)
    found = [one for name, result in results.items() for one in _of_tier(spec, name, result, working)]
    if not found:
        return None
    multiple = np.minimum.reduce(np.broadcast_arrays(*(one.multiple for one in found)))[()]
    refs = {symbol_of(_key(one)): _key(one) for one in found}
    text = f"min({', '.join(refs)})" if len(refs) > 1 else f"1*{next(iter(refs))}"
    working.step("limit.multiple", "load that gives out first / load now", text, refs, multiple)
    users = None
    if spec.workload.users is not None:
        users = spec.workload.users * multiple
        refs = {"U": "workload.users", "m": "limit.multiple"}
        working.step("limit.users", "users at the limit", "U*m", refs, users)
    if np.ndim(multiple):
        return Limit(multiple, users)
    return _next(min(found, key=lambda one: float(one.multiple)), found, users, results, working)


def _key(one: _One) -> str:
    return f"{one.tier}.limits.{one.need}"


def _of_tier(spec: Spec, name: str, result: TierResult, working: Working) -> list[_One]:
    """The multiples of one tier, with their steps."""
    found = []
    tier = tier_of(spec, name)
    if result.servers is None:
        most = getattr(tier, "limit", None)
        if most is not None and np.all(np.asarray(result.peak_rps) > 0):
            found.append(_One(name, "limit", most / result.peak_rps))
            refs = {"k": f"{tier.place}.limit", "lam": f"{name}.peak"}
            working.step(f"{name}.limits.limit", f"{name}: its limit / its peak", "k/lam", refs, found[-1].multiple)
        return found
    if result.utilisation is not None and np.all(np.asarray(result.utilisation) > 0):
        found.append(_One(name, "CPU", 1 / result.utilisation))
        refs = {"u": f"{name}.utilisation"}
        working.step(f"{name}.limits.CPU", f"{name}: all workers busy at", "1/u", refs, found[-1].multiple)
    for need in _GROWS:
        asked = (result.needs or {}).get(need)
        if asked is None or not np.all(np.asarray(asked) > 0) or (need == "memory" and "connections" not in result.needs):
            continue
        limit, limit_key = tier.own_or(spec.target, "utilisation") if need == "network" else (1.0, "")
        found.append(_One(name, need, result.servers / (asked * limit)))
        refs = {"n": f"{name}.servers", "x": f"{name}.needs.{need}"} | ({"U": limit_key} if limit_key else {})
        text = "n/(x*U)" if limit_key else "n/x"
        working.step(f"{name}.limits.{need}", f"{name}: {need} full at", text, refs, found[-1].multiple)
    return found


def _next(first: _One, found: list[_One], users, results: Mapping[str, TierResult], working: Working) -> Limit:
    """What one more server, or one more shard, of the tier that gives out first would do."""
    result = results[first.tier]
    if result.servers is None:
        return Limit(first.multiple, users, first.tier, first.need)
    more, count = ("shard", result.shards) if result.shards is not None else ("server", result.servers)
    better = first.multiple * (count + 1) / count
    others = [one for one in found if one.tier != first.tier]
    then = min([_One(first.tier, first.need, better), *others], key=lambda one: float(one.multiple))
    refs = {symbol_of(_key(one)): _key(one) for one in others}
    refs |= {"m": "limit.multiple", "n": f"{first.tier}.{more}s"}
    text = f"min({', '.join(['m*(n + 1)/n', *(symbol_of(_key(o)) for o in others)])})" if others else "m*(n + 1)/n"
    if f"{first.tier}.{more}s" not in working and working.kept:
        refs["n"] = f"tiers.{first.tier.partition('.')[0]}.{more}s"
    working.step("limit.next", f"the same with one more {more} of {first.tier}", text, refs, then.multiple)
    return Limit(first.multiple, users, first.tier, first.need, more, then.multiple, then.tier)
