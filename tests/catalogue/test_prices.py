"""Prices, and what an amount costs by tiers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capcalc.catalogue.places import region_names
from capcalc.catalogue.prices import price, price_items, priced_areas, tiered_cost
from capcalc.errors import DomainError, UnknownName

GB = 1e9
EGRESS = [(0, 0.09), (10240, 0.085), (51200, 0.07), (153600, 0.05)]  # us-east-1, in GB


@pytest.mark.parametrize(
    ("gb", "usd"),
    [
        (0, 0),
        (1, 0.09),
        (10240, 921.60),  # 10 TB
        (12288, 921.60 + 2048 * 0.085),  # 12 TB
        (51200, 921.60 + 3481.60),  # 50 TB
        (153600, 921.60 + 3481.60 + 7168.00),  # 150 TB
        (204800, 921.60 + 3481.60 + 7168.00 + 51200 * 0.05),  # 200 TB
    ],
)
def test_egress_by_hand(gb, usd):
    assert float(tiered_cost(EGRESS, gb)) == pytest.approx(usd, rel=1e-12)
    assert float(price("egress").cost_usd(gb * GB)) == pytest.approx(usd, rel=1e-12)


def test_fifteen_terabytes_as_a_bill_has_it():
    assert float(price("egress").cost_usd(15 * 1024 * GB)) == pytest.approx(921.60 + 435.20, rel=1e-12)


@pytest.mark.parametrize(
    ("item", "region", "amount", "usd"),
    [
        ("object_storage", "us-east-1", 1e12, 23.0),
        ("object_storage", "us-east-1", 600 * 1024 * GB, 1024 * (50 * 0.023 + 450 * 0.022 + 100 * 0.021)),
        ("object_put", "us-east-1", 1e6, 5.0),
        ("object_get", "us-east-1", 1e6, 0.40),
        ("object_put", "gcp-eu", 1e6, 5.0),
        ("cdn_out", "us-east-1", 1e12, 85.0),
        ("cdn_out", "ap-northeast-1", 1e12, 114.0),
        ("cdn_requests", "us-east-1", 1e6, 1.0),
        ("cross_zone", "us-east-1", 1e12, 10.0),
        ("cross_region", "us-east-1", 1e12, 20.0),
        ("block_storage", "us-east-1", 1e12, 80.0),
        ("balancer", "us-east-1", 730, 16.425),
        ("sqs.requests", "us-east-1", 1e6, 0.40),
        ("dynamodb.write", "us-east-1", 1e6, 0.625),
        ("dynamodb.read", "us-east-1", 1e6, 0.125),
        ("pubsub.data", "us-central1", 2**40, 40.0),
        ("lambda.duration", "us-east-1", 1e9 * 1e6, 16.6667),
        ("elasticache.r7g.large", "us-east-1", 730, 0.219 * 730),
        ("egress", "eastus", 10240 * GB, 890.88),
        ("egress", "sa-east-1", 1 * GB, 0.15),
    ],
)
def test_published_prices(item, region, amount, usd):
    assert float(price(item, region).cost_usd(amount)) == pytest.approx(usd, rel=1e-9)


@pytest.mark.parametrize("item", price_items())
def test_every_price_is_whole(item):
    for area in priced_areas(item):
        p = price(item, area)
        assert (p.item, p.area) == (item, area)
        assert p.unit.startswith("USD/") and p.base and p.what and p.source and p.date
        assert p.tiers[0][0] == 0 and p.value > 0
        starts, usd = zip(*p.tiers, strict=True)
        assert list(starts) == sorted(set(starts)) and min(usd) > 0
        assert list(usd) == sorted(usd, reverse=True)  # more is never dearer
        assert float(p.cost_usd(0)) == 0


def test_items_are_sorted_and_tiers_stand_together():
    assert list(price_items()) == sorted(price_items())


def test_a_region_finds_the_area_it_lies_in():
    assert price("cdn_out", "us-west-2").area == "cdn-us"
    assert price("cdn_out", "ap-southeast-2").area == "cdn-australia"
    assert price("egress", "westeurope").area == "azure-zone-1"
    aws = [r for r in region_names() if r.count("-") >= 2 and not r.startswith("Standard")]
    assert all(price("cdn_out", r).value > 0 for r in aws)


@given(st.floats(0, 1e18), st.floats(0, 1e18))
def test_more_costs_no_less_and_no_more_than_the_first_price(one, other):
    low, high = sorted((one, other))
    p = price("egress")
    assert p.cost_usd(low) <= p.cost_usd(high) * (1 + 1e-12)
    assert p.cost_usd(high) <= high * p.tiers[0][1] * (1 + 1e-12)


def test_arrays_are_the_scalars_one_by_one():
    amounts = np.array([[0, 1, 10240.0], [51200, 1e6, 7e9]])
    costs = tiered_cost(EGRESS, amounts)
    assert costs.shape == amounts.shape
    assert [float(tiered_cost(EGRESS, x)) for x in amounts.flat] == list(costs.flat)


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "5", True, None])
def test_a_bad_amount_is_refused(amount):
    with pytest.raises(DomainError, match="amount"):
        tiered_cost(EGRESS, amount)


@pytest.mark.parametrize("tiers", [[], [(5, 1)], [(0, 1), (0, 2)], [(0, 1), (9, 2), (3, 1)], [(0, -1)]])
def test_bad_tiers_are_refused(tiers):
    with pytest.raises(DomainError, match="tiers"):
        tiered_cost(tiers, 1)


def test_an_unknown_item_is_a_sentence():
    with pytest.raises(UnknownName) as error:
        price("egres")
    assert str(error.value) == """unknown price 'egres'; did you mean "egress"?"""


def test_an_unknown_region_is_a_sentence():
    with pytest.raises(UnknownName) as error:
        price("egress", region="us-esat-1")
    assert str(error.value) == """unknown region 'us-esat-1'; did you mean "us-west-1"?"""


def test_a_price_that_is_missing_is_never_nothing():
    with pytest.raises(DomainError) as error:
        price("balancer", region="eu-central-1")
    assert str(error.value) == (
        "region = 'eu-central-1' is outside the regions with a price of balancer: us-central1, us-east-1. "
        "A price that is not known is not 0: choose one of them or give the price."
    )


@pytest.mark.parametrize(
    ("item", "region"), [(None, "us-east-1"), (["egress"], "us-east-1"), ("egress", None)]
)
def test_what_is_no_name_is_refused(item, region):
    with pytest.raises(UnknownName):
        price(item, region)
    with pytest.raises(UnknownName):
        priced_areas("egres")
