from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        from demands.selectors.claims import SECTIONS as ON_CLAIMS
        from exchange.imports import Importer, register
        from organizations.selectors import SECTIONS as ON_ORGANIZATIONS
        from projects import permissions, sheets
        from projects.selectors import sections
        from projects.services import imports
        from regions.selectors import SECTIONS as ON_REGIONS

        ON_REGIONS.register(sections.of_region)
        ON_ORGANIZATIONS.register(sections.of_organization)
        ON_CLAIMS.register(sections.of_claim)

        register(
            "campaign-metrics",
            Importer(
                title=_("Campaigns and metrics"),
                sheet=lambda user: sheets.METRIC_SHEET,
                start=imports.MetricRun,
                undo=imports.undo_metrics,
                can_upload=permissions.can_add_campaign,
                lock="projects.campaigns",
                list_url="projects:campaign-list",
            ),
        )
        register(
            "reported-figures",
            Importer(
                title=_("Reported figures"),
                sheet=sheets.figure_sheet,
                start=imports.FigureRun,
                undo=imports.undo_figures,
                can_upload=permissions.can_add_figure,
                lock="projects.figures",
                list_url="projects:figure-list",
            ),
        )
