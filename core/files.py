"""Which files may be sent: a short list of types, recognised by their content and not by what they are called.

Pictures for the public are made anew (`clean_picture`): only what is seen goes into them, not where it was taken.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from core.errors import Refused
from core.texts import line

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 150
# A public picture's longer side, and the most an original may have in all.
PICTURE_SIDE = 1600
MOST_PIXELS = 100_000_000
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


def check(*, name: str, content: bytes, kinds: Sequence[str] = tuple(TYPES)) -> tuple[str, str]:
    """The cleaned name of an upload and its type, one of `kinds`; raises `FileRefused`."""
    name = clean_name(name)
    kind = PurePosixPath(name).suffix[1:].lower().replace("jpeg", "jpg")
    if kind not in kinds:
        raise FileRefused(
            _("Files of this kind cannot be attached. Allowed are: %(types)s.") % {"types": ", ".join(kinds)}
        )
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
    plain = line(name.replace("\\", "/")).rsplit("/", 1)[-1]
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: MAX_NAME - len(suffix) - 1]}{dot}{suffix}" if stem and len(suffix) < 10 else plain[:MAX_NAME]


class Picture(NamedTuple):
    """A picture made anew: `content` is JPEG, at most `PICTURE_SIDE` pixels on each side, without any remark.

    `taken_on` is the day the camera wrote into the original; `located` whether the original says where it was taken.
    """

    content: bytes
    width: int
    height: int
    taken_on: datetime.date | None
    located: bool


def clean_picture(*, name: str, content: bytes) -> Picture:
    """What may be shown of a photograph: its pixels, upright, without position, camera or any other remark.

    Raises `FileRefused` for a picture that cannot be read or has more than `MOST_PIXELS` pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as original:
            if original.width * original.height > MOST_PIXELS:
                raise FileRefused(
                    _("The picture “%(name)s” has more than %(most)s million pixels. Send a smaller one.")
                    % {"name": name, "most": MOST_PIXELS // 1_000_000}
                )
            exif = original.getexif()
            # JPEG is read at a fraction of its size where that is enough: a phone's picture has 50 million pixels.
            original.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
            upright = ImageOps.exif_transpose(original)
            upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            # A fresh picture: whatever the file said beside its pixels stays behind.
            shown = Image.new("RGB", upright.size, "white")
            alpha = upright.convert("RGBA") if "A" in upright.getbands() or "transparency" in upright.info else None
            shown.paste(alpha or upright.convert("RGB"), mask=alpha)
            made = io.BytesIO()
            shown.save(made, "JPEG", quality=82, optimize=True)
            located, taken_on = bool(exif.get_ifd(ExifTags.IFD.GPSInfo)), _taken_on(exif)
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        # A damaged file breaks the library in many ways, above all by what the camera wrote into it.
        raise FileRefused(
            _("The picture “%(name)s” is damaged. Take it again, or save it again as JPEG.") % {"name": name}
        ) from error
    return Picture(made.getvalue(), shown.width, shown.height, taken_on, located)


def _taken_on(exif: Image.Exif) -> datetime.date | None:
    """The day of the photograph as the camera wrote it; None where it is missing or cannot be a day."""
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.datetime.strptime(str(text)[:10], "%Y:%m:%d").date()
    except ValueError:
        return None


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
