"""Campaigns, values of metrics and reported figures of the cast (tests/house/cast.py), all in 城口县."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from projects import services as projects
from projects.models import Campaign, Metric, MetricValue, ReportedFigure

TODAY = datetime.date(2026, 3, 1)


def draft_campaign(cast, name: str = "五个专项行动") -> Campaign:
    """A campaign of 城口县 with one action and one metric."""
    values = {"name": name, "region": cast.regions["500229"], "starts_on": TODAY}
    campaign = projects.create_campaign(values=values, by=cast.officer)
    action = projects.add_action(campaign=campaign, values={"name": "光明行", "form": "health"}, by=cast.officer)
    values = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}
    projects.add_metric(action=action, values=values, by=cast.officer)
    return campaign


def active_campaign(cast, name: str = "三项行动") -> Campaign:
    return projects.start_campaign(campaign=draft_campaign(cast, name), by=cast.officer)


def metric_value(cast) -> MetricValue:
    """The member's organization enters sixty surgeries; nobody has verified them."""
    metric = Metric.objects.get(action__campaign=cast.the(active_campaign))
    values = {
        "region": cast.regions["500229"],
        "organization": cast.organization,
        "value": Decimal(60),
        "basis": "登记",
    }
    values |= {"period_from": TODAY, "period_to": TODAY}
    return projects.enter_value(metric=metric, values=values, by=cast.member)


def reported_figure(cast, number: str = "A-1") -> ReportedFigure:
    """A figure an officer entered and nobody has published."""
    values = {"number": number, "topic": "光明行", "indicator": "手术例数", "subject": "thing", "value": Decimal(1459)}
    values |= {"unit": "例", "region": cast.regions["500229"], "period_to": TODAY, "source": "简报"}
    return projects.enter_figure(values=values, places=[], by=cast.officer)


def published_figure(cast, number: str = "A-2") -> ReportedFigure:
    return projects.publish_figure(figure=reported_figure(cast, number), by=None)


def _action(cast) -> dict:
    campaign = cast.the(draft_campaign)
    return {"pk": campaign.pk, "action_pk": campaign.actions.get().pk}


def _metric(cast) -> dict:
    campaign = cast.the(draft_campaign)
    return {"pk": campaign.pk, "metric_pk": Metric.objects.get(action__campaign=campaign).pk}


def _begun_metric(cast) -> dict:
    return {"metric_pk": Metric.objects.get(action__campaign=cast.the(active_campaign)).pk}


def _pk(make: Callable) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


def _value(cast, number: int) -> MetricValue:
    """A verified value of a metric of its own."""
    campaign = active_campaign(cast, f"行动{number}")
    values = {
        "region": cast.regions["500229"],
        "organization": cast.organization,
        "value": Decimal(60),
        "basis": "登记",
    }
    values |= {"period_from": TODAY, "period_to": TODAY}
    value = projects.enter_value(metric=Metric.objects.get(action__campaign=campaign), values=values, by=cast.member)
    return projects.verify_value(value=value, by=cast.officer)


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "projects:campaign-detail": _pk(active_campaign),
    "projects:campaign-edit": _pk(active_campaign),
    "projects:campaign-start": _pk(draft_campaign),
    "projects:campaign-end": _pk(active_campaign),
    "projects:action-add": _pk(draft_campaign),
    "projects:action-edit": _action,
    "projects:metric-add": _action,
    "projects:metric-edit": _metric,
    "projects:value-add": _begun_metric,
    "projects:value-detail": _pk(metric_value),
    "projects:value-verify": _pk(metric_value),
    "projects:value-reject": _pk(metric_value),
    "projects:value-strike": _pk(metric_value),
    "projects:figure-detail": _pk(published_figure),
    "projects:figure-edit": _pk(reported_figure),
    "projects:figure-publish": _pk(reported_figure),
    "projects:figure-withdraw": _pk(published_figure),
    "api:campaigns-detail": _pk(active_campaign),
    "api:campaigns-start": _pk(draft_campaign),
    "api:campaigns-end": _pk(active_campaign),
    "api:campaigns-actions": _pk(draft_campaign),
    "api:campaigns-action": _action,
    "api:campaigns-metrics": _action,
    "api:campaigns-metric": _metric,
    "api:metric-values-detail": _pk(metric_value),
    "api:metric-values-verify": _pk(metric_value),
    "api:metric-values-reject": _pk(metric_value),
    "api:metric-values-strike": _pk(metric_value),
    "api:reported-figures-detail": _pk(published_figure),
    "api:reported-figures-publish": _pk(reported_figure),
    "api:reported-figures-withdraw": _pk(published_figure),
}
ONE_MORE: dict[str, Callable[[Any, int], Any]] = {
    "projects.Campaign": lambda cast, number: active_campaign(cast, f"行动{number}"),
    "projects.MetricValue": _value,
    "projects.ReportedFigure": lambda cast, number: published_figure(cast, f"N-{number}"),
}
