"""The files of the catalogue: every row parses, has a date and a source, and joins."""

import csv
import doctest
import importlib
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

import capcalc.catalogue
from capcalc.catalogue.facts import TABLES
from capcalc.catalogue.read import citation, optional, table
from capcalc.keys import keys_of

FOLDER = Path(capcalc.catalogue.__file__).parent
KEYS = {
    "machines": ("name",),
    "prices": ("item", "area", "from_tb"),
    "regions": ("name",),
    "rtt": ("from", "to"),
    "rtt_classes": ("class_a", "class_b"),
    "sources": ("source",),
} | dict.fromkeys(TABLES, ("name",))
SOURCED = sorted(KEYS.keys() - {"sources"})
POSITIVE = {
    "machines": ("vcpu", "memory_gib", "cpu_sustained_ratio", "usd_per_hour"),
    "prices": ("value",),
    "rtt": ("rtt_ms",),
    "rtt_classes": ("multiplier",),
} | dict.fromkeys(TABLES, ("low", "usual", "high"))
MAYBE = {"machines": ("network_mbps", "network_burst_mbps", "disk_gb", "read_iops"), "prices": ("from_tb",)}
AUDITED = "2026-11-25"


def test_every_file_is_known_and_small():
    files = {p.stem: p.stat().st_size for p in FOLDER.glob("*.csv")}
    assert set(files) == set(KEYS)
    assert sum(files.values()) < 200_000


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_file_is_plain(name):
    text = (FOLDER / f"{name}.csv").read_bytes()
    assert b"\r" not in text and not text.startswith(b"\xef\xbb\xbf") and text.endswith(b"\n")
    head, *rows = csv.reader(text.decode("utf-8").splitlines())
    assert len(set(head)) == len(head)
    assert rows and all(len(row) == len(head) for row in rows)
    assert all(cell == cell.strip() for row in rows for cell in row)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_no_key_stands_twice(name):
    keys = [tuple(row[column] for column in KEYS[name]) for row in table(name)]
    assert len(set(keys)) == len(keys)
    assert all(key[0] for key in keys)


@pytest.mark.parametrize("name", SOURCED)
def test_every_row_has_a_date_a_source_and_a_confidence(name):
    for row in table(name):
        assert re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", row["date"]), row
        assert "1990" < row["date"] <= AUDITED, row
        assert row["confidence"] in ("A", "B", "C"), row
        assert len(citation(row["source"])) > 10


def test_every_source_is_used_and_has_a_licence():
    used = {row["source"] for name in SOURCED for row in table(name)}
    assert {row["source"] for row in table("sources")} == used
    for row in table("sources"):
        licences = ("Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0", "facts", "own work")
        assert row["licence"] in licences, row


@pytest.mark.parametrize("name", sorted(POSITIVE))
def test_numbers_are_positive_and_finite(name):
    for row in table(name):
        for column in POSITIVE[name]:
            assert 0 < float(row[column]) < math.inf, row
        for column in MAYBE.get(name, ()):
            number = optional(row[column])
            assert number is None or 0 <= number < math.inf, row


def test_the_modules_do_what_their_examples_say():
    for name in ("read", "machines", "prices", "facts", "places"):
        module = importlib.import_module(f"capcalc.catalogue.{name}")
        result = doctest.testmod(module)
        assert result.attempted > 0 and result.failed == 0, name


def test_nothing_is_read_or_imported_before_it_is_asked_for():
    code = (
        "import sys, capcalc.catalogue.machines, capcalc.catalogue.prices, capcalc.catalogue.places\n"
        "print(*[m for m in ('numpy', 'csv', 'pandas') if m in sys.modules])\n"
        "from capcalc.catalogue.read import table; print(table.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "0"]


def defaults_in_the_code():
    """Every default of a key of a system file for which the catalogue has a figure, as (name, value)."""
    from capcalc.systems.kinds import KINDS, tier_class
    from capcalc.systems.spec import Group, Operation
    from capcalc.tiers.tier import Target

    tables = {"workload": Group, "operation": Operation, "target": Target} | {k: tier_class(k) for k in KINDS}
    names = {row["name"] for row in table("defaults")}
    for place, spec in tables.items():
        for key in keys_of(spec):
            default = spec.__dataclass_fields__[key].default
            value = getattr(default, "mean_s", default)
            if f"{place}.{key}" in names and isinstance(value, (int, float)):
                yield f"{place}.{key}", value


def test_the_defaults_of_the_keys_are_those_of_the_catalogue():
    from capcalc.catalogue.facts import fact

    found = dict(defaults_in_the_code())
    assert len(found) > 10
    for name, value in found.items():
        assert fact(name).usual == pytest.approx(value, rel=1e-12), name
