"""What a reviewer is told about a demand: who checks it, what must not be published, what nobody has looked at."""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Post
from core import screening
from demands import permissions
from demands.models import Demand, DemandItem, Evidence
from demands.selectors.catalogue import price_warnings
from demands.selectors.likeness import duplicates_of

WHAT = {
    "identity": lambda: _("number of an identity card"),
    "mobile": lambda: _("mobile telephone"),
    "landline": lambda: _("telephone"),
    "bank_card": lambda: _("bank card"),
}


def checkers(demand: Demand) -> list[int]:
    """Keys of the people whose post it is to check the demand for the township and who did not write it."""
    return checkers_of([demand])[demand.pk]


def checkers_of(demands: Sequence[Demand]) -> dict[int, list[int]]:
    """`checkers` of many demands, by their keys."""
    ranges = {demand.pk: _ranges(demand.village_id) for demand in demands}
    codes = {code for found in ranges.values() for code in found}
    posts = Post.objects.current().filter(kind=Post.Kind.CHECKER, region__in=codes, user__is_active=True)
    people: dict[str, set[int]] = {}
    for region, user in posts.values_list("region", "user"):
        people.setdefault(region, set()).add(user)
    if not people:
        return {key: [] for key in ranges}
    writers = permissions.writers_of(demands)
    return {
        key: sorted(set().union(*(people.get(code, set()) for code in found)) - writers[key])
        for key, found in ranges.items()
    }


def _ranges(code: str) -> list[str]:
    """The codes of the village, its township, county, city and province."""
    return [code[: len(code) - cut] + "0" * cut for cut in (0, 3, 6, 8, 10)]


def evidence_of(demands: Sequence[Demand]) -> dict[int, list[Evidence]]:
    """The files of each demand and of its list, by the keys of the demands."""
    lists = {demand.list_id for demand in demands if demand.list_id}
    rows = Evidence.objects.filter(Q(demand__in=[demand.pk for demand in demands]) | Q(demand_list__in=lists))
    own: dict[tuple[str, int | None], list[Evidence]] = {}
    for row in rows.order_by("pk"):
        key = ("list", row.demand_list_id) if row.demand_id is None else ("demand", row.demand_id)
        own.setdefault(key, []).append(row)
    return {demand.pk: own.get(("demand", demand.pk), []) + own.get(("list", demand.list_id), []) for demand in demands}


def items_of(demands: Sequence[Demand]) -> dict[int, list[DemandItem]]:
    """The items of each demand as they are stored now, by the keys of the demands."""
    found: dict[int, list[DemandItem]] = {demand.pk: [] for demand in demands}
    for item in DemandItem.objects.filter(demand__in=list(found)).order_by("pk"):
        found[item.demand_id].append(item)
    return found


def personal_data(demand: Demand) -> list[str]:
    """One sentence for each personal detail that would become public with the demand, masked."""
    return personal_data_in(demand, items_of([demand])[demand.pk], evidence_of([demand])[demand.pk])


def personal_data_in(demand: Demand, items: Iterable[DemandItem], files: Iterable[Evidence]) -> list[str]:
    """`personal_data` of a demand whose items and files have been read already."""
    texts = [
        (str(_("title")), demand.title),
        (str(_("description")), demand.story),
        *((str(_("items")), f"{item.what} {item.unit}") for item in items),
    ]
    found = [
        _sentence(place, finding.what, finding.sample) for place, text in texts for finding in screening.find(text)
    ]
    for evidence in files:
        found += [_sentence(evidence.name, row["what"], row["sample"]) for row in evidence.findings]
    return list(dict.fromkeys(found))


def _sentence(place: str, what: str, sample: str) -> str:
    return _("%(place)s: %(what)s %(sample)s.") % {"place": place, "what": WHAT[what](), "sample": sample}


def findings(demand: Demand) -> dict[str, list]:
    """What the automatic checks found, for whoever writes or reviews the demand."""
    return {"personal_data": personal_data(demand), "alike": duplicates_of(demand)}


def item_rows(demand: Demand) -> list[tuple[DemandItem, str]]:
    """Each item with a sentence if its price is unusual."""
    items = list(demand.items.all())
    rows = [(item.what, item.unit, item.unit_price) for item in items]
    return list(zip(items, price_warnings(rows, demand.village_id), strict=True))
