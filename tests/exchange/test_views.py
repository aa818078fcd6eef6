"""The pages around an uploaded file, with the sheets of gifts and of organizations."""

import datetime
import io
from decimal import Decimal

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import StatusChange
from donations.models import Donation
from donations.services import reverse_donation
from donations.sheets import donation_sheet
from exchange import services, sheets
from exchange.models import Batch
from organizations import uscc
from organizations.models import Membership, Organization
from organizations.sheets import ORGANIZATION_SHEET

pytestmark = pytest.mark.django_db
CODE = "51500242MJP0000568"
OTHER_CODE = "52370600MJE000064H"


@pytest.fixture
def client_of(client):
    def log_in(user, language: str = "en"):
        client.force_login(user)
        client.cookies["django_language"] = language
        return client

    return log_in


def gifts(*rows: dict) -> bytes:
    good = {
        "import_key": "a-1",
        "donors": "临沂市慈善总会",
        "channel": "自身捐赠",
        "regions": "500229",
        "received_on": datetime.date(2026, 5, 20),
        "cash": Decimal(100),
    }
    return sheets.write(donation_sheet(), [{**good, **row} for row in rows])


def parties(*rows: dict) -> bytes:
    good = {"name": "城口县养老协会", "kind": "社会团体", "uscc": CODE, "level": "县级", "region": "500229"}
    return sheets.write(ORGANIZATION_SHEET, [{**good, **row} for row in rows])


def send(client, sheet: str, content: bytes, name: str = "x.xlsx") -> Batch:
    """Upload a file and let the worker check it."""
    answer = client.post(reverse("exchange:batch-add", args=[sheet]), {"file": SimpleUploadedFile(name, content)})
    batch = Batch.objects.latest("pk")
    assert answer.url == page_of(batch)
    return run(batch)


def run(batch: Batch) -> Batch:
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def store(client, batch: Batch) -> Batch:
    client.post(reverse("exchange:batch-store", args=[batch.pk]))
    return run(batch)


def undo(client, batch: Batch):
    answer = client.post(reverse("exchange:batch-undo", args=[batch.pk]), {"reason": "falsche Datei"})
    assert batch.__class__.objects.get(pk=batch.pk).status == "undoing"
    run(batch)
    return answer


def page_of(batch: Batch) -> str:
    return reverse("exchange:batch-detail", args=[batch.pk])


class TestRemarks:
    """What is unusual about a row is said before it is stored, and does not keep it from being stored."""

    def test_a_code_of_elsewhere_and_a_wrong_inner_check_are_remarked_in_both_languages(self, client_of, officer):
        body = "51500229MJ0000059"
        wrong_inside = body + uscc.check_character(body)
        client = client_of(officer)
        batch = send(client, "organizations", parties({}, {"name": "城口县茶叶协会", "uscc": wrong_inside}))
        assert (batch.status, batch.counts["new"], batch.counts["remarks"]) == ("checked", 2, 2)
        page = client.get(page_of(batch)).content.decode()
        assert all(words in page for words in ("500242", "GB 11714", "城口县茶叶协会"))
        first, second = (remark["text"] for remark in batch.preview["remarks"])
        assert set(first) == set(second) == {"zh-hans", "en"}
        assert second["zh-hans"] != second["en"]
        batch = store(client, batch)
        assert (batch.status, batch.counts["new"]) == ("stored", 2)

    def test_a_usual_file_has_none(self, client_of, officer):
        body = "51500229MJ0000050"
        assert uscc.inner_check_fits(body + "X")
        batch = send(client_of(officer), "organizations", parties({"uscc": body + uscc.check_character(body)}))
        assert batch.counts["remarks"] == 0
        assert batch.preview["remarks"] == []


