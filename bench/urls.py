"""Yardsticks on the same server: SELECT 1 through DRF, the naive grouped query, the claim without its database."""

from django.db import connection
from django.db.models import Count, Q, Sum
from django.urls import include, path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from core.rest import StrictSerializer
from demands.api.serializers import LineWrite
from donations.models import Donation


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


urlpatterns = [
    path("bench/select-one/", SelectOne.as_view()),
    path("bench/naive/", Naive.as_view()),
    path("bench/claim/", ClaimWithoutDatabase.as_view()),
    path("", include("portal.urls")),
]
