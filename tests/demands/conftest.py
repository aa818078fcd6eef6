"""A demand for 100 quilts of 四湾村, in any status, and claims on it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post
from demands import services
from demands.models import Demand, DemandItem


def url(name: str, obj=None) -> str:
    """The address of a page of this app."""
    return reverse(f"demands:{name}", args=[obj.pk] if obj is not None else [])


@pytest.fixture
def log_in(client):
    """Log a person in: log_in(user).get(path)."""

    def log_in(user):
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def checker(regions, make_user):
    """Township checker of 龙田乡."""
    return make_user("checker", kind=Post.Kind.CHECKER, region=regions["500229201"])


@pytest.fixture
def quilts() -> dict:
    return {"kind": DemandItem.Kind.GOODS, "what": "棉被", "unit": "条", "quantity": Decimal(100)}


@pytest.fixture
def make_demand(regions, reporter, officer, quilts):
    """Make a demand of 四湾村 and take it to a status that needs no claim."""

    def make(status: str = "published", *, items: list[dict] | None = None, by=None, **values) -> Demand:
        values = {
            "village": regions["500229201200"],
            "form": "relief",
            "title": "过冬棉被",
            "contact": "王主任 13800000000",
            **values,
        }
        by = by or reporter
        demand = services.create_demand(values=values, items=items or [quilts], by=by, beneficiaries={"persons": 60})
        services.attach_evidence(record=demand, name="村民会议记录.txt", content="全村一百户".encode(), by=by)
        if status != "draft":
            services.submit(demand=demand, by=by, not_a_duplicate="另一个村民小组的需求")
        if status == "published":
            services.publish(demand=demand, by=officer)
        elif status == "returned":
            services.return_with_reasons(demand=demand, reason="数量不清", by=officer)
        elif status == "rejected":
            services.reject(demand=demand, reason="重复", by=officer)
        elif status == "withdrawn":
            services.withdraw_demand(demand=demand, by=by)
        return demand

    return make


@pytest.fixture
def demand(make_demand) -> Demand:
    """A published demand for 100 quilts."""
    return make_demand()


@pytest.fixture
def item(demand) -> DemandItem:
    return demand.items.get()


@pytest.fixture
def claim_of(member, organization):
    """Claim a quantity of a demand's first item; by the first organization unless said otherwise."""

    def claim(demand: Demand, quantity, *, by=None, organization_=None):
        return services.claim_demand(
            demand=demand,
            organization=organization_ or organization,
            lines=[(demand.items.first(), Decimal(quantity))],
            plan="十二月送达",
            by=by or member,
        )

    return claim


PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def photo():
    """A photograph as a phone makes it, with day, position and camera in it."""
    from tests.core.test_files import photograph

    return photograph


@pytest.fixture
def sign():
    """Enter the agreement on an approved claim."""

    def sign(claim, *, by=None, **values):
        values = {
            "number": "协议〔2026〕1号",
            "signed_on": timezone.localdate(),
            "name": "协议.pdf",
            "content": PDF,
            **values,
        }
        return services.sign_agreement(claim=claim, by=by or claim.created_by, **values)

    return sign


@pytest.fixture
def agreed(demand, claim_of, officer, sign):
    """A claim on the quilts whose agreement is signed."""

    def make(quantity, **how):
        claim = services.approve_claim(claim=claim_of(demand, quantity, **how), by=officer)
        sign(claim)
        return claim

    return make


@pytest.fixture
def prepared(photo):
    """Prepare a delivery with a photo, or with the files given as (purpose, name, content)."""

    def make(claim, quantity, *, on=None, evidence=True):
        by = claim.created_by
        lines = [(claim.lines.first(), Decimal(quantity))]
        delivery = services.prepare_delivery(claim=claim, delivered_on=on or timezone.localdate(), lines=lines, by=by)
        files = [("photo", "现场.jpg", photo())] if evidence is True else evidence or []
        for purpose, name, content in files:
            services.attach_file(delivery=delivery, purpose=purpose, name=name, content=content, by=by)
        return delivery

    return make


@pytest.fixture
def deliver(prepared):
    """Hand a delivery over to the village."""

    def make(claim, quantity, **how):
        delivery = prepared(claim, quantity, **how)
        return services.hand_over(delivery=delivery, by=delivery.created_by)

    return make


@pytest.fixture
def inspect(reporter):
    """Enter what the village found: inspect(delivery, ("accepted", 50), ("substituted", 5, "毛毯"))."""

    def inspect(delivery, *findings, by=None):
        line = delivery.lines.first()
        rows = []
        for outcome, quantity, *words in findings:
            instead, reason = [*words, "", ""][:2]
            rows.append({"line": line, "outcome": outcome, "quantity": quantity, "instead": instead, "reason": reason})
        return services.inspect_delivery(delivery=delivery, findings=rows, by=by or reporter)

    return inspect
