"""A message queue: callers wait until it has taken their message, nobody waits for what stands behind it.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| time that messages may be held back | D | `delay` | s |
| most that it passes on | | `drain` | 1/s |
| how long the busiest rate holds | T | `peak_lasts` | s |

A delay spreads the peak of T over T + D: behind it the peak is max(mean, peak T/(T + D)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Leaf, Term, term
from capcalc.tiers.flow import Factor, Flow, Number, Visit
from capcalc.tiers.pool import Needs, Pool
from capcalc.tiers.service import capacity_step, work_of_capacity
from capcalc.tiers.storage import kept
from capcalc.tiers.tier import Around, Load, Target, TierResult, rate_text, sum_step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Queue(Pool):
    """A broker. Takes messages at the rate of its callers, passes them on at a rate of its own."""

    kind: ClassVar[str] = "queue"
    cuts: ClassVar[bool] = True
    usual_machine: ClassVar[str] = "i4i.2xlarge"
    capacity: Number = key(
        "rate",
        "messages one broker takes at 100% busy",
        100e3,
        above=True,
        source="100k messages a second a broker, the low end of published figures (100k to 1M)",
    )
    delay: Number | None = key("duration", "how long messages may be held back to flatten the peak", None)
    drain: Number | None = key("rate", "most that is passed on; the rest waits", None, above=True)

    keep: Number = key("duration", "how long messages are kept", 7 * 86400.0, source="7 days: the usual default of brokers")
    copies: Number = key("whole", "copies of each message", 3, low=1, source="three copies, as brokers usually keep")
    acks: Number = key("whole", "copies that have a message before its sender goes on", 2, low=1, source="a majority of three")

    def __post_init__(self) -> None:
        super(Queue, self).__post_init__()
        if self.delay is not None and self.drain is not None:
            raise DomainError(f"{self.place}.drain", self.drain, "what goes with delay", "Give one of the two.")

    def own_work(self, kind: str) -> tuple[Work, str]:
        return work_of_capacity(self, self.capacity)

    def prepare(self, working: Working) -> None:
        capacity_step(self, self.capacity, working)

    def crossings(self) -> tuple[Number, str]:
        """Each message goes to every copy."""
        return self.copies, f"{self.place}.copies"

    def stored(self, visits: Sequence[Visit], working: Working) -> Number:
        """Messages of the time that they are kept, in all copies."""
        values, texts = [], []
        copies = f"{self.place}.copies"
        for visit in visits:
            values.append(visit.flow.mean_rps * visit.flow.request_bytes * np.minimum(self.keep, visit.flow.lasts_s) * self.copies)
            text, refs = kept(visit, f"{self.place}.keep")
            size = visit.flow.request_text
            texts.append((f"{text}*{size.text}*{symbol_of(copies)}", {**refs, **size.refs, symbol_of(copies): copies}))
        return sum_step(f"{self.name}.stored", f"{self.name} stores", values, texts, "B", working)

    def solve(self, visits: Sequence[Visit], around: Around, working: Working) -> TierResult:
        if self.drain is not None and len({v.place for v in visits}) > 1:
            hint = "Give each hop a queue of its own, or write delay."
            raise DomainError(f"{self.place}.drain", self.drain, "a queue that only one hop reaches", hint)
        found = super(Queue, self).solve(visits, around, working)
        if self.delay is not None:
            return replace(found, held=_evenly(self.delay, f"{self.place}.delay"))
        if self.drain is None:
            return found
        held = self._last_wait(found, visits[0].flow, working)
        problem = found.problem
        if not np.ndim(held) and np.isinf(held):
            problem = (
                f"{float(found.mean_rps):,.4g} messages a second come for ever and {float(self.drain):,.4g} are passed on: "
                f"the line grows without end"
            )
        return replace(found, held=_evenly(held, f"{self.name}.last_wait"), problem=problem)

    def _last_wait(self, found: TierResult, flow: Flow, working: Working) -> Number:
        """How long the line is at its longest: what came and was not passed on, over the rate at which it leaves."""
        d, refs = self.drain, {"d": f"{self.place}.drain", "p": f"{self.name}.peak", "T": flow.peak_lasts_key}
        busiest = np.minimum(flow.peak_lasts_s, flow.lasts_s)
        held, texts = np.maximum((found.peak_rps - d) * busiest / d, 0.0), ["0", "(p - d)*T/d"]
        if np.all(np.isfinite(flow.lasts_s)):
            held = np.maximum(held, (found.mean_rps - d) * flow.lasts_s / d)
            refs |= {"m": f"{self.name}.mean", "L": flow.lasts_key}
            texts = ["0", "(p - d)*min(T, L)/d", "(m - d)*L/d"]
        else:
            held = np.where(np.asarray(found.mean_rps) > d, np.inf, held)
        if np.all(np.isfinite(held)):
            label = f"wait of the last in the line of {self.name}"
            working.step(f"{self.name}.last_wait", label, f"max({', '.join(texts)})", refs, held[()], "s")
        return held[()]

    def needs(self, load: Load, erlangs: Number, crowd, stored, target: Target, working: Working) -> Needs:
        found = super(Queue, self).needs(load, erlangs, crowd, stored, target, working)
        disk = self.has("disk")
        if disk.value is None:
            return found
        refs = {"b": f"{self.name}.stored", "D": disk.key, "F": "target.fill"}
        key_, label = f"{self.name}.needs.disk", f"{self.name} servers for the disk"
        working.step(key_, label, "b/(D*F)", refs, stored / (disk.value * target.fill))
        return {**found, "disk": stored / (disk.value * target.fill)}

    def passes(self, visit: Visit, flow: Flow) -> Flow:
        """The list goes on without its caller, no faster than the queue lets it; answers have nowhere to go."""
        mean, peak, longer = flow.mean_rps, flow.peak_rps, {}
        if self.drain is not None:
            mean, peak = np.minimum(mean, self.drain)[()], np.minimum(peak, self.drain)[()]
        elif self.delay is not None:
            lasts = flow.peak_lasts_s
            peak = np.maximum(mean, peak * lasts / (lasts + self.delay))[()]
            longer = {"peak_lasts_s": lasts + self.delay, "peak_lasts_key": f"{visit.place}.passed.lasts"}
        else:
            return replace(flow, **self._sent(visit))
        return replace(
            flow,
            mean_rps=mean,
            peak_rps=peak,
            **longer,
            **self._sent(visit),
            origin=f"{visit.place}.passed",
            factors=(),
        )

    def _sent(self, visit: Visit) -> dict[str, Any]:
        """What goes on is what was put in; nothing comes back."""
        return {
            "request_bytes": visit.flow.request_bytes,
            "request_text": visit.flow.request_text,
            "response_bytes": 0.0,
            "response_text": Factor("0", {}),
            "waited": False,
        }

    def explain(self, visit: Visit, working: Working) -> None:
        """The steps of what goes on: visit.passed.mean and visit.passed.peak."""
        if (self.drain is None and self.delay is None) or not working.kept:
            return
        flow = visit.before
        out, came = self.passes(visit, flow), replace(visit, flow=flow)
        for when, value in (("mean", out.mean_rps), ("peak", out.peak_rps)):
            text, refs = rate_text(came, when)
            if self.drain is not None:
                text, refs = f"min({text}, d)", refs | {"d": f"{self.place}.drain"}
            elif when == "peak":
                mean = f"{visit.place}.passed.mean"
                refs |= {symbol_of(mean): mean, "T": flow.peak_lasts_key, "D": f"{self.place}.delay"}
                text = f"max({symbol_of(mean)}, {text}*T/(T + D))"
            working.step(f"{visit.place}.passed.{when}", f"passed on by {self.name}, {when}", text, refs, value, "1/s")
        if self.delay is not None:
            refs = {"T": flow.peak_lasts_key, "D": f"{self.place}.delay"}
            label = f"the flattened peak behind {self.name} lasts"
            working.step(out.peak_lasts_key, label, "T + D", refs, out.peak_lasts_s, "s")


def _evenly(longest_s: Number, key_: str) -> Term | None:
    """A time evenly between 0 and the longest; None where there is none, or no end of it."""
    longest = np.asarray(longest_s)
    if not np.all(np.isfinite(longest)) or not np.any(longest > 0):
        return None
    return term("uniform", Leaf(np.maximum(longest, 1e-9)[()] if longest.ndim else longest_s, key_))
