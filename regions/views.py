from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from core.exports import Column
from core.lists import ListPage
from regions import selectors
from regions.filters import RegionFilterSet
from regions.models import Region


class RegionList(ListPage):
    model = Region
    filterset_class = RegionFilterSet
    template_name = "regions/region_list.html"
    export_name = "regions"
    sorts = {
        "code": (_("Code"), ["code"]),
        "name": (_("Name"), ["pinyin"]),
    }
    columns = [
        Column(_("Code"), lambda region: region.short_code),
        Column(_("Name"), lambda region: region.name),
        Column(_("Level"), lambda region: region.get_level_display()),
        Column(_("Kind"), lambda region: region.get_kind_display()),
        Column(_("Code above"), lambda region: getattr(selectors.real_parent(region), "short_code", "")),
        Column(_("Name above"), lambda region: getattr(selectors.real_parent(region), "name", "")),
        Column(_("Pinyin"), lambda region: region.pinyin),
        Column(_("Valid to"), lambda region: region.valid_to),
        Column(_("Source"), lambda region: region.source),
    ]

    def get_base_queryset(self):
        rows = super().get_base_queryset().real().select_related("parent__parent")
        return selectors.with_found_order(selectors.with_rank(rows))

    @property
    def is_search(self) -> bool:
        return bool(self.request.GET.get("search"))

    def get_ordering_fields(self) -> list[str]:
        """The best match first while something is searched for; that order would need a sort of the whole country."""
        if self.is_search and self.request.GET.get("sort", "best") == "best":
            self.sort = "best"
            return [*selectors.RANK, "pk"]
        fields = super().get_ordering_fields()
        if not self.is_search:
            return fields
        found = {"code": "found_code", "-code": "-found_code", "pinyin": "found_pinyin", "-pinyin": "-found_pinyin"}
        return [found.get(name, name) for name in fields]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.is_search:
            context["sorts"].insert(0, ("best", _("Best match"), self.sort == "best"))
        return {**context, "object_list": selectors.with_paths(context["object_list"])}


class RegionDetail(DetailView):
    model = Region
    template_name = "regions/region_detail.html"

    def get_object(self, queryset=None) -> Region:
        code = selectors.normal_code(self.kwargs["code"])
        if code is None:
            raise Http404
        rows = Region.objects.visible_to(self.request.user).select_related("successor")
        return get_object_or_404(rows, code=code)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        region = selectors.with_paths([self.object])[0]
        levels = dict(Region.Level.choices)
        return {
            **context,
            "region": region,
            "counts": [(levels[level], count) for level, count in selectors.counts_by_level(region)],
            "children": selectors.children_with_units(region),
            "sections": selectors.SECTIONS.of(region, self.request.user),
            "designations": region.designations.order_by("kind", "valid_from"),
        }
