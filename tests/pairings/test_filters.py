"""Which rows the lists of agreements, visits, figures, teams and schemes show, on the page and over REST alike."""

import datetime
from decimal import Decimal

import pytest

from pairings import services

DAY = datetime.date(2021, 7, 1)


@pytest.fixture
def rows(pair, regions, team_scheme, organization, second_organization):
    """Two pairs with an agreement, a visit and figures each, and a team."""
    other = services.create_pairing(
        scheme=pair.scheme, giver=regions["371400"], receiver=regions["500237"], valid_from=DAY, by=None
    )
    services.activate_pairing(pairing=other, by=None)
    for number, one in enumerate((pair, other), start=1):
        values = {
            "title": f"协议{number}",
            "signed_on": DAY.replace(year=2020 + number),
            "amount": Decimal(number * 1000),
        }
        parties = [organization, second_organization] if number == 1 else []
        made = services.propose_agreement(pairing=one, side="giver", values=values, parties=parties, by=None)
        services.confirm_agreement(agreement=made, by=None)
        visit = {"direction": ("to_giver", "to_receiver")[number - 1], "kind": "visit", "starts_on": DAY, "people": 3}
        visit |= {"ends_on": DAY, "led_by": "民政局", "purpose": f"事由{number}"}
        services.record_visit(pairing=one, values=visit, by=None)
        for side in ("giver", "receiver"):
            services.state_target(pairing=one, year=2021, measure="cash", side=side, value=Decimal(number), by=None)
    services.state_target(pairing=pair, year=2022, measure="goods", side="giver", value=Decimal(5), by=None)
    services.state_target(pairing=other, year=2022, measure="goods", side="giver", value=Decimal(5), by=None)
    services.state_target(pairing=other, year=2022, measure="goods", side="receiver", value=Decimal(6), by=None)
    village = regions["500229201200"]
    team = services.form_team(scheme=team_scheme, name="四湾帮扶团", village=village, formed_on=DAY, by=None)
    services.add_member(team=team, organization=organization, is_lead=True, joined_on=DAY, by=None)
    services.add_member(team=team, organization=second_organization, joined_on=DAY, by=None)
    services.activate_team(team=team, by=None)
    return pair, other


CASES = [
    ("agreements", "pairing-agreements", {}, 2),
    ("agreements", "pairing-agreements", {"search": "协议1"}, 1),
    ("agreements", "pairing-agreements", {"search": "慈善总会"}, 1),
    ("agreements", "pairing-agreements", {"search": "德州"}, 1),
    ("agreements", "pairing-agreements", {"region": "500229"}, 1),
    ("agreements", "pairing-agreements", {"year": "2022"}, 1),
    ("agreements", "pairing-agreements", {"amount_min": "1500"}, 1),
    ("agreements", "pairing-agreements", {"status": "proposed"}, 0),
    ("visits", "pairing-visits", {"direction": "to_giver"}, 1),
    ("visits", "pairing-visits", {"search": "事由2"}, 1),
    ("visits", "pairing-visits", {"kind": "meeting"}, 0),
    ("visits", "pairing-visits", {"year": "2021", "region": "370000"}, 2),
    ("targets", "pairing-targets", {}, 2),
    ("targets", "pairing-targets", {"year": "2021", "measure": "cash", "search": "临沂"}, 1),
    ("targets", "pairing-targets", {"state": "agreed"}, 2),
    ("targets", "pairing-targets", {"state": "differing"}, 0),
    ("teams", "teams", {"search": "兰陵"}, 1),
    ("teams", "teams", {"village": "500229"}, 1),
    ("teams", "teams", {"village": "500237"}, 0),
    ("teams", "teams", {"formed": "2021", "status": "active"}, 1),
    ("schemes", "pairing-schemes", {"search": "鲁渝"}, 1),
    ("schemes", "pairing-schemes", {"kind": "team"}, 1),
]


def test_page_and_rest_show_the_same_rows(client, rows):
    for page, route, query, count in CASES:
        assert client.get(f"/pairings/{page}/", query).context["total"] == count, (page, query)
        assert client.get(f"/api/v1/{route}/", query).json()["count"] == count, (route, query)


def test_both_sides_find_figures_that_differ_or_miss_one(client, rows, make_user, regions):
    client.force_login(make_user("both", region=regions["500000"]))
    for state, count in [("agreed", 2), ("differing", 1), ("one_sided", 1)]:
        assert client.get("/api/v1/pairing-targets/", {"state": state}).json()["count"] == count


def test_of_one_pair(client, rows):
    for route in ("pairing-agreements", "pairing-visits", "pairing-targets"):
        assert client.get(f"/api/v1/{route}/", {"pairing": rows[0].reference.lower()}).json()["count"] == 1


def test_members_of_a_day(client, rows):
    assert client.get("/api/v1/team-members/", {"on": "2021-06-30"}).json()["count"] == 0
    assert client.get("/api/v1/team-members/", {"on": "2021-07-01", "is_lead": "true"}).json()["count"] == 1


def test_pairs_are_found_by_the_name_of_a_side_their_parent_and_their_confidence(client, rows):
    for query, count in [
        ({"search": "城口"}, 1),
        ({"parent": rows[0].reference}, 0),
        ({"confidence": "certain"}, 2),
        ({"confidence": "inferred"}, 0),
    ]:
        assert client.get("/pairings/", query).context["total"] == count, query


@pytest.mark.parametrize("page", ["agreements", "visits", "targets", "teams", "schemes"])
def test_the_lists_as_files_and_without_rows(client, rows, page):
    lines = b"".join(client.get(f"/pairings/{page}/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) >= 2
    assert b"".join(client.get(f"/pairings/{page}/?format=xlsx").streaming_content).startswith(b"PK")
    assert 'class="empty"' in client.get(f"/pairings/{page}/?search=没有这样的").content.decode()


@pytest.mark.parametrize("year", ["99999", "9" * 30, "0"])
@pytest.mark.parametrize(
    "address", ["pairing-agreements/?year=", "pairing-visits/?year=", "pairing-targets/?year=", "teams/?formed="]
)
def test_a_year_that_is_none_is_bad_input(client, db, address, year):
    answer = client.get(f"/api/v1/{address}{year}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
