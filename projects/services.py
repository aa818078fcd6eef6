"""Every write of projects and their beneficiary counts."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from organizations.models import Membership, Organization
from projects.models import BeneficiaryCount, Project, ProjectRegion
from regions.models import Region

Status = Project.Status


class NotSecondPerson(Refused):
    """The one who wrote it cannot be the one who checks it."""

    code = "second_person"


class ReasonMissing(Refused):
    """This step is recorded with its reason."""

    code = "reason_missing"


class LeadNotActive(Refused):
    """The lead organization is not (or no longer) an active one."""

    code = "lead_not_active"


@transaction.atomic
def create_project(
    *, values: dict[str, Any], regions: Iterable[Region], partners: Iterable[Organization] = (), by: User
) -> Project:
    """Enter a project as a draft; `values` are its plain fields.

    Refused without a region, with the lead among the partners, or with a lead that is not active.
    """
    regions, partners = list(regions), list(partners)
    project = Project(reference=next_reference("XM"), **values)
    _insist_on_active(project.lead)
    _check_parties(project, regions, partners)
    states.begin(project, by=by)
    ProjectRegion.objects.bulk_create(ProjectRegion(project=project, region=region) for region in regions)
    project.partners.set(partners)
    return project


@transaction.atomic
def edit_project(
    *,
    project: Project,
    values: dict[str, Any],
    version: int,
    by: User,
    regions: Iterable[Region] | None = None,
    partners: Iterable[Organization] | None = None,
    note: str = "",
) -> dict:
    """Change a project that is not yet completed; return what changed. None leaves regions or partners alone.

    A region that has counts cannot be taken away, or they would belong nowhere.
    """
    states.lock(project, version=version)
    _insist_on_status(project, Project.EDITABLE)
    old_regions, old_partners = list(project.regions.all()), list(project.partners.all())
    regions = old_regions if regions is None else list(regions)
    partners = old_partners if partners is None else list(partners)
    wanted = Project(lead=values.get("lead", project.lead), claim=values.get("claim", project.claim))
    if wanted.lead_id != project.lead_id:
        _insist_on_active(wanted.lead)
    _check_parties(wanted, regions, partners)
    _set_regions(project, regions)
    project.partners.set(partners)
    parts = {
        "regions": [_names(old_regions), _names(regions)],
        "partners": [_names(old_partners), _names(partners)],
    }
    return states.record(project, values, by=by, note=note, parts=parts)


@transaction.atomic
def approve_project(*, project: Project, by: User, note: str = "") -> Project:
    """Approve a draft. Refused for whoever wrote on it or acts for one of its organizations."""
    states.lock(project)
    _insist_on_status(project, (Status.DRAFT,))
    parties = [project.lead_id, *project.partners.values_list("pk", flat=True)]
    wrote = StatusChange.objects.of(project).filter(by=by).exists()
    if wrote or Membership.objects.filter(user=by, organization__in=parties).exists():
        raise NotSecondPerson(
            _("Whoever entered or changed a project or takes part in it cannot approve it. Ask a colleague.")
        )
    _insist_on_active(project.lead)
    return states.move(project, Status.APPROVED, by=by, note=note)


@transaction.atomic
def start_project(*, project: Project, by: User) -> Project:
    """The work begins; from now on the project is public. Resuming a suspended one is `resume_project`."""
    states.lock(project)
    _insist_on_status(project, (Status.APPROVED,))
    _insist_on_active(project.lead)
    return states.move(project, Status.ACTIVE, by=by)


@transaction.atomic
def complete_project(*, project: Project, by: User) -> Project:
    """The work is done; counts may still be entered until staff close the project."""
    return states.move(project, Status.COMPLETED, by=by)


@transaction.atomic
def close_project(*, project: Project, by: User, note: str = "") -> Project:
    """Staff have checked the completed project. Refused for the one who reported it completed."""
    states.lock(project)
    _insist_on_status(project, (Status.COMPLETED,))
    done = StatusChange.objects.of(project).filter(new=Status.COMPLETED, old=Status.ACTIVE).first()
    if done is not None and done.by_id == by.pk:
        raise NotSecondPerson(_("A project is closed by a second person: not by the one who reported it completed."))
    return states.move(project, Status.CLOSED, by=by, note=note)


@transaction.atomic
def suspend_project(*, project: Project, by: User, reason: str) -> Project:
    """Interrupt the work; while it is suspended the project is not public and its counts are in no figure."""
    return states.move(project, Status.SUSPENDED, by=by, note=_reason(reason))


@transaction.atomic
def resume_project(*, project: Project, by: User) -> Project:
    """Go on with a suspended project."""
    states.lock(project)
    _insist_on_status(project, (Status.SUSPENDED,))
    return states.move(project, Status.ACTIVE, by=by)


@transaction.atomic
def terminate_project(*, project: Project, by: User, reason: str) -> Project:
    """End a project before its completion; its counts are in no figure from then on."""
    return states.move(project, Status.TERMINATED, by=by, note=_reason(reason))


@transaction.atomic
def add_count(*, project: Project, values: dict[str, Any], by: User) -> BeneficiaryCount:
    """Enter a beneficiary count. Expected until the project is completed, achieved once the work has begun."""
    states.lock(project)
    count = BeneficiaryCount(project=project, **values)
    _check_count(count)
    return states.begin(count, by=by)


@transaction.atomic
def correct_count(*, count: BeneficiaryCount, values: dict[str, Any], reason: str, version: int, by: User) -> dict:
    """Correct a beneficiary count; its history keeps the value before and the reason. Returns what changed."""
    reason = _reason(reason)
    states.lock(count.project)
    states.lock(count, version=version)
    wanted = BeneficiaryCount.objects.get(pk=count.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    _check_count(wanted)
    return states.record(count, values, by=by, note=reason)


def _check_count(count: BeneficiaryCount) -> None:
    """Refuse a count the project's state, its regions or its other counts do not allow."""
    project = count.project
    _insist_on_status(project, Project.COUNTABLE[count.stage])
    if not project.covers(count.region_id):
        raise Refused(
            _("This region is neither one of the project's regions nor below one of them."), code="region_outside"
        )
    same = BeneficiaryCount.objects.filter(
        project=project, stage=count.stage, region=count.region_id, measure=count.measure, group=count.group
    )
    if same.exclude(pk=count.pk).exists():
        raise Refused(
            _("This project already has a count for this region, measure and group. Correct that one."),
            code="count_exists",
        )


