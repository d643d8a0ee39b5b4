"""docs/models.md names every key of a system file with its default, no other; its example loads and holds."""

import dataclasses
import re
from pathlib import Path

import pytest

from capcalc import load_text
from capcalc.keys import keys_of
from capcalc.systems.kinds import KINDS, tier_class
from capcalc.systems.routes import HOP_KEYS
from capcalc.systems.schema import default_text
from capcalc.systems.spec import Client, Group, Operation, Region
from capcalc.systems.validate import validated
from capcalc.tiers.pool import Pool
from capcalc.tiers.tier import Target, Tier

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "models.md").read_text(encoding="utf-8")
TABLES = {
    "`[workload]`, `[groups.X]`": Group,
    "`[operations.X]`": Operation,
    "`[client]`": Client,
    "`[regions.X]`": Region,
    "`[target]`": Target,
    "Every tier": Tier,
    "Tiers with servers": Pool,
} | {kind: tier_class(kind) for kind in KINDS}
MORE = {"`[operations.X]`": {"route", "follows"}, "Every tier": {"kind"}}  # no value of their own


def rows(heading):
    """Key and default of every row below a heading."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert section, f"no heading {heading}"
    return dict(re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*?) ?\|", section[1], re.M))


def own(cls):
    """Keys of a class and their defaults, without those that stand in the tables of its bases."""
    bases = [base for base in (Tier, Pool) if cls is not base and issubclass(cls, base)]
    above = {name for base in bases for name in keys_of(base)}
    fields = {field.name: field.default for field in dataclasses.fields(cls)}
    return {name: (key, fields[name]) for name, key in keys_of(cls).items() if name not in above}


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_stands_in_its_table_with_its_default(heading):
    found, wanted = rows(heading), own(TABLES[heading])
    assert found.keys() == wanted.keys() | MORE.get(heading, set())
    for name, (key, default) in wanted.items():
        said = "required" if default is dataclasses.MISSING else default_text(key, default)
        assert found[name] == said, name


def test_every_key_of_a_hop():
    assert rows("Hops").keys() == HOP_KEYS.keys()


def test_every_kind_of_tier_is_named():
    section = TEXT.partition("## Every tier")[2].partition("## ")[0]
    assert all(re.search(rf"\b{kind}\b", section) for kind in KINDS)


def test_the_example_loads_and_holds():
    (example,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.M | re.S)
    verdict = validated(example, "example.toml")
    assert not verdict.problems and verdict.stated >= 3
    system = load_text(example)
    assert round(system.tiers["web"].service_time.mean_s, 4) == 0.0049


def test_each_reading_of_a_hit_leaves_its_list():
    """The two routes of the page: rank gets only misses, or all."""
    text = """
    [operations.read]
    rate  = "1000/s"
    route = {route}
    [tiers.web]
    kind = "service"
    [tiers.cache]
    kind = "cache"
    [tiers.db]
    kind = "database"
    [tiers.rank]
    kind = "service"
    """
    for route, ranked in (
        ('["web", "cache", "db", "rank"]', 100),
        ('["web", ["cache", "db"], "rank"]', 1000),
    ):
        assert route in TEXT
        rank = load_text(text.format(route=route)).estimate().tiers["rank"]
        assert rank.mean_rps == pytest.approx(ranked)
