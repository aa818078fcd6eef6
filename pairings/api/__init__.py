"""REST access to schemes, pairs, agreements, visits, yearly figures and teams."""

from pairings.api.pairings import routes as pairing_routes
from pairings.api.records import routes as record_routes
from pairings.api.teams import routes as team_routes

routes: list[tuple] = [*pairing_routes, *record_routes, *team_routes]
paths: list = []