class TestGifts:
    def test_a_good_file_is_shown_first_and_stored_after_confirmation(self, client_of, officer, organization):
        client = client_of(officer)
        batch = send(client, "donations", gifts({}, {"import_key": "a-2"}))
        assert (batch.status, batch.counts["new"]) == ("checked", 2)
        assert client.get(page_of(batch)).status_code == 200
        assert not Donation.objects.exists()
        batch = store(client, batch)
        assert (batch.status, batch.counts["new"]) == ("stored", 2)
        assert Donation.objects.filter(created_by=officer).count() == 2

    def test_confirming_and_delivering_thrice_and_the_same_file_again_change_nothing(
        self, client_of, officer, organization
    ):
        client = client_of(officer)
        for _time in range(2):
            batch = send(client, "donations", gifts({}))
            for _delivery in range(3):
                batch = store(client, batch)
        assert Donation.objects.count() == 1
        assert (batch.counts["new"], batch.counts["unchanged"]) == (0, 1)

    def test_all_errors_come_with_place_reason_and_remedy_in_both_languages(self, client_of, officer, organization):
        client = client_of(officer)
        batch = send(client, "donations", gifts({"cash": "-7"}, {"import_key": "a-2", "received_on": "2099-01-01"}))
        assert batch.status == "refused"
        page = client.get(page_of(batch)).content.decode()
        assert all(word in page for word in ("Cash (yuan)", "-7", "greater than zero", "lies in the future"))
        page = client_of(officer, "zh-hans").get(page_of(batch)).content.decode()
        assert all(word in page for word in ("现金（元）", "-7", "大于"))
        assert not Donation.objects.exists()

    def test_the_file_comes_back_with_its_errors_marked_and_can_be_sent_again(self, client_of, officer, organization):
        client = client_of(officer)
        batch = send(client, "donations", gifts({"cash": "-7"}))
        answer = client.get(reverse("exchange:batch-workbook", args=[batch.pk]))
        rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        head, line = rows.to_python()
        assert head[-1] == "What is wrong"
        assert "Cash (yuan)" in line[-1] and "greater than zero" in line[-1]
        again = send(client, "donations", answer.content)
        assert [entry["key"] for entry in again.problems] == ["cash"]

    @pytest.mark.parametrize("content", [b"PK broken", "名称,金额\n甲,5".encode(), b"\xd0\xcf\x11\xe0", b" "])
    def test_a_file_that_is_no_donation_sheet_is_refused(self, client_of, officer, content):
        batch = send(client_of(officer), "donations", content)
        assert batch.status == "refused" and batch.problems
        assert client_of(officer).get(page_of(batch)).status_code == 200

    def test_an_empty_file_is_refused_at_once(self, client_of, officer):
        answer = client_of(officer).post(
            reverse("exchange:batch-add", args=["donations"]), {"file": SimpleUploadedFile("x.xlsx", b"")}
        )
        assert answer.status_code == 400 and not Batch.objects.exists()

    def test_rows_of_other_regions_are_refused(self, client_of, outsider, organization):
        assert send(client_of(outsider), "donations", gifts({})).status == "refused"

    def test_a_row_that_no_longer_fits_stores_nothing(self, client_of, officer, organization):
        client = client_of(officer)
        first = send(client, "donations", gifts({}, {"import_key": "a-2"}))
        second = send(client, "donations", gifts({"cash": Decimal(7)}))
        store(client, second)
        first = store(client, first)
        assert (first.status, Donation.objects.count()) == ("refused", 1)

    def test_a_file_can_be_discarded_and_then_not_be_stored(self, client_of, officer, organization):
        client = client_of(officer)
        batch = send(client, "donations", gifts({}))
        client.post(reverse("exchange:batch-discard", args=[batch.pk]))
        assert store(client, batch).status == "discarded"
        assert not Donation.objects.exists()

    def test_nobody_sees_the_file_of_another(self, client_of, officer, second_officer, organization):
        batch = send(client_of(officer), "donations", gifts({}))
        assert client_of(second_officer).get(page_of(batch)).status_code == 404

    def test_taking_a_file_back_reverses_its_gifts_and_frees_their_keys(self, client_of, officer, organization):
        client = client_of(officer)
        batch = store(client, send(client, "donations", gifts({}, {"import_key": "a-2", "received_on": None})))
        assert undo(client, batch).status_code == 302
        assert batch.status == "undone"
        assert sorted(Donation.objects.values_list("status", flat=True)) == ["cancelled", "reversed"]
        again = send(client, "donations", gifts({"cash": Decimal(90)}))
        assert again.counts["new"] == 1

    def test_a_gift_reversed_before_stays_as_it_is(self, client_of, officer, organization):
        client = client_of(officer)
        batch = store(client, send(client, "donations", gifts({})))
        reverse_donation(donation=Donation.objects.get(), reason="错", by=officer)
        assert undo(client, batch).status_code == 302

    def test_a_repeat_under_another_key_is_a_possible_duplicate(self, client_of, officer, organization):
        client = client_of(officer)
        store(client, send(client, "donations", gifts({})))
        batch = send(client, "donations", gifts({"import_key": "b-1"}))
        assert (batch.status, batch.counts["similar"]) == ("checked", 1)
        assert "Possible duplicates" in client.get(page_of(batch)).content.decode()


