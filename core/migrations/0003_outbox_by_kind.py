"""The outbox is read by kind of record: most kinds are told to nobody and stay where they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_history_only_grows"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.RemoveIndex(model_name="statuschange", name="status_change_outbox"),
        migrations.AddIndex(
            model_name="statuschange",
            index=models.Index(
                fields=["content_type", "id"], condition=models.Q(("noticed_at", None)), name="status_change_outbox"
            ),
        ),
    ]
