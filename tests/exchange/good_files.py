"""Good files of the organization sheet, by Excel, LibreOffice, WPS and CSV: `good()` gives (program, name, bytes)."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests.exchange.corpus import ENGLISH, GOOD, HEADINGS, again, book, code, row, text_of

FILES = Path(__file__).parent / "files"


def good() -> Iterator[tuple[str, str, bytes]]:
    yield from _as_excel()
    yield from _with_extras()
    yield from _as_libreoffice()
    yield from _as_wps()
    yield from _as_csv()


def _as_excel() -> Iterator[tuple[str, str, bytes]]:
    """Shared strings, drop-down lists, frozen panes, a title, the English headings, any order of columns."""
    lines = [row(n) for n in range(1, 6)]
    yield "Excel", "plain", book(HEADINGS, *lines)
    yield "Excel", "a title above", book(["2026 年登记表"], HEADINGS, *lines)
    yield "Excel", "two rows above", book(["登记表"], [""], HEADINGS, *lines)
    yield "Excel", "marked headings", book([f"{word}*" for word in HEADINGS], *lines)
    yield "Excel", "English", book(ENGLISH, [value for value in row()[:5]])
    yield "Excel", "English words", book(ENGLISH, row(1, kind="Foundation", level="county")[:5])
    yield "Excel", "codes of choices", book(HEADINGS, row(1, kind="foundation", level="county", synthetic="yes"))
    yield "Excel", "columns turned round", book(HEADINGS[::-1], *[line[::-1] for line in lines])
    yield "Excel", "without the optional column", book(HEADINGS[:5], *[line[:5] for line in lines])
    yield "Excel", "numbers as numbers", book(HEADINGS, row(1, region=500229, synthetic=1))
    yield "Excel", "full-width digits", book(HEADINGS, row(1, region="５００２２９"))
    yield "Excel", "lower-case code", book(HEADINGS, row(1, uscc=code(1).lower()))
    yield "Excel", "code in groups", book(HEADINGS, row(1, uscc=f"{code(1)[:8]} {code(1)[8:]}"))
    yield "Excel", "region by path", book(HEADINGS, row(1, region="重庆市城口县"))
    yield "Excel", "region by code and name", book(HEADINGS, row(1, region="500229 城口县"))
    yield "Excel", "empty rows between", book(HEADINGS, lines[0], [], lines[1], [""], [], lines[2])


def _with_extras() -> Iterator[tuple[str, str, bytes]]:
    """What people add around a table: panes, comments, lists, merged titles and headings, further sheets."""
    lines = [row(n) for n in range(1, 6)]
    frozen = lambda b, s: (s.freeze_panes(1, 0), s.autofilter(0, 0, 5, 5), s.write_comment(1, 0, "看"))  # noqa: E731
    yield "Excel", "panes, filter and comment", book(HEADINGS, *lines, change=frozen)
    listed = lambda b, s: s.data_validation(1, 1, 99, 1, {"validate": "list", "source": ["社会团体"]})  # noqa: E731
    yield "Excel", "drop-down list", book(HEADINGS, *lines, change=listed)
    merged_title = lambda b, s: s.merge_range(0, 0, 0, 5, "登记表")  # noqa: E731
    yield "Excel", "merged title", book([""], HEADINGS, *lines, change=merged_title)
    grouped = [["名称", "类型", "登记", "", "", "演示代码"], ["", "", *HEADINGS[2:5], ""]]
    joined = lambda b, s: (s.merge_range(0, 2, 0, 4, "登记"), s.merge_range(0, 0, 1, 0, "名称"))  # noqa: E731
    yield "Excel", "merged headings in two rows", book(*grouped, *lines, change=joined)
    yield "Excel", "constant memory", book(HEADINGS, *lines, options={"constant_memory": True})
    yield "Excel", "1904 dates", book(HEADINGS, *lines, options={"date_1904": True})
    second = lambda b, s: b.add_worksheet("说明").write(0, 0, "填表说明")  # noqa: E731
    yield "Excel", "second sheet", book(HEADINGS, *lines, change=second)
    yield (
        "Excel",
        "blank cells with a format",
        book(HEADINGS, *lines, change=lambda b, s: s.write_blank(20, 5, None, b.add_format({"bold": True}))),
    )
    yield "Excel", "2,000 rows", book(HEADINGS, *[row(n) for n in range(1, 2001)])


def _as_libreoffice() -> Iterator[tuple[str, str, bytes]]:
    """openpyxl writes like LibreOffice: no shared-string counts, absolute targets, an app name of its own."""
    for name, extra in (("plain", {}), ("inline", {"write_only": True})):
        made = openpyxl.Workbook(**extra)
        sheet = made.create_sheet("工作表1") if extra else made.active
        for line in [HEADINGS, row(1), row(2)]:
            sheet.append(line)
        target = io.BytesIO()
        made.save(target)
        content = target.getvalue()
        yield "LibreOffice", name, content
        yield "LibreOffice", f"{name}, named", again(content, _app(b"LibreOffice/7.4.7.2$Linux_X86_64"))
    for file in sorted(FILES.glob("libreoffice-*")):
        yield "LibreOffice itself", file.name, file.read_bytes()
    yield "LibreOffice", "declared standalone", again(GOOD, lambda n, d: d.replace(b' standalone="yes"', b""))
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
    yield "LibreOffice", "not compressed", stored.getvalue()


def _app(name: bytes):
    return lambda n, d: re.sub(rb"<Application>.*?</Application>", b"<Application>%s</Application>" % name, d)


def _as_wps() -> Iterator[tuple[str, str, bytes]]:
    """WPS: its name, no cell references where they follow one another, directories in the archive."""
    yield "WPS", "named", again(GOOD, _app("WPS 表格".encode()))
    yield (
        "WPS",
        "absolute targets",
        again(GOOD, lambda n, d: d.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')),
    )
    folders = io.BytesIO(GOOD)
    with zipfile.ZipFile(folders, "a") as archive:
        archive.mkdir("xl/media") if hasattr(archive, "mkdir") else archive.writestr("xl/media/", b"")
    yield "WPS", "folders in the archive", folders.getvalue()
    yield "WPS", "without calculation", again(GOOD, lambda n, d: re.sub(rb"<calcPr[^>]*/>", b"", d))


def _as_csv() -> Iterator[tuple[str, str, bytes]]:
    text = text_of(HEADINGS, row(1), row(2))
    yield "CSV", "UTF-8 with mark", text.encode("utf-8-sig")
    yield "CSV", "UTF-8", text.encode()
    yield "CSV", "GB18030", text.encode("gb18030")
    yield "CSV", "GBK from WPS, CRLF", text.replace("\n", "\r\n").encode("gbk")
    yield "CSV", "tabs", text.replace(",", "\t").encode("gb18030")
    yield "CSV", "quoted", "".join(",".join(f'"{v}"' for v in line) + "\n" for line in (HEADINGS, row(1))).encode()
    yield "CSV", "blank lines and no last line end", text.replace("\n", "\n\n").rstrip().encode()
