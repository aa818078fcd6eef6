"""Every change of schemes, pairs, agreements, visits, yearly figures and teams, and the loading of files."""

from pairings.services.agreements import (
    attach_document,
    confirm_agreement,
    dispute_agreement,
    edit_agreement,
    end_agreement,
    propose_agreement,
    withdraw_agreement,
)
from pairings.services.loading import BadPairs, Loaded, PairingRun, load_pairs_file, undo_pairs
from pairings.services.pairings import activate_pairing, create_pairing, create_scheme, end_pairing
from pairings.services.record_files import (
    AgreementRun,
    TargetRun,
    VisitRun,
    undo_agreements,
    undo_targets,
    undo_visits,
)
from pairings.services.targets import confirm_target, state_target
from pairings.services.team_files import TeamRun, load_teams_file, undo_teams
from pairings.services.teams import activate_team, add_member, dissolve_team, form_team, leave_team
from pairings.services.visits import edit_visit, record_visit, withdraw_visit

__all__ = [
    "AgreementRun",
    "TargetRun",
    "VisitRun",
    "undo_agreements",
    "undo_targets",
    "undo_visits",
    "BadPairs",
    "Loaded",
    "PairingRun",
    "TeamRun",
    "activate_pairing",
    "activate_team",
    "add_member",
    "attach_document",
    "confirm_agreement",
    "confirm_target",
    "create_pairing",
    "create_scheme",
    "dispute_agreement",
    "dissolve_team",
    "edit_agreement",
    "edit_visit",
    "end_agreement",
    "end_pairing",
    "form_team",
    "leave_team",
    "load_pairs_file",
    "load_teams_file",
    "propose_agreement",
    "record_visit",
    "state_target",
    "undo_pairs",
    "undo_teams",
    "withdraw_agreement",
    "withdraw_visit",
]
