"""The 2021 gifts of Shandong to Chongqing, cell by cell, asked in every way."""

import datetime
from decimal import Decimal

import pytest

from donations.models import Donation
from regions.models import Region
from stats import services
from stats.selectors import Question, answer_of_one_state, donation_figures, figure_state

YEAR = (datetime.date(2021, 1, 1), datetime.date(2021, 12, 31))
# Not whole months, so that the facts answer instead of the cells.
PUBLISHED = (datetime.date(2021, 1, 1), datetime.date(2021, 11, 11))
JOINT_RECEIVERS = ("500114000000", "500237000000", "500238000000")
JOINT_GIVERS = ("370600000000", "370900000000", "371100000000")

BY_RECEIVER = {
    ("500241000000",): (140, 0, 3),
    ("500235000000",): (120, 0, 1),
    ("500229000000",): (20, 60, 2),
    ("500230000000",): (10, 0, 1),
    JOINT_RECEIVERS: (50, 0, 3),
    ("500240000000",): (10, 14, 1),
}
BY_GIVER = {
    ("371400000000",): (140, 0, 3),
    ("371000000000",): (120, 0, 1),
    ("371300000000",): (20, 60, 2),
    JOINT_GIVERS: (50, 0, 3),
    ("370300000000",): (10, 14, 1),
    ("370400000000",): (10, 0, 1),
}


@pytest.fixture
def chongqing(gifts_of_2021) -> Region:
    services.apply_all_changes()
    return Region.objects.get(code="500000000000")


def table(answer) -> dict:
    return {tuple(line.codes): (line.cash / 10_000, line.goods / 10_000, line.donors) for line in answer.lines}


@pytest.mark.parametrize("period", [YEAR, PUBLISHED])
def test_eleven_charities_gave_4_240_000_yuan(chongqing, period):
    total = donation_figures(Question(chongqing, *period)).total
    assert (total.cash, total.goods, total.total) == (Decimal(3_500_000), Decimal(740_000), Decimal(4_240_000))
    assert (total.donors, total.gifts, total.services) == (11, 7, 0)


@pytest.mark.parametrize("period", [YEAR, PUBLISHED])
def test_each_receiving_county_has_its_own_line_and_the_joint_gift_is_not_divided(chongqing, period):
    assert table(donation_figures(Question(chongqing, *period, by="receiver"))) == BY_RECEIVER
    assert table(donation_figures(Question(chongqing, *period, by="receiver", level="county"))) == BY_RECEIVER


@pytest.mark.parametrize("period", [YEAR, PUBLISHED])
def test_each_giving_city_has_its_own_line(chongqing, period):
    assert table(donation_figures(Question(chongqing, *period, by="giver"))) == BY_GIVER


@pytest.mark.parametrize("period", [YEAR, PUBLISHED])
def test_relief_goods_stand_apart_and_can_be_asked_for(chongqing, period):
    apart = donation_figures(Question(chongqing, *period))
    assert (apart.apart.goods, apart.apart.gifts, apart.apart.donors) == (Decimal(2_100_000), 1, 1)
    included = donation_figures(Question(chongqing, *period, relief="include"))
    assert (included.total.total, included.total.goods) == (Decimal(6_340_000), Decimal(2_840_000))
    assert included.total.donors == 11
    only = donation_figures(Question(chongqing, *period, relief="only"))
    assert (only.total.total, only.total.donors) == (Decimal(2_100_000), 1)


@pytest.mark.parametrize("period", [YEAR, PUBLISHED])
def test_splits_by_form_channel_and_month_add_up_to_the_total(chongqing, period):
    for by in ("form", "channel", "month"):
        answer = donation_figures(Question(chongqing, *period, by=by, relief="include"))
        assert sum(line.total for line in answer.lines) == answer.total.total == Decimal(6_340_000), by
    by_form = {line.key: line for line in donation_figures(Question(chongqing, *period, by="form")).lines}
    assert (by_form["cash"].gifts, by_form["goods"].gifts) == (7, 2)
    assert (by_form["cash"].donors, by_form["goods"].donors) == (11, 3)


def test_the_whole_country_has_one_line_for_chongqing(chongqing):
    answer = donation_figures(Question(None, *YEAR))
    assert table(answer) == {("500000000000",): (350, 74, 11)}


