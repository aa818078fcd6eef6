"""REST access to the register."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, response, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated

from core import rest
from core.errors import Refused
from organizations import permissions, selectors, services
from organizations.filters import OrganizationFilter
from organizations.forms import UsccField
from organizations.models import Organization
from regions.models import Region
from regions.selectors import resolve


class RegionOutput(serializers.ModelSerializer):
    """A region inside another record."""

    class Meta:
        model = Region
        fields = ["code", "name", "level"]


class OrganizationOutput(serializers.ModelSerializer):
    """What is public of an organization; `is_synthetic` marks a credit code made up for the demonstration."""

    region = RegionOutput()

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "kind",
            "uscc",
            "is_synthetic",
            "level",
            "region",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


class OrganizationInput(rest.StrictSerializer):
    """The fields staff enter. `region` is the code of 6, 9 or 12 digits of the registration region."""

    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Organization.Kind.choices)
    uscc = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=60)
    level = serializers.ChoiceField(Organization.Level.choices)
    region = serializers.CharField(max_length=12)

    def validate_uscc(self, value):
        try:
            return UsccField(required=False).clean(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error

    def validate_region(self, value):
        try:
            region = resolve(value)
        except Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused
        if not permissions.can_add_in(self.context["request"].user, region.code):
            raise serializers.ValidationError(_("You are not responsible for %(region)s.") % {"region": region.name})
        return region

    def validate(self, data):
        if data.get("kind") in Organization.CODED and not self.partial and not data.get("uscc"):
            message = _("An organization of this kind has a unified social credit code. Enter it.")
            raise serializers.ValidationError({"uscc": [message]})
        return data


class NoteInput(rest.StrictSerializer):
    """Why a status is changed; needed for cancelling and revoking."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


@extend_schema_view(list=extend_schema(summary="Organizations, filtered like the page"))
class OrganizationViewSet(rest.RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The register. Reading is public; staff enter and change organizations of their region."""

    serializer_class = OrganizationOutput
    filterset_class = OrganizationFilter
    lookup_value_regex = r"[0-9]{1,18}"

    def get_permissions(self):
        return [AllowAny()] if self.action in ("list", "retrieve", "metadata") else [IsAuthenticated()]

    def get_queryset(self):
        return Organization.objects.visible_to(self.request.user).for_list().order_by("pinyin", "pk")

    def retrieve(self, request, *args, **kwargs):
        return self.answer(self.get_object())

    @extend_schema(request=OrganizationInput, responses={201: OrganizationOutput})
    def create(self, request):
        if not permissions.can_add(request.user):
            raise PermissionDenied
        data = self.checked(OrganizationInput, request)
        return self.once(request, lambda: (201, self.body(services.register_organization(**data, by=request.user))))

    @extend_schema(request=OrganizationInput, responses=OrganizationOutput)
    def partial_update(self, request, pk=None):
        organization = self.editable()
        version = rest.required_version(request)
        values = self.checked(OrganizationInput, request, partial=True)
        services.edit_organization(organization=organization, values=values, version=version, by=request.user)
        return self.answer(organization)

    @extend_schema(request=NoteInput, responses=OrganizationOutput)
    @action(detail=True, methods=["post"])
    def activate(self, request, pk=None):
        return self.step(request, services.activate_organization, "note")

    @extend_schema(request=NoteInput, responses=OrganizationOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        return self.step(request, services.cancel_organization, "reason")

    @extend_schema(request=NoteInput, responses=OrganizationOutput)
    @action(detail=True, methods=["post"])
    def revoke(self, request, pk=None):
        return self.step(request, services.revoke_organization, "reason")

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
        body = dict(OrganizationOutput(organization).data)
        if permissions.can_edit(self.request.user, organization):
            body["warnings"] = [str(warning) for warning in selectors.warnings(organization)]
        return body

    def answer(self, organization: Organization) -> response.Response:
        return response.Response(self.body(organization), headers={"ETag": f'"{organization.version}"'})


routes = [("organizations", OrganizationViewSet)]
paths: list = []
