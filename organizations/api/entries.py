"""REST writes of what is dated about an organization; it is read with the organization."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import response, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated

from core import rest
from organizations import permissions, services
from organizations.api.serializers import NoteInput, entry_input, entry_output
from organizations.models import ENTRIES, Entry, Organization


class EntryViewSet(rest.RepeatSafe, viewsets.GenericViewSet):
    """Entries of one kind of one organization; `key` is the kind. Staff of its region write them."""

    key: ClassVar[str]
    input_class: ClassVar[Any]
    queryset = Organization.objects.none()
    permission_classes = [IsAuthenticated]
    lookup_value_regex = r"[0-9]{1,18}"

    def add(self, request) -> response.Response:
        organization = self.organization()
        values = self.checked(request)

        def work():
            entry = ENTRIES[self.key](**values)
            services.add_entry(organization=organization, entry=entry, by=request.user)
            return 201, dict(self.serializer_class(entry).data)

        return self.once(request, work)

    def change(self, request, pk) -> response.Response:
        entry = self.entry(pk)
        version = rest.required_version(request)
        values = self.checked(request, partial=True)
        services.edit_entry(entry=entry, values=values, version=version, by=request.user)
        return self.answer(entry)

    def strike_out(self, request, pk) -> response.Response:
        entry = self.entry(pk)
        version = rest.required_version(request)
        data = NoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        reason = data.validated_data["reason"]
        services.strike_entry(entry=entry, reason=reason, version=version, by=request.user)
        return self.answer(entry)

    def entry(self, pk) -> Entry:
        organization = self.organization()
        entries = ENTRIES[self.key].objects.visible_to(self.request.user).filter(organization=organization)
        return get_object_or_404(entries, pk=pk)

    def answer(self, entry: Entry) -> response.Response:
        return response.Response(self.serializer_class(entry).data, headers={"ETag": f'"{entry.version}"'})

    def organization(self) -> Organization:
        rows = Organization.objects.visible_to(self.request.user)
        organization = get_object_or_404(rows, pk=self.kwargs["organization_pk"])
        if not permissions.can_enter(self.request.user, organization):
            raise PermissionDenied
        return organization

    def checked(self, request, *, partial: bool = False) -> dict[str, Any]:
        serializer = self.input_class(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def entry_view(key: str) -> type[EntryViewSet]:
    """The view set of a kind of entry."""
    shown, taken = entry_output(key), entry_input(key)

    class View(EntryViewSet):
        __doc__ = EntryViewSet.__doc__
        serializer_class = shown
        input_class = taken

        @extend_schema(request=taken, responses={201: shown})
        def create(self, request, organization_pk=None):
            return self.add(request)

        @extend_schema(request=taken, responses=shown)
        def partial_update(self, request, organization_pk=None, pk=None):
            return self.change(request, pk)

        @extend_schema(request=NoteInput, responses=shown)
        @action(detail=True, methods=["post"])
        def strike(self, request, organization_pk=None, pk=None):
            """Strike out an entry that was wrong: it counts no more and stays in the history with the reason."""
            return self.strike_out(request, pk)

    View.key = key
    View.__name__ = f"{ENTRIES[key].__name__}ViewSet"
    return View


routes = [
    (rf"organizations/(?P<organization_pk>[0-9]{{1,18}})/{key}", entry_view(key), f"organization-{key}")
    for key in ENTRIES
]
