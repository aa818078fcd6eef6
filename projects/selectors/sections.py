"""What this floor shows on the pages of regions, organizations and claims."""

from django.db.models import Q

from core.sections import Section
from demands.models import Claim
from organizations.models import Organization
from organizations.permissions import acts_for
from projects.models import Activity, Project, ProjectRegion
from regions.models import Region

# Enough to see what is going on; the link below them leads to all.
SHOWN = 5


def of_region(region: Region, user) -> Section | None:
    """Projects that work in the region or below it, and what was done there."""
    inside = ProjectRegion.objects.filter(region__gte=region.low, region__lte=region.high).values("project")
    projects = Project.objects.filter(status__in=Project.PUBLIC, pk__in=inside)
    activities = Activity.objects.counted().within(region)
    return _section(projects, activities, f"region={region.short_code}")


def of_organization(organization: Organization, user) -> Section | None:
    """Projects the organization leads or takes part in, and what it did."""
    own = Q(lead=organization) | Q(
        pk__in=Project.partners.through.objects.filter(organization=organization).values("project")
    )
    projects = Project.objects.filter(own, status__in=Project.PUBLIC)
    activities = Activity.objects.counted().filter(organization=organization)
    return _section(projects, activities, f"organization={organization.pk}")


def of_claim(claim: Claim, user) -> Section | None:
    """The project that carries out the claim; without one, the button that makes it, for the claim's own people."""
    project = Project.objects.visible_to(user).filter(claim=claim).exclude(status=Project.Status.TERMINATED).first()
    binding = claim.status in Claim.CONFIRMED and claim.status != Claim.Status.APPROVED
    may_make = project is None and binding and acts_for(user, claim.organization)
    if project is None and not may_make:
        return None
    return Section("projects/_of_claim.html", {"project": project, "claim": claim})


def _section(projects, activities, query: str) -> Section | None:
    shown = list(projects.for_list().order_by("-starts_on", "-pk")[: SHOWN + 1])
    done = list(activities.for_list().order_by("-starts_on", "-pk")[: SHOWN + 1])
    if not shown and not done:
        return None
    context = {
        "projects": shown[:SHOWN],
        "more_projects": len(shown) > SHOWN,
        "activities": done[:SHOWN],
        "more_activities": len(done) > SHOWN,
        "query": query,
    }
    return Section("projects/_sections.html", context)
