"""Every list: what it shows can be filtered, and the number of its queries is known and does not grow with its rows."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django_filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework import serializers

from core.exports import Column
from core.lists import ListPage
from organizations.models import Organization
from tests.house.addresses import addresses
from tests.house.cast import ONE_MORE, QUERIES, Cast

COUNTS = Path(__file__).parent / "query_counts.json"
RECORD = "RECORD=1 pytest tests/house/test_lists.py"
# Of every record, and asked for one at a time: by address, by history.
ALWAYS_EXEMPT = {"id", "version", "created_at", "created_by", "updated_at", "pinyin", "initials"}
EXEMPT: dict[str, dict[str, str]] = {
    "accounts.Post": {
        "user": "by name or user name",
        "valid_from": "by state, in force or ended",
        "valid_to": "by state, in force or ended",
    },
    "demands.Claim": {
        "deliver_from": "by deliver_by, the day that counts",
        "expires_at": "by hold_until",
        "extensions": "read from the claim, one at a time",
    },
    "demands.ClaimDraft": dict.fromkeys(
        ("acknowledged_at", "contact", "deliver_by", "deliver_from", "plan", "qualified_at"),
        "one's own few drafts; read from the draft",
    ),
    "demands.Delivery": {
        "handed_over_at": "by status, and by the day of delivery",
    },
    "demands.Demand": {
        "published_at": "the feed is ordered by it; people ask for what can still be claimed",
    },
    "demands.NotAccepted": {
        "valid_from": "by on",
        "valid_to": "by on",
    },
    "demands.PriceBand": {
        "high": "prices are held against it when a demand is written",
        "low": "prices are held against it when a demand is written",
        "valid_from": "by on",
        "valid_to": "by on",
    },
    "demands.DemandList": {
        "period_from": "says when the survey was made; lists are found by region, number and title",
        "period_to": "says when the survey was made; lists are found by region, number and title",
    },
    "demands.SupplyOffer": {
        "quantity": "of different units; the suggestions compare it with what is left",
    },
    "donations.Donation": {
        "consent_to_publish": "already decides who sees the gift at all",
        "recipient": "by organization, which is donor or recipient",
    },
    "exchange.Batch": {
        "counts": "figures of one file, read from its page",
    },
    "notices.Notice": {
        "facts": "by q, which searches them in words",
        "target": "the record's number; a record's notices are found by its reference number with q",
    },
    "organizations.Organization": {
        "is_synthetic": "marks made-up codes of the demonstration",
        "grade_rank": "by grade",
    },
    "pairings.Agreement": {
        "other_amount": "the other side's figure while the two differ; found by status",
        "other_quantity": "the other side's figure while the two differ; found by status",
        "parties": "by search",
        "proposer": "says whose turn it is; found by status",
        "quantity": "of many units that do not compare",
        "valid_to": "read, not searched; ended ones are found by status",
    },
    "pairings.Pairing": {
        "giver_organization": "by giver",
        "giver_region": "by giver",
        "receiver_organization": "by receiver",
        "receiver_region": "by receiver",
        "valid_from": "by valid_on",
        "valid_to": "by valid_on",
    },
    "pairings.PairingTarget": {
        "giver_value": "sorted by; the question is whether the sides agree",
        "receiver_value": "sorted by; the question is whether the sides agree",
    },
    "pairings.Team": {
        "dissolved_on": "dissolved teams are found by status",
    },
    "pairings.TeamMember": {
        "joined_on": "by on, a day",
        "left_on": "by on, a day",
    },
    "pairings.Visit": {
        "ends_on": "by year of the first day",
        "people": "sorted by",
    },
    "projects.Activity": {
        "certificates": "read from the activity; few trainings have them",
        "days": "read from the activity",
        "ends_on": "by year",
        "hours": "read from the activity",
        "party_members": "read from the activity; helpers are not searched by number",
        "sessions": "sorted by",
        "social_workers": "read from the activity; helpers are not searched by number",
        "staff": "read from the activity; helpers are not searched by number",
        "starts_on": "by year",
        "volunteers": "read from the activity; helpers are not searched by number",
    },
    "projects.BeneficiaryCount": {"same_as": "read from the count, one at a time"},
    "projects.Campaign": {
        "ends_on": "a handful of campaigns a year; found by name, region and status",
        "starts_on": "sorted by",
    },
    "projects.CapacityRecord": {
        "closed_on": "by open_on, a day",
    },
    "projects.ConsumptionRecord": {
        "amount_qualifier": "read with the amount",
        "bought_from": "by the last day",
        "buyer": "by organization, on either side",
        "quantity": "of different units; those without an amount are found by balance",
        "quantity_qualifier": "read with the quantity",
        "refunded_amount": "by balance, with refunds",
        "refunded_quantity": "by balance, with refunds",
        "seller": "by organization, on either side",
    },
    "projects.Product": {
        "content": "read with the unit",
    },
    "projects.MetricValue": {
        "organization": "by search",
        "period_from": "sorted by its end",
        "period_to": "sorted by",
        "project": "read from the value, one at a time",
        "qualifier": "read with the value",
        "value": "sorted by; values of different units have no common range",
    },
    "projects.ReportedFigure": {
        "as_of": "by year of the period",
        "period_from": "by year",
        "period_to": "by year",
        "places": "by region",
        "value": "sorted by within its unit; values of different units have no common range",
    },
    "projects.Project": {
        "budget": "sorted by; there is no question for a range of planned amounts",
        "claim": "read from the claim, one at a time",
        "ends_on": "by year",
        "partners": "named in the list; the question is who leads",
        "starts_on": "by year",
    },
    "publications.Document": {
        "issued_on": "by year",
        "published_at": "says when it went online; documents are found by their year of issue",
        "replaced_by": "read from the older document, one at a time",
    },
    "regions.Region": {
        "successor": "read from the outdated region, one at a time",
        "valid_from": "by outdated",
        "valid_to": "by outdated",
    },
}


@dataclass(frozen=True)
class Listing:
    """A list page or an API list: its URL name, model, FilterSet and the model's fields it shows."""

    name: str
    model: type
    filterset: type[django_filters.FilterSet] | None
    shown: frozenset[str]


