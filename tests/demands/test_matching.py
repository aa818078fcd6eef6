"""Suggestions both ways with their reasons, and invitations that oblige nobody."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core import states
from core.errors import Refused
from demands import selectors, services
from demands.models import Claim, ClaimDraft, Invitation, SupplyOffer
from pairings import services as pairings
from pairings.models import Scheme
from tests.demands.test_offers import make_offer as make_offer


@pytest.fixture
def paired(regions, officer):
    """临沂市 helps 城口县."""
    scheme = pairings.create_scheme(name="东西部协作", kind=Scheme.Kind.EAST_WEST, by=None)
    pair = pairings.create_pairing(
        scheme=scheme,
        giver=regions["371300"],
        receiver=regions["500229"],
        valid_from=datetime.date(2021, 1, 1),
        by=officer,
    )
    return pairings.activate_pairing(pairing=pair, by=officer)


def in_words(suggestion) -> str:
    return "; ".join(suggestion.reasons)


@pytest.fixture(autouse=True)
def in_english():
    from django.utils import translation

    with translation.override("en"):
        yield


def test_an_offer_finds_the_demand_and_says_why(make_offer, demand, paired):
    [found] = selectors.demands_for(make_offer())
    assert found.demand == demand
    for words in (
        "same assistance form",
        "same thing: 棉被",
        "same kind",
        "quantity fits: 500 offered, 100 条 left",
        "paired: 临沂市 → 城口县",
    ):
        assert words in in_words(found)
    assert found.score == 30 + 30 + 10 + 10 + 20


def test_what_fits_better_comes_first(make_offer, make_demand, demand):
    """The thing itself before a similar one before the form alone; a part of the quantity counts less."""
    similar = make_demand(items=[{"kind": "goods", "what": "冬季棉被", "unit": "条", "quantity": Decimal(900)}])
    form_only = make_demand(items=[{"kind": "goods", "what": "大米", "unit": "吨", "quantity": Decimal(1)}])
    make_demand(form="health", items=[{"kind": "goods", "what": "轮椅", "unit": "台", "quantity": Decimal(1)}])
    found = selectors.demands_for(make_offer())
    assert [one.demand for one in found] == [demand, similar, form_only]
    assert "covers a part: 500 of 900 条" in in_words(found[1])


def test_nothing_is_suggested_elsewhere_after_a_claim_or_when_all_is_taken(
    make_offer, demand, claim_of, regions, second_organization, second_member
):
    offer = make_offer(regions=[regions["371300"]])
    assert selectors.demands_for(offer) == []
    offer = make_offer(regions=[regions["500229"]])
    assert [one.demand for one in selectors.demands_for(offer)] == [demand]
    claim_of(demand, 60)
    assert selectors.demands_for(offer) == []
    other = make_offer(of=second_organization, by=second_member)
    assert [one.demand for one in selectors.demands_for(other)] == [demand]
    claim_of(demand, 40, by=second_member, organization_=second_organization)
    assert selectors.demands_for(make_offer(of=second_organization, by=second_member)) == []


def test_an_offer_for_paired_places_only_is_not_suggested_elsewhere(make_offer, demand, request):
    offer = make_offer(paired_only=True)
    assert selectors.demands_for(offer) == []
    request.getfixturevalue("paired")
    assert [one.demand for one in selectors.demands_for(offer)] == [demand]


def test_staff_find_organizations_by_offer_and_by_focus(
    make_offer, demand, make_organization, second_organization, paired
):
    make_offer()
    near = make_organization("城口县助困会", region="500229", focus=["relief"])
    make_organization("巫山县助困会", region="500237", focus=["relief"])
    found = selectors.organizations_for(demand)
    assert [one.organization.name for one in found] == ["临沂市慈善总会", near.name]
    assert "registered in the same county" in in_words(found[1])
    assert "assistance form in its focus" in in_words(found[1])
    assert found[0].offer is not None


def test_an_organization_has_one_suggestion_its_best(make_offer, demand):
    make_offer(what="棉衣")
    best = make_offer()
    [found] = selectors.organizations_for(demand)
    assert found.offer == best


def test_claims_verified_so_far_speak_for_an_organization(make_offer, make_demand, claim_of, officer):
    done = make_demand(title="去年的棉被")
    claim = claim_of(done, 10)
    Claim.objects.filter(pk=claim.pk).update(**{"status": "verified"})
    demand = make_demand()
    make_offer()
    [found] = [one for one in selectors.organizations_for(demand)]
    assert "claims delivered and verified: 1" in in_words(found)
    assert "last one verified on" in in_words(found)


def test_the_number_of_queries_does_not_grow(
    make_offer, make_demand, make_organization, make_user, django_assert_max_num_queries, paired
):
    for number in range(6):
        one = make_organization(f"慈善会{number}")
        make_offer(of=one, by=make_user(f"m{number}", organization=one))
    demands = [make_demand(title=f"需求{number}") for number in range(6)]
    with django_assert_max_num_queries(8):
        assert len(selectors.organizations_for(demands[0])) == 6
    offer = SupplyOffer.objects.for_list().get(pk=make_offer().pk)
    with django_assert_max_num_queries(5):
        assert len(selectors.demands_for(offer)) == 6


@pytest.fixture
def invitation(demand, organization, officer) -> Invitation:
    return services.invite_organization(demand=demand, organization=organization, by=officer, message="请看看")


def test_an_invitation_is_accepted_and_holds_nothing(invitation, demand, member, officer):
    services.accept_invitation(invitation=invitation, by=member)
    assert invitation.status == "accepted"
    assert not Claim.objects.exists()
    assert demand.items.get().claimed == 0


def test_declining_needs_a_reason_and_only_the_organization_answers(invitation, member, second_member, officer):
    with pytest.raises(Refused) as refused:
        services.decline_invitation(invitation=invitation, reason=" ", by=member)
    assert refused.value.code == "no_reason"
    for stranger in (second_member, officer):
        with pytest.raises(Refused) as refused:
            services.accept_invitation(invitation=invitation, by=stranger)
        assert refused.value.code == "not_member"
    services.decline_invitation(invitation=invitation, reason="今年额度已满", by=member)
    assert invitation.answer == "今年额度已满"
    with pytest.raises(states.WrongState):
        services.accept_invitation(invitation=invitation, by=member)


def test_who_cannot_claim_is_not_invited_and_nobody_twice(
    invitation, demand, organization, second_organization, second_member, claim_of, officer
):
    def code(organization) -> str:
        with pytest.raises(Refused) as refused:
            services.invite_organization(demand=demand, organization=organization, by=officer)
        return refused.value.code

    assert code(organization) == "already_invited"
    claim_of(demand, 10, by=second_member, organization_=second_organization)
    assert code(second_organization) == "already_claimed"


def test_an_unanswered_invitation_ends_and_a_new_one_is_possible(invitation, demand, organization, member, officer):
    later = invitation.expires_on + datetime.timedelta(days=1)
    with pytest.raises(Refused) as refused:
        services.accept_invitation(invitation=invitation, by=member, today=later)
    assert refused.value.code == "over"
    assert services.expire_invitations(today=invitation.expires_on) == 0
    again = services.invite_organization(demand=demand, organization=organization, by=officer, today=later)
    invitation.refresh_from_db()
    assert (invitation.status, again.status) == ("expired", "open")
    assert services.expire_invitations(today=again.expires_on + datetime.timedelta(days=1)) == 1


@pytest.mark.parametrize("text", ["9" * 5000, "0", "x", "²"])
def test_an_address_that_names_no_organization_shows_the_form_without_one(client, demand, officer, text):
    client.force_login(officer)
    answer = client.get(reverse("demands:demand-invite", args=[demand.pk]), {"organization": text})
    assert (answer.status_code, answer.context["organization"]) == (200, None)


def test_the_staff_page_suggests_and_invites_and_the_organization_answers(client, make_offer, demand, officer, member):
    offer = make_offer()
    client.force_login(officer)
    page = client.get(reverse("demands:demand-matches", args=[demand.pk])).content.decode()
    link = reverse("demands:demand-invite", args=[demand.pk])
    assert f"{link}?organization={offer.organization_id}&amp;offer={offer.pk}" in page
    form = client.get(link, {"organization": offer.organization_id, "offer": offer.pk}).context["form"]
    typed = {"organization": offer.organization_id, "offer": offer.pk, "message": "请看看"}
    assert client.post(link, {**typed, "expires_on": "2020-01-01"}).status_code == 400
    client.post(link, {**typed, "expires_on": form["expires_on"].value().isoformat()})
    invitation = Invitation.objects.get()
    assert (invitation.offer, invitation.message) == (offer, "请看看")
    again = client.post(link, {**typed, "expires_on": timezone.localdate().isoformat()})
    assert again.status_code == 409
    client.force_login(member)
    assert "请看看" in client.get(reverse("demands:invitation-detail", args=[invitation.pk])).content.decode()
    answer = client.post(reverse("demands:invitation-accept", args=[invitation.pk]))
    assert answer.status_code == 302
    invitation.refresh_from_db()
    assert invitation.status == "accepted"


def test_accepting_begins_a_claim_filled_with_what_is_offered_and_left(
    client, make_offer, demand, organization, officer, member
):
    offer = make_offer(quantity=Decimal(70))
    made = services.invite_organization(demand=demand, organization=organization, offer=offer, by=officer)
    client.force_login(member)
    answer = client.post(reverse("demands:invitation-accept", args=[made.pk]))
    draft = ClaimDraft.objects.get()
    assert answer["Location"] == reverse("demands:draft-detail", args=[draft.pk])
    assert draft.quantities == {str(demand.items.get().pk): "70"}
    assert demand.items.get().claimed == 0
    services.choose_items(draft=draft, quantities={str(demand.items.get().pk): "5"}, by=member)
    services.begin_invited(invitation=made, by=member)
    draft.refresh_from_db()
    assert draft.quantities == {str(demand.items.get().pk): "5"}


def test_invitations_over_rest(client, demand, organization, officer, member, outsider):
    body = {"demand": demand.pk, "organization": organization.pk}
    client.force_login(outsider)
    assert client.post("/api/v1/demand-invitations/", body, content_type="application/json").status_code == 403
    client.force_login(officer)
    key = {"Idempotency-Key": "one"}
    made = client.post("/api/v1/demand-invitations/", body, content_type="application/json", headers=key)
    assert made.status_code == 201, made.content
    again = client.post("/api/v1/demand-invitations/", body, content_type="application/json", headers=key)
    assert again.json()["id"] == made.json()["id"]
    client.force_login(member)
    url = f"/api/v1/demand-invitations/{made.json()['id']}/"
    assert client.post(url + "decline/", {}, content_type="application/json").status_code == 400
    answer = client.post(url + "decline/", {"reason": "额度已满"}, content_type="application/json")
    assert answer.json()["status"] == "declined"
    assert client.post(url + "accept/").status_code == 409
    assert client.get(f"/api/v1/demands/{demand.pk}/matches/").status_code == 403
