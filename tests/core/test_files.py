"""Files that may be taken in, told by their content, and what becomes of pictures."""

import datetime
import io
import random

import pytest
from django.utils import translation
from PIL import Image

from core import files
from tests.publications.conftest import DOCX, PDF, XLSX, office_file

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20

GOOD = [
    ("通知.pdf", PDF, "pdf"),
    ("通知.PDF", PDF, "pdf"),
    ("方案.docx", DOCX, "docx"),
    ("表.xlsx", XLSX, "xlsx"),
    ("图.png", PNG, "png"),
    ("图.jpg", JPG, "jpg"),
    ("图.jpeg", JPG, "jpg"),
    ("表.csv", "\ufeff姓名,数量\r\n棉被,60\r\n".encode(), "csv"),
    ("表.csv", "姓名,数量\r\n".encode("gb18030"), "csv"),
    ("说明.txt", "说明\n".encode(), "txt"),
]
WRONG_CONTENT = [
    ("a.pdf", b"<html><script>alert(1)</script>"),
    ("a.pdf", b"MZ\x90\x00"),
    ("a.pdf", b"\n%PDF-1.7"),
    ("a.docx", PDF),
    ("a.docx", XLSX),
    ("a.xlsx", DOCX),
    ("a.docx", b"PK\x03\x04 broken"),
    ("a.docx", DOCX[:60]),
    ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ("a.docx", office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    ("a.xlsx", office_file("[Content_Types].xml", "xl/workbook.xml", "xl/embeddings/run.exe")),
    ("a.docx", office_file("a.txt")),
    ("a.png", JPG),
    ("a.png", b"\x89PNG"),
    ("a.jpg", b"GIF89a"),
    ("a.txt", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("a.txt", b"\xef\xbb\xbf  <svg onload=alert(1)>"),
    ("a.csv", b"<?xml version='1.0'?>"),
    ("a.txt", b"a\x00b"),
    ("a.txt", PNG),
    ("a.txt", b"MZ plain"),
    ("a.txt", b"#!/bin/sh\n"),
    ("a.csv", XLSX),
    ("a.txt", b"\xff\xff\xff"),
]
WRONG_KIND = [
    "a.exe",
    "a.pdf.exe",
    "a.docm",
    "a.xlsm",
    "a.doc",
    "a.svg",
    "a.html",
    "a.zip",
    "a",
    ".pdf",
    "",
    "a.pdf\u202ex",
]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD)
def test_a_file_of_an_allowed_kind_is_known_by_its_content(name, content, kind):
    assert files.check(name=name, content=content) == (name, kind)


@pytest.mark.parametrize(("name", "content"), WRONG_CONTENT, ids=range(len(WRONG_CONTENT)))
def test_content_of_another_kind_is_refused_in_both_languages(name, content):
    kind = name.rpartition(".")[2]
    with translation.override("en"), pytest.raises(files.FileRefused, match=f"is not that of a {kind} file"):
        files.check(name=name, content=content)
    with translation.override("zh-hans"), pytest.raises(files.FileRefused, match=f"的内容不是 {kind} 文件"):
        files.check(name=name, content=content)


@pytest.mark.parametrize("name", WRONG_KIND)
def test_other_kinds_are_refused_with_the_list_of_allowed_ones(name):
    with translation.override("en"), pytest.raises(files.FileRefused, match="Allowed are: pdf, docx, xlsx, png"):
        files.check(name=name, content=PDF)
    with translation.override("zh-hans"), pytest.raises(files.FileRefused, match="允许的类型：pdf"):
        files.check(name=name, content=PDF)


def test_empty_and_too_large_files_are_refused(monkeypatch):
    with pytest.raises(files.FileRefused, match="空|empty"):
        files.check(name="a.pdf", content=b"")
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(files.FileRefused, match="MB"):
        files.check(name="a.pdf", content=PDF)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\报告.pdf", "报告.pdf"),
        ('a"; filename="b.pdf', "a_; filename=_b.pdf"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
    ],
)
def test_the_name_is_only_a_name(sent, kept):
    assert files.clean_name(sent) == kept


def test_a_caller_may_allow_fewer_kinds():
    with pytest.raises(files.FileRefused, match="png, jpg"):
        files.check(name="a.pdf", content=PDF, kinds=("png", "jpg"))
    assert files.check(name="a.png", content=PNG, kinds=("png", "jpg")) == ("a.png", "png")


def photograph(size=(640, 480), *, turned: int = 1, day: str = "2026:02:27 10:00:00", kind: str = "JPEG") -> bytes:
    """A picture, red above and blue below, with what a phone writes into it: day, position, camera, way up."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = turned, "SecretCamera", day
    exif.get_ifd(0x8825).update({1: "N", 2: (31.9, 0.0, 0.0), 3: "E", 4: (108.6, 0.0, 0.0)})
    exif.get_ifd(0x8769)[0x9003] = day
    made = io.BytesIO()
    picture.save(made, kind, exif=exif, comment=b"SecretComment") if kind == "JPEG" else picture.save(made, kind)
    return made.getvalue()


def test_a_cleaned_picture_shows_the_same_and_says_nothing_more():
    original = photograph()
    assert b"SecretCamera" in original
    assert b"SecretComment" in original
    made = files.clean_picture(name="a.jpg", content=original)
    assert (made.width, made.height, made.taken_on, made.located) == (640, 480, datetime.date(2026, 2, 27), True)
    assert b"Secret" not in made.content
    shown = Image.open(io.BytesIO(made.content))
    assert len(shown.getexif()) == 0
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    top, bottom = shown.getpixel((320, 100)), shown.getpixel((320, 380))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]


def test_a_cleaned_picture_stands_upright_and_is_not_larger_than_needed():
    made = files.clean_picture(name="a.jpg", content=photograph((4000, 3000), turned=6))
    assert (made.width, made.height) == (1200, 1600)


def test_a_transparent_picture_gets_a_white_ground():
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(made, "PNG")
    cleaned = files.clean_picture(name="a.png", content=made.getvalue())
    assert Image.open(io.BytesIO(cleaned.content)).getpixel((5, 5)) == (255, 255, 255)
    assert (cleaned.taken_on, cleaned.located) == (None, False)


def test_a_day_that_cannot_be_is_no_day():
    assert files.clean_picture(name="a.jpg", content=photograph(day="0000:00:00 00:00:00")).taken_on is None


@pytest.mark.parametrize("content", [PNG, JPG, photograph()[:900], b"", PDF], ids=["png", "jpg", "cut", "empty", "pdf"])
def test_a_damaged_picture_is_refused(content):
    with pytest.raises(files.FileRefused):
        files.clean_picture(name="a.jpg", content=content)


def test_whatever_is_damaged_in_a_picture_it_is_made_anew_or_refused():
    dice, refused = random.Random(20_211_112), 0
    for _number in range(600):
        content = bytearray(photograph((64, 64), turned=6))
        for _hit in range(3):
            content[dice.randrange(2, 300)] = dice.randrange(256)
        try:
            files.clean_picture(name="a.jpg", content=bytes(content))
        except files.FileRefused:
            refused += 1
    assert refused > 10


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(files, "MOST_PIXELS", 1000)
    with pytest.raises(files.FileRefused, match="像素|pixels"):
        files.clean_picture(name="a.png", content=photograph(kind="PNG"))
