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


class Placed(Dimensions):
    """Where a gift went and came from, at every level.

    The receiver at a level is a key: one region code, or several joined by "+" for a gift to several regions without
    a split. `low` and `high` are the lowest and highest designated code. The giver keys are built in the same way
    from the regions of the donors.
    """

    donation_id = models.BigIntegerField()
    day = models.DateField()
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
        abstract = True


class Fact(Placed):
    """What one gift contributes, per form and once for all forms together (`form` = all, cash + goods), in yuan."""

    amount = models.DecimalField(max_digits=18, decimal_places=2)
    unvalued = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donation_id", "form"], name="fact_once")]
        indexes = [
            models.Index(fields=["day"], name="fact_day"),
            models.Index(fields=["province", "day"], name="fact_province"),
            models.Index(fields=["city", "day"], name="fact_city"),
            models.Index(fields=["county", "day"], name="fact_county"),
            # The few gifts that are shared by several regions of a level.
            models.Index(fields=["day"], condition=models.Q(province__contains="+"), name="fact_joint_province"),
            models.Index(fields=["day"], condition=models.Q(city__contains="+"), name="fact_joint_city"),
            models.Index(fields=["day"], condition=models.Q(county__contains="+"), name="fact_joint_county"),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.form}"


class DonorFact(Placed):
    """One donor of a gift in one form, as figures count it: o:ID for an organization, n:NAME for a name.

    Anonymous donors have no row. Counting distinct donors over any rows is exact.
    """

    donor = models.CharField(max_length=130)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donation_id", "form", "donor"], name="donor_fact_once")]
        indexes = [
            models.Index(fields=["day"], name="donor_fact_day"),
            models.Index(fields=["province", "day"], name="donor_fact_province"),
            models.Index(fields=["city", "day"], name="donor_fact_city"),
            models.Index(fields=["county", "day"], name="donor_fact_county"),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.donor}"


class Cell(Dimensions):
    """Sums of received gifts of one receiver key at a level (nation, province, city, county): yuan, gifts, lots.

    `low` and `high` are the lowest and highest code of the key, so all keys inside a region are a range.
    `unvalued` counts lots without a reliable value.
    """

    pk = models.CompositePrimaryKey("level", "key", "form", "month", "channel", "relief")
    level = models.CharField(max_length=8)
    key = models.TextField()
    low = models.CharField(max_length=12)
    high = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    gifts = models.IntegerField()
    unvalued = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["level", "low", "month"], name="cell_level_low"),
            # Cells that a batch has emptied are found by this and removed.
            models.Index(fields=["level"], condition=models.Q(gifts=0), name="cell_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.key} {self.form} {self.month}"


class FigureState(models.Model):
    """The version of the figures: raised by one whenever a cell changes. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="figure_state_one_row")]

    def __str__(self) -> str:
        return f"version {self.version}"
