"""Pages of the matrix, agreements, yearly figures, visits and teams."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from donations import services as donations
from donations.models import DonationDonor, Lot
from pairings import services
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Team, Visit

DAY = datetime.date(2021, 3, 25)


def text_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def agreement(pair, linyi) -> Agreement:
    values = {"title": "冬季物资协议", "signed_on": DAY, "amount": Decimal(200_000)}
    return services.propose_agreement(pairing=pair, side="giver", values=values, by=linyi)


def test_an_agreement_is_entered_by_one_side_and_confirmed_by_the_other(
    client, pair, linyi, officer, organization, second_organization
):
    client.force_login(linyi)
    typed = {"title": "协议", "signed_on": "2021-03-25", "amount": "1000", "side": "giver"}
    typed["further_parties"] = f"{organization.name}\n{second_organization.name}"
    answer = client.post(f"/pairings/{pair.pk}/agreements/add/", typed)
    made = Agreement.objects.get()
    assert answer["Location"] == f"/pairings/agreements/{made.pk}/"
    assert made.parties.count() == 2
    assert client.post(f"/pairings/agreements/{made.pk}/confirm/").status_code == 403
    client.force_login(officer)
    assert "confirm/" in text_of(client, answer["Location"])
    client.post(f"/pairings/agreements/{made.pk}/confirm/", {"version": made.version})
    assert Agreement.objects.get().status == "confirmed"


def test_a_side_nobody_speaks_for_is_not_accepted(client, pair, officer):
    client.force_login(officer)
    typed = {"title": "协议", "signed_on": "2021-03-25", "side": "giver"}
    assert client.post(f"/pairings/{pair.pk}/agreements/add/", typed).status_code == 400
    assert not Agreement.objects.exists()


def test_both_figures_stand_beside_each_other_while_the_sides_differ(client, agreement, officer):
    client.force_login(officer)
    url = f"/pairings/agreements/{agreement.pk}/"
    client.post(f"{url}dispute/", {"reason": "应为十八万元", "amount": "180000", "version": agreement.version})
    text = text_of(client, url)
    for words in ["应为十八万元", "200,000.00", "180,000.00", "status--disputed"]:
        assert words in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"amount": "0"}, "__all__"),
        ({"quantity": "5"}, "__all__"),
        ({"signed_on": "2999-01-01"}, "__all__"),
        ({"further_parties": "没有这个会"}, "further_parties"),
    ],
)
def test_wrong_terms_come_back_with_what_was_typed(client, agreement, linyi, changes, field):
    client.force_login(linyi)
    typed = {"title": "改过的题名", "signed_on": "2021-03-25", "amount": "5", "version": agreement.version, **changes}
    answer = client.post(f"/pairings/agreements/{agreement.pk}/edit/", typed)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    if "title" not in changes:
        assert "改过的题名" in answer.content.decode()
    assert Agreement.objects.get().title == "冬季物资协议"


def test_the_signed_document_is_downloaded_as_it_was_sent(client, agreement, linyi, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(linyi)
    url = f"/pairings/agreements/{agreement.pk}/document/"
    assert client.post(f"{url}add/", {"file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 400
    client.post(f"{url}add/", {"file": SimpleUploadedFile("协议.pdf", b"%PDF-1.4 signed")})
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 signed"
    assert answer["Content-Disposition"].startswith("attachment")
    client.logout()
    assert client.get(url).status_code == 404


def test_each_side_states_its_figure_and_a_difference_is_shown(client, pair, linyi, officer):
    url = f"/pairings/{pair.pk}/targets/state/"
    client.force_login(linyi)
    client.post(url, {"year": 2026, "measure": "cash", "value": "1000000", "side": "giver"})
    client.force_login(officer)
    assert f"/pairings/targets/{PairingTarget.objects.get().pk}/confirm/" in text_of(client, f"/pairings/{pair.pk}/")
    client.post(url, {"year": 2026, "measure": "cash", "value": "1200000", "side": "receiver"})
    text = text_of(client, f"/pairings/{pair.pk}/")
    assert "status--overdue" in text
    assert "-200,000.00" in text
    assert "status--overdue" in text_of(client, "/pairings/board/?year=2026")
    client.logout()
    assert "1,200,000.00" not in text_of(client, f"/pairings/{pair.pk}/")


def test_a_figure_is_confirmed_by_one_press(client, pair, linyi, officer):
    target = services.state_target(pairing=pair, year=2026, measure="cash", side="giver", value=Decimal(5), by=linyi)
    client.force_login(linyi)
    assert client.post(f"/pairings/targets/{target.pk}/confirm/").status_code == 403
    client.force_login(officer)
    client.post(f"/pairings/targets/{target.pk}/confirm/", {"version": target.version})
    assert PairingTarget.objects.get().agreed == 5


def test_the_page_of_a_pair_shows_what_was_received_beside_what_was_agreed(client, pair, organization, regions):
    for side in ("giver", "receiver"):
        services.state_target(pairing=pair, year=2021, measure="cash", side=side, value=Decimal(900), by=None)
    gift = {"regions": [regions["500229"]], "pairing": pair, "received_on": DAY, "by": None}
    for amount, changes in [(500, {}), (300, {}), (7_000, {"relief": "apart"})]:
        lots = [Lot(form=Lot.Form.CASH, amount=Decimal(amount))]
        donors = [DonationDonor(organization=organization)]
        donations.record_donation(**gift, donors=donors, lots=lots, **changes)
    (line,) = client.get(f"/pairings/{pair.pk}/").context["lines"]
    assert (line.target.agreed, line.result.received, line.result.delivered) == (900, 800, None)
    assert client.get(line.result.url).status_code == 200
    (cell,) = client.get("/pairings/board/?year=2021").context["board"].cells
    assert (cell.agreed, cell.received) == (900, 800)


def test_the_matrix_has_givers_down_and_receivers_across_and_leads_further_down(client, pair, regions):
    province = services.create_pairing(
        scheme=pair.scheme, giver=regions["370000"], receiver=regions["500000"], valid_from=pair.valid_from, by=None
    )
    services.activate_pairing(pairing=province, by=None)
    Pairing.objects.filter(pk=pair.pk).update(parent=province)
    board = client.get("/pairings/board/").context["board"]
    assert ([giver for giver, _cells in board.rows], board.receivers) == ([regions["370000"]], [regions["500000"]])
    assert board.cells[0].children == 1
    assert f"parent={province.reference}" in text_of(client, "/pairings/board/")
    below = client.get("/pairings/board/", {"parent": province.reference}).context["board"]
    assert [cell.pairing for cell in below.cells] == [pair]
    assert not client.get("/pairings/board/", {"scheme": "x"}).context["board"].cells


def test_the_matrix_takes_the_same_queries_for_any_number_of_pairs(
    client, pair, regions, django_assert_num_queries, team_scheme
):
    def shown() -> int:
        return len(client.get("/pairings/board/").context["board"].cells)

    shown()
    with django_assert_num_queries(6):
        assert shown() == 1
    for receiver in ("500237", "500229201", "500229100"):
        made = services.create_pairing(
            scheme=pair.scheme, giver=regions["371400"], receiver=regions[receiver], valid_from=DAY, by=None
        )
        services.activate_pairing(pairing=made, by=None)
    with django_assert_num_queries(6):
        assert shown() == 4


def test_pairs_of_organizations_stand_under_the_pair_of_their_regions(client, pair, organization, make_organization):
    scheme = services.create_scheme(name="慈善会协作", kind=Scheme.Kind.INDUSTRY, by=None)
    receiver = make_organization("城口县慈善会", region="500229", level="county")
    made = services.create_pairing(
        scheme=scheme, giver=organization, receiver=receiver, parent=pair, valid_from=DAY, by=None
    )
    services.activate_pairing(pairing=made, by=None)
    under = client.get(f"/pairings/{pair.pk}/").context["under"]
    assert (under["regions"], under["organizations"]) == ([], [made])


def test_people_of_an_organization_speak_for_its_side(client, pair, organization, member, second_member, regions):
    made = services.create_pairing(
        scheme=pair.scheme, giver=organization, receiver=regions["500229"], valid_from=DAY, by=None
    )
    services.activate_pairing(pairing=made, by=None)
    url = f"/pairings/{made.pk}/targets/state/"
    typed = {"year": 2026, "measure": "cash", "value": "5", "side": "giver"}
    client.force_login(second_member)
    assert client.post(url, typed).status_code == 403
    client.force_login(member)
    assert client.post(url, {**typed, "side": "receiver"}).status_code == 400
    assert client.post(url, typed).status_code == 302
    assert PairingTarget.objects.get().giver_stated_by == member


def test_a_visit_is_entered_corrected_and_taken_back(client, pair, officer):
    client.force_login(officer)
    typed = {"direction": "to_receiver", "kind": "meeting", "starts_on": "2021-04-14", "ends_on": "2021-04-16"}
    typed |= {"people": 12, "led_by": "临沂市民政局", "purpose": "联席会议"}
    assert client.post(f"/pairings/{pair.pk}/visits/add/", {**typed, "ends_on": "2021-04-01"}).status_code == 400
    client.post(f"/pairings/{pair.pk}/visits/add/", typed)
    visit = Visit.objects.get()
    assert "联席会议" in text_of(client, f"/pairings/{pair.pk}/")
    client.post(f"/pairings/visits/{visit.pk}/edit/", {**typed, "people": 13, "version": 1})
    stale = client.post(f"/pairings/visits/{visit.pk}/edit/", {**typed, "people": 14, "version": 1})
    assert stale.status_code == 400
    client.post(f"/pairings/visits/{visit.pk}/withdraw/", {"reason": "重复", "version": 2})
    visit.refresh_from_db()
    assert (visit.people, visit.status) == (13, "withdrawn")
    client.logout()
    assert "联席会议" not in text_of(client, f"/pairings/{pair.pk}/")


def test_staff_form_a_team_add_members_and_let_it_start(
    client, team_scheme, officer, outsider, organization, second_organization
):
    typed = {"scheme": team_scheme.pk, "name": "四湾帮扶团", "village": "500229201200", "formed_on": "2021-07-01"}
    client.force_login(outsider)
    assert client.post("/pairings/teams/add/", typed).status_code == 400
    client.force_login(officer)
    assert client.post("/pairings/teams/add/", {**typed, "village": "500229"}).status_code == 400
    client.post("/pairings/teams/add/", typed)
    team = Team.objects.get()
    url = f"/pairings/teams/{team.pk}/"
    client.post(f"{url}members/add/", {"organization": organization.name, "is_lead": "on", "joined_on": "2021-07-01"})
    again = client.post(f"{url}members/add/", {"organization": organization.name, "joined_on": "2021-07-02"})
    assert again.status_code == 400
    client.post(f"{url}activate/", {"version": team.version})
    assert Team.objects.get().status == "forming"
    client.post(f"{url}members/add/", {"organization": second_organization.name, "joined_on": "2021-07-02"})
    client.post(f"{url}activate/", {"version": team.version})
    assert Team.objects.get().status == "active"
    member = team.members.get(is_lead=False)
    client.post(f"{url}members/{member.pk}/leave/", {"on": "2022-01-01", "reason": "调整"})
    member.refresh_from_db()
    assert member.left_on == datetime.date(2022, 1, 1)
    client.post(f"{url}dissolve/", {"on": "2022-06-30", "reason": "任务完成"})
    client.logout()
    assert "status--dissolved" in text_of(client, url)


def test_a_scheme_is_entered_once(client, officer):
    client.force_login(officer)
    assert client.post("/pairings/schemes/add/", {"name": "组团帮扶", "kind": "team"}).status_code == 302
    assert client.post("/pairings/schemes/add/", {"name": "组团帮扶", "kind": "team"}).status_code == 400
    assert "组团帮扶" in text_of(client, "/pairings/schemes/")


def test_a_parent_that_is_none_shows_no_pairs(client, db):
    for text in ("JD-1999-000001", "x\0y", "9" * 5000):
        answer = client.get("/pairings/board/", {"parent": text})
        assert (answer.status_code, answer.context["board"].cells) == (200, [])
