"""1+N teams: a lead unit and further organizations that help one weak village together."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from pairings.models.pairings import Pairing, Scheme
from regions.models import Region


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user) -> "TeamQuerySet":
        """Teams at work and dissolved ones are public; one being formed is seen by staff of the village and members."""
        public = ~Q(status=Team.Status.FORMING)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        own = TeamMember.objects.filter(organization__in=mine).values("team")
        return self.filter(public | in_ranges("village", user.post_ranges(Post.Kind.STAFF)) | Q(pk__in=own))

    def for_list(self) -> "TeamQuerySet":
        current = TeamMember.objects.filter(left_on=None).select_related("organization").order_by("-is_lead", "pk")
        return self.select_related("scheme", "village", "pairing").prefetch_related(
            models.Prefetch("members", current, to_attr="current_members")
        )


class Team(Stamped):
    """A team of a 1+N scheme (组团帮扶): one lead unit, further members, one village."""

    class Status(models.TextChoices):
        FORMING = "forming", _("being formed")
        ACTIVE = "active", _("at work")
        DISSOLVED = "dissolved", _("dissolved")

    TRANSITIONS = {
        Status.FORMING: {Status.ACTIVE, Status.DISSOLVED},
        Status.ACTIVE: {Status.DISSOLVED},
        Status.DISSOLVED: set(),
    }

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="teams", verbose_name=_("scheme"))
    name = models.CharField(_("name"), max_length=100)
    village = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("village"))
    pairing = models.ForeignKey(
        Pairing, models.PROTECT, null=True, blank=True, related_name="teams", verbose_name=_("pair")
    )
    formed_on = models.DateField(_("formed on"))
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True, editable=False)
    task = models.TextField(_("task"), max_length=1000, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.FORMING, editable=False
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["forming", "active", "dissolved"]), name="team_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="dissolved", dissolved_on__isnull=False, dissolved_on__gte=F("formed_on"))
                | (~Q(status="dissolved") & Q(dissolved_on=None)),
                name="team_dissolved_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["scheme", "village"],
                condition=~Q(status="dissolved"),
                name="team_village_once",
                violation_error_message=_("This village has a team of this scheme already."),
            ),
            models.UniqueConstraint(
                fields=["scheme", "name"],
                condition=~Q(status="dissolved"),
                name="team_name_once",
                violation_error_message=_("This scheme has a team with this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMemberQuerySet(models.QuerySet):
    def visible_to(self, user) -> "TeamMemberQuerySet":
        return self.filter(team__in=Team.objects.visible_to(user))

    def for_list(self) -> "TeamMemberQuerySet":
        return self.select_related("team", "team__scheme", "team__village", "organization")

    def current(self, on=None) -> "TeamMemberQuerySet":
        """Members on a day (today)."""
        day = on or timezone.localdate()
        return self.filter(Q(left_on=None) | Q(left_on__gte=day), joined_on__lte=day)


class TeamMember(Stamped):
    """An organization in a team, from a day to its last day; the lead unit is one of them."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name=_("team"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    is_lead = models.BooleanField(_("lead unit"), default=False)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a team")
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(is_lead=True, left_on=None),
                name="team_one_lead",
                violation_error_message=_("The team has a lead unit already."),
            ),
            models.UniqueConstraint(
                fields=["team", "organization"],
                condition=Q(left_on=None),
                name="team_member_once",
                violation_error_message=_("This organization is in the team already."),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="team_member_dates_in_order",
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)
