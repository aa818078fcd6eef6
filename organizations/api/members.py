"""Invitations and questions to join over REST."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import response, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated

from accounts.models import User
from core import rest
from organizations import permissions, services
from organizations.api.serializers import MembershipOutput, NoteInput
from organizations.models import Invitation, Membership, Organization


class InvitationInput(rest.StrictSerializer):
    """Whom the manager invites; a person's own user name asks to join."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(Membership.Role.choices, default=Membership.Role.OPERATOR)


class InvitationOutput(serializers.ModelSerializer):
    """Where an invitation or question stands."""

    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Invitation
        fields = ["id", "username", "role", "asked", "status"]


class InvitationViewSet(rest.RepeatSafe, viewsets.GenericViewSet):
    """Invitations to act for an organization, confirmed by the other side."""

    serializer_class = InvitationOutput
    permission_classes = [IsAuthenticated]
    queryset = Invitation.objects.none()
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(request=InvitationInput, responses={201: InvitationOutput})
    def create(self, request, organization_pk=None):
        organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=organization_pk)
        serializer = InvitationInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        return self.once(request, lambda: (201, self.body(self.opened(organization, data))))

    def opened(self, organization: Organization, data: dict[str, Any]) -> Invitation:
        """A question of one's own, or an invitation by those who may add members."""
        by = self.request.user
        if data["username"] == by.username:
            return services.ask_to_join(organization=organization, by=by)
        if not permissions.can_add_member(by, organization):
            raise PermissionDenied
        user = User.objects.filter(username=data["username"], is_active=True).first()
        if user is None:
            raise serializers.ValidationError({"username": [_("There is no user with this name.")]})
        return services.invite_member(organization=organization, user=user, role=data["role"], by=by)

    @extend_schema(request=None, responses=InvitationOutput)
    @action(detail=True, methods=["post"])
    def confirm(self, request, organization_pk=None, pk=None):
        invitation = self.invitation()
        if not permissions.can_confirm(request.user, invitation):
            raise PermissionDenied
        services.confirm_membership(invitation=invitation, by=request.user)
        return response.Response(self.body(invitation))

    @extend_schema(request=None, responses=InvitationOutput)
    @action(detail=True, methods=["post"])
    def decline(self, request, organization_pk=None, pk=None):
        invitation = self.invitation()
        if not permissions.can_decline(request.user, invitation):
            raise PermissionDenied
        services.decline_membership(invitation=invitation, by=request.user)
        return response.Response(self.body(invitation))

    def invitation(self) -> Invitation:
        rows = Invitation.objects.visible_to(self.request.user).select_related("organization", "user")
        return get_object_or_404(rows, organization_id=self.kwargs["organization_pk"], pk=self.kwargs["pk"])

    def body(self, invitation: Invitation) -> dict[str, Any]:
        return dict(InvitationOutput(invitation).data)


class RoleInput(rest.StrictSerializer):
    """What the person may do for the organization."""

    role = serializers.ChoiceField(Membership.Role.choices)


class MembershipViewSet(viewsets.GenericViewSet):
    """The people who act for an organization; seen by them and by responsible staff."""

    serializer_class = MembershipOutput
    permission_classes = [IsAuthenticated]
    queryset = Membership.objects.none()
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(request=RoleInput, responses=MembershipOutput)
    def partial_update(self, request, organization_pk=None, pk=None):
        """Make an operator a manager, or the other way round."""
        membership = get_object_or_404(self.memberships(), pk=pk)
        if not permissions.can_change_role(request.user, membership):
            raise PermissionDenied
        data = RoleInput(data=request.data)
        data.is_valid(raise_exception=True)
        services.change_role(membership=membership, role=data.validated_data["role"], by=request.user)
        return response.Response(MembershipOutput(membership).data)

    @extend_schema(request=NoteInput, responses=MembershipOutput)
    @action(detail=True, methods=["post"])
    def end(self, request, organization_pk=None, pk=None):
        """Leave, or remove somebody with a reason."""
        membership = get_object_or_404(self.memberships(), pk=pk)
        if not permissions.can_end_membership(request.user, membership):
            raise PermissionDenied
        data = NoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        services.end_membership(membership=membership, reason=data.validated_data["reason"], by=request.user)
        return response.Response(MembershipOutput(membership).data)

    def memberships(self):
        rows = Organization.objects.visible_to(self.request.user)
        organization = get_object_or_404(rows, pk=self.kwargs["organization_pk"])
        if not permissions.can_see_members(self.request.user, organization):
            raise PermissionDenied
        return organization.memberships.select_related("user", "organization__region")


routes = [
    (r"organizations/(?P<organization_pk>[0-9]{1,18})/invitations", InvitationViewSet, "organization-invitations"),
    (r"organizations/(?P<organization_pk>[0-9]{1,18})/members", MembershipViewSet, "organization-members"),
]
