"""Gifts over REST: what the public reads, who enters what, which step needs which version."""

import datetime

import pytest
from rest_framework.test import APIClient

from donations import services
from donations.models import Donation, DonationDonor
from organizations.models import Organization

pytestmark = pytest.mark.django_db
URL = "/api/v1/donations/"


@pytest.fixture
def api():
    def log_in(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return log_in


@pytest.fixture
def coded(organization):
    """The giver with a credit code."""
    Organization.objects.filter(pk=organization.pk).update(uscc="91350100M000100Y43")
    return organization


def body(**changes) -> dict:
    return {
        "donors": [{"uscc": "91350100M000100Y43"}],
        "lots": [{"form": "cash", "amount": "60000.00"}],
        "regions": ["500229"],
        "channel": "own",
        "received_on": "2026-05-20",
        "consent_to_publish": True,
        **changes,
    }


class TestReading:
    def test_the_public_reads_received_gifts_with_consent(self, api, give, pledge):
        gift, _hidden = give(), give(consent_to_publish=False)
        answer = api().get(URL).json()
        assert answer["count"] == 1
        row = answer["results"][0]
        assert (row["reference"], row["value"], row["lots"][0]["amount"]) == (gift.reference, "60000.00", "60000.00")
        assert row["donors"][0]["organization"]["name"] == "临沂市慈善总会"
        assert row["regions"] == [{"code": "500229000000", "name": "城口县", "level": "county"}]

    def test_a_hidden_gift_is_404(self, api, give, outsider):
        hidden = give(consent_to_publish=False)
        assert api().get(f"{URL}{hidden.pk}/").status_code == 404
        assert api(outsider).get(f"{URL}{hidden.pk}/").status_code == 404

    def test_a_gift_carries_its_version_as_etag(self, api, give):
        gift = give()
        assert api().get(f"{URL}{gift.pk}/")["ETag"] == f'"{gift.version}"'

    def test_an_unknown_filter_is_bad_input(self, api, give):
        assert api().get(URL + "?colour=red").status_code == 400
        assert api().get(URL + "?region=500229").json()["count"] == 0

    def test_goods_without_a_value_have_none(self, api, give):
        from donations.models import Lot

        give(lots=[Lot(form="goods", what="旧衣", basis="none")])
        row = api().get(URL).json()["results"][0]
        assert (row["value"], row["lots"][0]["amount"]) == (None, None)

    def test_queries_do_not_grow_with_the_rows(self, api, give, django_assert_num_queries):
        for _number in range(8):
            give()
        with django_assert_num_queries(8):
            api().get(URL)


class TestEntering:
    def test_staff_enter_a_received_gift(self, api, officer, coded):
        answer = api(officer).post(URL, body())
        assert answer.status_code == 201
        assert (answer.json()["status"], answer.json()["value"]) == ("received", "60000.00")
        assert Donation.objects.get().created_by == officer

    def test_a_joint_gift_with_free_and_anonymous_donors(self, api, officer, coded):
        donors = [{"uscc": "91350100M000100Y43"}, {"name": "王女士"}, {"anonymous": True}]
        assert api(officer).post(URL, body(donors=donors)).status_code == 201
        assert DonationDonor.objects.count() == 3

    def test_the_same_key_has_one_effect(self, api, officer, coded):
        client = api(officer)
        answers = [client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k1") for _time in range(3)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["reference"] for answer in answers}) == 1
        assert client.post(URL, body(purpose="x"), HTTP_IDEMPOTENCY_KEY="k1").status_code == 422
        assert Donation.objects.count() == 1

    def test_a_likely_repeat_is_refused_with_its_number_and_stored_when_insisted_on(self, api, officer, coded):
        client = api(officer)
        first = client.post(URL, body()).json()
        second = client.post(URL, body())
        assert (second.status_code, second.json()["code"]) == (409, "likely_repeat")
        assert second.json()["references"] == [first["reference"]]
        assert client.post(URL, body(save_anyway=True)).status_code == 201

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"lots": [{"form": "cash", "amount": "-1"}]}, "lots"),
            ({"lots": [{"form": "cash", "amount": "0"}]}, "lots"),
            ({"lots": [{"form": "cash", "amount": "abc"}]}, "lots"),
            ({"lots": [{"form": "cash", "amount": "1" + "0" * 20}]}, "lots"),
            ({"lots": [{"form": "cash"}]}, "lots"),
            ({"lots": [{"form": "gold", "amount": "1"}]}, "lots"),
            ({"lots": []}, "lots"),
            ({"donors": []}, "donors"),
            ({"donors": [{}]}, "donors"),
            ({"donors": [{"name": "甲", "anonymous": True}]}, "donors"),
            ({"donors": [{"uscc": "91350100M000100Y44"}]}, "donors"),
            ({"donors": [{"uscc": "91350100M000100Y43", "share": "5"}]}, "donors"),
            ({"regions": ["999999"]}, "regions"),
            ({"regions": ["500229", "500229000000"]}, "regions"),
            ({"received_on": "2099-01-01"}, "received_on"),
            ({"received_on": "soon"}, "received_on"),
            ({"pledged_on": "2026-05-21"}, "received_on"),
            ({"pairing": "JD-0"}, "pairing"),
            ({"recipient": "x"}, "recipient"),
            ({"channel": "x"}, "channel"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_bad_input_is_told_by_field_and_nothing_is_stored(self, api, officer, coded, changes, field):
        answer = api(officer).post(URL, body(**changes))
        assert answer.status_code == 400, answer.json()
        assert field in answer.json()["errors"]
        assert not Donation.objects.exists()

    def test_a_region_or_a_recipient_is_needed(self, api, officer, coded, make_user, regions):
        linyi = make_user("linyi", region=regions["371300"])
        assert "regions" in api(linyi).post(URL, body(regions=[])).json()["errors"]

    def test_who_may_enter_what(self, api, coded, member, second_member, outsider, reporter):
        codes = {user.username: api(user).post(URL, body()).status_code for user in (second_member, outsider, reporter)}
        assert codes == {"second-member": 403, "outsider": 403, "reporter": 403}
        assert api().post(URL, body()).status_code == 401
        assert api(member).post(URL, body()).status_code == 403
        answer = api(member).post(URL, body(received_on=None))
        assert (answer.status_code, answer.json()["status"]) == (201, "pledged")

    def test_an_organization_given_by_its_name_is_no_second_donor(self, api, officer, coded):
        for donor in ({"name": " 临沂市慈善总会 "}, {"name": "王女士"}):
            assert api(officer).post(URL, body(donors=[donor], save_anyway=True)).status_code == 201
        stored = DonationDonor.objects.order_by("pk").values_list("organization", "name")
        assert list(stored) == [(coded.pk, ""), (None, "王女士")]

    def test_a_name_of_several_organizations_is_asked_back(self, api, officer, coded, make_organization):
        make_organization(coded.name, region="371324")
        answer = api(officer).post(URL, body(donors=[{"name": coded.name}]))
        assert answer.status_code == 400 and "name" in answer.json()["errors"]["donors"]["0"]


class TestSteps:
    def step(self, client, gift: Donation, name: str, version: int | None = None, **data):
        extra = {} if version is None else {"HTTP_IF_MATCH": f'"{version}"'}
        return client.post(f"{URL}{gift.pk}/{name}/", data, **extra)

    def test_a_step_needs_the_version_and_the_right_one(self, api, pledge, officer):
        client = api(officer)
        assert self.step(client, pledge, "receive", received_on="2026-05-20").status_code == 428
        assert self.step(client, pledge, "receive", 99, received_on="2026-05-20").status_code == 412
        answer = self.step(client, pledge, "receive", pledge.version, received_on="2026-05-20")
        assert (answer.status_code, answer.json()["status"]) == (200, "received")

    def test_a_received_gift_cannot_be_cancelled_but_reversed(self, api, give, officer):
        gift, client = give(), api(officer)
        answer = self.step(client, gift, "cancel", gift.version, reason="x")
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
        answer = self.step(client, gift, "reverse", gift.version, reason="录错")
        assert (answer.status_code, answer.json()["reversal"]["reason"]) == (200, "录错")

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("receive", {"received_on": "2099-01-01"}),
            ("receive", {}),
            ("cancel", {"reason": ""}),
            ("cancel", {"reason": "x", "colour": "red"}),
        ],
    )
    def test_bad_input_changes_nothing(self, api, pledge, officer, name, data):
        assert self.step(api(officer), pledge, name, pledge.version, **data).status_code == 400
        pledge.refresh_from_db()
        assert pledge.status == "pledged"

    def test_a_reversal_names_an_existing_gift(self, api, give, officer):
        wrong, right = give(), give()
        client = api(officer)
        answer = self.step(client, wrong, "reverse", wrong.version, reason="x", replaced_by="JZ-2000-000001")
        assert answer.status_code == 400
        answer = self.step(client, wrong, "reverse", wrong.version, reason="x", replaced_by=right.reference)
        assert answer.json()["reversal"]["replaced_by"] == right.reference

    def test_the_giver_may_cancel_but_not_confirm(self, api, pledge, member, outsider):
        assert self.step(api(outsider), pledge, "cancel", 1, reason="x").status_code == 404
        assert self.step(api(member), pledge, "receive", 1, received_on="2026-05-20").status_code == 403
        assert self.step(api(member), pledge, "cancel", pledge.version, reason="改期").status_code == 200

    def test_the_recipient_confirms_what_it_got(self, api, give, second_organization, second_member):
        day = datetime.date(2026, 5, 1)
        gift = give(received_on=None, pledged_on=day, recipient=second_organization)
        answer = self.step(api(second_member), gift, "receive", gift.version, received_on="2026-05-20")
        assert answer.status_code == 200
        assert services.Donation.objects.get(pk=gift.pk).status == "received"

    def test_a_giver_that_is_also_the_recipient_does_not_confirm(self, api, give, organization, member):
        gift = give(received_on=None, pledged_on=datetime.date(2026, 5, 1), recipient=organization)
        answer = self.step(api(member), gift, "receive", gift.version, received_on="2026-05-20")
        assert answer.status_code == 403
        assert services.Donation.objects.get(pk=gift.pk).status == "pledged"
