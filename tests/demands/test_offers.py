"""What organizations can give: stored by them, seen by whom, changed how."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core import states
from core.errors import Refused
from demands import services
from demands.models import SupplyOffer
from organizations import services as organizations

QUILTS = {"form": "relief", "kind": "goods", "what": "棉被", "unit": "条", "quantity": Decimal(500)}


@pytest.fixture
def make_offer(organization, member):
    """An open offer of 500 quilts by the first organization unless said otherwise."""

    def make(*, of=None, by=None, regions=(), is_open=True, **values) -> SupplyOffer:
        offer = services.create_offer(
            organization=of or organization, values={**QUILTS, **values}, regions=list(regions), by=by or member
        )
        return services.open_offer(offer=offer, by=by or member) if is_open else offer

    return make


def test_an_offer_is_public_only_while_it_is_open(make_offer, client, member, outsider):
    offer = make_offer(is_open=False)
    url = reverse("demands:offer-detail", args=[offer.pk])
    assert client.get(url).status_code == 404
    services.open_offer(offer=offer, by=member)
    assert client.get(url).status_code == 200
    services.pause_offer(offer=offer, by=member)
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    client.force_login(member)
    assert client.get(url).status_code == 200


def test_only_its_own_people_change_an_offer(make_offer, second_member):
    offer = make_offer()
    for act in (services.open_offer, services.pause_offer, services.close_offer):
        with pytest.raises(Refused) as refused:
            act(offer=offer, by=second_member)
        assert refused.value.code == "not_member"
    with pytest.raises(Refused):
        services.edit_offer(offer=offer, values=QUILTS, regions=[], by=second_member)


def test_personal_data_in_an_offer_do_not_become_public(make_offer, member):
    offer = make_offer(is_open=False, description="联系王会计 13812345678")
    for act in (
        lambda: services.open_offer(offer=offer, by=member),
        lambda: services.edit_offer(
            offer=make_offer(), values={**QUILTS, "description": "卡号 6222021234567890128"}, regions=[], by=member
        ),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "personal_data"
        assert "1381234" not in str(refused.value.message)
    services.edit_offer(offer=offer, values={**QUILTS, "description": "请在线认领"}, regions=[], by=member)
    assert services.open_offer(offer=offer, by=member).status == "open"


def test_an_offer_that_has_run_out_or_of_an_ineligible_organization_is_not_opened(make_offer, organization, member):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with pytest.raises(Refused) as refused:
        make_offer(valid_until=yesterday)
    assert refused.value.code == "over"
    offer = make_offer(is_open=False)
    organizations.cancel_organization(organization=organization, by=None, reason="注销")
    with pytest.raises(Refused) as refused:
        services.open_offer(offer=offer, by=member)
    assert refused.value.code == "not_eligible"


def test_changes_and_places_are_in_the_history_and_a_stale_form_is_refused(make_offer, regions, member):
    offer = make_offer()
    version = offer.version
    services.edit_offer(
        offer=offer, values={**QUILTS, "quantity": 400}, regions=[regions["500229"]], version=version, by=member
    )
    change = states.StatusChange.objects.of(offer).first()
    assert change.changes["quantity"] == ["500.000", "400.000"]
    assert change.changes["regions"] == ["", "城口县"]
    with pytest.raises(states.Stale):
        services.edit_offer(offer=offer, values=QUILTS, regions=[], version=version, by=member)


def test_a_closed_offer_stays_as_it_is(make_offer, member):
    offer = make_offer()
    services.close_offer(offer=offer, by=member)
    with pytest.raises(states.WrongState):
        services.edit_offer(offer=offer, values=QUILTS, regions=[], by=member)
    with pytest.raises(states.WrongState):
        services.open_offer(offer=offer, by=member)


def test_the_form_stores_a_draft_and_keeps_what_was_typed(client, member, organization, regions):
    client.force_login(member)
    typed = {"organization": organization.pk, **QUILTS, "quantity": "0", "regions": "500229\n没有的地方"}
    answer = client.post(reverse("demands:offer-create"), typed)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"quantity", "regions"}
    assert "没有的地方" in answer.content.decode()
    typed |= {"quantity": "500", "regions": "500229"}
    assert client.post(reverse("demands:offer-create"), typed).status_code == 302
    offer = SupplyOffer.objects.get()
    assert (offer.status, [place.code for place in offer.regions.all()]) == ("draft", ["500229000000"])
    edit = client.get(reverse("demands:offer-edit", args=[offer.pk])).content.decode()
    assert "500229 城口县" in edit


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "棉"}, 1),
        ({"q": "大米"}, 0),
        ({"region": "500229201"}, 1),
        ({"region": "500000"}, 1),
        ({"region": "370000"}, 0),
        ({"home": "370000"}, 1),
        ({"form": "health"}, 0),
        ({"standing": "true"}, 1),
        ({"mine": "true"}, 0),
    ],
)
def test_offers_are_found(make_offer, client, regions, query, found):
    make_offer(regions=[regions["500229"]])
    assert client.get(reverse("demands:offer-list"), query).context["total"] == found
    if "mine" not in query:
        assert client.get("/api/v1/supply-offers/", query).json()["count"] == found


def test_an_offer_over_rest(client, member, organization, regions):
    client.force_login(member)
    body = {**QUILTS, "quantity": "500", "organization": organization.pk, "regions": ["500229"]}
    made = client.post("/api/v1/supply-offers/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    url = f"/api/v1/supply-offers/{made.json()['id']}/"
    assert client.post(url + "open/").json()["status"] == "open"
    assert client.put(url, body, content_type="application/json").status_code == 428
    del body["organization"]
    changed = client.put(url, {**body, "quantity": "9"}, content_type="application/json", headers={"If-Match": "2"})
    assert changed.json()["quantity"] == "9.000"
    stale = client.put(url, body, content_type="application/json", headers={"If-Match": "2"})
    assert stale.status_code == 412
