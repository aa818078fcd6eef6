"""Exports open in Excel and WPS as they are meant: Chinese readable, numbers as numbers, nothing run as a formula."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.exports import Column, cell, csv_answer, csv_lines, xlsx_answer

# Closing an answer ends a request, and that looks at the database connection.
pytestmark = pytest.mark.django_db

COLUMNS = [Column("Name", lambda row: row[0]), Column("Amount", lambda row: row[1])]
ROWS = [("城口县", Decimal("-12.50")), ('=HYPERLINK("http://x")', 3), ('quoted "x", y', None)]


def read_csv(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def read_xlsx(answer):
    content = b"".join(answer.streaming_content)
    answer.close()
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠"))
def test_text_that_would_run_is_defused(start):
    assert cell(f"{start}cmd") == f"'{start}cmd"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        (-5, -5),
        (Decimal("-0.01"), Decimal("-0.01")),
        ("a-b=c", "a-b=c"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (datetime.datetime(2026, 1, 1, 20, 30, tzinfo=datetime.UTC), "2026-01-02 04:30"),
    ],
)
def test_other_values_stay_what_they_are(value, expected):
    assert cell(value) == expected


def test_yes_and_no_are_words():
    with translation.override("en"):
        assert (cell(True), cell(False)) == ("yes", "no")


def test_a_csv_has_a_byte_order_mark_and_every_row():
    answer = csv_answer("捐赠", COLUMNS, ROWS)
    assert read_csv(answer) == [
        ["Name", "Amount"],
        ["城口县", "-12.50"],
        ['\'=HYPERLINK("http://x")', "3"],
        ['quoted "x", y', ""],
    ]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename*=utf-8''%E6%8D%90%E8%B5%A0.csv" in answer["Content-Disposition"]


def test_a_csv_is_made_row_by_row():
    def endless():
        while True:
            yield ("x", 1)

    lines = csv_lines(COLUMNS, endless())
    assert [next(lines) for _ in range(3)][2] == "x,1\r\n"


def test_a_csv_speaks_the_language_of_the_request_although_it_is_sent_later():
    columns = [Column(gettext_lazy("Yes"), lambda row: gettext_lazy("Yes"))]
    with translation.override("en"):
        answer = csv_answer("x", columns, [1])
    with translation.override("zh-hans"):
        assert read_csv(answer) == [["Yes"], ["Yes"]]
        assert translation.get_language() == "zh-hans"


def test_a_workbook_keeps_numbers_and_explains_itself():
    with translation.override("en"):
        book = read_xlsx(xlsx_answer("gifts", COLUMNS, ROWS, notes=[("Filters", "=1+1")]))
    data, notes = book.worksheets
    rows = [[entry.value for entry in row] for row in data.iter_rows()]
    assert rows[0] == ["Name", "Amount"]
    assert rows[1] == ["城口县", -12.5]
    assert rows[2][0] == '\'=HYPERLINK("http://x")'
    assert [entry.data_type for entry in data["A"]] == ["s"] * 4
    assert data["B2"].data_type == "n"
    assert [row[0].value for row in notes.iter_rows()] == ["Filters", "Exported at"]
    assert notes["B1"].value == "'=1+1"


def test_a_workbook_reads_the_rows_once():
    taken = []

    def rows():
        for number in range(2000):
            taken.append(number)
            yield (str(number), number)

    book = read_xlsx(xlsx_answer("x", COLUMNS, rows()))
    assert book.worksheets[0].max_row == 2001
    assert len(taken) == 2000


def test_days_are_cells_a_spreadsheet_can_sort_and_older_ones_are_text():
    days = [datetime.date(2026, 1, 2), datetime.date(1899, 12, 31)]
    book = read_xlsx(xlsx_answer("x", [Column("day", lambda day: day)], days))
    first, second = (book.worksheets[0].cell(row, 1) for row in (2, 3))
    assert (first.value, first.number_format) == (datetime.datetime(2026, 1, 2), "yyyy-mm-dd")
    assert second.value == "1899-12-31"
