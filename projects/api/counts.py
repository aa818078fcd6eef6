"""REST: beneficiary counts of all projects, to be read. They are written under their projects."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.permissions import AllowAny

from projects.api.serializers import CountOfProjectOut
from projects.filters import CountFilter
from projects.models import BeneficiaryCount


@extend_schema_view(
    list=extend_schema(summary="Beneficiary counts", auth=[{}]),
    retrieve=extend_schema(summary="One beneficiary count", auth=[{}]),
)
class CountViewSet(viewsets.ReadOnlyModelViewSet):
    """Counts of the projects one may see, struck ones too. They are never simply added: see the figures."""

    queryset = BeneficiaryCount.objects.none()
    serializer_class = CountOfProjectOut
    filterset_class = CountFilter
    permission_classes = [AllowAny]
    lookup_value_regex = "[0-9]+"

    def get_queryset(self):
        return BeneficiaryCount.objects.visible_to(self.request.user).for_list().order_by("-as_of", "-pk")
