"""Yardsticks on the same server: SELECT 1 through DRF, the naive grouped query, the claim without its database."""

from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, Sum
from django.urls import include, path
from django.utils import timezone
from rest_framework import authentication, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import KeyAuthentication
from accounts.models import ApiKey, User
from core.rest import StrictSerializer
from demands.api.demands import DemandViewSet
from demands.api.serializers import LineWrite
from demands.models import Claim, ClaimLine, Demand, DemandItem
from donations.models import Donation
from organizations.models import Organization
from regions.models import Region


class SelectOne(APIView):
    """The cheapest endpoint that asks the database anything."""

    permission_classes = [AllowAny]

    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return Response({"one": cursor.fetchone()[0], "a": 1, "b": 2, "c": 3, "d": 4, "e": 5})


class Naive(APIView):
    """The same figure as the statistics API gives, grouped from the records at each request through the ORM."""

    permission_classes = [AllowAny]

    def get(self, request):
        inside = Q(regions__code__gte="500000000000", regions__code__lte="509999999999")
        period = Q(received_on__gte="2021-01-01", received_on__lte="2021-12-31")
        rows = (
            Donation.objects.counted()
            .filter(inside, period, relief__in=["none", "within"])
            .values("regions__parent_id", "lots__form")
            .annotate(amount=Sum("lots__amount"), donors=Count("donors__organization", distinct=True))
        )
        return Response([{**row, "amount": str(row["amount"])} for row in rows])


class ClaimShape(StrictSerializer):
    """The body of a claim, checked without asking the database anything."""

    lines = LineWrite(many=True, allow_empty=False)
    plan = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ClaimWithoutDatabase(APIView):
    """What a claim costs before it touches a row: routing, authentication, parsing, validation, rendering."""

    authentication_classes: list = []
    permission_classes = [AllowAny]

    def post(self, request):
        data = ClaimShape(data=request.data)
        data.is_valid(raise_exception=True)
        return Response({"reference": "RL-2026-000000", "status": "submitted"}, status=201)


class KnownKey(KeyAuthentication):
    """Reads the key as always, and takes everybody for the same person without asking."""

    def authenticate(self, request):
        parts = authentication.get_authorization_header(request).split()
        ApiKey.digest_of(parts[1].decode("latin-1"))
        return User(pk=1, username="bench"), ApiKey(pk=1)


class SameClaim(DemandViewSet):
    """The portal's own endpoint, its checks and its whole answer, with everything it would read at hand."""

    authentication_classes = [KnownKey]

    def to_claim(self, pk):
        item = self.request.data["lines"][0]["item"]
        village = Region(code="500229201200", name="village", level="village")
        demand = Demand(pk=1, reference="XQ-2026-000001", village=village, status="published")
        rows = demand.items.all()
        rows._result_cache = [DemandItem(pk=item, demand=demand, what="quilts", unit="piece", quantity=Decimal(10))]
        rows._prefetch_done, demand._prefetched_objects_cache = True, {"items": rows}
        return demand

    def own_organizations(self):
        return [Organization(pk=1, name="bench", kind="federation", status="active")]

    def claimed(self, *, lines, by, **values):
        now = timezone.now()
        claim = Claim(pk=1, reference="RL-2026-000001", expires_at=now, created_at=now, updated_at=now, **values)
        rows = claim.lines.all()
        rows._result_cache = [ClaimLine(claim=claim, item=item, quantity=q, asked=q) for item, q in lines]
        rows._prefetch_done, claim._prefetched_objects_cache = True, {"lines": rows}
        return claim


urlpatterns = [
    path("bench/claim-endpoint/", SameClaim.as_view({"post": "claim"}), {"pk": 1}),
    path("bench/select-one/", SelectOne.as_view()),
    path("bench/naive/", Naive.as_view()),
    path("bench/claim/", ClaimWithoutDatabase.as_view()),
    path("", include("portal.urls")),
]
