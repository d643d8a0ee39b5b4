"""All network and scalability rows of the golden table, each at its own tolerance."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from golden_networks import MODELS, value

GOLDEN = Path(__file__).parents[1] / "data" / "queueing.csv"


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["model"] in MODELS]


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["id"])
def test_golden(row):
    got, expected = value(row["model"], json.loads(row["inputs"]), row["quantity"]), float(row["expected"])
    kind, _, size = row["tolerance"].partition("=")
    room = 0.0 if kind == "exact" else float(size) * (abs(expected) if kind == "rel" else 1.0)
    assert abs(got - expected) <= room, row["note"]


def test_every_model_has_rows():
    rows = golden_rows()
    assert {row["model"] for row in rows} == MODELS
    assert len(rows) == 82


def test_what_is_not_there_is_refused():
    with pytest.raises(KeyError):
        value("mva_closed", {"demands": [1.0], "population": 1}, "colour")
    with pytest.raises(KeyError):
        value("mm1", {}, "mean_wait")
