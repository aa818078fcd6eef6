"""An upload becomes a batch: checked and stored in the background, with what it did, to be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="upload", name="upload_status_known"),
        migrations.RenameModel(old_name="Upload", new_name="Batch"),
        migrations.RenameField(model_name="batch", old_name="result", new_name="counts"),
        migrations.AlterModelOptions(
            name="batch",
            options={"verbose_name": "uploaded file"},
        ),
        migrations.AddField(
            model_name="batch",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="effects",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="batch",
            name="preview",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="batch",
            name="problems",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="batch",
            name="rows_done",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="rows done"),
        ),
        migrations.AddField(
            model_name="batch",
            name="rows_total",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="rows"),
        ),
        migrations.AlterField(
            model_name="batch",
            name="status",
            field=models.CharField(
                choices=[
                    ("uploaded", "waiting for the check"),
                    ("checking", "being checked"),
                    ("checked", "checked, not yet stored"),
                    ("refused", "refused, nothing stored"),
                    ("storing", "being stored"),
                    ("stored", "stored"),
                    ("undone", "taken back"),
                    ("discarded", "discarded"),
                ],
                default="uploaded",
                editable=False,
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["uploaded", "checking", "checked", "refused", "storing", "stored", "undone", "discarded"],
                    )
                ),
                name="batch_status_known",
            ),
        ),
    ]
