"""Projects entered and edited."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states, texts
from core.errors import Refused
from core.references import next_reference
from demands.models import Claim
from organizations.models import Organization
from projects.models import BudgetLine, Milestone, Project, ProjectRegion
from projects.services import plans
from projects.services.refusals import insist_on_active, insist_on_status
from regions.models import Region


@transaction.atomic
def create_project(
    *,
    values: dict[str, Any],
    regions: Iterable[Region],
    partners: Iterable[Organization] = (),
    budget_lines: Iterable[BudgetLine] = (),
    milestones: Iterable[Milestone] = (),
    by: User,
) -> Project:
    """Enter a project as a draft; `values` are its plain fields, budget lines and milestones are not stored yet.

    Refused without a region, with the lead among the partners, with a lead that is not active, or for a claim that
    another project carries out.
    """
    regions, partners = list(regions), list(partners)
    _lock_free(values.get("claim"))
    project = Project(reference=next_reference("XM"), **values)
    texts.insist_public(*(getattr(project, name) for name in Project.SAID))
    insist_on_active(project.lead)
    check_parties(project, regions, partners)
    states.begin(project, by=by)
    ProjectRegion.objects.bulk_create(ProjectRegion(project=project, region=region) for region in regions)
    project.partners.set(partners)
    plans.set_budget(project, list(budget_lines))
    plans.set_milestones(project, list(milestones))
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
    budget_lines: Iterable[BudgetLine] | None = None,
    milestones: Iterable[Milestone] | None = None,
    note: str = "",
) -> dict:
    """Change a project that is not yet completed; return what changed. None leaves regions, partners … alone.

    A region that has counts cannot be taken away, or they would belong nowhere.
    """
    states.lock(project, version=version)
    insist_on_status(project, Project.EDITABLE)
    texts.insist_public(*(values[name] for name in Project.SAID if name in values))
    old_regions, old_partners = list(project.regions.all()), list(project.partners.all())
    regions = old_regions if regions is None else list(regions)
    partners = old_partners if partners is None else list(partners)
    wanted = Project(lead=values.get("lead", project.lead), claim=values.get("claim", project.claim))
    if wanted.lead_id != project.lead_id:
        insist_on_active(wanted.lead)
    check_parties(wanted, regions, partners)
    if wanted.claim_id != project.claim_id:
        _lock_free(wanted.claim)
    _set_regions(project, regions)
    project.partners.set(partners)
    parts = {
        "regions": [_names(old_regions), _names(regions)],
        "partners": [_names(old_partners), _names(partners)],
    }
    if budget_lines is not None:
        parts["budget_lines"] = plans.set_budget(project, list(budget_lines))
    if milestones is not None:
        parts["milestones"] = plans.set_milestones(project, list(milestones))
    return states.record(project, values, by=by, note=note, parts=parts)


def insist_on_free_claim(claim: Claim | None) -> None:
    """Refuse a claim that another project, one not terminated, carries out already; the caller has locked it."""
    if claim is None:
        return
    other = Project.objects.filter(claim=claim).exclude(status=Project.Status.TERMINATED).first()
    if other is not None:
        raise Refused(
            _("The project %(reference)s carries out this claim already.") % {"reference": other.reference},
            code="claim_has_project",
        )


def _lock_free(claim: Claim | None) -> None:
    if claim is not None:
        insist_on_free_claim(states.lock(claim))


def check_parties(project: Project, regions: list[Region], partners: list[Organization]) -> None:
    """Refuse a project without a region, with its lead as partner, or with the claim of another organization."""
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
    for activity in project.activities.exclude(status="struck").select_related("region"):
        if not any(region.contains(activity.region_id) for region in regions):
            raise Refused(
                _("%(region)s has activities in this project and cannot be taken away.") % {"region": activity.region},
                code="region_has_activities",
            )
    project.project_regions.exclude(region__in=regions).delete()
    ProjectRegion.objects.bulk_create(
        [ProjectRegion(project=project, region=region) for region in regions], ignore_conflicts=True
    )
    project.refresh_from_db()


def _names(rows: Iterable) -> str:
    """The rows with their keys, because names are not unique."""
    return "、".join(f"{row} ({row.pk})" for row in sorted(rows, key=lambda row: str(row.pk)))
