"""Malformed files of the organization sheet in more than sixteen classes. All are made here, none is in the tree.

`bad()` gives (class, name, bytes, place) where `place` is the (row, column key) a problem has to name, or None when the
file as a whole is refused.
"""

import datetime
import io
import itertools
import struct
import zipfile
from collections.abc import Iterator

import xlsxwriter

from organizations import uscc

HEADINGS = ["名称", "类型", "统一社会信用代码", "登记级别", "登记地区代码", "演示代码"]
ENGLISH = ["Name", "Kind", "Unified social credit code", "Registration level", "Code of the region"]
Bad = tuple[str, str, bytes, tuple[int, str] | None]


def code(number: int) -> str:
    """A synthetic credit code of 城口县 with the right check character."""
    body = f"51500229MJ{number:07d}"
    return body + uscc.check_character(body)


def row(number: int = 1, **changes) -> list:
    values = {
        "name": f"城口县第{number}协会",
        "kind": "社会团体",
        "uscc": code(number),
        "level": "县级",
        "region": "500229",
    }
    return list({**values, "synthetic": "是", **changes}.values())


def book(*lines: list, name: str = "Sheet1", options: dict | None = None, change=None) -> bytes:
    """A workbook as XlsxWriter writes it; `change(book, sheet)` adds to it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, **(options or {})}) as made:
        sheet = made.add_worksheet(name)
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for number, line in enumerate(lines):
            for index, value in enumerate(line):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(number, index, value, day)
                else:
                    sheet.write(number, index, value)
        if change:
            change(made, sheet)
    return target.getvalue()


def again(content: bytes, edit) -> bytes:
    """The same archive with every entry passed through `edit(name, bytes)`; None leaves it out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            data = edit(entry, old.read(entry))
            if data is not None:
                new.writestr(entry, data)
    return target.getvalue()


