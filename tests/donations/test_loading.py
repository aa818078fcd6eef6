"""A workbook stores all its gifts or none, once; the demonstration gifts add up to what the source says."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from donations import services
from donations.models import Donation, DonationDonor, Lot
from donations.sheets import donation_sheet
from exchange import sheets

pytestmark = pytest.mark.django_db


def rows_of(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


SUMS = """
SELECT coalesce(sum(l.amount) FILTER (WHERE l.form = 'cash' AND d.relief <> 'apart'), 0),
       coalesce(sum(l.amount) FILTER (WHERE l.form = 'goods' AND d.relief <> 'apart'), 0),
       coalesce(sum(l.amount) FILTER (WHERE d.relief = 'apart'), 0)
FROM donations_lot l JOIN donations_donation d ON d.id = l.donation_id
WHERE d.status = 'received' AND d.received_on BETWEEN '2021-01-01' AND '2021-11-11'
"""
BY_RECEIVER = """
WITH place AS (SELECT donation_id, string_agg(left(region_id, 6), '+' ORDER BY region_id) AS code
               FROM donations_donationregion GROUP BY donation_id)
SELECT p.code, coalesce(sum(l.amount) FILTER (WHERE l.form = 'cash'), 0)::bigint,
       coalesce(sum(l.amount) FILTER (WHERE l.form = 'goods'), 0)::bigint
