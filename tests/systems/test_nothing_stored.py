"""Tiers that keep bytes, where no route stores any: an answer like every other."""

import numpy as np
import pytest

from capcalc import load_text

TEXT = """
[workload]
users = "1M"

[operations.view]
per_user = "50/day"
route    = ["web", "{kind}"]

[tiers.web]
kind = "service"

[tiers.{kind}]
kind = "{kind}"
"""


@pytest.mark.parametrize("kind", ["objects", "database", "queue"])
@pytest.mark.parametrize("users", [1e6, np.array([1e3, 1e6])])
def test_nothing_stored_is_no_mistake(kind, users):
    if kind == "queue":
        text = TEXT.format(kind="queue").replace('"queue"]', '"queue", "web"]').replace('["web", ', "[", 1)
    else:
        text = TEXT.format(kind=kind)
    answer = load_text(text).set(users=users).estimate()
    stored = answer.tiers[kind].stored_bytes
    assert kind == "queue" or stored is None or np.all(np.asarray(stored) == 0)
    assert np.all(answer.cost.usd_per_month > 0)
