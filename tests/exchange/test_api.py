"""Uploads over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from exchange import services
from exchange.models import Batch
from organizations.models import Organization
from tests.exchange.corpus import HEADINGS, book, row

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"


@pytest.fixture
def api(officer):
    client = APIClient(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


def send(api, content: bytes, sheet: str = "organizations") -> dict:
    answer = api.post(URL, {"sheet": sheet, "file": SimpleUploadedFile("x.xlsx", content)}, format="multipart")
    assert answer.status_code == 202
    services.run_batch(batch_id=answer.data["id"])
    return api.get(f"{URL}{answer.data['id']}/").data


def test_a_file_is_sent_checked_stored_and_taken_back(api):
    batch = send(api, book(HEADINGS, row(1), row(2)))
    assert (batch["status"], batch["counts"]["new"]) == ("checked", 2)
    address = f"{URL}{batch['id']}/"
    assert api.post(f"{address}store/").status_code == 202
    services.run_batch(batch_id=batch["id"])
    assert api.get(address).data["status"] == "stored"
    assert api.post(f"{address}store/").status_code == 409
    answer = api.post(f"{address}undo/", {"reason": "wrong file"})
    assert (answer.status_code, answer.data["status"]) == (202, "undoing")
    services.run_batch(batch_id=batch["id"])
    assert api.get(address).data["status"] == "undone"
    assert not Organization.objects.exists()


def test_every_error_is_told_with_its_place(api):
    batch = send(api, book(HEADINGS, row(1), row(2, region="999999")))
    (problem,) = api.get(f"{URL}{batch['id']}/problems/").data
    assert (batch["status"], problem["row"], problem["value"]) == ("refused", 3, "999999")
    assert problem["reason"] and problem["remedy"]


def test_a_sheet_that_does_not_exist_is_bad_input(api):
    answer = api.post(URL, {"sheet": "people", "file": SimpleUploadedFile("x.xlsx", b"x")}, format="multipart")
    assert answer.status_code == 400
    assert not Batch.objects.exists()


def test_staff_of_another_office_see_nothing(api, outsider):
    batch = send(api, book(HEADINGS, row(1)))
    other = APIClient()
    other.force_login(outsider)
    assert other.get(f"{URL}{batch['id']}/").status_code == 404
