"""Projects, campaigns and reported figures over REST. Amounts in yuan; regions by their codes."""

from projects.api.activities import ActivityViewSet
from projects.api.campaigns import CampaignViewSet, MetricValueViewSet
from projects.api.capacity import CapacityViewSet
from projects.api.consumption import ConsumptionViewSet, ProductViewSet
from projects.api.counts import CountViewSet
from projects.api.figures import ReportedFigureViewSet
from projects.api.projects import ProjectViewSet
from projects.api.rosters import urls as roster_urls

routes = [
    ("projects", ProjectViewSet),
    ("activities", ActivityViewSet),
    ("beneficiary-counts", CountViewSet),
    ("campaigns", CampaignViewSet),
    ("metric-values", MetricValueViewSet),
    ("reported-figures", ReportedFigureViewSet),
    ("products", ProductViewSet),
    ("consumption-records", ConsumptionViewSet),
    ("capacity-records", CapacityViewSet),
]
paths: list = [*roster_urls]
