from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PairingsConfig(AppConfig):
    name = "pairings"

    def ready(self):
        from exchange.imports import Importer, register
        from pairings import permissions, services, sheets

        may_record = permissions.can_record_anywhere
        pairs = (sheets.PAIRING_SHEET, services.PairingRun, services.undo_pairs, permissions.can_add)
        agreements = (sheets.AGREEMENT_SHEET, services.AgreementRun, services.undo_agreements, may_record)
        visits = (sheets.VISIT_SHEET, services.VisitRun, services.undo_visits, may_record)
        targets = (sheets.TARGET_SHEET, services.TargetRun, services.undo_targets, may_record)
        teams = (sheets.TEAM_SHEET, services.TeamRun, services.undo_teams, permissions.can_add_team)
        for key, title, (sheet, start, undo, can_upload), page in (
            ("pairings", _("Pairs"), pairs, "pairing"),
            ("agreements", _("Agreements of pairs"), agreements, "agreement"),
            ("visits", _("Visits of pairs"), visits, "visit"),
            ("targets", _("Yearly figures of pairs"), targets, "target"),
            ("teams", _("Teams"), teams, "team"),
        ):
            register(
                key,
                Importer(
                    title=title,
                    sheet=lambda user, sheet=sheet: sheet,
                    start=start,
                    undo=undo,
                    can_upload=can_upload,
                    lock=f"pairings.{key}.load",
                    list_url=f"pairings:{page}-list",
                ),
            )
