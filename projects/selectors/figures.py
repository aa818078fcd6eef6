"""What sources reported of a region, on its page: beside everything from records and in no sum."""

from core.sections import Section
from projects.models import ReportedFigure
from regions.models import Region

SHOWN = 5


def of_region(region: Region, user) -> Section | None:
    """The newest published figures that speak of this very region, alone or with others.

    Those of capacity and of consumption assistance stand beside the counts and totals they belong to.
    """
    found = ReportedFigure.objects.published().filter(places=region, capacity="", is_consumption=False)
    figures = list(found.for_list().order_by("-period_to", "number")[: SHOWN + 1])
    if not figures:
        return None
    context = {"figures": figures[:SHOWN], "more": len(figures) > SHOWN, "query": f"region={region.short_code}"}
    return Section("projects/_figures_of_region.html", context)
