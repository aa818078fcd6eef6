"""ID numbers planted in rosters are found nowhere afterwards: not in the database, logs, answers, mails, caches, queues
or files. The same search finds each of them where it is put on purpose.
"""

import base64
import hashlib
import io
import logging
import os
import pickle
import re
import secrets
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from projects.models import Project, Roster
from tests.projects.test_rosters import HEADING, PERIOD, number, table, workbook

_written: list[str] | None = None


def _watch(event: str, arguments: tuple) -> None:
    """Notes every file that is opened for writing while a search is on; it stays, as Python cannot remove it."""
    if _written is not None and event == "open":
        path, _mode, flags = arguments
        if isinstance(path, str | bytes) and flags & (os.O_WRONLY | os.O_RDWR):
            _written.append(os.fsdecode(path))


sys.addaudithook(_watch)


def _store() -> redis.Redis:
    """The store of tasks and their results. The queue writes the address of a unix socket in its own way."""
    url = settings.REDIS_URL.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db=")
    return redis.Redis.from_url(url)


def spellings(text: str) -> set[str]:
    """How a number may be written down: plain, in hexadecimal or base64 at any offset, or as a digest without a key."""
    plain = text.encode()
    found = {text, plain.hex(), *(hashlib.new(name, plain).hexdigest() for name in ("md5", "sha1", "sha256"))}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain).decode()
        found.add(coded[(0, 2, 3)[offset] : len(coded) - 4])
    return found


def packed(workbook: bytes) -> bytes:
    """Some bytes from the middle of where a workbook keeps its texts: nothing but a copy of the file has them."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        part = parts.getinfo("xl/sharedStrings.xml")
    middle = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return workbook[middle : middle + 24]


def spellings_of_bytes(piece: bytes) -> set[str]:
    """How bytes of a kept file may stand in a text: hexadecimal, base64 at any offset, as Python shows them."""
    found = {piece.hex(), repr(piece)[2:-1], piece.decode("latin-1")}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + piece).decode()
        found.add(coded[(0, 2, 3)[offset] : len(coded) - 4])
    return found


def unpacked(content: bytes) -> bytes:
    """What stands in a workbook the portal made; other bytes as they are."""
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return b"\n".join(parts.read(name) for name in parts.namelist())
    except zipfile.BadZipFile:
        return content


class Search:
    """Looks for numbers in every place the portal can write to, and for the workbook they came in, which is packed."""

    def __init__(self, numbers, caplog, folders):
        self.workbook = files(numbers[:8])["good.xlsx"]
        words = {word for text in numbers for word in spellings(text)}
        self.words = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
        self.piece = packed(self.workbook)
        self.packed = re.compile("|".join(map(re.escape, spellings_of_bytes(self.piece))))
        self.caplog, self.folders, self.since = caplog, folders, time.time() - 1
        self.answers: list = []

    def finds(self, text: str | bytes) -> bool:
        if isinstance(text, bytes):
            if self.piece in text:
                return True
            text = unpacked(text).decode("utf-8", "replace")
        return bool(self.words.search(text) or self.packed.search(text))

    def places(self) -> set[str]:
        """The places in which a number stands."""
        looks = {
            name: getattr(self, name) for name in ("database", "logs", "shown", "mails", "caches", "queues", "files")
        }
        return {name for name, look in looks.items() if any(map(self.finds, look()))}

    def database(self):
        """Every row of every table as text; bytes are hexadecimal in it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
            for (name,) in cursor.fetchall():
                # Not logged: the pattern holds the numbers.
                sought = f"{self.words.pattern}|{self.piece.hex()}"
                cursor.cursor.execute(f"SELECT t::text FROM {name} t WHERE t::text ~* %s LIMIT 1", [sought])
                yield from (row for (row,) in cursor.cursor.fetchall())

    def logs(self):
        for record in self.caplog.records:
            yield self.caplog.handler.format(record)
            yield repr(record.__dict__)

    def shown(self):
        for answer in self.answers:
            yield b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield repr([*answer.headers.items(), answer.cookies.output()])

    def mails(self):
        for message in mail.outbox:
            yield message.message().as_string()
            yield repr((message.subject, message.body, message.alternatives, message.attachments))

    def caches(self):
        for value in cache._cache.values():
            yield value
            yield repr(pickle.loads(value))

    def queues(self):
        """Tasks and results: all keys of the store the worker and the web server share."""
        store = _store()
        readers = {
            b"string": store.get,
            b"list": lambda key: store.lrange(key, 0, -1),
            b"hash": store.hgetall,
            b"set": store.smembers,
            b"zset": lambda key: store.zrange(key, 0, -1),
        }
        for key in store.scan_iter(count=1000):
            read = readers.get(store.type(key))
            yield repr((key, read(key) if read else ""))

    def files(self):
        """What was opened for writing since, and what is new in the folders for data, uploads and temporary files."""
        new = {Path(path) for path in _written or ()}
        for folder in self.folders:
            new |= {path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime >= self.since}
        for path in sorted(new):
            yield str(path)
            yield path.read_bytes() if path.is_file() and path.stat().st_size < 50_000_000 else b""


