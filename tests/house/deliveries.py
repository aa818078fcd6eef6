"""Claims of the cast on their way: signed, delivered, accepted, verified, each in the state its addresses need."""

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image

from demands import services as demands
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, SpotCheck

DAY = datetime.date(2026, 3, 1)


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "blue").save(made, "JPEG")
    return made.getvalue()


def approved(cast, claim: Claim) -> Claim:
    return demands.approve_claim(claim=claim, by=cast.officer)


def agreed(cast, claim: Claim) -> Claim:
    paper = {"number": "协议1号", "signed_on": DAY, "name": "a.pdf", "content": b"%PDF-1.7\n"}
    demands.sign_agreement(claim=approved(cast, claim), **paper, by=cast.member)
    return claim


def prepared(cast, claim: Claim) -> Delivery:
    """Everything that was claimed, with a photo."""
    lines = [(line, line.quantity) for line in agreed(cast, claim).lines.all()]
    today = timezone.localdate()
    delivery = demands.prepare_delivery(claim=claim, delivered_on=today, lines=lines, by=cast.member)
    photo = {"purpose": DeliveryFile.Purpose.PHOTO, "name": "a.jpg", "content": picture()}
    demands.attach_file(delivery=delivery, **photo, by=cast.member)
    return delivery


def handed_over(cast, claim: Claim) -> Delivery:
    return demands.hand_over(delivery=prepared(cast, claim), by=cast.member)


def inspected(cast, claim: Claim) -> Delivery:
    """All accepted by the reporter of the village."""
    delivery = handed_over(cast, claim)
    findings = [
        {"line": row, "outcome": "accepted", "quantity": Decimal(row.quantity), "instead": "", "reason": ""}
        for row in delivery.lines.all()
    ]
    demands.inspect_delivery(delivery=delivery, findings=findings, by=cast.reporter)
    return delivery


def accepted(cast, claim: Claim) -> Claim:
    return inspected(cast, claim).claim


def verified(cast, claim: Claim) -> Claim:
    demands.verify_claim(claim=accepted(cast, claim), note="电话核实", by=cast.officer)
    return claim


def sent_back(cast, claim: Claim) -> Claim:
    demands.send_back(claim=accepted(cast, claim), reason="请再核", by=cast.officer)
    return claim


def spot_check(cast, claim: Claim) -> SpotCheck:
    return demands.order_spot_check(claim=accepted(cast, claim), reason="来信", by=cast.officer)


def arguments(claim: Callable[[Any], Claim]) -> dict[str, Callable[[Any], dict]]:
    """The arguments of the addresses of deliveries, on a claim made by `claim`."""
    made: dict[Callable, Callable] = {}

    def the(cast, step: Callable) -> Any:
        # One function for each step, so that the cast makes it once.
        made.setdefault(step, lambda cast: step(cast, claim(cast)))
        return cast.the(made[step])

    def pk(step: Callable) -> Callable[[Any], dict]:
        return lambda cast: {"pk": the(cast, step).pk}

    def file(step: Callable) -> Callable[[Any], dict]:
        return lambda cast: {"pk": the(cast, step).pk, "file_pk": the(cast, step).files.get().pk}

    def entry(cast) -> dict:
        return {"pk": AcceptanceEntry.objects.get(line__delivery=the(cast, inspected)).pk}

    return {
        "demands:claim-agreement": pk(approved),
        "demands:agreement-file": pk(agreed),
        "demands:delivery-create": pk(agreed),
        "demands:claim-verify": pk(accepted),
        "demands:claim-confirm": pk(sent_back),
        "demands:spot-check-order": pk(accepted),
        "demands:claim-rate": pk(verified),
        "demands:delivery-detail": pk(inspected),
        "demands:delivery-edit": pk(prepared),
        "demands:delivery-files": pk(prepared),
        "demands:delivery-file": file(handed_over),
        "demands:delivery-file-remove": file(prepared),
        "demands:delivery-hand-over": pk(prepared),
        "demands:delivery-withdraw": pk(handed_over),
        "demands:delivery-inspect": pk(handed_over),
        "demands:entry-reverse": entry,
        "demands:spot-check-detail": pk(spot_check),
        "api:claims-agreement": pk(agreed),
        "api:claims-agreement-content": pk(agreed),
        "api:claims-checks": pk(accepted),
        "api:claims-verify": pk(accepted),
        "api:claims-send-back": pk(accepted),
        "api:claims-confirm": pk(sent_back),
        "api:claims-spot-check": pk(accepted),
        "api:claims-rate": pk(verified),
        "api:deliveries-detail": pk(inspected),
        "api:deliveries-files": pk(prepared),
        "api:deliveries-file": file(prepared),
        "api:deliveries-hand-over": pk(prepared),
        "api:deliveries-withdraw": pk(handed_over),
        "api:deliveries-entries": pk(inspected),
        "api:deliveries-inspect": pk(handed_over),
        "api:deliveries-reverse": pk(inspected),
        "api:spot-checks-detail": pk(spot_check),
        "api:spot-checks-finish": pk(spot_check),
    }
