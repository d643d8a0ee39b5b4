"""Ranges: stated intervals are kept, outputs agree with plain Monte Carlo, the same seed gives the same answer."""

import json
from pathlib import Path

import numpy as np
import pytest

from capcalc import CapcalcError, load_model
from capcalc.cli.run import run
from capcalc.questions.ranges import ranges
from capcalc.questions.uncertain import uncertain

WEB = load_model("web").set(users="5M to 20M", hit_ratio="80% to 95%")


@pytest.mark.parametrize(
    ("key", "text", "low", "high"),
    [
        ("users", "5M to 20M", 5e6, 20e6),
        ("users", "5M to 6M to 20M", 5e6, 20e6),
        ("hit_ratio", "80% to 95%", 0.8, 0.95),
        ("tiers.web.service_time", "2ms to 9ms", 0.002, 0.009),
        ("client.rtt", "0 s to 90 ms", 0.0, 0.09),
        ("peak", "2 to 5", 2.0, 5.0),
    ],
)
def test_a_stated_range_holds_with_ninety_in_a_hundred(key, text, low, high):
    found = ranges(load_model("web").set({key: text}), samples=20_000, show=["peak"])
    drawn = found.drawn[found.inputs[0].key]
    assert np.mean(drawn < low) == pytest.approx(0.05, abs=0.0501 if low == 0 else 2e-4)
    assert np.mean(drawn <= high) == pytest.approx(0.95, abs=2e-4)


def test_outputs_agree_with_plain_monte_carlo():
    rng, n = np.random.default_rng(3), 1_000_000
    users = np.exp(np.log(1e7) + np.log(2) / 1.6448536269514722 * rng.standard_normal(n))
    found = ranges(load_model("web").set(users="5M to 20M"), show=["peak", "cost"])
    plain = users * 20 * 3 / 86400  # requests of a user in a day, peak / mean
    for ours, theirs in zip(found.quantiles("peak"), np.quantile(plain, (0.05, 0.5, 0.95)), strict=True):
        assert ours == pytest.approx(theirs, rel=5e-3)


def test_the_same_seed_gives_the_same_answer():
    first, again, other = (ranges(WEB, samples=500, seed=s, show=["cost"]).to_dict() for s in (1, 1, 2))
    assert first == again != other


def test_the_fleet_of_least_regret_is_the_quantile_of_the_costs():
    found = ranges(WEB, samples=4000, under=9, show=["web.servers", "p99"], when=["cost <= $10000"])
    needed = found.measured["web.servers"]
    assert np.mean(needed <= found.fleet.servers["web"]) >= 0.9 > np.mean(needed <= found.fleet.servers["web"] - 1)
    assert 0.9 < found.chances[0] < 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20M to 5M", "its values go up"),
        ("5M to 5M", "is one value: write 5M"),
        ("triangular(1M, 2M)", "has 2 values"),
        ("1 to 1e30", "outside"),
        ("a to b", "'a' is not a count"),
    ],
)
def test_mistakes_have_a_sentence(text, said):
    with pytest.raises(CapcalcError, match=said):
        load_model("web").set(users=text)


def test_what_cannot_be_sampled_is_refused():
    with pytest.raises(CapcalcError, match="nothing is uncertain"):
        ranges(load_model("web"))
    with pytest.raises(CapcalcError, match="1,000,000"):
        ranges(WEB, samples=2_000_000)
    with pytest.raises(CapcalcError, match="one by one"):
        uncertain(load_model("web").set({"tiers.database.copies": "2 to 5"}))


def test_the_catalogue_knows_ranges_of_what_nobody_typed():
    keys = [one.key for one in uncertain(WEB, catalogue=True)]
    assert keys[:2] == ["workload.users", "tiers.cache.hit_ratio"]
    assert "tiers.web.service_time" in keys and len(set(keys)) == len(keys)


def test_estimate_answers_a_range_with_ranges(capsys):
    assert run(["estimate", "--users", "5M to 20M", "-f", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    users = document["inputs"]["workload.users"]
    assert (round(users["p5"] / 1e6, 2), round(users["p95"] / 1e6, 2)) == (5, 20)
    assert document["measures"]["web.servers"]["p5"] < document["measures"]["web.servers"]["p95"]
    for form in ("table", "csv", "markdown", "latex", "html"):
        assert run(["estimate", "--users", "5M to 20M", "-f", form]) == 0
        said = capsys.readouterr().out
        assert "workload" in said and "nan" not in said and "inf" not in said


def test_a_range_in_a_file_is_read_and_a_wrong_one_has_its_line(tmp_path, capsys):
    text = (Path(__file__).parents[2] / "models" / "web.toml").read_text(encoding="utf-8")
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    line = next(line for line in text.splitlines() if line.startswith("users"))
    good.write_text(text.replace(line, 'users = "5M to 20M"'), encoding="utf-8")
    bad.write_text(text.replace(line, 'users = "20M to 5M"'), encoding="utf-8")
    assert run(["estimate", str(good), "-f", "csv"]) == 0
    assert "workload.users" in capsys.readouterr().out
    assert run(["estimate", str(bad)]) == 2
    said = capsys.readouterr().err
    assert f"bad.toml:{text.splitlines().index(line) + 1}: workload.users: '20M to 5M': its values go up" in said


@pytest.mark.parametrize(
    "asked",
    [
        ["estimate", "--users", "5M to 20M", "--steps"],
        ["estimate", "--users", "5M to 20M", "--check"],
        ["table", "web", "--set", "users=5M to 20M", "--vary", "peak=2,3"],
        ["solve", "web", "peak", "--set", "users=5M to 20M", "--when", "servers <= 9"],
    ],
)
def test_where_one_value_is_needed_a_range_is_refused(asked, capsys):
    assert run(asked) == 2
    said = capsys.readouterr()
    assert said.out == "" and "workload.users" in said.err and "one value" in said.err
