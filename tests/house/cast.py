"""Records the role table and the list checks ask for, made through services by the people of tests/conftest.py.

`ARGUMENTS` gives the arguments of an address from the cast; a record comes in the state its address needs.
`QUERIES` gives the query string of an address that needs one; `ONE_MORE` makes a row of a list's model, by number.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from demands import services as demands
from demands.models import Claim, Demand, DemandItem, DemandList
from donations import services as donations
from donations.models import Donation, DonationDonor, Lot
from donations.sheets import donation_sheet
from exchange import services as exchange
from exchange.models import Upload
from exchange.sheets import write
from organizations import services as organizations
from organizations.models import ENTRIES, Membership, Organization
from pairings import services as pairings
from pairings.models import Pairing, Scheme
from projects import services as projects
from projects.models import BeneficiaryCount, Project
from regions.models import Region


class Cast:
    """The people and records of one test; a record is made when it is first asked for."""

    ROLES = ("anonymous", "member", "reporter", "officer", "outsider")

    def __init__(self, fixture: Callable[[str], Any]):
        self._fixture = fixture
        self._made: dict[Callable, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """A fixture of tests/conftest.py: cast.officer, cast.regions, cast.organization."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._fixture(name)

    def the(self, make: Callable[["Cast"], Any]) -> Any:
        """The one record this function makes."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def gather(self) -> None:
        """Call everybody in before the first request."""
        for role in self.ROLES[1:]:
            self._fixture(role)


TODAY = datetime.date(2026, 3, 1)


def own_organization(cast: Cast, *, active: bool = True) -> Organization:
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


def _entry(key: str, **values) -> Callable[[Cast], Any]:
    """What makes a dated entry of the member's organization in 城口县."""

    def make(cast: Cast) -> Any:
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


def _entry_of(key: str) -> Callable[[Cast], dict]:
    return lambda cast: {"organization_pk": cast.the(own_organization).pk, "pk": cast.the(ENTRY[key]).pk}


def invitation(cast: Cast) -> Any:
    """The member invites the reporter."""
    made, reporter = cast.the(own_organization), cast.reporter
    return organizations.invite_member(organization=made, user=reporter, role="operator", by=cast.member)


def _invited(cast: Cast) -> dict:
    return {"pk": cast.the(own_organization).pk, "invitation_pk": cast.the(invitation).pk}


def _invited_rest(cast: Cast) -> dict:
    return {"organization_pk": cast.the(own_organization).pk, "pk": cast.the(invitation).pk}


def asked_organization(cast: Cast) -> Organization:
    """The member asks for the registration of an organization of 城口县."""
    values = {"name": "城口县志愿者协会", "kind": "other_social", "level": "county", "region": cast.regions["500229"]}
    return organizations.request_registration(values=values, by=cast.member).organization


def draft_organization(cast: Cast) -> Organization:
    return own_organization(cast, active=False)


def draft_pairing(cast: Cast, scheme_name: str = "东西部协作") -> Pairing:
    """临沂市 helps 城口县."""
    scheme = pairings.create_scheme(name=scheme_name, kind=Scheme.Kind.EAST_WEST, by=None)
    giver, receiver = cast.regions["371300"], cast.regions["500229"]
    return pairings.create_pairing(scheme=scheme, giver=giver, receiver=receiver, valid_from=TODAY, by=cast.officer)


def active_pairing(cast: Cast, scheme_name: str = "对口支援") -> Pairing:
    return pairings.activate_pairing(pairing=draft_pairing(cast, scheme_name), by=cast.officer)


def draft_demand(cast: Cast, village: Region | None = None) -> Demand:
    """A hundred quilts for 四湾村, written by its reporter."""
    values = {"village": village or cast.regions["500229201200"], "form": "relief", "title": "过冬棉被"}
    quilts = {"kind": DemandItem.Kind.GOODS, "what": "棉被", "unit": "条", "quantity": Decimal(100)}
    return demands.create_demand(values=values, items=[quilts], by=cast.reporter)


def submitted_demand(cast: Cast, village: Region | None = None) -> Demand:
    return demands.submit(demand=draft_demand(cast, village), by=cast.reporter)


def published_demand(cast: Cast, village: Region | None = None) -> Demand:
    return demands.publish(demand=submitted_demand(cast, village), by=cast.officer)


