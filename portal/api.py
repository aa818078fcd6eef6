"""The whole API on one screen. Each app's api.py lists `routes` (prefix, view set) and `paths`."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import include, path
from drf_spectacular.authentication import BasicScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import APIRootView, DefaultRouter

from demands import api as demands
from donations import api as donations
from exchange import api as exchange
from notices import api as notices
from organizations import api as organizations
from pairings import api as pairings
from projects import api as projects
from publications import api as publications
from regions import api as regions
from stats import api as stats

app_name = "api"


class PatientBasicScheme(BasicScheme):
    """Tells the API's description that our own check of name and password is HTTP Basic."""

    target_class = "accounts.api.BasicAuthentication"


class KeyScheme(OpenApiAuthenticationExtension):
    """Tells the API's description of API keys."""

    target_class = "accounts.api.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "An API key of the page /profile/keys/."}


class Root(APIRootView):
    """The lists of this interface. Everything public is read without a log-in; /api/docs/ describes all of it."""

    permission_classes = [AllowAny]


class Router(DefaultRouter):
    """Addresses without endings such as `.json`, which nobody was told of: the format is asked for by `format=`."""

    APIRootView = Root
    # Each address would stand twice in a list that is gone through for every request.
    include_format_suffixes = False


router = Router()
paths = []
for module in (regions, organizations, publications, pairings, demands, projects, donations, exchange, stats, notices):
    for prefix, viewset, *name in module.routes:
        router.register(prefix, viewset, basename=name[0] if name else prefix)
    paths += module.paths

# Swagger UI writes style attributes; this one page may, scripts stay our own files.
docs = csp_replace({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[AllowAny])
)

urlpatterns = [
    path("v1/", include([*paths, *router.urls])),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path("docs/", docs, name="docs"),
]
