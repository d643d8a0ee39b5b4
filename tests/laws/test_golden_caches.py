"""The laws of popularity and caches on golden values: exact sums, 40 digits, simulations."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from golden_caches import value

GOLDEN = Path(__file__).parents[1] / "data" / "caches.csv"
LEAST = {  # model -> rows that there are
    **{"harmonic": 33, "zipf_cdf": 9, "lru_exact": 14, "lru_exact_sim": 30, "lru_che": 15, "cold_start": 6},
    **{"fifo_exact": 7, "fifo": 27, "random": 21, "clock": 27, "two_lru": 21, "s3fifo": 7, "wtinylfu": 7},
    **{"sieve": 5, "slru": 7, "arc": 7, "two_q": 7},
    **{"ttl": 12, "ttl_lru": 7, "lru_write_invalidate": 4, "request_collapsing": 8, "cdn_tandem": 15},
    **{"cdn_chain_shares": 3},
}


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["model"] in LEAST]


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["id"])
def test_golden(row):
    got = value(row["model"], json.loads(row["inputs"]), row["quantity"])
    assert abs(got - float(row["expected"])) <= float(row["tolerance"]), row["source"]


def test_every_covered_model_has_its_rows():
    assert Counter(row["model"] for row in golden_rows()) == LEAST


def test_the_adapter_refuses_what_is_not_there():
    with pytest.raises(KeyError):
        value("lfu_incache", {}, "hit")
