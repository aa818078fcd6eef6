from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DonationsConfig(AppConfig):
    name = "donations"

    def ready(self):
        from donations import permissions, services, sheets
        from exchange.imports import Importer, register

        register(
            "donations",
            Importer(
                title=_("Donations"),
                sheet=sheets.donation_sheet,
                start=services.DonationRun,
                undo=services.undo_rows,
                can_upload=permissions.can_upload,
                lock="donations.load",
                list_url="donations:donation-list",
            ),
        )