class TestOrganizations:
    def test_new_changed_unchanged_and_similar_are_told_apart(self, client_of, officer):
        client = client_of(officer)
        store(client, send(client, "organizations", parties({}, {"name": "城口县茶协", "uscc": OTHER_CODE})))
        rows = [
            {},
            {"name": "城口县茶叶协会", "uscc": OTHER_CODE},
            {"name": "城口县养老协会", "uscc": "", "kind": "社区社会组织", "region": "500229100"},
        ]
        batch = send(client, "organizations", parties(*rows))
        wanted = {"rows": 3, "new": 1, "changed": 1, "unchanged": 1, "similar": 1, "remarks": 2}
        assert (batch.status, batch.counts) == ("checked", wanted)
        page = client.get(page_of(batch)).content.decode()
        assert "城口县茶协" in page and "城口县茶叶协会" in page
        batch = store(client, batch)
        changed = Organization.objects.get(uscc=OTHER_CODE)
        assert (changed.name, changed.initials, changed.status) == ("城口县茶叶协会", "ckxcyxh", "active")
        assert Organization.objects.count() == 3

    def test_every_stored_row_leaves_its_history(self, client_of, officer):
        client = client_of(officer)
        store(client, send(client, "organizations", parties({})))
        made = Organization.objects.get()
        assert made.created_by == officer
        assert [(c.old, c.new, c.by) for c in StatusChange.objects.of(made)] == [("", "active", officer)]

    def test_the_same_file_twice_changes_nothing(self, client_of, officer):
        client = client_of(officer)
        store(client, send(client, "organizations", parties({})))
        before = list(Organization.objects.values())
        batch = store(client, send(client, "organizations", parties({})))
        assert batch.counts["unchanged"] == 1
        assert list(Organization.objects.values()) == before

    @pytest.mark.parametrize(
        ("change", "column"),
        [
            ({"uscc": "51500242MJP0000567"}, "uscc"),
            ({"uscc": ""}, "uscc"),
            ({"region": "371300"}, "region"),
            ({"region": "999999"}, "region"),
            ({"kind": "党"}, "kind"),
        ],
    )
    def test_a_bad_cell_refuses_the_file(self, client_of, officer, change, column):
        batch = send(client_of(officer), "organizations", parties(change))
        assert [(entry["row"], entry["key"]) for entry in batch.problems] == [(2, column)]

    def test_the_same_organization_twice_in_a_file_is_refused(self, client_of, officer):
        batch = send(client_of(officer), "organizations", parties({}, {"name": "另一协会"}))
        assert [(entry["row"], entry["key"]) for entry in batch.problems] == [(3, "uscc")]

    def test_taking_a_file_back_removes_the_new_and_restores_the_changed(self, client_of, officer):
        client = client_of(officer)
        store(client, send(client, "organizations", parties({})))
        batch = store(
            client, send(client, "organizations", parties({"name": "新名协会"}, {"uscc": OTHER_CODE, "name": "乙"}))
        )
        assert undo(client, batch).status_code == 302
        made = Organization.objects.get()
        assert (made.name, made.initials) == ("城口县养老协会", "ckxylxh")
        assert not made.former_names.exists()
        # The second organization, and the former name the file had left behind.
        assert StatusChange.objects.filter(new="removed").count() == 2

    def test_a_file_whose_rows_are_in_use_is_not_taken_back(self, client_of, officer, reporter):
        client = client_of(officer)
        batch = store(client, send(client, "organizations", parties({})))
        Membership.objects.create(user=reporter, organization=Organization.objects.get())
        assert undo(client, batch).status_code == 302
        assert (batch.status, Organization.objects.count()) == ("stored", 1)
        assert "membership (1)" in client.get(page_of(batch)).content.decode()
        assert set(batch.needed) == {"zh-hans", "en"}
        Membership.objects.all().delete()
        undo(client, batch)
        assert (batch.status, batch.needed, Organization.objects.count()) == ("undone", {}, 0)


class TestPages:
    def test_the_template_is_a_workbook(self, client_of, officer):
        answer = client_of(officer).get(reverse("exchange:sheet-template", args=["organizations"]))
        assert answer.content.startswith(b"PK")

    def test_every_sheet_has_a_page_with_its_columns(self, client):
        for sheet in ("donations", "organizations"):
            answer = client.get(reverse("exchange:sheet-detail", args=[sheet]))
            assert answer.status_code == 200

    def test_an_unknown_sheet_is_not_found(self, client_of, officer):
        assert client_of(officer).get(reverse("exchange:batch-add", args=["people"])).status_code == 404

    def test_while_the_worker_is_busy_the_page_asks_again_by_script_or_by_a_link(self, client_of, officer):
        batch = services.upload_batch(sheet="donations", file_name="x.xlsx", content=gifts({}), by=officer)
        client = client_of(officer)
        page = client.get(page_of(batch)).content.decode()
        assert f'<a href="{page_of(batch)}">' in page and "hx-get" in page
        # A page that reloads by itself takes the reader's place away (WCAG 2.2.1), so without script a link asks again.
        assert "http-equiv" not in page
        part = client.get(page_of(batch), headers={"HX-Request": "true"}).content.decode()
        assert part.lstrip().startswith('<div id="batch"')
        run(batch)
        assert "hx-get" not in client.get(page_of(batch)).content.decode()


def test_the_list_of_files_names_each_sheet_as_people_do(client_of, officer):
    for sheet in ("donations", "organizations"):
        services.upload_batch(sheet=sheet, file_name="x.xlsx", content=gifts({}), by=officer)
    client = client_of(officer)
    shown = client.get("/uploads/", {"sheet": "organizations"})
    (batch,) = shown.context["object_list"]
    assert batch.sheet_title == "Organizations"
    assert f">{batch.sheet_title}</td>" in shown.text
    assert client.get("/uploads/", {"sheet": "nothing"}).context["filter"].errors["sheet"]
