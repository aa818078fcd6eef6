"""Pages of documents, their feed, and the download of attached files."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView

from core import files
from core.errors import Refused
from core.exports import Column, file_answer
from core.lists import ListPage
from core.states import sent_version
from publications import permissions, services, texts
from publications.filters import DocumentFilter
from publications.forms import DocumentForm, FileForm, NoteForm, ReasonForm, ReplacementForm
from publications.models import Attachment, Document
from regions.selectors import with_paths

Status = Document.Status
FEED_ENTRIES = 50


class DocumentList(ListPage):
    model = Document
    template_name = "publications/document_list.html"
    filterset_class = DocumentFilter
    export_name = "publications"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-year", "-issued_on"]),
        "issued": (gettext_lazy("issued on"), ["year", "issued_on"]),
        "title": (gettext_lazy("title"), ["title"]),
        "number": (gettext_lazy("document number"), ["number"]),
        "issuer": (gettext_lazy("issuer"), ["issuer_name"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Title"), lambda row: row.title),
        Column(gettext_lazy("Document number"), lambda row: row.number),
        Column(gettext_lazy("Issuer"), lambda row: row.issuer_name),
        Column(gettext_lazy("Issued on"), lambda row: row.issued_on),
        Column(gettext_lazy("Year of issue"), lambda row: row.year),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        query = self.request.GET.copy()
        for name in ("page", "sort", "format"):
            query.pop(name, None)
        return {
            **super().get_context_data(**kwargs),
            "can_add": permissions.can_add(self.request.user),
            "feed_query": query.urlencode(),
        }


class DocumentDetail(DetailView):
    model = Document
    template_name = "publications/document_detail.html"
    context_object_name = "document"

    def get_queryset(self):
        return Document.objects.visible_to(self.request.user).for_page()

    def get_context_data(self, **kwargs):
        user, document = self.request.user, self.object
        with_paths([document.region])
        return {
            **super().get_context_data(**kwargs),
            "readable": permissions.can_read(user, document),
            "private": permissions.can_see_notes(user, document),
            "may": _steps(user, document),
            "replaces": document.replaces.visible_to(user).for_list().order_by("pk"),
        }


def _steps(user, document: Document) -> set[str]:
    """The buttons this person gets in this state, by the last word of their URL name."""
    if not permissions.can_manage(user, document):
        return set()
    steps = {
        Status.DRAFT: {"edit", "submit"},
        Status.RETURNED: {"edit", "submit"},
        Status.SUBMITTED: {"publish", "return"},
        Status.PUBLISHED: {"withdraw", "replace"},
        Status.WITHDRAWN: {"replace"},
    }
    if document.status == Status.SUBMITTED and permissions.wrote(user, document):
        return {"return"}
    return steps[document.status]


@require_GET
def document_feed(request: HttpRequest) -> HttpResponse:
    return DocumentFeed()(request)


class DocumentFeed(Feed):
    """The documents of the current query as Atom, the same for everybody: only what is public."""

    feed_type = Atom1Feed

    def title(self):
        return _("Publications: policies, plans, notices and typical practice")

    def link(self, found: DocumentFilter) -> str:
        return self._address("publications:document-list", found)

    def feed_url(self, found: DocumentFilter) -> str:
        return self._address("publications:document-feed", found)

    @staticmethod
    def _address(name: str, found: DocumentFilter) -> str:
        """With the query, because every query is a feed of its own."""
        query = found.data.urlencode()
        return reverse(name) + (f"?{query}" if query else "")

    def author_name(self):
        return _("Rural Revitalization Assistance Portal")

    def get_object(self, request: HttpRequest, *args, **kwargs) -> DocumentFilter:
        rows = Document.objects.visible_to(AnonymousUser()).for_page()
        found = DocumentFilter(request.GET, queryset=rows, request=request)
        if not found.is_valid():
            raise BadRequest("; ".join(message for errors in found.errors.values() for message in errors))
        return found

    def items(self, found: DocumentFilter):
        return found.qs.order_by("-published_at", "-pk")[:FEED_ENTRIES]

    def item_title(self, item: Document) -> str:
        shown = f"{item.title} {item.number}".strip()
        return shown if item.status == Status.PUBLISHED else _("Withdrawn: %(title)s") % {"title": shown}

    def item_description(self, item: Document) -> str:
        shown = texts.plain(item.body, 500) if item.status == Status.PUBLISHED else item.public_note
        # Readers of feeds take a summary for HTML.
        return escape(shown)

    def item_link(self, item: Document) -> str:
        return reverse("publications:document-detail", args=[item.pk])

    def item_author_name(self, item: Document) -> str:
        return item.issuer_name

    def item_pubdate(self, item: Document):
        return item.published_at

    def item_updateddate(self, item: Document):
        return item.updated_at

    def item_categories(self, item: Document) -> list[str]:
        return [item.get_kind_display()]


@login_required
def document_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add(request.user):
        raise PermissionDenied(_("Documents are entered by civil-affairs staff."))
    form = DocumentForm(_sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            document = services.create_document(values=form.values(), by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The document is entered as a draft. Attach its files, then submit it."))
            return redirect("publications:document-detail", document.pk)
    return render(request, "publications/document_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def document_edit(request: HttpRequest, pk: int) -> HttpResponse:
    document = _managed(request, pk)
    # The form fills in its own copy, so that a refused value does not show as the record's.
    form = DocumentForm(_sent(request), user=request.user, instance=_managed(request, pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_document(document=document, values=form.values(), version=version, by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("publications:document-detail", pk)
    context = {"form": form, "document": document}
    return render(request, "publications/document_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def document_submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.submit_document, _("The document is submitted. A second person publishes it."))


@login_required
@require_POST
def document_publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.publish_document, _("The document is published."))


@login_required
def document_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, ReasonForm, services.return_document, "publications/document_return.html")


@login_required
def document_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, NoteForm, services.withdraw_document, "publications/document_withdraw.html")


@login_required
def document_replace(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, ReplacementForm, services.replace_document, "publications/document_replace.html")


@login_required
def file_add(request: HttpRequest, pk: int) -> HttpResponse:
    document = _managed(request, pk)
    form = FileForm(_sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(files.MAX_BYTES + 1)
            attached = services.attach_file(document=document, name=file.name or "", content=content, by=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("“%(name)s” is attached.") % {"name": attached})
            return redirect("publications:document-detail", pk)
    context = {
        "form": form,
        "document": document,
        "types": ", ".join(files.TYPES),
        "megabytes": files.MAX_BYTES // 1024 // 1024,
    }
    return render(request, "publications/file_form.html", context, status=400 if form.errors else 200)


@require_GET
def file_download(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """An attached file for those who may read its document; always saved, never shown by the browser."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), pk=file_pk, document=pk)
    kind = files.TYPES[attachment.kind]
    return file_answer(attachment.file, name=attachment.name, content_type=kind, sha256=attachment.sha256)


