"""People register their organization online; staff of its region return or approve it."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from core.errors import Refused
from core.states import WrongState
from organizations import services
from organizations.models import Membership, Organization, RegistrationRequest

Status = RegistrationRequest.Status


@pytest.fixture
def person(make_user):
    return make_user("person")


@pytest.fixture
def values(regions):
    return {"name": "城口县读书会", "kind": "other_social", "level": "county", "region": regions["500229"]}


@pytest.fixture
def asked(values, person):
    return services.request_registration(values=values, by=person)


def test_a_request_is_a_draft_seen_by_its_person_and_by_staff_of_the_region(asked, person, officer, outsider, member):
    organization = asked.organization
    assert (organization.status, asked.status) == ("draft", "submitted")
    assert not Membership.objects.filter(user=person).exists()
    for user, sees in [(person, True), (officer, True), (outsider, False), (member, False), (AnonymousUser(), False)]:
        assert Organization.objects.visible_to(user).filter(pk=organization.pk).exists() is sees
        assert RegistrationRequest.objects.visible_to(user).exists() is sees


def test_it_goes_back_with_reasons_and_comes_again_corrected_and_is_approved(asked, person, officer):
    services.return_registration(request=asked, reason=" 名称有误 ", by=officer)
    assert (asked.status, asked.reason) == ("returned", "名称有误")
    organization = asked.organization
    services.resubmit_registration(
        request=asked, values={"name": "城口县阅读会"}, version=organization.version, by=person
    )
    services.approve_registration(request=asked, by=officer)
    organization.refresh_from_db()
    assert (organization.status, organization.name) == ("active", "城口县阅读会")
    assert Membership.objects.get(user=person).role == "manager"


def test_nobody_decides_on_their_own_request_and_staff_do_not_pass_it_by(values, officer, second_officer):
    asked = services.request_registration(values=values, by=officer)
    for step in (
        lambda: services.approve_registration(request=asked, by=officer),
        lambda: services.return_registration(request=asked, reason="甲", by=officer),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "second_person"
    with pytest.raises(Refused) as refused:
        services.activate_organization(organization=asked.organization, by=second_officer)
    assert refused.value.code == "request_open"
    services.approve_registration(request=asked, by=second_officer)
    assert Organization.objects.get().status == "active"


def test_a_return_needs_its_reason_and_a_person_has_few_open_requests(asked, values, person, officer):
    with pytest.raises(Refused) as refused:
        services.return_registration(request=asked, reason=" ", by=officer)
    assert refused.value.code == "reason_missing"
    for number in range(4):
        services.request_registration(values={**values, "name": f"读书会{number}"}, by=person)
    with pytest.raises(Refused) as refused:
        services.request_registration(values={**values, "name": "读书会九"}, by=person)
    assert refused.value.code == "too_many"


STEPS = {
    Status.SUBMITTED: lambda asked, officer: services.resubmit_registration(
        request=asked, values={}, version=asked.organization.version, by=asked.created_by
    ),
    Status.RETURNED: lambda asked, officer: services.return_registration(request=asked, reason="甲", by=officer),
    Status.APPROVED: lambda asked, officer: services.approve_registration(request=asked, by=officer),
}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, STEPS)))
def test_exactly_the_steps_of_the_table_are_possible(asked, officer, old, new):
    RegistrationRequest.objects.update(status=old, reason="甲")
    if new in RegistrationRequest.TRANSITIONS[old]:
        STEPS[new](asked, officer)
        assert RegistrationRequest.objects.get().status == new
    else:
        with pytest.raises(WrongState):
            STEPS[new](asked, officer)
        assert RegistrationRequest.objects.get().status == old


def test_the_whole_way_on_pages(client, person, officer, regions):
    sent = {"name": "城口县读书会", "kind": "other_social", "uscc": "", "level": "county", "region": "500229"}
    client.force_login(person)
    assert "/organizations/register/" in client.get("/organizations/").content.decode()
    assert client.post("/organizations/register/", sent).status_code == 302
    page = f"/organizations/{Organization.objects.get().pk}/"
    client.force_login(officer)
    assert f"{page}approve/" in client.get(page).content.decode()
    assert client.post(f"{page}return/", {"reason": ""}).status_code == 400
    version = Organization.objects.get().version
    assert client.post(f"{page}return/", {"reason": "请改名称", "version": version}).status_code == 302
    client.force_login(person)
    assert "请改名称" in client.get(page).content.decode()
    assert "请改名称" in client.get(f"{page}register/").content.decode()
    again = {**sent, "name": "城口县阅读会", "version": version}
    assert client.post(f"{page}register/", again).status_code == 302
    client.force_login(officer)
    client.post(f"{page}approve/", {"version": Organization.objects.get().version})
    assert Organization.objects.get().status == "active"


def test_the_whole_way_over_rest(client, person, officer, regions):
    url = "/api/v1/organization-registrations/"
    body = {"name": "城口县读书会", "kind": "other_social", "level": "county", "region": "500229"}
    client.force_login(person)
    first, second = (
        client.post(url, body, content_type="application/json", headers={"Idempotency-Key": "k"}) for _n in range(2)
    )
    assert first.status_code == second.status_code == 201
    made = Organization.objects.get()

    def post(step, body=None):
        version = Organization.objects.get().version
        headers = {"If-Match": f'"{version}"'}
        return client.post(f"{url}{made.pk}/{step}/", body or {}, content_type="application/json", headers=headers)

    assert post("approve").status_code == 403
    client.force_login(officer)
    assert post("return").json()["code"] == "reason_missing"
    assert post("return", {"reason": "请改名称"}).json()["status"] == "returned"
    client.force_login(person)
    changed = client.patch(
        f"{url}{made.pk}/",
        {"name": "城口县阅读会"},
        content_type="application/json",
        headers={"If-Match": f'"{Organization.objects.get().version}"'},
    )
    assert (changed.status_code, changed.json()["status"]) == (200, "submitted")
    client.force_login(officer)
    assert post("approve").json()["organization"]["status"] == "active"


def test_what_was_returned_waits_for_its_people_and_not_for_staff(asked, person, officer, client):
    def queue() -> str:
        client.force_login(officer)
        return client.get("/work/").content.decode()

    def to_do() -> str:
        client.force_login(person)
        return client.get(reverse("accounts:profile")).content.decode()

    assert str(asked) in queue()
    services.return_registration(request=asked, reason="缺业务主管单位", by=officer)
    assert str(asked) not in queue()
    assert "缺业务主管单位" in to_do()
    version = asked.organization.version
    services.resubmit_registration(request=asked, values={}, version=version, by=person)
    assert str(asked) in queue()
    services.approve_registration(request=asked, by=officer)
    assert str(asked) not in queue()
