"""Projects over REST. Amounts in yuan; regions by their codes."""

from projects.api.projects import ProjectViewSet

routes = [("projects", ProjectViewSet)]
paths: list = []
