"""An organization's way: from a demand somebody sent the link of to photos and the signed receipt from the phone."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from demands import services
from demands.models import Claim, Delivery, DeliveryFile
from tests.core.test_files import photograph
from tests.demands.conftest import PDF
from tests.house.cast import published_demand
from tests.journeys.variants import audit, runs

QUILTS = "棉被"
PLAN = "十二月十日前专车送到，联系人林沂"


@pytest.fixture
def demand(cast, officer):
    """A hundred quilts, published."""
    return published_demand(cast)


@pytest.mark.parametrize(("scripts", "language", "width"), runs((False, "en", 390)))
def test_an_organization_claims_and_delivers(scripts, language, width, window, demand, member, officer, reporter):
    person = window(scripts=scripts, language=language, width=width)
    begin(person, demand)
    fill_in(person, 60)
    claim = submit(person, demand)
    services.approve_claim(claim=claim, by=officer)
    sign(person, claim)
    delivery = deliver(person, claim)
    village(delivery, reporter)
    person.open(f"/demands/{demand.pk}/")
    assert person.page.locator(".photos img").count() == 3
    audit(person)
    assert person.loads <= 25


def test_what_others_took_meanwhile_is_told_and_nothing_is_lost(
    window, demand, member, second_member, second_organization
):
    person = window(scripts=False, language="en", width=390)
    begin(person, demand)
    fill_in(person, 60)
    services.claim_demand(
        demand=demand, organization=second_organization, lines=[(demand.items.get(), Decimal(50))], by=second_member
    )
    person.press("Submit the claim")
    person.sees("50 条 are left. Please change the quantity.")
    quantity = person.page.get_by_label(QUILTS).first
    assert quantity.input_value() == "60"
    quantity.fill("50")
    person.press("Save and continue")
    person.sees(PLAN)
    submit(person, demand)


def begin(person, demand, username: str = "member") -> None:
    """The link as received: everything is read without a log-in, which leads back to the same demand."""
    person.open(f"/demands/{demand.pk}/")
    person.sees_quantities(person.page.locator("main"), 0, 100, 100)
    audit(person)
    person.leave_by(person.link(person.words("Log in")))
    person.log_in(username)
    assert person.page.url.endswith(f"/demands/{demand.pk}/")
    person.leave_by(person.link(person.words("Claim")))
    audit(person)
    person.press("Begin the claim")
    person.sees(person.words("Items and quantities"))
    audit(person)


def fill_in(person, quantity: int, plan: str = PLAN) -> None:
    """The tasks in their order, each leading to the next."""
    person.leave_by(person.page.locator(".tasks a").first)
    person.page.check("[name=acknowledged]")
    audit(person)
    person.press("Save and continue")
    person.page.get_by_label(QUILTS).first.fill(str(quantity))
    audit(person)
    person.press("Save and continue")
    person.page.fill("[name=deliver_by]", (timezone.localdate() + datetime.timedelta(days=20)).isoformat())
    person.page.fill("[name=contact]", "林沂")
    person.page.fill("[name=plan]", plan)
    audit(person)
    person.press("Save and continue")
    audit(person)
    person.press("Save and continue")
    person.sees(plan, str(quantity))
    audit(person)


def submit(person, demand) -> Claim:
    """The receipt has the number, and by when what happens next."""
    person.press("Submit the claim")
    claim = Claim.objects.get(demand=demand, organization__name="临沂市慈善总会")
    person.sees(person.words("The claim is submitted"), claim.reference)
    person.sees(timezone.localdate(claim.lease_ends).isoformat())
    audit(person)
    return claim


def sign(person, claim) -> None:
    person.open(f"/demands/claims/{claim.pk}/")
    person.leave_by(person.link(person.words("Enter the signed agreement")))
    person.page.fill("[name=number]", "协议〔2026〕1号")
    person.page.fill("[name=signed_on]", timezone.localdate().isoformat())
    person.page.set_input_files("[name=file]", pdf("协议.pdf"))
    audit(person)
    person.press("Enter the agreement")
    person.sees("协议〔2026〕1号")


def deliver(person, claim) -> Delivery:
    """All sixty at once; three photos and the receipt in one go, then handed over."""
    audit(person)
    person.leave_by(person.link(person.words("Enter a delivery")))
    assert person.page.get_by_label(QUILTS).first.input_value() == "60"
    audit(person)
    person.press("Continue to photos and receipt")
    pictures = [photograph((800, 600)), photograph((600, 800)), photograph((640, 640))]
    person.page.set_input_files("[name=photos]", [jpg(f"{n}.jpg", one) for n, one in enumerate(pictures)])
    person.page.set_input_files("[name=receipt]", pdf("签收单.pdf"))
    person.press("Send the files")
    assert person.page.locator(".photos img").count() == 3
    audit(person)
    person.press("Hand over")
    delivery = claim.deliveries.get()
    person.sees(person.words("Handed over. The village now enters what it found."), delivery.reference)
    audit(person)
    assert DeliveryFile.objects.filter(located=True).count() == 3
    return delivery


def village(delivery, reporter) -> None:
    row = delivery.lines.get()
    finding = {"line": row, "outcome": "accepted", "quantity": row.quantity, "instead": "", "reason": ""}
    services.inspect_delivery(delivery=delivery, findings=[finding], by=reporter)


def jpg(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def pdf(name: str) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}
