"""The pages of demands and claims: what they show to whom, and what pressing their buttons does."""

import datetime

import pytest

from demands import services
from demands.models import Demand, DemandList
from demands.services import lists
from tests.demands.conftest import url


@pytest.fixture
def typed(regions) -> dict:
    """A demand form as a reporter fills it in, with two of five item rows used."""
    rows = {f"form-{n}-{name}": "" for n in range(5) for name in ("what", "quantity", "unit", "unit_price")}
    rows |= {f"form-{n}-kind": "goods" for n in range(5)}
    return {
        **rows,
        "village": "500229201200",
        "form": "relief",
        "title": "过冬棉被",
        "urgency": "urgent",
        "story": "山上冷。",
        "contact": "王主任 13800000000",
        "persons": "60",
        "form-TOTAL_FORMS": "5",
        "form-INITIAL_FORMS": "0",
        "form-0-what": "棉被",
        "form-0-quantity": "100",
        "form-0-unit": "条",
        "form-3-what": "大米",
        "form-3-quantity": "2.5",
        "form-3-unit": "吨",
        "form-3-unit_price": "5600",
    }


# Lists


@pytest.mark.parametrize("name", ["demand-list", "batch-list"])
def test_public_lists_open_for_everybody_and_say_why_they_are_empty(client, db, name):
    answer = client.get(url(name))
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_the_public_sees_published_demands_only_and_never_the_contact(client, make_demand):
    shown = make_demand(title="已发布的需求")
    for status in ("draft", "submitted", "returned", "rejected", "withdrawn"):
        hidden = make_demand(status, title=f"未公开 {status}")
        assert client.get(url("demand-detail", hidden)).status_code == 404
    page = client.get(url("demand-list")).content.decode()
    assert shown.title in page
    assert "未公开" not in page
    detail = client.get(url("demand-detail", shown)).content.decode()
    assert "13800000000" not in detail
    assert "四湾村村民委员会" in detail


def test_a_demand_list_is_exported_with_the_current_filter(client, make_demand):
    make_demand(title="甲", form="relief")
    make_demand(title="乙", form="education")
    answer = client.get(url("demand-list"), {"form": "education", "format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert ("乙" in text, "甲" in text) == (True, False)
    workbook = client.get(url("demand-list"), {"format": "xlsx"})
    assert b"".join(workbook.streaming_content).startswith(b"PK")
    workbook.close()


def test_a_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    client, make_demand, claim_of, officer, django_assert_max_num_queries
):
    demands = [make_demand(title=f"需求 {n}") for n in range(4)]
    with django_assert_max_num_queries(7):  # total, rows, items, claimable, counts, provinces
        client.get(url("demand-list"))
    for demand in demands:
        claim_of(demand, 1)
    client.force_login(officer)
    with django_assert_max_num_queries(13):
        client.get(url("demand-list"))
    with django_assert_max_num_queries(9):
        client.get(url("claim-list"))


# Writing


def test_a_reporter_writes_a_demand_and_its_page_shows_items_and_contact(log_in, reporter, typed):
    client = log_in(reporter)
    assert "四湾村" in client.get(url("demand-create")).content.decode()
    answer = client.post(url("demand-create"), typed, follow=True)
    demand = Demand.objects.get()
    assert answer.redirect_chain[-1][0] == url("demand-detail", demand)
    assert (demand.status, demand.needs) == ("draft", "棉被 100 条; 大米 2.5 吨")
    assert "13800000000" in answer.content.decode()


def test_more_rows_keeps_everything_typed_and_complains_about_nothing(log_in, reporter, typed):
    answer = log_in(reporter).post(url("demand-create"), typed | {"more": "1", "title": ""})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "error-summary" not in page
    assert 'value="大米"' in page
    assert 'name="form-TOTAL_FORMS" value="5"' in page
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "greater than zero"),
        ("-1", "greater than zero"),
        ("1" + "0" * 20, "at most 15 digits"),
        ("abc", "Enter a number"),
        ("1.2345", "at most three decimals"),
    ],
)
def test_a_wrong_quantity_is_one_sentence_beside_its_field_and_nothing_is_stored(
    log_in, reporter, typed, quantity, sentence
):
    client = log_in(reporter)
    client.cookies["django_language"] = "en"
    answer = client.post(url("demand-create"), typed | {"form-0-quantity": quantity})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count(sentence) == 2  # in the summary and beside the field
    assert f'value="{quantity}"' in page
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"village": "500237999"},
        {"village": "500229"},
        {"village": "500229100001"},
        {"title": ""},
        {"form": "nothing"},
        {"valid_until": "2020-01-01"},
        {"valid_until": "morgen"},
        {"persons": "-3"},
        {f"form-{n}-{name}": "" for n in (0, 3) for name in ("what", "quantity", "unit", "unit_price")},
        {"form-TOTAL_FORMS": "x"},
        {"form-3-unit_price": "-1"},
    ],
    ids=str,
)
def test_wrong_input_shows_the_form_again_and_stores_nothing(log_in, reporter, typed, wrong):
    answer = log_in(reporter).post(url("demand-create"), typed | wrong)
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Demand.objects.exists()


