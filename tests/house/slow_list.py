"""A list with one query per row, to show that the check of lists bites."""

from django.http import HttpResponse
from django.urls import path

from organizations.models import Organization


def slow_list(request):
    return HttpResponse("; ".join(row.region.name for row in Organization.objects.filter(name__startswith="慈善会")))


urlpatterns = [path("slow/", slow_list, name="slow-list")]
