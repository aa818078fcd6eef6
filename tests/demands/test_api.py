"""Demands and claims over REST: bodies, problem details, repeats."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.models import StatusChange
from demands.models import Claim, Demand, DemandList
from organizations.models import Organization


@pytest.fixture
def api():
    """A client of one person: api(user).get(path)."""

    def client(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return client


def to(demand, act: str = "") -> str:
    return f"/api/v1/demands/{demand.pk}/{act + '/' if act else ''}"


def claims(claim, act: str = "") -> str:
    return f"/api/v1/claims/{claim.pk}/{act + '/' if act else ''}"


def problem(answer, status: int, code: str) -> dict:
    """The body of an RFC 9457 answer, after its status and code were checked."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    return body


@pytest.fixture
def body() -> dict:
    return {
        "village": "500229201200",
        "form": "relief",
        "title": "过冬棉被",
        "contact": "王主任 13800000000",
        "items": [{"what": "棉被", "unit": "条", "quantity": "100"}],
        "beneficiaries": [{"measure": "persons", "value": 60}],
    }


def test_anybody_reads_published_demands_with_quantities_as_strings(api, demand, make_demand):
    hidden = make_demand("submitted")
    listed = api().get("/api/v1/demands/").json()
    assert listed["count"] == 1
    (row,) = listed["results"]
    assert row["items"][0]["quantity"] == row["items"][0]["remaining"] == "100.000"
    assert (row["village"], row["place"]) == ("500229201200", "城口县龙田乡四湾村村民委员会")
    assert "contact" not in row
    detail = api().get(to(demand)).json()
    assert detail["contact"] is None
    assert detail["why_no_claim"]
    problem(api().get(to(hidden)), 404, "not_found")


def test_the_contact_is_for_those_who_work_on_the_demand(api, demand, reporter, member):
    assert api(reporter).get(to(demand)).json()["contact"] == "王主任 13800000000"
    assert api(member).get(to(demand)).json()["contact"] is None


def test_a_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    api, make_demand, claim_of, member, django_assert_num_queries
):
    for number in range(4):
        claim_of(make_demand(title=str(number)), 1)
    with django_assert_num_queries(3):  # rows, items, beneficiaries
        assert len(api().get("/api/v1/demands/").json()["results"]) == 4
    with django_assert_num_queries(3):  # rows, lines, their items
        assert len(api(member).get("/api/v1/claims/").json()["results"]) == 4


@pytest.mark.parametrize("query", ["colour=red", "region=999999", "status=nothing", "claimable=maybe", "page=7"])
def test_an_unknown_filter_or_value_is_an_error(api, demand, query):
    answer = api().get(f"/api/v1/demands/?{query}")
    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


def test_from_draft_to_claim_over_rest(api, body, reporter, officer, member):
    made = api(reporter).post("/api/v1/demands/", body)
    assert made.status_code == 201, made.content
    demand = Demand.objects.get()
    assert made.json()["status"] == "draft"
    problem(api(reporter).post(to(demand, "submit")), 409, "no_evidence")
    file = SimpleUploadedFile("会议记录.txt", "全村一百户".encode())
    answer = api(reporter).post(to(demand, "evidence"), {"file": file, "public": True}, format="multipart")
    assert answer.status_code == 201, answer.content
    assert api(reporter).post(to(demand, "submit")).json()["status"] == "submitted"
    assert api(officer).post(to(demand, "publish")).json()["status"] == "published"
    lines = [{"item": demand.items.get().pk, "quantity": "60"}]
    claimed = api(member).post(to(demand, "claim"), {"lines": lines, "plan": "十二月"})
    assert claimed.status_code == 201, claimed.content
    assert claimed.json()["lines"][0]["quantity"] == "60.000"
    claim = Claim.objects.get()
    assert api(officer).post(claims(claim, "approve")).json()["status"] == "approved"
    assert api(member).post(claims(claim, "withdraw"), {"reason": "车辆另有安排"}).json()["status"] == "withdrawn"
    assert api().get(to(demand)).json()["status"] == "published"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"village": "1"}, "village"),
        ({"form": "x"}, "form"),
        ({"title": ""}, "title"),
        ({"items": []}, "items"),
        ({"items": [{"what": "棉被", "unit": "条", "quantity": "0"}]}, "items"),
        ({"items": [{"what": "棉被", "unit": "条", "quantity": 1e20}]}, "items"),
        ({"items": [{"what": "棉被", "unit": "条", "quantity": "abc"}]}, "items"),
        ({"items": [{"what": "棉被", "unit": "条", "quantity": "1", "color": "red"}]}, "items"),
        ({"beneficiaries": [{"measure": "people", "value": 1}]}, "beneficiaries"),
        ({"beneficiaries": [{"measure": "persons", "value": 1}, {"measure": "persons", "value": 2}]}, "beneficiaries"),
        ({"list": "QD-2026-999999"}, "list"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"status": "published"}, "status"),
        ({"claimed": "5"}, "claimed"),
    ],
    ids=str,
)
def test_bad_input_is_named_by_field_and_nothing_is_stored(api, body, reporter, change, field):
    errors = problem(api(reporter).post("/api/v1/demands/", body | change), 400, "bad_input")["errors"]
    assert list(errors) == [field]
    assert not Demand.objects.exists()


