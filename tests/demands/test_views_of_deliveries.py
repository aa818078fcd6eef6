"""Pages of deliveries and acceptance, as people use them."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from demands import services
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, SpotCheck
from tests.demands.conftest import PDF, url

TODAY = timezone.localdate()


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def file_of(delivery: Delivery, file: DeliveryFile) -> str:
    return reverse("demands:delivery-file", args=[delivery.pk, file.pk])


def test_the_agreement_is_entered_with_its_file_and_comes_back_as_a_download(
    log_in, demand, claim_of, officer, member, outsider
):
    claim = services.approve_claim(claim=claim_of(demand, 60), by=officer)
    window = log_in(member)
    assert "Enter the signed agreement" in text(window.get(url("claim-detail", claim)))
    address = url("claim-agreement", claim)
    sent = {"number": "协议1号", "signed_on": TODAY.isoformat(), "file": upload("a.txt", b"a")}
    refused = window.post(address, sent)
    assert refused.status_code == 400
    assert "Allowed are: pdf" in text(refused)
    assert "协议1号" in text(refused)
    assert window.post(address, sent | {"file": upload("协议.pdf", PDF)}).status_code == 302
    claim.refresh_from_db()
    assert claim.status == Claim.Status.AGREED
    answer = window.get(url("agreement-file", claim))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PDF
    assert log_in(outsider).get(url("agreement-file", claim)).status_code == 404


def test_a_delivery_is_entered_in_two_steps_and_handed_over(log_in, agreed, member, photo):
    claim = agreed(60)
    window = log_in(member)
    page = window.get(url("delivery-create", claim))
    assert 'value="60"' in text(page)
    line = claim.lines.get()
    too_much = {"delivered_on": TODAY.isoformat(), f"line_{line.pk}": "61", "note": "第一车"}
    answer = window.post(url("delivery-create", claim), too_much)
    assert answer.status_code == 400
    assert "60 条 are still to be delivered" in text(answer)
    assert "第一车" in text(answer)
    answer = window.post(url("delivery-create", claim), too_much | {f"line_{line.pk}": "40"})
    delivery = claim.deliveries.get()
    assert answer.url == url("delivery-files", delivery)
    assert "Hand over</button>" not in text(window.get(answer.url))
    files = {
        "photos": [upload("一.jpg", photo()), upload("二.jpg", photo((300, 200)))],
        "receipt": upload("r.pdf", PDF),
    }
    assert window.post(answer.url, files).status_code == 302
    page = text(window.get(answer.url))
    assert page.count("<img ") == 3  # with the logo
    assert "Hand over</button>" in page
    answer = window.post(url("delivery-hand-over", delivery), {"version": delivery.version}, follow=True)
    assert "Somebody changed this record" in text(answer)  # the files were added since
    delivery.refresh_from_db()
    answer = window.post(url("delivery-hand-over", delivery), {"version": delivery.version}, follow=True)
    assert "Handed over." in text(answer)
    assert window.get(url("delivery-files", delivery)).status_code == 302
    assert window.get(url("delivery-edit", delivery)).status_code == 302


def test_a_wrong_file_is_named_and_the_right_ones_are_kept(log_in, agreed, prepared, photo, member):
    delivery = prepared(agreed(60), 60, evidence=False)
    files = {"photos": [upload("好.jpg", photo()), upload("坏.jpg", b"no picture")]}
    answer = log_in(member).post(url("delivery-files", delivery), files)
    assert answer.status_code == 400
    assert "坏.jpg" in text(answer)
    assert "Kept: 好.jpg" in text(answer)
    assert delivery.files.get().name == "好.jpg"
    nothing = log_in(member).post(url("delivery-files", delivery), {})
    assert "Choose at least one photo or the signed receipt." in text(nothing)
    answer = log_in(member).post(reverse("demands:delivery-file-remove", args=[delivery.pk, delivery.files.get().pk]))
    assert answer.status_code == 302
    assert not delivery.files.exists()


def test_everybody_but_officers_gets_the_copy_without_position(
    log_in, client, agreed, deliver, inspect, member, reporter, officer, demand
):
    delivery = deliver(agreed(60), 60)
    address = file_of(delivery, delivery.files.get())
    client.logout()
    assert client.get(address).status_code == 404
    for person in (member, reporter, officer):
        answer = log_in(person).get(address)
        content = b"".join(answer.streaming_content)
        assert b"SecretCamera" not in content
        assert len(Image.open(io.BytesIO(content)).getexif()) == 0
        assert answer["Content-Type"] == "image/jpeg"
    assert log_in(member).get(address + "?original=1").status_code == 404
    assert log_in(reporter).get(address + "?original=1").status_code == 404
    original = log_in(officer).get(address + "?original=1")
    assert b"SecretCamera" in b"".join(original.streaming_content)
    inspect(delivery, ("accepted", 60))
    client.logout()
    assert b"SecretCamera" not in b"".join(client.get(address).streaming_content)
    assert client.get(address + "?original=1").status_code == 404
    assert address in text(client.get(url("demand-detail", demand)))


def test_the_receipt_is_never_public(client, agreed, prepared, inspect, member, demand):
    delivery = prepared(agreed(60), 60, evidence=[("receipt", "签收.pdf", PDF)])
    services.hand_over(delivery=delivery, by=member)
    inspect(delivery, ("accepted", 60))
    address = file_of(delivery, delivery.files.get())
    assert client.get(address).status_code == 404
    assert address not in text(client.get(url("demand-detail", demand)))
    client.force_login(member)
    assert client.get(address)["Content-Disposition"].startswith("attachment")


def test_the_village_enters_line_by_line_and_takes_an_entry_back(log_in, agreed, deliver, reporter):
    claim = agreed(60)
    delivery = deliver(claim, 60)
    row = delivery.lines.get()
    window = log_in(reporter)
    assert 'value="60"' in text(window.get(url("delivery-inspect", delivery)))
    found = {f"accepted_{row.pk}": "50", f"returned_{row.pk}": "5", f"short_{row.pk}": "10"}
    answer = window.post(url("delivery-inspect", delivery), found)
    assert answer.status_code == 400
    assert "Together these are 65; of this delivery 60 条" in text(answer)
    assert "Say why it was sent back." in text(answer)
    assert "<details open>" in text(answer)
    found |= {f"short_{row.pk}": "5", f"reason_{row.pk}": "破损"}
    answer = window.post(url("delivery-inspect", delivery), found, follow=True)
    assert "Entered." in text(answer)
    assert [entry.outcome for entry in AcceptanceEntry.objects.all()] == ["accepted", "short", "returned"]
    entry = AcceptanceEntry.objects.first()
    assert url("entry-reverse", entry) in text(answer)
    answer = window.post(url("entry-reverse", entry), {"reason": "数错"}, follow=True)
    assert "taken back" in text(answer)
    assert 'value="50"' in text(window.get(url("delivery-inspect", delivery)))


def test_an_empty_inspection_and_a_substitute_without_a_name_are_told(log_in, agreed, deliver, reporter):
    delivery = deliver(agreed(60), 60)
    row = delivery.lines.get()
    window = log_in(reporter)
    assert "Enter what you found" in text(window.post(url("delivery-inspect", delivery), {}))
    answer = window.post(url("delivery-inspect", delivery), {f"substituted_{row.pk}": "60"})
    assert "Say what came in place" in text(answer)


def test_the_county_sees_the_checks_and_verifies_or_sends_back(log_in, agreed, deliver, inspect, officer, reporter):
    claim = agreed(60)
    inspect(deliver(claim, 60), ("accepted", 60))
    window = log_in(officer)
    page = text(window.get(url("claim-verify", claim)))
    assert "Without a signed receipt: JF-" in page
    assert "All that was claimed is accepted." in page
    answer = window.post(url("claim-verify", claim), {"decision": "verify"})
    assert (answer.status_code, "Give a reason" in text(answer)) == (409, True)
    window.post(url("claim-verify", claim), {"decision": "back", "note": "补签收单"})
    claim.refresh_from_db()
    assert claim.status == Claim.Status.DELIVERED
    village = log_in(reporter)
    assert "补签收单" in text(village.get(url("claim-detail", claim)))
    village.post(url("claim-confirm", claim), {"reason": "签收单在村委会"})
    answer = log_in(officer).post(url("claim-verify", claim), {"decision": "verify", "note": "已看原件"}, follow=True)
    assert "Verified. Both sides can rate now." in text(answer)


def test_who_accepted_is_told_that_a_second_person_verifies(log_in, agreed, deliver, inspect, officer):
    claim = agreed(60)
    inspect(deliver(claim, 60), ("accepted", 60), by=officer)
    page = text(log_in(officer).get(url("claim-verify", claim)))
    assert "a second person has to verify it" in page
    assert 'value="verify"' not in page
    answer = log_in(officer).post(url("claim-verify", claim), {"decision": "verify", "note": "可"})
    assert answer.status_code == 409


def test_a_spot_check_is_ordered_and_its_outcome_entered(log_in, agreed, deliver, officer, member):
    claim = agreed(60)
    deliver(claim, 60)
    window = log_in(officer)
    window.post(url("spot-check-order", claim), {"reason": "来信"})
    spot = SpotCheck.objects.get()
    assert claim.reference in text(window.get(url("spot-check-list") + "?status=open"))
    assert log_in(member).get(url("spot-check-detail", spot)).status_code == 404
    window = log_in(officer)
    later = (TODAY + datetime.timedelta(days=1)).isoformat()
    sent = {"outcome": "confirmed", "checked_on": later, "finding": "清点无误"}
    assert "still to come" in text(window.post(url("spot-check-detail", spot), sent))
    answer = window.post(url("spot-check-detail", spot), sent | {"checked_on": TODAY.isoformat()}, follow=True)
    assert "The outcome of the spot check is entered." in text(answer)
    assert "清点无误" in text(log_in(member).get(url("spot-check-detail", spot)))


def test_both_sides_rate_once(log_in, agreed, deliver, inspect, officer, reporter, member):
    claim = agreed(60)
    inspect(deliver(claim, 60), ("accepted", 60))
    services.verify_claim(claim=claim, by=officer, note="可")
    for person, comment in ((reporter, "很暖和"), (member, "流程顺畅")):
        window = log_in(person)
        assert "There is a problem" in text(window.post(url("claim-rate", claim), {}))
        answer = window.post(url("claim-rate", claim), {"score": "5", "comment": comment}, follow=True)
        assert comment in text(answer)
        assert window.post(url("claim-rate", claim), {"score": "5"}).status_code == 409


def test_the_work_queue_counts_what_waits(log_in, agreed, deliver, inspect, officer, make_demand, claim_of):
    claim = agreed(60)
    delivery = deliver(claim, 60)
    page = text(log_in(officer).get("/work/"))
    assert "Deliveries awaiting acceptance (1)" in page
    assert delivery.reference in page
    inspect(delivery, ("accepted", 60))
    services.order_spot_check(claim=claim, reason="来信", by=officer)
    page = text(log_in(officer).get("/work/"))
    assert "Deliveries awaiting acceptance (0)" in page
    assert "Claims awaiting verification (1)" in page
    assert "Spot checks to carry out (1)" in page


def test_the_reporter_finds_what_waits_for_the_village(log_in, agreed, deliver, reporter, make_demand):
    delivery = deliver(agreed(60), 60)
    draft = make_demand("draft", title="水渠修缮")
    page = text(log_in(reporter).get("/work/"))
    assert delivery.reference in page
    assert draft.title in page
    assert "Claims to decide on" not in page


def test_a_checked_demand_waits_for_the_county_and_no_longer_for_the_township(log_in, make_demand, checker, officer):
    demand = make_demand("submitted", title="水渠修缮")
    assert demand.title in text(log_in(checker).get("/work/"))
    services.check_demand(demand=demand, by=checker)
    assert demand.title not in text(log_in(checker).get("/work/"))
    assert demand.title in text(log_in(officer).get("/work/"))


def test_lists_filter_search_and_export(log_in, agreed, deliver, prepared, officer, member):
    claim = agreed(60)
    handed, draft = deliver(claim, 20), prepared(claim, 10)
    page = text(log_in(member).get(url("delivery-list")))
    assert handed.reference in page
    assert draft.reference in page
    page = text(log_in(officer).get(url("delivery-list")))
    assert handed.reference in page
    assert draft.reference not in page
    window = log_in(member)
    for query, expected in (
        ("status=draft", [draft]),
        (f"q={handed.reference}", [handed]),
        ("q=棉被", [draft, handed]),
        (f"claim={claim.reference}", [draft, handed]),
        (f"delivered_on_after={TODAY + datetime.timedelta(days=1)}", []),
        ("region=500229", [draft, handed]),
    ):
        assert list(window.get(f"{url('delivery-list')}?{query}").context["object_list"]) == expected, query
    csv = window.get(url("delivery-list") + "?format=csv")
    assert handed.reference in b"".join(csv.streaming_content).decode()
