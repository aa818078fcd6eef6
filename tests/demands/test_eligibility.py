"""Why somebody cannot claim, in words that say what to do about it."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core import states
from demands import services
from demands.selectors import why_no_claim
from organizations.models import CreditEntry, Membership, Organization
from organizations.selectors import why_not_eligible
from tests.demands.conftest import url
from tests.demands.test_services import code_of


def test_a_person_whose_organizations_may_not_claim_reads_why_of_each(
    demand, organization, member, officer, second_organization
):
    Membership.objects.create(user=member, organization=second_organization, role="operator")
    entry = CreditEntry(organization=organization, kind="serious", reason="失联", authority="民政局")
    entry.listed_on = timezone.localdate()
    with transaction.atomic():
        states.begin(entry, by=None)
    assert why_no_claim(member, demand) == ""
    Organization.objects.filter(pk=second_organization.pk).update(status="cancelled")
    why = why_no_claim(member, demand)
    assert all(why_not_eligible(one) in why for one in (organization, second_organization))
    assert entry.get_kind_display() in why
    assert why_no_claim(officer, demand) not in ("", why)


def test_nobody_claims_to_deliver_until_a_day_that_has_passed(demand, item, organization, member):
    today = timezone.localdate()
    wish = {"demand": demand, "organization": organization, "lines": [(item, Decimal(1))], "by": member}
    yesterday = today - datetime.timedelta(days=1)
    assert code_of(lambda: services.claim_demand(**wish, deliver_by=yesterday)) == "dates_passed"
    assert services.claim_demand(**wish, deliver_by=today).deliver_by == today


def test_who_may_not_claim_hears_why_instead_of_waiting(client, demand, organization, member, claim_of):
    Organization.objects.filter(pk=organization.pk).update(status="cancelled")
    client.force_login(member)
    page = client.get(url("queue-join", demand), follow=True)
    assert why_not_eligible(Organization.objects.get(pk=organization.pk)) in page.content.decode()


def test_who_waits_hears_what_is_left_right_now(
    client, demand, member, claim_of, second_member, second_organization, organization
):
    claim_of(demand, 90, by=second_member, organization_=second_organization)
    client.force_login(member)
    page = client.post(url("queue-join", demand), {"organization": organization.pk}, follow=True)
    assert "棉被 10 条" in page.content.decode()
    assert demand.waiting.waiting().count() == 1
