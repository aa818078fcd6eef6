"""Reading what people send: dates in every spelling, headings under every name, files that are no workbooks."""

import datetime
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation

from exchange.sheets import (
    Choice,
    Column,
    Kind,
    Sheet,
    Unreadable,
    Unresolved,
    WrongHeader,
    cells,
    read,
    template,
    write,
)
from organizations.sheets import ORGANIZATION_SHEET

SHEET = Sheet(
    "gifts",
    "登记",
    "Gifts",
    (
        Column("name", "名称", "Name", required=True, aliases=("姓名",)),
        Column("day", "日期", "Day", Kind.DATE),
        Column("amount", "金额（元）", "Amount (yuan)", Kind.DECIMAL),
        Column("kind", "类型", "Kind", Kind.CHOICE, choices=(Choice("a", "甲", "first"), Choice("b", "乙", "second"))),
        Column("ok", "同意", "Consent", Kind.YES_NO),
        Column("places", "地区", "Regions", many=True, resolve=lambda texts: {t: PLACES.get(t, NONE) for t in texts}),
    ),
    max_rows=50,
)
NONE = Unresolved("no such place", "look it up")
PLACES = {"500229": "城口县", "500237": "巫山县"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def csv(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\n".join(lines).encode(encoding)


def book(*lines: list, name: str = "Sheet1") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet(name)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return target.getvalue()


class TestCells:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-1-2",
            "2026-01-02",
            "2026/1/2",
            "2026.1.2",
            "2026年1月2日",
            "２０２６年１月２日",
            "20260102",
            "2026-01-02 00:00:00",
            46024,
            46024.0,
            "46024",
            datetime.date(2026, 1, 2),
            datetime.datetime(2026, 1, 2, 8, 0),
        ],
    )
    def test_a_day_may_be_written_in_many_ways(self, text):
        assert cells.parse_date(text) == datetime.date(2026, 1, 2)

    @pytest.mark.parametrize("text", ["26-1-2", "2026-13-01", "2026-02-30", "tomorrow", "1", "2026年", True, "9" * 9])
    def test_what_is_no_day_is_refused(self, text):
        with pytest.raises(cells.BadCell):
            cells.parse_date(text)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("600000", "600000"),
            ("600,000.50", "600000.50"),
            ("６００，０００", "600000"),
            ("¥60元", "60"),
            (600000.0, "600000"),
            (0.1 + 0.2, "0.3"),
            ("9999999999999999.99", "9999999999999999.99"),
        ],
    )
    def test_an_amount_is_exact(self, text, value):
        assert cells.parse_decimal(text, 2) == Decimal(value)

    @pytest.mark.parametrize("text", ["0", "-1", "abc", "60万", "NaN", "Infinity", "1e20", "1.005", "1" * 21, "", "+"])
    def test_what_is_no_amount_is_refused(self, text):
        with pytest.raises(cells.BadCell):
            cells.parse_decimal(text, 2)

    def test_numbers_in_text_cells_are_codes_without_a_point(self):
        assert cells.text_of(500229.0) == "500229"
        assert cells.text_of("５００２２９") == "500229"

    def test_chinese_punctuation_stays(self):
        assert cells.text_of("社工站（城口）；甲") == "社工站（城口）；甲"

    def test_text_that_an_export_defused_is_read_as_it_was(self):
        assert cells.text_of("'-5") == "-5"


class TestHeadings:
    @pytest.mark.parametrize("heading", ["名称", "Name", "name", " 名 称 ", "姓名", "名称*", "NAME"])
    def test_a_column_is_known_by_every_one_of_its_names(self, heading):
        assert read(SHEET, csv(heading, "甲")).rows[0].values["name"] == "甲"

    def test_brackets_may_be_of_either_width(self):
        assert read(SHEET, csv("名称,金额(元)", "甲,5")).rows[0].values["amount"] == 5

    def test_a_title_may_stand_above_the_headings(self):
        rows = read(SHEET, csv("2026年登记,,", "名称,日期,", "甲,2026-1-2,")).rows
        assert [(row.number, row.values["name"]) for row in rows] == [(3, "甲")]

    def test_amounts_in_ten_thousand_yuan_are_converted_exactly(self):
        rows = read(SHEET, csv("名称,金额（万元）", "甲,60.5", "乙,1.23万元")).rows
        assert [row.values["amount"] for row in rows] == [605_000, 12_300]

    def test_headings_may_stand_in_two_merged_rows(self):
        rows = read(SHEET, csv("名称,捐款,,", ",日期,金额(元),", "甲,2026-1-2,5,")).rows
        assert [(row.number, row.values["amount"]) for row in rows] == [(3, 5)]

    def test_the_column_of_reasons_of_a_marked_file_is_not_read(self):
        assert read(SHEET, csv("名称,What is wrong", "甲,Day: no day")).rows[0].values["name"] == "甲"

    def test_one_sentence_names_what_is_missing_unknown_and_twice(self):
        with pytest.raises(WrongHeader) as wrong:
            read(SHEET, csv("日期,日期,颜色", "2026-1-2,,"))
        assert str(wrong.value) == (
            "The headings of the sheet “CSV” do not fit the template. Missing: Name. Unknown: 颜色. Twice: 日期."
        )

    def test_a_cell_without_a_heading_is_told(self):
        assert "no heading" in read(SHEET, csv("名称", "甲,5")).problems[0].reason


