"""The uploaded files of the cast, each in the state its addresses need."""

import datetime
from decimal import Decimal

from donations.sheets import donation_sheet
from exchange import services as exchange
from exchange.models import Batch
from exchange.sheets import write

DAY = datetime.date(2026, 3, 1)


def uploaded_batch(cast) -> Batch:
    """A workbook with one gift, sent by the officer."""
    sheet = donation_sheet(cast.officer)
    row = {
        "import_key": "A-1",
        "donors": cast.organization.name,
        "channel": "自身捐赠",
        "regions": cast.regions["500229"].short_code,
        "received_on": DAY,
        "cash": Decimal(10_000),
        "consent": "是",
    }
    content = write(sheet, [row])
    return exchange.upload_batch(sheet="donations", file_name="x.xlsx", content=content, by=cast.officer)


def checked_batch(cast) -> Batch:
    return _after_run(uploaded_batch(cast))


def stored_batch(cast) -> Batch:
    return _after_run(exchange.confirm_batch(batch=checked_batch(cast), by=cast.officer))


def refused_batch(cast) -> Batch:
    """A file with one row that lacks almost everything."""
    content = "登记号,捐赠人,捐赠渠道,受助地区\nA-1,,,\n".encode()
    return _after_run(exchange.upload_batch(sheet="donations", file_name="x.csv", content=content, by=cast.officer))


def _after_run(batch: Batch) -> Batch:
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def sheet(cast) -> dict:
    return {"sheet": "donations"}
