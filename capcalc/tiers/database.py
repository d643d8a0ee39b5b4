"""A database: a primary and read replicas, in shards. Reads are spread over the copies; every copy applies every write.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| erlangs of reads and of writes, of the whole tier | R, W | | erlang |
| shards, copies of each (the primary included) | s, k | `shards`, `copies` | count |
| hottest shard / mean shard | z | `skew` | ratio |
| erlangs that one server may carry | u = w U / z | | erlang |

Adding copies helps reads only: s u - W is the room that a copy set leaves for reads, and where writes alone fill it
only shards help; so do they where the bytes fill a server. Of all s the one with the fewest servers s k is taken, of
equals the one with fewer shards. The same holds of reads and writes of the disk.

Each copy is a server with a queue of its own (c = its workers): it gets all writes of its shard and its share of the
reads, those of the hottest shard being the ones that are shown. A write is answered by the primary, and by as many more
copies as `acks` asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working
from capcalc.tiers.answer import Leaf, Term, term
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.layout import Layout, layout_key, layout_of
from capcalc.tiers.pool import Pool
from capcalc.tiers.storage import stored_of
from capcalc.tiers.tier import Around, Stream, TierResult, load_of
from capcalc.tiers.waiting import offered, queue_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Database(Pool):
    """Keeps the data. `copies` counts all of them, the primary included."""

    kind: ClassVar[str] = "database"
    usual_machine: ClassVar[str] = "i4i.2xlarge"
    read_time: Work = key(
        "work", "a worker's own work for a read", Work(0.001), source="assumed: 0.3 ms to 5 ms for an indexed read"
    )
    write_time: Work = key(
        "work", "a worker's own work for a write", Work(0.002), source="assumed: 0.5 ms to 10 ms for an indexed write"
    )
    capacity: Number | None = key("rate", "reads or writes a server does at 100% busy, in place of the times", None, above=True)
    on: str = key("choice", "where the data is", "disk", choices=("disk", "memory"))
    data: Number = key("size", "bytes there on day one, before copies and overhead", 0.0, source="assumed: none")
    keep: Number = key("duration", "how long bytes stay", 5 * 365 * 86400.0, source="five years, as most sources take")
    overhead: Number = key("number", "bytes on disk / bytes of data", 1.3, low=1, source="30% for indexes and the like (1.2 to 2)")
    copies: Number = key(
        "whole", "copies of the data, the primary included", 3, low=1, high=1000, source="three copies, as most sources keep"
    )
    shards: Number | None = key("whole", "pieces of the data, each on copies of its own; sized if not given", None, low=1)
    skew: Number = key("number", "hottest shard / mean shard", 1.0, low=1, source="assumed: keys spread evenly")
    reads: str = key("choice", "which copies answer reads", "any", choices=("any", "primary"))
    home: str | None = key("text", "the region that takes the writes; all regions keep copies", None)
    acks: Number = key("whole", "copies that have a write before it is answered", 1, low=1, source="the primary alone")
    io_per_read: Number = key("number", "reads of the disk for a read", 1.0, source="assumed: one page")
    io_per_write: Number = key("number", "writes of the disk for a write", 2.0, source="assumed: the log and the page")

    def __post_init__(self) -> None:
        super(Database, self).__post_init__()
        if self.autoscale is not None:
            hint = "Leave it out: servers with data do not come and go with the load."
            raise DomainError(f"{self.place}.autoscale", self.autoscale, "what a database can do", hint)

    def own_work(self, kind: str) -> tuple[Work, str]:
        if self.capacity is not None:
            return Work(self.has("workers").value / self.capacity), f"{self.name}.service_time"
        return (self.read_time if kind == "read" else self.write_time), f"{self.place}.{kind}_time"

    def prepare(self, working: Working) -> None:
        if self.capacity is not None:
            workers = self.has("workers")
            refs = {"w": workers.key, "K": f"{self.place}.capacity"}
            time = workers.value / self.capacity
            working.step(f"{self.name}.service_time", f"{self.name} service time", "w/K", refs, time, "s")

    def solve(self, visits: Sequence[Visit], around: Around, working: Working) -> TierResult:
        self.limit_step(around.target, working)
        load = load_of(self.name, visits, working)
        streams = self.streams(visits, load, around, working)
        reads = offered(f"{self.name}.reads", [s for s in streams if s.kind == "read"], working)
        writes = offered(f"{self.name}.writes", [s for s in streams if s.kind == "write"], working)
        kept = stored_of(self, visits, working)
        layout = layout_of(self, reads, writes, load, kept, around.target, working)
        on_copy = self._on_copy(streams, layout, working)
        each = offered(self.name, on_copy, working)
        workers = self.has("workers")
        return TierResult(
            name=self.name,
            kind=self.kind,
            **load._asdict(),
            offered_erlangs=each * layout.servers,
            connections=self.crowd(visits, around, working),
            stored_bytes=self._stored(kept, working),
            problem=self._full(each),
            notes=self.notes(visits),
            time_keys=tuple(dict.fromkeys(s.time_key for s in streams)),
            **layout._asdict(),
            least=self._least(reads, writes, layout, working),
            **self._busy_copy(reads, writes, each, layout, working),
            **queue_of(self.name, on_copy, each, workers.value, workers.key, working),
        )

    def _stored(self, kept: Number, working: Working) -> Number:
        """Bytes of the wanted copies with overhead."""
        total = kept * self.overhead * self.copies
        if np.any(np.asarray(kept) > 0):
            refs = {"b": f"{self.name}.bytes", "o": f"{self.place}.overhead", "k": f"{self.place}.copies"}
            working.step(f"{self.name}.stored", f"{self.name} stores", "b*o*k", refs, total, "B")
        return total

    def _on_copy(self, streams: Sequence[Stream], layout: Layout, working: Working) -> list[Stream]:
        """What one copy of the hottest shard gets: all writes of the shard, its share of the reads."""
        found = []
        for stream in streams:
            spread = stream.kind == "read" and self.reads == "any"
            rate = stream.peak_rps * self.skew / (layout.shards * (layout.copies if spread else 1))
            rate_key = f"{stream.rate_key}.copy"
            refs = {"lam": stream.rate_key, "s": layout_key(self, "shards"), "z": f"{self.place}.skew"}
            refs |= {"k": f"{self.name}.copies"} if spread else {}
            label = f"{stream.kind}s at one copy of {self.name}, peak"
            working.step(rate_key, label, "lam*z/(s*k)" if spread else "lam*z/s", refs, rate, "1/s")
            found.append(replace(stream, peak_rps=rate, rate_key=rate_key))
        return found

    def _busy_copy(self, reads, writes, each, layout: Layout, working: Working) -> dict:
        """Utilisation of one copy of the hottest shard, with all copies and with one lost."""
        name, workers = self.name, self.has("workers")
        refs = {"a": f"{name}.erlangs", "w": workers.key}
        working.step(f"{name}.utilisation", f"{name} busy at the peak", "a/w", refs, each / workers.value, "ratio")
        if np.any(np.asarray(self.site.surge) != 1):
            return self._region_lost(reads, writes, each / workers.value, layout, working)
        left = layout.copies - 1
        spread = left if self.reads == "any" else 1.0
        lost = (writes + reads / np.where(np.asarray(spread) > 0, spread, 1.0)) * self.skew / (layout.shards * workers.value)
        found = {"utilisation": each / workers.value, "utilisation_one_lost": None}
        if not np.ndim(lost) and left == 0:
            return found
        refs = {"R": f"{name}.reads.erlangs", "W": f"{name}.writes.erlangs", "w": workers.key}
        refs |= {"s": layout_key(self, "shards"), "z": f"{self.place}.skew"}
        refs |= {"k": f"{name}.copies"} if self.reads == "any" else {}
        text = "(W + R/(k - 1))*z/(s*w)" if self.reads == "any" else "(W + R)*z/(s*w)"
        working.step(f"{name}.utilisation_one_lost", f"{name} busy with one copy lost", text, refs, lost, "ratio")
        return found | {"utilisation_one_lost": np.where(left > 0, lost, np.inf)[()]}

    def _least(self, reads: Number, writes: Number, layout: Layout, working: Working) -> Number:
        """Copies of a shard that keep up with its peak; a write has to reach as many as `acks` says."""
        name, workers = self.name, self.has("workers")
        acks = self.acks if np.any(np.asarray(writes) > 0) else 1.0
        if self.reads == "primary":
            working.step(f"{name}.least", f"{name} copies that just keep up", "a", {"a": f"{self.place}.acks"}, acks)
            return acks + 0.0
        room = layout.shards * workers.value / self.skew - writes
        least = np.maximum(np.floor(reads / np.where(np.asarray(room) > 0, room, np.inf)) + 1, acks)[()]
        refs = {"R": f"{name}.reads.erlangs", "W": f"{name}.writes.erlangs", "w": workers.key, "z": f"{self.place}.skew"}
        refs |= {"s": layout_key(self, "shards")} | ({"a": f"{self.place}.acks"} if np.any(acks != 1.0) else {})
        text = f"max({'a' if 'a' in refs else '1'}, floor(R/(s*w/z - W)) + 1)"
        if np.all(np.asarray(room) > 0):
            working.step(f"{name}.least", f"{name} copies that just keep up", text, refs, least)
        return least

    def _region_lost(self, reads, writes, busy: Number, layout: Layout, working: Working) -> dict:
        """Utilisation of one copy, and what it is when another region is lost."""
        name, workers, surge = self.name, self.has("workers"), self.site.surge
        k, k_text = (layout.copies, "k") if self.reads == "any" else (1.0, "1")
        own, w_text = (1.0, "W") if self.keeps_copies_everywhere else (surge, "W*v")
        lost = (writes * own + reads * surge / k) * self.skew / (layout.shards * workers.value)
        refs = {"R": f"{name}.reads.erlangs", "W": f"{name}.writes.erlangs", "w": workers.key}
        refs |= {"s": layout_key(self, "shards"), "z": f"{self.place}.skew", "v": self.site.surge_key}
        refs |= {"k": f"{name}.copies"} if k_text == "k" else {}
        label, text = f"{name} busy with another region lost", f"({w_text} + R*v/{k_text})*z/(s*w)"
        working.step(f"{name}.utilisation_one_lost", label, text, refs, lost, "ratio")
        return {"utilisation": busy, "utilisation_one_lost": lost}

    def _full(self, each: Number) -> str | None:
        """The sentence of a copy that cannot keep up."""
        workers = self.has("workers").value
        if np.ndim(each) or np.ndim(workers) or each < workers:
            return None
        return f"{float(each):,.2f} erlangs on each copy need more than its {float(workers):,.0f} workers"

    def answer(self, visit: Visit, result: TierResult | None) -> list[Term]:
        """The primary's time; a write that more copies must have waits for the slowest of the fastest so many."""
        own = super(Database, self).answer(visit, result)
        more = int(self.acks) - 1
        if visit.flow.kind == "read" or more < 1:
            return own
        others = int(self.copies) - 1
        if more > others:
            raise DomainError(f"{self.place}.acks", self.acks, f"the numbers up to copies = {self.copies}")
        one = Term("series", tuple(own)) if len(own) > 1 else own[0]
        note = ("approximation", f"{self.name}: the copies of a write are taken as independent")
        return [Term("slowest", (one, term("kth_of", Leaf(more), *([one] * others))), (note,))]
