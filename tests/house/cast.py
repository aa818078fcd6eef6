"""Records the role table and the list checks ask for, made through services by the people of tests/conftest.py.

`ARGUMENTS` gives the arguments of an address from the cast; a record comes in the state its address needs.
`QUERIES` gives the query string of an address that needs one; `ONE_MORE` makes a row of a list's model, by number.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts import services as accounts
from accounts.models import ApiKey, Post, User
from demands import services as demands
from demands.models import Claim, Demand
from donations import services as donations
from donations.models import Donation, DonationDonor, Lot
from organizations.models import Organization
from projects import services as projects
from projects.models import BeneficiaryCount, Project
from publications import services as publications
from publications.models import Attachment, Document
from regions.models import Region
from tests.house import (
    activities,
    campaigns,
    claiming,
    consumption,
    deliveries,
    inbox,
    offering,
    pairs,
    registry,
    rosters,
    uploads,
    villages,
)
from tests.house.registry import own_organization as own_organization
from tests.house.villages import claim as claim
from tests.house.villages import not_accepted as not_accepted
from tests.house.villages import price_band as price_band
from tests.house.villages import published_demand as published_demand
from tests.house.villages import published_list as published_list
from tests.house.villages import submitted_demand as submitted_demand


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


def draft_project(cast: Cast, lead: Organization | None = None, partners: list | None = None) -> Project:
    """The member's organization plans a project in 城口县."""
    values = {"name": "光明行", "form": "health", "funding": "own", "starts_on": TODAY}
    values["lead"] = lead or cast.organization
    places = [cast.regions["500229"]]
    return projects.create_project(values=values, regions=places, partners=partners or [], by=cast.member)


def submitted_project(cast: Cast, **parties) -> Project:
    return projects.submit_project(project=draft_project(cast, **parties), by=cast.member)


def approved_project(cast: Cast, **parties) -> Project:
    return projects.approve_project(project=submitted_project(cast, **parties), by=cast.officer)


def active_project(cast: Cast, **parties) -> Project:
    return projects.start_project(project=approved_project(cast, **parties), by=cast.member)


def suspended_project(cast: Cast) -> Project:
    return projects.suspend_project(project=active_project(cast), by=cast.officer, reason="暴雨", rest="无剩余")


def completed_project(cast: Cast) -> Project:
    return projects.complete_project(project=active_project(cast), by=cast.member)


def verified_project(cast: Cast) -> Project:
    return projects.verify_project(project=completed_project(cast), by=cast.officer)


def _milestone(cast: Cast) -> dict:
    made = cast.the(active_project)
    milestone, _new = made.milestones.get_or_create(title="开诊", due_on=TODAY)
    return {"pk": made.pk, "milestone_pk": milestone.pk}


def beneficiary_count(cast: Cast) -> BeneficiaryCount:
    values = {"stage": "achieved", "region": cast.regions["500229"], "measure": "persons", "value": 300, "as_of": TODAY}
    return projects.add_count(project=active_project(cast), values=values, by=cast.member)


def pledged_gift(cast: Cast) -> Donation:
    """The member's organization promises 10,000 yuan to 城口县."""
    return donations.pledge_donation(**_gift(cast))


def received_gift(cast: Cast) -> Donation:
    return donations.record_donation(**_gift(cast), received_on=TODAY)


def _gift(cast: Cast) -> dict:
    return {
        "donors": [DonationDonor(organization=cast.organization)],
        "lots": [Lot(form=Lot.Form.CASH, amount=Decimal(10_000))],
        "regions": [cast.regions["500229"]],
        "consent_to_publish": True,
        "by": cast.officer,
    }


def draft_document(cast: Cast, number: int = 114) -> Document:
    """A notice of the member's organization, entered in 城口县."""
    values = {"kind": "notice", "number": f"渝民〔2021〕{number}号", "issuer": cast.organization, "title": "协作通知"}
    values |= {"issued_on": TODAY, "region": cast.regions["500229"], "body": "正文"}
    return publications.create_document(values=values, by=cast.second_officer)


def submitted_document(cast: Cast, number: int = 115) -> Document:
    return publications.submit_document(document=draft_document(cast, number), by=cast.second_officer)


def published_document(cast: Cast, number: int = 116) -> Document:
    return publications.publish_document(document=submitted_document(cast, number), by=cast.officer)


def draft_file(cast: Cast, number: int = 117) -> Attachment:
    document = draft_document(cast, number)
    return publications.attach_file(document=document, name="a.txt", content=b"a", by=cast.second_officer)


