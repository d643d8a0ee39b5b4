"""Nine systems that were worked by hand before there was a program: every [check] value within 1%, and all promises."""

from pathlib import Path

import numpy as np
import pytest

from capcalc import load_text
from capcalc.systems.validate import validated

SYSTEMS = sorted((Path(__file__).resolve().parent.parent / "data" / "systems").glob("*.toml"))
NAMES = [path.stem for path in SYSTEMS]


@pytest.fixture(params=SYSTEMS, ids=NAMES)
def text(request):
    return request.param.read_text(encoding="utf-8")


def test_checks(text):
    verdict = validated(text, "system.toml")
    assert verdict.problems == ()
    assert verdict.stated >= 7


def test_more_load_never_needs_fewer_machines(text):
    system = load_text(text)
    found = [system.set({"target.p99": 1e6, **_scaled(system, k)}).estimate() for k in (0.1, 0.5, 1, 1.3, 4, 20)]
    for name, result in found[0].tiers.items():
        if result.servers is not None:
            counts = [e.tiers[name].servers for e in found]
            assert counts == sorted(counts), name


def test_an_array_equals_its_scenarios(text):
    system = load_text(text)
    factors = np.array([0.2, 1.0, 3.0])
    many = system.set(_scaled(system, factors)).estimate()
    for i, k in enumerate(factors):
        one = system.set(_scaled(system, float(k))).estimate()
        assert _at(many.servers, i) == one.servers
        assert _at(many.cost.usd_per_month, i) == pytest.approx(one.cost.usd_per_month, rel=1e-9)
        for name, answer in one.operations.items():
            if np.isfinite(answer.p99_s):
                assert _at(many.operations[name].p99_s, i) == pytest.approx(answer.p99_s, rel=1e-4), name


def _scaled(system, factor):
    """All that brings load, times a factor."""
    found = {}
    tables = {"workload": system.workload, **{f"groups.{n}": g for n, g in system.groups.items()}}
    for place, group in tables.items():
        if group.users is not None:
            found[f"{place}.users"] = group.users * factor
    for name, operation in system.operations.items():
        if operation.rate is not None:
            found[f"operations.{name}.rate"] = operation.rate * factor
    return found


def _at(value, i):
    return np.broadcast_to(value, 3)[i]
