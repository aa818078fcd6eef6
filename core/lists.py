"""The list page every app uses: what may be seen, filtered, searched, sorted, paged and exported."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from core import exports, keyset


class Pages(Paginator):
    """Numbers the first 10,000 rows: counting and walking over a million takes longer than anybody waits for a page."""

    most = 10_000
    # The order of a narrowed list of a large table, which is looked at before it is sorted (core.keyset.steady).
    steady_order: list | None = None
    object_list: Any

    def page(self, number):
        if self.steady_order is None:
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        size = max(min(self.per_page, self.count - start), 1)
        rows: Any = keyset.steady(self.object_list, self.steady_order, skip=start, most=size)
        return Page(rows, number, self)

    @cached_property
    def counted(self) -> int:
        return self.object_list.order_by()[: self.most + 1].count()

    @property
    def has_more(self) -> bool:
        """Whether the list goes on after the last page."""
        return self.counted > self.most

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.most)


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
    paginator_class = Pages
    # Whether the table has so many rows that the matches of a filter are walked to, or fetched, whichever is soon.
    is_large = False
    # Parameters that do not narrow the list.
    PLAIN = {"page", "sort", "format"}

    def get_base_queryset(self):
        """All rows this person may see."""
        return self.model.objects.visible_to(self.request.user).for_list()

    def get_queryset(self):
        self.filter = self.filterset_class(self.request.GET, queryset=self.get_base_queryset(), request=self.request)
        rows = self.filter.qs if self.filter.is_valid() else self.filter.queryset.none()
        return rows.order_by(*self.get_ordering())

    def get_paginator(self, *args, **kwargs):
        paginator: Any = super().get_paginator(*args, **kwargs)
        if self.is_large and any(value for name, value in self.request.GET.items() if name not in self.PLAIN):
            paginator.steady_order = self.get_ordering()
        return paginator

    def paginate_queryset(self, queryset, page_size):
        try:
            return super().paginate_queryset(queryset, page_size)
        except InvalidPage as error:
            raise Http404(_("There is no such page.")) from error

    def get_ordering_fields(self) -> list[str]:
        wanted = self.request.GET.get("sort", "")
        key = wanted.removeprefix("-")
        if key not in self.sorts:
            wanted = key = next(iter(self.sorts))
        self.sort = wanted
        fields = list(self.sorts[key][1])
        if wanted.startswith("-"):
            fields = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in fields]
        # The key last makes the order total, so that no row is on two pages; the same way round, for the index.
        return [*fields, "-pk" if fields[-1].startswith("-") else "pk"]

    def get_ordering(self) -> list:
        """The order, in which days nobody knows come last either way round."""
        nullable = {field.name for field in self.model._meta.fields if field.null}
        return [
            F(name[1:]).desc(nulls_last=True) if name.startswith("-") and name[1:] in nullable else name
            for name in self.get_ordering_fields()
        ]

    def get(self, request, *args, **kwargs):
        wanted = request.GET.get("format", "")
        if wanted in ("csv", "xlsx"):
            return self.export(wanted)
        return super().get(request, *args, **kwargs)

    def export(self, wanted: str):
        found = self.get_queryset()
        most = self.export_limit(wanted)
        if most and found.order_by()[: most + 1].count() > most:
            return self.refuse_export(most)
        rows = found.iterator(chunk_size=2000)
        if wanted == "csv":
            return exports.csv_answer(self.export_name, self.columns, rows)
        query = "; ".join(f"{k}={v}" for k, v in self.request.GET.items() if k not in ("format", "page"))
        notes = [(_("List"), self.export_name), (_("Filters"), query or _("none"))]
        return self.workbook(rows, notes)

    def workbook(self, rows, notes: list[tuple]):
        """The answer with the rows as a workbook; `notes` say what they are."""
        return exports.xlsx_answer(self.export_name, self.columns, rows, notes=notes)

    def export_limit(self, wanted: str) -> int | None:
        """How many rows this person may take at once; None for any number."""
        sheet = exports.SHEET_ROWS if wanted == "xlsx" else None
        if self.request.user.is_authenticated:
            return sheet
        return min(settings.EXPORT_ROWS_ANONYMOUS, sheet or settings.EXPORT_ROWS_ANONYMOUS)

    def refuse_export(self, most: int):
        """Back to the list, with a sentence what to do instead."""
        if most == exports.SHEET_ROWS:
            text = _("A worksheet holds %(most)s rows and this list has more. Filter it, or take CSV.")
        else:
            text = _(
                "Without a log-in an export has at most %(most)s rows, and this list has more. "
                "Filter it, log in, or page through the REST interface."
            )
        messages.error(self.request, text % {"most": most})
        kept = self.request.GET.copy()
        del kept["format"]
        return redirect(f"{self.request.path}?{kept.urlencode()}")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "filter": self.filter,
            "sort": self.sort,
            "sorts": [(key, label, self.sort.removeprefix("-") == key) for key, (label, _f) in self.sorts.items()],
            "total": context["paginator"].count,
            "has_more": context["paginator"].has_more,
            "export_formats": ["csv", "xlsx"] if self.columns else [],
        }