def listings() -> list[Listing]:
    """All list pages and API lists the portal has an address for."""
    found = []
    for address in addresses():
        page = getattr(address.view, "view_class", None)
        if page and issubclass(page, ListPage):
            found.append(of_page(address.name, page))
        if getattr(address.view, "actions", {}).get("get") == "list":
            found.append(of_api(address.name, address.view.cls))
    return found


def of_page(name: str, page: type[ListPage]) -> Listing:
    """What a page shows: the fields its columns read, its sorts order by and its template names."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    view = page()
    view.setup(request)
    words: set[str] = set()
    for column in view.columns:
        code = getattr(column.value, "__code__", None)
        words.update(code.co_names if code else ())
    for _label, ordering in view.sorts.values():
        words.update(field.lstrip("-").split("__")[0] for field in ordering if isinstance(field, str))
    words.update(_template_words(page.template_name))
    return Listing(name, page.model, page.filterset_class, fields_among(page.model, words))


def _template_words(name: str | None) -> set[str]:
    """The attributes of `object` in the page's own template and the parts it includes."""
    if not name:
        return set()
    source = Path(get_template(name).origin.name).read_text(encoding="utf-8")
    words = set(re.findall(r"\bobject\.(\w+)", source))
    for part in re.findall(r'include "(?!components/)([^"]+)"', source):
        words |= _template_words(part)
    return words


def of_api(name: str, view: type) -> Listing:
    """What an API list shows: the sources of its serializer's fields."""
    instance = view(action="list", action_map={"get": "list"}, request=None, kwargs={}, format_kwarg=None)
    serializer = instance.get_serializer_class()()
    model = serializer.Meta.model if hasattr(serializer, "Meta") else view.queryset.model
    words = {(field.source or own).split(".")[0] for own, field in serializer.fields.items()}
    return Listing(name, model, getattr(view, "filterset_class", None), fields_among(model, words))


def fields_among(model: type, words: Iterable[str]) -> frozenset[str]:
    """The model's fields among the words; get_kind_display and region_id mean kind and region."""
    fields = {field.name for field in model._meta.get_fields() if not field.auto_created}
    plain = {re.sub(r"^get_(\w+)_display$|^(\w+)_id$", lambda found: found[1] or found[2], word) for word in words}
    return frozenset(fields & plain)


def unfiltered(found: Iterable[Listing], exempt: dict[str, dict[str, str]]) -> Iterator[str]:
    """Fields a list shows that its FilterSet cannot narrow by, and that have no reason for it."""
    for listing in found:
        if listing.filterset is None:
            yield f"{listing.name} has no FilterSet"
            continue
        excused = ALWAYS_EXEMPT | set(exempt.get(listing.model._meta.label, {}))
        for name in sorted(listing.shown - excused - covered(listing.model, listing.filterset)):
            yield f"{listing.name} shows {name}, which {listing.filterset.__name__} does not filter by"


def covered(model: type, filterset: type[django_filters.FilterSet]) -> set[str]:
    """The fields a FilterSet narrows by. A search box covers free text; region covers regions, amount_min amount."""
    names = set()
    for name, one in filterset.base_filters.items():
        names |= {name, f"{name}s", (one.field_name or name).split("__")[0], re.sub(r"_(min|max|from|to)$", "", name)}
    if names & {"search", "q"}:
        texts = (field for field in model._meta.fields if field.get_internal_type() in ("CharField", "TextField"))
        names |= {field.name for field in texts if not field.choices}
    return names


def two_filtersets(found: Iterable[Listing]) -> Iterator[str]:
    """Models whose page and API are filtered by different FilterSets."""
    first: dict[type, Listing] = {}
    for listing in found:
        other = first.setdefault(listing.model, listing)
        if listing.filterset is not None and other.filterset is not listing.filterset:
            yield f"{listing.name} and {other.name} have different FilterSets"


