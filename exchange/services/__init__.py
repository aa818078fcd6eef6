"""The life of an uploaded file: taken in, checked, shown, stored after confirmation, taken back."""

from exchange.services.batches import confirm_batch, discard_batch, undo_batch, upload_batch
from exchange.services.running import run_batch

__all__ = ["confirm_batch", "discard_batch", "run_batch", "undo_batch", "upload_batch"]
