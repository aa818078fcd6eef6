"""REST access to pairs: public, reading only; pairs are entered on the pages."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from organizations.models import Organization
from pairings.filters import PairingFilter
from pairings.models import Pairing, Scheme
from regions.models import Region


class SchemeOutput(serializers.ModelSerializer):
    """The programme under which a pair was made."""

    class Meta:
        model = Scheme
        fields = ["id", "name", "kind"]


class PartyOutput(serializers.Serializer):
    """One side of a pair: a region with its code, or an organization with its id and credit code."""

    type = serializers.ChoiceField(["region", "organization"])
    name = serializers.CharField()
    code = serializers.CharField(required=False)
    id = serializers.IntegerField(required=False)
    uscc = serializers.CharField(required=False, allow_null=True)


class PairingOutput(serializers.ModelSerializer):
    """A pair; `parent` is the id of the pair above it."""

    scheme = SchemeOutput()
    giver = serializers.SerializerMethodField()
    receiver = serializers.SerializerMethodField()

    class Meta:
        model = Pairing
        fields = [
            "id",
            "reference",
            "scheme",
            "giver",
            "receiver",
            "parent",
            "valid_from",
            "valid_to",
            "source",
            "status",
            "version",
        ]

    @extend_schema_field(PartyOutput)
    def get_giver(self, pairing: Pairing) -> dict:
        return _party(pairing.giver)

    @extend_schema_field(PartyOutput)
    def get_receiver(self, pairing: Pairing) -> dict:
        return _party(pairing.receiver)


def _party(party: Region | Organization) -> dict:
    if isinstance(party, Region):
        return {"type": "region", "name": party.name, "code": party.code}
    return {"type": "organization", "name": party.name, "id": party.pk, "uscc": party.uscc}


class PairingViewSet(viewsets.ReadOnlyModelViewSet):
    """Who helps whom. `valid_on=2021-06-30` gives the pairs in force on that day, ended ones included."""

    permission_classes = [AllowAny]
    serializer_class = PairingOutput
    filterset_class = PairingFilter
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self):
        rows = Pairing.objects.visible_to(self.request.user).for_list()
        return rows.order_by("giver_region_id", "receiver_region_id", "pk")


routes = [("pairings", PairingViewSet)]
paths: list = []
