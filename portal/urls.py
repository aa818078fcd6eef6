"""All addresses: pages per app, the API under /api/v1/."""

from importlib.util import find_spec

from django.urls import include, path
from django.views.i18n import set_language

APPS = ["regions", "accounts", "organizations", "pairings", "demands", "projects", "donations", "stats"]

urlpatterns = [
    path("", include("portal.pages")),
    path("language/", set_language, name="set_language"),
    path("api/", include("portal.api")),
]
for app in APPS:
    if find_spec(f"{app}.urls"):
        prefix = {"accounts": "", "stats": "statistics/"}.get(app, f"{app}/")
        urlpatterns.append(path(prefix, include(f"{app}.urls")))

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
