"""Files of agreements and deliveries: checked, kept under a random name, pictures also as a cleaned copy."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import files, states
from demands.models import Delivery, DeliveryFile
from demands.models.deliveries import MOST_BYTES, MOST_FILES, PAPER_TYPES, PHOTO_TYPES, KeptFile
from demands.services.refusals import insist_on_status

_KINDS = {DeliveryFile.Purpose.PHOTO: PHOTO_TYPES, DeliveryFile.Purpose.RECEIPT: PAPER_TYPES}


@transaction.atomic
def attach_file(*, delivery: Delivery, purpose: str, name: str, content: bytes, by) -> DeliveryFile:
    """Keep a photo or the signed receipt with a delivery that is being prepared.

    Raises `FileRefused` for a file of another kind, too large, damaged, sent before, or one too many.
    """
    states.lock(delivery)
    insist_on_status(delivery, Delivery.Status.DRAFT)
    before = _names(delivery)
    if len(before) >= MOST_FILES:
        raise files.FileRefused(_("A delivery has at most %(most)s files.") % {"most": MOST_FILES})
    kept = DeliveryFile(
        delivery=delivery, purpose=purpose, **kept_fields(name, content, _KINDS[DeliveryFile.Purpose(purpose)])
    )
    if delivery.files.filter(purpose=purpose, sha256=kept.sha256).exists():
        raise files.FileRefused(_("This file was sent already."))
    if kept.kind in PHOTO_TYPES:
        picture = files.clean_picture(name=kept.name, content=content)
        kept.copy = ContentFile(picture.content, name="copy.jpg")
        kept.width, kept.height = picture.width, picture.height
        kept.taken_on, kept.located = picture.taken_on, picture.located
    with left_nothing(kept):
        states.begin(kept, by=by)
        states.record(delivery, {}, by=by, parts={"files": ["、".join(before), "、".join(_names(delivery))]})
    return kept


@transaction.atomic
def remove_file(*, file: DeliveryFile, by) -> None:
    """Take a file away from a delivery that is being prepared; the history keeps its name."""
    delivery = states.lock(file.delivery)
    insist_on_status(delivery, Delivery.Status.DRAFT)
    before = _names(delivery)
    kept = [(part.storage, str(part.name)) for part in (file.file, file.copy) if part]
    file.delete()
    for storage, name in kept:
        transaction.on_commit(partial(storage.delete, name))
    states.record(delivery, {}, by=by, parts={"files": ["、".join(before), "、".join(_names(delivery))]})


def kept_fields(name: str, content: bytes, kinds: Sequence[str]) -> dict:
    """The fields of `KeptFile` for an upload; raises `FileRefused`."""
    if len(content) > MOST_BYTES:
        raise files.FileRefused(
            _("The file “%(name)s” is larger than %(most)s MB.")
            % {"name": files.clean_name(name), "most": MOST_BYTES // 1024 // 1024}
        )
    name, kind = files.check(name=name, content=content, kinds=kinds)
    return {
        "name": name,
        "kind": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "file": ContentFile(content, name=name),
    }


@contextmanager
def left_nothing(kept: KeptFile) -> Iterator[None]:
    """The database forgets a row of a failed transaction by itself; the file has to be taken away."""
    try:
        yield
    except Exception:
        for part in (kept.file, getattr(kept, "copy", None)):
            if part:
                part.delete(save=False)
        raise


def _names(delivery: Delivery) -> list[str]:
    return list(delivery.files.order_by("pk").values_list("name", flat=True))
