"""Every write of campaigns, their actions and metrics, and the values of metrics."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from projects.models import BeneficiaryCount, Campaign, CampaignAction, Metric, MetricValue
from projects.services.refusals import NotSecondPerson, carriers, given_reason, insist_on_past, stands_once, takes_part

_SAME_NAME = _("This region already has a campaign of this name.")


class MetricInUse(Refused):
    """Values or reported figures stand under this metric; what they mean cannot change any more."""

    code = "metric_in_use"


class PeriodsOverlap(Refused):
    """A value for the same place and people already covers a part of this period."""

    code = "periods_overlap"


@transaction.atomic
def create_campaign(*, values: dict[str, Any], by: User | None) -> Campaign:
    """Open a campaign as a draft; `values` are its plain fields. Refused when the region has one of this name."""
    _insist_on_new_name(Campaign.objects.filter(region=values["region"], name=values["name"]))
    with stands_once("campaign_once", _SAME_NAME, code="campaign_exists"):
        return states.begin(Campaign(reference=next_reference("ZXD"), **values), by=by)


@transaction.atomic
def edit_campaign(*, campaign: Campaign, values: dict[str, Any], version: int, by: User) -> dict:
    """Change the plain fields of a campaign; return what changed. Refused when the region has one of this name."""
    wanted = {"region": values.get("region", campaign.region), "name": values.get("name", campaign.name)}
    _insist_on_new_name(Campaign.objects.filter(**wanted).exclude(pk=campaign.pk))
    with stands_once("campaign_once", _SAME_NAME, code="campaign_exists"):
        return states.record(campaign, values, by=by, version=version)


@transaction.atomic
def start_campaign(*, campaign: Campaign, by: User | None) -> Campaign:
    """The campaign becomes public. Refused without an action that has a metric."""
    states.lock(campaign)
    if not Metric.objects.filter(action__campaign=campaign).exists():
        raise Refused(
            _("A campaign needs at least one action with a metric before it begins. Add them first."),
            code="no_metric",
        )
    return states.move(campaign, Campaign.Status.ACTIVE, by=by)


@transaction.atomic
def end_campaign(*, campaign: Campaign, by: User | None) -> Campaign:
    """The campaign has ended; values may still be verified or struck out."""
    return states.move(campaign, Campaign.Status.ENDED, by=by)


@transaction.atomic
def add_action(*, campaign: Campaign, values: dict[str, Any], by: User | None) -> CampaignAction:
    """Add an action to a campaign that has not ended. Refused when it has one of this name."""
    states.lock(campaign)
    _insist_on_open(campaign)
    if campaign.actions.filter(name=values["name"]).exists():
        raise Refused(_("This campaign already has an action of this name."), code="action_exists")
    return states.begin(CampaignAction(campaign=campaign, **values), by=by)


@transaction.atomic
def edit_action(*, action: CampaignAction, values: dict[str, Any], version: int, by: User) -> dict:
    """Change an action; return what changed."""
    states.lock(action.campaign)
    others = action.campaign.actions.exclude(pk=action.pk)
    if others.filter(name=values.get("name", action.name)).exists():
        raise Refused(_("This campaign already has an action of this name."), code="action_exists")
    return states.record(action, values, by=by, version=version)


@transaction.atomic
def add_metric(*, action: CampaignAction, values: dict[str, Any], by: User | None) -> Metric:
    """Add a metric to an action. Refused when it has one of this name."""
    states.lock(action.campaign)
    _insist_on_open(action.campaign)
    if action.metrics.filter(name=values["name"]).exists():
        raise Refused(_("This action already has a metric of this name."), code="metric_exists")
    return states.begin(Metric(action=action, **values), by=by)


@transaction.atomic
def edit_metric(*, metric: Metric, values: dict[str, Any], version: int, by: User) -> dict:
    """Change a metric; return what changed. Once it has values only its name may change."""
    states.lock(metric.action.campaign)
    used = metric.values.exists() or metric.reported.exists()
    if used and any(getattr(metric, name) != value for name, value in values.items() if name != "name"):
        raise MetricInUse(
            _("Values already stand under this metric, so only its name may change. Add another metric instead.")
        )
    others = metric.action.metrics.exclude(pk=metric.pk)
    if others.filter(name=values.get("name", metric.name)).exists():
        raise Refused(_("This action already has a metric of this name."), code="metric_exists")
    return states.record(metric, values, by=by, version=version)


@transaction.atomic
def enter_value(*, metric: Metric, values: dict[str, Any], by: User | None) -> MetricValue:
    """Enter a value of a metric; it counts in totals once a second person has verified it.

    Refused while the campaign is a draft, for a qualifier the metric does not allow, for a region outside the
    campaign's, and when the same people already have a value for this place in a part of the period: cumulative
    values are not entered twice.
    """
    states.lock(metric.action.campaign)
    value = MetricValue(metric=metric, **values)
    insist_on_fit(value)
    value.reference = next_reference("ZBZ")
    return states.begin(value, by=by)


def insist_on_fit(value: MetricValue) -> None:
    """Refuse a value its metric, its campaign, the day or the other values do not allow (see `enter_value`)."""
    metric, campaign = value.metric, value.metric.action.campaign
    if campaign.status == Campaign.Status.DRAFT:
        raise Refused(_("Values are entered once the campaign has begun."), code="campaign_not_begun")
    if value.qualifier != BeneficiaryCount.Qualifier.EXACT and not metric.allows_over:
        raise Refused(_("This metric takes exact values only."), code="not_exact")
    if not campaign.region.contains(value.region_id):
        raise Refused(
            _("%(region)s is not in the campaign's region.") % {"region": value.region}, code="region_outside"
        )
    insist_on_past(value)
    _insist_on_free_period(value)


@transaction.atomic
def verify_value(*, value: MetricValue, by: User, note: str = "") -> MetricValue:
    """Let a value count in totals. Refused for whoever entered it or acts for its organization."""
    states.lock(value)
    _insist_on_second_person(value, by)
    return states.move(value, MetricValue.Status.VERIFIED, by=by, note=note)


@transaction.atomic
def reject_value(*, value: MetricValue, by: User, reason: str) -> MetricValue:
    """Turn a value away, with the reason."""
    return states.move(value, MetricValue.Status.REJECTED, by=by, note=given_reason(reason))


@transaction.atomic
def strike_value(*, value: MetricValue, by: User, reason: str) -> MetricValue:
    """Take a wrong value out of totals; it stays in the history. A right one is entered anew."""
    return states.move(value, MetricValue.Status.STRUCK, by=by, note=given_reason(reason))


def _insist_on_new_name(namesakes: QuerySet) -> None:
    if namesakes.exists():
        raise Refused(_SAME_NAME, code="campaign_exists")


def _insist_on_open(campaign: Campaign) -> None:
    if campaign.status == Campaign.Status.ENDED:
        raise Refused(_("The campaign has ended; its actions and metrics stay as they are."), code="campaign_ended")


def _insist_on_free_period(value: MetricValue) -> None:
    live = (MetricValue.Status.ENTERED, MetricValue.Status.VERIFIED)
    other = MetricValue.objects.filter(
        metric=value.metric,
        stage=value.stage,
        region=value.region,
        organization=value.organization,
        project=value.project,
        status__in=live,
        period_from__lte=value.period_to,
        period_to__gte=value.period_from,
    ).first()
    if other is not None:
        facts = {"reference": other.reference, "from": other.period_from, "to": other.period_to}
        raise PeriodsOverlap(
            _(
                "%(reference)s already gives this metric here for %(from)s to %(to)s. "
                "Enter only what came after it, or have that value struck out first."
            )
            % facts
        )


def _insist_on_second_person(value: MetricValue, by: User) -> None:
    parties = [value.organization_id, *(carriers(value.project) if value.project else ())]
    if StatusChange.objects.of(value).filter(by=by).exists() or takes_part(by, parties):
        raise NotSecondPerson(
            _("Whoever entered a value or belongs to its organization cannot verify it. Ask a colleague.")
        )