def test_a_county_is_no_village(api, body, officer):
    problem(api(officer).post("/api/v1/demands/", body | {"village": "500229"}), 409, "not_a_village")
    assert not Demand.objects.exists()


def test_only_people_of_the_village_write(api, body, member, outsider):
    assert api().post("/api/v1/demands/", body).status_code == 401
    problem(api(member).post("/api/v1/demands/", body), 403, "not_allowed")
    problem(api(outsider).post("/api/v1/demands/", body), 403, "not_allowed")


def test_replacing_a_draft_needs_its_version(api, body, reporter, make_demand):
    demand = make_demand("draft")
    new = body | {"title": "厚棉被"}
    problem(api(reporter).put(to(demand), new), 428, "version_required")
    assert api(reporter).put(to(demand), new, headers={"If-Match": f'"{demand.version}"'}).json()["title"] == "厚棉被"
    problem(api(reporter).put(to(demand), new, headers={"If-Match": str(demand.version)}), 412, "stale")


def test_review_over_rest(api, reporter, officer, checker, outsider, make_demand):
    demand = make_demand("submitted")
    problem(api(reporter).post(to(demand, "publish")), 403, "not_allowed")
    problem(api(outsider).post(to(demand, "publish")), 404, "not_found")
    problem(api(officer).post(to(demand, "return"), {}), 400, "bad_input")
    problem(api(officer).post(to(demand, "return"), {"reason": " "}), 400, "bad_input")
    assert api(checker).post(to(demand, "return"), {"reason": "补照片"}).json()["status"] == "returned"
    assert StatusChange.objects.of(demand)[0].note == "补照片"
    problem(api(officer).post(to(demand, "reject"), {"reason": "重复"}), 409, "wrong_state")
    assert api(reporter).post(to(demand, "submit")).json()["status"] == "submitted"
    assert api(officer).post(to(demand, "reject"), {"reason": "重复"}).json()["status"] == "rejected"


def test_nobody_publishes_their_own_demand_over_rest(api, officer, make_demand):
    demand = make_demand("submitted", by=officer)
    problem(api(officer).post(to(demand, "publish")), 409, "second_person")


def test_withdrawing_a_claimed_demand_is_refused(api, officer, demand, claim_of):
    claim_of(demand, 1)
    assert (
        problem(api(officer).post(to(demand, "withdraw"), {"reason": "村里已解决"}), 409, "live_claims")["claims"] == 1
    )


# Claims


@pytest.fixture
def wish(item):
    def wish(quantity, **values) -> dict:
        return {"lines": [{"item": item.pk, "quantity": quantity}], "plan": "十二月", **values}

    return wish


@pytest.mark.parametrize("quantity", [0, "-1", 1e20, "abc", "1.0005", None, "NaN", True, [], {"a": 1}], ids=str)
def test_a_quantity_that_is_none_is_bad_input(api, member, demand, wish, quantity):
    errors = problem(api(member).post(to(demand, "claim"), wish(quantity)), 400, "bad_input")["errors"]
    assert list(errors["lines"]["0"]) == ["quantity"]
    assert len(errors["lines"]["0"]["quantity"]) == 1
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": "all"}, "lines"),
        ({"lines": [{"item": 999999, "quantity": "1"}]}, "lines"),
        ({"organization": 999999}, "organization"),
        ({"organisation": 1}, "organisation"),
    ],
    ids=str,
)
def test_a_strange_claim_is_bad_input(api, member, demand, wish, change, field):
    errors = problem(api(member).post(to(demand, "claim"), wish("1") | change), 400, "bad_input")["errors"]
    assert list(errors) == [field]


