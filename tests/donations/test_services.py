"""The life of a gift: what may be entered, which step leads where, and what history says of it."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from core.errors import Refused
from core.models import StatusChange
from core.states import Stale, WrongState
from donations import services
from donations.models import Donation, DonationDonor, DonationRegion, Lot, Reversal
from tests.donations.conftest import TODAY

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 30)


def cash(amount) -> Lot:
    return Lot(form=Lot.Form.CASH, amount=None if amount is None else Decimal(amount))


class TestEntering:
    def test_a_gift_with_a_date_of_receipt_is_received(self, give):
        gift = give()
        assert gift.status == Donation.Status.RECEIVED
        assert gift.reference.startswith("JZ-2026-")
        assert list(Donation.objects.counted()) == [gift]

    def test_a_gift_without_one_is_a_pledge_and_counts_nowhere(self, pledge):
        assert pledge.status == Donation.Status.PLEDGED
        assert not Donation.objects.counted().exists()

    def test_a_joint_gift_for_several_regions_is_one_gift(self, give, regions, organization, second_organization):
        donors = [DonationDonor(organization=organization), DonationDonor(organization=second_organization)]
        gift = give(donors=donors, regions=[regions["500229"], regions["500237"]])
        assert (gift.donors.count(), gift.donation_regions.count(), gift.lots.count()) == (2, 2, 1)

    def test_history_says_who_entered_it_and_when_it_arrived(self, give, officer):
        changes = StatusChange.objects.of(give(by=officer))
        assert [(change.old, change.new, change.by) for change in changes] == [
            ("pledged", "received", officer),
            ("", "pledged", officer),
        ]

    def test_shares_that_add_up_are_kept(self, give, organization, second_organization):
        donors = [
            DonationDonor(organization=organization, share=Decimal(40000)),
            DonationDonor(organization=second_organization, share=Decimal(20000)),
        ]
        assert give(donors=donors).donors.count() == 2

    def test_a_share_may_be_known_of_one_donor_only(self, give, organization, second_organization):
        donors = [
            DonationDonor(organization=organization, share=Decimal(40000)),
            DonationDonor(organization=second_organization),
        ]
        assert give(donors=donors).donors.count() == 2

    def test_a_recipient_may_stand_instead_of_a_region(self, give, second_organization):
        assert give(regions=[], recipient=second_organization).donation_regions.count() == 0

    def test_two_anonymous_donors_are_two(self, give):
        assert give(donors=[DonationDonor(), DonationDonor()]).donors.count() == 2


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "field", "words"),
        [
            ({"lots": [cash("-1")]}, "lots", "greater than zero"),
            ({"lots": [cash("0")]}, "lots", "greater than zero"),
            ({"lots": [cash(None)]}, "lots", "Cash needs an amount"),
            ({"lots": []}, "lots", "at least one amount"),
            ({"lots": [Lot(form="goods", amount=Decimal(5))]}, "lots", "Say what the goods"),
            ({"lots": [Lot(form="goods", what="棉被")]}, "lots", "no reliable value"),
            ({"lots": [Lot(form="goods", what="棉被", amount=Decimal(5), basis="none")]}, "lots", "valuation basis"),
            ({"lots": [Lot(form="goods", what="米", quantity=Decimal(-2), basis="none")]}, "lots", "A quantity"),
            ({"donors": []}, "donors", "at least one donor"),
            ({"donors": [DonationDonor(name="甲"), DonationDonor(name="甲")]}, "donors", "named twice"),
            ({"donors": [DonationDonor(name="甲", share=Decimal(5))]}, "donors", "add up to 5 yuan"),
            ({"donors": [DonationDonor(name="甲", share=Decimal(-5))]}, "donors", "share must be greater"),
            ({"regions": []}, "regions", "at least one region"),
            ({"received_on": datetime.date(2026, 6, 2)}, "received_on", "lies in the future"),
            ({"pledged_on": datetime.date(2026, 6, 2)}, "pledged_on", "lies in the future"),
            ({"pledged_on": datetime.date(2026, 5, 21)}, "received_on", "before it was pledged"),
        ],
    )
    def test_it_is_one_sentence_and_nothing_is_stored(self, give, change, field, words):
        with translation.override("en"), pytest.raises(services.BadGift) as bad:
            give(**change)
        assert words in bad.value.facts["errors"][field][0]
        tables = (Donation, Lot, DonationDonor, DonationRegion, StatusChange)
        assert {model: model.objects.filter(pk__gt=0).count() for model in tables[:4]} == dict.fromkeys(tables[:4], 0)

    @pytest.mark.parametrize("change", [{"lots": []}, {"donors": []}, {"regions": []}, {"lots": [cash("-1")]}])
    def test_every_sentence_exists_in_both_languages(self, give, change):
        sentences = []
        for language in ("zh-hans", "en"):
            with translation.override(language), pytest.raises(services.BadGift) as bad:
                give(**change)
            sentences.append(str(bad.value))
        chinese, english = sentences
        assert english.isascii() and any("\u4e00" <= char <= "\u9fff" for char in chinese)

    def test_shares_beyond_the_gift_are_refused_even_when_one_is_unknown(self, give):
        donors = [DonationDonor(name="甲", share=Decimal(70000)), DonationDonor(name="乙")]
        with pytest.raises(services.BadGift):
            give(donors=donors)

    def test_the_database_itself_keeps_amounts_above_zero(self, give):
        with pytest.raises(IntegrityError, match="lot_amount_positive"), transaction.atomic():
            Lot.objects.create(donation=give(), form="cash", amount=Decimal(-1))


STEPS = {
    "receive": lambda gift, by: services.receive_donation(donation=gift, received_on=DAY, by=by, today=TODAY),
    "cancel": lambda gift, by: services.cancel_donation(donation=gift, reason="改期", by=by),
    "reverse": lambda gift, by: services.reverse_donation(donation=gift, reason="重复录入", by=by),
}
ALLOWED = {
    ("pledged", "receive"): "received",
    ("pledged", "cancel"): "cancelled",
    ("received", "reverse"): "reversed",
}


class TestSteps:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("status", Donation.Status.values)
    def test_each_step_leads_only_where_the_table_says(self, give, officer, status, step):
        gift = give()
        Donation.objects.filter(pk=gift.pk).update(status=status)
        if (status, step) in ALLOWED:
            STEPS[step](gift, officer)
            gift.refresh_from_db()
            assert gift.status == ALLOWED[status, step]
            assert StatusChange.objects.of(gift).first().by == officer
        else:
            with pytest.raises(WrongState):
                STEPS[step](gift, officer)
            gift.refresh_from_db()
            assert gift.status == status

    def test_receipt_writes_its_day(self, pledge, officer):
        services.receive_donation(donation=pledge, received_on=DAY, by=officer, today=TODAY)
        pledge.refresh_from_db()
        assert pledge.received_on == DAY

    @pytest.mark.parametrize("day", [datetime.date(2026, 6, 2), datetime.date(2026, 4, 30)])
    def test_receipt_in_the_future_or_before_the_pledge_is_refused(self, pledge, officer, day):
        with pytest.raises(services.BadGift):
            services.receive_donation(donation=pledge, received_on=day, by=officer, today=TODAY)
        pledge.refresh_from_db()
        assert (pledge.status, pledge.received_on) == ("pledged", None)

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_cancelling_and_reversing_need_a_reason(self, give, pledge, officer, reason):
        gift = give()
        with pytest.raises(services.BadGift):
            services.cancel_donation(donation=pledge, reason=reason, by=officer)
        with pytest.raises(services.BadGift):
            services.reverse_donation(donation=gift, reason=reason, by=officer)

    def test_a_reversed_gift_stays_on_record_with_the_right_entry(self, give, officer):
        wrong, right = give(), give(lots=[cash("50000")])
        reversal = services.reverse_donation(donation=wrong, reason="金额错误", by=officer, replaced_by=right)
        assert (reversal.donation, reversal.replaced_by) == (wrong, right)
        assert list(Donation.objects.counted()) == [right]
        assert wrong.lots.get().amount == 60000

    def test_a_gift_cannot_replace_itself_or_two_others(self, give, officer):
        first, second, right = give(), give(), give()
        with pytest.raises(services.BadGift):
            services.reverse_donation(donation=first, reason="错", by=officer, replaced_by=first)
        services.reverse_donation(donation=first, reason="错", by=officer, replaced_by=right)
        with pytest.raises(services.BadGift):
            services.reverse_donation(donation=second, reason="错", by=officer, replaced_by=right)
        assert Reversal.objects.count() == 1

    def test_a_gift_that_counts_nowhere_replaces_none(self, give, officer):
        first, second = give(), give()
        services.reverse_donation(donation=second, reason="错", by=officer)
        with pytest.raises(services.BadGift) as refused:
            services.reverse_donation(donation=first, reason="错", by=officer, replaced_by=second)
        assert list(refused.value.facts["errors"]) == ["replaced_by"]
        assert Donation.objects.get(pk=first.pk).status == "received"

    @pytest.mark.parametrize("step", ["receive", "cancel"])
    def test_a_step_on_an_older_version_is_stale(self, pledge, officer, step):
        extra = {"received_on": DAY} if step == "receive" else {"reason": "改期"}
        with pytest.raises(Stale):
            getattr(services, f"{step}_donation")(donation=pledge, by=officer, version=pledge.version + 1, **extra)

    def test_refusals_are_refused_errors(self):
        assert issubclass(services.BadGift, Refused) and issubclass(services.RowsRefused, Refused)


class TestWhoSeesWhat:
    def test_the_public_sees_received_gifts_with_consent_only(self, give, pledge):
        from django.contrib.auth.models import AnonymousUser

        shown, hidden = give(), give(consent_to_publish=False)
        services.reverse_donation(donation=give(), reason="错", by=None)
        assert list(Donation.objects.visible_to(AnonymousUser())) == [shown]
        assert hidden.pk and pledge.pk

    def test_staff_of_either_side_and_the_giver_see_the_rest(self, give, officer, outsider, member, second_member):
        hidden = give(consent_to_publish=False)
        sees = {user.username: hidden in Donation.objects.visible_to(user) for user in (officer, outsider, member)}
        assert sees == {"officer": True, "outsider": False, "member": True}
        assert hidden not in Donation.objects.visible_to(second_member)
