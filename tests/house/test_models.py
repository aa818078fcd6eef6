"""House rules about tables. Each check takes models, so that a small offender shows that it bites."""

from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.test.utils import isolate_apps

from tests.house.sources import portal_apps

# Keys of Django's own that its abstract user brings along.
FROM_DJANGO = {"accounts.User.groups", "accounts.User.user_permissions"}
# Who made a record may be the system (a loading command); when is always known.
UNPAIRED = {"created_by": "empty for records made by the system"}
# Apps whose rows are not fetched one by one at all.
NO_ROWS = {"stats": "sums and their workings; what is counted may be seen by anybody"}
NOT_LISTED = {
    "accounts.LoginFailure": "a counter nobody sees",
    "accounts.User": "people are looked up by the log-in, there is no list of them yet",
    "core.KeptAnswer": "given again only to the person and key it was kept for",
    "core.StatusChange": "the history of a record, read through the record",
    "demands.ClaimLine": "read through its claim",
    "demands.DeliveryLine": "read through its delivery",
    "demands.DemandBeneficiary": "read through its demand",
    "demands.DemandItem": "read through its demand",
    "donations.DonationDonor": "read through its donation",
    "donations.DonationRegion": "read through its donation",
    "donations.Lot": "read through its donation",
    "donations.Reversal": "read through the donation it reverses",
    "notices.Choices": "one's own row, read by nobody else",
    "notices.Mail": "read through its notice",
    "organizations.Membership": "read through its organization",
    "projects.CampaignAction": "read through its campaign",
    "projects.Metric": "read through its campaign",
    "projects.ProjectRegion": "read through its project",
    "projects.RosterEntry": "a digest nobody sees; only counted",
    "regions.RegionDesignation": "public, and read through its region",
    "regions.RegionLoad": "a note of the loading command",
}


def own_models() -> list[type[models.Model]]:
    labels = set(portal_apps())
    return [model for model in apps.get_models() if model._meta.app_label in labels]