@pytest.fixture
def numbers() -> list[str]:
    """Numbers of this run only, so that no other run's are found."""
    return [number(n, birthday=f"19{secrets.randbelow(89) + 10}0{secrets.randbelow(9) + 1}1{n}") for n in range(1, 9)]


@pytest.fixture
def search(db, numbers, caplog, settings, tmp_path, monkeypatch):
    global _written
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    settings.FILE_UPLOAD_TEMP_DIR = str(temporary)
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    settings.ADMINS = [("operator", "operator@example.org")]
    settings.ROSTERS_ENABLED, settings.ROSTER_KEYS = True, {"test": secrets.token_bytes(32)}
    monkeypatch.setattr(connections["default"], "force_debug_cursor", True)
    caplog.set_level(logging.DEBUG)
    cache.clear()
    _written = []
    yield Search([*numbers, wrong(numbers[1])], caplog, [temporary, settings.DATA_DIR])
    _written = None
    cache.clear()


def wrong(good: str) -> str:
    """The same number with a check digit that does not fit."""
    return good[:17] + ("1" if good[17] != "1" else "2")


def files(numbers: list[str]) -> dict[str, bytes]:
    """Rosters good and bad, with the numbers where they belong and where they do not."""
    first, second, *others = numbers
    good = workbook(("姓名", HEADING, "备注"), *((f"甲 {n}", n, f"证件{n}") for n in numbers))
    return {
        "good.xlsx": good,
        "good.csv": table(*numbers),
        f"{first}.xlsx": good,
        "bad_row.xlsx": workbook((HEADING,), (first,), (wrong(second),), (others[0][:15],)),
        "no_heading.xlsx": workbook((first,), (second,)),
        "numbers_as_headings.csv": ",".join([HEADING, HEADING, *numbers]).encode(),
        "wrong_column.xlsx": workbook((HEADING, "电话"), ("", first), ("张三", second)),
        "as_numbers.xlsx": workbook((HEADING,), (int(first[:17]),)),
        "torn.xlsx": good[:-60],
        "torn.csv": f'{HEADING}\n{first}\n"{second}'.encode(),
        "no_text.csv": HEADING.encode("gb18030") + b"\n" + first.encode() + b"\xff\xff\n",
        "no_table.bin": b"\0" + first.encode(),
        "too_large.csv": table(*numbers) + b" " * (6 * 1024 * 1024),
    }


def test_planted_numbers_are_found_nowhere_afterwards(search, numbers, make_project, page, member, officer, regions):
    project = make_project(Project.Status.ACTIVE)
    at = reverse("projects:roster-add", args=[project.pk])

    def send(content: bytes, name="roster.xlsx", who=member, client=None, **fields):
        sent = PERIOD | {"region": "500229000000", "file": SimpleUploadedFile(name, content)} | fields
        answer = (client or page(who)).post(at, sent)
        search.answers.append(answer)
        return answer.status_code

    codes = {name: send(content, name) for name, content in files(numbers).items()}
    taken = {"good.xlsx", "good.csv", f"{numbers[0]}.xlsx"}
    assert {name for name, code in codes.items() if code == 302} == taken
    assert set(codes.values()) == {302, 400}
    good = table(*numbers)
    assert send(good, who=officer) == 403
    assert send(good, who=None) == 302
    assert send(good, client=Client(enforce_csrf_checks=True)) == 403
    assert send(good, period_from=numbers[0], region=numbers[1], period_to=" ".join(numbers[2])) == 400
    search.answers.append(page(member).post(at, PERIOD | {"file": numbers[0]}))
    assert Roster.objects.count() == len(taken)
    for name in ("projects:roster-list", "projects:project-detail"):
        search.answers.append(page(officer).get(reverse(name, args=[project.pk])))
    assert search.places() == set()
    # Nothing was even written for a moment.
    assert [path for path in _written if path.startswith(tempfile.gettempdir())] == []
    search.answers += [page(officer).get(address) for address in afterwards(project)]
    assert {answer.status_code for answer in search.answers[-len(afterwards(project)) :]} == {200}
    assert search.places() == set()


