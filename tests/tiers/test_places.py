"""Tiers over several regions, against diagrams worked by hand."""

import numpy as np
import pytest
from diagrams import EXACT, at, call, read, tiers_of, walk, write

from capcalc.tiers.flow import Factor
from capcalc.tiers.places import answered, applied
from capcalc.tiers.tier import Site

TIERS = tiers_of(
    shop="service", orders="database", catalog_cache=("cache", {"hit_ratio": 0.8}), catalog="database"
)
SHOP = {"us": 0.5, "eu": 0.3, "asia": 0.2}


def near(value):
    return pytest.approx(value, rel=EXACT, abs=0)


def regional(visits, shares, home):
    """Region -> (reads served, writes served, writes applied), each at mean and at peak."""
    found = {}
    for region, share in shares.items():
        site = Site(region, share, Factor("f", {"f": f"regions.{region}.share"}))
        mine, more = answered(visits, site, home), applied(visits, site, home)
        tiers = {v.hop.tier for v in visits}
        tier = tiers.pop() if tiers else ""
        r_mean, r_peak, w_mean, w_peak = at(mine, tier)
        _, _, a_mean, a_peak = at([*mine, *more], tier)
        found[region] = ((r_mean, w_mean, a_mean), (r_peak, w_peak, a_peak))
    return found


def peaks(split):
    return {region: peak for region, (_, peak) in split.items()}


def means(split):
    return {region: mean for region, (mean, _) in split.items()}


def test_two_regions_without_a_home():
    """100/300 reads, w 20/60 -> web in us (60%) and eu (40%): each answers, and applies, its share.
    us 60/180, w 12/36;  eu 40/120, w 8/24
    """
    visits = walk(tiers_of(web="service"), (read(), ["web"]), (write(), ["web"]))
    split = regional(visits, {"us": 0.6, "eu": 0.4}, None)
    assert means(split) == {"us": near((60, 12, 12)), "eu": near((40, 8, 8))}
    assert peaks(split) == {"us": near((180, 36, 36)), "eu": near((120, 24, 24))}


def test_two_regions_with_a_home():
    """100/300 reads, w 20/60, and 50/100 reads that go home -> db, home us (60%), eu (40%)
    us: near reads 60/180, all 50/100 of those that go home, so 110/280; all writes 20/60 answered and applied
    eu: near reads 40/120; answers no write, its copies apply all 20/60
    """
    flows = [(read(), ["db"]), (write(), ["db"]), (read(50, 100, "newest"), [call("db", at="home")])]
    split = regional(walk(tiers_of(db="database"), *flows), {"us": 0.6, "eu": 0.4}, "us")
    assert means(split) == {"us": near((110, 20, 20)), "eu": near((40, 0, 20))}
    assert peaks(split) == {"us": near((280, 60, 60)), "eu": near((120, 0, 60))}


def test_orders_of_a_shop_over_three_regions():
    """20M shoppers, peak 3, a day of 86,400 s; us 50%, eu 30%, asia 20%; home us
    buy    20M x 0.1 x 3/86,400 = 6M/86,400  = 625/9  = 69.4 w/s at the peak
    status 20M x 0.2 x 3/86,400 = 12M/86,400 = 1,250/9 = 138.9/s, 80% read near by, 20% need the newest and
    go home
    us:   1,250/9 x (80% x 50% + 20%) = 750/9 = 83.3 reads, 625/9 writes answered and applied
    eu:   1,250/9 x 80% x 30% = 300/9 = 33.3 reads;  asia: 1,250/9 x 80% x 20% = 200/9 = 22.2;
    625/9 w applied each
    over the ocean: 69.4 x 2 kB x 2 regions = 278 kB/s
    """
    hops = [call("orders", share=0.8), call("orders", name="newest", share=0.2, at="home")]
    buy, status = write(625 / 27, 625 / 9, "buy"), read(1250 / 27, 1250 / 9, "status")
    split = regional(walk(TIERS, (buy, ["orders"]), (status, hops)), SHOP, "us")
    assert peaks(split) == {
        "us": near((750 / 9, 625 / 9, 625 / 9)),
        "eu": near((300 / 9, 0, 625 / 9)),
        "asia": near((200 / 9, 0, 625 / 9)),
    }
    assert means(split)["us"] == near((750 / 27, 625 / 27, 625 / 27))
    assert sum(reads for reads, _, _ in peaks(split).values()) == pytest.approx(138.9, rel=1e-3)
    abroad = sum(writes for r, (_, _, writes) in peaks(split).items() if r != "us")
    assert abroad * 2000 == pytest.approx(278e3, rel=1e-3)


