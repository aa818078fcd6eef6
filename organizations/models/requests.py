"""What people ask the register for: that their organization be entered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models.organizations import Organization


class RegistrationRequestQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RegistrationRequestQuerySet":
        """A request is seen by the person who sent it and by staff of the organization's region."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(created_by=user) | in_ranges("organization__region", user.post_ranges(Post.Kind.STAFF)))


class RegistrationRequest(Stamped):
    """An organization entered online by its people; its entry stays a draft until staff of its region approve."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")

    TRANSITIONS = {
        Status.SUBMITTED: {Status.RETURNED, Status.APPROVED},
        Status.RETURNED: {Status.SUBMITTED},
        Status.APPROVED: set(),
    }

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="request", editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.SUBMITTED, editable=False
    )
    reason = models.TextField(_("reason for the return"), blank=True, editable=False)

    objects = RegistrationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration request")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "returned", "approved"]), name="registration_request_status_known"
            ),
            models.CheckConstraint(condition=~Q(status="returned") | ~Q(reason=""), name="registration_request_reason"),
        ]

    def __str__(self) -> str:
        return str(self.organization)