def claim(cast: Cast) -> Claim:
    """The member's organization takes sixty of the quilts."""
    demand = published_demand(cast)
    lines = [(demand.items.get(), Decimal(60))]
    return demands.claim_demand(demand=demand, organization=cast.organization, lines=lines, by=cast.member)


def demand_list(cast: Cast) -> DemandList:
    return demands.create_list(region=cast.regions["500229"], title="冬季需求", by=cast.officer)


def published_list(cast: Cast) -> DemandList:
    return demands.publish_list(demand_list=demand_list(cast), by=cast.officer)


def draft_project(cast: Cast, lead: Organization | None = None, partners: list | None = None) -> Project:
    """The member's organization plans a project in 城口县."""
    values = {"name": "光明行", "form": "health", "funding": "own", "starts_on": TODAY}
    values["lead"] = lead or cast.organization
    places = [cast.regions["500229"]]
    return projects.create_project(values=values, regions=places, partners=partners or [], by=cast.member)


def approved_project(cast: Cast, **parties) -> Project:
    return projects.approve_project(project=draft_project(cast, **parties), by=cast.officer)


def active_project(cast: Cast, **parties) -> Project:
    return projects.start_project(project=approved_project(cast, **parties), by=cast.member)


def suspended_project(cast: Cast) -> Project:
    return projects.suspend_project(project=active_project(cast), by=cast.officer, reason="暴雨")


def completed_project(cast: Cast) -> Project:
    return projects.complete_project(project=active_project(cast), by=cast.member)


def beneficiary_count(cast: Cast) -> BeneficiaryCount:
    values = {"stage": "achieved", "region": cast.regions["500229"], "measure": "persons", "value": 300, "as_of": TODAY}
    return projects.add_count(project=active_project(cast), values=values, by=cast.member)


def pledged_gift(cast: Cast) -> Donation:
    """The member's organization promises 10,000 yuan to 城口县."""
    return donations.pledge_donation(**_gift(cast))


def received_gift(cast: Cast) -> Donation:
    return donations.record_donation(**_gift(cast), received_on=TODAY)


def upload(cast: Cast) -> Upload:
    """A workbook with one gift, sent by the officer."""
    sheet = donation_sheet(cast.officer)
    row = {
        "import_key": "A-1",
        "donors": cast.organization.name,
        "channel": "自身捐赠",
        "regions": cast.regions["500229"].short_code,
        "received_on": TODAY,
        "cash": Decimal(10_000),
        "consent": "是",
    }
    return exchange.keep_upload(sheet=sheet, file_name="x.xlsx", content=write(sheet, [row]), by=cast.officer)


def _gift(cast: Cast) -> dict:
    return {
        "donors": [DonationDonor(organization=cast.organization)],
        "lots": [Lot(form=Lot.Form.CASH, amount=Decimal(10_000))],
        "regions": [cast.regions["500229"]],
        "consent_to_publish": True,
        "by": cast.officer,
    }


