"""The register over REST."""

import datetime

import pytest
from rest_framework.renderers import JSONRenderer

from organizations.api.serializers import OrganizationOutput
from organizations.models import Organization
from organizations.uscc import check_character

URL = "/api/v1/organizations/"
CODE = "51500229MJP000013" + check_character("51500229MJP000013")


@pytest.fixture
def body():
    return {"name": "城口县茶叶协会", "kind": "association", "uscc": CODE, "level": "county", "region": "500229"}


@pytest.fixture
def api(client, officer):
    client.force_login(officer)
    return client


def post(client, url, body, **headers):
    return client.post(url, body, content_type="application/json", headers=headers)


def patch(client, url, body, **headers):
    return client.patch(url, body, content_type="application/json", headers=headers)


def test_everybody_reads_the_register_with_the_filters_of_the_page(client, organization, second_organization):
    answer = client.get(URL, {"region": "371324"}).json()
    assert answer["count"] == 1
    assert answer["results"][0]["name"] == second_organization.name
    assert answer["results"][0]["region"] == {"code": "371324000000", "name": "兰陵县", "level": "county"}
    detail = client.get(f"{URL}{organization.pk}/")
    assert (detail.json()["status"], detail["ETag"]) == ("active", '"2"')
    assert "warnings" not in detail.json()


@pytest.mark.parametrize(
    ("query", "field"), [({"colour": "red"}, "colour"), ({"region": "999999"}, "region"), ({"kind": "x"}, "kind")]
)
def test_an_unknown_filter_or_value_is_bad_input(client, regions, query, field):
    answer = client.get(URL, query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


def test_the_list_takes_the_same_few_queries_for_any_number_of_rows(
    client, make_organization, django_assert_num_queries
):
    for number in range(12):
        make_organization(f"第{number}慈善会")
    # The first time a connection is asked it plans the statement, too.
    client.get(URL)
    with django_assert_num_queries(1):
        assert client.get(URL).json()["count"] == 12


def test_staff_enter_an_organization_and_move_it_through_its_life(api, body):
    made = post(api, URL, body)
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["warnings"]) == ("draft", [])
    url = f"{URL}{made.json()['id']}/"
    assert post(api, f"{url}activate/", {}, **{"If-Match": '"1"'}).json()["status"] == "active"
    again = post(api, f"{url}activate/", {}, **{"If-Match": '"2"'})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    silent = post(api, f"{url}cancel/", {}, **{"If-Match": '"2"'})
    assert (silent.status_code, silent.json()["code"]) == (409, "reason_missing")
    assert post(api, f"{url}cancel/", {"reason": "自愿注销"}, **{"If-Match": '"2"'}).json()["status"] == "cancelled"


def test_a_repeated_entry_with_the_same_key_has_one_effect(api, body):
    first, second = (post(api, URL, body, **{"Idempotency-Key": "k1"}) for _number in range(2))
    assert first.json() == second.json()
    assert Organization.objects.count() == 1


def test_a_change_names_the_version_it_changes(api, body):
    url = f"{URL}{post(api, URL, body).json()['id']}/"
    assert patch(api, url, {"name": "甲"}).status_code == 428
    changed = patch(api, url, {"name": "城口县茶业协会"}, **{"If-Match": '"1"'})
    assert (changed.json()["name"], changed["ETag"]) == ("城口县茶业协会", '"2"')
    late = patch(api, url, {"name": "乙"}, **{"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert Organization.objects.get().name == "城口县茶业协会"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uscc": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "uscc"),
        ({"uscc": CODE[:-1]}, "uscc"),
        ({"uscc": None}, "uscc"),
        ({"region": "999999"}, "region"),
        ({"region": "500237"}, "region"),
        ({"kind": "club"}, "kind"),
        ({"level": ""}, "level"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"status": "active"}, "status"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_stored(api, body, regions, changes, field):
    answer = post(api, URL, {**body, **changes})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert len(answer.json()["errors"][field]) == 1
    assert not Organization.objects.exists()


def test_a_taken_code_is_refused(api, body):
    post(api, URL, body)
    answer = post(api, URL, {**body, "name": "另一协会"})
    assert (answer.status_code, answer.json()["code"]) == (409, "uscc_taken")


def test_writing_is_for_responsible_staff(client, body, organization, member, officer, outsider, regions):
    assert post(client, URL, body).status_code in (401, 403)
    client.force_login(member)
    assert post(client, URL, body).status_code == 403
    assert patch(client, f"{URL}{organization.pk}/", {"name": "甲"}, **{"If-Match": "2"}).status_code == 403
    client.force_login(officer)
    made = post(client, URL, body).json()
    client.force_login(outsider)
    assert patch(client, f"{URL}{made['id']}/", {"name": "甲"}, **{"If-Match": "1"}).status_code == 404
    assert client.get(f"{URL}{made['id']}/").status_code == 404
    assert client.get(f"{URL}{10**17}/").status_code == 404


AWKWARD = [
    '引"号',
    "反\\斜",
    "换\n行\t和\x01\x7f",
    "分\u2028行\u2029会",
    "𠮷田👍会",
    "</script>&é会",
    "百%s分%%会$1",
    "｛｝：，",
]


@pytest.mark.parametrize("asked", ["", "?sort=-newest", "?sort=grade", "?q=会", "?status=active&status=draft"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_row_of_the_list_is_byte_for_byte_what_the_serializer_shows(
    client, officer, organization, make_organization, asked, language
):
    """The database writes the rows, for everybody and for somebody, with and without filters."""
    codes = [rank for rank in range(1, 7)]
    for number, name in enumerate(AWKWARD):
        made = make_organization(name + "会", region="500229" if number % 2 else "371300", uscc=None)
        moment = datetime.datetime(2026, 1 + number, 28, 17, 0, 0, [0, 120_000, 7][number % 3], tzinfo=datetime.UTC)
        Organization.objects.filter(pk=made.pk).update(grade_rank=codes[number % 6], created_at=moment)
    drawn = {}
    for row in Organization.objects.for_list():
        drawn[row.pk] = JSONRenderer().render(OrganizationOutput(row).data).decode()
    for person in (None, officer):
        if person:
            client.force_login(person)
        answer = client.get(f"{URL}{asked}", headers={"accept-language": language})
        rows = answer.json()["results"]
        assert len(rows) == len(drawn)
        expected = ",".join(drawn[row["id"]] for row in rows)
        assert answer.content.decode().endswith(f'"results":[{expected}]}}')


def test_an_answer_can_be_asked_for_with_indents(client, organization):
    plain = client.get(URL)
    indented = client.get(URL, headers={"accept": "application/json; indent=4"})
    assert indented.json() == plain.json()
    assert indented.content.count(b"\n    ") > 10 > plain.content.count(b"\n")
