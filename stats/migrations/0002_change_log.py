from django.db import migrations

from stats import sql


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_initial"), ("donations", "0002_links"), ("organizations", "0001_initial")]
    operations = [migrations.RunSQL(sql.SET_UP, sql.TAKE_DOWN)]
