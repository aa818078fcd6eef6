"""What a worksheet says besides its values: cells with formulas, and merged ones."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PIECE = 1 << 20
# A cell's opening tag and what follows it come within this many bytes.
_REACH = 400
_FORMULA = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*>\s*<f[\s>/]""")
_MERGED = re.compile(rb"""<mergeCell\b[^>]*?\bref=["']([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})["']""")
# More than anybody reads one by one.
_MOST = 1000


@dataclass
class Structure:
    """Rows and column numbers, both from 1, of formulas; and of merged cells with the last row they cover."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: set[tuple[int, int, int]] = field(default_factory=set)


def look(content: bytes, name: str) -> Structure:
    """The structure of the worksheet with this name; empty where the workbook does not say which file it is."""
    found = Structure()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = _path_of(archive, name)
        if path is None:
            return found
        for piece in _pieces(archive, path):
            if b"<f" in piece and len(found.formulas) < _MOST:
                found.formulas |= {(int(row), column_number(letters)) for letters, row in _FORMULA.findall(piece)}
            if b"<mergeCell" in piece and len(found.merged) < _MOST:
                places = _MERGED.findall(piece)
                found.merged |= {(int(row), column_number(letters), int(last)) for letters, row, last in places}
    return found


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _path_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """The file of a worksheet, by the workbook's own list."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_LINK))
        if sheet.get("name") == name and target:
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            return path if path in archive.namelist() else None
    return None


def _pieces(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """The worksheet in pieces that overlap, so that nothing is cut in two."""
    tail = b""
    with archive.open(path) as stream:
        while piece := stream.read(_PIECE):
            yield tail + piece
            tail = piece[-_REACH:]