def test_an_item_claimed_twice_in_one_claim_is_bad_input(api, member, demand, wish):
    sent = wish("1")
    sent["lines"] *= 2
    problem(api(member).post(to(demand, "claim"), sent), 400, "bad_input")


def test_too_much_answers_409_with_what_is_left(
    api, demand, item, wish, claim_of, second_member, second_organization, member
):
    claim_of(demand, 60, by=second_member, organization_=second_organization)
    refusal = problem(api(member).post(to(demand, "claim"), wish("60")), 409, "not_enough")
    assert refusal["left"] == [{"item": item.pk, "what": "棉被", "unit": "条", "left": "40.000"}]
    assert "40 条" in refusal["detail"]


def test_who_may_claim_over_rest(api, demand, make_demand, wish, member, officer, second_organization, organization):
    assert api().post(to(demand, "claim"), wish("1")).status_code == 401
    problem(api(officer).post(to(demand, "claim"), wish("1")), 403, "not_allowed")
    problem(api(member).post(to(demand, "claim"), wish("1", organization=second_organization.pk)), 403, "not_allowed")
    problem(api(member).post(to(make_demand("submitted"), "claim"), wish("1")), 404, "not_found")
    Organization.objects.filter(pk=organization.pk).update(status="revoked")
    problem(api(member).post(to(demand, "claim"), wish("1", organization=organization.pk)), 409, "not_eligible")


def test_a_second_claim_of_the_same_organization_is_refused(api, demand, wish, member):
    assert api(member).post(to(demand, "claim"), wish("1")).status_code == 201
    problem(api(member).post(to(demand, "claim"), wish("1")), 409, "already_claimed")


