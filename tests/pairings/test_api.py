"""Pairs over REST."""

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Post
from pairings import services
from pairings.models import Scheme

URL = "/api/v1/pairings/"


@pytest.fixture
def pairing(regions):
    scheme = services.create_scheme(name="鲁渝协作", kind=Scheme.Kind.EAST_WEST, by=None)
    made = services.create_pairing(
        scheme=scheme,
        giver=regions["371300"],
        receiver=regions["500229"],
        valid_from=datetime.date(2021, 1, 1),
        by=None,
    )
    return services.activate_pairing(pairing=made, by=None)


def test_everybody_reads_pairs(client, pairing):
    (row,) = client.get(URL).json()["results"]
    assert row == client.get(f"{URL}{pairing.pk}/").json()
    assert row["giver"] == {"type": "region", "name": "临沂市", "code": "371300000000"}
    assert row["receiver"]["code"] == "500229000000"
    assert row["scheme"]["kind"] == "east_west"
    assert (row["valid_from"], row["valid_to"], row["status"]) == ("2021-01-01", None, "active")


def test_an_organization_is_named_with_its_code(client, pairing, organization, regions):
    made = services.create_pairing(
        scheme=pairing.scheme,
        giver=organization,
        receiver=regions["500237"],
        valid_from=datetime.date(2021, 1, 1),
        by=None,
    )
    services.activate_pairing(pairing=made, by=None)
    giver = client.get(f"{URL}{made.pk}/").json()["giver"]
    assert giver == {"type": "organization", "name": organization.name, "id": organization.pk, "uscc": None}


def test_valid_on_and_region_are_the_filters_of_the_page(client, pairing):
    assert client.get(URL, {"valid_on": "2021-01-01", "region": "500229"}).json()["count"] == 1
    assert client.get(URL, {"valid_on": "2020-12-31"}).json()["count"] == 0
    assert client.get(URL, {"region": "500237"}).json()["count"] == 0


