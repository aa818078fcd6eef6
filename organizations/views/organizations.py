"""Pages of the register."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.lists import ListPage
from core.states import sent_version
from exchange.sheets import exports as sheet_exports
from organizations import permissions, selectors, services
from organizations.filters import SORTS, OrganizationFilter
from organizations.forms import MergeForm, OrganizationForm, ReasonForm
from organizations.models import Invitation, Organization, RegistrationRequest
from organizations.sheets import ORGANIZATION_SHEET, row_of


class OrganizationList(ListPage):
    """The register, searchable by name, code and pinyin initials."""

    model = Organization
    filterset_class = OrganizationFilter
    template_name = "organizations/organization_list.html"
    export_name = "organizations"
    is_large = True
    sorts = SORTS
    columns = sheet_exports.columns(ORGANIZATION_SHEET, row_of)

    def get_ordering_fields(self) -> list[str]:
        """As any list's; but of one day, and of no day that is known, in the order of entering, as the index has them:
        it takes those without a day in at its end, which is quickest."""
        fields = super().get_ordering_fields()
        return ["-founded_on", "pk"] if fields == ["-founded_on", "-pk"] else fields

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related("authority_organization") if "format" in self.request.GET else rows

    def workbook(self, rows, notes):
        file = sheet_exports.workbook(ORGANIZATION_SHEET, map(row_of, rows), notes=notes)
        return FileResponse(file, as_attachment=True, filename=f"{self.export_name}.xlsx")

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "can_add": permissions.can_add(self.request.user),
            "can_request": permissions.can_request(self.request.user),
        }


def organization_counts(request: HttpRequest) -> HttpResponse:
    """How many organizations by kind, level and region, narrowed like the list."""
    shown = OrganizationFilter(request.GET, queryset=Organization.objects.visible_to(request.user), request=request)
    is_valid = shown.is_valid()
    region = shown.form.cleaned_data.get("region") if is_valid else None
    context = {
        "filter": shown,
        "region": region,
        "counts": selectors.counts(shown.counted(), region) if is_valid else None,
    }
    status = 200 if is_valid else 400
    return render(request, "organizations/organization_counts.html", context, status=status)


class OrganizationDetail(DetailView):
    """One organization: what is public, and for its staff and people also its members."""

    template_name = "organizations/organization_detail.html"
    context_object_name = "organization"

    def get_queryset(self):
        rows = Organization.objects.visible_to(self.request.user).for_list()
        return rows.select_related("authority_organization", "successor").prefetch_related("former_names")

    def get_context_data(self, **kwargs):
        user, organization = self.request.user, self.object
        can_see_members = permissions.can_see_members(user, organization)
        can_edit = permissions.can_edit(user, organization)
        is_active_social = organization.is_social and organization.status == Organization.Status.ACTIVE
        return {
            **super().get_context_data(**kwargs),
            "path": organization.region.path(),
            "can_edit": can_edit,
            "can_enter": permissions.can_enter(user, organization),
            "sections": selectors.profile(organization, with_struck=permissions.can_enter(user, organization)),
            "sections_above": selectors.SECTIONS.of(organization, user),
            **self.request_context(user, organization),
            **self.people_context(user, organization),
            "can_see_members": can_see_members,
            "can_add_member": permissions.can_add_member(user, organization),
            "members": self.members(organization) if can_see_members else [],
            "warnings": selectors.warnings(organization) if can_edit else [],
            "not_eligible": selectors.why_not_eligible(organization) if can_see_members and is_active_social else "",
        }

    @staticmethod
    def members(organization: Organization):
        """The people who act for it, managers first."""
        return organization.memberships.select_related("user").order_by("role", "pk")

    @staticmethod
    def request_context(user, organization: Organization) -> dict:
        """The online request behind a draft, and what this person may do with it."""
        request = RegistrationRequest.objects.visible_to(user).filter(organization=organization).first()
        if request is None:
            return {"registration": None}
        waits = request.status == RegistrationRequest.Status.SUBMITTED
        returned = request.status == RegistrationRequest.Status.RETURNED
        return {
            "registration": request,
            "can_decide": waits and permissions.can_decide(user, request),
            "can_resubmit": returned and permissions.can_resubmit(user, request),
        }

    @staticmethod
    def people_context(user, organization: Organization) -> dict:
        """The open invitations this person may see, with what they may do, and whether they may ask to join."""
        rows = Invitation.objects.visible_to(user).open().filter(organization=organization).select_related("user")
        found = [(row, permissions.can_confirm(user, row), permissions.can_decline(user, row)) for row in rows]
        concerned = any(row.user_id == user.pk for row, _confirm, _decline in found)
        outside = user.is_authenticated and not concerned and not permissions.acts_for(user, organization)
        is_active = organization.status == Organization.Status.ACTIVE
        can_join = outside and is_active and not permissions.can_edit(user, organization)
        return {"invitations": found, "can_join": can_join}


def sent(request: HttpRequest):
    """What a form was sent with; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def editable(request: HttpRequest, pk: int) -> Organization:
    """The organization, for those who may change it: 404 when invisible, 403 when not theirs."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_edit(request.user, organization):
        raise PermissionDenied
    return organization


@login_required
def organization_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add(request.user):
        raise PermissionDenied
    form = OrganizationForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            organization = services.register_organization(**form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(name)s” has been entered as a draft.") % {"name": organization})
            return redirect("organizations:organization-detail", organization.pk)
    status = 400 if form.errors else 200
    return render(request, "organizations/organization_form.html", {"form": form}, status=status)


@login_required
def organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    organization = editable(request, pk)
    # The form fills in its own copy, so that a refused value does not show as the record's.
    form = OrganizationForm(sent(request), instance=editable(request, pk), user=request.user)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_organization(
                organization=organization, values=form.values(), version=version, by=request.user
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            form.take_version(organization.version)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("organizations:organization-detail", organization.pk)
    context = {
        "form": form,
        "organization": organization,
        "is_stale": form.is_bound and form.has_error("__all__"),
        "warnings": selectors.warnings(organization),
    }
    return render(request, "organizations/organization_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def organization_activate(request: HttpRequest, pk: int) -> HttpResponse:
    organization = editable(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.activate_organization(organization=organization, by=request.user, version=version)
        messages.success(request, _("“%(name)s” is now on the register.") % {"name": organization})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("organizations:organization-detail", organization.pk)


@login_required
def organization_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then records that the registration was given up."""
    question = _("Cancel the registration of “%(name)s”?")
    return _end(request, pk, services.cancel_organization, question=question, submit=_("Cancel the registration"))


