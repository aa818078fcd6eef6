"""Words the sheets of this floor share, in both languages, and what a cell that names a record means."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands.models import Claim, Measure
from exchange.sheets import Choice, Unresolved
from organizations.forms import OrganizationField
from projects.models import (
    BeneficiaryCount,
    Campaign,
    CapacityKind,
    ConsumptionRecord,
    Metric,
    Project,
    ReportedFigure,
    Subject,
)

MAX_ROWS = 2000
Qualifier, Stage, Adds, Basis = (
    BeneficiaryCount.Qualifier,
    BeneficiaryCount.Stage,
    Metric.Adds,
    ReportedFigure.Basis,
)
SUBJECTS = (
    Choice(Subject.BENEFICIARY, "受益对象", "beneficiaries"),
    Choice(Subject.HELPER, "帮扶人员", "helpers"),
    Choice(Subject.DONOR, "捐赠人", "donors"),
    Choice(Subject.ORGANIZATION, "组织", "organizations"),
    Choice(Subject.MONEY, "资金", "money"),
    Choice(Subject.THING, "事物", "things and events"),
)
MEASURES = (
    Choice(Measure.PERSONS, "人", "persons"),
    Choice(Measure.PERSON_TIMES, "人次", "person-times"),
    Choice(Measure.HOUSEHOLDS, "户", "households"),
    Choice(Measure.HOUSEHOLD_TIMES, "户次", "household-times"),
    Choice(Measure.AMBIGUOUS, "口径不明", "measure not stated"),
)
QUALIFIERS = (
    Choice(Qualifier.EXACT, "确数", "exactly"),
    Choice(Qualifier.OVER, "超过", "more than"),
    Choice(Qualifier.NEARLY, "近", "nearly"),
    Choice(Qualifier.ABOUT, "约", "about"),
)
STAGES = (Choice(Stage.EXPECTED, "预计", "expected"), Choice(Stage.ACHIEVED, "完成", "achieved"))
ADDS = (
    Choice(Adds.SUM, "求和", "summed"),
    Choice(Adds.MAX, "取最大", "largest"),
    Choice(Adds.LATEST, "取最新", "latest"),
)
BASES = (
    Choice(Basis.STATED, "未说明", "stated without a basis"),
    Choice(Basis.INCOMPLETE, "据不完全统计", "according to incomplete statistics"),
    Choice(Basis.PRELIMINARY, "据初步统计", "according to preliminary statistics"),
    Choice(Basis.DERIVED, "由其他数字推算", "computed from other figures of the source"),
)
CAPACITIES = (
    Choice(CapacityKind.STATION, "社工站", "social-work station"),
    Choice(CapacityKind.FUND, "社区慈善基金", "community charity fund"),
    Choice(CapacityKind.COMMUNITY, "备案社区社会组织", "filed community organization"),
    Choice(CapacityKind.TRAINING, "培训班", "training course"),
    Choice(CapacityKind.CONTEST, "竞赛", "contest"),
)
Mode, Channel = ConsumptionRecord.Mode, ConsumptionRecord.Channel
MODES = (
    Choice(Mode.DIRECT, "直接购买", "direct purchase"),
    Choice(Mode.HELP, "帮助销售", "help to sell"),
    Choice(Mode.INDUCED, "带动消费", "induced consumption"),
)
CHANNELS = (
    Choice(Channel.PLATFORM, "832平台", "832 platform"),
    Choice(Channel.LIVE, "直播带货", "live-stream sale"),
    Choice(Channel.MALL, "网上商城", "online mall"),
    Choice(Channel.FAIR, "展销会", "fair"),
    Choice(Channel.OTHER, "其他", "other"),
)
CODE_HELP = gettext_lazy("Code or full name of the region, for example 500229.")
CODES_HELP = gettext_lazy("Code or full name of the region; several are separated by semicolons.")
MEASURE_HELP = gettext_lazy("For beneficiaries only; empty for everything else.")
VALUE_HELP = gettext_lazy("Empty where the source gives no usable number; the remark then says why.")
METRIC_HELP = gettext_lazy("Campaign, action and metric together name a metric; leave all three empty otherwise.")
CONSUMPTION_HELP = gettext_lazy("Yes where the figure is of purchases and sales; empty means no.")
CAPACITY_HELP = gettext_lazy("Only where the figure counts stations, funds, filed organizations, training, contests.")
PARTY_HELP = gettext_lazy("Full name or credit code of a registered organization.")
NO_NUMBER_HELP = gettext_lazy("Empty where the source gives no usable number; the reason is then written beside it.")
VALUE_PROJECT_HELP = gettext_lazy("Reference number (XM-…) or full name, if the value is of a project.")
PRODUCT_HELP = gettext_lazy("Name of a product in the selling region; otherwise describe the goods in words.")


def campaigns_by_text(user) -> Callable[[list[str]], dict[str, Any]]:
    def resolve(texts: list[str]) -> dict[str, Any]:
        seen = Campaign.objects.all() if user is None else Campaign.objects.visible_to(user)
        found: dict[str, list[Campaign]] = {text: [] for text in texts}
        for campaign in seen.filter(name__in=texts):
            found[campaign.name].append(campaign)
        none = Unresolved(_("There is no such campaign."), _("Enter the campaign first, or leave the cell empty."))
        several = Unresolved(_("There are several campaigns of this name."), _("Enter this figure on its page."))
        return {text: rows[0] if len(rows) == 1 else several if rows else none for text, rows in found.items()}

    return resolve


def organizations_by_text(texts: list[str]) -> dict[str, Any]:
    """The registered organization each text names by its full name or credit code, or why it names none."""
    answers: dict[str, Any] = {}
    for text in texts:
        try:
            answers[text] = OrganizationField().clean(text)
        except ValidationError as error:
            answers[text] = Unresolved(error.messages[0], _("Register it first, or correct the name."))
    return answers


def projects_by_text(user) -> Callable[[list[str]], dict[str, Any]]:
    """The project each text names among those the person may see: by its number, or by a name no other has."""

    def resolve(texts: list[str]) -> dict[str, Any]:
        seen = Project.objects.all() if user is None else Project.objects.visible_to(user)
        wanted = Q(reference__in=[text.upper() for text in texts]) | Q(name__in=texts)
        rows = list(seen.filter(wanted).prefetch_related("regions", "partners"))
        remedy = _("Copy the number from the project's page, or leave the cell empty.")
        none = Unresolved(_("There is no project with this number or name that you may see."), remedy)
        several = Unresolved(_("There are several projects of this name."), remedy)
        answers: dict[str, Any] = {}
        for text in texts:
            found = [row for row in rows if row.reference == text.upper()] or [row for row in rows if row.name == text]
            answers[text] = found[0] if len(found) == 1 else several if found else none
        return answers

    return resolve


def claims_by_text(user) -> Callable[[list[str]], dict[str, Any]]:
    """The claim each number names, among the approved ones the person may see."""

    def resolve(texts: list[str]) -> dict[str, Any]:
        seen = Claim.objects.all() if user is None else Claim.objects.visible_to(user)
        rows = seen.filter(status__in=Claim.CONFIRMED, reference__in=[text.upper() for text in texts])
        found = {row.reference: row for row in rows}
        none = Unresolved(
            _("There is no claim with this number that you may see."), _("Copy the number from the claim's page.")
        )
        return {text: found.get(text.upper(), none) for text in texts}

    return resolve