@pytest.mark.parametrize("query", [{"valid_on": "yesterday"}, {"region": "999999"}, {"colour": "red"}, {"scheme": "x"}])
def test_a_wrong_filter_is_bad_input_and_not_everything(client, pairing, query):
    answer = client.get(URL, query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == list(query)


def test_a_draft_is_not_found_by_the_public(client, pairing, regions, officer):
    draft = services.create_pairing(
        scheme=pairing.scheme,
        giver=regions["371400"],
        receiver=regions["500229"],
        valid_from=datetime.date(2021, 1, 1),
        by=None,
    )
    assert client.get(f"{URL}{draft.pk}/").status_code == 404
    assert client.get(f"{URL}{10**17}/").json()["code"] == "not_found"
    client.force_login(officer)
    assert client.get(f"{URL}{draft.pk}/").json()["status"] == "draft"


def test_the_list_takes_the_same_few_queries_for_any_number_of_rows(
    client, pairing, regions, django_assert_num_queries
):
    for receiver in ("500237", "500229201", "500229100"):
        made = services.create_pairing(
            scheme=pairing.scheme,
            giver=regions["371400"],
            receiver=regions[receiver],
            valid_from=datetime.date(2021, 1, 1),
            by=None,
        )
        services.activate_pairing(pairing=made, by=None)
    with django_assert_num_queries(2):
        assert client.get(URL).json()["count"] == 4


def send(client, method, url, body=None, **headers):
    return client.generic(method, url, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_a_pair_is_entered_put_in_force_and_ended_over_rest(client, regions, officer, outsider):
    scheme = services.create_scheme(name="鲁渝协作", kind=Scheme.Kind.EAST_WEST, by=None)
    body = {"scheme": scheme.pk, "giver": {"region": "371300"}, "receiver": {"region": "500229"}}
    body["valid_from"] = "2021-01-01"
    client.force_login(outsider)
    assert send(client, "POST", URL, body).status_code == 403
    client.force_login(officer)
    both = {"region": "371300", "organization": 1}
    assert list(send(client, "POST", URL, {**body, "giver": both}).json()["errors"]) == ["giver"]
    made = send(client, "POST", URL, body, **{"Idempotency-Key": "a"})
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert send(client, "POST", URL, body, **{"Idempotency-Key": "a"}).json() == made.json()
    assert send(client, "POST", URL, body).json()["code"] == "already_paired"
    one = f"{URL}{made.json()['id']}/"
    assert send(client, "POST", f"{one}activate/").json()["status"] == "active"
    assert send(client, "POST", f"{one}end/", {"on": "2022-12-31", "reason": "调整"}).json()["valid_to"] == "2022-12-31"


def test_an_agreement_over_rest(client, pairing, officer, linyi):
    url = "/api/v1/pairing-agreements/"
    body = {"pairing": pairing.pk, "title": "协议", "signed_on": "2021-03-25", "amount": "200000.00"}
    client.force_login(linyi)
    made = send(client, "POST", url, body).json()
    assert (made["status"], made["proposer"], made["waiting_side"]) == ("proposed", "giver", "receiver")
    one = f"{url}{made['id']}/"
    assert send(client, "POST", f"{one}confirm/").status_code == 403
    assert send(client, "PATCH", one, {"amount": "1"}).status_code == 428
    assert send(client, "PATCH", one, {"amount": "1"}, **{"If-Match": '"9"'}).status_code == 412
    assert send(client, "PATCH", one, {"amount": "0"}, **{"If-Match": '"1"'}).json()["code"] == "bad_terms"
    assert send(client, "PATCH", one, {"amount": "5.00"}, **{"If-Match": '"1"'}).json()["amount"] == "5.00"
    client.force_login(officer)
    disputed = send(client, "POST", f"{one}dispute/", {"reason": "不同", "amount": "6.00"}).json()
    assert (disputed["status"], disputed["other_amount"]) == ("disputed", "6.00")
    assert send(client, "POST", f"{one}confirm/", **{"If-Match": '"1"'}).json()["code"] == "stale"
    assert send(client, "POST", f"{one}confirm/").json()["status"] == "confirmed"
    assert send(client, "POST", f"{one}confirm/").json()["code"] == "wrong_state"
    client.logout()
    assert client.get(one).json()["title"] == "协议"


def test_a_figure_changed_since_it_was_read_is_not_confirmed_unseen(client, pairing, officer, linyi):
    url = "/api/v1/pairing-targets/"
    body = {"pairing": pairing.pk, "year": 2021, "measure": "cash", "value": "100.00"}
    client.force_login(linyi)
    made = send(client, "POST", url, body).json()
    send(client, "POST", url, {**body, "value": "900.00"})
    client.force_login(officer)
    read = {"If-Match": f'"{made["version"]}"'}
    assert send(client, "POST", f"{url}{made['id']}/confirm/", {}, **read).json()["code"] == "stale"
    assert send(client, "POST", f"{url}{made['id']}/confirm/", {}).json()["agreed"] == "900.00"


def test_the_signed_document_comes_over_rest(client, pairing, officer, linyi):
    url = "/api/v1/pairing-agreements/"
    client.force_login(linyi)
    made = send(client, "POST", url, {"pairing": pairing.pk, "title": "协议", "signed_on": "2021-03-25"}).json()
    file = lambda name: {"file": SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n")}  # noqa: E731
    answer = client.post(f"{url}{made['id']}/document/", file("协议.pdf"))
    assert answer.status_code == 200, answer.content
    assert client.get(answer.json()["document"]).status_code == 200
    assert client.post(f"{url}{made['id']}/document/", file("协议.exe")).status_code == 409
    client.force_login(officer)
    assert client.post(f"{url}{made['id']}/document/", file("协议.pdf")).status_code == 403


def test_figures_over_rest(client, pairing, officer, linyi, make_user, regions):
    url = "/api/v1/pairing-targets/"
    body = {"pairing": pairing.pk, "year": 2026, "measure": "cash", "value": "5.00"}
    client.force_login(linyi)
    made = send(client, "POST", url, body).json()
    assert (made["giver_value"], made["missing_side"], made["agreed"]) == ("5.00", "receiver", None)
    both = make_user("both", region=regions["371300"])
    Post.objects.create(user=both, kind=Post.Kind.STAFF, region=regions["500229"])
    client.force_login(both)
    assert list(send(client, "POST", url, body).json()["errors"]) == ["side"]
    client.force_login(officer)
    assert send(client, "POST", f"{url}{made['id']}/confirm/").json()["agreed"] == "5.00"
    assert send(client, "POST", url, {**body, "value": "7.00"}).json()["difference"] == "-2.00"


def test_visits_and_teams_over_rest(client, pairing, officer, organization, second_organization, team_scheme):
    client.force_login(officer)
    visit = {"pairing": pairing.pk, "direction": "to_giver", "starts_on": "2021-08-20", "ends_on": "2021-08-22"}
    visit |= {"people": 8, "led_by": "城口县民政局", "purpose": "对接"}
    made = send(client, "POST", "/api/v1/pairing-visits/", visit).json()
    one = f"/api/v1/pairing-visits/{made['id']}/"
    assert send(client, "PATCH", one, {"people": 9}, **{"If-Match": '"1"'}).json()["people"] == 9
    assert send(client, "POST", f"{one}withdraw/", {"reason": "重复"}).json()["status"] == "withdrawn"
    team = {"scheme": team_scheme.pk, "name": "团", "village": "500229201200", "formed_on": "2021-07-01"}
    assert send(client, "POST", "/api/v1/teams/", {**team, "village": "500229"}).json()["code"] == "no_village"
    made = send(client, "POST", "/api/v1/teams/", team).json()
    one = f"/api/v1/teams/{made['id']}/"
    for number, lead in ((organization.pk, True), (second_organization.pk, False)):
        body = {"organization": number, "is_lead": lead, "joined_on": "2021-07-01"}
        assert send(client, "POST", f"{one}join/", body).status_code == 200
    active = send(client, "POST", f"{one}activate/").json()
    assert (active["status"], [row["is_lead"] for row in active["members"]]) == ("active", [True, False])
    leave = f"/api/v1/team-members/{active['members'][1]['id']}/leave/"
    assert send(client, "POST", leave, {"on": "2022-01-01", "reason": "调整"}).json()["left_on"] == "2022-01-01"
    assert send(client, "POST", f"{one}dissolve/", {"on": "2022-02-01", "reason": "完成"}).json()["members"] == []
