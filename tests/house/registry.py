"""Organizations of the cast (tests/house/cast.py): of 城口县, with the member as their manager or applicant."""

import datetime
from collections.abc import Callable
from typing import Any

from accounts.models import User
from organizations import services as organizations
from organizations.models import ENTRIES, Membership, Organization

TODAY = datetime.date(2026, 3, 1)


def own_organization(cast, *, active: bool = True) -> Organization:
    """An organization of 城口县 with the member as its manager."""
    made = organizations.register_organization(
        name="城口县慈善会" if active else "城口县助学会",
        kind="other_social",
        level="county",
        region=cast.regions["500229"],
        by=cast.officer,
    )
    if active:
        organizations.activate_organization(organization=made, by=cast.officer)
    organizations.add_member(organization=made, user=cast.member, role=Membership.Role.MANAGER, by=cast.officer)
    return made


def _entry(key: str, **values) -> Callable[[Any], Any]:
    """What makes a dated entry of the member's organization in 城口县."""

    def make(cast) -> Any:
        entry = ENTRIES[key](**values)
        return organizations.add_entry(organization=cast.the(own_organization), entry=entry, by=cast.officer)

    return make


ENTRY = {
    "certificates": _entry("certificates", kind="charity", issuer="城口县民政局", valid_from=TODAY),
    "assessments": _entry("assessments", grade="4A", authority="重庆市民政局", valid_from=TODAY),
    "annual-returns": _entry("annual-returns", year=2025, result="passed"),
    "credit-entries": _entry("credit-entries", kind="abnormal", reason="未年报", authority="甲局", listed_on=TODAY),
    "commendations": _entry("commendations", stage="award", title="中华慈善奖", authority="民政部", on=TODAY),
}


def _entry_of(key: str) -> Callable[[Any], dict]:
    return lambda cast: {"organization_pk": cast.the(own_organization).pk, "pk": cast.the(ENTRY[key]).pk}


def invitation(cast) -> Any:
    """The member invites the reporter."""
    made, reporter = cast.the(own_organization), cast.reporter
    return organizations.invite_member(organization=made, user=reporter, role="operator", by=cast.member)


def operator(cast) -> Membership:
    """A colleague of the member, who is the manager."""
    person = User.objects.create_user(username="operator", password="a long password 1")
    return organizations.add_member(
        organization=cast.the(own_organization), user=person, role=Membership.Role.OPERATOR, by=cast.officer
    )


def _operator(cast, organization: str, membership: str) -> dict:
    return {organization: cast.the(own_organization).pk, membership: cast.the(operator).pk}


def _invited(cast) -> dict:
    return {"pk": cast.the(own_organization).pk, "invitation_pk": cast.the(invitation).pk}


def _invited_rest(cast) -> dict:
    return {"organization_pk": cast.the(own_organization).pk, "pk": cast.the(invitation).pk}


def asked_organization(cast) -> Organization:
    """The member asks for the registration of an organization of 城口县."""
    values = {"name": "城口县志愿者协会", "kind": "other_social", "level": "county", "region": cast.regions["500229"]}
    return organizations.request_registration(values=values, by=cast.member).organization


def draft_organization(cast) -> Organization:
    return own_organization(cast, active=False)


def _pk(make: Callable[[Any], Any]) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "organizations:organization-activate": _pk(draft_organization),
    "organizations:organization-cancel": _pk(own_organization),
    "organizations:organization-detail": _pk(own_organization),
    "organizations:organization-edit": _pk(own_organization),
    "organizations:organization-revoke": _pk(own_organization),
    "organizations:member-add": _pk(own_organization),
    "organizations:entry-add": lambda cast: {"pk": cast.the(own_organization).pk, "kind": "certificates"},
    "organizations:entry-edit": lambda cast: {
        "pk": cast.the(own_organization).pk,
        "kind": "certificates",
        "entry_pk": cast.the(ENTRY["certificates"]).pk,
    },
    **{f"api:organization-{key}-detail": _entry_of(key) for key in ENTRIES},
    **{
        f"api:organization-{key}-list": lambda cast: {"organization_pk": cast.the(own_organization).pk}
        for key in ENTRIES
    },
    "organizations:entry-strike": lambda cast: {
        "pk": cast.the(own_organization).pk,
        "kind": "certificates",
        "entry_pk": cast.the(ENTRY["certificates"]).pk,
    },
    "organizations:member-end": lambda cast: _operator(cast, "pk", "member_pk"),
    "organizations:member-role": lambda cast: _operator(cast, "pk", "member_pk"),
    "api:organizations-members": lambda cast: {"pk": cast.the(own_organization).pk},
    "api:organization-members-detail": lambda cast: _operator(cast, "organization_pk", "pk"),
    "api:organization-members-end": lambda cast: _operator(cast, "organization_pk", "pk"),
    **{f"api:organization-{key}-strike": _entry_of(key) for key in ENTRIES},
    "api:organizations-activate": _pk(draft_organization),
    "api:organizations-cancel": _pk(own_organization),
    "api:organizations-detail": _pk(own_organization),
    "api:organizations-revoke": _pk(own_organization),
    "organizations:member-join": _pk(own_organization),
    "organizations:invitation-confirm": _invited,
    "organizations:invitation-decline": _invited,
    "api:organization-invitations-list": lambda cast: {"organization_pk": cast.the(own_organization).pk},
    "api:organization-invitations-confirm": _invited_rest,
    "api:organization-invitations-decline": _invited_rest,
    "organizations:registration-edit": _pk(asked_organization),
    "organizations:registration-return": _pk(asked_organization),
    "organizations:registration-approve": _pk(asked_organization),
    "api:organization-registrations-detail": _pk(asked_organization),
    "api:organization-registrations-return": _pk(asked_organization),
    "api:organization-registrations-approve": _pk(asked_organization),
    "organizations:organization-merge": _pk(own_organization),
    "api:organizations-merge": _pk(own_organization),
}
