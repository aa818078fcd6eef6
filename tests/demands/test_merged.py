"""What becomes of the claims of an organization that turns out to be a duplicate of another."""

import pytest

from demands.models import Claim
from organizations import services as organizations
from organizations.permissions import acts_for
from tests.house.cast import Cast
from tests.house.cast import claim as make_claim

pytestmark = pytest.mark.django_db


def test_the_people_of_the_successor_answer_for_the_claims_of_a_merged_organization(request, second_organization):
    cast = Cast(request.getfixturevalue)
    claim, member, outsider = cast.the(make_claim), cast.member, cast.outsider
    organizations.merge_organizations(
        duplicate=claim.organization, into=second_organization, reason="重复登记", by=cast.officer
    )
    claim.organization.refresh_from_db()
    assert Claim.objects.visible_to(member).filter(pk=claim.pk).exists()
    assert acts_for(member, claim.organization)
    assert not acts_for(outsider, claim.organization)


def test_merging_the_successor_on_leads_to_the_last_one(second_organization, organization, make_organization, officer):
    third = make_organization("第三家慈善会")
    organizations.merge_organizations(duplicate=organization, into=second_organization, reason="重复", by=officer)
    organizations.merge_organizations(duplicate=second_organization, into=third, reason="重复", by=officer)
    organization.refresh_from_db()
    assert organization.successor == third
