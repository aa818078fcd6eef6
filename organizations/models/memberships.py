"""The people who act for organizations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models.organizations import Organization


class CurrentMemberships(models.Manager):
    """What is asked for by default, also from the organization: memberships that have not ended."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(ended_at=None)


class Membership(Stamped):
    """A person acting for an organization, until it ends. `objects` knows the current ones, `written` all."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("manager")
        OPERATOR = "operator", _("operator")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OPERATOR)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = CurrentMemberships()
    written = models.Manager()

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], condition=Q(ended_at=None), name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "InvitationQuerySet":
        """Seen by the person concerned, by the organization's managers and by staff of its region."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        managed = Membership.objects.filter(user=user, role=Membership.Role.MANAGER).values("organization")
        staff = in_ranges("organization__region", user.post_ranges(Post.Kind.STAFF))
        return self.filter(Q(user=user) | Q(organization__in=managed) | staff)

    def open(self) -> "InvitationQuerySet":
        """Those that wait for an answer."""
        return self.filter(status=Invitation.Status.OPEN)


class Invitation(Stamped):
    """A person the manager invited, or who asked to act for the organization; the other side confirms."""

    class Status(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")

    TRANSITIONS = {
        Status.OPEN: {Status.CONFIRMED, Status.DECLINED},
        Status.CONFIRMED: set(),
        Status.DECLINED: set(),
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations", editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices, default=Membership.Role.OPERATOR)
    asked = models.BooleanField(
        _("asked by the person"), default=False, editable=False, help_text=_("Otherwise the manager invited.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "confirmed", "declined"]), name="invitation_status_known"
            ),
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(status="open"),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"
