"""The pages about pairs."""

import datetime

import pytest
from django.utils.translation import gettext, override

from pairings import services
from pairings.models import Pairing, Scheme

DAY = datetime.date(2021, 1, 1)


@pytest.fixture
def scheme(db):
    return services.create_scheme(name="鲁渝协作", kind=Scheme.Kind.EAST_WEST, by=None)


@pytest.fixture
def make_pairing(scheme, regions):
    def make(giver, receiver, *, active=True, **values):
        made = services.create_pairing(
            scheme=scheme,
            giver=regions.get(giver, giver) if isinstance(giver, str) else giver,
            receiver=regions[receiver],
            **{"valid_from": DAY, "by": None, **values},
        )
        return services.activate_pairing(pairing=made, by=None) if active else made

    return make


@pytest.fixture
def typed(scheme):
    return {
        "scheme": scheme.pk,
        "giver_region": "371300",
        "receiver_region": "500229",
        "valid_from": "2021-01-01",
        "confidence": "certain",
        "source": "渝民〔2021〕114号",
    }


def shown(answer) -> list[str]:
    return [str(row) for row in answer.context["object_list"]]


def test_the_list_is_filtered_by_scheme_region_of_either_side_and_day(client, make_pairing, organization):
    first = make_pairing("371300", "500229")
    make_pairing("371400", "500237", valid_from=datetime.date(2023, 1, 1))
    make_pairing(organization, "500237")
    services.end_pairing(pairing=first, on=datetime.date(2022, 12, 31), reason="调整", by=None)
    for query, expected in [
        ({}, ["临沂市 → 城口县", "临沂市慈善总会 → 巫山县", "德州市 → 巫山县"]),
        ({"region": "371300"}, ["临沂市 → 城口县", "临沂市慈善总会 → 巫山县"]),
        ({"region": "500229"}, ["临沂市 → 城口县"]),
        ({"region": "500000"}, ["临沂市 → 城口县", "临沂市慈善总会 → 巫山县", "德州市 → 巫山县"]),
        ({"giver": "500000"}, []),
        ({"receiver": "500237", "giver": "371400"}, ["德州市 → 巫山县"]),
        ({"valid_on": "2021-06-30"}, ["临沂市 → 城口县", "临沂市慈善总会 → 巫山县"]),
        ({"valid_on": "2023-06-30"}, ["临沂市慈善总会 → 巫山县", "德州市 → 巫山县"]),
        ({"status": "ended"}, ["临沂市 → 城口县"]),
        ({"scheme": first.scheme_id, "kind": "team"}, []),
    ]:
        assert sorted(shown(client.get("/pairings/", query))) == sorted(expected), query


@pytest.mark.parametrize("query", ["region=999999", "valid_on=2021-02-30", "scheme=0", "status=draftt"])
def test_a_wrong_filter_value_shows_its_error_and_no_rows(client, make_pairing, query):
    make_pairing("371300", "500229")
    answer = client.get(f"/pairings/?{query}")
    assert answer.status_code == 200
    assert not shown(answer)
    assert answer.context["filter"].errors


@pytest.mark.parametrize("sort", ["giver", "-giver", "receiver", "valid_from", "newest", "nonsense"])
def test_the_list_is_sorted_in_a_few_queries(client, make_pairing, organization, django_assert_num_queries, sort):
    make_pairing("371300", "500229")
    make_pairing("371400", "500237")
    make_pairing(organization, "500237")
    # Count, rows, and the schemes of the filter.
    with django_assert_num_queries(3):
        rows = shown(client.get("/pairings/", {"sort": sort}))
    assert len(rows) == 3
    if sort == "giver":
        assert rows[0].startswith("临沂市 ")


