"""Pairs of the cast (tests/house/cast.py) and what belongs to them: 临沂市 helps 城口县, a team helps 四湾村."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pairings import services as pairings
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Team, TeamMember, Visit

TODAY = datetime.date(2026, 3, 1)


def draft_pairing(cast, scheme_name: str = "东西部协作") -> Pairing:
    """临沂市 helps 城口县."""
    scheme = pairings.create_scheme(name=scheme_name, kind=Scheme.Kind.EAST_WEST, by=None)
    giver, receiver = cast.regions["371300"], cast.regions["500229"]
    return pairings.create_pairing(scheme=scheme, giver=giver, receiver=receiver, valid_from=TODAY, by=cast.officer)


def active_pairing(cast, scheme_name: str = "对口支援") -> Pairing:
    return pairings.activate_pairing(pairing=draft_pairing(cast, scheme_name), by=cast.officer)


def agreement(cast, scheme_name: str = "协议一") -> Agreement:
    """Entered by the receiving side, so by the officer's; the giving side has to confirm it."""
    return pairings.propose_agreement(
        pairing=active_pairing(cast, scheme_name),
        side="receiver",
        values={"title": "帮扶协议", "signed_on": TODAY, "amount": Decimal(100_000)},
        parties=[cast.organization],
        by=cast.officer,
    )


def received_agreement(cast) -> Agreement:
    """Entered by the giving side; the officer's has to answer it."""
    values = {"title": "帮扶协议", "signed_on": TODAY}
    return pairings.propose_agreement(pairing=active_pairing(cast, "协议二"), side="giver", values=values, by=None)


def confirmed_agreement(cast, scheme_name: str = "协议三") -> Agreement:
    return pairings.confirm_agreement(agreement=agreement(cast, scheme_name), by=None)


def signed_agreement(cast) -> Agreement:
    """With the signed document, confirmed."""
    made = agreement(cast, "协议四")
    pairings.attach_document(agreement=made, name="协议.pdf", content=b"%PDF-1.4 signed", by=cast.officer)
    return pairings.confirm_agreement(agreement=made, by=None)


def visit(cast, scheme_name: str = "互访") -> Visit:
    values = {"direction": "to_receiver", "kind": "visit", "starts_on": TODAY, "ends_on": TODAY, "people": 5}
    values |= {"led_by": "临沂市民政局", "purpose": "联席会议"}
    return pairings.record_visit(pairing=active_pairing(cast, scheme_name), values=values, by=cast.officer)


def target(cast, scheme_name: str = "年度") -> PairingTarget:
    """Stated by the giving side only."""
    return pairings.state_target(
        pairing=active_pairing(cast, scheme_name),
        year=2026,
        measure="cash",
        side="giver",
        value=Decimal(1_000_000),
        by=None,
    )


def agreed_target(cast, scheme_name: str) -> PairingTarget:
    return pairings.confirm_target(target=target(cast, scheme_name), side="receiver", by=cast.officer)


def forming_team(cast, scheme_name: str = "组团帮扶", name: str = "四湾村帮扶团") -> Team:
    scheme = pairings.create_scheme(name=scheme_name, kind=Scheme.Kind.TEAM, by=None)
    village = cast.regions["500229201200"]
    return pairings.form_team(scheme=scheme, name=name, village=village, formed_on=TODAY, by=cast.officer)


def complete_team(cast, scheme_name: str = "组团帮扶二") -> Team:
    """With the member's organization as its lead unit and one more."""
    team = forming_team(cast, scheme_name)
    pairings.add_member(team=team, organization=cast.organization, is_lead=True, joined_on=TODAY, by=None)
    pairings.add_member(team=team, organization=cast.second_organization, joined_on=TODAY, by=None)
    return team


def active_team(cast, scheme_name: str = "组团帮扶三") -> Team:
    return pairings.activate_team(team=complete_team(cast, scheme_name), by=cast.officer)


def team_member(cast, scheme_name: str = "组团帮扶四") -> TeamMember:
    return active_team(cast, scheme_name).members.get(is_lead=False)


def _pk(make: Callable[[Any], Any]) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


def _member(cast) -> dict:
    made = cast.the(team_member)
    return {"pk": made.team_id, "member_pk": made.pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "pairings:pairing-activate": _pk(draft_pairing),
    "pairings:pairing-detail": _pk(active_pairing),
    "pairings:pairing-end": _pk(active_pairing),
    "pairings:agreement-add": _pk(active_pairing),
    "pairings:visit-add": _pk(active_pairing),
    "pairings:target-state": _pk(active_pairing),
    "pairings:agreement-detail": _pk(confirmed_agreement),
    "pairings:agreement-edit": _pk(agreement),
    "pairings:agreement-confirm": _pk(received_agreement),
    "pairings:agreement-dispute": _pk(received_agreement),
    "pairings:agreement-withdraw": _pk(agreement),
    "pairings:agreement-end": _pk(confirmed_agreement),
    "pairings:document-add": _pk(agreement),
    "pairings:document-download": _pk(signed_agreement),
    "pairings:visit-edit": _pk(visit),
    "pairings:visit-withdraw": _pk(visit),
    "pairings:target-confirm": _pk(target),
    "pairings:team-detail": _pk(active_team),
    "pairings:team-activate": _pk(complete_team),
    "pairings:team-dissolve": _pk(active_team),
    "pairings:member-add": _pk(forming_team),
    "pairings:member-leave": _member,
    "api:pairings-detail": _pk(active_pairing),
    "api:pairings-activate": _pk(draft_pairing),
    "api:pairings-end": _pk(active_pairing),
    "api:pairing-schemes-detail": lambda cast: {"pk": cast.the(active_pairing).scheme_id},
    "api:pairing-agreements-document": _pk(agreement),
    "api:pairing-agreements-detail": _pk(confirmed_agreement),
    "api:pairing-agreements-confirm": _pk(received_agreement),
    "api:pairing-agreements-dispute": _pk(received_agreement),
    "api:pairing-agreements-withdraw": _pk(agreement),
    "api:pairing-agreements-end": _pk(confirmed_agreement),
    "api:pairing-visits-detail": _pk(visit),
    "api:pairing-visits-withdraw": _pk(visit),
    "api:pairing-targets-detail": lambda cast: {"pk": cast.the(stated_alike).pk},
    "api:pairing-targets-confirm": _pk(target),
    "api:teams-detail": _pk(active_team),
    "api:teams-join": _pk(forming_team),
    "api:teams-activate": _pk(complete_team),
    "api:teams-dissolve": _pk(active_team),
    "api:team-members-detail": _pk(team_member),
    "api:team-members-leave": _pk(team_member),
}


def stated_alike(cast) -> PairingTarget:
    return agreed_target(cast, "年度二")


def _team(cast, number: int) -> Team:
    return active_team(cast, f"组团{number}")


ONE_MORE: dict[str, Callable[[Any, int], Any]] = {
    "pairings.Scheme": lambda cast, number: active_pairing(cast, f"方案{number}").scheme,
    "pairings.Pairing": lambda cast, number: active_pairing(cast, f"方案{number}"),
    "pairings.Agreement": lambda cast, number: confirmed_agreement(cast, f"方案{number}"),
    "pairings.Visit": lambda cast, number: visit(cast, f"方案{number}"),
    "pairings.PairingTarget": lambda cast, number: agreed_target(cast, f"方案{number}"),
    "pairings.Team": _team,
    "pairings.TeamMember": lambda cast, number: _team(cast, number).members.get(is_lead=False),
}
