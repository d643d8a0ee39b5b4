"""Small systems for the tests of the flow: tiers by name, routes as one draws them, what reaches each tier.

Expected rates are written by hand: (reads at mean, reads at peak, writes at mean, writes at peak).
"""

import pytest

from capcalc.laws.work import Work
from capcalc.steps import Working
from capcalc.systems.kinds import tier_class
from capcalc.tiers.flow import Call, Fan, Flow, Hop, Trip, Visit, follow
from capcalc.tiers.tier import load_of

EXACT = 1e-12
Rates = tuple[float, float, float, float]


def tiers_of(**kinds):
    """`tiers_of(web="service", hot=("cache", {"hit_ratio": 0.9}))`: tiers by name."""
    found = {}
    for name, what in kinds.items():
        kind, keys = (what, {}) if isinstance(what, str) else what
        if kind == "external":
            keys = {"service_time": Work(0.1), **keys}
        found[name] = tier_class(kind)(name=name, **keys)
    return found


def reads(mean: float, peak: float) -> Rates:
    return mean, peak, 0.0, 0.0


def writes(mean: float, peak: float) -> Rates:
    return 0.0, 0.0, mean, peak


def read(mean: float = 100.0, peak: float = 300.0, name: str = "read", **more) -> Flow:
    return Flow(name, "read", mean, peak, origin=name, **more)


def write(mean: float = 20.0, peak: float = 60.0, name: str = "write", **more) -> Flow:
    return Flow(name, "write", mean, peak, origin=name, **more)


def call(tier: str, **more) -> Call:
    return Call(tier=tier, **more)


def trip(*hops, **more) -> Trip:
    return Trip(hops=route(hops), **more)


def fan(*hops, **more) -> Fan:
    return Fan(hops=route(hops), **more)


def route(hops) -> tuple[Hop, ...]:
    """A route as a file writes it: a name is a call, a list is a side trip."""
    return tuple(
        call(hop) if isinstance(hop, str) else trip(*hop) if isinstance(hop, list) else hop for hop in hops
    )


def walk(tiers, *operations: tuple[Flow, list]) -> list[Visit]:
    """All visits of all operations, in order."""
    return [
        v
        for flow, hops in operations
        for v in follow(route(hops), flow, tiers, f"operations.{flow.operation}")
    ]


def by_place(visits) -> dict[str, Visit]:
    """Visits by address, without `operations.`."""
    found = {v.place.removeprefix("operations."): v for v in visits}
    assert len(found) == len(visits), "two hops of one address"
    return found


def at(visits, tier: str) -> Rates:
    """Reads at mean and at peak, writes at mean and at peak, that reach a tier."""
    mine = [v.flow for v in visits if v.hop.tier == tier]
    r, w = ([f for f in mine if f.kind == kind] for kind in ("read", "write"))
    return (
        sum((f.mean_rps for f in r), 0.0),
        sum((f.peak_rps for f in r), 0.0),
        sum((f.mean_rps for f in w), 0.0),
        sum((f.peak_rps for f in w), 0.0),
    )


def reaches(visits, expected: dict[str, Rates]) -> None:
    """Exactly these rates at exactly these tiers; the tier's own sums say the same."""
    assert {v.hop.tier for v in visits} == set(expected)
    for tier, rates in expected.items():
        assert at(visits, tier) == pytest.approx(rates, rel=EXACT, abs=0), tier
        load = load_of(tier, [v for v in visits if v.hop.tier == tier], Working())
        assert load.mean_rps == pytest.approx(rates[0] + rates[2], rel=EXACT, abs=0), tier
        assert load.peak_rps == pytest.approx(rates[1] + rates[3], rel=EXACT, abs=0), tier
        assert load.reads_peak_rps == pytest.approx(rates[1], rel=EXACT, abs=0), tier
        assert load.writes_peak_rps == pytest.approx(rates[3], rel=EXACT, abs=0), tier
