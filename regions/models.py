"""Administrative divisions of China by official code: province, city, county, township, village."""

from django.db import models
from django.utils.translation import gettext_lazy as _

CODE_LENGTH = 12
NATION = "0" * CODE_LENGTH


class RegionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RegionQuerySet":
        """Regions are public."""
        return self

    def for_list(self) -> "RegionQuerySet":
        return self.select_related("parent")

    def subtree(self, region: "Region") -> "RegionQuerySet":
        """The region and everything below it: a range of codes, no recursion."""
        return self.filter(code__gte=region.low, code__lte=region.high)

    def real(self) -> "RegionQuerySet":
        """Without middle rows such as 市辖区 and 县, which are no places."""
        return self.exclude(kind=Region.Kind.PLACEHOLDER)

    def current(self) -> "RegionQuerySet":
        return self.filter(valid_to=None)


class Region(models.Model):
    """One administrative division. `code` has 12 digits, upper levels end in zeros; the nation itself is no row.

    The level is stored, not derived from depth: municipalities such as Chongqing have no real cities.
    Codes are never reused; a changed one gets `valid_to` and a `successor`.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        VILLAGE = "village", _("village")

    class Kind(models.TextChoices):
        STATUTORY = "statutory", _("administrative division")
        ZONE = "zone", _("development zone, farm or the like")
        PLACEHOLDER = "placeholder", _("middle row of the code list")

    # Digits that are significant at each level.
    DIGITS: dict[str, int] = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}

    code = models.CharField(_("code"), max_length=CODE_LENGTH, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.STATUTORY)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Collation C: the same index answers a prefix and gives the order, whatever the database's language is.
    pinyin = models.CharField(_("pinyin"), max_length=200, blank=True, db_collation="C")
    initials = models.CharField(_("pinyin initials"), max_length=40, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(_("source"), max_length=40, default="nbs-2023-06-30")

    # Given by selectors.with_paths: the real regions above from the province down, and all names in one word.
    ancestors: list["Region"]
    path_name: str

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        indexes = [
            models.Index(fields=["level", "pinyin"], name="region_level_pinyin"),
            models.Index(fields=["pinyin", "code"], name="region_pinyin"),
            models.Index(fields=["initials"], name="region_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name"], name="region_name", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{12}$"),
                name="region_code_digits",
                violation_error_message=_("A region code has 12 digits."),
            ),
            models.CheckConstraint(
                condition=models.Q(successor=None) | models.Q(valid_to__isnull=False),
                name="region_successor_outdated",
                violation_error_message=_("Only an outdated region has a successor."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def digits(self) -> int:
        """How many leading digits of the code are this region's own."""
        return self.DIGITS[self.level]

    @property
    def low(self) -> str:
        """The lowest code of the subtree: the region's own."""
        return self.code

    @property
    def high(self) -> str:
        """The highest code that can stand below this region."""
        return self.code[: self.digits].ljust(CODE_LENGTH, "9")

    @property
    def short_code(self) -> str:
        """The code as people write it: 6 digits down to the county, 9 for a township, 12 for a village."""
        return self.code[: max(6, self.digits)]

    def contains(self, code: str) -> bool:
        """Whether a code lies in this region's subtree."""
        return self.low <= code <= self.high

    def ancestor_codes(self) -> list[str]:
        """Codes of the levels above, from the province down; some may be placeholder rows or not exist."""
        cuts = [digits for digits in self.DIGITS.values() if digits < self.digits]
        return [self.code[:digits].ljust(CODE_LENGTH, "0") for digits in cuts]

    def path(self) -> list["Region"]:
        """The real regions from the province down to this one."""
        above = Region.objects.real().filter(code__in=self.ancestor_codes()).order_by("code")
        return [*above, self]

    @property
    def full_name(self) -> str:
        """The names of the whole path, as in addresses: 重庆市城口县."""
        return "".join(region.name for region in self.path())


class RegionDesignation(models.Model):
    """A dated standing of a region, for example national key county for rural revitalization assistance."""

    class Kind(models.TextChoices):
        NATIONAL_KEY = "national_key", _("national key county for rural revitalization assistance")
        PROVINCIAL_KEY = "provincial_key", _("provincial key county for rural revitalization assistance")
        LIFTED = "lifted", _("county lifted out of poverty")
        LIFTED_VILLAGE = "lifted_village", _("village lifted out of poverty")
        WEAK_VILLAGE = "weak_village", _("economically weak village")
        OLD_BASE = "old_base", _("old revolutionary base area")

    region = models.ForeignKey(Region, models.CASCADE, related_name="designations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("designation")
        constraints = [
            models.UniqueConstraint(fields=["region", "kind", "valid_from"], name="designation_once"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RegionLoad(models.Model):
    """One completed load of the region file: which file (checksum), which part, how many rows."""

    checksum = models.CharField(max_length=64)
    part = models.TextField(blank=True)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.checksum[:12]} {self.rows}"
