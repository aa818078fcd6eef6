"""Who gets which answer from which address: a table that covers them all, and is walked."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from tests.house.addresses import Address, addresses
from tests.house.cast import ARGUMENTS, QUERIES, Cast

TABLES = Path(__file__).parent / "roles"
HEADER = ["url", "method", *Cast.ROLES]


@dataclass(frozen=True)
class Row:
    """One line of the table: an address, a method, and the status each role gets."""

    url: str
    method: str
    expected: dict[str, int]
    place: str


def rows(files: Iterable[Path]) -> list[Row]:
    """The rows of all tables; a wrong header or status is a plain error."""
    found = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as text:
            reader = csv.DictReader(text)
            assert reader.fieldnames == HEADER, f"{file.name}: the first line must be {','.join(HEADER)}"
            for number, line in enumerate(reader, start=2):
                expected = {role: int(line[role]) for role in Cast.ROLES}
                found.append(Row(line["url"], line["method"].upper(), expected, f"{file.name}:{number}"))
    return found


def gaps(known: Iterable[Address], table: Iterable[Row]) -> Iterator[str]:
    """Addresses and methods without a row, rows without an address, and rows that stand there twice."""
    wanted = {(address.name, method) for address in known for method in address.methods}
    seen: set[tuple[str, str]] = set()
    for row in table:
        key = (row.url, row.method)
        if key not in wanted:
            yield f"{row.place}: there is no {row.method} {row.url}"
        if key in seen:
            yield f"{row.place}: a second row for {row.method} {row.url}"
        seen.add(key)
    for name, method in sorted(wanted - seen):
        yield f"no row for {method} {name}"


def wrong_answers(table: Iterable[Row], cast: Cast) -> Iterator[str]:
    """Rows whose address answers otherwise. Each request is undone, so that no row disturbs the next."""
    cast.gather()
    for row in table:
        make = ARGUMENTS.get(row.url)
        try:
            url = reverse(row.url, kwargs=make(cast) if make else None) + QUERIES.get(row.url, "")
        except Exception as error:  # noqa: BLE001 - any failure here is a missing or broken entry of the cast
            yield f"{row.place}: no arguments for {row.url} in tests/house/cast.py ({type(error).__name__}: {error})"
            continue
        got = {role: status_for(url, row.method, cast, role) for role in Cast.ROLES}
        if got != row.expected:
            differing = [
                f"{role} {got[role]} not {row.expected[role]}" for role in got if got[role] != row.expected[role]
            ]
            yield f"{row.place} {row.method} {row.url}: {', '.join(differing)}"


def status_for(url: str, method: str, cast: Cast, role: str) -> int:
    """The status one person gets. Writes send an empty body."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if role != "anonymous":
            client.force_login(getattr(cast, role))
        if url.startswith("/api/"):
            body = {} if method == "GET" else {"data": json.dumps({}), "content_type": "application/json"}
            answer = client.generic(method, url, **body)
        else:
            answer = getattr(client, method.lower())(url)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer.status_code


def tables() -> list[Path]:
    return sorted(TABLES.glob("*.csv"))


def test_every_address_has_its_rows_and_every_row_its_address():
    assert list(gaps(addresses(), rows(tables()))) == []


@pytest.mark.parametrize("table", tables(), ids=lambda file: file.stem)
def test_everybody_gets_the_answer_of_the_table(table, request, db):
    assert list(wrong_answers(rows([table]), Cast(request.getfixturevalue))) == []


def test_the_walk_finds_pages_routers_and_methods():
    found = {address.name: address.methods for address in addresses()}
    assert found["portal:home"] == {"GET"}
    assert found["accounts:login"] >= {"GET", "POST"}
    assert found["api:organizations-list"] == {"GET", "POST"}
    assert not any(name.endswith(("schema", "docs")) for name in found)


# An address of its own, with nobody kept out, to show that the checks bite.
@require_POST
def close(request):
    return HttpResponse("closed")


def read(request):
    return HttpResponse("read")


def broken(request):
    raise RuntimeError("a bug")


urlpatterns = [path("close/", close, name="close"), path("read/", read, name="read"), path("x/", broken, name="x")]
handler500 = "portal.views.server_error"


def row(url: str, method: str, status: int) -> Row:
    return Row(url, method, dict.fromkeys(Cast.ROLES, status), "x.csv:2")


def test_a_new_address_without_a_row_is_found():
    found = list(gaps(addresses(urlpatterns), [row("read", "GET", 200), row("x", "GET", 200)]))
    assert found == ["no row for POST close"]


def test_a_row_without_an_address_and_a_double_row_are_found():
    table = [row("read", "GET", 200), row("read", "GET", 200), row("close", "GET", 405), row("x", "GET", 200)]
    assert list(gaps(addresses(urlpatterns), table)) == [
        "x.csv:2: a second row for GET read",
        "x.csv:2: there is no GET close",
        "no row for POST close",
    ]


@pytest.mark.urls("tests.house.test_roles")
def test_a_door_left_open_is_found(request, db):
    cast = Cast(request.getfixturevalue)
    assert list(wrong_answers([row("close", "POST", 200), row("read", "GET", 200)], cast)) == []
    (found,) = wrong_answers([row("close", "POST", 403)], cast)
    assert "anonymous 200 not 403" in found
    assert "outsider 200 not 403" in found
    (found,) = wrong_answers([row("x", "GET", 200)], cast)
    assert "officer 500 not 200" in found
    (found,) = wrong_answers([row("nowhere", "GET", 200)], cast)
    assert "no arguments for nowhere" in found
