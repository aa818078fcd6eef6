"""Translations without the gettext tools: collect, check, fill and compile them, all by Babel.

Django reads `locale/zh_Hans/LC_MESSAGES/django.mo`; the `.po` beside it is the source. English needs no catalog.
"""

import ast
import io
import json
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import TranslatorCommentWarning
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
# Not part of the served portal: its launcher speaks both languages by itself, the others speak to developers.
NOT_SHOWN = {"tests", "bench", "launcher", "script", "static", "locale", "docs", "data", "node_modules"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0+]*\d*(?:\.\d+)?([a-zA-Z])")
LONE_PERCENT = re.compile(r"(?<!%)(?:%%)*%(?![%(])")
BRACES = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")

Key = tuple[str | None, str]


class Command(BaseCommand):
    help = "Update the catalog of translations from the source; or check, fill or compile it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail and name what is missing or wrong")
        parser.add_argument("--compile", action="store_true", help="write the .mo file unless it is newer")
        parser.add_argument("--fill", nargs="+", type=Path, metavar="FILE.json", help="take {msgid: Chinese} maps")
        parser.add_argument("--root", type=Path, default=settings.BASE_DIR, help="the folder of the sources")

    def handle(self, *, root: Path, verbosity: int, **options):
        if options["compile"]:
            compile_catalog(root)
            return
        if options["check"]:
            found = problems(extract(root), read_catalog(root))
            if found:
                raise CommandError("\n".join([f"{len(found)} problems in the translations:", *found]))
            return
        catalog = merge(extract(root), read_catalog(root))
        fill(catalog, options["fill"] or [])
        write_catalog(root, catalog)
        if verbosity:
            empty = sum(not all(_forms(message)) for message in _messages(catalog))
            self.stdout.write(f"{len(catalog)} messages, {empty} without translation: {po_path(root)}")


def po_path(root: Path) -> Path:
    return root / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extract(root: Path) -> Catalog:
    """Everything the source asks gettext for, each with the files it stands in."""
    catalog = Catalog(locale=LOCALE)
    for path in _sources(root):
        text = path.read_text(encoding="utf-8")
        found = python_messages(text) if path.suffix == ".py" else template_messages(text, origin=str(path))
        for context, names in found:
            catalog.add(names, locations=[(path.relative_to(root).as_posix(), 0)], context=context)
    for message in _messages(catalog):
        message.locations = sorted(set(message.locations))
    return catalog


def _sources(root: Path) -> Iterator[Path]:
    """Python files and templates of the served portal, in a stable order."""
    for top in sorted(root.iterdir()):
        if top.name in NOT_SHOWN or top.name.startswith(".") or not top.is_dir():
            continue
        for path in sorted(top.rglob("*")):
            inside = path.relative_to(root).parts
            is_template = path.suffix in (".html", ".txt") and "templates" in inside
            if is_template or (path.suffix == ".py" and "migrations" not in inside):
                yield path


def python_messages(text: str) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """(context, msgid) of each gettext call in Python source; a msgid with plural is a tuple."""
    source = io.BytesIO(text.encode())
    for _line, function, arguments, _comments in extract_python(source, KEYWORDS, [], {"encoding": "utf-8"}):
        yield from _call(function, arguments)


def template_messages(text: str, *, origin: str = "") -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """The same for a template: Django turns its tags into gettext calls, spelled as Django asks at run time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TranslatorCommentWarning)
        code = templatize(text, origin=origin)
    # The calls stand in blanked-out page text, which is no Python: read each call by itself.
    for call in re.finditer(r"(?<!\w)(_|n?p?gettext)\(", code):
        literals = _literals(code[call.end() :])
        yield from _call(call[1], tuple(literals))


_LITERAL = re.compile(r"""\s*(u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))\s*,?""", re.DOTALL)


def _literals(code: str) -> Iterator[str]:
    """The string literals at the beginning of a call's arguments."""
    position = 0
    while found := _LITERAL.match(code, position):
        yield ast.literal_eval(found[1])
        position = found.end()
        if code[position - 1] != ",":
            return


def _call(function: str, arguments) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """A call as (context, msgid); calls with anything but literals have nothing to collect."""
    given = arguments if isinstance(arguments, tuple) else (arguments,)
    context, names = None, []
    for place in KEYWORDS[function] or (1,):
        index = place[0] if isinstance(place, tuple) else place
        value = given[index - 1] if index <= len(given) else None
        if not value:
            return
        if isinstance(place, tuple):
            context = value
        else:
            names.append(value)
    yield context, names[0] if len(names) == 1 else tuple(names)


