"""Rosters without identities: what is read, what is kept, who may send, see and erase, and how people are counted."""

import csv
import datetime
import io
import secrets

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric as oracle

from core.models import StatusChange
from portal.settings import ImproperlyConfigured, _roster_keys
from projects import services
from projects.models import Project, Roster, RosterEntry
from projects.selectors import distinct_persons
from projects.services.digests import id_number

PERIOD = {"period_from": "2026-01-01", "period_to": "2026-06-30"}
HEADING = "身份证号"


def number(sequence: int, *, birthday: str = "19700101", place: str = "500229") -> str:
    """A valid ID number of nobody in particular."""
    body = f"{place}{birthday}{sequence:03}"
    return body + oracle.calc_check_digit(body + "0")


def table(*rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([(HEADING,), *((row,) if isinstance(row, str) else row for row in rows)])
    return text.getvalue().encode()


def workbook(*rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return file.getvalue()


def url(name, *args):
    return reverse(f"projects:{name}", args=args)


@pytest.fixture(autouse=True)
def rosters_are_on(settings):
    settings.ROSTERS_ENABLED = True
    settings.ROSTER_KEYS = {"2026": secrets.token_bytes(32)}


@pytest.fixture
def send(page, regions):
    """Send a roster as somebody; the answer."""

    def send(project, user, content: bytes, *, region="500229", name="名册.csv", **fields):
        sent = PERIOD | {"region": regions[region].pk, "file": SimpleUploadedFile(name, content)} | fields
        return page(user).post(url("roster-add", project.pk), sent)

    return send


@given(st.integers(1, 999), st.dates(datetime.date(1900, 1, 1), datetime.date(2026, 1, 1)))
def test_every_valid_number_is_taken_and_every_changed_digit_is_noticed(sequence, birthday):
    good = number(sequence, birthday=f"{birthday:%Y%m%d}", place="110101")
    assert oracle.is_valid(good)
    assert id_number(good) == (good, "")
    assert id_number(f" {good.lower()}\t") == (good, "")
    for place, digit in enumerate(good[:17]):
        wrong = good[:place] + str((int(digit) + 1) % 10) + good[place + 1 :]
        taken, reason = id_number(wrong)
        assert not taken
        assert reason
        assert not any(piece in reason for piece in (wrong, wrong[6:14], wrong[-4:]))


@pytest.mark.parametrize("cell", ["", "张三", "500229700101123", 500229197001010013.0, "5002291970010100１X3", None])
def test_what_is_no_number_of_18_characters_is_refused(cell):
    assert id_number(cell)[0] == ""


def test_people_of_two_organizations_and_projects_are_counted_once(
    make_project, send, member, second_member, second_organization, outsider, officer, regions
):
    first = make_project(Project.Status.ACTIVE)
    second = make_project(Project.Status.ACTIVE, lead=second_organization, by=outsider)
    assert send(first, member, table(*(number(n) for n in (1, 2, 3, 3)))).status_code == 302
    assert send(second, second_member, workbook((HEADING,), (number(3),), (number(4),))).status_code == 302
    roster = Roster.objects.get(project=first)
    assert (roster.rows, roster.persons, roster.key_id, roster.jurisdiction_id) == (4, 3, "2026", "500000000000")
    seen = distinct_persons(Roster.objects.visible_to(officer))
    assert (seen.total, seen.lines[0].rosters) == (4, 2)
    assert distinct_persons(Roster.objects.visible_to(member)).total == 3
    assert distinct_persons(Roster.objects.inside(regions["500229201"])).total == 0


def test_a_new_key_or_another_province_makes_other_digests_and_bounds(settings):
    def read(province="500000000000"):
        return services.read_roster(content=table(number(1)), jurisdiction=province)

    before, elsewhere = read(), read("370000000000")
    settings.ROSTER_KEYS = {"2027": secrets.token_bytes(32), **settings.ROSTER_KEYS}
    after = read()
    assert (before.key_id, after.key_id) == ("2026", "2027")
    assert len(before.values | elsewhere.values | after.values) == 3
    assert all(len(value) == 32 for value in before.values)


def test_rosters_under_two_keys_give_bounds(make_project, send, member, settings):
    project = make_project(Project.Status.ACTIVE)
    send(project, member, table(number(1), number(2)))
    settings.ROSTER_KEYS = {"2027": secrets.token_bytes(32)}
    send(project, member, table(number(2)))
    seen = distinct_persons(Roster.objects.all())
    assert (seen.total, seen.at_least, seen.at_most) == (None, 2, 3)


def test_bad_rows_are_named_by_row_and_column_and_nothing_is_kept(make_project, send, member):
    rows = [("姓名", HEADING), ("甲", number(1)), ("乙", "500229197001010"), ("", ""), ("丙", number(2)[:-1] + "7")]
    answer = send(make_project(Project.Status.ACTIVE), member, workbook(*rows))
    assert answer.status_code == 400
    problems = [(problem.row, problem.column) for problem in answer.context["problems"]]
    assert problems in ([(3, "B"), (5, "B")], [(3, "B")])
    assert "500229197001010" not in answer.text
    assert not Roster.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (table(), "no row below"),
        (b"a,b\n1,2\n", "heading"),
        (f"{HEADING},ID number\n1,2\n".encode(), "heading"),
        (workbook((HEADING,), (number(1),))[:-40], "damaged"),
        (f'{HEADING}\n"5002'.encode(), "cannot be read"),
        (HEADING.encode("gb18030") + b"\n\xff\xff", "cannot be read"),
        (table(*[number(1)] * 10) + b"\n" * (5 * 1024 * 1024), "larger than 5 MB"),
        (workbook((HEADING,), (500229197001010013,)), "Nothing was taken"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(make_project, send, member, content, words):
    answer = send(make_project(Project.Status.ACTIVE), member, content)
    assert answer.status_code == 400
    assert words in " ".join(answer.context["form"].errors["file"])
    assert not Roster.objects.exists()


def test_only_managers_of_the_lead_send_and_staff_see_counts_only(
    make_project, send, member, second_member, officer, outsider, page
):
    project = make_project(Project.Status.ACTIVE)
    for stranger in (second_member, officer, outsider):
        assert send(project, stranger, table(number(1))).status_code == 403
    send(project, member, table(number(1), number(2)))
    shown = page(officer).get(url("roster-list", project.pk))
    assert shown.context["distinct"].total == 2
    assert page(outsider).get(url("roster-list", project.pk)).status_code == 403
    assert page().get(url("roster-list", project.pk)).status_code == 302
    assert page(officer).get(url("roster-figures"), {"region": "500229"}).context["distinct"].total == 2
    assert page(outsider).get(url("roster-figures")).context["distinct"].total == 0
    assert page(member).get(url("roster-template")).content.startswith(b"PK")


def test_a_roster_needs_a_begun_project_and_a_past_period(make_project, send, member):
    assert "status is" in send(make_project(Project.Status.DRAFT), member, table(number(1))).text
    project = make_project(Project.Status.ACTIVE)
    assert "in the future" in send(project, member, table(number(1)), period_to="2099-01-01").text
    assert "before it begins" in send(project, member, table(number(1)), period_to="2025-01-01").text
    assert not Roster.objects.exists()


def test_erasing_deletes_the_digests_and_keeps_the_number_and_the_reason(make_project, send, member, officer, page):
    project = make_project(Project.Status.ACTIVE)
    send(project, member, table(number(1)))
    roster = Roster.objects.get()
    assert page(officer).post(url("roster-erase", roster.pk), {"reason": " "}).status_code == 400
    assert RosterEntry.objects.exists()
    page(officer).post(url("roster-erase", roster.pk), {"reason": "当事人要求"})
    roster.refresh_from_db()
    assert (roster.status, roster.persons, RosterEntry.objects.count()) == ("erased", 1, 0)
    assert StatusChange.objects.of(roster).first().note == "当事人要求"
    assert page(officer).get(url("roster-list", project.pk)).context["distinct"].total == 0


def test_digests_go_when_their_time_is_over(make_project, send, member, settings):
    send(make_project(Project.Status.ACTIVE), member, table(number(1)))
    assert services.erase_outdated() == 0
    settings.ROSTER_KEEP_DAYS = 0
    assert services.erase_outdated() == 1
    assert services.erase_outdated() == 0
    assert not RosterEntry.objects.exists()


def test_rosters_are_off_unless_somebody_decides_otherwise(make_project, send, member, officer, page, settings):
    project = make_project(Project.Status.ACTIVE)
    assert url("roster-list", project.pk) in page(member).get(url("project-detail", project.pk)).text
    settings.ROSTERS_ENABLED = False
    assert url("roster-list", project.pk) not in page(member).get(url("project-detail", project.pk)).text
    assert send(project, member, table(number(1))).status_code == 404
    for name, *args in (("roster-list", project.pk), ("roster-figures",), ("roster-template",), ("roster-erase", 1)):
        assert page(officer).get(url(name, *args)).status_code == 404
    assert page(officer).get("/api/v1/rosters/figures/").status_code == 404


def test_counts_are_read_over_rest(make_project, send, member, officer, page):
    project = make_project(Project.Status.ACTIVE)
    send(project, member, table(number(1)))
    (row,) = page(officer).get(f"/api/v1/projects/{project.pk}/rosters/").json()
    assert (row["persons"], row["jurisdiction"]["code"]) == (1, "500000")
    assert page(officer).get("/api/v1/rosters/figures/?region=500229").json()["total"] == 1
    assert page(officer).get("/api/v1/rosters/figures/?region=1").status_code == 400
    answer = page(officer).post(f"/api/v1/rosters/{row['id']}/erase/", {"reason": "到期"}, "application/json")
    assert answer.json()["status"] == "erased"


def test_keys_come_from_a_file_and_a_bad_one_is_not_repeated(tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"2027:{'ab' * 32}\n2026:{'cd' * 32}\n")
    assert list(_roster_keys(str(file))) == ["2027", "2026"]
    assert _roster_keys("") == {}
    file.write_text("2026:abcd")
    with pytest.raises(ImproperlyConfigured) as caught:
        _roster_keys(str(file))
    assert "abcd" not in str(caught.value)
