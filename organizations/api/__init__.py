"""REST access to the register."""

from organizations.api.entries import routes as entry_routes
from organizations.api.members import routes as member_routes
from organizations.api.organizations import OrganizationViewSet
from organizations.api.registration import routes as registration_routes

routes: list[tuple] = [("organizations", OrganizationViewSet), *entry_routes, *registration_routes, *member_routes]
paths: list = []
