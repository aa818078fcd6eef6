"""Indexes that take new rows in more quickly.

Names are only ever looked up as a whole, for which a hash does; organizations whose first day is not known stand in
the order they were entered, so that the next one comes at the end.
"""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0008_upper_levels"),
        ("regions", "0002_search_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="organization",
            name="organization_founded_back",
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                models.OrderBy(models.F("founded_on"), descending=True, nulls_last=True),
                models.F("id"),
                name="organization_founded_back",
            ),
        ),
        migrations.RemoveIndex(
            model_name="organization",
            name="organization_name",
        ),
        migrations.AddIndex(
            model_name="organization",
            index=django.contrib.postgres.indexes.HashIndex(fields=["name"], name="organization_name"),
        ),
    ]
