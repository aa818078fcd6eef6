"""The list page every app uses: what may be seen, filtered, searched, sorted, paged and exported."""

from typing import Any

from django.contrib import messages
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import ListView

from core import exports


class Page(Paginator):
    """Paginator that takes a page beyond the end as an error page, not as a crash."""


class ListPage(ListView):
    """A list of one model. Subclasses set `model`, `filterset_class`, `sorts`, `columns`, `template_name`.

    `sorts` maps a key of `?sort=` to (label, ordering fields); the first one is the default; "-key" reverses.
    `columns` are `exports.Column`s for `?format=csv|xlsx`, which exports the current query, all pages.
    The template extends lists/list.html and gets: object_list, page_obj, paginator, total, filter, sort, sorts,
    export_formats.
    """

    model: Any
    filterset_class: Any = None
    sorts: dict[str, tuple] = {}
    columns: list[exports.Column] = []
    export_name = "list"
    paginate_by = 20

    def get_base_queryset(self):
        """All rows this person may see."""
        return self.model.objects.visible_to(self.request.user).for_list()

    def get_queryset(self):
        self.filter = self.filterset_class(self.request.GET, queryset=self.get_base_queryset(), request=self.request)
        rows = self.filter.qs if self.filter.is_valid() else self.filter.queryset.none()
        return rows.order_by(*self.get_ordering_fields())

    def get_ordering_fields(self) -> list[str]:
        wanted = self.request.GET.get("sort", "")
        key = wanted.removeprefix("-")
        if key not in self.sorts:
            wanted = key = next(iter(self.sorts))
        self.sort = wanted
        fields = list(self.sorts[key][1])
        if wanted.startswith("-"):
            fields = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in fields]
        # The key last makes the order total, so that no row is on two pages.
        return [*fields, "pk"]

    def get(self, request, *args, **kwargs):
        wanted = request.GET.get("format", "")
        if wanted in ("csv", "xlsx"):
            return self.export(wanted)
        return super().get(request, *args, **kwargs)

    def paginate_queryset(self, queryset, page_size):
        try:
            return super().paginate_queryset(queryset, page_size)
        except InvalidPage as error:
            raise Http404(_("There is no such page.")) from error

    def export(self, wanted: str):
        found = self.get_queryset()
        rows = found.iterator(chunk_size=2000)
        if wanted == "csv":
            return exports.csv_answer(self.export_name, self.columns, rows)
        if found.count() > exports.SHEET_ROWS:
            messages.error(
                self.request,
                _("A worksheet holds %(most)s rows and this list has more. Filter it, or take CSV.")
                % {"most": exports.SHEET_ROWS},
            )
            kept = self.request.GET.copy()
            del kept["format"]
            return redirect(f"{self.request.path}?{kept.urlencode()}")
        query = "; ".join(f"{k}={v}" for k, v in self.request.GET.items() if k not in ("format", "page"))
        notes = [(_("List"), self.export_name), (_("Filters"), query or _("none"))]
        return self.workbook(rows, notes)

    def workbook(self, rows, notes: list[tuple]):
        """The answer with the rows as a workbook; `notes` say what they are."""
        return exports.xlsx_answer(self.export_name, self.columns, rows, notes=notes)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "filter": self.filter,
            "sort": self.sort,
            "sorts": [(key, label, self.sort.removeprefix("-") == key) for key, (label, _f) in self.sorts.items()],
            "total": context["paginator"].count,
            "export_formats": ["csv", "xlsx"] if self.columns else [],
        }
