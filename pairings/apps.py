from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PairingsConfig(AppConfig):
    name = "pairings"

    def ready(self):
        from exchange.imports import register

        for importer_of in (_pairs, _agreements, _visits, _targets, _teams):
            register(*importer_of())


def _pairs():
    from exchange.imports import Importer
    from pairings import permissions, services, sheets

    return "pairings", Importer(
        title=_("Pairs"),
        sheet=lambda user: sheets.PAIRING_SHEET,
        start=services.PairingRun,
        undo=services.undo_pairs,
        can_upload=permissions.can_add,
        lock="pairings.load",
        list_url="pairings:pairing-list",
    )


def _agreements():
    from exchange.imports import Importer
    from pairings import permissions, services, sheets

    return "agreements", Importer(
        title=_("Agreements of pairs"),
        sheet=lambda user: sheets.AGREEMENT_SHEET,
        start=services.AgreementRun,
        undo=services.undo_agreements,
        can_upload=permissions.can_record_anywhere,
        lock="pairings.agreements.load",
        list_url="pairings:agreement-list",
    )


def _visits():
    from exchange.imports import Importer
    from pairings import permissions, services, sheets

    return "visits", Importer(
        title=_("Visits of pairs"),
        sheet=lambda user: sheets.VISIT_SHEET,
        start=services.VisitRun,
        undo=services.undo_visits,
        can_upload=permissions.can_record_anywhere,
        lock="pairings.visits.load",
        list_url="pairings:visit-list",
    )


def _targets():
    from exchange.imports import Importer
    from pairings import permissions, services, sheets

    return "targets", Importer(
        title=_("Yearly figures of pairs"),
        sheet=lambda user: sheets.TARGET_SHEET,
        start=services.TargetRun,
        undo=services.undo_targets,
        can_upload=permissions.can_record_anywhere,
        lock="pairings.targets.load",
        list_url="pairings:target-list",
    )


def _teams():
    from exchange.imports import Importer
    from pairings import permissions, services, sheets

    return "teams", Importer(
        title=_("Teams"),
        sheet=lambda user: sheets.TEAM_SHEET,
        start=services.TeamRun,
        undo=services.undo_teams,
        can_upload=permissions.can_add_team,
        lock="pairings.teams.load",
        list_url="pairings:team-list",
    )
