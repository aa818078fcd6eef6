"""Duplicates become one organization, and nothing of either is lost."""

import datetime

import pytest

from core.errors import Refused
from core.models import StatusChange
from core.states import WrongState
from organizations import services
from organizations.filters import OrganizationFilter
from organizations.forms import OrganizationField
from organizations.models import AnnualReturn, Certificate, Membership, Organization

DAY = datetime.date(2024, 5, 1)
CODE = "51371300500000015" + "X"


@pytest.fixture
def duplicate(make_organization):
    return make_organization("临沂慈善总会")


def merge(duplicate, into, reason="同一组织", by=None):
    return services.merge_organizations(duplicate=duplicate, into=into, reason=reason, by=by)


def test_people_entries_and_name_go_over_and_both_histories_stay(duplicate, organization, member, make_user, officer):
    clerk = make_user("clerk", organization=duplicate)
    Membership.objects.create(user=member, organization=duplicate)
    services.add_entry(organization=duplicate, entry=Certificate(kind="charity", issuer="甲", valid_from=DAY), by=None)
    for one, result in ((duplicate, "failed"), (organization, "passed")):
        services.add_entry(organization=one, entry=AnnualReturn(year=2024, result=result), by=None)
    before = StatusChange.objects.of(duplicate).count()
    merge(duplicate, organization, by=officer)
    duplicate.refresh_from_db()
    assert (duplicate.status, duplicate.successor) == ("merged", organization)
    assert set(organization.memberships.values_list("user", flat=True)) == {member.pk, clerk.pk}
    assert organization.certificates.count() == 1
    assert organization.annual_returns.get().result == "passed"
    assert duplicate.annual_returns.get().result == "failed"
    assert organization.former_names.get().name == "临沂慈善总会"
    assert StatusChange.objects.of(duplicate).count() == before + 1
    assert StatusChange.objects.of(duplicate).first().note == "同一组织"
    assert StatusChange.objects.of(organization).filter(note="同一组织").exists()
    found = OrganizationFilter({"q": "临沂慈善"}, queryset=Organization.objects.all()).qs
    assert set(found) == {duplicate, organization}
    assert OrganizationField().clean("临沂慈善总会") == organization


def test_a_merge_needs_two_active_organizations_and_a_reason(duplicate, organization, second_organization):
    for wrong, code in [
        ({"reason": " "}, "reason_missing"),
        ({"duplicate": organization}, "same_organization"),
    ]:
        with pytest.raises(Refused) as refused:
            merge(**{"duplicate": duplicate, "into": organization, **wrong})
        assert refused.value.code == code
    merge(duplicate, organization)
    with pytest.raises(WrongState):
        merge(duplicate, second_organization)
    with pytest.raises(Refused) as refused:
        merge(second_organization, duplicate)
    assert refused.value.code == "not_active"


def test_two_codes_are_two_organizations_and_one_code_stays_with_the_survivor(make_organization, organization):
    first = make_organization("甲协会", uscc="51500242MJP0000568")
    second = make_organization("乙协会", uscc="52370600MJE000064H")
    with pytest.raises(Refused) as refused:
        merge(first, second)
    assert refused.value.code == "two_codes"
    merge(first, organization)
    organization.refresh_from_db()
    assert organization.uscc == "51500242MJP0000568"


def test_chains_end_at_the_last_successor(duplicate, organization, second_organization):
    merge(duplicate, organization)
    merge(organization, second_organization)
    duplicate.refresh_from_db()
    assert duplicate.successor == second_organization


def test_staff_of_both_regions_merge_on_the_page_and_over_rest(client, make_organization, officer, organization):
    made = [make_organization(name, region="500229") for name in ("甲会", "乙会", "丙会")]
    client.force_login(officer)
    page = f"/organizations/{made[0].pk}/merge/"
    assert client.get(page).status_code == 200
    sent = {"into": "乙会", "reason": "重复", "version": made[0].version}
    assert client.post(page, {**sent, "into": organization.name}).status_code == 403
    assert client.post(page, sent).status_code == 302
    assert "乙会" in client.get(f"/organizations/{made[0].pk}/").content.decode()
    body = {"into": made[2].pk, "reason": "重复"}
    url = f"/api/v1/organizations/{made[1].pk}/merge/"
    version = Organization.objects.get(pk=made[1].pk).version
    answer = client.post(url, body, content_type="application/json", headers={"If-Match": f'"{version}"'})
    assert (answer.status_code, answer.json()["name"]) == (200, "丙会")
    assert client.get(f"/api/v1/organizations/{made[0].pk}/").json()["successor"]["name"] == "丙会"
