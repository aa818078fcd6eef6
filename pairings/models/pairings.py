"""Who helps whom: schemes such as East-West cooperation and the pairs of regions or organizations in them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from regions.models import Region


class Side(models.TextChoices):
    """The two sides of a pair."""

    GIVER = "giver", _("giving side")
    RECEIVER = "receiver", _("receiving side")

    @property
    def other(self) -> "Side":
        return Side.RECEIVER if self == Side.GIVER else Side.GIVER


def involved(user, prefix: str = "") -> Q:
    """A condition: the person is staff responsible for a side of the pair at `prefix`, or belongs to its organization.

    An organization counts where it is registered.
    """
    staff = user.post_ranges(Post.Kind.STAFF)
    mine = Organization.objects.answered_by(user).values("pk")
    condition = Q(pk__in=[])
    for side in Side.values:
        condition |= in_ranges(f"{prefix}{side}_region", staff)
        condition |= in_ranges(f"{prefix}{side}_organization__region", staff)
        condition |= Q(**{f"{prefix}{side}_organization__in": mine})
    return condition


class SchemeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SchemeQuerySet":
        """Schemes are public."""
        return self

    def for_list(self) -> "SchemeQuerySet":
        return self.counted()

    def counted(self) -> "SchemeQuerySet":
        """With `pairs`, the number of pairs in force or ended; drafts are nobody's business yet."""
        counted = Pairing.objects.exclude(status=Pairing.Status.DRAFT).filter(scheme=models.OuterRef("pk"))
        numbers = counted.order_by().values("scheme").annotate(n=models.Count("pk")).values("n")
        return self.annotate(pairs=Coalesce(models.Subquery(numbers), 0))


class Scheme(Stamped):
    """A programme under which pairs are made, for example East-West cooperation."""

    class Kind(models.TextChoices):
        EAST_WEST = "east_west", _("East-West cooperation")
        COUNTERPART = "counterpart", _("counterpart support")
        TEAM = "team", _("1+N team")
        KEY_COUNTY = "key_county", _("160-county pairing")
        INDUSTRY = "industry", _("industry association cooperation")
        VILLAGE = "village", _("organization and village")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheme")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["east_west", "counterpart", "team", "key_county", "industry", "village"]),
                name="scheme_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PairingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PairingQuerySet":
        """Active and ended pairs are public; a draft is seen by staff of either side and by the organizations in it."""
        public = ~Q(status=Pairing.Status.DRAFT)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        return self.filter(public | involved(user))

    def for_list(self) -> "PairingQuerySet":
        return self.select_related(
            "scheme", "parent", "giver_region", "receiver_region", "giver_organization", "receiver_organization"
        )

    def valid(self, on=None) -> "PairingQuerySet":
        """Pairs in force on a day (today), including those that have ended since then."""
        day = on or timezone.localdate()
        in_force = self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
        return in_force.exclude(status=Pairing.Status.DRAFT)


class Pairing(Stamped):
    """A giver and a receiver, each a region or an organization, from a day on; pairs nest through `parent`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    TRANSITIONS = {Status.DRAFT: {Status.ACTIVE}, Status.ACTIVE: {Status.ENDED}, Status.ENDED: set()}

    class Confidence(models.TextChoices):
        """How sure it is that the pair exists: said by a document, put together from several, or inferred."""

        CERTAIN = "certain", _("certain")
        LIKELY = "likely", _("likely")
        INFERRED = "inferred", _("inferred")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="pairings", verbose_name=_("scheme"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent pair")
    )
    giver_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("giving region")
    )
    giver_organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("giving organization"),
    )
    receiver_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("receiving region")
    )
    receiver_organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("receiving organization"),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.CERTAIN)
    source = models.CharField(_("source"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair")
        constraints = [
            models.CheckConstraint(
                condition=Q(giver_region=None) ^ Q(giver_organization=None),
                name="pairing_one_giver",
                violation_error_message=_("Name either a giving region or a giving organization, not both."),
            ),
            models.CheckConstraint(
                condition=Q(receiver_region=None) ^ Q(receiver_organization=None),
                name="pairing_one_receiver",
                violation_error_message=_("Name either a receiving region or a receiving organization, not both."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="pairing_dates_in_order",
                violation_error_message=_("A pair cannot end before it begins."),
            ),
            models.CheckConstraint(condition=Q(status__in=["draft", "active", "ended"]), name="pairing_status_known"),
            models.CheckConstraint(
                condition=Q(confidence__in=["certain", "likely", "inferred"]), name="pairing_confidence_known"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")),
                name="pairing_not_under_itself",
                violation_error_message=_("A pair cannot stand under itself."),
            ),
            models.UniqueConstraint(
                "scheme",
                "giver_region",
                "receiver_region",
                "giver_organization",
                "receiver_organization",
                condition=~Q(status="ended"),
                nulls_distinct=False,
                name="pairing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"

    def side(self, side: str) -> Region | Organization:
        """The party of a side."""
        return self.giver if side == Side.GIVER else self.receiver

    @property
    def giver(self) -> Region | Organization:
        return self.giver_region or self.giver_organization

    @property
    def receiver(self) -> Region | Organization:
        return self.receiver_region or self.receiver_organization
