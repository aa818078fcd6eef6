"""People come to act for an organization by the word of both sides."""

import itertools
import threading

import pytest
from django.db import connection
from django.urls import reverse

from core.errors import Refused
from core.models import StatusChange
from core.states import WrongState
from organizations import permissions, services
from organizations.models import Invitation, Membership, Organization

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


def code_of(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_member_leaves_and_has_no_rights_from_that_moment(organization, member, person):
    made = services.add_member(organization=organization, user=person, role="operator", by=member)
    services.end_membership(membership=made, by=person)
    assert not permissions.acts_for(person, organization)
    assert not Organization.objects.of(person).exists()
    assert StatusChange.objects.of(organization).first().changes == {"memberships": ["person · 经办人", ""]}
    assert list(StatusChange.objects.of(made).first().changes) == ["ended_at"]
    assert code_of(lambda: services.end_membership(membership=made, by=person)) == "ended"
    again = services.add_member(organization=organization, user=person, role="operator", by=member)
    assert again.pk != made.pk
    assert Membership.written.filter(user=person).count() == 2


def test_a_manager_removes_a_member_with_a_reason(organization, member, person):
    made = services.add_member(organization=organization, user=person, role="manager", by=member)
    assert code_of(lambda: services.end_membership(membership=made, by=member)) == "reason_missing"
    services.end_membership(membership=made, by=member, reason="离职")
    assert not permissions.acts_for(person, organization)
    assert StatusChange.objects.of(made).first().note == "离职"


def test_the_only_manager_stays_until_another_is_appointed(organization, member, person):
    own = organization.memberships.get(user=member)
    other = services.add_member(organization=organization, user=person, role="operator", by=member)
    assert code_of(lambda: services.end_membership(membership=own, by=member)) == "last_manager"
    assert code_of(lambda: services.change_role(membership=own, role="operator", by=member)) == "last_manager"
    services.change_role(membership=other, role="manager", by=member)
    services.end_membership(membership=own, by=member)
    assert [row.user for row in organization.memberships.all()] == [person]


def test_responsible_staff_may_remove_even_the_only_manager(organization, member, regions, make_user):
    own = organization.memberships.get(user=member)
    staff = make_user("linyi-staff", region=regions["371300"])
    services.end_membership(membership=own, by=staff, reason="账号被盗")
    assert not organization.memberships.exists()


@pytest.mark.django_db(transaction=True)
def test_two_managers_leaving_in_the_same_moment_leave_one_behind(organization, member, person):
    services.add_member(organization=organization, user=person, role="manager", by=member)
    results = []

    def leave(user):
        try:
            services.end_membership(membership=Membership.objects.get(user=user), by=user)
            results.append("left")
        except Refused as refused:
            results.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (member, person)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["last_manager", "left"]
    assert organization.memberships.count() == 1


def test_the_pages_lead_through_appointing_and_leaving(client, organization, member, person):
    other = services.add_member(organization=organization, user=person, role="operator", by=member)
    own = organization.memberships.get(user=member)
    client.force_login(member)
    end = reverse("organizations:member-end", args=[organization.pk, own.pk])
    assert client.post(end, {"reason": ""}).status_code == 400
    client.post(reverse("organizations:member-role", args=[organization.pk, other.pk]))
    assert client.post(end, {"reason": ""}).status_code == 302
    assert client.get(end).status_code == 403
    client.force_login(person)
    assert organization.memberships.get().role == "manager"


def test_members_are_listed_changed_and_ended_over_rest(client, organization, member, person):
    other = services.add_member(organization=organization, user=person, role="operator", by=member)
    address = f"/api/v1/organizations/{organization.pk}/members/"
    client.force_login(member)
    assert [row["username"] for row in client.get(address).json()] == ["member", "person"]
    one = f"{address}{other.pk}/"
    answer = client.patch(one, {"role": "manager"}, content_type="application/json")
    assert answer.json()["role"] == "manager"
    assert client.post(f"{one}end/", {}, content_type="application/json").json()["code"] == "reason_missing"
    answer = client.post(f"{one}end/", {"reason": "离职"}, content_type="application/json")
    assert answer.json()["ended_at"]
    assert [row["username"] for row in client.get(address).json()] == ["member"]
