"""Personal data are found in texts and readable files, and ordinary numbers are left alone."""

import io
import time
import zipfile

import pytest

from core import screening

IDENTITY = "11010519491231002X"
CARD = "6222020200000000006"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"张某 {IDENTITY}", "identity"),
        ("号码１１０１０５１９４９１２３１００２ｘ", "identity"),
        ("110105 19491231 002X", "identity"),
        (f"卡号 {CARD}", "bank_card"),
        ("6222 0202 0000 0000 006", "bank_card"),
        ("手机 138-0013-8000", "mobile"),
        ("+86 13800138000", "mobile"),
        ("座机 0562-1234567", "landline"),
        ("电话：5551234", "landline"),
        ("138\u200b0013\u20608000", "mobile"),
    ],
)
def test_personal_numbers_are_found_however_they_are_spaced(text, what):
    assert [finding.what for finding in screening.find(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check sign
        "6222020200000000007",  # wrong Luhn sum
        "村代码 340722119210，渝民〔2021〕114号",
        "需要 2500 公斤，每篮 35 元，2026-11-22 至 2027-03-31",
        "12345678901",  # no mobile begins so
        "合计 100000000 元",
    ],
)
def test_ordinary_numbers_are_left_alone(text):
    assert screening.find(text) == []


def test_what_is_found_is_shown_masked_and_once():
    (found,) = screening.find(f"{IDENTITY} 又 {IDENTITY}")
    assert found.sample == "110…2X"


def office(name: str, xml: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, xml)
    return made.getvalue()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("txt", "联系 13800138000".encode()),
        ("csv", "姓名,电话\n张,13800138000\n".encode("gb18030")),
        ("docx", office("word/document.xml", "<w:p><w:r><w:t>1380013</w:t></w:r><w:r><w:t>8000</w:t></w:r></w:p>")),
        ("xlsx", office("xl/sharedStrings.xml", "<si><t>13800138000</t></si><si><t>1</t></si>")),
        ("xlsx", office("xl/worksheets/sheet1.xml", "<c><v>13800138000</v></c><c><v>7</v></c>")),
    ],
)
def test_readable_files_are_read(kind, content):
    assert [f.what for f in screening.find(screening.words_of(kind=kind, content=content))] == ["mobile"]


def test_a_broken_office_file_is_no_crash():
    assert screening.words_of(kind="docx", content=b"PK\x03\x04 broken") == ""


@pytest.mark.parametrize("body", ["<" * 2_000_000, "<w:br " * 400_000, "<w:t>13800138000</w:t><w:br/>" * 30_000])
def test_a_file_made_to_keep_the_portal_busy_is_read_in_no_time(body):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
    began = time.process_time()
    found = screening.find(screening.words_of(kind="docx", content=made.getvalue()))
    assert time.process_time() - began < 8
    assert [finding.what for finding in found] == (["mobile"] if "138" in body else [])


def test_words_between_tags_and_signs_that_are_no_tags_stay():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w:p a='1'><w:t>甲 > 乙</w:t><w:br w:x='1'/>丙</w:p>丁<cut")
    assert screening.words_of(kind="docx", content=made.getvalue()) == "甲 > 乙\n丙\n丁<cut"
