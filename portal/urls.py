"""All addresses: pages per app, the API under /api/."""

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    # Patterns are tried in turn, and programs ask more often than people.
    path("api/", include("portal.api")),
    path("", include("portal.pages")),
    path("", include("accounts.urls")),
    path("notices/", include("notices.urls")),
    path("regions/", include("regions.urls")),
    path("organizations/", include("organizations.urls")),
    path("publications/", include("publications.urls")),
    path("pairings/", include("pairings.urls")),
    path("demands/", include("demands.urls")),
    path("projects/", include("projects.urls")),
    path("donations/", include("donations.urls")),
    path("uploads/", include("exchange.urls")),
    path("statistics/", include("stats.urls")),
    path("language/", set_language, name="set_language"),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
