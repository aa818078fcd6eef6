"""Who may upload which sheet; a file itself is seen by whoever uploaded it (`Batch.objects.visible_to`)."""

from exchange.models import Batch


def can_upload(user, importer) -> bool:
    """Whether the app of this sheet (an `exchange.imports.Importer`) lets the person upload it."""
    return user.is_authenticated and importer is not None and importer.can_upload(user)


def can_act_on(user, batch: Batch, importer) -> bool:
    """Store, discard or take back: whoever uploaded the file and may still upload it."""
    return can_upload(user, importer) and (user.is_superuser or batch.created_by_id == user.pk)
