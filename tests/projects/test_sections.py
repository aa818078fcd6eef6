"""What was sold, and what stands at the grass roots, on the pages of regions and organizations."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from projects import services
from projects.models import ConsumptionRecord, ReportedFigure
from projects.selectors import entries
from projects.selectors.capacity import BESIDE

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)
VILLAGE, COUNTY = "500229201200", "500229"


@pytest.fixture
def buy(regions, organization, member, officer):
    """A purchase by 临沂市慈善总会 from a village, verified unless said otherwise."""

    def make(amount="100", *, verified=True, **fields) -> ConsumptionRecord:
        values = {"mode": "direct", "region": regions[VILLAGE], "goods": "腊肉", "bought_on": DAY}
        values |= {"quantity": Decimal(1), "unit": "公斤", "amount": Decimal(amount), "voucher": amount}
        values |= {"buyer": organization} | fields
        record = services.enter_purchase(values=values, by=member)
        return services.verify_purchase(record=record, by=officer) if verified else record

    return make


@pytest.fixture
def station(regions, organization, member, officer):
    def make(name: str, *, verified=True, **fields):
        values = {"kind": "station", "name": name, "region": regions[VILLAGE], "organization": organization}
        record = services.enter_capacity(values={**values, "opened_on": DAY, "source": "台账", **fields}, by=member)
        return services.verify_capacity(record=record, by=officer) if verified else record

    return make


def test_a_region_page_shows_what_sources_reported_of_it_and_not_of_others(page, reported, regions, officer):
    plain = {"capacity": "", "topic": "受益人", "indicator": "受益人数", "unit": "人"}
    reported("B-1", 7654321, **plain)
    reported("B-2", 1234567, code=VILLAGE, **plain)
    reported("B-3", 2222222, published=False, **plain)
    text = page().get(reverse("regions:region-detail", args=[COUNTY])).text
    assert "7,654,321" in text and "1,234,567" not in text and "2,222,222" not in text


@pytest.fixture
def reported(regions, officer):
    def make(number: str, value: int, *, code=COUNTY, published=True, **fields) -> ReportedFigure:
        values = {"number": number, "topic": "社工站", "indicator": "社工站数", "capacity": "station", "unit": "个"}
        values |= {
            "subject": "thing",
            "value": Decimal(value),
            "period_to": DAY,
            "source": "年报",
            "region": regions[code],
        }
        figure = services.enter_figure(values=values | fields, places=[], by=officer)
        return services.publish_figure(figure=figure, by=None) if published else figure

    return make


def shown(record, kind="region"):
    """What the page's section gets; empty when there is none."""
    section = getattr(entries, f"of_{kind}")(record, None)
    return section.context if section else {}


def amounts(context) -> dict:
    return {(side, total.mode): total.amount for side, _query, totals in context["totals"] for total in totals}


def test_a_place_without_anything_has_no_section_at_all(regions, organization):
    assert shown(regions[VILLAGE]) == shown(organization, "organization") == {}


def test_each_mode_stands_alone_on_the_page_of_a_region_and_only_what_is_verified_counts(buy, regions):
    buy("100")
    buy("40")
    buy("7", mode="induced")
    buy("900", verified=False)
    for code in (VILLAGE, COUNTY):
        assert amounts(shown(regions[code])) == {("", "direct"): Decimal(140), ("", "induced"): Decimal(7)}
    assert shown(regions["500237"]) == {}


def test_an_organization_shows_what_it_bought_and_what_it_sold_apart(buy, organization, make_organization):
    co_operative = make_organization("合作社", region="500229")
    buy("100", seller=co_operative)
    buy("30", buyer=co_operative, seller=organization)
    assert amounts(shown(organization, "organization")) == {("buyer", "direct"): 100, ("seller", "direct"): 30}
    assert amounts(shown(co_operative, "organization")) == {("buyer", "direct"): 30, ("seller", "direct"): 100}


def test_products_on_offer_stand_on_the_pages_of_the_village_and_of_the_seller(regions, organization, officer, page):
    values = {
        "region": regions[VILLAGE],
        "seller": organization,
        "unit": "篮",
        "content": Decimal(5),
        "content_unit": "斤",
    }
    for name, price in (("黄桃（大果）", 35), ("黄桃（小果）", 25)):
        services.add_product(values=values | {"name": name, "price": Decimal(price)}, by=officer)
    gone = services.add_product(values=values | {"name": "陈茶"}, by=officer)
    services.withdraw_product(product=gone, by=officer)
    village = reverse("regions:region-detail", args=[VILLAGE])
    seller = reverse("organizations:organization-detail", args=[organization.pk])
    for address in (village, seller):
        text = page().get(address).text
        assert "黄桃（大果）" in text
        assert "35.00" in text
        assert "陈茶" not in text