def open_ways_back(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Keys into another app that give that app a hidden way up: `related_name` must be "+"."""
    for model in found:
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            name = f"{model._meta.label}.{field.name}"
            if field.remote_field is None or name in FROM_DJANGO:
                continue
            elsewhere = field.related_model._meta.app_label != model._meta.app_label
            if elsewhere and not field.remote_field.hidden:
                yield f'{name} points to {field.related_model._meta.label}: give it related_name="+"'


def lonely_signatures(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """`x_by` without `x_at`, or the two without a constraint that keeps them together."""
    for model in found:
        names = {field.name for field in model._meta.fields}
        people = {field.name for field in model._meta.fields if field.related_model is get_user_model()}
        checked = [set(rule.condition.referenced_base_fields) for rule in _checks(model)]
        for who in sorted(name for name in people if name.endswith("_by") and name not in UNPAIRED):
            when = who.removesuffix("_by") + "_at"
            if when not in names:
                yield f"{model._meta.label}.{who} has no {when}"
            elif not any({who, when} <= fields for fields in checked):
                yield f"{model._meta.label}: no constraint keeps {when} and {who} together"


def nameless(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Models that show up as "Demand object (1)"."""
    for model in found:
        if model.__str__ is models.Model.__str__:
            yield f"{model._meta.label} has no __str__"


def unguarded(found: Iterable[type[models.Model]], exempt: dict[str, str]) -> Iterator[str]:
    """Models whose rows anybody may fetch: no `visible_to(user)` and no reason why."""
    for model in found:
        if model._meta.app_label in NO_ROWS:
            continue
        guarded = hasattr(model._default_manager, "visible_to")
        if not guarded and model._meta.label not in exempt:
            yield f"{model._meta.label} has no visible_to(user)"
        if guarded and model._meta.label in exempt:
            yield f"{model._meta.label} has visible_to(user): take it from the exemptions"


def loose_states(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Statuses the table of steps or the database does not know."""
    for model in found:
        if not hasattr(model, "TRANSITIONS"):
            continue
        known = set(model.Status.values)
        steps = {str(status) for status in model.TRANSITIONS}
        targets = {str(to) for tos in model.TRANSITIONS.values() for to in tos}
        if steps != known or not targets <= known:
            yield f"{model._meta.label}.TRANSITIONS and Status differ: {sorted(steps ^ known | targets - known)}"
        if not any(_only_statuses(rule.condition) == known for rule in _checks(model)):
            yield f"{model._meta.label}: no constraint lists exactly the known statuses"
        if model._meta.get_field("status").editable:
            yield f"{model._meta.label}.status is editable"


def _only_statuses(condition: Q) -> set[str]:
    """The statuses of a condition `Q(status__in=[...])`; empty for any other condition."""
    if len(condition.children) == 1 and isinstance(condition.children[0], tuple):
        name, values = condition.children[0]
        if name == "status__in" and not condition.negated:
            return {str(value) for value in values}
    return set()


def loose_numbers(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Floats, and decimals that are neither money NUMERIC(18,2) nor a quantity NUMERIC(18,3)."""
    for model in found:
        for field in model._meta.local_fields:
            if isinstance(field, models.FloatField):
                yield f"{model._meta.label}.{field.name} is a float"
            if isinstance(field, models.DecimalField):
                exact = (field.max_digits, field.decimal_places)
                # Sums of many amounts need more digits than one amount.
                is_sum = model._meta.app_label == "stats" and exact[0] > 18 and exact[1] in (2, 3)
                if exact not in ((18, 2), (18, 3)) and not is_sum:
                    yield f"{model._meta.label}.{field.name} is NUMERIC({exact[0]},{exact[1]})"


def _checks(model: type[models.Model]) -> list[models.CheckConstraint]:
    return [rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)]


@pytest.mark.parametrize("check", [open_ways_back, lonely_signatures, nameless, loose_states, loose_numbers])
def test_the_tables_keep_the_rule(check):
    assert list(check(own_models())) == []


def test_rows_are_fetched_only_through_visible_to():
    assert list(unguarded(own_models(), NOT_LISTED)) == []


def test_exemptions_are_of_models_that_exist():
    assert set(NOT_LISTED) - {model._meta.label for model in own_models()} == set()


def test_the_models_are_really_there():
    labels = {model._meta.label for model in own_models()}
    assert {"core.StatusChange", "regions.Region", "accounts.User", "organizations.Organization"} <= labels


def test_keys_into_other_apps_need_a_plus():
    with isolate_apps("demands"):

        class Bad(models.Model):  # noqa: DJ008
            user = models.ForeignKey(get_user_model(), models.CASCADE)
            region = models.ForeignKey(apps.get_model("regions.Region"), models.CASCADE, related_name="demands")
            people = models.ManyToManyField(apps.get_model("accounts.User"))
            one = models.OneToOneField(apps.get_model("regions.Region"), models.CASCADE)
            fine = models.ForeignKey(apps.get_model("regions.Region"), models.CASCADE, related_name="+")
            own = models.ForeignKey("self", models.CASCADE, related_name="children")

            class Meta:
                app_label = "demands"

        fields = [line.split()[0] for line in open_ways_back([Bad])]
    assert fields == ["demands.Bad.user", "demands.Bad.region", "demands.Bad.one", "demands.Bad.people"]


def test_a_signature_needs_its_date_and_a_constraint():
    with isolate_apps("demands"):

        class Bad(models.Model):  # noqa: DJ008
            checked_at = models.DateTimeField(null=True)
            checked_by = models.ForeignKey(get_user_model(), models.PROTECT, null=True, related_name="+")
            closed_by = models.ForeignKey(get_user_model(), models.PROTECT, null=True, related_name="+")
            signed_at = models.DateTimeField(null=True)
            signed_by = models.ForeignKey(get_user_model(), models.PROTECT, null=True, related_name="+")

            class Meta:
                app_label = "demands"
                constraints = [
                    models.CheckConstraint(
                        condition=Q(signed_at=None, signed_by=None) | Q(signed_at__gt=0, signed_by__gt=0),
                        name="signed_both",
                    )
                ]

        assert list(lonely_signatures([Bad])) == [
            "demands.Bad: no constraint keeps checked_at and checked_by together",
            "demands.Bad.closed_by has no closed_at",
        ]


def test_a_model_needs_words_and_a_guard():
    with isolate_apps("demands"):

        class Bad(models.Model):  # noqa: DJ008
            class Meta:
                app_label = "demands"

        assert list(nameless([Bad])) == ["demands.Bad has no __str__"]
        assert list(unguarded([Bad], {})) == ["demands.Bad has no visible_to(user)"]
        assert list(unguarded([Bad], {"demands.Bad": "a reason"})) == []
    region = apps.get_model("regions.Region")
    assert "take it from the exemptions" in next(unguarded([region], {"regions.Region": "no longer true"}))


def test_statuses_are_known_to_the_table_and_to_the_database():
    with isolate_apps("demands"):

        class Bad(models.Model):  # noqa: DJ008
            class Status(models.TextChoices):
                OPEN = "open"
                DONE = "done"

            TRANSITIONS = {Status.OPEN: {Status.DONE}}
            status = models.CharField(max_length=10)

            class Meta:
                app_label = "demands"
                constraints = [models.CheckConstraint(condition=Q(status__in=["open"]), name="bad_status")]

        assert list(loose_states([Bad])) == [
            "demands.Bad.TRANSITIONS and Status differ: ['done']",
            "demands.Bad: no constraint lists exactly the known statuses",
            "demands.Bad.status is editable",
        ]


def test_money_is_no_float():
    with isolate_apps("demands"):

        class Bad(models.Model):  # noqa: DJ008
            price = models.FloatField()
            value = models.DecimalField(max_digits=10, decimal_places=2)
            money = models.DecimalField(max_digits=18, decimal_places=2)

            class Meta:
                app_label = "demands"

        assert list(loose_numbers([Bad])) == ["demands.Bad.price is a float", "demands.Bad.value is NUMERIC(10,2)"]
