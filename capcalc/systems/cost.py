"""Money of a month, by part, from dated list prices: servers, what is bought by use, and bytes to users.

A month has 730 hours of servers and 30 days of data. A part without a price is named and never counted as nothing.

| quantity | name | unit |
| --- | --- | --- |
| money of a part, of all | `parts`, `usd_per_month` | USD/month |
| bytes to users in a month | `egress_bytes` | B |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from capcalc.catalogue.machines import machine
from capcalc.catalogue.prices import price
from capcalc.steps import Working, symbol_of
from capcalc.systems.spec import Spec
from capcalc.tiers.flow import Call, Flow, Number
from capcalc.tiers.tier import TierResult, sum_step

HOURS = 730.0
MONTH_S = 30 * 86400.0
ITEMS = ("object_storage", "object_put", "object_get", "egress", "cdn_out", "cdn_requests", "cross_region")
PRICED_IN = "us-east-1"  # whose list prices count, wherever a system stands
FUNCTIONS: dict[str, Callable[..., Any]] = {
    f"{item}_usd": (lambda amount, item=item: price(item).cost_usd(amount)) for item in ITEMS
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cost:
    """Money of a month. Numbers may be arrays of scenarios."""

    usd_per_month: Number
    parts: Mapping[str, Number]  # tier, or "egress"
    egress_bytes: Number  # to users, in a month
    unpriced: tuple[str, ...]  # parts that no price is known of
    dates: tuple[str, ...]  # of the oldest and the newest price


def cost_of(
    spec: Spec, flows: Mapping[str, Flow], results: Mapping[str, TierResult], working: Working
) -> Cost:
    """What a system costs in a month."""
    bill = _Bill(spec, working)
    for name, result in results.items():
        bill.tier(name, result)
    egress = bill.egress(flows)
    bill.between({n: r.between_mean_bytes_per_s for n, r in results.items() if r.between_mean_bytes_per_s is not None})
    refs = {symbol_of(f"{part}.usd_per_month"): f"{part}.usd_per_month" for part in bill.parts}
    total = sum(bill.parts.values(), 0.0)
    if refs:
        text = " + ".join(refs) if len(refs) > 1 else f"1*{next(iter(refs))}"
        working.step("cost.usd_per_month", "money of a month", text, refs, total, "USD/month")
    dates = tuple(sorted(bill.dates))
    return Cost(total, bill.parts, egress, tuple(bill.unpriced), (dates[0], dates[-1]) if dates else ())


class _Bill:
    """Parts as they are found, with their steps."""

    def __init__(self, spec: Spec, working: Working) -> None:
        self.spec, self.working = spec, working
        self.parts: dict[str, Number] = {}
        self.unpriced: list[str] = []
        self.dates: set[str] = set()

    def add(self, part: str, usd: Number, text: str, refs: Mapping[str, str]) -> None:
        self.parts[part] = usd
        self.working.step(f"{part}.usd_per_month", f"money of {part}, a month", text, refs, usd, "USD/month")

    def item(self, name: str, amount: Number) -> Number:
        """What an amount of an item costs; remembers the price's date."""
        found = price(name)
        self.dates.add(found.date)
        return found.cost_usd(amount)

    def tier(self, name: str, result: TierResult) -> None:
        """A tier's part."""
        tier = self.spec.tiers[name]
        if result.servers is not None:
            hour = tier.has("price")
            if hour.value is None:
                self.unpriced.append(name)
                return
            if hour.key.startswith("machines."):
                self.dates.add(machine(tier.machine_type).price_date)
            count, what = (result.servers, "servers") if result.average is None else (result.average, "average")
            what = what if f"{name}.{what}" in self.working else "servers"
            refs = {"n": f"{name}.{what}", "p": hour.key, "h": "constants.month_hours"}
            self.add(name, count * hour.value * HOURS, "n*p*h", refs)
        elif tier.kind == "objects":
            self._objects(name, result)
        elif tier.kind == "edge":
            self._edge(name, result)
        elif tier.price is None:
            self.unpriced.append(name)
        else:
            refs = {"lam": f"{name}.mean", "t": "constants.month", "p": f"tiers.{name}.price"}
            self.add(name, result.mean_rps * MONTH_S * tier.price, "lam*t*p", refs)

    def _objects(self, name: str, result: TierResult) -> None:
        reads = _share(result, "reads_peak_rps")
        writes = _share(result, "writes_peak_rps")
        usd = self.item("object_storage", result.stored_bytes)
        text, refs = "object_storage_usd(b)", {"b": f"{name}.stored", "t": "constants.month"}
        if f"{name}.stored" not in self.working and self.working.kept:
            text, refs = "object_storage_usd(0)", {"t": "constants.month"}
        for kind, item, rate in (("read", "object_get", reads), ("write", "object_put", writes)):
            key = f"{name}.{kind}s.mean"
            if key in self.working or not self.working.kept:
                usd = usd + self.item(item, rate * MONTH_S)
                text += f" + {item}_usd({kind}s*t)"
                refs[f"{kind}s"] = key
        self.add(name, usd, text, refs)

    def _edge(self, name: str, result: TierResult) -> None:
        sent = result.out_mean_bytes_per_s * MONTH_S
        refs = {"o": f"{name}.out_mean", "t": "constants.month", "lam": f"{name}.mean"}
        usd = self.item("cdn_out", sent) + self.item("cdn_requests", result.mean_rps * MONTH_S)
        self.add(name, usd, "cdn_out_usd(o*t) + cdn_requests_usd(lam*t)", refs)

    def between(self, sent: Mapping[str, Number]) -> None:
        """Bytes that homes send to the copies of other regions."""
        if not sent:
            return
        keys = {symbol_of(f"{n}.between_mean"): f"{n}.between_mean" for n in sent}
        text = f"cross_region_usd(({' + '.join(keys)})*t)"
        usd = self.item("cross_region", sum(sent.values()) * MONTH_S)
        self.add("between_regions", usd, text, {**keys, "t": "constants.month"})

    def egress(self, flows: Mapping[str, Flow]) -> Number:
        """Bytes that we send to users ourselves in a month; what an edge sends is on its own bill."""
        values, texts = [], []
        for name, flow in flows.items():
            first = self.spec.operations[name].route[0]
            if isinstance(first, Call) and self.spec.tiers[first.tier].kind == "edge":
                continue
            values.append(flow.mean_rps * flow.response_bytes * MONTH_S)
            rate, size = f"{name}.mean", f"operations.{name}.response"
            refs = {symbol_of(rate): rate, symbol_of(size): size, "t": "constants.month"}
            texts.append((f"{symbol_of(rate)}*{symbol_of(size)}*t", refs))
        total = sum_step("load.egress", "bytes to users in a month", values, texts, "B", self.working)
        if values:
            usd = self.item("egress", total)
            self.add("egress", usd, "egress_usd(b)", {"b": "load.egress"})
        return total


def _share(result: TierResult, name: str) -> Number:
    """The mean of the reads or the writes, from their peaks: a tier's peak and mean differ by one factor a kind."""
    return getattr(result, name.replace("peak", "mean"))