def queries(client: Client, url: str) -> int:
    """How many queries one answer takes, after a first one has filled the process's caches."""
    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(url)
    return len(captured)


def growing(listing: Listing, cast: Cast) -> tuple[int, list[str]]:
    """The queries of a list with twelve rows, and a line when it took another number with one row."""
    make = ONE_MORE.get(listing.model._meta.label)
    if make is None:
        return 0, [f"{listing.name}: say in tests/house/cast.py how to make a {listing.model._meta.label}"]
    url = reverse(listing.name) + QUERIES.get(listing.name, "")
    client = Client()
    client.force_login(cast.officer)
    make(cast, 1)
    few = queries(client, url)
    for number in range(2, 13):
        make(cast, number)
    many = queries(client, url)
    return many, [f"{listing.name}: {few} queries with one row, {many} with twelve"] if few != many else []


def differing(listing: Listing, count: int, pinned: dict[str, int]) -> Iterator[str]:
    if pinned.get(listing.name) != count:
        yield f"{listing.name}: {count} queries, pinned {pinned.get(listing.name)}. If that is right: {RECORD}"


def test_what_a_list_shows_can_be_filtered():
    assert list(unfiltered(listings(), EXEMPT)) == []


def test_a_page_and_its_api_have_one_filterset():
    assert list(two_filtersets(listings())) == []


def test_exemptions_are_still_needed():
    """An exemption of a field that has its filter by now, or is shown no more, hides the next mistake."""
    needed = {label: set() for label in EXEMPT}
    for listing in listings():
        missing = listing.shown - ALWAYS_EXEMPT - covered(listing.model, listing.filterset)
        needed.setdefault(listing.model._meta.label, set()).update(missing)
    assert {
        label: sorted(set(fields) - needed[label]) for label, fields in EXEMPT.items() if set(fields) - needed[label]
    } == {}


@pytest.mark.parametrize("listing", listings(), ids=lambda listing: listing.name)
def test_the_number_of_queries_is_pinned_and_does_not_grow(listing, request, db):
    count, grown = growing(listing, Cast(request.getfixturevalue))
    assert grown == []
    pinned = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    if os.environ.get("RECORD") == "1":
        COUNTS.write_text(json.dumps({**pinned, listing.name: count}, indent=2, sort_keys=True) + "\n")
        return
    assert list(differing(listing, count, pinned)) == []


def test_no_pin_is_left_of_a_list_that_is_gone():
    assert set(json.loads(COUNTS.read_text())) <= {listing.name for listing in listings()}


# Lists of their own to show that the checks bite.
class Narrow(django_filters.FilterSet):
    class Meta:
        model = Organization
        fields = ["kind"]


class Wide(Narrow):
    search = django_filters.CharFilter()


class Page(ListPage):
    model = Organization
    filterset_class = Narrow
    sorts = {"level": ("level", ["-level", "pk"])}
    columns = [Column("name", lambda row: row.name), Column("region", lambda row: row.region.short_code)]


class Shown(serializers.ModelSerializer):
    place = serializers.CharField(source="region.name")

    class Meta:
        model = Organization
        fields = ["id", "uscc", "place", "kind"]


def test_a_shown_field_without_a_filter_is_found():
    page = of_page("x", Page)
    assert page.shown == {"level", "name", "region"}
    assert list(unfiltered([page], {})) == [
        "x shows level, which Narrow does not filter by",
        "x shows name, which Narrow does not filter by",
        "x shows region, which Narrow does not filter by",
    ]
    excused = {"organizations.Organization": {"level": "a reason", "region": "a reason"}}
    assert list(unfiltered([Listing("x", Organization, Wide, page.shown)], excused)) == []
    assert list(unfiltered([Listing("x", Organization, None, page.shown)], {})) == ["x has no FilterSet"]


def test_a_field_shown_over_rest_without_a_filter_is_found():
    from rest_framework import viewsets

    view = type("View", (viewsets.ReadOnlyModelViewSet,), {"serializer_class": Shown, "filterset_class": Narrow})
    api = of_api("y", view)
    assert api.shown == {"uscc", "region", "kind"}
    assert [line.split()[2] for line in unfiltered([api], {})] == ["region,", "uscc,"]
    assert list(two_filtersets([of_page("x", Page), Listing("y", Organization, Wide, frozenset())])) == [
        "y and x have different FilterSets"
    ]


@pytest.mark.urls("tests.house.slow_list")
def test_a_list_that_asks_for_every_row_is_found(request, db):
    listing = Listing("slow-list", Organization, Narrow, frozenset())
    count, grown = growing(listing, Cast(request.getfixturevalue))
    assert grown == [f"slow-list: {count - 11} queries with one row, {count} with twelve"]
    assert "RECORD=1" in next(differing(listing, count, {"slow-list": 3}))
