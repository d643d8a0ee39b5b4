"""A message queue: callers wait until it has taken their message, nobody waits for what stands behind it.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| time that messages may be held back | D | `delay` | s |
| most that it passes on | | `drain` | 1/s |
| how long the busiest rate holds | T | `peak_lasts` | s |

A delay spreads the peak of T over T + D: behind it the peak is max(mean, peak T/(T + D)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from capcalc.errors import DomainError
from capcalc.keys import key
from capcalc.laws.work import Work
from capcalc.steps import Working, symbol_of
from capcalc.tiers.flow import Flow, Number, Visit
from capcalc.tiers.pool import Pool
from capcalc.tiers.service import capacity_step, work_of_capacity
from capcalc.tiers.tier import rate_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Queue(Pool):
    """A broker. Takes messages at the rate of its callers, passes them on at a rate of its own."""

    kind: ClassVar[str] = "queue"
    cuts: ClassVar[bool] = True
    capacity: Number = key(
        "rate",
        "messages one broker takes at 100% busy",
        100e3,
        above=True,
        source="100k messages a second a broker, the low end of published figures (100k to 1M)",
    )
    delay: Number | None = key("duration", "how long messages may be held back to flatten the peak", None)
    drain: Number | None = key("rate", "most that is passed on; the rest waits", None, above=True)

    def __post_init__(self) -> None:
        super(Queue, self).__post_init__()
        if self.delay is not None and self.drain is not None:
            raise DomainError(f"{self.place}.drain", self.drain, "what goes with delay", "Give one of the two.")

    def own_work(self, kind: str) -> tuple[Work, str]:
        return work_of_capacity(self.name, self.capacity, self.workers)

    def prepare(self, working: Working) -> None:
        capacity_step(self.name, self.capacity, self.workers, working)

    def passes(self, visit: Visit, flow: Flow) -> Flow:
        """The list goes on without its caller, no faster than the queue lets it; answers have nowhere to go."""
        mean, peak = flow.mean_rps, flow.peak_rps
        if self.drain is not None:
            mean, peak = np.minimum(mean, self.drain)[()], np.minimum(peak, self.drain)[()]
        elif self.delay is not None:
            lasts = flow.peak_lasts_s
            peak = np.maximum(mean, peak * lasts / (lasts + self.delay))[()]
        else:
            return replace(flow, waited=False, request_bytes=visit.flow.request_bytes, response_bytes=0.0)
        return replace(
            flow,
            mean_rps=mean,
            peak_rps=peak,
            request_bytes=visit.flow.request_bytes,
            response_bytes=0.0,
            waited=False,
            origin=f"{visit.place}.passed",
            factors=(),
        )

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
