"""Shards and copies of a database: given, or the fewest servers that carry load, bytes and spare."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from capcalc.errors import DomainError
from capcalc.laws.replication import ceil, copies_for, fewest_shards
from capcalc.steps import Working
from capcalc.tiers.flow import Number
from capcalc.tiers.tier import Load, Target

Database = Any  # capcalc.tiers.database.Database, which stands on this module


class Layout(NamedTuple):
    """How a database stands."""

    shards: Number
    copies: Number
    servers: Number
    needed: Number
    spare: Number
    decides: str


def layout_key(tier: Database, name: str) -> str:
    """Where a count stands: with its tier if it is given, else with what was worked out."""
    return f"{tier.name}.{name}" if getattr(tier, name) is None else f"{tier.place}.{name}"


def layout_of(
    tier: Database, reads: Number, writes: Number, load: Load, kept: Number, target: Target, working: Working
) -> Layout:
    """The layout of a database, with its steps."""
    if tier.servers is not None:
        return _given(tier, working)
    least = _least(tier, kept, target, working)
    loads = [_cpu(tier, reads, writes, target)]
    io = _io(tier, load, target, working)
    loads += [io] if io else []
    spare, spare_key = _spare(tier, target)
    loads = [b._replace(spare=spare, spare_text="p" if spare_key else "1", refs={**b.refs, **spare_key}) for b in loads]
    if tier.own_or(target, "spare")[0] == "region":
        loads += [_surged(tier, b) for b in loads]
    shards, shards_key = tier.shards, layout_key(tier, "shards")
    if shards is None:
        shards = _fewest(tier, loads, least)
        names = [f"fewest_shards({', '.join(b.names)}, k, {b.spare_text}, s0)" for b in loads]
        text = f"max({', '.join(names)})" if len(names) > 1 else names[0]
        refs = {k: v for b in loads for k, v in b.refs.items()}
        refs |= {"k": f"{tier.place}.copies", "s0": f"{tier.name}.least_shards"}
        working.step(shards_key, f"{tier.name} shards", text, refs, shards)
    copies = _copies(tier, loads, shards)
    _copies_step(tier, loads, shards, copies, shards_key, working)
    return _standing(tier, shards, copies, spare, least, working)


class _Burden(NamedTuple):
    """What copies share and what each must carry: of the CPU, or of the disk."""

    reads: Number
    writes: Number
    room: Number
    names: tuple[str, str, str]  # formulas of the three
    refs: dict[str, str]
    spare: Number = 1.0  # copies that may be lost under it
    spare_text: str = "1"


def _surged(tier: Database, b: _Burden) -> _Burden:
    """What a region must carry when another is lost, with all its copies: more reads, and more writes where each
    region takes its own."""
    surge, writes = tier.site.surge, b.names[1]
    if not tier.keeps_copies_everywhere:
        b, writes = b._replace(writes=b.writes * surge), f"{writes}*v"
    names, refs = (f"{b.names[0]}*v", writes, b.names[2]), {**b.refs, "v": tier.site.surge_key}
    return b._replace(reads=b.reads * surge, names=names, refs=refs, spare=0.0, spare_text="0")


def _cpu(tier: Database, reads: Number, writes: Number, target: Target) -> _Burden:
    limit, limit_key = tier.own_or(target, "utilisation")
    workers = tier.has("workers")
    refs = {"R": f"{tier.name}.reads.erlangs", "W": f"{tier.name}.writes.erlangs", "w": workers.key, "U": limit_key}
    refs["z"] = f"{tier.place}.skew"
    return _Burden(reads, writes, workers.value * limit / tier.skew, ("R", "W", "w*U/z"), refs)


def _io(tier: Database, load: Load, target: Target, working: Working) -> _Burden | None:
    """Reads and writes of the disk, where the disk's limit is known."""
    iops = tier.has("iops")
    if tier.on != "disk" or iops.value is None:
        return None
    limit, limit_key = tier.own_or(target, "utilisation")
    reads, writes = load.reads_peak_rps * tier.io_per_read, load.writes_peak_rps * tier.io_per_write
    for kind, value in (("read", reads), ("write", writes)):
        has = f"{tier.name}.{kind}s.peak" in working
        refs = {"lam": f"{tier.name}.{kind}s.peak", "i": f"{tier.place}.io_per_{kind}"} if has else {}
        label = f"disk {kind}s of {tier.name}, peak"
        working.step(f"{tier.name}.io.{kind}s", label, "lam*i" if has else "0", refs, value, "1/s")
    refs = {"Ri": f"{tier.name}.io.reads", "Wi": f"{tier.name}.io.writes", "q": iops.key, "U": limit_key}
    refs["z"] = f"{tier.place}.skew"
    return _Burden(reads, writes, iops.value * limit / tier.skew, ("Ri", "Wi", "q*U/z"), refs)


