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
        runs = services.AgreementRun, services.VisitRun, services.TargetRun
        undos = services.undo_agreements, services.undo_visits, services.undo_targets
        lists = sheets.AGREEMENT_SHEET, sheets.VISIT_SHEET, sheets.TARGET_SHEET
        titles = _("Agreements of pairs"), _("Visits of pairs"), _("Yearly figures of pairs")
        for title, sheet, start, undo in zip(titles, lists, runs, undos, strict=True):
            register(
                sheet.key,
                Importer(
                    title=title,
                    sheet=lambda user, sheet=sheet: sheet,
                    start=start,
                    undo=undo,
                    can_upload=permissions.can_record_anywhere,
                    lock=f"pairings.{sheet.key}.load",
                    list_url=f"pairings:{sheet.key.removesuffix('s')}-list",
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
