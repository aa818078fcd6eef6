"""The inbox of the fixed cast."""

from decimal import Decimal

import pytest

from demands import services as demands
from demands.models import Demand, Evidence
from notices import services
from notices.models import Choices, Notice


@pytest.fixture
def told():
    """Look through the outbox, then what a person was told: told(user) is a list of kinds, oldest first."""

    def told(user) -> list[str]:
        services.take_all_events()
        return list(Notice.objects.filter(person=user, shown=True).order_by("pk").values_list("kind", flat=True))

    return told


@pytest.fixture
def submit(regions, reporter):
    """The reporter hands in a demand of 四湾村."""

    def submit(title: str = "过冬棉被") -> Demand:
        quilts = {"kind": "goods", "what": "棉被", "unit": "条", "quantity": Decimal(100)}
        values = {"village": regions["500229201200"], "form": "relief", "title": title}
        made = demands.create_demand(values=values, items=[quilts], by=reporter)
        # The file is put there without a row of the outbox, so that the tests count only what they did themselves.
        Evidence.objects.create(demand=made, file="a.txt", name="a.txt", kind="txt", size=1, sha256="0" * 64)
        return demands.submit(demand=made, not_a_duplicate="另一个村民小组的需求", by=reporter)

    return submit


@pytest.fixture
def published(submit, officer) -> Demand:
    return demands.publish(demand=submit(), by=officer)


@pytest.fixture
def claim(published, organization, member):
    lines = [(published.items.get(), Decimal(60))]
    return demands.claim_demand(demand=published, organization=organization, lines=lines, plan="送达", by=member)


@pytest.fixture
def mailed(officer) -> Choices:
    """The officer has confirmed an address and reads English."""
    from django.utils import timezone

    return Choices.objects.create(user=officer, email="officer@example.org", confirmed_at=timezone.now(), language="en")