def test_only_people_of_the_village_write_its_demands(client, log_in, member, outsider, typed):
    assert client.get(url("demand-create")).status_code == 302
    assert log_in(member).get(url("demand-create")).status_code == 403
    # Staff of another county may write, but not for this village.
    assert log_in(outsider).post(url("demand-create"), typed).status_code == 400
    assert not Demand.objects.exists()


def test_editing_a_draft_and_coming_too_late_with_an_older_version(log_in, reporter, make_demand, typed):
    demand = make_demand("draft")
    client = log_in(reporter)
    assert 'value="100"' in client.get(url("demand-edit", demand)).content.decode()
    changed = typed | {"version": str(demand.version), "form-INITIAL_FORMS": "1", "title": "厚棉被"}
    assert client.post(url("demand-edit", demand), changed).status_code == 302
    late = client.post(url("demand-edit", demand), changed | {"title": "薄棉被"})
    assert late.status_code == 409
    assert "薄棉被" in late.content.decode()
    assert Demand.objects.get().title == "厚棉被"


def test_a_published_demand_is_not_edited(log_in, reporter, demand):
    answer = log_in(reporter).get(url("demand-edit", demand))
    assert (answer.status_code, answer.url) == (302, url("demand-detail", demand))


# Review


def test_from_draft_to_published_with_two_people(log_in, reporter, officer, make_demand):
    demand = make_demand("draft")
    assert log_in(reporter).post(url("demand-submit", demand)).status_code == 302
    assert log_in(reporter).post(url("demand-publish", demand)).status_code == 403
    client = log_in(officer)
    assert url("demand-publish", demand) in client.get(url("demand-detail", demand)).content.decode()
    demand.refresh_from_db()
    client.post(url("demand-publish", demand), {"version": demand.version})
    demand.refresh_from_db()
    assert demand.status == "published"
    again = client.post(url("demand-publish", demand), follow=True)
    assert "message--error" in again.content.decode()


def test_the_second_person_is_told_why_there_is_no_button(log_in, officer, make_demand):
    demand = make_demand("submitted", by=officer)
    client = log_in(officer)
    page = client.get(url("demand-detail", demand)).content.decode()
    assert url("demand-publish", demand) not in page
    client.post(url("demand-publish", demand))
    demand.refresh_from_db()
    assert demand.status == "submitted"


def test_publishing_what_has_changed_since_it_was_read_is_refused(log_in, officer, make_demand):
    demand = make_demand("submitted")
    log_in(officer).post(url("demand-publish", demand), {"version": demand.version - 1})
    demand.refresh_from_db()
    assert demand.status == "submitted"


@pytest.mark.parametrize(("name", "status"), [("demand-return", "returned"), ("demand-reject", "rejected")])
def test_saying_no_takes_a_reason(log_in, officer, reporter, make_demand, name, status):
    demand = make_demand("submitted")
    client = log_in(officer)
    assert client.get(url(name, demand)).status_code == 200
    assert client.post(url(name, demand), {"reason": " "}).status_code == 400
    assert client.post(url(name, demand), {"reason": "数量不清"}).status_code == 302
    demand.refresh_from_db()
    assert demand.status == status
    assert "数量不清" in log_in(reporter).get(url("demand-detail", demand)).content.decode()


def test_a_checker_returns_but_does_not_publish_or_reject(log_in, checker, make_demand):
    demand = make_demand("submitted")
    client = log_in(checker)
    assert client.post(url("demand-publish", demand)).status_code == 403
    assert client.post(url("demand-reject", demand), {"reason": "不"}).status_code == 403
    assert client.post(url("demand-return", demand), {"reason": "补照片"}).status_code == 302


REVIEW = ["demand-publish", "demand-return", "demand-reject", "demand-withdraw", "demand-quantities"]


@pytest.mark.parametrize("name", REVIEW)
def test_officers_of_another_county_see_no_draft_and_touch_no_published_demand(log_in, outsider, make_demand, name):
    client = log_in(outsider)
    assert client.post(url(name, make_demand("submitted"))).status_code == 404
    assert client.post(url(name, make_demand())).status_code == 403


def test_buttons_that_change_something_take_no_get(log_in, officer, demand):
    client = log_in(officer)
    assert client.get(url("demand-resume", demand)).status_code == 405


def test_withdrawing_is_refused_while_somebody_has_a_claim(log_in, officer, demand, claim_of):
    claim_of(demand, 10)
    answer = log_in(officer).post(url("demand-withdraw", demand), {"reason": "已解决"}, follow=True)
    assert "message--error" in answer.content.decode()
    demand.refresh_from_db()
    assert demand.status == "claimed_in_part"


def test_a_quantity_is_lowered_but_not_below_what_is_claimed(log_in, officer, demand, item, claim_of):
    claim_of(demand, 60)
    client = log_in(officer)
    low = client.post(url("demand-quantities", demand), {"item": item.pk, "quantity": "59", "reason": "x"})
    assert (low.status_code, "60 条" in low.content.decode()) == (409, True)
    bad = client.post(url("demand-quantities", demand), {"item": item.pk, "quantity": "abc", "reason": "x"})
    assert bad.status_code == 400
    good = client.post(url("demand-quantities", demand), {"item": item.pk, "quantity": "80", "reason": "已购"})
    assert good.status_code == 302
    item.refresh_from_db()
    assert item.quantity == 80


