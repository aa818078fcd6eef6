from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self):
        from exchange.imports import Importer, register
        from organizations import imports, permissions, sheets

        register(
            "organizations",
            Importer(
                title=_("Organizations"),
                sheet=lambda user: sheets.ORGANIZATION_SHEET,
                start=imports.OrganizationRun,
                undo=imports.undo,
                undo_tells=True,
                can_upload=permissions.can_add,
                lock=imports.LOCK,
                settle=imports.settle,
                list_url="organizations:organization-list",
            ),
        )
