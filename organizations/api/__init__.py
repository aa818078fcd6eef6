"""REST access to the register."""

from organizations.api.entries import routes as entry_routes
from organizations.api.organizations import OrganizationViewSet

routes: list[tuple] = [("organizations", OrganizationViewSet), *entry_routes]
paths: list = []