def test_catalog_of_a_shop_over_three_regions_and_over_the_two_that_are_left():
    """browse 20M x 30 x 3/86,400 = 20,833/s at the peak; an edge answers half, a cache 80%: 2,083 reads/s
    price changes 50 w/s, steady, answered at home and applied everywhere (50 x 5 kB x 2 regions = 500 kB/s)
    us 50% = 1,042, eu 625, asia 417.  With eu lost us has 50/70 of the load: 0.714 x 2,083 = 1,488, asia 595
    us, at 3 ms a read: 0.714 x 2,083 x 3 ms = 4.46 erlang, the hand's 4.5
    """
    peak = 20e6 * 30 * 3 / 86400 / 2
    browse, change = read(peak / 3, peak, "browse"), write(50, 50, "price_change")
    visits = walk(TIERS, (browse, ["catalog_cache", "catalog"]), (change, ["catalog"]))
    visits = [v for v in visits if v.hop.tier == "catalog"]
    whole = regional(visits, SHOP, "us")
    reads_of = {r: reads for r, (reads, _, _) in peaks(whole).items()}
    assert reads_of == near({"us": 6250 / 6, "eu": 625, "asia": 2500 / 6})
    assert sum(reads_of.values()) == pytest.approx(2083, rel=1e-3)
    assert [served for _, served, _ in means(whole).values()] == [50, 0, 0]
    assert [writes for _, _, writes in peaks(whole).values()] == [50, 50, 50]
    left = regional(visits, {"us": 5 / 7, "asia": 2 / 7}, "us")
    assert peaks(left)["us"][0] == near(31250 / 21)
    assert peaks(left)["us"][0] * 0.003 == pytest.approx(4.46, rel=2e-3)
    assert [writes for _, _, writes in peaks(left).values()] == [50, 50]


def test_a_write_that_says_home_goes_there_as_all_do():
    """w 20/60 -> db at home: no other place than without it."""
    tiers = tiers_of(db="database")
    said, unsaid = (
        peaks(regional(walk(tiers, (write(), [hop])), {"us": 0.6, "eu": 0.4}, "eu"))
        for hop in (call("db", at="home"), call("db"))
    )
    assert said == unsaid == {"us": near((0, 0, 60)), "eu": near((0, 60, 60))}


def test_one_region_and_no_visits():
    """One region has all; a tier that nobody visits has nothing anywhere."""
    visits = walk(tiers_of(db="database"), (read(), ["db"]), (write(), ["db"]))
    assert peaks(regional(visits, {"here": 1.0}, None)) == peaks(regional(visits, {"here": 1.0}, "here"))
    assert peaks(regional(visits, {"here": 1.0}, "here")) == {"here": near((300, 60, 60))}
    assert peaks(regional([], {"us": 0.6, "eu": 0.4}, "us")) == {"us": (0, 0, 0), "eu": (0, 0, 0)}


def test_arrays_of_scenarios_are_their_scalars():
    """Shares and rates as arrays: each scenario is what its numbers alone give;
    what is served is all there is.
    """
    us, peak = np.array([0.0, 0.25, 1.0]), np.array([300.0, 600.0, 900.0])
    hops = ["db", call("db", name="newest", at="home", share=0.5)]

    def split(us, peak):
        visits = walk(tiers_of(db="database"), (read(100.0, peak), hops), (write(), ["db"]))
        return peaks(regional(visits, {"us": us, "eu": 1 - us}, "eu"))

    many = split(us, peak)
    for i in range(3):
        one = split(float(us[i]), float(peak[i]))
        for region, values in one.items():
            assert [np.broadcast_to(v, 3)[i] for v in many[region]] == near(list(values))
    assert many["us"][0] + many["eu"][0] == near(peak * 1.5)