@login_required
@require_POST
def file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    document = _managed(request, pk)
    attachment = get_object_or_404(document.attachments.select_related("document"), pk=file_pk)
    try:
        services.remove_file(attachment=attachment, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("“%(name)s” is taken away.") % {"name": attachment})
    return redirect("publications:document-detail", pk)


def _sent(request: HttpRequest):
    """What a form is bound to: also an empty POST is an attempt."""
    return request.POST if request.method == "POST" else None


def _managed(request: HttpRequest, pk: int) -> Document:
    """The document for staff of its region: 404 when invisible, 403 when not theirs."""
    document = get_object_or_404(Document.objects.visible_to(request.user).for_page(), pk=pk)
    if not permissions.can_manage(request.user, document):
        raise PermissionDenied(_("Only civil-affairs staff of the document's region may do this."))
    return document


def _step(request: HttpRequest, pk: int, service: Callable, done: str) -> HttpResponse:
    """One step without further questions: right, service, message, back to the document."""
    document = _managed(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        service(document=document, by=request.user, version=version)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("publications:document-detail", pk)


def _ask(request: HttpRequest, pk: int, form_class: type, service: Callable, template: str) -> HttpResponse:
    """A page that asks for the reason, the note or the newer document, then the step."""
    document = _managed(request, pk)
    form = form_class(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            service(document=document, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": document.get_status_display()})
        return redirect("publications:document-detail", pk)
    return render(request, template, {"form": form, "document": document}, status=400 if form.errors else 200)
