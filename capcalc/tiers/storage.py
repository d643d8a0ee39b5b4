"""Bytes that stay: what is stored at each visit for as long as it is kept, and what was there on day one.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| calls over the day | lam | | 1/s |
| bytes that stay after each | b | `stored` | B |
| how long | T | `keep` | s |
| there on day one | | `data` | B |

Kept data settles at lam b T; a load that ends sooner stores for no longer than it lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capcalc.steps import Working, symbol_of
from capcalc.tiers.flow import Number, Visit
from capcalc.tiers.tier import rate_text, sum_step

Tier = Any  # one that has `keep` and `data`


def stored_of(tier: Tier, visits: Sequence[Visit], working: Working) -> Number:
    """Bytes of a tier, one copy, without overhead, with the step `name.bytes`; of one of several regions its part of
    what was there on day one, or all of it where every region has copies."""
    name, place, keep, data = tier.name, tier.place, tier.keep, tier.data
    values: list[Number] = []
    texts: list[tuple[str, dict[str, str]]] = []
    for visit in visits:
        if visit.hop.stored_bytes is None:
            continue
        time, time_key = (keep, f"{place}.keep") if visit.hop.keep_s is None else (visit.hop.keep_s, f"{visit.place}.keep")
        text, refs = kept(visit, time_key)
        values.append(visit.flow.mean_rps * visit.hop.stored_bytes * np.minimum(time, visit.flow.lasts_s))
        size = f"{visit.place}.stored"
        texts.append((f"{text}*{symbol_of(size)}", {**refs, symbol_of(size): size}))
    if data is not None and np.any(np.asarray(data) > 0):
        symbol, part = symbol_of(f"{place}.data"), tier.site.share_text
        if tier.keeps_copies_everywhere or not tier.site.region:
            values.append(data)
            texts.append((symbol, {symbol: f"{place}.data"}))
        else:
            values.append(data * tier.site.share)
            texts.append((f"{symbol}*{part.text}", {symbol: f"{place}.data", **part.refs}))
    return sum_step(f"{name}.bytes", f"bytes of {name}, one copy", values, texts, "B", working)


def kept(visit: Visit, time_key: str) -> tuple[str, dict[str, str]]:
    """Calls that are kept at the same time, as formula: the mean rate times the time, or the load's whole length."""
    text, refs = rate_text(visit, "mean")
    time = symbol_of(time_key)
    refs = {**refs, time: time_key}
    if np.all(np.isinf(visit.flow.lasts_s)):
        return f"{text}*{time}", refs
    lasts = symbol_of(visit.flow.lasts_key)
    return f"{text}*min({time}, {lasts})", {**refs, lasts: visit.flow.lasts_key}
