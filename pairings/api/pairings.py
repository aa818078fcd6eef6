"""REST access to schemes and pairs."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from core.headers import KEY
from pairings import permissions, services
from pairings.api.doors import PublicReads, insist
from pairings.api.serializers import EndInput, PairingInput, PairingOutput, SchemeInput, SchemeOutput
from pairings.filters import PairingFilter, SchemeFilter
from pairings.models import Pairing, Scheme


class SchemeViewSet(PublicReads):
    """The programmes under which pairs and teams are made."""

    model = Scheme
    order = ("name",)
    queryset = Scheme.objects.none()
    serializer_class = SchemeOutput
    filterset_class = SchemeFilter

    @extend_schema(request=SchemeInput, responses={201: SchemeOutput}, parameters=[KEY])
    def create(self, request):
        """Enter a scheme."""
        insist(permissions.can_add_scheme(request.user))
        sent = self.checked(SchemeInput)
        return self.done(lambda: services.create_scheme(**sent, by=request.user), 201)


class PairingViewSet(PublicReads):
    """Who helps whom. `valid_on=2021-06-30` gives the pairs in force on that day, ended ones included."""

    model = Pairing
    order = ("giver_region_id", "receiver_region_id", "pk")
    queryset = Pairing.objects.none()
    serializer_class = PairingOutput
    filterset_class = PairingFilter

    @extend_schema(request=PairingInput, responses={201: PairingOutput}, parameters=[KEY])
    def create(self, request):
        """Enter a pair as a draft; one side is the person's own."""
        insist(permissions.can_add(request.user))
        sent = self.checked(PairingInput)
        insist(permissions.can_add_between(request.user, sent["giver"], sent["receiver"]))
        return self.done(lambda: services.create_pairing(**sent, by=request.user), 201)

    @extend_schema(request=None, responses=PairingOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def activate(self, request, pk=None):
        """Put a draft in force."""
        pairing = self._own()
        return self.done(lambda: services.activate_pairing(pairing=pairing, by=request.user))

    @extend_schema(request=EndInput, responses=PairingOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        """End a pair; those under it end first."""
        pairing = self._own()
        sent = self.checked(EndInput)
        return self.done(lambda: services.end_pairing(pairing=pairing, **sent, by=request.user))

    def _own(self) -> Pairing:
        pairing = self.get_object()
        insist(permissions.can_change(self.request.user, pairing))
        return pairing


routes = [("pairing-schemes", SchemeViewSet), ("pairings", PairingViewSet)]