# Lists of demands as batches


def test_staff_open_and_publish_a_demand_list(client, log_in, officer, member, regions):
    form = {"region": "500229", "title": "城口县需求清单", "source": "入户调查", "period_from": "2026-01-01"}
    assert log_in(member).get(url("batch-create")).status_code == 403
    browser = log_in(officer)
    assert browser.get(url("batch-create")).status_code == 200
    assert browser.post(url("batch-create"), form | {"region": "500237"}).status_code == 400
    assert browser.post(url("batch-create"), form | {"period_to": "2025-01-01"}).status_code == 400
    assert browser.post(url("batch-create"), form).status_code == 302
    batch = DemandList.objects.get()
    client.logout()
    assert client.get(url("batch-detail", batch)).status_code == 404
    assert log_in(member).post(url("batch-publish", batch)).status_code == 404
    log_in(officer).post(url("batch-publish", batch))
    client.logout()
    assert client.get(url("batch-detail", batch)).status_code == 200
    assert log_in(member).post(url("batch-publish", batch)).status_code == 403


def test_a_list_page_shows_its_public_demands(client, officer, regions, make_demand):
    batch = services.create_list(
        region=regions["500229"], title="清单", by=officer, period_from=datetime.date(2026, 1, 1)
    )
    services.publish_list(demand_list=batch, by=officer)
    make_demand(list=batch, title="清单内的需求")
    make_demand("draft", list=batch, title="未公开的需求")
    page = client.get(url("batch-detail", batch)).content.decode()
    assert ("清单内的需求" in page, "未公开的需求" in page) == (True, False)
    assert client.get(url("demand-list"), {"list": batch.reference}).context["total"] == 1


# Hostile input


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", "", "\0"])
def test_strange_hidden_numbers_are_no_server_error(log_in, reporter, officer, typed, make_demand, text):
    client = log_in(reporter)
    assert client.post(url("demand-create"), typed | {"more": "1", "form-TOTAL_FORMS": text}).status_code == 200
    assert client.post(url("demand-create"), typed | {"form-TOTAL_FORMS": text}).status_code == 400
    assert log_in(officer).post(url("demand-publish", make_demand("submitted")), {"version": text}).status_code == 302


def test_numbers_beyond_every_record_are_not_found(client, log_in, member, db):
    beyond = "9" * 30
    assert client.get(f"/demands/{beyond}/").status_code == 404
    assert client.get(f"/api/v1/demands/{beyond}/").status_code == 404
    assert log_in(member).get(f"/demands/claims/{beyond}/").status_code == 404


@pytest.mark.parametrize("query", ["q=%00", "q=" + "%25" * 50, "list=%00", "status=%00", "valid_until=%00", "page=x"])
def test_strange_queries_are_answered(client, make_demand, query):
    make_demand()
    assert client.get(f"/demands/?{query}").status_code in (200, 404)
    assert client.get(f"/api/v1/demands/?{query}").status_code in (200, 400, 404)


def test_a_demand_is_written_for_a_list_of_its_region(log_in, officer, typed, regions):
    batch = lists.create_list(region=regions["500229"], title="2026 年冬季", by=officer)
    log_in(officer).post(url("demand-create"), typed | {"list": str(batch.pk)})
    assert Demand.objects.get().list == batch


def test_signs_that_a_feed_cannot_hold_break_neither_the_feed_nor_the_workbooks(client, make_demand):
    make_demand(title="过冬\x0b棉被", story="从聊天里\x01粘贴")
    answer = client.get(url("demand-feed"))
    assert answer.status_code == 200
    assert "过冬棉被" in answer.content.decode()
    assert client.get(url("demand-sheet")).status_code == 200
    assert b"".join(client.get(url("demand-list") + "?format=xlsx").streaming_content)[:2] == b"PK"


def test_a_list_that_is_not_published_is_not_named_on_a_public_demand(client, log_in, make_demand, officer, regions):
    batch = services.create_list(region=regions["500229"], title="张某 13800138000 的摸底表", by=officer)
    page = url("demand-detail", make_demand(list=batch))
    assert "摸底表" not in client.get(page).content.decode()
    assert "摸底表" in log_in(officer).get(page).content.decode()


def test_signs_the_tables_cannot_hold_do_not_break_the_pages_of_the_review(log_in, make_demand, reporter, officer):
    demand = make_demand("draft")
    log_in(reporter).post(url("demand-submit", demand), {"not_a_duplicate": "另一组\0"})
    demand.refresh_from_db()
    assert (demand.status, demand.not_a_duplicate) == ("submitted", "另一组")
    log_in(officer).post(url("demand-publish", demand), {"note": "可\0", "looked_at_files": "on"})
    demand.refresh_from_db()
    assert demand.status == "published"
