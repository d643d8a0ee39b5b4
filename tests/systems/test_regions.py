"""Systems over several regions: sizing, storage, money and distance by hand; what is refused."""

from pathlib import Path

import numpy as np
import pytest

from capcalc import CapcalcError, load_model, load_text
from capcalc.catalogue.places import rtt
from capcalc.catalogue.prices import price

SHOP = Path(__file__).resolve().parent.parent / "data" / "systems" / "ecommerce-three-regions.toml"
SHARES = {"us": 0.5, "eu": 0.3, "asia": 0.2}

FIXED = """
[workload]
users = "1M"
peak = 1
[client]
rtt = "20 ms"
new_connections = 0
[regions.us]
place = "us-east-1"
share = "60%"
[regions.eu]
place = "eu-central-1"
share = "40%"
[operations.read]
per_user = "1/day"
response = 0
request = 0
route = [WEB, READ]
[operations.write]
kind = "write"
per_user = "1/day"
response = 0
request = "1 kB"
route = [WEB, WRITE]
[tiers.web]
kind = "service"
service_time = { fixed = "1 ms" }
MORE_WEB
[tiers.db]
kind = "database"
read_time = { fixed = "2 ms" }
write_time = { fixed = "4 ms" }
data = "1 TB"
MORE_DB
[target]
spare = SPARE
"""


def system(*, web='"web"', read='"db"', write='"db"', more_web="", more_db='home = "us"', spare="1"):
    text = FIXED.replace("MORE_WEB", more_web).replace("MORE_DB", more_db).replace("SPARE", spare)
    return load_text(text.replace("WEB", web).replace("READ", read).replace("WRITE", write))


def both(far):
    """(us, eu) shares of two constant times."""
    return 0.6 * far[0] + 0.4 * far[1]


def test_a_write_goes_home_and_a_read_stays_near():
    """read: 20 + 1 + 0.5 + 2 ms anywhere. write: 20 + 1 + 4 ms + 1 kB at 10 Mbit/s, and 0.5 ms in us, the ocean from eu."""
    answer = system().estimate().operations
    ocean = rtt("us-east-1", "eu-central-1").seconds
    assert 0.08 < ocean < 0.12
    assert answer["read"].mean_s == pytest.approx(0.0235, rel=1e-3)
    line = 1000 / 1.25e6
    assert answer["write"].mean_s == pytest.approx(0.025 + line + both((0.0005, ocean)), rel=1e-3)
    assert answer["write"].p50_s < 0.03 < ocean < answer["write"].p99_s
    newest = system(read='{ tier = "db", at = "home" }').estimate().operations["read"]
    assert newest.mean_s == pytest.approx(0.023 + both((0.0005, ocean)), rel=1e-3)


def test_who_calls_after_a_service_that_stands_elsewhere():
    """web only in us: users of eu cross the ocean once, to web; the databases that web calls are then near it."""
    ocean = rtt("us-east-1", "eu-central-1").seconds
    answer = system(more_web='regions = ["us"]', more_db='regions = ["us"]').estimate()
    assert answer.operations["read"].mean_s == pytest.approx(0.0235 + 0.4 * ocean, rel=1e-3)
    web = answer.tiers["web"].regions
    assert list(web) == ["us"]
    assert web["us"].peak_rps == pytest.approx(2e6 / 86400)


def test_copies_storage_and_bytes_between():
    """1 TB: with a home all of it in both regions, 1 TB x 1.3 x 3 copies x 2; without 60% and 40% of it.
    writes 1M x 1 kB a day go to the one other region."""
    home, split = system().estimate(), system(more_db="").estimate()
    assert home.tiers["db"].stored_bytes == pytest.approx(1e12 * 1.3 * 3 * 2)
    assert split.tiers["db"].stored_bytes == pytest.approx(1e12 * 1.3 * 3)
    parts = split.tiers["db"].regions
    assert {r: p.stored_bytes for r, p in parts.items()} == pytest.approx({"us": 0.6 * 3.9e12, "eu": 0.4 * 3.9e12})
    assert home.tiers["db"].between_bytes_per_s == pytest.approx(1e9 / 86400)
    assert home.cost.parts["between_regions"] == pytest.approx(price("cross_region").cost_usd(30e9))
    assert split.tiers["db"].between_bytes_per_s is None
    assert "between_regions" not in split.cost.parts


