"""Every write of projects."""

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
from projects.models import Project, ProjectRegion
from projects.services.refusals import (
    NotSecondPerson,
    given_reason,
    insist_on_active,
    insist_on_status,
)
from regions.models import Region

Status = Project.Status


@transaction.atomic
def create_project(
    *, values: dict[str, Any], regions: Iterable[Region], partners: Iterable[Organization] = (), by: User
) -> Project:
    """Enter a project as a draft; `values` are its plain fields.

    Refused without a region, with the lead among the partners, or with a lead that is not active.
    """
    regions, partners = list(regions), list(partners)
    project = Project(reference=next_reference("XM"), **values)
    insist_on_active(project.lead)
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
    insist_on_status(project, Project.EDITABLE)
    old_regions, old_partners = list(project.regions.all()), list(project.partners.all())
    regions = old_regions if regions is None else list(regions)
    partners = old_partners if partners is None else list(partners)
    wanted = Project(lead=values.get("lead", project.lead), claim=values.get("claim", project.claim))
    if wanted.lead_id != project.lead_id:
        insist_on_active(wanted.lead)
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
    insist_on_status(project, (Status.DRAFT,))
    parties = [project.lead_id, *project.partners.values_list("pk", flat=True)]
    wrote = StatusChange.objects.of(project).filter(by=by).exists()
    if wrote or Membership.objects.filter(user=by, organization__in=parties).exists():
        raise NotSecondPerson(
            _("Whoever entered or changed a project or takes part in it cannot approve it. Ask a colleague.")
        )
    insist_on_active(project.lead)
    return states.move(project, Status.APPROVED, by=by, note=note)


@transaction.atomic
def start_project(*, project: Project, by: User) -> Project:
    """The work begins; from now on the project is public. Resuming a suspended one is `resume_project`."""
    states.lock(project)
    insist_on_status(project, (Status.APPROVED,))
    insist_on_active(project.lead)
    return states.move(project, Status.ACTIVE, by=by)


@transaction.atomic
def complete_project(*, project: Project, by: User) -> Project:
    """The work is done; counts may still be entered until staff close the project."""
    return states.move(project, Status.COMPLETED, by=by)


@transaction.atomic
def close_project(*, project: Project, by: User, note: str = "") -> Project:
    """Staff have checked the completed project. Refused for the one who reported it completed."""
    states.lock(project)
    insist_on_status(project, (Status.COMPLETED,))
    done = StatusChange.objects.of(project).filter(new=Status.COMPLETED, old=Status.ACTIVE).first()
    if done is not None and done.by_id == by.pk:
        raise NotSecondPerson(_("A project is closed by a second person: not by the one who reported it completed."))
    return states.move(project, Status.CLOSED, by=by, note=note)


@transaction.atomic
def suspend_project(*, project: Project, by: User, reason: str) -> Project:
    """Interrupt the work; while it is suspended the project is not public and its counts are in no figure."""
    return states.move(project, Status.SUSPENDED, by=by, note=given_reason(reason))


@transaction.atomic
def resume_project(*, project: Project, by: User) -> Project:
    """Go on with a suspended project."""
    states.lock(project)
    insist_on_status(project, (Status.SUSPENDED,))
    return states.move(project, Status.ACTIVE, by=by)


@transaction.atomic
def terminate_project(*, project: Project, by: User, reason: str) -> Project:
    """End a project before its completion; its counts are in no figure from then on."""
    return states.move(project, Status.TERMINATED, by=by, note=given_reason(reason))


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


def _names(rows: Iterable) -> str:
    """The rows with their keys, because names are not unique."""
    return "、".join(f"{row} ({row.pk})" for row in sorted(rows, key=lambda row: str(row.pk)))
