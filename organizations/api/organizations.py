"""REST access to the register: organizations."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, response, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated

from core import rest, rowjson
from core.statements import Among, Statement
from organizations import permissions, selectors, services
from organizations.api.serializers import (
    CountsOutput,
    MembershipOutput,
    MergeInput,
    NoteInput,
    OrganizationInput,
    OrganizationOutput,
    OrganizationProfile,
    in_json,
)
from organizations.filters import SORTS, OrganizationFilter
from organizations.models import Organization
from regions.selectors import resolve_text

# What everybody sees, without a filter; and how any row of a list is shown.
PUBLIC = Statement(lambda: in_json(Organization.objects.visible_to(AnonymousUser())), ["json"])
SHOWN = Statement(lambda: in_json(Organization.objects.all()), ["json"])


@extend_schema_view(list=extend_schema(summary="Organizations, filtered like the page"))
class OrganizationViewSet(rest.RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The register. Reading is public; staff enter and change organizations of their region."""

    serializer_class = OrganizationOutput
    filterset_class = OrganizationFilter
    is_large = True
    sorts = {key: order for key, (_label, order) in SORTS.items()}
    lookup_value_regex = r"[0-9]{1,18}"

    def get_permissions(self):
        return [AllowAny()] if self.action in ("list", "retrieve", "counts", "metadata") else [IsAuthenticated()]

    def get_queryset(self):
        return Organization.objects.visible_to(self.request.user).for_list().order_by("pinyin", "pk")

    def list(self, request):
        rows: Statement | Among = PUBLIC
        if request.user.is_authenticated or rest.Pages.is_narrow(request, self):
            visible = Organization.objects.visible_to(request.user)
            rows = Among(SHOWN, self.filter_queryset(visible))
        found = self.paginate_queryset(rows)
        return self.get_paginated_response(rowjson.array([row["json"] for row in found]))

    @extend_schema(responses=OrganizationProfile)
    def retrieve(self, request, *args, **kwargs):
        return self.answer(self.get_object())

    @extend_schema(request=OrganizationInput, responses={201: OrganizationProfile})
    def create(self, request):
        if not permissions.can_add(request.user):
            raise PermissionDenied
        data = self.checked(OrganizationInput, request)
        return self.once(request, lambda: (201, self.body(services.register_organization(**data, by=request.user))))

    @extend_schema(request=OrganizationInput, responses=OrganizationProfile)
    def partial_update(self, request, pk=None):
        organization = self.editable()
        version = rest.required_version(request)
        values = self.checked(OrganizationInput, request, partial=True)
        services.edit_organization(organization=organization, values=values, version=version, by=request.user)
        return self.answer(organization)

    @extend_schema(request=NoteInput, responses=OrganizationProfile)
    @action(detail=True, methods=["post"])
    def activate(self, request, pk=None):
        return self.step(request, services.activate_organization, "note")

    @extend_schema(request=NoteInput, responses=OrganizationProfile)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        return self.step(request, services.cancel_organization, "reason")

    @extend_schema(request=NoteInput, responses=OrganizationProfile)
    @action(detail=True, methods=["post"])
    def revoke(self, request, pk=None):
        return self.step(request, services.revoke_organization, "reason")

    @extend_schema(responses=CountsOutput, filters=True)
    @action(detail=False, pagination_class=None)
    def counts(self, request):
        """How many organizations by kind, level and region, with the filters of the list; active ones by default."""
        rows = self.filter_queryset(Organization.objects.visible_to(request.user))
        if not request.query_params.getlist("status"):
            rows = rows.filter(status=Organization.Status.ACTIVE)
        asked = request.query_params.get("region")
        found = selectors.counts(rows, resolve_text(asked) if asked else None)
        return response.Response(
            {
                "kinds": [self.count(line) for line in found.kinds],
                "regions": [self.count(line) for line in found.regions],
                "total": found.total.total,
            }
        )

    @staticmethod
    def count(line: selectors.CountLine) -> dict[str, Any]:
        """One line of counts as the answer shows it."""
        cells = dict(zip(selectors.COLUMNS, line.cells, strict=True))
        return {"of": line.of, "label": str(line.label), "counts": cells, "total": line.total}

    @extend_schema(request=MergeInput, responses=OrganizationProfile)
    @action(detail=True, methods=["post"])
    def merge(self, request, pk=None):
        """Merge this organization into another, which is the answer."""
        duplicate = self.editable()
        version = rest.required_version(request)
        data = self.checked(MergeInput, request)
        into = get_object_or_404(self.get_queryset(), pk=data["into"])
        if not permissions.can_merge(request.user, duplicate, into):
            raise PermissionDenied
        services.merge_organizations(
            duplicate=duplicate, into=into, reason=data["reason"], version=version, by=request.user
        )
        return self.answer(into)

    @extend_schema(responses=MembershipOutput(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def members(self, request, pk=None):
        """The people who act for an organization, for themselves and for responsible staff."""
        organization = self.get_object()
        if not permissions.can_see_members(request.user, organization):
            raise PermissionDenied
        rows = organization.memberships.select_related("user").order_by("role", "pk")
        return response.Response(MembershipOutput(rows, many=True).data)

    def step(self, request, service, note: str) -> response.Response:
        """One change of status, as of the version in `If-Match`."""
        organization = self.editable()
        version = rest.required_version(request)
        reason = self.checked(NoteInput, request)["reason"]
        service(organization=organization, by=request.user, version=version, **{note: reason})
        return self.answer(organization)

    def editable(self) -> Organization:
        organization = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if not permissions.can_edit(self.request.user, organization):
            raise PermissionDenied
        return organization

    def checked(self, serializer_class, request, *, partial: bool = False) -> dict[str, Any]:
        serializer = serializer_class(data=request.data, partial=partial, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def body(self, organization: Organization) -> dict[str, Any]:
        """The organization and, for staff responsible for it, what is unusual about it."""
        body = dict(OrganizationProfile(organization).data)
        if permissions.can_edit(self.request.user, organization):
            body["warnings"] = [str(warning) for warning in selectors.warnings(organization)]
        return body

    def answer(self, organization: Organization) -> response.Response:
        return response.Response(self.body(organization), headers={"ETag": f'"{organization.version}"'})