class TestRows:
    def test_all_problems_come_at_once_with_their_place(self):
        reading = read(
            SHEET, csv("名称,日期,金额（元）,类型,同意,地区", "甲,x,-1,丙,maybe,999999", ",,,,,", ",2026-1-2,,,,")
        )
        assert [(p.row, p.column, p.value) for p in reading.problems] == [
            (2, "Day", "x"),
            (2, "Amount (yuan)", "-1"),
            (2, "Kind", "丙"),
            (2, "Consent", "maybe"),
            (2, "Regions", "999999"),
            (4, "Name", ""),
        ]
        assert reading.rows == []

    def test_good_rows_are_parsed_and_resolved(self):
        reading = read(SHEET, csv("名称,类型,同意,地区", "甲,乙,是,500229；500237"))
        values = reading.rows[0].values
        assert (values["kind"], values["ok"], values["places"]) == ("b", True, ["城口县", "巫山县"])

    def test_a_file_of_old_excel_in_gb18030_is_read(self):
        assert read(SHEET, csv("名称", "城口县", encoding="gb18030")).rows[0].values["name"] == "城口县"

    def test_the_sheet_with_the_declared_name_is_read_wherever_it_stands(self):
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as made:
            made.add_worksheet("说明").write(0, 0, "text")
            sheet = made.add_worksheet("登记")
            sheet.write_row(0, 0, ["名称"])
            sheet.write_row(1, 0, ["甲"])
        assert read(SHEET, target.getvalue()).rows[0].sheet == "登记"

    def test_more_rows_than_allowed_are_refused(self):
        with pytest.raises(Unreadable, match="51 rows"):
            read(SHEET, csv("名称", *["甲"] * 51))

    def test_headings_without_rows_are_refused(self):
        with pytest.raises(Unreadable):
            read(SHEET, csv("名称", ""))


def archive(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return target.getvalue()


def encrypted() -> bytes:
    content = bytearray(archive(xl__workbook_xml=b"x"))
    # Bit 0 of the flags in the central directory says that the entry is encrypted.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    content = bytearray(archive(xl__workbook_xml=b"x" * 5000))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "is empty"),
            (b"   \n", "is empty"),
            (b"\xd0\xcf\x11\xe0" + b"x" * 100, "password or has the old .xls"),
            (b"PK\x03\x04 broken", "damaged"),
            (b"%PDF-1.7", "neither an .xlsx"),
            (b"<html>", "neither an .xlsx"),
            (b"\x00\x01\x02", "neither an .xlsx"),
            ("名称\n".encode() + b"x" * 5000 + b"\x00\n", "neither an .xlsx"),
            (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
            (archive(word__document_xml=b"x"), "not an .xlsx workbook"),
            (archive(xl__workbook_xml=b"x", xl__vbaProject_bin=b"x"), "macros"),
            (archive(xl__workbook_xml=b"x", a=b"0" * (161 * 1024 * 1024)), "too large when it is unpacked"),
            (archive(xl__workbook_xml=b"x", **{f"n{i}": b"" for i in range(501)}), "too large when it is unpacked"),
            (archive(xl__workbook_xml=b'<!DOCTYPE x [<!ENTITY a "b">]>'), "does not need"),
            (archive(xl__workbook_xml=b"<workbook>"), "damaged"),
            (encrypted(), "encrypted"),
            (lying(), "damaged"),
            (b"\xff\xfe\xfd\xfc", "cannot be read"),
        ],
    )
    def test_what_cannot_be_read_is_one_sentence(self, content, words):
        with pytest.raises(Unreadable, match=words):
            read(SHEET, content)

    @pytest.mark.parametrize("place", [(60_000, 0), (0, 300)])
    def test_a_cell_far_outside_is_refused_before_anything_reserves_room_for_it(self, place):
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as made:
            sheet = made.add_worksheet()
            sheet.write(0, 0, "名称")
            sheet.write(*place, "x")
        with pytest.raises(Unreadable, match="reaches beyond"):
            read(SHEET, target.getvalue())

    def test_a_cut_off_workbook_is_damaged(self):
        content = book(["名称"], ["甲"])
        with pytest.raises(Unreadable):
            read(SHEET, content[: len(content) // 2])


class TestWriting:
    def test_what_is_written_can_be_read_again(self):
        row = {"name": "甲", "day": datetime.date(2026, 1, 2), "amount": Decimal("5.50"), "kind": "乙", "ok": "是"}
        values = read(SHEET, write(SHEET, [row])).rows[0].values
        assert (values["day"], values["amount"], values["kind"]) == (row["day"], row["amount"], "b")

    def test_the_same_rows_are_the_same_bytes(self):
        assert write(SHEET, [{"name": "甲"}]) == write(SHEET, [{"name": "甲"}])

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_template_has_the_headings_and_refuses_only_for_want_of_rows(self, language):
        with translation.override(language):
            content = template(SHEET)
        with pytest.raises(Unreadable, match="no row below"):
            read(SHEET, content)


def test_the_words_of_a_column_with_several_stand_beside_its_cells():
    with translation.override("zh-hans"):
        book = openpyxl.load_workbook(io.BytesIO(template(ORGANIZATION_SHEET)))
        words = [choice.label for choice in ORGANIZATION_SHEET.column("focus").choices]
    found = book.worksheets[0].data_validations.dataValidation
    rules = {str(rule.sqref).partition(":")[0].rstrip("0123456789"): rule for rule in found}
    letters = {
        column.key: openpyxl.utils.get_column_letter(n) for n, column in enumerate(ORGANIZATION_SHEET.columns, 1)
    }
    assert rules[letters["kind"]].type == "list"
    focus = rules[letters["focus"]]
    assert focus.type in (None, "none") and all(word in focus.prompt for word in words)
    explained = [row[3] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert set(words) <= set(explained)
