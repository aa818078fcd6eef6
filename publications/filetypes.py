"""Which files may be attached: a short list of types, recognised by their content and not by what they are called."""

import io
import re
import zipfile
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from core.errors import Refused
from publications import texts

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 20
MAX_NAME = 150
# Entries of the directory of an Office file; a letter has a few dozen.
MAX_ENTRIES = 10_000

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
}
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
# Starts of files that are no plain text, even where every byte is a letter.
_NOT_TEXT = (b"%PDF-", b"PK", b"MZ", b"GIF8", b"{\\rtf", b"#!", b"\x7fELF", b"%!PS")
_MARKUP = re.compile(rb"\s*<(?:!|\?|/?[a-zA-Z])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class FileRefused(Refused):
    """This file cannot be attached; the sentence says why and what to do."""

    code = "file_refused"


def check(*, name: str, content: bytes) -> tuple[str, str]:
    """The cleaned name of an upload and its type, a key of `TYPES`; raises `FileRefused`."""
    name = clean_name(name)
    kind = PurePosixPath(name).suffix[1:].lower().replace("jpeg", "jpg")
    if kind not in TYPES:
        raise FileRefused(_("Files of this kind cannot be attached. Allowed are: %(types)s.") % {"types": _types()})
    if not content:
        raise FileRefused(_("The file “%(name)s” is empty.") % {"name": name})
    if len(content) > MAX_BYTES:
        raise FileRefused(
            _("The file “%(name)s” is larger than %(most)s MB.") % {"name": name, "most": MAX_BYTES // 1024 // 1024}
        )
    if not _is(kind, content):
        raise FileRefused(
            _("The content of “%(name)s” is not that of a %(type)s file. Save it again in this format.")
            % {"name": name, "type": kind}
        )
    return name, kind


def clean_name(name: str) -> str:
    """The file's own name: no folders, no control or direction characters, not too long."""
    plain = texts.line(name.replace("\\", "/")).rsplit("/", 1)[-1]
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: MAX_NAME - len(suffix) - 1]}{dot}{suffix}" if stem and len(suffix) < 10 else plain[:MAX_NAME]


def _types() -> str:
    return ", ".join(TYPES)


def _is(kind: str, content: bytes) -> bool:
    if kind in _MAGIC:
        return content.startswith(_MAGIC[kind])
    if kind in _OFFICE:
        return _is_office(content, _OFFICE[kind])
    return _is_text(content)


def _is_office(content: bytes, main: str) -> bool:
    """A Word or Excel file without macros. Only the directory is read, nothing is unpacked."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()[:MAX_ENTRIES]}
            if len(archive.infolist()) > MAX_ENTRIES:
                return False
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return False
    macros = any(name.endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names)
    return {"[content_types].xml", main} <= names and not macros


def _is_text(content: bytes) -> bool:
    """Readable as UTF-8 or GB18030, without control characters, and neither markup nor another known format."""
    if content.startswith(_NOT_TEXT) or _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return not _CONTROL.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False