def read_catalog(root: Path) -> Catalog:
    """The stored catalog; an empty one when there is none yet."""
    path = po_path(root)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def write_catalog(root: Path, catalog: Catalog) -> None:
    path = po_path(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    target = io.BytesIO()
    write_po(target, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    # Dates in the header would make every update a conflict; the others are blanks to fill in.
    text = re.sub(rb'^"(?:POT-|PO-|Generated-By|Report-|Last-|Language-Team).*\n', b"", target.getvalue(), flags=re.M)
    path.write_bytes(text)


def merge(found: Catalog, known: Catalog) -> Catalog:
    """The found messages with their known translations; messages no longer used are dropped."""
    merged = Catalog(
        locale=LOCALE,
        project="portal",
        version="1",
        fuzzy=False,
        header_comment="# Chinese interface texts. Edit the msgstr lines, then: manage.py messages --check",
    )
    old = _by_key(known)
    for message in _messages(found):
        before = old.get(_key(message))
        string = before.string if before and _same_shape(before, message) else ""
        flags = set(before.flags) - {"python-format", "python-brace-format"} if before else set()
        merged.add(message.id, string or "", message.locations, flags, context=message.context)
    return merged


def fill(catalog: Catalog, files: Iterable[Path]) -> None:
    """Put translations from {msgid: Chinese} files where there is none yet; a context comes first with "\\x04"."""
    for path in files:
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error}") from error
        for message in _messages(catalog):
            context, name = _key(message)
            chinese = given.get(f"{context}\x04{name}" if context else name)
            if chinese and not all(_forms(message)):
                message.string = (chinese,) if message.pluralizable else chinese


def problems(found: Catalog, known: Catalog) -> list[str]:
    """What keeps the translation from being complete and right, one line each."""
    stored = _by_key(known)
    lines = []
    for message in _messages(found):
        place = ", ".join(name for name, _line in message.locations)
        name = _key(message)[1]
        lines += [f"{place}: {reason}: {name!r}" for reason in _faults(message, stored.get(_key(message)))]
    used = set(_by_key(found))
    lines += [f"{LOCALE}: no longer used: {key[1]!r}" for key in stored if key not in used]
    return sorted(lines)


def _faults(message: Message, stored: Message | None) -> Iterator[str]:
    names = message.id if message.pluralizable else (message.id,)
    if any(CHINESE.search(name) for name in names):
        yield "Chinese in the msgid"
    if stored is None or not _same_shape(stored, message):
        yield "missing in the catalog"
        return
    if not all(_forms(stored)):
        yield "untranslated"
        return
    if stored.fuzzy:
        yield "fuzzy"
    if any("%%" in name for name in names) and any(LONE_PERCENT.search(form) for form in _forms(stored)):
        yield "a percent sign is written %% here"
    # Chinese has one form; it must fit what the last English form is given.
    if any(placeholders(form) != placeholders(names[-1]) for form in _forms(stored)):
        yield "placeholders differ"


def placeholders(text: str) -> list[str]:
    """What the code fills in: named ones as a set, nameless ones as often as they stand there."""
    plain = text.replace("%%", "")
    named = {f"%({name}){kind}" for name, kind in PERCENT.findall(plain) if name}
    nameless = [f"%{kind}" for name, kind in PERCENT.findall(plain) if not name and kind in "sdfri"]
    return sorted([*named, *nameless, *(f"{{{name}}}" for name in set(BRACES.findall(plain)))])


def compile_catalog(root: Path) -> bool:
    """Write the .mo file; False when it is already newer than its source or there is nothing to compile."""
    source = po_path(root)
    target = source.with_suffix(".mo")
    if not source.exists():
        return False
    if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return False
    # Written aside and renamed: a starting server may be reading the old one.
    part = target.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        write_mo(file, read_catalog(root))
    part.replace(target)
    return True


def _messages(catalog: Catalog) -> list[Message]:
    """All messages without the header."""
    return [message for message in catalog if message.id]


def _key(message: Message) -> Key:
    return message.context, message.id[0] if message.pluralizable else message.id


def _by_key(catalog: Catalog) -> dict[Key, Message]:
    return {_key(message): message for message in _messages(catalog)}


def _forms(message: Message) -> list[str]:
    string = message.string
    return list(string) if isinstance(string, list | tuple) else [string]


def _same_shape(one: Message, other: Message) -> bool:
    return one.pluralizable == other.pluralizable
