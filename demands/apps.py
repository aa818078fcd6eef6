from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemandsConfig(AppConfig):
    name = "demands"

    def ready(self):
        from demands import imports, permissions, sheets
        from exchange.imports import Importer, register

        register(
            "demands",
            Importer(
                title=_("Demands"),
                sheet=lambda user: sheets.DEMAND_SHEET,
                start=imports.DemandRun,
                undo=imports.undo,
                can_upload=permissions.can_import,
                lock="demands.load",
                list_url="demands:demand-list",
            ),
        )
