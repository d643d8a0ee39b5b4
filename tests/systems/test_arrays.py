"""Any number of a system may be an array of scenarios: each key in turn, against its values one at a time."""

from pathlib import Path

import numpy as np
import pytest

from capcalc import CapcalcError, load_model, load_text
from capcalc.keys import NUMERIC
from capcalc.laws.work import Work
from capcalc.systems.change import settable
from capcalc.systems.givens import lookup
from capcalc.systems.library import shipped_models

SYSTEMS = Path(__file__).resolve().parent.parent / "data" / "systems"
LOADED = {name: load_model(name) for name in shipped_models()}
LOADED |= {p.stem: load_text(p.read_text(encoding="utf-8")) for p in SYSTEMS.glob("*.toml")}
ONE_BY_ONE = ("calls", "copies", "acks", "zones")  # laws count through them
EVERY_DAY = ("web",)
ONE_OF = ("social-feed-tiers.celebrity.hit_ratio",)  # two ways to one tier, and in each scenario another is the larger


def cases():
    for name, system in LOADED.items():
        for key, kind in settable(system).items():
            marks = () if name in EVERY_DAY or f"{name}-{key}" in ONE_OF else (pytest.mark.nightly,)
            if kind.kind in (*NUMERIC, "work", "amount") and key.rpartition(".")[2] not in ONE_BY_ONE:
                yield pytest.param(system, key, kind, marks=marks, id=f"{name}-{key}")


def near(system, key, kind):
    """Two values about the one that stands; of what has none, two that could."""
    try:
        value = lookup(system, key)[0]
    except (KeyError, AttributeError):
        value = None
    value = value.mean_s if isinstance(value, Work) else value
    if kind.kind == "ratio":
        return (0.3, 0.6) if value is None else (0.6 * value, value)
    if value is None or np.ndim(value) or value == 0:
        value = {"whole": 12.0, "rate": 40.0, "size": 4e12, "bandwidth": 4e8, "duration": 0.9, "count": 2e5}.get(kind.kind, 4.0)
    return (value, value * 2) if kind.kind == "whole" else (max(value * 0.7, kind.low), max(value * 1.6, kind.low))


@pytest.mark.parametrize(("system", "key", "kind"), list(cases()))
def test_each_key_as_an_array(system, key, kind):
    values = np.array(near(system, key, kind))
    try:
        ones = [system.set({key: float(v)}).estimate() for v in values]
    except CapcalcError:
        return  # two truths, or a number that this system has no use for
    many = system.set({key: values}).estimate()
    for i, one in enumerate(ones):
        for name, tier in one.tiers.items():
            for what in ("servers", "needed", "utilisation", "stored_bytes", "connections", "peak_rps", "mean_wait_s"):
                wanted, found = getattr(tier, what), getattr(many.tiers[name], what)
                if wanted is not None and found is not None:
                    assert np.broadcast_to(found, 2)[i] == pytest.approx(wanted, rel=1e-9), (name, what)
        assert np.broadcast_to(many.cost.usd_per_month, 2)[i] == pytest.approx(one.cost.usd_per_month, rel=1e-9)
        for name, answer in one.operations.items():
            found = np.broadcast_to(many.operations[name].p99_s, 2)[i]
            assert found == pytest.approx(answer.p99_s, rel=1e-5), name
            up = one.available.get(name)
            if up is not None and name in many.available:
                assert np.broadcast_to(many.available[name].availability, 2)[i] == pytest.approx(up.availability, rel=1e-9)