def _least(tier: Database, kept: Number, target: Target, working: Working) -> Number:
    """Shards that the bytes need."""
    room = tier.has("memory" if tier.on == "memory" else "disk")
    if room.value is None or not np.any(np.asarray(kept) > 0):
        working.step(f"{tier.name}.least_shards", f"{tier.name} shards for the bytes", "1", {}, 1.0)
        return 1.0
    reserved = tier.reserved if tier.on == "memory" else 0.0
    split = tier.own_or(target, "spare")[0] == "region" and not tier.keeps_copies_everywhere
    kept = kept * tier.site.surge if split else kept
    least = np.maximum(ceil(kept * tier.overhead * tier.skew / (room.value * target.fill - reserved)), 1.0)[()]
    refs = {"b": f"{tier.name}.bytes", "o": f"{tier.place}.overhead", "z": f"{tier.place}.skew"}
    refs |= {"D": room.key, "F": "target.fill"}
    room_text = "D*F"
    if tier.on == "memory":
        room_text, refs = "D*F - r", refs | {"r": f"{tier.place}.reserved"}
    refs |= {"v": tier.site.surge_key} if split else {}
    text = f"max(1, ceil(b*o*z{'*v' if split else ''}/({room_text})))"
    working.step(f"{tier.name}.least_shards", f"{tier.name} shards for the bytes", text, refs, least)
    return least


def _spare(tier: Database, target: Target) -> tuple[Number, dict[str, str]]:
    """Copies that may be lost; a zone or a region holds one."""
    spare, key = tier.own_or(target, "spare")
    return (1.0, {}) if isinstance(spare, str) else (spare, {"p": key})


def _fewest(tier: Database, loads: list[_Burden], least: Number) -> Number:
    """The shards with the fewest servers; under two burdens the larger count carries both."""
    if tier.reads == "primary":
        return np.maximum.reduce(np.broadcast_arrays(*(np.maximum(ceil((b.reads + b.writes) / b.room), least) for b in loads)))[()]
    tried = [fewest_shards(b.reads, b.writes, b.room, tier.copies, b.spare, least) for b in loads]
    return np.maximum.reduce(np.broadcast_arrays(*tried))[()] if len(tried) > 1 else tried[0]


def _copies(tier: Database, loads: list[_Burden], shards: Number) -> Number:
    if tier.reads == "primary":
        return tier.copies + 0.0 * np.asarray(shards)
    found = [copies_for(shards, b.reads, b.writes, b.room, tier.copies, b.spare) for b in loads]
    most = np.maximum.reduce(np.broadcast_arrays(*found))
    return np.where(np.isfinite(most), most, tier.copies)[()]  # given shards that writes fill: judged


def _copies_step(tier, loads: list[_Burden], shards, copies, shards_key: str, working: Working) -> None:
    refs = {"k": f"{tier.place}.copies"}
    text = "k"
    if tier.reads == "any" and all(np.all(shards * b.room > b.writes) for b in loads):
        parts = [f"ceil({b.names[0]}/(s*{b.names[2]} - {b.names[1]})) + {b.spare_text}" for b in loads]
        text = f"max(k, {', '.join(parts)})"
        refs |= {"s": shards_key, **{k: v for b in loads for k, v in b.refs.items()}}
    working.step(f"{tier.name}.copies", f"{tier.name} copies of each shard", text, refs, copies)


def _given(tier: Database, working: Working) -> Layout:
    """Servers given: so many copies of the shards that are given, of one if none are."""
    shards = 1.0 if tier.shards is None else tier.shards
    copies = np.floor(tier.servers / shards)
    if np.any(copies * shards != tier.servers):
        hint = "Give a multiple of the shards."
        raise DomainError(f"{tier.place}.servers", tier.servers, f"whole copies of {shards} shards", hint)
    if tier.shards is None:
        working.step(f"{tier.name}.shards", f"{tier.name} shards, where only servers are given", "1", {}, 1.0)
    refs = {"n": f"{tier.place}.servers", "s": layout_key(tier, "shards")}
    working.step(f"{tier.name}.copies", f"{tier.name} copies of each shard", "n/s", refs, copies)
    return _standing(tier, shards, copies, 0.0, 0.0, working)._replace(decides="given")


def _standing(tier: Database, shards, copies, spare, least, working: Working) -> Layout:
    servers = shards * copies
    refs = {"s": layout_key(tier, "shards"), "k": f"{tier.name}.copies"}
    working.step(f"{tier.name}.servers", f"{tier.name} servers", "s*k", refs, servers)
    needed = shards * np.maximum(copies - spare, 1)
    return Layout(shards, copies, servers, needed, servers - needed, _decides(tier, shards, copies, least, servers))


def _decides(tier: Database, shards, copies, least, servers) -> str:
    if np.ndim(servers):
        return ""
    if shards > 1 and shards == least:
        return tier.on
    if copies > tier.copies:
        return "reads"
    return "writes" if shards > 1 else "copies"
