"""Pairs over REST."""

import datetime

import pytest

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