def test_the_list_as_csv(client, make_pairing):
    make_pairing("371300", "500229")
    lines = b"".join(client.get("/pairings/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "鲁渝协作,东西部协作,371300 临沂市,500229 城口县,,2021-01-01,,确定," in lines[1]


def test_an_empty_list_says_what_would_be_there(client, db):
    assert 'class="empty"' in client.get("/pairings/").content.decode()


def test_the_page_shows_both_sides_the_parent_and_the_pairs_below(client, make_pairing):
    province = make_pairing("370000", "500000")
    pair = make_pairing("371300", "500229", parent=province, source="渝民〔2021〕114号")
    text = client.get(f"/pairings/{pair.pk}/").content.decode()
    for words in ["山东省 → 重庆市", "渝民〔2021〕114号", pair.reference]:
        assert words in text
    assert "临沂市 → 城口县" in client.get(f"/pairings/{province.pk}/").content.decode()


def test_a_draft_is_seen_by_staff_of_either_side_and_by_its_organization(
    client, make_pairing, officer, outsider, member, organization, regions, make_user
):
    draft = make_pairing("371300", "500229", active=False)
    own = make_pairing(organization, "500229", active=False)
    giving = make_user("giving", region=regions["371300"])
    for user, target, status in [
        (officer, draft, 200),
        (giving, draft, 200),
        (outsider, draft, 404),
        (member, draft, 404),
        (member, own, 200),
    ]:
        client.force_login(user)
        assert client.get(f"/pairings/{target.pk}/").status_code == status
    client.logout()
    assert client.get(f"/pairings/{draft.pk}/").status_code == 404


def test_staff_enter_a_pair_put_it_in_force_and_end_it(client, typed, regions, officer):
    client.force_login(officer)
    answer = client.post("/pairings/add/", typed)
    made = Pairing.objects.get()
    assert answer["Location"] == f"/pairings/{made.pk}/"
    client.post(f"/pairings/{made.pk}/activate/", {"version": made.version})
    made.refresh_from_db()
    assert made.status == "active"
    assert client.post(f"/pairings/{made.pk}/end/", {"on": "2099-01-01", "reason": "调整"}).status_code == 400
    client.post(f"/pairings/{made.pk}/end/", {"on": "2022-12-31", "reason": "调整", "version": made.version})
    made.refresh_from_db()
    assert (made.status, made.valid_to) == ("ended", datetime.date(2022, 12, 31))
    again = client.post(f"/pairings/{made.pk}/end/", {"on": "2022-12-31", "reason": "调整"})
    assert again.status_code == 400


def test_a_side_may_be_an_organization_by_name_or_code(client, typed, regions, officer, organization):
    client.force_login(officer)
    client.post("/pairings/add/", {**typed, "giver_region": "", "giver_organization": organization.name})
    assert Pairing.objects.get().giver == organization


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"giver_region": ""}, "giver_region", "Name either a giving region or a giving organization, not both."),
        (
            {"receiver_organization": "临沂市慈善总会"},
            "receiver_region",
            "Name either a receiving region or a receiving organization, not both.",
        ),
        (
            {"giver_organization": "没有这个会"},
            "giver_organization",
            "No registered organization has the name or credit code “%(text)s”.",
        ),
        ({"valid_to": "2020-12-31"}, "valid_to", "A pair cannot end before it begins."),
        ({"parent": "JD-1"}, "parent", "There is no pair with this reference number."),
        ({"receiver_region": "500237"}, "__all__", "Neither side lies in a region you are responsible for."),
        ({"receiver_region": "371300", "giver_region": "500229", "parent": ""}, None, ""),
    ],
)
def test_bad_input_gets_one_sentence_and_stores_nothing(
    client, typed, regions, officer, organization, language, changes, field, sentence
):
    client.cookies["django_language"] = language
    client.force_login(officer)
    answer = client.post("/pairings/add/", {**typed, **changes})
    if field is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 400
    with override(language):
        (said,) = answer.context["form"].errors[field]
        facts = {"text": "没有这个会"}
        assert said == (gettext(sentence) % facts if "%(" in sentence else gettext(sentence))
    assert list(answer.context["form"].errors) == [field]
    assert not Pairing.objects.exists()


def test_only_staff_of_one_side_change_a_pair(client, make_pairing, outsider, member):
    pair = make_pairing("371300", "500229")
    for user in (outsider, member):
        client.force_login(user)
        assert client.get(f"/pairings/{pair.pk}/end/").status_code == 403
        assert client.post(f"/pairings/{pair.pk}/activate/").status_code == 403
    client.force_login(member)
    assert client.get("/pairings/add/").status_code == 403
