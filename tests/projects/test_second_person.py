"""Nobody checks their own work, nor that of an organization they act for, through whatever record."""

import datetime
from decimal import Decimal

import pytest

from organizations.models import Membership
from projects import services
from projects.models import MetricValue

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def insider(officer, organization):
    """Staff of the county who also acts for the organization."""
    Membership.objects.create(user=officer, organization=organization, role=Membership.Role.OPERATOR)
    return officer


@pytest.fixture
def value(regions, organization, member, second_officer) -> MetricValue:
    plan = {"name": "专项行动", "region": regions["500229"], "starts_on": DAY}
    campaign = services.create_campaign(values=plan, by=second_officer)
    action = services.add_action(campaign=campaign, values={"name": "光明行", "form": "health"}, by=second_officer)
    words = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}
    metric = services.add_metric(action=action, values=words, by=second_officer)
    services.start_campaign(campaign=campaign, by=second_officer)
    metric.action.campaign.refresh_from_db()
    values = {"stage": "achieved", "region": regions["500229"], "organization": organization, "value": Decimal(5)}
    values |= {"period_from": DAY, "period_to": DAY, "basis": "登记"}
    return services.enter_value(metric=metric, values=values, by=member)


def refuses(call, **arguments) -> bool:
    with pytest.raises(services.NotSecondPerson):
        call(**arguments)
    return True


def test_a_count_is_not_verified_by_people_of_the_lead_or_a_partner(
    make_project, make_count, second_officer, second_organization, make_user, regions, request
):
    partner = make_user("partner", region=regions["500229"], organization=second_organization)
    project = make_project("active", partners=[second_organization])
    insider = request.getfixturevalue("insider")
    count = make_count(project, status="entered")
    assert refuses(services.verify_count, count=count, by=insider)
    assert refuses(services.verify_count, count=count, by=partner)
    assert services.verify_count(count=count, by=second_officer).status == "verified"


def test_a_metric_value_is_not_verified_by_people_of_its_organization(value, insider, second_officer):
    assert refuses(services.verify_value, value=value, by=insider)
    assert services.verify_value(value=value, by=second_officer).status == "verified"


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_a_purchase_is_not_verified_by_people_of_either_side(
    side, regions, organization, member, insider, second_officer
):
    values = {"mode": "direct", "buyer_name": "来客", "region": regions["500229"], "goods": "蜂蜜", "bought_on": DAY}
    values |= {"quantity": Decimal(1), "unit": "斤", "amount": Decimal(50), side: organization}
    record = services.enter_purchase(values=values, by=member)
    assert refuses(services.verify_purchase, record=record, by=insider)
    assert services.verify_purchase(record=record, by=second_officer).status == "verified"


def test_a_capacity_record_is_not_verified_by_people_of_its_organization(
    regions, organization, member, insider, second_officer
):
    values = {"kind": "station", "name": "社工站", "region": regions["500229"], "organization": organization}
    record = services.enter_capacity(values={**values, "opened_on": DAY, "source": "台账"}, by=member)
    assert refuses(services.verify_capacity, record=record, by=insider)
    assert services.verify_capacity(record=record, by=second_officer).status == "verified"


def test_people_of_the_organization_a_lead_was_merged_into_do_not_approve(
    make_project, organization, second_organization, make_user, regions
):
    project = make_project("submitted")
    organization.status, organization.successor = "merged", second_organization
    organization.save()
    heir = make_user("heir", region=regions["500229"], organization=second_organization)
    assert refuses(services.approve_project, project=project, by=heir)
