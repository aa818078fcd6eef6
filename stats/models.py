"""What the figures are kept in: the log of changed gifts, their facts, and the cells that answers are read from.

Filled only by `stats.services`, from the records, inside one transaction; nobody edits them. How it works is told in
docs/adr/0003-figures.md.
"""

from django.db import models


class Change(models.Model):
    """A gift that some transaction touched and whose figures are not yet brought up to date.

    Written by statement triggers on the tables of gifts, so bulk and raw writes are caught too.
    """

    donation_id = models.BigIntegerField()

    class Meta:
        db_table = "stats_change"

    def __str__(self) -> str:
        return str(self.donation_id)


class Dimensions(models.Model):
    """The dimensions every figure of received gifts can be split by. Month is the first day of the month."""

    ALL_FORMS = "all"

    month = models.DateField()
    form = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    relief = models.CharField(max_length=8)

    class Meta:
        abstract = True


class Fact(Dimensions):
    """What one gift contributes, per form and once for all forms together (`form` = all, cash + goods).

    The receiver of a gift at a level is a key: one region code, or several joined by "+" for a gift to several
    regions without a split. `low` and `high` are the lowest and highest designated code, so "wholly inside a region"
    is a comparison of codes. The giver keys are built in the same way from the regions of the donors.
    """

    donation_id = models.BigIntegerField()
    day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    unvalued = models.IntegerField()
    province = models.TextField()
    city = models.TextField()
    county = models.TextField()
    township = models.TextField()
    village = models.TextField()
    low = models.CharField(max_length=12)
    high = models.CharField(max_length=12)
    giver_province = models.TextField()
    giver_city = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donation_id", "form"], name="fact_once")]
        indexes = [models.Index(fields=["low", "day"], name="fact_low_day")]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.form}"


class FactDonor(models.Model):
    """One donor of a gift as figures count it: o:ID for an organization, n:NAME for a name, nothing for anonymous."""

    donation_id = models.BigIntegerField(db_index=True)
    donor = models.CharField(max_length=130)

    def __str__(self) -> str:
        return f"{self.donation_id} {self.donor}"


class Place(Dimensions):
    """A receiver at a level: nation, province, city or county; `low` and `high` bound the codes of its key."""

    level = models.CharField(max_length=8)
    key = models.TextField()
    low = models.CharField(max_length=12)
    high = models.CharField(max_length=12)

    class Meta:
        abstract = True


class Cell(Place):
    """Sums of received gifts by receiver: yuan, gifts, lots without a value."""

    pk = models.CompositePrimaryKey("level", "key", "form", "month", "channel", "relief")
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    gifts = models.IntegerField()
    unvalued = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["level", "low", "month"], name="cell_level_low")]

    def __str__(self) -> str:
        return f"{self.level} {self.key} {self.form} {self.month}"


class GiverCell(Place):
    """The same sums split by the donors' cities (and so by their provinces)."""

    pk = models.CompositePrimaryKey("level", "key", "form", "month", "giver_city", "channel", "relief")
    giver_city = models.TextField()
    giver_province = models.TextField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    gifts = models.IntegerField()
    unvalued = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["level", "low", "month"], name="giver_cell_level_low")]

    def __str__(self) -> str:
        return f"{self.level} {self.key} {self.giver_city} {self.form} {self.month}"


class DonorCell(Place):
    """How many facts tie a donor to a receiver: counting distinct donors over any cells is exact."""

    pk = models.CompositePrimaryKey("level", "key", "form", "month", "donor", "giver_city", "channel", "relief")
    donor = models.CharField(max_length=130)
    giver_city = models.TextField()
    giver_province = models.TextField()
    facts = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["level", "low", "month"], name="donor_cell_level_low")]

    def __str__(self) -> str:
        return f"{self.level} {self.key} {self.donor}"


class FigureState(models.Model):
    """The version of the figures: raised by one whenever a cell changes. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="figure_state_one_row")]

    def __str__(self) -> str:
        return f"version {self.version}"
