"""What the pages that show several apps read."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import Post, User, in_ranges
from demands import selectors as demands
from demands.models import Claim, Demand
from donations.models import Donation, Lot
from organizations.models import Organization, RegistrationRequest
from pairings.models import Pairing, PairingTarget
from pairings.selectors import Result
from projects.models import Project
from projects.selectors import work
from publications import selectors as publications
from publications.models import Document
from stats import selectors as stats


@dataclass
class Home:
    """The content of the home page."""

    question: stats.Question
    answer: stats.Answer
    state: stats.State
    open_demands: list[Demand]
    filled_demands: list[Demand]
    open_count: int
    claimed_count: int
    pairings: list[Pairing]
    organization_count: int
    project_count: int
    documents: list[Document]


def home(user: User) -> Home:
    question = stats.Question(None, *stats.default_period())
    answer, state = stats.answer_of_one_state(question)
    open_demands = Demand.objects.visible_to(user).claimable()
    return Home(
        question=question,
        answer=answer,
        state=state,
        open_demands=list(open_demands.for_list().order_by("-id")[:6]),
        filled_demands=list(
            Demand.objects.visible_to(user)
            .filter(status=Demand.Status.CLAIMED)
            .for_list()
            .order_by("-updated_at", "-id")[:3]
        ),
        open_count=open_demands.count(),
        claimed_count=Demand.objects.filter(status__in=[Demand.Status.CLAIMED, Demand.Status.CLAIMED_IN_PART]).count(),
        pairings=list(
            Pairing.objects.visible_to(user)
            .valid()
            .exclude(parent=None)
            .for_list()
            .order_by("receiver_region_id", "id")[:20]
        ),
        organization_count=Organization.objects.filter(status=Organization.Status.ACTIVE).count(),
        project_count=Project.objects.filter(status__in=Project.PUBLIC).count(),
        documents=publications.latest(3),
    )


@dataclass
class Queue:
    """What waits for a person with a post, oldest first: demands to review, claims to decide on, deliveries without the
    village's word, claims to verify, spot checks, drafts to check, documents to publish; for those who write demands
    for villages (`for_staff` is false) their drafts and what was returned.
    """

    for_staff: bool
    drafts: QuerySet
    demands: QuerySet
    claims: QuerySet
    deliveries: QuerySet
    accepted: QuerySet
    spot_checks: QuerySet
    organizations: QuerySet
    documents: QuerySet
    projects: list[work.Part]


def work_queue(user: User) -> Queue:
    """Everything in the person's regions that waits for a decision or a word."""
    everywhere = [("0" * 12, "9" * 12)]
    office = everywhere if user.is_superuser else user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER)
    staff = everywhere if user.is_superuser else user.post_ranges(Post.Kind.STAFF)
    village = user.post_ranges(Post.Kind.REPORTER, Post.Kind.CHECKER)
    mine = Demand.objects.visible_to(user)
    # A checked demand waits for the county and no longer for the township.
    review = in_ranges("village", office) & Q(status=Demand.Status.SUBMITTED)
    review |= in_ranges("village", staff) & Q(status=Demand.Status.CHECKED)
    return Queue(
        for_staff=user.is_officer,
        drafts=mine.filter(in_ranges("village", village), status__in=Demand.EDITABLE).for_list().order_by("id"),
        demands=mine.filter(review).for_list().order_by("id"),
        claims=Claim.objects.visible_to(user)
        .filter(in_ranges("demand__village", staff), status=Claim.Status.SUBMITTED)
        .for_list()
        .order_by("id"),
        deliveries=demands.to_inspect(user),
        accepted=demands.to_verify(user),
        spot_checks=demands.to_spot_check(user),
        # What was returned waits for its people, not for staff.
        organizations=Organization.objects.visible_to(user)
        .filter(in_ranges("region", staff), status=Organization.Status.DRAFT)
        .exclude(request__status=RegistrationRequest.Status.RETURNED)
        .for_list()
        .order_by("id"),
        documents=Document.objects.visible_to(user)
        .filter(in_ranges("region", staff), status=Document.Status.SUBMITTED)
        .for_list()
        .order_by("id"),
        projects=work.waiting_for(user) if user.is_officer else [],
    )


def results_of_pairs(pairings: Sequence[Pairing], user) -> dict[tuple[int, int, str], Result]:
    """Gifts received under these pairs by year and form, for their pages (`pairings.selectors.register_results`).

    As in the figures: goods at their value, relief that is counted apart left out. Who may see which gift does not
    change a sum. What was delivered is not known before uses of gifts are entered.
    """
    gifts = Donation.objects.filter(pairing__in=pairings, status__in=Donation.COUNTED)
    lots = (
        Lot.objects.filter(donation__in=gifts.exclude(relief=Donation.Relief.APART), form__in=_MEASURE_OF)
        .order_by()
        .values_list("donation__pairing", "donation__pairing__reference", "donation__received_on__year", "form")
        .annotate(total=Sum("amount"))
    )
    page = reverse("donations:donation-list")
    found: dict[tuple[int, int, str], Result] = {}
    for pairing, reference, year, form, total in lots:
        if total is not None:
            query = urlencode(
                {"pairing": reference, "received_after": f"{year}-01-01", "received_before": f"{year}-12-31"}
            )
            found[pairing, year, str(_MEASURE_OF[form])] = Result(received=total, url=f"{page}?{query}")
    return found


_MEASURE_OF = {Lot.Form.CASH: PairingTarget.Measure.CASH, Lot.Form.GOODS: PairingTarget.Measure.GOODS}