def afterwards(project) -> list[str]:
    """Exports, interfaces and pages that say something of the project, its organization, its region or the sender."""
    village, lead = project.regions.get(), project.lead
    return [
        "/projects/?format=csv",
        "/projects/?format=xlsx",
        "/projects/rosters/",
        "/projects/rosters/template/",
        "/notices/",
        "/uploads/",
        reverse("regions:region-detail", args=[village.short_code]),
        reverse("organizations:organization-detail", args=[lead.pk]),
        "/api/v1/projects/",
        f"/api/v1/projects/{project.pk}/rosters/",
        "/api/v1/rosters/figures/",
    ]


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_while_a_roster_is_stored_tells_no_number(
    search, numbers, make_project, page, member, regions, settings, debug
):
    project = make_project(Project.Status.ACTIVE)
    settings.DEBUG = debug
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_rosterentry RENAME TO elsewhere")
    client = page(member)
    client.raise_request_exception = False
    for content in (table(*numbers), workbook((HEADING,), *((n,) for n in numbers))):
        sent = PERIOD | {"region": "500229000000", "file": SimpleUploadedFile(f"{numbers[0]}.csv", content)}
        before = transaction.savepoint()
        search.answers.append(client.post(reverse("projects:roster-add", args=[project.pk]), sent))
        # The page for developers asks the broken table again, outside any transaction of its own.
        transaction.savepoint_rollback(before)
    assert [answer.status_code for answer in search.answers] == [500, 500]
    assert any(record.exc_info for record in search.caplog.records)
    assert debug or mail.outbox
    assert search.places() == set()


def _task(text: str) -> None:
    """A task as the queue holds it: its arguments in base64."""
    body = base64.b64encode(f'[["{text}"], {{}}, null]'.encode()).decode()
    _store().set("canary-of-the-tests", f'{{"body": "{body}"}}', ex=30)


def _row(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leak AS SELECT 1 AS id, %s::bytea AS held", [text.encode()])


LEAKS = {
    "database": _row,
    "logs": lambda text: logging.getLogger("anything").debug("row %s", text),
    "mails": lambda text: mail.mail_admins("error", f"value: {text}"),
    "caches": lambda text: cache.set("roster", {"numbers": [text]}),
    "queues": _task,
    "files": lambda text: Path(tempfile.gettempdir(), "upload").write_text(text),
}


@pytest.mark.parametrize("place", LEAKS)
def test_the_search_finds_a_number_that_was_left_somewhere(search, numbers, place):
    assert search.places() == set()
    search.caplog.handler.setLevel(logging.DEBUG if place == "logs" else logging.CRITICAL)
    LEAKS[place](numbers[3])
    try:
        assert search.places() == {place}
    finally:
        _store().delete("canary-of-the-tests")


def _held(content: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leak AS SELECT 1 AS id, %s::bytea AS held", [content])


KEPT = {
    "database": _held,
    "caches": lambda content: cache.set("upload", content),
    "queues": lambda content: _store().set("canary-of-the-tests", base64.b64encode(content), ex=30),
    "files": lambda content: Path(tempfile.gettempdir(), "copy.bin").write_bytes(b"x" + content),
}


@pytest.mark.parametrize("place", KEPT)
def test_the_search_finds_a_copy_of_the_workbook_that_was_kept(search, place):
    search.caplog.handler.setLevel(logging.CRITICAL)
    KEPT[place](search.workbook)
    try:
        assert search.places() == {place}
    finally:
        _store().delete("canary-of-the-tests")


def test_the_search_reads_the_workbooks_the_portal_gives_out(search, numbers):
    assert search.finds(workbook(("备注",), (f"见 {numbers[2]}",)))
    assert not search.finds(workbook(("备注",), ("无",)))


@pytest.mark.parametrize("spelled", [0, 1, 2])
def test_the_search_finds_other_spellings(search, numbers, spelled):
    text = base64.b64encode(b"x" * spelled + numbers[0].encode() + b"yz").decode()
    assert search.finds(text)
    assert search.finds(hashlib.sha256(numbers[0].encode()).hexdigest())
    assert not search.finds(base64.b64encode(b"x" * 40).decode())


def test_the_search_finds_a_number_on_a_page(search, numbers, page):
    search.answers.append(page().get("/projects/", {"q": numbers[0]}))
    assert search.places() == {"shown"} | ({"logs"} if any(map(search.finds, search.logs())) else set())
