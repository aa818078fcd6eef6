from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        from demands.selectors.claims import SECTIONS as ON_CLAIMS
        from organizations.selectors import SECTIONS as ON_ORGANIZATIONS
        from projects.selectors import entries, figures, rosters, sections
        from regions.selectors import SECTIONS as ON_REGIONS

        for floor in (sections, entries, figures):
            ON_REGIONS.register(floor.of_region)
        for floor in (sections, entries, rosters):
            ON_ORGANIZATIONS.register(floor.of_organization)
        ON_CLAIMS.register(sections.of_claim)
        _register_sheets()
        _register_entries()


def _sheet_of(run, user):
    """The sheet as one person fills it in."""
    return run(user).sheet


def _register_sheets() -> None:
    """Sheets of campaigns, reported figures and activities, whose files also change what stands there."""
    from exchange.imports import Importer, register
    from projects import permissions, sheets
    from projects.services import activity_files, imports

    metrics = Importer(
        title=_("Campaigns and metrics"),
        sheet=lambda user: sheets.METRIC_SHEET,
        start=imports.MetricRun,
        undo=imports.undo_metrics,
        can_upload=permissions.can_add_campaign,
        lock="projects.campaigns",
        list_url="projects:campaign-list",
    )
    figures = Importer(
        title=_("Reported figures"),
        sheet=sheets.figure_sheet,
        start=imports.FigureRun,
        undo=imports.undo_figures,
        can_upload=permissions.can_add_figure,
        lock="projects.figures",
        list_url="projects:figure-list",
    )
    activities = Importer(
        title=_("Activities"),
        sheet=sheets.activity_sheet,
        start=activity_files.ActivityRun,
        undo=activity_files.undo_activities,
        can_upload=permissions.can_add,
        lock="projects.activities",
        list_url="projects:activity-list",
    )
    for key, importer in (("campaign-metrics", metrics), ("reported-figures", figures), ("activities", activities)):
        register(key, importer)


def _register_entries() -> None:
    """Sheets whose rows are records of their own, to be corrected on their pages; files of them go the same way."""
    from exchange.imports import Importer, register
    from projects import permissions
    from projects.services import entries, project_files, value_files

    for key, title, run, can_upload, list_url in (
        ("products", _("Products of villages"), entries.ProductRun, permissions.can_add_purchase, "product-list"),
        (
            "consumption",
            _("Consumption assistance"),
            entries.PurchaseRun,
            permissions.can_add_purchase,
            "purchase-list",
        ),
        ("capacity", _("Capacity"), entries.CapacityRun, permissions.can_enter_value, "capacity-list"),
        ("metric-values", _("Values of metrics"), value_files.ValueRun, permissions.can_enter_value, "value-list"),
        ("projects", _("Projects"), project_files.ProjectRun, permissions.can_add, "project-list"),
        ("beneficiary-counts", _("Beneficiary counts"), project_files.CountRun, permissions.can_add, "count-list"),
    ):
        register(
            key,
            Importer(
                title=title,
                sheet=partial(_sheet_of, run),
                start=run,
                undo=run.undo,
                can_upload=can_upload,
                lock="projects.entries",
                list_url=f"projects:{list_url}",
            ),
        )
