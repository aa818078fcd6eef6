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
        register(
            "prices",
            Importer(
                title=_("Usual prices"),
                sheet=lambda user: sheets.PRICE_SHEET,
                start=imports.price_run,
                undo=imports.undo_prices,
                can_upload=permissions.can_keep_catalogue,
                lock="demands.catalogue.load",
                list_url="demands:price-list",
            ),
        )
        register(
            "not-accepted",
            Importer(
                title=_("Things not accepted"),
                sheet=lambda user: sheets.NOT_ACCEPTED_SHEET,
                start=imports.not_accepted_run,
                undo=imports.undo_not_accepted,
                can_upload=permissions.can_keep_catalogue,
                lock="demands.catalogue.load",
                list_url="demands:not-accepted-list",
            ),
        )
