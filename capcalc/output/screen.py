"""The answer on a terminal: one screen, at most 100 columns, every number a line of the working.

Only this package knows rich, and rich is loaded when a table is drawn.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator

from capcalc.figures import text_of
from capcalc.output.table import draw, indented
from capcalc.steps import Given
from capcalc.systems.cost import PRICED_IN
from capcalc.systems.estimate import Estimate
from capcalc.systems.response import target_of
from capcalc.systems.tables import tiers

WIDEST = 100


class Shown:
    """Values by the key of their line, as text."""

    def __init__(self, estimate: Estimate, digits: int = 3) -> None:
        self._lines = estimate.by_key
        self._digits = digits

    def __call__(self, key: str, unit: str | None = None) -> str:
        """The value of a line; a dash where the working has no such line."""
        line = self._lines.get(key)
        if line is None:
            return "-"
        return text_of(line.value, line.unit if unit is None else unit, self._digits)


def headline(estimate: Estimate, shown: Shown) -> str:
    """What was asked: users and the share of reads."""
    spec = estimate.spec
    parts = [spec.title or spec.name]
    if "workload.users" in estimate.by_key:
        parts.append(f"{shown('workload.users')} users")
    if "load.read_ratio" in estimate.by_key:
        parts.append(f"{shown('load.read_ratio')} reads")
    return ", ".join(parts)


def summary(estimate: Estimate, shown: Shown) -> Iterator[tuple[str, str]]:
    """Lines above the table: load and response times."""
    load = f"mean {shown('load.mean')}   peak {shown('load.peak')}"
    both = all(f"load.{kind}s.peak" in estimate.by_key for kind in ("read", "write"))
    if both:
        load += f" = {shown('load.reads.peak')} reads + {shown('load.writes.peak')} writes"
    yield "load", load
    for name, answer in estimate.operations.items():
        if f"{name}.answer.p99" not in estimate.by_key:
            yield name, "no answer for some requests: a tier on the way is overloaded"
            continue
        user = "   ".join(f"{p} {shown(f'{name}.answer.{p}')}" for p in ("p50", "p99"))
        server = "   ".join(f"{p} {shown(f'{name}.server.{p}')}" for p in ("p50", "p99"))
        level = answer.standing.level
        said = "" if level == "exact" else f"   ({level})"
        verdict = _verdict(estimate, name, shown) + _done(estimate, name, shown)
        yield name, f"user side {user}   server side {server}{said}{verdict}"
    yield from _rest(estimate, shown)


def _verdict(estimate: Estimate, name: str, shown: Shown) -> str:
    """Whether a stated p99 is kept; where it is not, whether any fleet could."""
    wanted, key = target_of(estimate.spec, name)
    if wanted is None:
        return ""
    said = f"   target p99 {shown(key)}"
    floor = estimate.by_key.get(f"{name}.floor.p99")
    if floor is None:
        return f"{said} met"
    if floor.value > wanted:
        return f"{said} missed: without any wait it is {shown(f'{name}.floor.p99')}, so no fleet meets it"
    return f"{said} missed: without any wait it is {shown(f'{name}.floor.p99')}, more servers would meet it"


def _done(estimate: Estimate, name: str, shown: Shown) -> str:
    """When what stands behind the queues has passed as well, where a target asks."""
    wanted = estimate.spec.operations[name].done
    if wanted is None:
        return ""
    line = estimate.by_key.get(f"{name}.done.p99")
    if line is None:
        return f"   all done never, target {shown(f'operations.{name}.done')} missed"
    kept = "met" if line.value <= wanted else "missed"
    return f"   all done p99 {shown(f'{name}.done.p99')}, target {shown(f'operations.{name}.done')} {kept}"


def _available(estimate: Estimate, shown: Shown) -> str:
    """How often each operation is answered; those alike in one piece."""
    alike: dict[str, list[str]] = {}
    for name in estimate.available:
        text = f"{shown(f'{name}.availability')} ({shown(f'{name}.downtime')} a year down)"
        alike.setdefault(text, []).append(name)
    said = "; ".join(f"{', '.join(names)} {text}" for text, names in alike.items())
    wanted = estimate.spec.target.availability
    if wanted is None:
        return said
    kept = "met" if all(up.availability >= wanted for up in estimate.available.values()) else "missed"
    return f"{said}; target {shown('target.availability')} {kept}"


def _rest(estimate: Estimate, shown: Shown) -> Iterator[tuple[str, str]]:
    """What is answered on the way, what gives out first, bytes and money."""
    saved = [_absorbed(name, shown) for name, r in estimate.tiers.items() if f"{name}.absorbed" in estimate.by_key]
    if saved:
        yield "spared", "; ".join(saved)
    if "limit.multiple" in estimate.by_key and estimate.limit is not None:
        yield "limit", _limit(estimate, shown)
    if estimate.available:
        yield "up", _available(estimate, shown)
    regions = estimate.spec.regions
    if regions:
        parts = [f"{n} {region.place} {shown(f'regions.{n}.share')}" for n, region in regions.items()]
        yield "regions", f"{', '.join(parts)}; servers are given in this order"
    stored = [f"{shown(f'{n}.stored')} in {n}" for n in estimate.tiers if f"{n}.stored" in estimate.by_key]
    if "load.egress" in estimate.by_key:
        stored.append(f"{shown('load.egress')} a month to users")
    stored += [f"{shown(f'{n}.between')} of {n} between regions" for n in estimate.tiers if f"{n}.between" in estimate.by_key]
    if stored:
        yield "bytes", "; ".join(stored)
    if "cost.usd_per_month" in estimate.by_key:
        yield "money", _money(estimate, shown)


def _absorbed(name: str, shown: Shown) -> str:
    return f"{name} answers {shown(f'{name}.absorbed')} of {shown(f'{name}.reads.peak')} reads"


def _limit(estimate: Estimate, shown: Shown) -> str:
    limit = estimate.limit
    text = f"{_where(limit.tier)} {limit.need}, at {shown('limit.multiple')} x the load"
    if "limit.users" in estimate.by_key:
        text += f" = {shown('limit.users')} users"
    if "limit.next" in estimate.by_key:
        then = "" if limit.then_tier == limit.tier else f", then {_where(limit.then_tier)}"
        text += f"; one more {limit.more} of it: {shown('limit.next')} x{then}"
    return text


def _where(name: str) -> str:
    """A tier of one of several regions: `shop in us`."""
    return name.replace(".", " in ")


def _money(estimate: Estimate, shown: Shown) -> str:
    cost = estimate.cost
    largest = sorted(cost.parts, key=lambda part: -float(cost.parts[part]))[:3]
    parts = ", ".join(f"{part.replace('between_regions', 'between regions')} {shown(f'{part}.usd_per_month')}" for part in largest)
    text = f"{shown('cost.usd_per_month')}: {parts}{', ...' if len(cost.parts) > 3 else ''}"
    if cost.unpriced:
        text += f"; no price for {', '.join(cost.unpriced)}"
    return f"{text} (list prices of {PRICED_IN}, {' to '.join(dict.fromkeys(cost.dates))})" if cost.dates else text


def assumptions(estimate: Estimate, shown: Shown) -> str:
    """What nobody typed, in one line; a machine's numbers stand behind its name."""
    said: dict[str, list[str]] = {}
    for g in estimate.lines:
        if isinstance(g, Given) and g.origin not in ("typed", "constant"):
            if g.key.startswith("machines."):
                name, _, number = g.key.removeprefix("machines.").rpartition(".")
                said.setdefault(name, []).append(f"{shown(g.key)}{' vCPU' if number == 'vcpu' else ''}")
            else:
                said[short_key(g.key)] = [shown(g.key)]
    return "; ".join(f"{name} {', '.join(values)}" for name, values in said.items())


