"""REST access to the register."""

from organizations.api.entries import routes as entry_routes
from organizations.api.organizations import OrganizationViewSet

routes = [("organizations", OrganizationViewSet)]
paths: list = []
