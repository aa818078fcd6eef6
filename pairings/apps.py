from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PairingsConfig(AppConfig):
    name = "pairings"

    def ready(self):
        from exchange.imports import Importer, register
        from pairings import permissions, services, sheets

        register(
            "pairings",
            Importer(
                title=_("Pairs"),
                sheet=lambda user: sheets.PAIRING_SHEET,
                start=services.PairingRun,
                undo=services.undo_pairs,
                can_upload=permissions.can_add,
                lock="pairings.load",
                list_url="pairings:pairing-list",
            ),
        )
        register(
            "teams",
            Importer(
                title=_("Teams"),
                sheet=lambda user: sheets.TEAM_SHEET,
                start=services.TeamRun,
                undo=services.undo_teams,
                can_upload=permissions.can_add_team,
                lock="pairings.teams.load",
                list_url="pairings:team-list",
            ),
        )