def test_a_county_shows_its_gifts_by_township_and_names_what_is_shared_beyond_it(chongqing):
    fengdu = donation_figures(Question(Region.objects.get(code="500230000000"), *YEAR))
    assert table(fengdu) == {("500230210000",): (10, 0, 1)}
    wushan = donation_figures(Question(Region.objects.get(code="500237000000"), *YEAR))
    assert wushan.lines == [] and wushan.total.total == 0
    assert [(tuple(line.codes), line.total) for line in wushan.beyond] == [(JOINT_RECEIVERS, Decimal(500_000))]


def test_a_middle_row_of_the_code_list_can_be_asked_too(chongqing):
    answer = donation_figures(Question(Region.objects.get(code="500200000000"), *YEAR))
    assert answer.total.total == Decimal(3_740_000)
    assert len(answer.lines) == 5 and [tuple(line.codes) for line in answer.beyond] == [JOINT_RECEIVERS]


def test_narrowing_to_one_form_counts_gifts_and_donors_of_that_form(chongqing):
    goods = donation_figures(Question(chongqing, *YEAR, form="goods"))
    assert (goods.total.total, goods.total.gifts, goods.total.donors) == (Decimal(740_000), 2, 3)


def test_goods_without_a_value_are_counted_but_not_valued(chongqing, gift):
    gift(["371300"], ["500229"], [("goods", None), ("cash", 1)])
    services.apply_all_changes()
    total = donation_figures(Question(chongqing, *YEAR)).total
    assert (total.total, total.unvalued_lots) == (Decimal(4_250_000), 1)


def test_services_stand_beside_the_cash_and_goods_total(chongqing, gift):
    gift(["371300"], ["500229"], [("service", 3)])
    services.apply_all_changes()
    total = donation_figures(Question(chongqing, *YEAR)).total
    assert (total.total, total.services, total.gifts) == (Decimal(4_240_000), Decimal(30_000), 8)


def test_pledged_and_reversed_gifts_are_in_no_figure(chongqing, gift):
    gift(["371300"], ["500229"], [("cash", 5)], status="pledged", on=None)
    Donation.objects.filter(lots__amount=600_000, lots__form="cash").update(status="reversed")
    services.apply_all_changes()
    total = donation_figures(Question(chongqing, *YEAR)).total
    assert (total.total, total.donors) == (Decimal(3_640_000), 10)


def test_a_gift_without_designation_counts_in_the_region_of_its_recipient(chongqing, gift, charities):
    donation = gift(["371300"], [], [("cash", 7)])
    Donation.objects.filter(pk=donation.pk).update(recipient=charities["371400"])
    services.apply_all_changes()
    dezhou = donation_figures(Question(Region.objects.get(code="371400000000"), *YEAR))
    assert dezhou.total.total == Decimal(70_000)


def test_a_gift_to_more_than_forty_regions_is_shown_at_the_level_above(chongqing, gift):
    counties = [f"5003{n:02d}" for n in range(1, 46)]
    Region.objects.bulk_create(
        [Region(code=c.ljust(12, "0"), name=c, level="county", parent_id="500000000000") for c in counties]
    )
    gift(["371300"], counties, [("cash", 9)])
    services.apply_all_changes()
    answer = donation_figures(Question(chongqing, *YEAR, level="county"))
    assert answer.total.total == Decimal(4_330_000)
    assert ("500300000000",) in table(answer)


def test_anonymous_donors_are_no_distinct_donors_but_named_ones_are(chongqing, gift):
    gift(["张三", ""], ["500229"], [("cash", 1)])
    gift(["张三"], ["500235"], [("cash", 1)])
    services.apply_all_changes()
    assert donation_figures(Question(chongqing, *YEAR)).total.donors == 12


def test_the_version_rises_only_when_a_figure_changes(chongqing):
    before = figure_state()
    Donation.objects.update(purpose="another wording")
    assert figure_state().pending == 8
    services.apply_all_changes()
    after = figure_state()
    assert (after.version, after.pending) == (before.version, 0)
    Donation.objects.filter(lots__amount=1_200_000).update(received_on=datetime.date(2022, 1, 1))
    services.apply_all_changes()
    assert figure_state().version == before.version + 1


def test_the_same_question_in_the_same_state_is_computed_once(chongqing, gift, django_assert_num_queries):
    question = Question(chongqing, *YEAR)
    first, _state = answer_of_one_state(question)
    with django_assert_num_queries(2):  # the state before and after
        again, _state = answer_of_one_state(question)
    assert again is first
    gift(["371300"], ["500229"], [("cash", 1)])
    services.apply_all_changes()
    later, _state = answer_of_one_state(question)
    assert later.total.total == Decimal(4_250_000)
