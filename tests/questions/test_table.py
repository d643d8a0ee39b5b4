"""Sizing tables against estimates one at a time; order, columns, and what is refused."""

import itertools

import numpy as np
import pytest

from capcalc import CapcalcError, load_model, load_text
from capcalc.questions.table import table

WEB = load_model("web")


def rows(found):
    names = [c.name for c in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def test_every_row_is_the_estimate_of_its_values():
    vary = {"users": "1M,40M", "tiers.web.machine": "m7i.large,m7i.2xlarge", "hit_ratio": "0.5..0.9/3", "tiers.database.copies": "2,3"}
    found = rows(table(WEB, vary, ["all"]))
    users, machines, hits, copies = ((1e6, 4e7), ("m7i.large", "m7i.2xlarge"), (0.5, 0.7, 0.9), (2, 3))
    for row, (u, m, h, k) in zip(found, itertools.product(users, machines, hits, copies), strict=True):
        assert (row["users"], row["web_machine"], row["database_copies"]) == (u, m, k)
        assert row["cache_hit_ratio"] == pytest.approx(h)
        one = WEB.set({"users": u, "tiers.web.machine": m, "hit_ratio": h, "tiers.database.copies": k}).estimate()
        assert (row["servers"], row["web_servers"]) == (one.servers, one.tiers["web"].servers)
        assert row["cost_usd_per_month"] == pytest.approx(one.cost.usd_per_month)
        assert row["read_p99_s"] == pytest.approx(one.operations["read"].p99_s, rel=1e-6)
        assert row["database_utilisation"] == pytest.approx(one.tiers["database"].utilisation)


def test_numbers_and_words_in_any_order_keep_the_order_given():
    found = table(WEB, {"tiers.web.machine": "m7i.2xlarge,m7i.large", "users": [3e6, 1e6, 2e6]}, ["web_servers"])
    assert [row[:2] for row in found.rows] == [(m, u) for m in ("m7i.2xlarge", "m7i.large") for u in (3e6, 1e6, 2e6)]
    assert [c.name for c in found.columns] == ["web_machine", "users", "web_servers"]


def test_columns_are_those_asked_for_in_their_order():
    found = table(WEB, {"users": "1M"}, ["read_p99_s", "servers"])
    assert [c.name for c in found.columns] == ["users", "read_p99_s", "servers"]
    usual = [c.name for c in table(WEB, {"users": "1M"}).columns]
    assert usual[0] == "users" and "saturated" not in usual and "cost_usd_per_month" in usual


def test_saturated_rows_are_marked():
    found = rows(table(WEB.set({"tiers.web.servers": 3}), {"users": "1M,100M"}))
    assert [row["saturated"] for row in found] == [False, True]
    assert np.isinf(found[1]["read_p99_s"])
    assert '"read_p99_s": null' in table(WEB.set({"tiers.web.servers": 3}), {"users": "100M"}).to_json()


def test_many_rows_go_through_one_estimate():
    found = table(WEB, {"users": "1..1e9/log:1000", "hit_ratio": "0..1/10"}, ["servers"])
    servers = np.array([row[-1] for row in found.rows]).reshape(1000, 10)
    assert (np.diff(servers, axis=0) >= 0).all()
    assert (np.diff(servers, axis=1) <= 0).all()


def test_it_is_a_frame_and_a_markdown_table():
    pandas = pytest.importorskip("pandas")
    found = table(WEB, {"users": "1M,10M"}, ["servers"])
    frame = found.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["servers"].tolist() == [7, 13]
    assert found.to_markdown().startswith("| users | servers |")


def test_a_flag_and_a_policy_vary_too():
    text = '[operations.a]\nrate = "9/s"\nroute = ["s", "d"]\n[tiers.s]\nkind = "service"\n[tiers.d]\nkind = "database"\n'
    found = table(load_text(text), {"tiers.s.blocking": "true,false", "tiers.d.reads": "any,primary"}, ["s_servers"])
    assert [row[:2] for row in found.rows] == [(b, r) for b in (True, False) for r in ("any", "primary")]


@pytest.mark.parametrize(
    ("vary", "show", "said"),
    [
        ({"usrs": "1M"}, (), 'did you mean "users"?'),
        ({"users": "1M,x"}, (), "users: 'x' is not a count"),
        ({"users": "-1..1/3"}, (), "users"),
        ({"hit_ratio": "50,90"}, (), "hit_ratio"),
        ({"users": []}, (), "there is no value"),
        ({"users": "1M"}, ("servrs",), 'unknown column \'servrs\'; did you mean "servers"?'),
        ({"users": "1..2/10000", "peak": "1..2/10000"}, (), "100,000,000 rows"),
        ({"tiers.web.machine": "m7i.larg"}, (), "m7i.large"),
        ({"tiers.database.copies": [1.0] * 20_000}, (), "one by one"),
    ],
)
def test_mistakes_have_a_sentence(vary, show, said):
    with pytest.raises(CapcalcError) as error:
        table(WEB, vary, show)
    assert said in str(error.value)


def test_columns_go_by_the_names_of_conditions_too():
    shown = table(load_model("web"), {"users": "1M,10M"}, show=["database.servers"])
    assert [c.name for c in shown.columns] == ["users", "database_servers"]