@login_required
def organization_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then records that the registration was taken away."""
    question = _("Revoke the registration of “%(name)s”?")
    return _end(request, pk, services.revoke_organization, question=question, submit=_("Revoke the registration"))


def _end(request: HttpRequest, pk: int, service, *, question: str, submit: str) -> HttpResponse:
    organization = editable(request, pk)
    form = ReasonForm(sent(request), initial={"version": organization.version})
    if request.method == "POST" and form.is_valid():
        try:
            service(organization=organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("The status is now “%(status)s”.") % {"status": organization.get_status_display()}
            )
            return redirect("organizations:organization-detail", organization.pk)
    context = {
        "form": form,
        "organization": organization,
        "question": question % {"name": organization},
        "submit": submit,
    }
    return render(request, "organizations/organization_end.html", context, status=400 if form.errors else 200)


@login_required
def organization_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks which organization stays and why, then merges this one into it."""
    organization = editable(request, pk)
    form = MergeForm(sent(request), initial={"version": organization.version})
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        if not permissions.can_merge(request.user, organization, into):
            raise PermissionDenied
        try:
            services.merge_organizations(duplicate=organization, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("“%(name)s” has been merged into “%(into)s”.") % {"name": organization, "into": into}
            )
            return redirect("organizations:organization-detail", into.pk)
    context = {
        "form": form,
        "organization": organization,
        "question": _("Merge “%(name)s” into another organization?") % {"name": organization},
        "text": _(
            "Its people, entries and name go over to the other organization; both histories stay. "
            "This cannot be undone."
        ),
        "submit": _("Merge"),
    }
    return render(request, "organizations/organization_end.html", context, status=400 if form.errors else 200)
