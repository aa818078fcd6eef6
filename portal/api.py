"""The whole API on one screen. Each app's api.py lists `routes` (prefix, view set) and `paths`."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.authentication import BasicScheme
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter

APPS = ["regions", "organizations", "pairings", "demands", "projects", "donations", "stats"]

app_name = "api"


class PatientBasicScheme(BasicScheme):
    """Tells the API's description that our own check of name and password is HTTP Basic."""

    target_class = "accounts.api.BasicAuthentication"


router = DefaultRouter()
router.include_root_view = True
paths = []
for app in APPS:
    if find_spec(f"{app}.api"):
        module = import_module(f"{app}.api")
        for prefix, viewset in module.routes:
            router.register(prefix, viewset, basename=prefix.rstrip("/").replace("/", "-"))
        paths += module.paths

urlpatterns = [
    path("v1/", include([*paths, *router.urls])),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerView.as_view(url_name="api:schema", permission_classes=[AllowAny]),
        name="docs",
    ),
]