def test_rates_of_the_regions_add_up():
    answer = system(read='{ tier = "db", share = "30%", at = "home" }').estimate()
    whole, parts = answer.tiers["db"], answer.tiers["db"].regions
    rate = 1e6 / 86400
    assert whole.reads_peak_rps == pytest.approx(0.3 * rate)
    assert parts["us"].reads_peak_rps == pytest.approx(0.3 * rate)
    assert parts["eu"].reads_peak_rps == 0
    assert [p.writes_peak_rps for p in parts.values()] == pytest.approx([rate, rate])
    assert whole.writes_peak_rps == pytest.approx(rate)


def test_a_lost_region_is_carried_by_the_others():
    """Each region takes its part of any other that is lost: 1/(1 - the largest other share) of its load."""
    shop = load_text(SHOP.read_text(encoding="utf-8"))
    answer = shop.estimate()
    assert [p.servers for p in answer.tiers["shop"].regions.values()] == [14, 12, 8]
    normal = shop.set(spare=1).estimate().tiers
    for name, result in answer.tiers.items():
        if result.servers is None:
            continue
        for region, part in result.regions.items():
            others = max(share for r, share in SHARES.items() if r != region)
            surge = 1 / (1 - others)
            assert part.utilisation_one_lost <= 0.7 + 1e-12, (name, region)
            if result.kind in ("service", "balancer", "cache", "queue"):
                assert part.utilisation_one_lost == pytest.approx(part.utilisation * surge)
                assert part.servers >= normal[name].regions[region].servers
    assert answer.tiers["shop"].servers == 34


def test_two_left_of_three():
    """The shop without a region, by shares of its own: no region needs more than it already has."""
    text = SHOP.read_text(encoding="utf-8")
    whole = load_text(text).estimate().tiers
    for lost in ("eu", "asia"):
        left = {r: s / (1 - SHARES[lost]) for r, s in SHARES.items() if r != lost}
        start = text.index(f"[regions.{lost}]")
        cut = text[:start] + text[text.index("\n\n", start) :]
        cut = cut.replace('spare = "region"', "spare = 0")
        for region, share in left.items():
            old = f'share = "{SHARES[region]:.0%}"'
            cut = cut.replace(old, f"share = {share!r}")
        for name, result in load_text(cut).estimate().tiers.items():
            for region, part in (result.regions or {}).items():
                if part.servers is not None:
                    assert part.needed <= whole[name].regions[region].servers, (lost, name, region)


def test_an_array_of_shares_equals_its_scenarios():
    shares = np.array([0.2, 0.5, 0.9])
    many = system(spare='"region"').set({"regions.us.share": shares, "regions.eu.share": 1 - shares}).estimate()
    for i, share in enumerate(shares):
        one = system(spare='"region"').set({"regions.us.share": share, "regions.eu.share": 1 - share}).estimate()
        for name, result in one.tiers.items():
            assert many.tiers[name].servers[i] == result.servers, name
            assert np.broadcast_to(many.tiers[name].utilisation, 3)[i] == pytest.approx(result.utilisation)
        assert np.broadcast_to(many.cost.usd_per_month, 3)[i] == pytest.approx(one.cost.usd_per_month)
        for name, answer in one.operations.items():
            assert np.broadcast_to(many.operations[name].p99_s, 3)[i] == pytest.approx(answer.p99_s, rel=1e-6)


