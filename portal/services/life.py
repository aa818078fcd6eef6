"""The life of claims in the demonstration: one to its end, one half way, one that lapsed, one who waits."""

import datetime
import io
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, Demand, SpotCheck
from demands.services import acceptance, claims, deliveries, files, leases, verification, waiting
from organizations.models import Organization

# The whole way of one claim: everything delivered, two found missing and brought later, verified, rated.
WHOLE_WAY: dict[str, Any] = {
    "title": "四湾村儿童学习用品",
    "who": "lanling",
    "deliveries": (
        (20, "60", (("accepted", "58", ""), ("short", "2", "少两套，装车时遗漏"))),
        (12, "2", (("accepted", "2", ""),)),
    ),
    "agreement": "兰慈帮扶〔2026〕7号（演示）",
    "ratings": (
        ("village", "siwan", 5, "送到及时，少的两套很快补上。"),
        ("organization", "lanling", 4, "村里组织有序。"),
    ),
}
# A claim of which a part is delivered and waits for the village's word; somebody is to look at it, another one waits.
HALF_WAY: dict[str, Any] = {
    "title": "四湾村互助食堂大米",
    "who": "linyi",
    "quantity": "2000",
    "delivered": (3, "1200"),
    "agreement": "临慈帮扶〔2026〕15号（演示）",
    "spot_check": "第一批数量较大，请到村核对。演示数据。",
    "waits": "lanling",
}
# A claim nobody acted on in time: who, which demand, how much, days ago.
LAPSED = ("lanling", "仓房村老腊肉代销", "200", 40)


def show_life(people: dict[str, User]) -> None:
    """Take the claims of the demonstration as far as it is said above."""
    _whole_way(people)
    _half_way(people)
    _lapsed(people)


def _whole_way(people: dict[str, User]) -> None:
    row = WHOLE_WAY
    owner = people[row["who"]]
    claim = _agreed(people, row["title"], owner, Decimal("60"), row["agreement"], days=25)
    for days, quantity, findings in row["deliveries"]:
        delivery = _handed_over(claim, owner, Decimal(quantity), days)
        acceptance.inspect_delivery(delivery=delivery, findings=_findings(delivery, findings), by=people["siwan"])
        claim.refresh_from_db()
    # Whether the lot falls on it depends on the secret of each installation.
    for check in SpotCheck.objects.filter(claim=claim, status=SpotCheck.Status.OPEN):
        verification.finish_spot_check(
            spot_check=check,
            confirmed=True,
            finding="到村核对，数量一致。演示数据。",
            checked_on=timezone.localdate(),
            by=people["chengkou2"],
        )
    verification.verify_claim(claim=claim, note="两次交付合计 60 套，签收单齐全。", by=people["chengkou2"])
    for side, who, score, comment in row["ratings"]:
        verification.rate_claim(claim=claim, side=side, score=score, comment=comment, by=people[who])


def _findings(delivery: Delivery, found: tuple[tuple[str, str, str], ...]) -> list[acceptance.Finding]:
    line = delivery.lines.get()
    return [
        {
            "line": line,
            "outcome": AcceptanceEntry.Outcome(outcome),
            "quantity": Decimal(quantity),
            "instead": "",
            "reason": why,
        }
        for outcome, quantity, why in found
    ]


def _half_way(people: dict[str, User]) -> None:
    row = HALF_WAY
    owner, waits = people[row["who"]], people[row["waits"]]
    claim = _agreed(people, row["title"], owner, Decimal(row["quantity"]), row["agreement"], days=10)
    waiting.join_queue(demand=claim.demand, organization=Organization.objects.of(waits).get(), by=waits)
    days, quantity = row["delivered"]
    _handed_over(claim, owner, Decimal(quantity), days)
    claim.refresh_from_db()
    verification.order_spot_check(claim=claim, reason=row["spot_check"], by=people["chengkou"])


def _lapsed(people: dict[str, User]) -> None:
    who, title, quantity, days = LAPSED
    then = timezone.now() - datetime.timedelta(days=days)
    claim = _claim(title, people[who], Decimal(quantity), now=then)
    leases.lapse_claim(claim=claim, by=None)


def _claim(title: str, owner: User, quantity: Decimal, **more: Any) -> Claim:
    demand = Demand.objects.get(title=title)
    return claims.claim_demand(
        demand=demand,
        organization=Organization.objects.of(owner).get(),
        lines=[(demand.items.get(), quantity)],
        plan="备齐后由专车送到村，村干部现场签收。演示数据。",
        by=owner,
        **more,
    )


def _agreed(people: dict[str, User], title: str, owner: User, quantity: Decimal, number: str, *, days: int) -> Claim:
    """A claim that is approved and whose agreement was signed so many days ago."""
    claim = _claim(title, owner, quantity)
    claims.approve_claim(claim=claim, by=people["chengkou"])
    deliveries.sign_agreement(
        claim=claim,
        number=number,
        signed_on=timezone.localdate() - datetime.timedelta(days=days),
        name="帮扶协议（演示）.png",
        content=_paper(),
        by=owner,
    )
    return claim


def _handed_over(claim: Claim, owner: User, quantity: Decimal, days: int) -> Delivery:
    """A delivery of so many days ago, with a photo and a signed receipt, reported to the village."""
    delivery = deliveries.prepare_delivery(
        claim=claim,
        delivered_on=timezone.localdate() - datetime.timedelta(days=days),
        lines=[(claim.lines.get(), quantity)],
        note="演示数据。",
        by=owner,
    )
    for purpose, name, content in (
        (DeliveryFile.Purpose.PHOTO, "交付现场（演示）.jpg", _photo()),
        (DeliveryFile.Purpose.RECEIPT, "签收单（演示）.png", _paper()),
    ):
        files.attach_file(delivery=delivery, purpose=purpose, name=name, content=content, by=owner)
    return deliveries.hand_over(delivery=delivery, by=owner)


def _photo() -> bytes:
    """A drawn picture in place of a photo: parcels before a hill, nobody in it."""
    picture = Image.new("RGB", (960, 640), "#dbe7ea")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, 420), (260, 210), (520, 400), (720, 260), (960, 430), (960, 640), (0, 640)], fill="#a9c2b4")
    pen.rectangle([0, 500, 960, 640], fill="#c9bfa9")
    for number in range(6):
        left, top = 180 + (number % 3) * 210, 400 - (number // 3) * 120
        pen.rectangle([left, top, left + 180, top + 120], fill="#c99f6b", outline="#8a6a43", width=4)
        pen.rectangle([left + 78, top, left + 102, top + 120], fill="#e3cda7")
    return _bytes(picture, "JPEG")


def _paper() -> bytes:
    """A drawn page in place of a scanned paper: lines of writing and a round stamp."""
    picture = Image.new("RGB", (620, 877), "#fbfaf6")
    pen = ImageDraw.Draw(picture)
    pen.rectangle([180, 70, 440, 96], fill="#55616b")
    for number in range(16):
        pen.rectangle([70, 150 + number * 36, 550 - (number % 4) * 40, 160 + number * 36], fill="#c5ccd1")
    pen.ellipse([390, 690, 530, 830], outline="#b3453c", width=6)
    return _bytes(picture, "PNG")


def _bytes(picture: Image.Image, kind: str) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind)
    return kept.getvalue()
