"""The county's day: a survey comes in as a workbook, a colleague publishes it, the first claim is approved, delivered,
accepted by the village and verified.
"""

from decimal import Decimal

import pytest
from django.utils import timezone

from demands import services
from demands.models import Claim, Demand
from demands.sheets import DEMAND_SHEET
from exchange.sheets import write
from regions.models import Region
from tests.core.test_files import photograph
from tests.demands.conftest import PDF
from tests.journeys.test_uploads import no_queue as no_queue
from tests.journeys.test_uploads import send, work
from tests.journeys.variants import audit, runs

VILLAGES = 120


@pytest.fixture
def survey(regions):
    """A list of the county, and a hundred and twenty villages that answered."""
    for number in range(VILLAGES):
        code = f"5002292022{number:02d}" if number < 100 else f"5002292023{number - 100:02d}"
        Region.objects.create(code=code, name=f"{number}村", level="village", parent_id=regions["500229201"].code)
    return list(Region.objects.filter(level="village", code__gte="500229202200").order_by("code"))


def book(villages, **wrong) -> bytes:
    rows = [
        {
            "key": str(number),
            "village": wrong.get(f"village_{number}", village.code),
            "form": "救助帮困",
            "title": f"{village.name}过冬棉被",
            "list": "冬季需求",
            "kind": "物资",
            "what": "棉被",
            "quantity": wrong.get(f"quantity_{number}", Decimal(100)),
            "unit": "条",
        }
        for number, village in enumerate(villages, start=1)
    ]
    return write(DEMAND_SHEET, rows)


@pytest.mark.parametrize(("scripts", "language", "width"), runs((False, "en", 1280)))
def test_the_county_takes_a_survey_in_and_follows_it_to_verification(
    scripts, language, width, window, survey, officer, second_officer, member, organization
):
    how = {"scripts": scripts, "language": language, "width": width}
    staff, colleague = window(**how), window(**how)
    batch = services.create_list(region=survey[0].parent.parent, title="冬季需求", by=officer)
    import_survey(staff, batch, survey)
    publish(colleague, batch)
    demand = Demand.objects.filter(village=survey[0]).get()
    lines = [(demand.items.get(), Decimal(60))]
    claim = services.claim_demand(demand=demand, organization=organization, lines=lines, plan="送货", by=member)
    approve(colleague, claim)
    delivered(claim, member)
    inspect(staff, claim)
    verify(colleague, claim)
    assert staff.loads + colleague.loads <= 40


def import_survey(staff, batch, survey) -> None:
    """Three cells are wrong; the file is corrected and sent again; all is handed in with the survey as evidence."""
    staff.open(f"/login/?next=/demands/lists/{batch.pk}/")
    staff.log_in("officer")
    audit(staff)
    staff.leave_by(staff.link(staff.words("Import demands")))
    send(staff, "bad.xlsx", book(survey, village_3="1", quantity_7="许多", quantity_9=Decimal(0)))
    staff.sees(staff.words("Nothing was stored. Correct the cells below in your file and upload it again."))
    assert staff.page.locator("main tbody tr").count() == 3
    audit(staff)
    staff.leave_by(staff.link(staff.words("Upload the corrected file")))
    send(staff, "good.xlsx", book(survey))
    staff.sees("120")
    staff.press("Store the rows")
    work(staff)
    staff.open(f"/demands/lists/{batch.pk}/evidence/")
    paper = {"name": "调查.txt", "mimeType": "text/plain", "buffer": "一百二十个村的问卷".encode()}
    staff.page.set_input_files("main input[type=file]", paper)
    staff.page.locator("main form button[type=submit]").last.click()
    staff.open(f"/demands/lists/{batch.pk}/")
    press(staff, staff.words("Submit all drafts (%(drafts)s)", drafts=VILLAGES))
    assert Demand.objects.filter(status=Demand.Status.SUBMITTED).count() == VILLAGES


def press(window, label: str) -> None:
    """Press a button whose words have a number in them."""
    window.leave_by(window.page.locator("main").get_by_role("button", name=label, exact=True))


def publish(colleague, batch) -> None:
    """The second person."""
    colleague.open("/login/?next=/work/")
    colleague.log_in("second-officer")
    colleague.sees(colleague.words("Demands to review"), str(VILLAGES))
    colleague.open(f"/demands/lists/{batch.pk}/")
    press(colleague, colleague.words("Publish all that wait (%(waiting)s)", waiting=VILLAGES))
    assert Demand.objects.filter(status=Demand.Status.PUBLISHED).count() == VILLAGES
    audit(colleague)


def approve(colleague, claim) -> None:
    colleague.open("/work/")
    audit(colleague)
    colleague.leave_by(colleague.link(claim.reference))
    colleague.leave_by(colleague.link(colleague.words("Approve")))
    audit(colleague)
    colleague.press("Approve")
    claim.refresh_from_db()
    assert claim.status == Claim.Status.APPROVED


def delivered(claim, member) -> None:
    """The organization signs and hands everything over, with a photo and the receipt."""
    today = timezone.localdate()
    paper = {"name": "协议.pdf", "content": PDF, "by": member}
    services.sign_agreement(claim=claim, number="协议1号", signed_on=today, **paper)
    lines = [(line, line.quantity) for line in claim.lines.all()]
    delivery = services.prepare_delivery(claim=claim, delivered_on=today, lines=lines, by=member)
    for purpose, name, content in (("photo", "现场.jpg", photograph()), ("receipt", "签收.pdf", PDF)):
        services.attach_file(delivery=delivery, purpose=purpose, name=name, content=content, by=member)
    services.hand_over(delivery=delivery, by=member)


def inspect(staff, claim) -> None:
    """The village has no reporter, so its county enters what arrived: two quilts were wet."""
    staff.open("/work/")
    staff.sees(f"{staff.words('Deliveries awaiting acceptance')} (1)")
    audit(staff)
    staff.leave_by(staff.link(claim.deliveries.get().reference))
    audit(staff)
    staff.leave_by(staff.link(staff.words("Enter what was found")))
    row = claim.deliveries.get().lines.get()
    staff.page.fill(f"[name=accepted_{row.pk}]", "58")
    staff.page.locator("main details summary").first.click()
    staff.page.fill(f"[name=returned_{row.pk}]", "2")
    audit(staff)
    staff.press("Enter the acceptance")
    staff.sees(staff.words("Say why it was sent back."))
    assert staff.page.input_value(f"[name=accepted_{row.pk}]") == "58"
    staff.page.fill(f"[name=returned_{row.pk}]", "")
    staff.page.fill(f"[name=substituted_{row.pk}]", "2")
    staff.page.fill(f"[name=instead_{row.pk}]", "毛毯")
    audit(staff)
    staff.press("Enter the acceptance")
    staff.sees(staff.words("Entered. The organization and the county see it now."), "毛毯")
    audit(staff)


def verify(colleague, claim) -> None:
    """The substitute is named by the automatic checks and needs a word; then it is done and figures follow."""
    colleague.open("/work/")
    colleague.sees(f"{colleague.words('Claims awaiting verification')} (1)")
    colleague.leave_by(colleague.link(claim.reference))
    colleague.sees("毛毯", colleague.words("Every delivery has a signed receipt."))
    audit(colleague)
    colleague.press("Verify")
    colleague.sees(colleague.words("Give a reason; the other side will read it."))
    colleague.page.fill("[name=note]", "毛毯同样可用")
    colleague.press("Verify")
    colleague.sees(colleague.words("Verified. Both sides can rate now."))
    audit(colleague)
    claim.refresh_from_db()
    assert claim.status == Claim.Status.VERIFIED