def with_entry(content: bytes, name: str, data: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


GOOD = book(HEADINGS, row(1), row(2), row(3))


def no_zip() -> Iterator[Bad]:
    starts = {
        "text": b"PK\x03\x04 this is no archive",
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        "html": b"<html><table><tr><td>1</td></tr></table></html>",
        "xml": b"<?xml version='1.0'?><Workbook/>",
        "json": b'{"rows": []}',
        "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        "rar": b"Rar!\x1a\x07\x00\xcf\x90s\x00",
        "exe": b"MZ\x90\x00\x03\x00\x00\x00",
    }
    for name, content in starts.items():
        yield "not a workbook", name, content + b"\x00" * 50, None


def truncated() -> Iterator[Bad]:
    for tenth in range(1, 10):
        yield "truncated", f"{tenth}0 %", GOOD[: len(GOOD) * tenth // 10], None
    yield "truncated", "last byte of the directory", GOOD[:-30], None


def bombs() -> Iterator[Bad]:
    for megabytes in (170, 400):
        yield "zip bomb", f"{megabytes} MB", with_entry(GOOD, "xl/media/a.bin", b"0" * (megabytes << 20)), None
    many = GOOD
    target = io.BytesIO(many)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(600):
            archive.writestr(f"xl/media/{number}", b"")
    yield "zip bomb", "600 entries", target.getvalue(), None
    for size in (1, 10, 1000, 70_000, 4_000_000):
        content = bytearray(with_entry(GOOD, "xl/media/a.bin", b"0" * 8_000_000))
        place = content.rindex(b"PK\x01\x02") + 24
        content[place : place + 4] = struct.pack("<L", size)
        yield "zip bomb", f"directory says {size} bytes", bytes(content), None
    yield (
        "zip bomb",
        "sheet of blanks",
        again(GOOD, lambda n, d: d + b" " * (170 << 20) if "sheet1.xml" in n else d),
        None,
    )
    yield "zip bomb", "strings", again(GOOD, lambda n, d: d + b" " * (170 << 20) if "Strings" in n else d), None


def nested() -> Iterator[Bad]:
    for depth in range(1, 6):
        content = GOOD
        for level in range(depth):
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{level}.xlsx", content)
            content = target.getvalue()
        yield "nested archive", f"depth {depth}", content, None
    for kind in ("word/document.xml", "ppt/presentation.xml", "content.xml", "META-INF/MANIFEST.MF", "a.csv"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(kind, b"<x/>")
        yield "nested archive", kind, target.getvalue(), None


def entities() -> Iterator[Bad]:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    outside = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    empty = b"<!DOCTYPE l>"
    parts = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    for part, (name, text) in itertools.product(parts, (("laughs", laughs), ("file", outside), ("empty", empty))):
        yield (
            "XML entities",
            f"{name} in {part}",
            again(GOOD, lambda n, d, part=part, text=text: d.replace(b"?>", b"?>" + text, 1) if n == part else d),
            None,
        )


def too_far() -> Iterator[Bad]:
    for last in (100_200, 200_000, 500_000, 999_999, 1_048_575):
        yield "empty rows", str(last), book(HEADINGS, row(), change=lambda b, s, n=last: s.write(n, 0, "x")), None
    for first in (100_300, 1_000_000):
        blank = lambda b, s, n=first: s.write_blank(n, 3, None, b.add_format({"bold": True}))  # noqa: E731
        yield "empty rows", f"formatted {first}", book(HEADINGS, row(), change=blank), None
    for rows in (100_001, 100_050):
        text = ",".join(HEADINGS) + "\n" + (",".join(row()) + "\n") * rows
        yield "empty rows", f"{rows} rows of CSV", text.encode(), None
    yield "empty rows", "headings only", book(HEADINGS), None
    for last in (200, 255, 1000, 5000, 9999, 16_000, 16_383):
        yield "many columns", str(last), book(HEADINGS, row(), change=lambda b, s, n=last: s.write(0, n, "x")), None
    for last in (300, 700, 16_383):
        yield (
            "many columns",
            f"row 9, {last}",
            book(HEADINGS, row(), change=lambda b, s, n=last: s.write(8, n, 1)),
            None,
        )


def locked() -> Iterator[Bad]:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument", "EncryptionInfo"):
        yield "encrypted or old .xls", name, ole + b"\x00" * 500 + name.encode("utf-16-le"), None
    for count in range(1, 6):
        content = bytearray(GOOD)
        place = -1
        for _entry in range(count):
            place = content.index(b"PK\x01\x02", place + 1)
            content[place + 8] |= 1
        yield "encrypted or old .xls", f"{count} entries encrypted", bytes(content), None


def macros() -> Iterator[Bad]:
    names = ("xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/vbaProjectSignature.bin", "vbaProject.bin")
    for name in (*names, "xl/a/vbaProject.bin", "customUI/vbaProject.bin"):
        yield "macros", name, with_entry(GOOD, name, ole_stub()), None
    for count in (2, 3):
        yield "macros", f"{count} projects", with_entry(GOOD, f"xl/vbaProject{count}.bin", ole_stub()), None


def ole_stub() -> bytes:
    return b"\xd0\xcf\x11\xe0" + b"\x00" * 100


def renamed() -> Iterator[Bad]:
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        yield "renamed or mixed encoding", encoding, text_of(HEADINGS, row()).encode(encoding), None
    line = text_of(HEADINGS, row())
    yield "renamed or mixed encoding", "GB18030 after UTF-8", line.encode() + b"\xff\xfe\xfd,\xff", None
    yield "renamed or mixed encoding", "no text", b"\xff\xfe\xfd\xfc", None
    yield "renamed or mixed encoding", "open quotation mark", (line + '"城口县').encode(), None
    yield "renamed or mixed encoding", "text after a quotation mark", (line + '"a"b,c\n').encode(), None
    yield "renamed or mixed encoding", "semicolons", line.replace(",", ";").encode(), None
    yield "renamed or mixed encoding", "one column", "城口县\n城口县\n".encode(), None
    yield "renamed or mixed encoding", "NUL", line.encode() + b"a\x00b\n", None


def text_of(*lines: list) -> str:
    return "".join(",".join(map(str, line)) + "\n" for line in lines)


def headings() -> Iterator[Bad]:
    for index in range(5):
        if HEADINGS[index] != "统一社会信用代码":
            yield (
                "wrong heading",
                f"without {HEADINGS[index]}",
                book(_without(HEADINGS, index), _without(row(), index)),
                None,
            )
    for word in ("电话", "备注", "=1+1", "Namen", "名称（全称）", "123"):
        yield "wrong heading", f"unknown {word}", book([*HEADINGS, word], [*row(), "x"]), None
    for word in HEADINGS:
        yield "repeated heading", word, book([*HEADINGS, word], [*row(), "x"]), None
    for first, second in (("名称", "Name"), ("类型", "Kind"), ("登记级别", "level"), ("演示代码", "synthetic")):
        yield "repeated heading", f"{first} and {second}", book([*HEADINGS, second], [*row(), "x"]), None
    yield "wrong heading", "none", book(row(1), row(2)), None
    yield "wrong heading", "below row 5", book(*[["x"]] * 6, HEADINGS, row()), None


def _without(line: list, index: int) -> list:
    return [value for place, value in enumerate(line) if place != index]


def merged() -> Iterator[Bad]:
    for index, key in enumerate(("name", "kind", "uscc", "level", "region")):
        merge = lambda b, s, i=index: s.merge_range(1, i, 2, i, row()[i])  # noqa: E731
        yield "merged cells", f"two rows of {key}", book(HEADINGS, row(1), row(2), change=merge), (2, key)
    for last in (2, 3, 4, 5):
        merge = lambda b, s, i=last: s.merge_range(1, 0, 1, i, "x")  # noqa: E731
        yield "merged cells", f"columns up to {last}", book(HEADINGS, row(1), change=merge), (2, "name")
    merge = lambda b, s: s.merge_range(2, 0, 9, 3, "x")  # noqa: E731
    yield "merged cells", "a block", book(HEADINGS, row(1), change=merge), (3, "name")


def formulas() -> Iterator[Bad]:
    words = ('="a"', "=1+1", "=A2", "=SUM(A1:A9)", "=HYPERLINK(1)", '=WEBSERVICE("http://a")', "=cmd|' /C calc'!A0")
    for index, word in enumerate(words):
        place = index % 5
        key = ("name", "kind", "uscc", "level", "region")[place]
        write = lambda b, s, i=place, w=word: s.write_formula(1, i, w, None, row()[i])  # noqa: E731
        yield "formula cells", f"{word} in {key}", book(HEADINGS, row(1), row(2), change=write), (2, key)
    for number in (2, 9, 40):
        write = lambda b, s, n=number: s.write_formula(n, 0, "=A2", None, "城口县")  # noqa: E731
        lines = [row(n) for n in range(1, 60)]
        yield "formula cells", f"row {number + 1}", book(HEADINGS, *lines, change=write), (number + 1, "name")


def cells() -> Iterator[Bad]:
    wrong = {
        "kind": ("", "协会", "社会团体、基金会", "5", "ass"),
        "level": ("", "镇级", "乡", "3", "省市"),
        "region": ("", "999999", "50022", "城口", "城口县龙", "500229000001", "5002290000000", "１２３"),
        "synthetic": ("也许", "2", "真"),
        "name": ("", "长" * 121, "   ", "\u3000"),
    }
    for key, values in wrong.items():
        for value in values:
            yield "bad value", f"{key} {value[:10]!r}", book(HEADINGS, row(1), row(2, **{key: value})), (3, key)
    days = (datetime.date(2026, 1, 2), datetime.date(1904, 1, 1))
    for day, key in itertools.product(days, ("kind", "level", "region", "uscc")):
        for old in (False, True):
            made = book(HEADINGS, row(1, **{key: day}), options={"date_1904": old})
            yield "date in another column", f"{day} {key} 1904 {old}", made, (2, key)


def codes() -> Iterator[Bad]:
    right = code(1)
    for index in (0, 2, 8, 9, 12, 16, 17):
        other = "2" if right[index] != "2" else "3"
        wrong = right[:index] + other + right[index + 1 :]
        yield "check digit", f"digit {index + 1}", book(HEADINGS, row(1), row(2, uscc=wrong)), (3, "uscc")
    for name, wrong in {
        "short": right[:-1],
        "long": right + "1",
        "letter O": right[:9] + "O" + right[10:],
        "letter I": right[:9] + "I" + right[10:],
        "number": 51500229,
        "full width": "５１５０" + right[4:17] + ("2" if right[17] != "2" else "3"),
        "none": "",
    }.items():
        yield "check digit", name, book(HEADINGS, row(1), row(2, uscc=wrong)), (3, "uscc")


def repeats() -> Iterator[Bad]:
    for gap in (1, 2, 5, 20, 100):
        lines = [row(n) for n in range(1, gap + 1)]
        yield "duplicate keys", f"code after {gap}", book(HEADINGS, *lines, row(900, uscc=code(1))), (gap + 2, "uscc")
    for change in (str.lower, lambda c: c[:4] + " " + c[4:], lambda c: "".join(chr(ord(x) + 0xFEE0) for x in c)):
        lines = [row(1), row(2, uscc=change(code(1)))]
        yield "duplicate keys", f"code written {change(code(1))}", book(HEADINGS, *lines), (3, "uscc")
    filed = {"uscc": "", "kind": "社区社会组织", "name": "邻里社"}
    for region in ("500229", "城口县", "重庆市城口县", "500229000000"):
        lines = [row(1, **filed), row(2, **filed, region=region)]
        yield "duplicate keys", f"name in {region}", book(HEADINGS, *lines), (3, "name")


def bad() -> list[Bad]:
    makers = (no_zip, truncated, bombs, nested, entities, too_far, locked, macros, renamed, headings)
    makers += (merged, formulas, cells, codes, repeats)
    return [file for make in makers for file in make()]
