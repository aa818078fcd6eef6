"""Addresses of the endpoints that only the tests of core need."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils.translation import gettext as _
from rest_framework import exceptions, generics, permissions, serializers, views

from core import rest
from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from core.states import Stale, WrongState
from organizations.models import Organization

ERRORS = {
    "refused": lambda: Refused("Only 40 are left.", code="not_enough", left="40"),
    "wrong-state": lambda: WrongState("Not now.", status="draft"),
    "stale": lambda: Stale("Changed."),
    "missing": Http404,
    "missing-drf": exceptions.NotFound,
    "forbidden": lambda: PermissionDenied("Only staff may."),
    "forbidden-drf": exceptions.PermissionDenied,
    "bad": lambda: exceptions.ValidationError({"quantity": ["Too small."]}),
    "throttled": lambda: exceptions.Throttled(wait=30),
    "versionless": rest.VersionRequired,
    "bug": lambda: RuntimeError("a secret"),
}


class Failing(views.APIView):
    """Fails as its address says."""

    permission_classes = [permissions.AllowAny]

    def get(self, request, kind):
        raise ERRORS[kind]()


class Closed(views.APIView):
    """For people who are logged in; asks for JSON."""

    def get(self, request):
        return rest.response.Response({"version": rest.required_version(request)})

    def post(self, request):
        return rest.response.Response(request.data)


class Repeatable(rest.RepeatSafe, views.APIView):
    """Makes one organization per effect."""

    def post(self, request):
        return self.once(request, lambda: self.make(request))

    def make(self, request):
        if request.data.get("name") == "refused":
            raise Refused("No.")
        made = Organization.objects.create(
            name=request.data["name"], region_id="500229000000", kind="federation", level="county"
        )
        return 201, {"id": made.pk, "name": made.name}


class KeyRequired(Repeatable):
    key_required = True


class Filters(django_filters.FilterSet):
    search = django_filters.CharFilter(field_name="name", lookup_expr="contains")
    id = django_filters.RangeFilter()

    class Meta:
        model = Organization
        fields = ["kind"]


class OrganizationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ["id", "name"]


class List(generics.ListAPIView):
    permission_classes = [permissions.AllowAny]
    queryset = Organization.objects.order_by("id")
    serializer_class = OrganizationSerializer
    filterset_class = Filters


class OrganizationList(ListPage):
    model = Organization
    filterset_class = Filters
    template_name = "lists/list.html"
    export_name = "组织"
    paginate_by = 5
    sorts = {"name": (_("name"), ["name"]), "newest": (_("newest"), ["-created_at"])}
    columns = [Column("Name", lambda row: row.name), Column("Synthetic", lambda row: row.is_synthetic)]


def language(request):
    return JsonResponse({"language": request.LANGUAGE_CODE, "word": _("Yes")})


def public_cache(request):
    answer = HttpResponse("figures")
    answer["Cache-Control"] = "public, max-age=60"
    return answer


urlpatterns = [
    path("api/fail/<str:kind>/", Failing.as_view()),
    path("api/closed/", Closed.as_view()),
    path("api/repeat/", Repeatable.as_view()),
    path("api/key/", KeyRequired.as_view()),
    path("api/list/", List.as_view()),
    path("api/language/", language),
    path("language-of-page/", language),
    path("cached/", public_cache),
    path("organizations-of-core/", OrganizationList.as_view()),
    path("", include("portal.urls")),
]