def test_one_region_is_a_system_without_regions():
    """A region with all users changes nothing but the names of the steps."""
    plain = FIXED[: FIXED.index("[regions.us]")] + FIXED[FIXED.index("[operations.read]") :]
    plain = plain.replace("MORE_WEB", "").replace("MORE_DB", "").replace("SPARE", "1")
    plain = load_text(plain.replace("WEB", '"web"').replace("READ", '"db"').replace("WRITE", '"db"'))
    one = system(more_db="").set({"regions.us.share": 1.0, "regions.eu.share": 0.0})
    a, b = plain.estimate(), one.estimate()
    for name in a.tiers:
        assert a.tiers[name].servers == b.tiers[name].regions["us"].servers
        assert a.tiers[name].utilisation == pytest.approx(b.tiers[name].regions["us"].utilisation)
    for name in a.operations:
        assert a.operations[name].p99_s == pytest.approx(b.operations[name].p99_s, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more_db": 'home = "asia"'}, "unknown region 'asia'; there are: eu, us"),
        ({"more_web": 'regions = ["us", "mars"]'}, "unknown region 'mars'; there are: eu, us"),
        ({"more_web": 'regions = "us"'}, None),
        ({"more_db": 'home = "us"\nregions = ["eu"]'}, "tiers.db.home = 'us' is outside the regions in which it stands"),
        ({"read": '{ tier = "db", at = "moon" }'}, "outside the words home"),
        ({"more_db": "", "read": '{ tier = "db", at = "home" }'}, "Give it one: tiers.db.home"),
    ],
)
def test_refused(change, said):
    if said is None:
        assert system(**change).estimate().servers > 0
        return
    with pytest.raises(CapcalcError) as error:
        system(**change).estimate()
    assert said in str(error.value)


def test_what_needs_regions_says_so():
    web = load_model("web")
    for key, value in (("target.spare", "region"), ("tiers.database.home", "us"), ("tiers.web.regions", "us,eu")):
        with pytest.raises(CapcalcError, match=r"\[regions"):
            web.set({key: value}).estimate()
    with pytest.raises(CapcalcError, match="1 together"):
        system().set({"regions.us.share": 0.7}).estimate()


def test_mistakes_of_a_regions_table_are_all_named():
    text = FIXED.replace("MORE_WEB", "").replace("MORE_DB", "").replace("SPARE", "1")
    text = text.replace("WEB", '"web"').replace("READ", '"db"').replace("WRITE", '"db"')
    text = text.replace('"us-east-1"', '"us-est-1"').replace('share = "40%"', 'shares = "40%"')
    with pytest.raises(CapcalcError) as error:
        load_text(text)
    said = str(error.value)
    assert "unknown region 'us-est-1'" in said
    assert 'unknown key "shares"; did you mean "share"?' in said
    assert "regions.eu: a region has share" in said


@pytest.mark.parametrize(
    "change", [{"more_web": 'regions = ["us"]'}, {"more_db": 'regions = ["us"]'}, {"more_db": 'home = "us"\nregions = ["us"]'}]
)
def test_a_tier_of_one_region_has_no_other_to_stand_in_for(change):
    """Nothing is lost elsewhere that it would have to carry: one server more than is needed, as without the promise."""
    lost, plain = (system(spare=spare, **change).estimate() for spare in ('"region"', "1"))
    alone = next(iter(change)).removeprefix("more_")
    assert lost.tiers[alone].servers == plain.tiers[alone].servers
    assert lost.by_key[f"{alone}.us.surge"].value == 1


def test_a_region_without_users():
    answer = system(spare='"region"').set({"regions.us.share": 1.0, "regions.eu.share": 0.0}).estimate()
    assert answer.by_key["web.eu.surge"].value == 1
    assert answer.tiers["web"].regions["eu"].peak_rps == 0


def test_a_tier_without_spare_among_others_that_may_lose_a_region():
    web = system(more_web="spare = 0", spare='"region"').estimate().tiers["web"].regions["us"]
    assert web.servers == web.needed == 1
    assert web.utilisation_one_lost is None
