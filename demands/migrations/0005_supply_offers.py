"""What organizations can give, and invitations by staff to look at a demand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.references import create_sequence


class Migration(migrations.Migration):
    dependencies = [
        ("demands", "0004_deliveries"),
        ("organizations", "0003_ended_memberships_struck_entries"),
        ("regions", "0002_search_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        create_sequence("GJ"),
        migrations.CreateModel(
            name="SupplyOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "reference",
                    models.CharField(editable=False, max_length=20, unique=True, verbose_name="reference number"),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("industry", "industrial assistance"),
                            ("employment", "employment assistance"),
                            ("education", "education assistance"),
                            ("health", "health assistance"),
                            ("elderly", "elderly care"),
                            ("consumption", "consumption assistance"),
                            ("relief", "help for people in hardship"),
                            ("infrastructure", "infrastructure"),
                            ("culture", "culture"),
                            ("ecology", "ecology"),
                            ("governance", "rural governance"),
                            ("training", "training"),
                            ("disaster", "disaster relief"),
                            ("other", "other"),
                        ],
                        max_length=16,
                        verbose_name="assistance form",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cash", "cash"),
                            ("goods", "goods"),
                            ("service", "services"),
                            ("skill", "skills"),
                            ("sales", "help with sales"),
                        ],
                        default="goods",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("what", models.CharField(max_length=120, verbose_name="what")),
                ("unit", models.CharField(max_length=20, verbose_name="unit")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=18, verbose_name="quantity")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="description")),
                (
                    "paired_only",
                    models.BooleanField(default=False, verbose_name="only for places the organization is paired with"),
                ),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("open", "open"), ("paused", "paused"), ("closed", "closed")],
                        default="draft",
                        editable=False,
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(blank=True, related_name="+", to="regions.region", verbose_name="regions"),
                ),
            ],
            options={
                "verbose_name": "supply offer",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("message", models.TextField(blank=True, max_length=500, verbose_name="message")),
                ("expires_on", models.DateField(verbose_name="answer until")),
                ("answer", models.TextField(blank=True, editable=False, verbose_name="reason of the answer")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waits for an answer"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="demands.demand",
                        verbose_name="demand",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="demands.supplyoffer",
                        verbose_name="supply offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation to a demand",
            },
        ),
        migrations.AddIndex(
            model_name="supplyoffer",
            index=models.Index(fields=["status", "-id"], name="offer_status_newest"),
        ),
        migrations.AddIndex(
            model_name="supplyoffer",
            index=models.Index(fields=["organization", "status"], name="offer_organization_status"),
        ),
        migrations.AddConstraint(
            model_name="supplyoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "open", "paused", "closed"])), name="offer_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)),
                name="offer_quantity_positive",
                violation_error_message="A quantity is greater than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["cash", "goods", "service", "skill", "sales"])),
                name="offer_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["organization", "status"], name="invitation_organization"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "accepted", "declined", "withdrawn", "expired"])),
                name="demand_invitation_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "declined"), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="demand_invitation_declined_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("demand", "organization"),
                name="demand_invitation_open_once",
                violation_error_message="This organization is invited already.",
            ),
        ),
    ]
