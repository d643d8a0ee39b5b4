"""A database: a primary and read replicas, in shards. Reads are spread over the copies; every copy applies every write.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| erlangs of reads and of writes, of the whole tier | R, W | | erlang |
| shards, copies of each (the primary included) | s, k | `shards`, `copies` | count |
| erlangs that one copy set may carry | s w U | | erlang |

Adding copies helps reads only: s w U - W is the room that a copy set leaves for reads, and where writes alone fill it
only shards help. Of all s the one with the fewest servers s k is taken, of equals the one with fewer shards.

Each copy is a server with a queue of its own (c = its workers): it gets all writes of its shard and its share of the
reads. A write is answered by the primary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.replication import copies_for, fewest_shards
from capcalc.laws.work import Work
from capcalc.steps import Working
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.pool import Pool, offered, queue_of
from capcalc.tiers.tier import Stream, Target, TierResult, load_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Database(Pool):
    """Keeps the data. `copies` counts all of them, the primary included."""

    kind: ClassVar[str] = "database"
    read_time: Work = key(
        "work", "a worker's own work for a read", Work(0.001), source="assumed: 0.3 ms to 5 ms for an indexed read"
    )
    write_time: Work = key(
        "work", "a worker's own work for a write", Work(0.002), source="assumed: 0.5 ms to 10 ms for an indexed write"
    )
    copies: Number = key(
        "whole", "copies of the data, the primary included", 3, low=1, source="three copies, as most sources keep"
    )
    shards: Number | None = key("whole", "pieces of the data, each on copies of its own; sized if not given", None, low=1)

    def own_work(self, kind: str) -> tuple[Work, str]:
        return (self.read_time if kind == "read" else self.write_time), f"{self.place}.{kind}_time"

    def solve(self, visits: Sequence[Visit], target: Target, working: Working) -> TierResult:
        load = load_of(self.name, visits, working)
        streams = self.streams(visits, load, working)
        reads = offered(f"{self.name}.reads", [s for s in streams if s.kind == "read"], working)
        writes = offered(f"{self.name}.writes", [s for s in streams if s.kind == "write"], working)
        layout = self._layout(reads, writes, target, working)
        on_copy = self._on_copy(streams, layout, working)
        each = offered(self.name, on_copy, working)
        queue = queue_of(self.name, on_copy, each, self.workers, f"{self.place}.workers", working)
        return TierResult(
            name=self.name,
            kind=self.kind,
            mean_rps=load.mean_rps,
            peak_rps=load.peak_rps,
            reads_peak_rps=load.reads_peak_rps,
            writes_peak_rps=load.writes_peak_rps,
            offered_erlangs=each * layout["servers"],
            problem=self._problem(each),
            notes=self.notes(visits),
            time_keys=tuple(dict.fromkeys(s.time_key for s in streams)),
            **layout,
            **self._busy(reads, writes, each, layout, working),
            **queue,
        )

    def _layout(self, reads: Number, writes: Number, target: Target, working: Working) -> dict:
        """Shards and copies: given, or the fewest servers that carry the load and the spare."""
        spare, spare_key = self.own_or(target, "spare")
        limit, limit_key = self.own_or(target, "utilisation")
        refs = {
            "R": f"{self.name}.reads.erlangs",
            "W": f"{self.name}.writes.erlangs",
            "w": f"{self.place}.workers",
            "U": limit_key,
            "k": f"{self.place}.copies",
            "p": spare_key,
        }
        if self.servers is not None:
            return self._given(working)
        room = self.workers * limit
        shards = self.shards
        if shards is None:
            shards = fewest_shards(reads, writes, room, self.copies, spare)
            formula = "fewest_shards(R, W, w*U, k, p)"
            working.step(f"{self.name}.shards", f"{self.name} shards", formula, refs, shards)
        shards_key = self._shards_key()
        copies = copies_for(shards, reads, writes, room, self.copies, spare)
        copies = np.where(np.isfinite(copies), copies, self.copies)[()]  # given shards that writes fill: judged
        refs["s"] = shards_key
        formula = "max(k, ceil(R/(s*w*U - W)) + p)" if np.all(shards * room > writes) else "k"
        refs = refs if formula != "k" else {"k": refs["k"]}
        working.step(f"{self.name}.copies", f"{self.name} copies of each shard", formula, refs, copies)
        return self._servers(shards, shards_key, copies, f"{self.name}.copies", spare, working)

    def _given(self, working: Working) -> dict:
        """Servers given: so many copies of the shards that are given, of one if none are."""
        shards = 1.0 if self.shards is None else self.shards
        copies = np.floor(self.servers / shards)
        if np.any(copies * shards != self.servers):
            hint = "Give a multiple of the shards."
            raise DomainError(f"{self.place}.servers", self.servers, f"whole copies of {shards} shards", hint)
        if self.shards is None:
            working.step(f"{self.name}.shards", f"{self.name} shards, where only servers are given", "1", {}, 1.0)
        refs = {"n": f"{self.place}.servers", "s": self._shards_key()}
        working.step(f"{self.name}.copies", f"{self.name} copies of each shard", "n/s", refs, copies)
        return self._servers(shards, self._shards_key(), copies, f"{self.name}.copies", 0.0, working) | {"decides": "given"}

    def _servers(self, shards, shards_key: str, copies, copies_key: str, spare, working: Working) -> dict:
        servers = shards * copies
        refs = {"s": shards_key, "k": copies_key}
        working.step(f"{self.name}.servers", f"{self.name} servers", "s*k", refs, servers)
        decides = "copies"
        if not np.ndim(servers):
            decides = "writes" if shards > 1 else "reads" if copies > self.copies else "copies"
        needed = shards * np.maximum(copies - spare, 1)
        return {
            "shards": shards,
            "copies": copies,
            "servers": servers,
            "needed": needed,
            "spare": servers - needed,
            "decides": decides,
        }

    def _on_copy(self, streams: Sequence[Stream], layout: dict, working: Working) -> list[Stream]:
        """What one copy of one shard gets: all writes of the shard, its share of the reads."""
        found = []
        for stream in streams:
            each = layout["shards"] * (layout["copies"] if stream.kind == "read" else 1)
            rate_key = f"{stream.rate_key}.copy"
            refs = {"lam": stream.rate_key, "s": self._shards_key()}
            if stream.kind == "read":
                refs["k"] = f"{self.name}.copies"
            formula = "lam/(s*k)" if stream.kind == "read" else "lam/s"
            label = f"{stream.kind}s at one copy of {self.name}, peak"
            working.step(rate_key, label, formula, refs, stream.peak_rps / each, "1/s")
            found.append(replace(stream, peak_rps=stream.peak_rps / each, rate_key=rate_key))
        return found

    def _shards_key(self) -> str:
        return f"{self.name}.shards" if self.shards is None else f"{self.place}.shards"

    def _busy(self, reads, writes, each, layout: dict, working: Working) -> dict:
        """Utilisation of one copy, with all of them and with one lost."""
        refs = {"a": f"{self.name}.erlangs", "w": f"{self.place}.workers"}
        working.step(f"{self.name}.utilisation", f"{self.name} busy at the peak", "a/w", refs, each / self.workers, "ratio")
        left = layout["copies"] - 1
        lost = (writes + reads / np.where(left > 0, left, 1.0)) / (layout["shards"] * self.workers)
        if not np.ndim(lost) and left == 0:
            return {"utilisation": each / self.workers, "utilisation_one_lost": None}
        refs = {
            "R": f"{self.name}.reads.erlangs",
            "W": f"{self.name}.writes.erlangs",
            "s": self._shards_key(),
            "k": f"{self.name}.copies",
            "w": f"{self.place}.workers",
        }
        label = f"{self.name} busy with one copy lost"
        working.step(f"{self.name}.utilisation_one_lost", label, "(W + R/(k - 1))/(s*w)", refs, lost, "ratio")
        return {"utilisation": each / self.workers, "utilisation_one_lost": np.where(left > 0, lost, np.inf)[()]}

    def _problem(self, each: Number) -> str | None:
        """The sentence of a copy that cannot keep up."""
        if np.ndim(each) or np.ndim(self.workers) or each < self.workers:
            return None
        return f"{float(each):,.2f} erlangs on each copy need more than its {float(self.workers):,.0f} workers"