def published_file(cast: Cast) -> Attachment:
    made = draft_file(cast, 118)
    publications.submit_document(document=made.document, by=cast.second_officer)
    publications.publish_document(document=made.document, by=cast.officer)
    return made


def notice(cast: Cast) -> Any:
    return inbox.notice(cast, cast.the(submitted_demand))


def _pk(make: Callable[[Cast], Any]) -> Callable[[Cast], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


def _county(cast: Cast) -> dict:
    return {"code": cast.regions["500229"].code}


def _count(cast: Cast) -> dict:
    made = cast.the(beneficiary_count)
    return {"pk": made.project_id, "count_pk": made.pk}


def _file(make: Callable[[Cast], Attachment]) -> Callable[[Cast], dict]:
    return lambda cast: {"pk": cast.the(make).document_id, "file_pk": cast.the(make).pk}


def api_key(cast: Cast) -> ApiKey:
    """The officer's key."""
    made = accounts.make_key(user=cast.officer, name="report", expires_on=timezone.localdate(), by=cast.officer)
    return made[0]


def _file_rest(cast: Cast, make: Callable[[Cast], Attachment]) -> dict:
    return {"document_pk": cast.the(make).document_id, "pk": cast.the(make).pk}


def checker_post(cast: Cast, number: int = 0) -> Post:
    """Somebody checks 葛城街道, by the word of the county; the demands of the cast come from the other township."""
    person = User.objects.create_user(username=f"checker-{number}", password="a long password 1")
    region = cast.regions["500229100"]
    return accounts.give_post(user=person, kind=Post.Kind.CHECKER, region=region, by=cast.officer)


def _file_of_project(cast: Cast) -> dict:
    project = cast.the(active_project)
    return {"pk": project.pk, "file_pk": activities.project_photo(cast, project).pk}


ARGUMENTS: dict[str, Callable[[Cast], dict]] = {
    **registry.ARGUMENTS,
    **pairs.ARGUMENTS,
    **villages.ARGUMENTS,
    "accounts:api-key-revoke": _pk(api_key),
    **offering.ARGUMENTS,
    "notices:address-confirm": lambda cast: {"token": "forged"},
    "notices:notice-open": _pk(notice),
    "notices:notice-read": _pk(notice),
    "api:notices-detail": _pk(notice),
    "api:notices-read": _pk(notice),
    "regions:region-detail": _county,
    "api:regions-detail": _county,
    "api:regions-children": _county,
    "accounts:account-close": lambda cast: {"pk": cast.the(checker_post).user_id},
    "accounts:post-end": lambda cast: {"pk": cast.the(checker_post).pk},
    "publications:document-detail": _pk(published_document),
    "publications:document-edit": _pk(draft_document),
    "publications:document-submit": _pk(draft_document),
    "publications:document-publish": _pk(submitted_document),
    "publications:document-return": _pk(submitted_document),
    "publications:document-withdraw": _pk(published_document),
    "publications:document-replace": _pk(published_document),
    "publications:file-add": _pk(draft_document),
    "publications:file-download": _file(published_file),
    "publications:file-remove": _file(draft_file),
    "api:publications-detail": _pk(published_document),
    "api:publications-files": _pk(draft_document),
    "api:publication-files-detail": lambda cast: _file_rest(cast, draft_file),
    "api:publication-files-content": lambda cast: _file_rest(cast, published_file),
    "api:publications-submit": _pk(draft_document),
    "api:publications-publish": _pk(submitted_document),
    "api:publications-return": _pk(submitted_document),
    "api:publications-withdraw": _pk(published_document),
    "api:publications-replace": _pk(published_document),
    "demands:claim-extend": _pk(villages.claim),
    "demands:claim-pdf": _pk(villages.claim),
    "demands:claim-file": lambda cast: cast.the(claiming.file_of_claim),
    "demands:draft-file-remove": lambda cast: cast.the(claiming.file_of_draft),
    **{name: _pk(make) for name, make in claiming.RECORDS.items()},
    **claiming.FILES,
    "api:claims-extend": _pk(villages.claim),
    "api:claims-end-rest": _pk(villages.claim),
    "api:claims-files": _pk(villages.claim),
    "demands:claim-end": _pk(villages.claim),
    **deliveries.arguments(villages.claim),
    "projects:project-approve": _pk(submitted_project),
    "projects:project-submit": _pk(draft_project),
    "projects:project-return": _pk(submitted_project),
    "projects:project-verify": _pk(completed_project),
    "projects:project-files": _pk(active_project),
    "projects:milestone-done": _milestone,
    "projects:project-from-claim": lambda cast: {"claim_pk": cast.the(villages.claim).pk},
    "projects:project-close": _pk(verified_project),
    "projects:project-complete": _pk(active_project),
    "projects:project-detail": _pk(active_project),
    "projects:project-edit": _pk(draft_project),
    "projects:project-resume": _pk(suspended_project),
    "projects:project-start": _pk(approved_project),
    "projects:project-suspend": _pk(active_project),
    "projects:project-terminate": _pk(active_project),
    "projects:count-add": _pk(active_project),
    "projects:count-correct": _count,
    **activities.ARGUMENTS,
    "projects:count-strike": _count,
    "projects:count-verify": _count,
    **campaigns.ARGUMENTS,
    "api:projects-approve": _pk(submitted_project),
    "api:projects-submit": _pk(draft_project),
    "api:projects-return": _pk(submitted_project),
    "api:projects-verify": _pk(completed_project),
    "api:projects-milestones": _pk(active_project),
    "api:projects-files": _pk(active_project),
    "api:projects-file": _file_of_project,
    **consumption.ARGUMENTS,
    "projects:roster-list": _pk(active_project),
    "projects:roster-add": _pk(active_project),
    "projects:roster-erase": lambda cast: {"pk": rosters.roster(cast, cast.the(active_project)).pk},
    "api:project-rosters": _pk(active_project),
    "api:roster-erase": lambda cast: {"pk": rosters.roster(cast, cast.the(active_project)).pk},
    "api:projects-beneficiaries": _pk(active_project),
    "api:projects-close": _pk(verified_project),
    "api:projects-complete": _pk(active_project),
    "api:projects-correct": _count,
    "api:beneficiary-counts-detail": _pk(beneficiary_count),
    "api:projects-strike-count": _count,
    "api:projects-verify-count": _count,
    "api:projects-detail": _pk(active_project),
    "api:projects-resume": _pk(suspended_project),
    "api:projects-start": _pk(approved_project),
    "api:projects-suspend": _pk(active_project),
    "api:projects-terminate": _pk(active_project),
    "donations:donation-detail": _pk(received_gift),
    "donations:donation-receive": _pk(pledged_gift),
    "donations:donation-cancel": _pk(pledged_gift),
    "donations:donation-reverse": _pk(received_gift),
    "exchange:batch-add": uploads.sheet,
    "exchange:sheet-template": uploads.sheet,
    "exchange:sheet-detail": uploads.sheet,
    "exchange:batch-detail": _pk(uploads.checked_batch),
    "exchange:batch-workbook": _pk(uploads.refused_batch),
    "exchange:batch-store": _pk(uploads.checked_batch),
    "exchange:batch-discard": _pk(uploads.checked_batch),
    "exchange:batch-undo": _pk(uploads.stored_batch),
    "api:uploads-detail": _pk(uploads.checked_batch),
    "api:uploads-problems": _pk(uploads.refused_batch),
    "api:uploads-store": _pk(uploads.checked_batch),
    "api:uploads-discard": _pk(uploads.checked_batch),
    "api:uploads-undo": _pk(uploads.stored_batch),
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


ONE_MORE: dict[str, Callable[[Cast, int], Any]] = {
    "notices.Notice": lambda cast, number: inbox.notice(cast, submitted_demand(cast, village=_village(cast, number))),
    "accounts.Post": checker_post,
    "regions.Region": _village,
    "organizations.Organization": _organization,
    "publications.Document": lambda cast, number: published_document(cast, number),
    **pairs.ONE_MORE,
    "demands.DemandList": lambda cast, number: published_list(cast),
    "demands.Demand": _demand,
    "demands.Claim": _claim,
    "demands.Delivery": lambda cast, number: deliveries.handed_over(cast, _claim(cast, number)),
    "demands.SpotCheck": lambda cast, number: deliveries.spot_check(cast, _claim(cast, number)),
    "demands.SupplyOffer": lambda cast, number: offering.open_offer(cast, number=number),
    "demands.Invitation": lambda cast, number: offering.invitation(cast, _demand(cast, number)),
    "demands.ClaimDraft": claiming.another_draft,
    "demands.WaitingPlace": claiming.waiting_place,
    "demands.PriceBand": price_band,
    "demands.NotAccepted": not_accepted,
    "projects.Project": _project,
    "projects.BeneficiaryCount": lambda cast, number: beneficiary_count(cast),
    **activities.ONE_MORE,
    **campaigns.ONE_MORE,
    **consumption.ONE_MORE,
    "donations.Donation": _donation,
    "exchange.Batch": lambda cast, number: uploads.uploaded_batch(cast),
}