def short_key(key: str) -> str:
    """A key as the screen says it: `web.service_time`."""
    for front in ("tiers.", "operations.", "workload.", "target.", "constants.", "mix."):
        key = key.removeprefix(front)
    return key.removesuffix("_in_file").replace("_", " ").replace(".", " ")


def screen_text(
    estimate: Estimate, *, width: int = WIDEST, color: bool = False, digits: int = 3, quiet: bool = False
) -> str:
    """The whole screen as text; `quiet` leaves out what was assumed and how exact it is.

    It is drawn into a buffer and not on standard output: rich would end the process when a pipe closes.
    """
    from rich.console import Console

    shown, drawn = Shown(estimate, digits), io.StringIO()
    console = Console(
        file=drawn,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    console.print(headline(estimate, shown), style="bold")
    console.print()
    console.print("\n".join(_summary_lines(estimate, shown, width)), soft_wrap=True)
    console.print()
    draw(console, tiers(estimate), digits)
    console.print()
    for name, problem in estimate.problems.items():
        console.print(indented(f"{name} is overloaded: {problem}", width), soft_wrap=True)
    if not quiet:
        for level, why in estimate.notes:
            console.print(indented(f"{level}: {why}", width), style="dim", soft_wrap=True)
        assumed = indented(f"assumed: {assumptions(estimate, shown)}", width)
        console.print(assumed, style="dim", soft_wrap=True)
    return "\n".join(line.rstrip() for line in drawn.getvalue().rstrip().splitlines())


def _summary_lines(estimate: Estimate, shown: Shown, width: int) -> Iterator[str]:
    """The lines above the table, their labels in one column."""
    lines = list(summary(estimate, shown))
    column = 4 + max(len(label) for label, _ in lines)
    for label, text in lines:
        front = f"  {label}".ljust(column)
        yield textwrap.fill(
            text, width, initial_indent=front, subsequent_indent=" " * column, break_on_hyphens=False
        )