FROM donations_donation d JOIN place p ON p.donation_id = d.id JOIN donations_lot l ON l.donation_id = d.id
WHERE d.relief <> 'apart' GROUP BY p.code ORDER BY p.code
"""


class TestDemonstrationGifts:
    def test_they_add_up_to_the_published_sums_in_the_tables(self, demo_parties, demo_file):
        call_command("load_donations", str(demo_file))
        assert rows_of(SUMS) == [(Decimal(3_500_000), Decimal(740_000), Decimal(2_100_000))]
        assert rows_of("SELECT count(DISTINCT organization_id) FROM donations_donationdonor") == [(11,)]
        assert not DonationDonor.objects.filter(organization=None).exists()

    def test_they_add_up_by_receiving_county_cell_by_cell(self, demo_parties, demo_file):
        call_command("load_donations", str(demo_file))
        assert rows_of(BY_RECEIVER) == [
            ("500114+500237+500238", 500_000, 0),
            ("500229", 200_000, 600_000),
            ("500230", 100_000, 0),
            ("500235", 1_200_000, 0),
            ("500240", 100_000, 140_000),
            ("500241", 1_400_000, 0),
        ]

    def test_the_townships_gift_is_designated_to_the_township(self, demo_parties, demo_file):
        call_command("load_donations", str(demo_file))
        gift = Donation.objects.get(import_key="sd-cq-2021-05")
        assert [entry.region_id for entry in gift.donation_regions.all()] == ["500230210000"]

    def test_loading_twice_changes_nothing(self, demo_parties, demo_file):
        call_command("load_donations", str(demo_file))
        before = list(Donation.objects.order_by("pk").values())
        lots = Lot.objects.count()
        call_command("load_donations", str(demo_file))
        assert list(Donation.objects.order_by("pk").values()) == before
        assert Lot.objects.count() == lots == 10

    def test_the_committed_workbooks_are_what_the_script_makes(self, settings, tmp_path):
        import runpy

        made = runpy.run_path(str(settings.BASE_DIR / "script/make_demo_workbooks.py"), run_name="made")
        with translation.override("zh-hans"):
            gifts = sheets.write(donation_sheet(), made["gifts"]())
            parties = sheets.write(made["ORGANIZATION_SHEET"], made["organizations"]())
            named = sheets.write(made["ORGANIZATION_SHEET"], made["named_organizations"]())
        demo = settings.BASE_DIR / "data/demo"
        assert (demo / "shandong-chongqing-2021.xlsx").read_bytes() == gifts
        assert (demo / "organizations.xlsx").read_bytes() == parties
        assert (demo / "named-organizations.xlsx").read_bytes() == named

    def test_every_charity_has_a_code_that_is_right_in_form_and_marked_as_made_up(self, demo_parties):
        assert demo_parties.added == 13
        assert {o.is_synthetic for o in demo_parties.organizations} == {True}
        assert len({o.uscc for o in demo_parties.organizations}) == 13


class TestCells:
    @pytest.mark.parametrize(
        ("change", "column", "reason"),
        [
            ({"cash": "-5"}, "Cash (yuan)", "greater than zero"),
            ({"cash": "0"}, "Cash (yuan)", "greater than zero"),
            ({"cash": "60万"}, "Cash (yuan)", "not a number"),
            ({"cash": "1" + "0" * 20}, "Cash (yuan)", "too large"),
            ({"cash": "1.005"}, "Cash (yuan)", "decimal places"),
            ({"received_on": "2026-02-30"}, "Received on", "no such day"),
            ({"received_on": "soon"}, "Received on", "not a date"),
            ({"received_on": "2026-06-02"}, "Received on", "in the future"),
            ({"pledged_on": "2026-05-21"}, "Received on", "before it was pledged"),
            ({"channel": "other"}, "Channel", "not in the list"),
            ({"consent": "maybe"}, "Consent to publish", "neither yes nor no"),
            ({"regions": "999999"}, "Designated regions", "no region with the code"),
            ({"regions": "500229；500229"}, "Designated regions", "named twice"),
            ({"regions": ""}, "Designated regions", "must not be empty"),
            ({"donors": ""}, "Donors", "must not be empty"),
            ({"donors": "甲；甲"}, "Donors", "named twice"),
            ({"donors": "临沂慈善", "donor_regions": "371300"}, "Donors", "No organization of this name"),
            ({"donor_regions": "371300；371400"}, "Donor region", "1 donors, but 2 donor regions"),
            ({"recipient": "不存在"}, "Recipient", "No organization"),
            ({"pairing": "371400→500229"}, "Pair", "no such pair"),
            ({"cash": None}, "Cash (yuan)", "at least one amount"),
            ({"cash": None, "goods_value": Decimal(5)}, "Value of goods (yuan)", "Say what the goods"),
        ],
    )
    def test_a_wrong_cell_is_named_with_its_row_column_and_reason(
        self, read_workbook, organization, second_organization, change, column, reason
    ):
        with translation.override("en"):
            reading = read_workbook(change)
            problems = reading.problems
            if not problems:
                problems = services.check_rows(rows=reading.rows, by=None, today=datetime.date(2026, 6, 1)).problems
        assert [(p.row, p.column) for p in problems] == [(2, column)]
        assert reason in problems[0].reason

    def test_all_errors_are_told_at_once_and_nothing_is_stored(self, read_workbook, organization):
        reading = read_workbook({"cash": "-1", "regions": "999999"}, {"import_key": "a-2"}, {"import_key": ""})
        assert [(p.row, p.sheet != "") for p in reading.problems] == [(2, True), (2, True), (4, True)]
        assert not Donation.objects.exists()

    def test_one_wrong_row_keeps_the_good_ones_out(self, read_workbook, organization):
        reading = read_workbook({}, {"import_key": "a-2", "received_on": datetime.date(2099, 1, 1)})
        with pytest.raises(services.RowsRefused) as refused:
            services.load_donations(rows=reading.rows, by=None)
        assert len(refused.value.problems) == 1
        assert not Donation.objects.exists()

    def test_a_key_twice_in_one_file_is_an_error(self, read_workbook, organization):
        checked = services.check_rows(rows=read_workbook({}, {"cash": Decimal(7)}).rows, by=None)
        assert [problem.row for problem in checked.problems] == [3]


class TestLoading:
    def test_one_row_with_cash_and_goods_is_one_gift_with_two_lots(self, read_workbook, organization):
        goods = {"goods_what": "棉被", "goods_quantity": Decimal(100), "goods_unit": "床", "goods_value": Decimal(9000)}
        services.load_donations(rows=read_workbook(goods).rows, by=None)
        gift = Donation.objects.get()
        assert sorted((lot.form, lot.amount, lot.basis) for lot in gift.lots.all()) == [
            ("cash", Decimal(100), "voucher"),
            ("goods", Decimal(9000), "voucher"),
        ]

    def test_goods_without_a_value_say_so(self, read_workbook, organization):
        services.load_donations(rows=read_workbook({"cash": None, "goods_what": "旧衣"}).rows, by=None)
        assert Lot.objects.get().basis == Lot.Basis.NONE

    def test_registered_free_and_anonymous_donors_stand_beside_each_other(self, read_workbook, organization):
        services.load_donations(rows=read_workbook({"donors": "临沂市慈善总会；王女士；匿名"}).rows, by=None)
        donors = DonationDonor.objects.order_by("pk")
        assert [(d.organization_id, d.name) for d in donors] == [(organization.pk, ""), (None, "王女士"), (None, "")]

    def test_a_gift_without_a_date_of_receipt_is_a_pledge(self, read_workbook, organization):
        services.load_donations(rows=read_workbook({"received_on": None}).rows, by=None)
        assert Donation.objects.get().status == Donation.Status.PLEDGED

    def test_a_stored_key_with_other_values_is_refused_and_names_what_differs(self, read_workbook, organization):
        services.load_donations(rows=read_workbook({}).rows, by=None)
        with translation.override("en"):
            checked = services.check_rows(rows=read_workbook({"cash": Decimal(999), "purpose": "x"}).rows, by=None)
        assert len(checked.problems) == 1
        assert "Purpose" in checked.problems[0].reason
        assert Lot.objects.get().amount == 100

    def test_a_gift_received_since_then_is_still_unchanged(self, read_workbook, organization):
        reading = read_workbook({"received_on": None})
        services.load_donations(rows=reading.rows, by=None)
        day = datetime.date(2026, 5, 30)
        services.receive_donation(donation=Donation.objects.get(), received_on=day, by=None)
        assert services.load_donations(rows=reading.rows, by=None) == services.Loaded(new=0, unchanged=1)

    def test_staff_may_load_only_gifts_of_their_regions(self, read_workbook, organization, officer, outsider):
        mine = services.check_rows(rows=read_workbook({}, user=officer).rows, by=officer)
        others = services.check_rows(rows=read_workbook({}, user=outsider).rows, by=outsider)
        assert (mine.new, len(mine.problems)) == (1, 0)
        assert (others.new, len(others.problems)) == (0, 1)

    def test_the_command_prints_every_error_and_stores_nothing(self, workbook, organization, tmp_path):
        file = tmp_path / "gifts.xlsx"
        file.write_bytes(workbook({"cash": "-1"}, {"import_key": "a-2", "regions": "123"}))
        errors = io.StringIO()
        with translation.override("en"), pytest.raises(CommandError, match="Nothing was stored"):
            call_command("load_donations", str(file), stderr=errors)
        assert len(errors.getvalue().splitlines()) == 2
        assert not Donation.objects.exists()

    def test_the_command_says_when_the_file_is_missing(self, tmp_path):
        with pytest.raises(CommandError):
            call_command("load_donations", str(tmp_path / "none.xlsx"))
