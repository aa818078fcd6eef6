"""Checks before anything is parsed: what the file is, and how large it becomes when it is unpacked."""

import io
import re
import zipfile

from django.utils.translation import gettext as _

from core.errors import Refused
from exchange.sheets.structure import column_number

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 160 * 1024 * 1024
MAX_ENTRIES = 500
MAX_ROWS = 50_000
MAX_COLUMNS = 200
# Room a reader may reserve for one sheet, empty cells included.
MAX_CELLS = 4_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_PIECE = 1 << 20
# Every blank is a space and every quotation mark a double one, so that a place of a cell begins in one way only.
_ALIKE = bytes.maketrans(b"\t\r\n'", b'   "')
_WIDE = re.compile(rb' r="([A-Z]{2,3})[0-9]')


class Unreadable(Refused):
    """The file as a whole cannot be taken: wrong kind, too large, encrypted, with macros, damaged."""

    code = "unreadable_file"


def check(content: bytes, rows: int = 0) -> str:
    """The format of an uploaded table, "xlsx" or "csv"; raise `Unreadable` for anything else or too much.

    `rows` is how many the sheet allows, if that is more than usual.
    """
    if not content.strip():
        raise Unreadable(_("The file is empty. Fill in the template and upload it again."))
    if len(content) > MAX_FILE:
        raise Unreadable(
            _("The file is larger than %(max)s MB. Split it into several files.") % {"max": MAX_FILE // 1024 // 1024}
        )
    if content.startswith(_OLE):
        raise Unreadable(
            _("The file is protected by a password or has the old .xls format. Save it without a password as .xlsx.")
        )
    if content.startswith(b"PK"):
        _check_archive(content, max(MAX_ROWS, rows + 100))
        return "xlsx"
    if b"\0" in content or content.lstrip()[:1] in (b"<", b"{") or content.startswith(b"%PDF"):
        raise Unreadable(_("This is neither an .xlsx workbook nor a CSV file. Save the table as .xlsx."))
    return "csv"


def _check_archive(content: bytes, rows: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive.infolist())
            for entry in archive.infolist():
                _check_entry(archive, entry, rows)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise damaged() from error
    except Exception as error:
        # zlib.error and its kin have no common base; a refusal passes through.
        if isinstance(error, Unreadable):
            raise
        raise damaged() from error


def damaged() -> Unreadable:
    return Unreadable(_("The workbook is damaged or incomplete. Open it in Excel or WPS and save it again as .xlsx."))


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by the archive's own list, before a byte is unpacked."""
    names = {entry.filename.lower() for entry in entries}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable(_("The workbook is encrypted. Save it without a password and upload it again."))
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable(
            _(
                "The workbook becomes too large when it is unpacked. Copy the table into the empty template "
                "and try again."
            )
        )
    if any("vbaproject" in name for name in names):
        raise Unreadable(_("The workbook contains macros. Save it as .xlsx without macros and upload it again."))
    if "xl/workbook.xml" not in names:
        raise Unreadable(_("This is not an .xlsx workbook. Save the table as .xlsx and upload it again."))


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, rows: int) -> None:
    """Unpack one entry in pieces, so that a directory that lies about sizes is found out."""
    is_sheet = entry.filename.startswith("xl/worksheets/")
    tail, widest = b"", 26
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise Unreadable(_("The workbook contains parts that a table does not need. Save it again as .xlsx."))
            if is_sheet:
                piece = piece.translate(_ALIKE)
                widest = _check_places(tail + piece, rows, widest)
                tail = piece[-32:]


def _check_places(piece: bytes, rows: int, widest: int) -> int:
    """Refuse cells far outside: a reader would reserve room for everything between them and the first cell.

    Takes and returns the widest column so far, at least 26: looking at every column of one letter would take long.
    """
    letters = set(_WIDE.findall(piece))
    widest = max([widest, *map(column_number, letters)])
    # Only numbers that may be too large are looked at; of a full sheet these are few.
    digits = re.findall(rb' r="[A-Z]{0,3}([0-9]{%d,7})"' % len(str(rows)), piece)
    deepest = max(map(int, digits), default=0)
    if deepest > rows or widest > MAX_COLUMNS or max(deepest, 10 ** (len(str(rows)) - 1)) * widest > MAX_CELLS:
        raise Unreadable(
            _(
                "The sheet reaches beyond row %(rows)s or column %(columns)s. Delete the empty rows and columns "
                "behind the table and save it again."
            )
            % {"rows": rows, "columns": MAX_COLUMNS}
        )
    return widest
