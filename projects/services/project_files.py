"""Files of projects and of their beneficiary counts: checked, entered row by row, taken back.

A project is entered as a draft; it is known again by its lead, name and first day. What stands there already word for
word is left alone; a row that differs is refused, because projects and counts are corrected on their pages.
"""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused
from exchange.sheets import Problem, Row
from projects import permissions
from projects.models import BeneficiaryCount, CampaignAction, Project
from projects.services import counts
from projects.services.entries import EntryRun
from projects.services.projects import check_parties, create_project, insist_on_free_claim
from projects.services.refusals import insist_on_active
from projects.sheets import count_sheet, project_sheet

_PARTS = ("regions", "partners")
_PLAIN = ("name", "lead", "form", "funding", "budget", "starts_on", "ends_on", "action", "claim", "summary")


class ProjectRun(EntryRun):
    """One pass over a file of projects."""

    model, blamed = Project, "name"
    defaults = {"funding": Project.Funding.OWN, "summary": ""}

    def __init__(self, by: Any):
        super().__init__(by)
        self.sheet = project_sheet(by)
        self.claims: dict[int, int] = {}

    def values(self, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        given = {name: row.values.get(name) for name in _PLAIN}
        # Zero is a budget: only an empty cell takes the default.
        values = {name: self.defaults.get(name) if value is None else value for name, value in given.items()}
        values |= {name: list(dict.fromkeys(row.values[name] or ())) for name in _PARTS}
        problems: list[Problem] = []
        values["action"] = self._action(row, problems)
        if self.stored(values) is None:
            problems += self._broken(row, values)
        return values, problems

    def _action(self, row: Row, problems: list[Problem]) -> CampaignAction | None:
        campaign, name = row.values["campaign"], row.values["action"]
        if not campaign and not name:
            return None
        action = CampaignAction.objects.filter(campaign=campaign, name=name or "").select_related("campaign").first()
        if action is None or campaign.status != campaign.Status.ACTIVE:
            reason = _("There is no such action in a campaign under way.")
            problems.append(self._problem(row, "action", reason, _("Copy both names from the campaign's page.")))
        return action

    def _broken(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        """The rules of the service, each at its row, before anything is stored."""
        claim = values["claim"]
        column = "lead"
        try:
            insist_on_active(values["lead"])
            column = "regions"
            check_parties(self.record(values), values["regions"], values["partners"])
            column = "claim"
            insist_on_free_claim(claim)
        except Refused as refused:
            return [self._problem(row, column, str(refused.message), _("Correct the row."))]
        if claim is not None and (first := self.claims.setdefault(claim.pk, row.number)) != row.number:
            reason = _("The same claim stands in row %(row)s.") % {"row": first}
            return [self._problem(row, "claim", reason, _("Leave one of the rows."))]
        return []

    def foreign(self, values):
        return "lead", _("You may enter projects of your own organization or of your own region only.")

    def record(self, values):
        return Project(**{name: values[name] for name in _PLAIN})

    def key(self, values):
        return values["lead"], values["name"], values["starts_on"]

    def stored(self, values):
        rows = Project.objects.filter(lead=values["lead"], name=values["name"], starts_on=values["starts_on"])
        rows = rows.exclude(status=Project.Status.TERMINATED).prefetch_related(*_PARTS)
        return rows.order_by("pk").first()

    def same(self, stored, values):
        plain = all(getattr(stored, name) == values[name] for name in _PLAIN)
        return plain and all(set(getattr(stored, name).all()) == set(values[name]) for name in _PARTS)

    def allowed(self, values):
        return permissions.can_enter(self.by, values["lead"], values["regions"])

    def enter(self, values):
        plain = {name: values[name] for name in _PLAIN}
        return create_project(values=plain, regions=values["regions"], partners=values["partners"], by=self.by)

    @classmethod
    def used(cls, row):
        return row.counts.exists() or row.files.exists() or row.activities.exists()


class CountRun(EntryRun):
    """One pass over a file of beneficiary counts."""

    model, blamed = BeneficiaryCount, "value"
    defaults = {
        "qualifier": BeneficiaryCount.Qualifier.EXACT,
        "overlap": BeneficiaryCount.Overlap.MAY,
        "group": "",
        "scope": "",
        "basis": "",
    }
    names = ("project", *(name for name in BeneficiaryCount.FIELDS if name != "same_as"))

    def __init__(self, by: Any):
        super().__init__(by)
        self.sheet = count_sheet(by)

    def values(self, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        values: dict[str, Any] = {
            name: self.defaults.get(name) if row.values[name] is None else row.values[name] for name in self.names
        }
        problems: list[Problem] = []
        try:
            counts.insist_on_stage(values["project"], values["stage"])
        except Refused as refused:
            problems.append(self._problem(row, "project", str(refused.message), _("Correct the row.")))
        return values, problems

    def record(self, values):
        known = self.stored(values) if values["overlap"] == BeneficiaryCount.Overlap.SAME else None
        return BeneficiaryCount(**values, same_as=known and known.same_as)

    def key(self, values):
        return tuple(values[name] for name in ("project", "stage", "region", "measure", "group", "scope"))

    def stored(self, values):
        same = {name: values[name] for name in ("project", "stage", "region", "measure", "group", "scope")}
        return BeneficiaryCount.objects.live().filter(**same).first()

    def allowed(self, values):
        return permissions.can_count(self.by, values["project"])

    def foreign(self, values):
        return "project", _("Only the lead organization and staff of the project's region may do this.")

    def enter(self, values):
        plain = {name: value for name, value in values.items() if name != "project"}
        return counts.add_count(project=values["project"], values=plain, by=self.by)

    @classmethod
    def used(cls, row):
        return BeneficiaryCount.objects.filter(same_as=row).exists()
