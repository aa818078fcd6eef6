"""Indexes that others serve as well, or that are mostly of nothing: every organization entered wrote them all."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Django makes it beside a unique text, for prefixes; under the collation of the portal's clusters the unique one does.
LIKE = "organizations_organization_uscc_0986ffd5_like"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0006_grades_and_search"),
        ("regions", "0002_search_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            f"DROP INDEX IF EXISTS {LIKE}",
            f"CREATE INDEX {LIKE} ON organizations_organization (uscc varchar_pattern_ops)",
        ),
        migrations.AlterField(
            model_name="organization",
            name="authority_organization",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
                verbose_name="registration authority",
            ),
        ),
        migrations.AlterField(
            model_name="organization",
            name="region",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.region",
                verbose_name="region",
            ),
        ),
        migrations.AlterField(
            model_name="organization",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
                verbose_name="merged into",
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                condition=models.Q(("authority_organization__isnull", False)),
                fields=["authority_organization"],
                name="organization_authority",
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                condition=models.Q(("successor__isnull", False)), fields=["successor"], name="organization_successor"
            ),
        ),
    ]
