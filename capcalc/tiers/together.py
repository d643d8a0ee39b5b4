"""Parallel calls into one pool, as one law: they arrive together and wait for each other.

Exact where the pool is a service of one exponential time, and only one hop sends it several calls at once
(laws/parallel.py); elsewhere the calls are taken one by one and the standing says lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capcalc.steps import Working, symbol_of
from capcalc.tiers.answer import Leaf, Term, term
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.tier import Stream, rate_text


def together_of(
    name: str, visits: Sequence[Visit], streams: Sequence[Stream], workers: Number, working: Working
) -> dict[str, Term]:
    """The response time of all the parallel calls of a visit, by the visit's place; empty where it is not known."""
    many = [v for v in visits if np.any(np.asarray(v.batch) > 1)]
    if len(many) != 1 or not _plain(many[0], streams):
        return {}
    visit, stream = many[0], streams[0]
    calls = visit.hop.calls
    total = sum(s.peak_rps for s in streams)
    fans, singles = visit.flow.peak_rps / calls, total - visit.flow.peak_rps
    text, refs = rate_text(visit, "peak")
    calls_key = f"{visit.place}.calls"
    refs = {**refs, symbol_of(calls_key): calls_key}
    working.step(f"{visit.step_key}.fans", f"fans of calls at {name}, peak", f"{text}/{symbol_of(calls_key)}", refs, fans, "1/s")
    refs = {"lam": f"{name}.arrivals", "f": f"{visit.step_key}.fans", "n": calls_key}
    working.step(f"{visit.step_key}.singles", f"other calls at {name}, peak", "max(0, lam - f*n)", refs, np.maximum(singles, 0.0), "1/s")
    leaves = (
        Leaf(fans, f"{visit.step_key}.fans"),
        Leaf(calls, calls_key),
        Leaf(stream.work.mean_s, stream.time_key),
        Leaf(workers, f"{name}.workers"),
        Leaf(np.maximum(singles, 0.0), f"{visit.step_key}.singles"),
    )
    return {visit.place: term("batch_response", *leaves)}


def _plain(visit: Visit, streams: Sequence[Stream]) -> bool:
    """One exponential time for all, and the hop's own calls are the whole of what comes together."""
    calls = visit.hop.calls
    own = isinstance(calls, (int, float)) and visit.hop.parallel and np.all(np.asarray(visit.batch) == calls)
    one = len({s.time_key for s in streams}) == 1 and streams[0].work.shape == "exponential"
    return own and one and not visit.repeats and not visit.hop.resent
