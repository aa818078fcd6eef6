"""Finding documents."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from publications.filters import DocumentFilter
from publications.models import Document

Status = Document.Status


@pytest.fixture
def find(make_document, regions):
    """The titles a query finds among five documents."""
    make_document(Status.PUBLISHED, title="甲", body="提到乡村振兴")
    make_document(
        Status.PUBLISHED,
        title="乙方案",
        kind="plan",
        number="鲁民函〔2022〕34号",
        issuer_name="山东省民政厅",
        issued_on=datetime.date(2022, 1, 1),
        region=regions["371300"],
    )
    make_document(Status.PUBLISHED, title="丙", number="渝民〔2020〕7号", issued_on=None)
    make_document(Status.WITHDRAWN, title="丁", number="渝民〔2021〕9号", body="秘密正文")
    make_document(title="草稿", number="")

    def find(**query) -> str:
        found = DocumentFilter(query, queryset=Document.objects.visible_to(AnonymousUser()))
        assert found.is_valid(), found.errors
        return "".join(sorted(row.title[0] for row in found.qs))

    return find


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, "丁丙乙甲"),
        ({"q": "方案"}, "乙"),
        ({"q": "渝民[2021]114"}, "甲"),
        ({"q": "〔2021〕11"}, "甲"),
        ({"q": "（２０２２）34号"}, "乙"),
        ({"q": "山东省"}, "乙"),
        ({"q": "乡村振兴"}, "甲"),
        ({"q": "秘密正文"}, ""),
        ({"q": "100%"}, ""),
        ({"kind": "plan"}, "乙"),
        ({"region": "500229"}, "丁丙甲"),
        ({"region": "370000"}, "乙"),
        ({"year": "2020"}, "丙"),
        ({"year": "2021"}, "丁甲"),
        ({"issuer": "重庆"}, "丁丙甲"),
        ({"status": "withdrawn"}, "丁"),
        ({"status": "draft"}, ""),
    ],
)
def test_a_query_finds(find, query, titles):
    assert find(**query) == "".join(sorted(titles))


@pytest.mark.parametrize("query", [{"kind": "x"}, {"year": "abc"}, {"year": "1"}, {"region": "999999"}, {"q": "\0"}])
def test_a_wrong_query_is_bad_input(db, query):
    assert not DocumentFilter(query, queryset=Document.objects.all()).is_valid()
