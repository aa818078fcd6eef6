"""The life of an uploaded file: taken in, checked, shown, stored after confirmation, taken back."""

from exchange.services.batches import confirm_batch, discard_batch, undo_batch, upload_batch
from exchange.services.running import run_batch
from exchange.services.staging import clear_leftovers

__all__ = ["clear_leftovers", "confirm_batch", "discard_batch", "run_batch", "undo_batch", "upload_batch"]
