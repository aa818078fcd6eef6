"""The public list of demands with its counts, and the same query as a feed."""

import itertools
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core import files
from core.exports import Column
from core.lists import ListPage
from core.texts import CONTROL
from demands import permissions, selectors
from demands.filters import DemandFilter
from demands.models import Demand
from demands.sheets import DEMAND_SHEET, rows_of
from exchange.sheets import write

FEED_ENTRIES = 50
_FACETS = ("form", "kind", "urgency", "remaining", "deadline")


class DemandListPage(ListPage):
    model = Demand
    filterset_class = DemandFilter
    template_name = "demands/demand_list.html"
    export_name = "demands"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "deadline": (gettext_lazy("deadline"), ["valid_until"]),
        "remaining": (gettext_lazy("most left to claim"), ["-share_left"]),
        "village": (gettext_lazy("Village"), ["village"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda demand: demand.reference),
        Column(gettext_lazy("title"), lambda demand: demand.title),
        Column(gettext_lazy("code of the village"), lambda demand: demand.village_id),
        Column(gettext_lazy("village"), lambda demand: demand.place),
        Column(gettext_lazy("assistance form"), lambda demand: demand.get_form_display()),
        Column(gettext_lazy("items"), lambda demand: demand.needs),
        Column(gettext_lazy("share left"), lambda demand: round(demand.share_left, 4)),
        Column(gettext_lazy("urgency"), lambda demand: demand.get_urgency_display()),
        Column(gettext_lazy("valid until"), lambda demand: demand.valid_until),
        Column(gettext_lazy("published at"), lambda demand: demand.published_at),
        Column(gettext_lazy("status"), lambda demand: demand.get_status_display()),
        Column(gettext_lazy("demand list"), lambda demand: demand.list.reference if demand.list else ""),
    ]

    def get(self, request: HttpRequest, *args, **kwargs):
        if request.GET.get("format") == "json":
            query = _kept(request.GET, ("format", "page", "sort"))
            return redirect(reverse("api:demands-list") + (f"?{query}" if query else ""))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "claimable_total": Demand.objects.claimable().count(),
            "can_draft": permissions.can_draft(self.request.user),
            "facets": self._facets(),
            "feed_query": _kept(self.request.GET, ("format", "page", "sort")),
            "export_formats": ["csv", "xlsx", "json"],
        }

    def _facets(self) -> list[dict[str, Any]]:
        """The facets with a link for each value: it chooses the value, or takes the chosen one away."""
        if not self.filter.is_valid():
            return []
        cleaned = self.filter.form.cleaned_data
        others = self.request.GET.copy()
        for name in _FACETS:
            others.pop(name, None)
        base = DemandFilter(others, queryset=Demand.objects.visible_to(self.request.user), request=self.request)
        region = cleaned.get("region")
        found = selectors.facets(base.qs, {name: cleaned.get(name) or "" for name in _FACETS}, region)
        return [
            {"facet": facet, "links": [(option, self._link(facet.name, option)) for option in facet.options]}
            for facet in found
        ]

    def _link(self, name: str, option) -> str:
        query = self.request.GET.copy()
        # The region's own picker has several fields; the link says it all in one.
        for other in [key for key in query if key in ("page", name) or key.startswith(f"{name}-")]:
            del query[other]
        if not option.chosen:
            query[name] = option.value
        return f"?{query.urlencode()}"


def _kept(query: QueryDict, but: tuple[str, ...]) -> str:
    kept = query.copy()
    for name in but:
        kept.pop(name, None)
    return kept.urlencode()


@require_GET
def demand_sheet(request: HttpRequest) -> HttpResponse:
    """The current query as a workbook in the form in which demands are imported, without contacts."""
    rows = Demand.objects.visible_to(request.user).select_related("list").prefetch_related("items", "beneficiaries")
    found = DemandFilter(request.GET, queryset=rows, request=request)
    if not found.is_valid():
        raise BadRequest("; ".join(message for errors in found.errors.values() for message in errors))
    demands = found.qs.order_by("-pk")[: DEMAND_SHEET.max_rows]
    content = write(DEMAND_SHEET, itertools.islice(rows_of(demands), DEMAND_SHEET.max_rows))
    answer = HttpResponse(content, content_type=files.TYPES["xlsx"])
    answer["Content-Disposition"] = content_disposition_header(True, "demand-sheet.xlsx")
    return answer


@require_GET
def demand_feed(request: HttpRequest) -> HttpResponse:
    return DemandFeed()(request)


class DemandFeed(Feed):
    """The demands of the current query as Atom, the same for everybody: only what is public."""

    feed_type = Atom1Feed

    def title(self):
        return _("Demands of villages")

    def link(self, found: DemandFilter) -> str:
        return self._address("demands:demand-list", found)

    def feed_url(self, found: DemandFilter) -> str:
        return self._address("demands:demand-feed", found)

    @staticmethod
    def _address(name: str, found: DemandFilter) -> str:
        """With the query, because every query is a feed of its own."""
        query = found.data.urlencode()
        return reverse(name) + (f"?{query}" if query else "")

    def author_name(self):
        return _("Rural Revitalization Assistance Portal")

    def get_object(self, request: HttpRequest, *args, **kwargs) -> DemandFilter:
        rows = Demand.objects.visible_to(AnonymousUser()).select_related("village__parent__parent")
        found = DemandFilter(request.GET, queryset=rows, request=request)
        if not found.is_valid():
            raise BadRequest("; ".join(message for errors in found.errors.values() for message in errors))
        return found

    def items(self, found: DemandFilter):
        return found.qs.order_by("-published_at", "-pk")[:FEED_ENTRIES]

    def item_title(self, item: Demand) -> str:
        return CONTROL.sub("", f"{item.place} · {item.title}")

    def item_description(self, item: Demand) -> str:
        # Readers of feeds take a summary for HTML.
        return escape(CONTROL.sub("", f"{item.get_status_display()}. {item.needs}. {item.story[:300]}"))

    def item_link(self, item: Demand) -> str:
        return reverse("demands:demand-detail", args=[item.pk])

    def item_pubdate(self, item: Demand):
        return item.published_at

    def item_updateddate(self, item: Demand):
        return item.updated_at

    def item_categories(self, item: Demand) -> list[str]:
        return [item.get_form_display()]
