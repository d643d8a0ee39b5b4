"""The laws of popularity, caches and shards on golden values: exact sums, 40 digits, simulations, traces."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from golden_caches import value

GOLDEN = Path(__file__).parents[1] / "data" / "caches.csv"


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["id"])
def test_golden(row):
    got = value(row["model"], json.loads(row["inputs"]), row["quantity"])
    assert abs(got - float(row["expected"])) <= float(row["tolerance"]), row["source"]


def test_all_rows_are_there():
    assert len(golden_rows()) == 430


def test_the_adapter_refuses_what_is_not_there():
    with pytest.raises(KeyError):
        value("lecar", {}, "hit")
