"""Attached files of documents, and how they come back."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import files
from core.models import StatusChange
from core.states import WrongState
from publications import services
from publications.models import Attachment, Document
from tests.publications.conftest import PDF

Status = Document.Status


def test_a_file_is_kept_under_a_random_name_with_its_sum(make_document, officer):
    document = make_document(file=PDF)
    kept = document.attachments.get()
    assert (kept.name, kept.kind, kept.size) == ("附件.pdf", "pdf", len(PDF))
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert Path(kept.file.name).parent == Path("publications")
    assert "附件" not in kept.file.name
    assert document.version == 2


def test_the_same_file_and_too_many_files_are_refused(make_document, officer, monkeypatch):
    document = make_document(file=PDF)
    with pytest.raises(files.FileRefused, match="已经上传|already"):
        services.attach_file(document=document, name="b.pdf", content=PDF, by=officer)
    monkeypatch.setattr(services, "MAX_FILES", 1)
    with pytest.raises(files.FileRefused, match="最多|at most"):
        services.attach_file(document=document, name="b.txt", content=b"b", by=officer)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN])
def test_files_change_only_while_the_document_can_be_changed(make_document, officer, status):
    document = make_document(status, file=PDF)
    with pytest.raises(WrongState):
        services.attach_file(document=document, name="b.txt", content=b"b", by=officer)
    with pytest.raises(WrongState):
        services.remove_file(attachment=document.attachments.get(), by=officer)


def test_a_removed_file_leaves_the_disk_and_stays_in_the_history(
    make_document, officer, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    document = make_document(file=PDF)
    assert [path.read_bytes() for path in tmp_path.rglob("*.pdf")] == [PDF]
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(attachment=document.attachments.get(), by=officer)
    assert list(tmp_path.rglob("*.pdf")) == []
    assert not document.attachments.exists()
    assert StatusChange.objects.of(document).first().changes == {"attachments": ["附件.pdf", ""]}


def test_a_file_whose_row_is_not_stored_is_not_left_behind(make_document, officer, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    document = make_document()

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(services.states, "record", fail)
    with pytest.raises(RuntimeError):
        services.attach_file(document=document, name="a.pdf", content=PDF, by=officer)
    assert list(tmp_path.rglob("*.pdf")) == []
    assert not Attachment.objects.exists()


def address(document: Document) -> str:
    return reverse("publications:file-download", args=[document.pk, document.attachments.get().pk])


def test_a_download_is_saved_and_never_shown(make_document, page):
    answer = page().get(address(make_document(Status.PUBLISHED, file=PDF)))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("status", Status.values)
def test_only_those_who_read_the_document_get_its_files(make_document, page, officer, outsider, status):
    url = address(make_document(status, file=PDF))
    public = 200 if status == Status.PUBLISHED else 404
    assert page().get(url).status_code == public
    assert page(outsider).get(url).status_code == public
    assert page(officer).get(url).status_code == 200


def test_a_file_of_another_document_and_a_lost_file_are_not_found(make_document, page):
    document = make_document(Status.PUBLISHED, file=PDF)
    other = make_document(Status.PUBLISHED, number="渝民〔2021〕115号")
    kept = document.attachments.get()
    assert page().get(reverse("publications:file-download", args=[other.pk, kept.pk])).status_code == 404
    kept.file.storage.delete(kept.file.name)
    assert page().get(address(document)).status_code == 404


def test_a_file_is_uploaded_and_taken_away_on_pages(make_document, page, officer):
    document = make_document()
    url = reverse("publications:file-add", args=[document.pk])
    answer = page(officer).post(url, {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 302
    html = page(officer).get(answer["Location"]).content.decode()
    assert "a.pdf" in html
    assert "<dt>attachment</dt>" in html  # the history names the field in the reader's language
    kept = document.attachments.get()
    assert page(officer).post(reverse("publications:file-remove", args=[document.pk, kept.pk])).status_code == 302
    assert not document.attachments.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "is not that of a pdf file"), ("zh-hans", "的内容不是 pdf 文件")]
)
def test_a_wrong_file_comes_back_with_one_sentence(make_document, page, officer, language, words):
    url = reverse("publications:file-add", args=[make_document().pk])
    answer = page(officer, language).post(url, {"file": SimpleUploadedFile("x.pdf", b"no")})
    assert answer.status_code == 400
    assert words in answer.content.decode()
