"""The pages of gifts: list, one gift and its steps, the entry form without script, the upload of a workbook."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from donations import services
from donations.models import Donation, DonationDonor, Lot
from exchange.models import Upload

pytestmark = pytest.mark.django_db
ADD = reverse("donations:donation-add")
LIST = reverse("donations:donation-list")
UPLOAD = reverse("donations:upload-add")


def detail(gift: Donation) -> str:
    return reverse("donations:donation-detail", args=[gift.pk])


@pytest.fixture
def as_user(client):
    def log_in(user):
        client.force_login(user)
        return client

    return log_in


def entry(**changes) -> dict:
    """What a browser sends for one donor, one lot and one region, the other rows left empty."""
    data = {"channel": "own", "relief": "none", "received_on": "2026年5月20日", "consent_to_publish": "on"}
    for prefix in ("donors", "lots", "regions"):
        data |= {f"{prefix}-TOTAL_FORMS": "2", f"{prefix}-INITIAL_FORMS": "0"}
    data |= {"donors-0-kind": "organization", "donors-0-name": "临沂市慈善总会", "donors-1-kind": "organization"}
    data |= {"lots-0-form": "cash", "lots-0-amount": "60000", "lots-0-basis": "voucher", "lots-1-basis": "voucher"}
    data |= {"regions-0-region": "500229"}
    return {**data, **changes}


class TestList:
    def test_the_public_sees_received_gifts_with_consent(self, client, give):
        shown, hidden = give(), give(consent_to_publish=False)
        page = client.get(LIST).content.decode()
        assert shown.reference in page and hidden.reference not in page
        assert "临沂市慈善总会" in page

    def test_it_is_sorted_by_amount_on_request(self, client, give):
        small, large = give(lots=[Lot(form="cash", amount=Decimal(5))]), give()
        numbers = [gift.pk for gift in client.get(LIST + "?sort=-amount").context["object_list"]]
        assert numbers == [large.pk, small.pk]

    def test_an_empty_list_says_so_and_a_filter_that_fits_nothing_can_be_cleared(self, client, regions):
        assert client.get(LIST).status_code == 200
        assert 'href="/donations/"' in client.get(LIST + "?channel=raised").content.decode()

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_it_is_exported_with_amounts_by_form(self, client, give, kind):
        gift = give()
        answer = client.get(LIST + f"?format={kind}")
        content = b"".join(answer.streaming_content)
        assert answer.status_code == 200
        if kind == "csv":
            assert gift.reference in content.decode("utf-8-sig") and "60000.00" in content.decode("utf-8-sig")

    def test_its_queries_do_not_grow_with_its_rows(self, client, give, django_assert_num_queries):
        for _number in range(3):
            give()
        client.get(LIST)
        with django_assert_num_queries(8):
            client.get(LIST)
        for _number in range(10):
            give()
        with django_assert_num_queries(8):
            client.get(LIST)


class TestDetail:
    def test_it_shows_lots_donors_and_regions(self, client, give, organization, second_organization):
        lots = [
            Lot(form="cash", amount=Decimal(200000)),
            Lot(form="goods", what="棉被", quantity=Decimal(100), unit="床", amount=Decimal(600000)),
        ]
        gift = give(lots=lots, donors=[DonationDonor(organization=organization), DonationDonor(name="王女士")])
        page = client.get(detail(gift)).content.decode()
        assert all(word in page for word in ("200,000.00", "600,000.00", "棉被", "临沂市慈善总会", "王女士", "城口县"))

    def test_a_gift_without_consent_is_404_for_the_public(self, client, give):
        assert client.get(detail(give(consent_to_publish=False))).status_code == 404

    def test_a_pledge_is_404_for_staff_elsewhere(self, as_user, pledge, outsider):
        assert as_user(outsider).get(detail(pledge)).status_code == 404

    def test_a_reversed_gift_names_its_replacement_and_its_reason_to_staff(self, as_user, give, officer):
        wrong, right = give(), give()
        services.reverse_donation(donation=wrong, reason="金额录错", by=officer, replaced_by=right)
        page = as_user(officer).get(detail(wrong)).content.decode()
        assert right.reference in page and "金额录错" in page

    def test_it_reads_in_english(self, client, give):
        client.cookies["django_language"] = "en"
        page = client.get(detail(give())).content.decode()
        assert "From whom, for where" in page and "CNY 60,000.00" in page

    def test_queries(self, client, give, pairing, django_assert_num_queries):
        gift = give(pairing=pairing)
        client.get(detail(gift))
        with django_assert_num_queries(8):
            client.get(detail(gift))


class TestEntryForm:
    def test_a_gift_is_stored_with_its_parts(self, as_user, officer, organization):
        answer = as_user(officer).post(ADD, entry())
        gift = Donation.objects.get()
        assert answer.url == detail(gift)
        assert (gift.status, gift.received_on, gift.created_by) == ("received", datetime.date(2026, 5, 20), officer)
        assert gift.donors.get().organization == organization
        assert gift.lots.get().amount == 60000
        assert gift.donation_regions.get().region_id == "500229000000"

    def test_an_organization_written_as_another_name_is_still_that_organization(self, as_user, officer, organization):
        as_user(officer).post(ADD, entry(**{"donors-0-kind": "name"}))
        donor = DonationDonor.objects.get()
        assert (donor.organization, donor.name) == (organization, "")

    def test_without_a_day_of_receipt_it_is_a_pledge(self, as_user, officer, organization):
        as_user(officer).post(ADD, entry(received_on="", pledged_on="2026-5-1"))
        assert Donation.objects.get().status == "pledged"

    @pytest.mark.parametrize("group", ["donors", "lots", "regions"])
    def test_more_rows_come_without_script_and_keep_what_was_typed(self, as_user, officer, organization, group):
        answer = as_user(officer).post(ADD, entry(more=group, purpose="助学", **{"lots-0-amount": "-5"}))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'name="{group}-3-' in page and "助学" in page and 'value="-5"' in page
        assert "error-summary" not in page
        assert not Donation.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"lots-0-amount": "-1"}, "lots"),
            ({"lots-0-amount": "0"}, "lots"),
            ({"lots-0-amount": "abc"}, "lots"),
            ({"lots-0-amount": "1" + "0" * 20}, "lots"),
            ({"lots-0-amount": ""}, "lots"),
            ({"lots-0-form": "goods", "lots-0-what": ""}, "lots"),
            ({"lots-0-quantity": "-3"}, "lots"),
            ({"donors-0-name": ""}, "donors"),
            ({"donors-0-name": "没有登记"}, "donors"),
            ({"donors-0-share": "5"}, "donors"),
            ({"donors-1-name": "临沂市慈善总会"}, "donors"),
            ({"regions-0-region": ""}, "regions"),
            ({"regions-0-region": "999999"}, "regions"),
            ({"received_on": "2099-01-01"}, "header"),
            ({"received_on": "2026-13-01"}, "header"),
            ({"pledged_on": "2026-05-21"}, "header"),
            ({"pairing": "999"}, "header"),
            ({"channel": "other"}, "header"),
            ({"recipient": "没有登记"}, "header"),
        ],
    )
    def test_bad_input_is_told_at_its_place_and_nothing_is_stored(self, as_user, officer, organization, changes, where):
        answer = as_user(officer).post(ADD, entry(**changes))
        group = getattr(answer.context["entry"], where)
        assert answer.status_code == 400
        assert group.total_error_count() if where != "header" else group.errors
        assert "error-summary" in answer.content.decode()
        assert not Donation.objects.exists() and not Lot.objects.exists()

    def test_an_empty_form_is_refused(self, as_user, officer):
        assert as_user(officer).post(ADD, {}).status_code == 400

    def test_a_repeat_is_asked_back_and_saved_when_confirmed(self, as_user, officer, organization):
        client = as_user(officer)
        client.post(ADD, entry())
        answer = client.post(ADD, entry())
        assert Donation.objects.get().reference in answer.content.decode()
        assert 'name="save_anyway"' in answer.content.decode()
        client.post(ADD, entry(save_anyway="on"))
        assert Donation.objects.count() == 2

    def test_a_giving_organization_enters_a_pledge_but_not_a_receipt(self, as_user, member, organization):
        client = as_user(member)
        assert client.post(ADD, entry()).status_code == 400
        assert not Donation.objects.exists()
        client.post(ADD, entry(received_on=""))
        assert Donation.objects.get().status == "pledged"

    def test_staff_of_another_county_may_not_enter_it(self, as_user, outsider, organization):
        assert as_user(outsider).post(ADD, entry()).status_code == 400
        assert not Donation.objects.exists()


class TestSteps:
    def test_staff_confirm_the_receipt(self, as_user, pledge, officer):
        url = reverse("donations:donation-receive", args=[pledge.pk])
        day = timezone.localdate().isoformat()
        answer = as_user(officer).post(url, {"received_on": day, "version": pledge.version})
        pledge.refresh_from_db()
        assert (answer.status_code, pledge.status) == (302, "received")

    def test_the_giver_cancels_its_pledge_with_a_reason(self, as_user, pledge, member):
        url = reverse("donations:donation-cancel", args=[pledge.pk])
        client = as_user(member)
        assert client.post(url, {"reason": "", "version": 1}).status_code == 400
        client.post(url, {"reason": "改为现场捐赠", "version": pledge.version})
        pledge.refresh_from_db()
        assert pledge.status == "cancelled"

    def test_a_reversal_names_the_right_entry(self, as_user, give, officer):
        wrong, right = give(), give()
        url = reverse("donations:donation-reverse", args=[wrong.pk])
        client = as_user(officer)
        data = {"reason": "重复", "version": wrong.version}
        assert client.post(url, {**data, "replaced_by": "JZ-2026-999999"}).status_code == 400
        client.post(url, {**data, "replaced_by": right.reference})
        wrong.refresh_from_db()
        assert (wrong.status, wrong.reversal.replaced_by) == ("reversed", right)

    def test_a_step_taken_meanwhile_by_somebody_else_is_told(self, as_user, pledge, officer):
        url = reverse("donations:donation-cancel", args=[pledge.pk])
        services.cancel_donation(donation=pledge, reason="先取消", by=None)
        answer = as_user(officer).post(url, {"reason": "取消", "version": 1})
        assert answer.status_code == 400

    @pytest.mark.parametrize("step", ["receive", "reverse"])
    def test_the_giver_neither_confirms_nor_reverses(self, as_user, give, pledge, member, step):
        gift = pledge if step == "receive" else give()
        assert as_user(member).get(reverse(f"donations:donation-{step}", args=[gift.pk])).status_code == 403


class TestUpload:
    def send(self, client, content: bytes, name: str = "gifts.xlsx"):
        return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})

    def test_a_good_file_is_shown_first_and_stored_after_confirmation(self, as_user, officer, organization, workbook):
        client = as_user(officer)
        answer = self.send(client, workbook({}, {"import_key": "a-2"}))
        upload = Upload.objects.get()
        assert answer.url == reverse("donations:upload-detail", args=[upload.pk])
        assert client.get(answer.url).context["checked"].new == 2
        assert not Donation.objects.exists()
        client.post(reverse("donations:upload-store", args=[upload.pk]))
        upload.refresh_from_db()
        assert (upload.status, upload.result) == ("stored", {"new": 2, "unchanged": 0})
        assert Donation.objects.filter(created_by=officer).count() == 2

    def test_confirming_twice_and_loading_the_same_file_again_change_nothing(
        self, as_user, officer, organization, workbook
    ):
        client = as_user(officer)
        for _time in range(2):
            self.send(client, workbook({}))
            store = reverse("donations:upload-store", args=[Upload.objects.latest("pk").pk])
            client.post(store)
            client.post(store)
        assert Donation.objects.count() == 1
        assert Upload.objects.latest("pk").result == {"new": 0, "unchanged": 1}

    def test_all_errors_are_listed_with_row_column_value_reason_and_remedy(
        self, as_user, officer, organization, workbook
    ):
        client = as_user(officer)
        client.cookies["django_language"] = "en"
        answer = self.send(client, workbook({"cash": "-7"}, {"import_key": "a-2", "received_on": "2099-01-01"}))
        page = answer.content.decode()
        assert answer.status_code == 400
        assert all(word in page for word in ("Cash (yuan)", "-7", "greater than zero", "lies in the future"))
        assert not Upload.objects.exists() and not Donation.objects.exists()

    @pytest.mark.parametrize("content", [b"", b"PK broken", "名称,金额\n甲,5".encode(), b"\xd0\xcf\x11\xe0"])
    def test_a_file_that_is_no_donation_sheet_is_one_sentence(self, as_user, officer, content):
        answer = self.send(as_user(officer), content)
        assert answer.status_code == 400
        assert len(answer.context["form"].errors["file"]) == 1
        assert not Upload.objects.exists()

    def test_rows_of_other_regions_are_refused(self, as_user, outsider, organization, workbook):
        assert self.send(as_user(outsider), workbook({})).status_code == 400

    def test_a_row_that_no_longer_fits_stores_nothing(self, as_user, officer, organization, workbook):
        client = as_user(officer)
        self.send(client, workbook({}, {"import_key": "a-2"}))
        upload = Upload.objects.get()
        self.send(client, workbook({"cash": Decimal(7)}))
        client.post(reverse("donations:upload-store", args=[Upload.objects.latest("pk").pk]))
        client.post(reverse("donations:upload-store", args=[upload.pk]))
        upload.refresh_from_db()
        assert (upload.status, Donation.objects.count()) == ("checked", 1)
        assert client.get(reverse("donations:upload-detail", args=[upload.pk])).status_code == 200

    def test_a_file_can_be_discarded_and_then_not_be_stored(self, as_user, officer, organization, workbook):
        client = as_user(officer)
        self.send(client, workbook({}))
        upload = Upload.objects.get()
        client.post(reverse("donations:upload-discard", args=[upload.pk]))
        client.post(reverse("donations:upload-store", args=[upload.pk]))
        upload.refresh_from_db()
        assert (upload.status, Donation.objects.count()) == ("discarded", 0)

    def test_nobody_sees_the_upload_of_another(self, as_user, officer, second_officer, organization, workbook):
        self.send(as_user(officer), workbook({}))
        url = reverse("donations:upload-detail", args=[Upload.objects.get().pk])
        assert as_user(second_officer).get(url).status_code == 404

    def test_the_template_is_a_workbook(self, as_user, officer):
        answer = as_user(officer).get(reverse("donations:upload-template"))
        assert io.BytesIO(answer.content).read(2) == b"PK"
