"""Uploaded files: kept once they are found readable, closed once their rows are stored or given up."""

import hashlib

from django.db import transaction

from core import states
from exchange.models import Upload
from exchange.sheets import Sheet


@transaction.atomic
def keep_upload(*, sheet: Sheet, file_name: str, content: bytes, by) -> Upload:
    """Keep a file between the check and the confirmation."""
    upload = Upload(
        sheet=sheet.key,
        file_name=file_name[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return states.begin(upload, by=by)


@transaction.atomic
def close_upload(*, upload: Upload, result: dict, by) -> Upload:
    """Note what the file stored, in the transaction that stores it. A second confirmation is a `WrongState`."""
    return states.move(upload, Upload.Status.STORED, by=by, result=result)


@transaction.atomic
def discard_upload(*, upload: Upload, by) -> Upload:
    """Give a checked file up; its rows were never stored."""
    return states.move(upload, Upload.Status.DISCARDED, by=by)
