"""What organizations bring of what they claimed: the agreement, deliveries with their lines, photos and receipt."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.files import TYPES
from core.models import Stamped
from demands.models.claims import Claim, ClaimLine
from demands.models.demands import Demand
from demands.models.quantities import plain_quantity
from organizations.models import Organization

PHOTO_TYPES = ("jpg", "png")
PAPER_TYPES = ("pdf", "jpg", "png")
# A phone's photograph has 3 to 8 MB.
MOST_BYTES = 12 * 1024 * 1024
MOST_FILES = 20


def parties(user, claim: str) -> tuple[Q, Q]:
    """Two conditions on the claim at the path `claim`: the organization's own people; those who serve the village."""
    mine = Q(**{f"{claim}__organization__in": Organization.objects.answered_by(user).values("pk")})
    posts = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER, Post.Kind.REPORTER)
    return mine, in_ranges(f"{claim}__demand__village", posts)


class OfClaimQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees their claim."""

    def visible_to(self, user) -> "OfClaimQuerySet":
        return self.filter(claim__in=Claim.objects.visible_to(user))


def random_name(kept: "KeptFile", file_name: str) -> str:
    """Where a file is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"demands/{uuid.uuid4().hex}.{kept.kind}"


def random_picture(kept: "KeptFile", file_name: str) -> str:
    return f"demands/{uuid.uuid4().hex}.jpg"


class KeptFile(Stamped):
    """A file as it was sent, kept under a random name; `size` in bytes, `sha256` of its content."""

    file = models.FileField(_("file"), upload_to=random_name, max_length=100, editable=False)
    name = models.CharField(_("file name"), max_length=150, editable=False)
    kind = models.CharField(_("type"), max_length=4, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def content_type(self) -> str:
        return TYPES[self.kind]


class ClaimAgreement(KeptFile):
    """The agreement on a claim, as signed by the organization and the village or county. The file is for them only."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="agreement", editable=False)
    number = models.CharField(_("number of the agreement"), max_length=60)
    signed_on = models.DateField(_("signed on"))

    objects = OfClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement on a claim")
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="claim_agreement_number_given"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="claim_agreement_sha256_shape"),
        ]

    def __str__(self) -> str:
        return self.number


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DeliveryQuerySet":
        """The organization's own people; the village and its officers once it is handed over."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine, theirs = parties(user, "claim")
        handed_over = ~Q(status=Delivery.Status.DRAFT) & ~Q(handed_over_at=None)
        return self.filter(mine | (theirs & handed_over))

    def for_list(self) -> "DeliveryQuerySet":
        return self.select_related("claim__organization", "claim__demand__village__parent__parent").prefetch_related(
            "lines__line__item", "files"
        )

    def standing(self) -> "DeliveryQuerySet":
        """Deliveries whose quantities count."""
        return self.filter(status__in=Delivery.STANDING)


class Delivery(Stamped):
    """One lot that an organization brings for a claim. It counts from the day it is handed over to the village."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        HANDED_OVER = "handed_over", _("awaiting acceptance")
        INSPECTED = "inspected", _("inspected by the village")
        WITHDRAWN = "withdrawn", _("taken back")

    TRANSITIONS = {
        Status.DRAFT: {Status.HANDED_OVER, Status.WITHDRAWN},
        Status.HANDED_OVER: {Status.INSPECTED, Status.WITHDRAWN},
        # Back when the village takes an entry back.
        Status.INSPECTED: {Status.HANDED_OVER},
        Status.WITHDRAWN: set(),
    }
    STANDING = (Status.HANDED_OVER, Status.INSPECTED)

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="deliveries", verbose_name=_("claim"), editable=False)
    delivered_on = models.DateField(_("delivered on"))
    note = models.TextField(_("note"), max_length=1000, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False)
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        indexes = [models.Index(fields=["status", "-id"], name="delivery_status_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "handed_over", "inspected", "withdrawn"]),
                name="delivery_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["handed_over", "inspected"]) | Q(handed_over_at__isnull=False),
                name="delivery_handed_over_at_known",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def in_words(self) -> str:
        """What is delivered, as one line of text."""
        return "; ".join(line.in_words() for line in self.lines.all())

    @property
    def photos(self) -> list["DeliveryFile"]:
        return [file for file in self.files.all() if file.purpose == DeliveryFile.Purpose.PHOTO]

    @property
    def receipts(self) -> list["DeliveryFile"]:
        return [file for file in self.files.all() if file.purpose == DeliveryFile.Purpose.RECEIPT]


class DeliveryLine(models.Model):
    """How much of one claimed item came with a delivery, and how the village found it.

    The four findings are sums of the acceptance entries and together at most the quantity. All in the item's unit.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines")
    line = models.ForeignKey(ClaimLine, models.PROTECT, related_name="deliveries")
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    accepted = models.DecimalField(_("accepted"), max_digits=18, decimal_places=3, default=0, editable=False)
    substituted = models.DecimalField(_("substituted"), max_digits=18, decimal_places=3, default=0, editable=False)
    short = models.DecimalField(_("short"), max_digits=18, decimal_places=3, default=0, editable=False)
    returned = models.DecimalField(_("returned"), max_digits=18, decimal_places=3, default=0, editable=False)

    class Meta:
        verbose_name = _("delivered item")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "line"], name="delivery_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="delivery_line_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(
                    accepted__gte=0,
                    substituted__gte=0,
                    short__gte=0,
                    returned__gte=0,
                    quantity__gte=F("accepted") + F("substituted") + F("short") + F("returned"),
                ),
                name="delivery_line_findings_within",
                violation_error_message=_("The village cannot find more than was delivered."),
            ),
        ]

    def __str__(self) -> str:
        return self.in_words()

    def in_words(self) -> str:
        return f"{self.line.item.what} {plain_quantity(self.quantity)} {self.line.item.unit}"

    @property
    def open(self):
        """What the village has not yet entered as found one way or another."""
        return self.quantity - self.accepted - self.substituted - self.short - self.returned


class DeliveryFileQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DeliveryFileQuerySet":
        """Files of the deliveries a person sees; everybody sees the photos of what a village took in (`public`)."""
        seen = Q(delivery__in=Delivery.objects.visible_to(user))
        return self.filter(seen | Q(pk__in=DeliveryFile.objects.public().values("pk")))

    def public(self) -> "DeliveryFileQuerySet":
        """Photos of inspected deliveries of which the village took something in, on demands that are public."""
        taken_in = DeliveryLine.objects.filter(Q(accepted__gt=0) | Q(substituted__gt=0))
        return self.filter(
            purpose=DeliveryFile.Purpose.PHOTO,
            delivery__in=taken_in.values("delivery"),
            delivery__status=Delivery.Status.INSPECTED,
            delivery__claim__demand__status__in=Demand.PUBLIC,
        )


class DeliveryFile(KeptFile):
    """A photo or the signed receipt of a delivery. `file` is as sent and for officers; `copy` is the cleaned picture.

    The copy has no position, camera or other remark in it; everybody but officers gets the copy. `taken_on` is the day
    the camera wrote into the original, `located` whether it says where it was taken.
    """

    class Purpose(models.TextChoices):
        PHOTO = "photo", _("photo")
        RECEIPT = "receipt", _("signed receipt")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="files", editable=False)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices)
    copy = models.FileField(_("cleaned copy"), upload_to=random_picture, max_length=100, blank=True, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"), null=True, editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), null=True, editable=False)
    taken_on = models.DateField(_("taken on"), null=True, editable=False)
    located = models.BooleanField(_("original has a position"), default=False, editable=False)

    objects = DeliveryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a delivery")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "purpose", "sha256"], name="delivery_file_once"),
            models.CheckConstraint(condition=Q(purpose__in=["photo", "receipt"]), name="delivery_file_purpose_known"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="delivery_file_sha256_shape"),
            models.CheckConstraint(
                condition=Q(purpose="receipt") | ~Q(copy=""), name="delivery_file_photo_has_clean_copy"
            ),
        ]
