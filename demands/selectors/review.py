"""What a reviewer is told about a demand: who checks it, what must not be published, what nobody has looked at."""

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
    ranges = [demand.village_id[: len(demand.village_id) - cut] + "0" * cut for cut in (0, 3, 6, 8, 10)]
    posts = Post.objects.current().filter(kind=Post.Kind.CHECKER, region__in=ranges, user__is_active=True)
    return sorted(set(posts.values_list("user", flat=True)) - permissions.writers(demand))


def personal_data(demand: Demand) -> list[str]:
    """One sentence for each personal detail that would become public with the demand, masked."""
    texts = [
        (str(_("title")), demand.title),
        (str(_("description")), demand.story),
        *((str(_("items")), f"{item.what} {item.unit}") for item in demand.items.all()),
    ]
    found = [
        _sentence(place, finding.what, finding.sample) for place, text in texts for finding in screening.find(text)
    ]
    for evidence in Evidence.objects.of(demand):
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
