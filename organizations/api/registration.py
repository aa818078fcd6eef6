"""Online registration over REST."""

from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import response, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated

from core import rest
from organizations import permissions, services
from organizations.api.serializers import NoteInput, RegistrationInput, RegistrationOutput
from organizations.models import RegistrationRequest


class RegistrationViewSet(rest.RepeatSafe, viewsets.GenericViewSet):
    """Requests to enter an organization, by the number of the organization; versions are the organization's."""

    serializer_class = RegistrationOutput
    permission_classes = [IsAuthenticated]
    queryset = RegistrationRequest.objects.none()
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(request=RegistrationInput, responses={201: RegistrationOutput})
    def create(self, request):
        values = self.checked(RegistrationInput, request)

        def work():
            made = services.request_registration(values=values, by=request.user)
            return 201, dict(RegistrationOutput(made).data)

        return self.once(request, work)

    @extend_schema(responses=RegistrationOutput)
    def retrieve(self, request, pk=None):
        return self.answer(self.asked(pk))

    @extend_schema(request=RegistrationInput, responses=RegistrationOutput)
    def partial_update(self, request, pk=None):
        """Correct a returned request and send it again."""
        asked = self.asked(pk)
        if not permissions.can_resubmit(request.user, asked):
            raise PermissionDenied
        version = rest.required_version(request)
        values = self.checked(RegistrationInput, request, partial=True)
        services.resubmit_registration(request=asked, values=values, version=version, by=request.user)
        return self.answer(asked)

    @extend_schema(request=NoteInput, responses=RegistrationOutput)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk=None):
        asked = self.decidable(pk)
        version = rest.required_version(request)
        reason = self.checked(NoteInput, request)["reason"]
        services.return_registration(request=asked, reason=reason, version=version, by=request.user)
        return self.answer(asked)

    @extend_schema(request=None, responses=RegistrationOutput)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        asked = self.decidable(pk)
        version = rest.required_version(request)
        services.approve_registration(request=asked, version=version, by=request.user)
        return self.answer(asked)

    def asked(self, pk) -> RegistrationRequest:
        rows = RegistrationRequest.objects.visible_to(self.request.user)
        return get_object_or_404(rows.select_related("organization__region", "created_by"), organization_id=pk)

    def decidable(self, pk) -> RegistrationRequest:
        asked = self.asked(pk)
        if not permissions.can_decide(self.request.user, asked):
            raise PermissionDenied
        return asked

    def checked(self, serializer_class, request, *, partial: bool = False) -> dict[str, Any]:
        serializer = serializer_class(data=request.data, partial=partial, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, asked: RegistrationRequest) -> response.Response:
        headers = {"ETag": f'"{asked.organization.version}"'}
        return response.Response(RegistrationOutput(asked).data, headers=headers)


routes = [("organization-registrations", RegistrationViewSet)]