def _pk(make: Callable[[Cast], Any]) -> Callable[[Cast], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


def _county(cast: Cast) -> dict:
    return {"code": cast.regions["500229"].code}


def _count(cast: Cast) -> dict:
    made = cast.the(beneficiary_count)
    return {"pk": made.project_id, "count_pk": made.pk}


ARGUMENTS: dict[str, Callable[[Cast], dict]] = {
    "regions:region-detail": _county,
    "api:regions-detail": _county,
    "api:regions-children": _county,
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
    "pairings:pairing-activate": _pk(draft_pairing),
    "pairings:pairing-detail": _pk(active_pairing),
    "pairings:pairing-end": _pk(active_pairing),
    "api:pairings-detail": _pk(active_pairing),
    "api:pairings-activate": _pk(draft_pairing),
    "api:pairings-end": _pk(active_pairing),
    "demands:batch-detail": _pk(published_list),
    "demands:batch-publish": _pk(demand_list),
    "demands:demand-detail": _pk(published_demand),
    "demands:demand-edit": _pk(draft_demand),
    "demands:demand-submit": _pk(draft_demand),
    "demands:demand-publish": _pk(submitted_demand),
    "demands:demand-return": _pk(submitted_demand),
    "demands:demand-reject": _pk(submitted_demand),
    "demands:demand-withdraw": _pk(published_demand),
    "demands:demand-quantities": _pk(published_demand),
    "demands:demand-claim": _pk(published_demand),
    "demands:claim-detail": _pk(claim),
    "demands:claim-receipt": _pk(claim),
    "demands:claim-approve": _pk(claim),
    "demands:claim-reject": _pk(claim),
    "demands:claim-withdraw": _pk(claim),
    "api:demands-detail": _pk(published_demand),
    "api:demands-submit": _pk(draft_demand),
    "api:demands-publish": _pk(submitted_demand),
    "api:demands-send-back": _pk(submitted_demand),
    "api:demands-reject": _pk(submitted_demand),
    "api:demands-withdraw": _pk(published_demand),
    "api:demands-claim": _pk(published_demand),
    "api:demand-lists-detail": _pk(published_list),
    "api:demand-lists-publish": _pk(demand_list),
    "api:claims-detail": _pk(claim),
    "api:claims-approve": _pk(claim),
    "api:claims-reject": _pk(claim),
    "api:claims-withdraw": _pk(claim),
    "projects:project-approve": _pk(draft_project),
    "projects:project-close": _pk(completed_project),
    "projects:project-complete": _pk(active_project),
    "projects:project-detail": _pk(active_project),
    "projects:project-edit": _pk(draft_project),
    "projects:project-resume": _pk(suspended_project),
    "projects:project-start": _pk(approved_project),
    "projects:project-suspend": _pk(active_project),
    "projects:project-terminate": _pk(active_project),
    "projects:count-add": _pk(active_project),
    "projects:count-correct": _count,
    "api:projects-approve": _pk(draft_project),
    "api:projects-beneficiaries": _pk(active_project),
    "api:projects-close": _pk(completed_project),
    "api:projects-complete": _pk(active_project),
    "api:projects-correct": _count,
    "api:projects-detail": _pk(active_project),
    "api:projects-resume": _pk(suspended_project),
    "api:projects-start": _pk(approved_project),
    "api:projects-suspend": _pk(active_project),
    "api:projects-terminate": _pk(active_project),
    "donations:donation-detail": _pk(received_gift),
    "donations:donation-receive": _pk(pledged_gift),
    "donations:donation-cancel": _pk(pledged_gift),
    "donations:donation-reverse": _pk(received_gift),
    "donations:upload-detail": _pk(upload),
    "donations:upload-store": _pk(upload),
    "donations:upload-discard": _pk(upload),
    "api:donations-detail": _pk(received_gift),
    "api:donations-receive": _pk(pledged_gift),
    "api:donations-cancel": _pk(pledged_gift),
    "api:donations-reverse": _pk(received_gift),
}
QUERIES: dict[str, str] = {
    "api:statistics-donations": "?region=500000",
    "api:statistics-beneficiaries": "?region=500000",
}


def _village(cast: Cast, number: int) -> Region:
    code = f"50022920{1300 + number}"
    parent = cast.regions["500229201"].code
    return Region.objects.create(code=code, name=f"{number}村", level=Region.Level.VILLAGE, parent_id=parent)


def _organization(cast: Cast, number: int) -> Organization:
    return cast.make_organization(f"慈善会{number}", region="500229")


def _demand(cast: Cast, number: int) -> Demand:
    return published_demand(cast, village=_village(cast, number))


def _claim(cast: Cast, number: int) -> Claim:
    demand = _demand(cast, number)
    lines = [(demand.items.get(), Decimal(60))]
    return demands.claim_demand(demand=demand, organization=cast.organization, lines=lines, by=cast.member)


def _project(cast: Cast, number: int) -> Project:
    """A project with a lead of its own and a partner."""
    organization = _organization(cast, number)
    return active_project(cast, lead=organization, partners=[cast.organization])


def _donation(cast: Cast, number: int) -> Donation:
    """A gift of two donors for two regions, for the county's own organization."""
    gift = _gift(cast)
    gift["donors"] = [*gift["donors"], DonationDonor(organization=_organization(cast, number))]
    gift["regions"] = [*gift["regions"], cast.regions["500229201"]]
    return donations.record_donation(**gift, received_on=TODAY)


def _pairing(cast: Cast, number: int) -> Pairing:
    return active_pairing(cast, f"方案{number}")


ONE_MORE: dict[str, Callable[[Cast, int], Any]] = {
    "regions.Region": _village,
    "organizations.Organization": _organization,
    "pairings.Pairing": _pairing,
    "demands.DemandList": lambda cast, number: published_list(cast),
    "demands.Demand": _demand,
    "demands.Claim": _claim,
    "projects.Project": _project,
    "donations.Donation": _donation,
}