def test_the_same_request_with_the_same_key_claims_once(api, demand, item, wish, member):
    key = {"Idempotency-Key": "k-1"}
    first = api(member).post(to(demand, "claim"), wish("10"), headers=key)
    second = api(member).post(to(demand, "claim"), wish("10"), headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    problem(api(member).post(to(demand, "claim"), wish("11"), headers=key), 422, "key_reused")
    item.refresh_from_db()
    assert item.claimed == Decimal(10)


def test_a_refused_request_keeps_no_answer_and_may_be_sent_again(
    api, demand, wish, member, claim_of, second_member, second_organization
):
    from demands import services

    other = claim_of(demand, 100, by=second_member, organization_=second_organization)
    key = {"Idempotency-Key": "k-2"}
    problem(api(member).post(to(demand, "claim"), wish("10"), headers=key), 409, "not_enough")
    services.withdraw_claim(claim=other, reason="另有安排", by=second_member)
    assert api(member).post(to(demand, "claim"), wish("10"), headers=key).status_code == 201


def test_claims_are_listed_for_their_own_side_and_decided_by_the_other(
    api, demand, claim_of, member, officer, outsider, second_member
):
    claim = claim_of(demand, 10)
    assert api().get("/api/v1/claims/").status_code == 401
    for user, count in [(member, 1), (officer, 1), (outsider, 0), (second_member, 0)]:
        assert api(user).get("/api/v1/claims/").json()["count"] == count
    problem(api(outsider).post(claims(claim, "approve")), 404, "not_found")
    problem(api(member).post(claims(claim, "approve")), 403, "not_allowed")
    problem(api(officer).post(claims(claim, "withdraw")), 403, "not_allowed")
    problem(api(officer).post(claims(claim, "reject"), {}), 400, "bad_input")
    assert api(officer).post(claims(claim, "reject"), {"reason": "计划不清"}).json()["status"] == "rejected"
    problem(api(officer).post(claims(claim, "approve")), 409, "wrong_state")


def test_lists_over_rest(api, officer, member, regions):
    sent = {"region": "500229", "title": "城口县需求清单"}
    problem(api(member).post("/api/v1/demand-lists/", sent), 403, "not_allowed")
    problem(api(officer).post("/api/v1/demand-lists/", sent | {"region": "500237"}), 403, "not_allowed")
    wrong = sent | {"period_from": "2026-02-01", "period_to": "2026-01-01"}
    problem(api(officer).post("/api/v1/demand-lists/", wrong), 400, "bad_input")
    assert api(officer).post("/api/v1/demand-lists/", sent).status_code == 201
    row = DemandList.objects.get()
    assert api().get("/api/v1/demand-lists/").json()["count"] == 0
    assert api(officer).post(f"/api/v1/demand-lists/{row.pk}/publish/").json()["status"] == "published"
    problem(api(officer).post(f"/api/v1/demand-lists/{row.pk}/publish/"), 409, "wrong_state")
    assert api().get("/api/v1/demand-lists/?region=500000").json()["count"] == 1


def test_a_published_quantity_is_changed_over_rest_with_the_version_and_a_reason(api, demand, item, officer, claim_of):
    claim_of(demand, 60)
    demand.refresh_from_db()
    wish = {"item": item.pk, "quantity": "80", "reason": "又有二十条由村里自备"}
    assert api(officer).post(to(demand, "quantities"), wish, format="json").status_code == 428
    how = {"format": "json", "HTTP_IF_MATCH": str(demand.version), "HTTP_IDEMPOTENCY_KEY": "k1"}
    answers = [api(officer).post(to(demand, "quantities"), wish, **how) for _again in range(2)]
    assert [answer.json()["items"][0]["quantity"] for answer in answers] == ["80.000"] * 2
    assert Demand.objects.get(pk=demand.pk).version == demand.version + 1
    problem(api(officer).post(to(demand, "quantities"), {**wish, "quantity": "90"}, **how), 422, "key_reused")
    how = {"format": "json", "HTTP_IF_MATCH": str(demand.version + 1)}
    below = problem(
        api(officer).post(to(demand, "quantities"), {**wish, "quantity": "59.5"}, **how), 409, "below_claimed"
    )
    assert below["claimed"] == "60"
    problem(api(officer).post(to(demand, "quantities"), {**wish, "item": 2**80}, **how), 400, "bad_input")
    how["HTTP_IF_MATCH"] = str(demand.version)
    problem(api(officer).post(to(demand, "quantities"), wish, **how), 412, "stale")


def test_a_list_goes_its_way_over_rest(api, officer, second_officer, regions, body):
    row = api(officer).post("/api/v1/demand-lists/", {"region": "500229", "title": "摸底"}, format="json").json()
    lists = f"/api/v1/demand-lists/{row['id']}/"
    api(officer).post("/api/v1/demands/", {**body, "list": row["reference"]}, format="json")
    answer = api(officer).post(f"{lists}submit/").json()
    assert (answer["done"], len(answer["refused"])) == (0, 1)
    file = SimpleUploadedFile("摸底.csv", "姓名,电话\n张三,13812345678\n".encode())
    made = api(officer).post(f"{lists}evidence/", {"file": file}, format="multipart").json()
    assert [finding["what"] for finding in made["findings"]] == ["mobile"]
    assert "13812345678" not in str(made["findings"])
    assert api(officer).post(f"{lists}submit/").json() == {"done": 1, "refused": []}
    assert len(api(second_officer).post(f"{lists}publish-demands/").json()["refused"]) == 1
    problem(api(officer).delete(f"{lists}evidence/{made['id']}/"), 409, "no_evidence")
    api(officer).post(
        f"{lists}evidence/", {"file": SimpleUploadedFile("摸底表.csv", b"a,b\n1,2\n")}, format="multipart"
    )
    assert api(officer).delete(f"{lists}evidence/{made['id']}/").status_code == 204
    assert api(second_officer).post(f"{lists}publish-demands/").json() == {"done": 1, "refused": []}


def test_a_claim_tells_nothing_of_organizations_one_may_not_see(api, demand, wish, member, regions):
    draft = Organization.objects.create(name="新会", kind="association", level="county", region=regions["500237"])
    hidden = api(member).post(to(demand, "claim"), wish("1", organization=draft.pk))
    absent = api(member).post(to(demand, "claim"), wish("1", organization=draft.pk + 1))
    assert (hidden.status_code, absent.status_code) == (400, 400)


def test_a_demand_has_no_more_items_than_its_page_takes(api, body, reporter):
    answer = api(reporter).post("/api/v1/demands/", body | {"items": body["items"] * 101})
    assert "items" in problem(answer, 400, "bad_input")["errors"]
    assert not Demand.objects.exists()
