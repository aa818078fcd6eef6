"""Search keys of many organizations at once: a second process helps, and nothing depends on it."""

import time

import pytest
from django.db import connection

from exchange import services
from exchange.services import running
from organizations.imports import storing
from organizations.models import Organization
from organizations.search import Helper, search_keys
from tests.organizations.test_imports import book, stored

NAMES = ["城口县养老协会", "重庆市（2021）ABC中心", "“引”\\号"]
CODES = ["51500242MJP0000568", None, None]


def ready(helper: Helper) -> Helper:
    until = time.monotonic() + 60
    while not helper.is_ready():
        assert time.monotonic() < until
        time.sleep(0.05)
    return helper


def test_the_second_process_finds_the_same_keys_and_if_it_dies_they_are_found_here():
    expected = [list(keys) for keys in map(search_keys, NAMES, CODES)]
    helper = ready(Helper())
    helper.ask(NAMES, CODES)
    assert helper.answer() == expected
    helper._process.kill()
    helper._process.wait()
    helper.ask(NAMES, CODES)
    assert list(map(list, helper.answer())) == expected
    helper.close()


@pytest.mark.django_db
def test_a_file_checked_with_the_help_of_a_second_process_is_stored_whole(officer, monkeypatch):
    class Awaited(Helper):
        def is_ready(self) -> bool:
            until = time.monotonic() + 60
            while not super().is_ready():
                assert time.monotonic() < until
                time.sleep(0.05)
            return True

    monkeypatch.setattr(storing, "Helper", Awaited)
    monkeypatch.setattr(storing, "MANY", 0)
    monkeypatch.setattr(running, "ROWS_AT_ONCE", 4)
    rows = [{"name": f"城口县第{n}社区协会", "kind": "社区社会组织", "uscc": ""} for n in range(10)]
    batch = stored(officer, book(*rows))
    assert (batch.status, batch.counts["new"]) == ("stored", 10)
    for organization in Organization.objects.all():
        pinyin, _initials, search = search_keys(organization.name, None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector::text", [search])
            assert (organization.pinyin, organization.search) == (pinyin, cursor.fetchone()[0])
    assert services.clear_leftovers() == 0