def _check_parties(project: Project, regions: list[Region], partners: list[Organization]) -> None:
    if not regions:
        raise Refused(_("A project needs at least one region."), code="no_region")
    if project.lead_id in {partner.pk for partner in partners}:
        raise Refused(_("The lead organization cannot be its own partner."), code="partner_is_lead")
    if project.claim is not None and project.claim.organization_id != project.lead_id:
        raise Refused(_("This demand was claimed by another organization than the lead."), code="claim_of_another")


def _set_regions(project: Project, regions: list[Region]) -> None:
    for count in project.counts.select_related("region"):
        if not any(region.contains(count.region_id) for region in regions):
            raise Refused(
                _("%(region)s has beneficiary counts in this project and cannot be taken away.")
                % {"region": count.region},
                code="region_has_counts",
            )
    project.project_regions.exclude(region__in=regions).delete()
    ProjectRegion.objects.bulk_create(
        [ProjectRegion(project=project, region=region) for region in regions], ignore_conflicts=True
    )
    project.refresh_from_db()


def _insist_on_active(lead: Organization) -> None:
    if lead.status != Organization.Status.ACTIVE:
        raise LeadNotActive(_("%(organization)s is not an active organization.") % {"organization": lead})


def _insist_on_status(project: Project, allowed: Iterable[str]) -> None:
    if project.status not in allowed:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": project.get_status_display()},
            status=project.status,
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(_("Give the reason; it is kept in the history."))
    return text.strip()


def _names(rows: Iterable) -> str:
    """The rows with their keys, because names are not unique."""
    return "、".join(f"{row} ({row.pk})" for row in sorted(rows, key=lambda row: str(row.pk)))
