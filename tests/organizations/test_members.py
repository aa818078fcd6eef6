"""People come to act for an organization by the word of both sides."""

import itertools

import pytest

from core.errors import Refused
from core.states import WrongState
from organizations import services
from organizations.models import Invitation, Membership

Status = Invitation.Status


@pytest.fixture
def person(make_user):
    return make_user("person")


def test_who_asks_is_confirmed_by_the_manager_not_by_themselves(organization, member, person):
    asked = services.ask_to_join(organization=organization, by=person)
    with pytest.raises(Refused) as refused:
        services.confirm_membership(invitation=asked, by=person)
    assert refused.value.code == "second_person"
    made = services.confirm_membership(invitation=asked, by=member)
    assert (made.user, made.role, asked.status) == (person, "operator", "confirmed")


def test_who_is_invited_confirms_and_the_manager_cannot_for_them(organization, member, person):
    invited = services.invite_member(organization=organization, user=person, role="manager", by=member)
    with pytest.raises(Refused):
        services.confirm_membership(invitation=invited, by=member)
    services.confirm_membership(invitation=invited, by=person)
    assert Membership.objects.get(user=person).role == "manager"


def test_one_open_question_and_no_second_membership(organization, member, person):
    first = services.ask_to_join(organization=organization, by=person)
    with pytest.raises(Refused) as refused:
        services.invite_member(organization=organization, user=person, role="operator", by=member)
    assert refused.value.code == "already_asked"
    services.decline_membership(invitation=first, by=member)
    services.invite_member(organization=organization, user=person, role="operator", by=member)
    with pytest.raises(Refused) as refused:
        services.ask_to_join(organization=organization, by=member)
    assert refused.value.code == "already_member"
    services.cancel_organization(organization=organization, reason="注销", by=None)
    with pytest.raises(Refused) as refused:
        services.ask_to_join(organization=organization, by=person)
    assert refused.value.code == "not_active"


STEPS = {
    Status.CONFIRMED: lambda row: services.confirm_membership(invitation=row, by=None),
    Status.DECLINED: lambda row: services.decline_membership(invitation=row, by=None),
}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, STEPS)))
def test_exactly_the_steps_of_the_table_are_possible(organization, person, old, new):
    row = services.ask_to_join(organization=organization, by=person)
    Invitation.objects.update(status=old)
    if new in Invitation.TRANSITIONS[old]:
        STEPS[new](row)
    else:
        with pytest.raises(WrongState):
            STEPS[new](row)
    expected = new if new in Invitation.TRANSITIONS[old] else old
    assert Invitation.objects.get().status == expected


def test_rest_takes_a_question_and_its_answer(client, organization, member, person, outsider):
    url = f"/api/v1/organizations/{organization.pk}/invitations/"
    client.force_login(person)
    assert client.post(url, {"username": "outsider"}, content_type="application/json").status_code == 403
    made = client.post(url, {"username": "person"}, content_type="application/json").json()
    assert (made["asked"], made["status"]) == (True, "open")
    assert client.post(f"{url}{made['id']}/confirm/").status_code == 403
    client.force_login(member)
    unknown = client.post(url, {"username": "nobody"}, content_type="application/json")
    assert list(unknown.json()["errors"]) == ["username"]
    assert client.post(f"{url}{made['id']}/confirm/").json()["status"] == "confirmed"
    assert Membership.objects.filter(user=person, organization=organization).exists()


def test_the_page_offers_what_a_person_may_do(client, organization, member, person):
    page = f"/organizations/{organization.pk}/"
    client.force_login(person)
    assert f"{page}join/" in client.get(page).content.decode()
    client.post(f"{page}join/")
    asked = Invitation.objects.get()
    text = client.get(page).content.decode()
    assert f"{page}join/" not in text
    assert "confirm/" not in text
    client.force_login(member)
    assert f"invitations/{asked.pk}/confirm/" in client.get(page).content.decode()
