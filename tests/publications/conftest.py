"""A document of 城口县 in any status, entered by the officer and published by a colleague."""

import datetime
import io
import zipfile

import pytest
from django.test import Client

from publications import services
from publications.models import Document

Status = Document.Status
ROADS = {
    Status.DRAFT: [],
    Status.SUBMITTED: ["submit"],
    Status.RETURNED: ["submit", "return"],
    Status.PUBLISHED: ["submit", "publish"],
    Status.WITHDRAWN: ["submit", "publish", "withdraw"],
}
WORDS = {"return": {"reason": "缺少附件"}, "withdraw": {"note": "内容有误"}}
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def values(regions) -> dict:
    """The fields of a valid document."""
    return {
        "kind": "notice",
        "number": "渝民〔2021〕114号",
        "issuer_name": "重庆市民政局",
        "title": "关于进一步加强鲁渝社会组织协作的通知",
        "issued_on": datetime.date(2021, 9, 1),
        "region": regions["500229"],
        "body": "各区县民政局：\n\n请认真贯彻执行。",
        "source_url": "https://example.org/114",
    }


@pytest.fixture
def make_document(values, officer, second_officer):
    """Make a document in a status; a file can be attached while it is a draft."""

    def make(status: str = Status.DRAFT, *, file: bytes | None = None, **fields) -> Document:
        document = services.create_document(values=values | fields, by=officer)
        if file is not None:
            services.attach_file(document=document, name="附件.pdf", content=file, by=officer)
        for step in ROADS[status]:
            person = officer if step == "submit" else second_officer
            getattr(services, f"{step}_document")(document=document, by=person, **WORDS.get(step, {}))
        return document

    return make


@pytest.fixture
def page(db):
    """A browser in English, logged in as somebody or nobody."""

    def open_as(user=None, language: str = "en") -> Client:
        client = Client()
        client.cookies["django_language"] = language
        if user is not None:
            client.force_login(user)
        return client

    return open_as


def office_file(*names: str) -> bytes:
    """A zip file with empty entries of these names, as Word and Excel files are."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return kept.getvalue()


DOCX = office_file("[Content_Types].xml", "word/document.xml")
XLSX = office_file("[Content_Types].xml", "xl/workbook.xml")