def test_counts_from_records_stand_beside_reported_figures_and_are_never_added(station, reported, regions, page):
    station("一站")
    station("二站")
    station("未核实", verified=False)
    station("已撤销", closed_on=DAY)
    reported("X-1", 20)
    reported("X-2", 9, published=False)
    reported("X-3", 7, code="500229201")
    (one,) = shown(regions[COUNTY])["kinds"]
    assert (one.kind, one.count, [figure.number for figure in one.reported]) == ("station", 2, ["X-1"])
    text = page().get(reverse("regions:region-detail", args=[COUNTY])).text
    link = text.split("kind=station")[0].rsplit("href=", 1)[1].strip('"') + "kind=station"
    rest = text.split("kind=station")[1].split('"')[0]
    listed = page().get((link + rest).replace("&amp;", "&")).context["total"]
    assert listed == one.count
    assert "22" not in [part.strip() for part in text.replace("<", ">").split(">")]


def test_a_region_with_only_a_reported_figure_shows_it_with_no_record_beside(reported, regions):
    for number in range(BESIDE + 1):
        reported(f"X-{number}", 20 + number, period_to=DAY + datetime.timedelta(days=number))
    (one,) = shown(regions[COUNTY])["kinds"]
    assert one.count == 0
    assert [figure.number for figure in one.reported] == ["X-3", "X-2", "X-1"]


def test_what_an_organization_runs_is_counted_on_its_page(station, organization, make_organization):
    station("一站")
    (one,) = shown(organization, "organization")["kinds"]
    assert (one.kind, one.count, one.reported) == ("station", 1, [])
    assert shown(make_organization("别家", region="500229"), "organization") == {}


def test_the_list_of_what_is_open_on_a_day_leaves_out_what_is_closed_that_day(station, page):
    station("还在")
    station("撤销", closed_on=DAY)
    station("大赛", kind="contest", closed_on=DAY)
    rows = page().get(reverse("projects:capacity-list"), {"open_on": DAY.isoformat()}).context["object_list"]
    assert {row.name for row in rows} == {"还在", "大赛"}


def test_a_station_is_closed_over_rest_by_staff_of_its_region_in_the_version_they_saw(station, member, officer, page):
    record = station("一站")
    at = f"/api/v1/capacity-records/{record.pk}/close/"

    def send(who, body, **headers):
        return page(who).post(at, body, "application/json", headers=headers)

    end = {"closed_on": "2026-05-01"}
    assert send(None, end).status_code == 401
    assert send(member, end).status_code == 403
    assert send(officer, end).status_code == 428
    assert send(officer, {}, **{"If-Match": f'"{record.version}"'}).status_code == 400
    assert send(officer, {"closed_on": "2025-01-01"}, **{"If-Match": f'"{record.version}"'}).status_code == 409
    assert send(officer, end, **{"If-Match": '"99"'}).status_code == 412
    done = send(officer, end, **{"If-Match": f'"{record.version}"'})
    assert (done.status_code, done.json()["closed_on"]) == (200, "2026-05-01")
    assert send(officer, end, **{"If-Match": f'"{done.json()["version"]}"'}).status_code == 409


def test_what_sources_say_of_sales_stands_under_the_totals_and_in_none_of_them(buy, reported, regions, page):
    buy("100")
    reported("X-1", 6, capacity="", is_consumption=True, topic="带动消费", unit="亿元", subject="money")
    context = shown(regions[COUNTY])
    assert amounts(context) == {("", "direct"): Decimal(100)}
    assert [figure.number for figure in context["reported"]] == ["X-1"]
    for query, number in (("", 1), ("?region=500229", 1), ("?region=500237", 0)):
        listed = page().get(reverse("projects:purchase-list") + query).context
        assert len(listed["reported"]) == number
    found = page().get(reverse("projects:figure-list"), {"is_consumption": "true"}).context["object_list"]
    assert [figure.number for figure in found] == ["X-1"]


def test_a_figure_stands_beside_capacity_or_sales_and_not_beside_both(reported):
    with pytest.raises(IntegrityError, match="reported_beside_one"), transaction.atomic():
        reported("X-1", 6, is_consumption=True)


def test_what_sells_a_village_s_goods_is_not_called_a_channel_of_donations(page):
    filters = page(language="zh-hans").get(reverse("projects:purchase-list")).context["filter"].form.fields
    with override("zh-hans"):
        assert "捐赠" not in str(filters["channel"].label)
