"""Regions over REST: public, read only. Codes may be written with 6, 9 or 12 digits."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet

from regions import selectors
from regions.filters import RegionFilterSet
from regions.models import Region, RegionDesignation


class RegionSerializer(serializers.ModelSerializer):
    short_code = serializers.CharField(help_text="6 digits down to the county, 9 for a township, 12 for a village")
    full_name = serializers.CharField(source="path_name", help_text="the whole path in one word: 重庆市城口县")
    parent = serializers.SerializerMethodField(help_text="code of the region above; middle rows are left out")

    class Meta:
        model = Region
        fields = [
            "code",
            "short_code",
            "name",
            "full_name",
            "level",
            "kind",
            "parent",
            "pinyin",
            "initials",
            "valid_from",
            "valid_to",
            "successor",
            "source",
        ]

    def get_parent(self, region: Region) -> str | None:
        return getattr(selectors.real_parent(region), "code", None)


class DesignationSerializer(serializers.ModelSerializer):
    class Meta:
        model = RegionDesignation
        fields = ["kind", "valid_from", "valid_to", "source"]


class RegionAbove(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()


class RegionDetailSerializer(RegionSerializer):
    path = RegionAbove(source="ancestors", many=True, help_text="the regions above, from the province down")
    counts = serializers.SerializerMethodField(help_text="how many regions of each level lie below")
    designations = DesignationSerializer(many=True)

    class Meta(RegionSerializer.Meta):
        fields = [*RegionSerializer.Meta.fields, "path", "counts", "designations"]

    def get_counts(self, region: Region) -> dict[str, int]:
        return dict(selectors.counts_by_level(region))


class RegionViewSet(ReadOnlyModelViewSet):
    """The administrative divisions. `search` takes a name, a code or pinyin (initials or whole)."""

    permission_classes = [AllowAny]
    filterset_class = RegionFilterSet
    lookup_field = "code"
    lookup_value_regex = "[0-9]+"

    def get_queryset(self):
        return Region.objects.visible_to(self.request.user).select_related("parent__parent")

    def get_serializer_class(self):
        return RegionDetailSerializer if self.action == "retrieve" else RegionSerializer

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset.real())
        return selectors.ranked(rows) if self.request.query_params.get("search") else rows.order_by("code")

    def paginate_queryset(self, queryset):
        return selectors.with_paths(super().paginate_queryset(queryset))

    def get_object(self) -> Region:
        region = self.get_queryset().filter(code=selectors.normal_code(self.kwargs["code"])).first()
        if region is None:
            raise Http404
        return selectors.with_paths([region])[0]

    @extend_schema(responses=RegionSerializer(many=True))
    @action(detail=True)
    def children(self, request, code):
        """The regions directly below."""
        below = selectors.children(self.get_object()).select_related("parent__parent")
        page = self.paginate_queryset(self.filter_queryset(below))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


routes = [("regions", RegionViewSet)]
paths: list = []
