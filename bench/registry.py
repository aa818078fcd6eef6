"""The register of a million organizations: lists at any depth, searches for any word, pages, beside yardsticks."""

import contextlib
import os
import statistics
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from bench import load, registry_data
from bench.figures import web_server
from core import keyset
from organizations.models import Organization

ROUNDS = 3
LIST = "/api/v1/organizations/"
PAGE = "/organizations/"
RARE = ["城口", "明蓝", "酉阳", "福禾"]
FREQUENT = [
    "协会",
    "服务",
    "中心",
    "学校",
    "发展",
    "浙江",
    "广东",
    "老年",
    "河北",
    "兴趣小组",
    "培训学校",
    "志愿者协会",
]
FILTERS = [
    "region=330000", "kind=foundation", "level=province", "status=revoked", "grade=5A", "certificate=tax",
    "certificate_on=2024-01-01", "focus=health", "credit=serious", "credit=none", "sort=grade", "sort=-founded",
    "q=协会&region=330000", "page=500", "q=服务&page=300",
]  # fmt: skip


def run(options) -> None:
    """Make the register, start the web server, measure in turn, print the tables."""
    if options.existing:
        print("(the register of an earlier run)")
    else:
        call_command("migrate", verbosity=0)
        call_command("load_regions", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        started = time.monotonic()
        registry_data.make_register(options.size)
        print(f"{options.size:,} organizations made in {time.monotonic() - started:.0f} s", flush=True)
    keys = {"name": "bench", "password": "a long password 1"}
    user = User.objects.filter(username="bench").first() or User.objects.create_user(
        username=keys["name"], password=keys["password"]
    )
    secret = options_key(user)
    searches()
    deepest = deepest_cursor()
    connections.close_all()
    with web_server() as port:
        lists(port, options.seconds, deepest, secret)
        words(port)
        pages(port)
    queries()


def options_key(user: User) -> str:
    """A fresh API key; those of earlier runs are revoked."""
    for key in user.api_keys.filter(revoked_at=None):
        accounts.revoke_key(key=key, by=user)
    return accounts.make_key(user=user, name="bench", expires_on=timezone.localdate(), by=user)[1]


def deepest_cursor() -> str:
    """The cursor of the last full page, in the default order."""
    rows = Organization.objects.exclude(status="draft")
    last = keyset.page(rows, ["-pinyin", "-pk"], cursor="", size=51).rows[-1]
    return keyset._encode(keyset.keys_of(rows, ["pinyin", "pk"]), last, backwards=False)


def lists(port: int, seconds: float, deepest: str, secret: str) -> None:
    """Requests a second of REST lists beside DRF and SELECT 1, in turn, the median of the rounds."""
    bearer = {"Authorization": f"Bearer {secret}"}
    endpoints = {
        "DRF view, `SELECT 1` (yardstick)": ("/bench/select-one/", {}),
        "list of 50, first page": (LIST, {}),
        "list of 50, deepest page": (f"{LIST}?{urlencode({'cursor': deepest})}", {}),
        "list of 50, by founding day, first page": (f"{LIST}?sort=founded", {}),
        "list of 50, first page, API key": (LIST, bearer),
    }
    found: dict[str, list[load.Load]] = {name: [] for name in endpoints}
    busy: dict[str, list[float]] = {name: [] for name in endpoints}
    for _round in range(ROUNDS):
        for name, (target, headers) in endpoints.items():
            body = load.request_bytes("GET", target, headers=headers)
            load.run(port, lambda _c, _n, body=body: body, clients=8, seconds=0.3)
            before = processor_seconds()
            done = load.run(port, lambda _c, _n, body=body: body, clients=8, seconds=seconds)
            found[name].append(done)
            busy[name].append((processor_seconds() - before) * 1000 / sum(done.statuses.values()))
    rates = {name: statistics.median(run.per_second for run in runs) for name, runs in found.items()}
    yardstick, first = list(rates.values())[:2]
    costs = {name: statistics.median(runs) for name, runs in busy.items()}
    cheapest, page = list(costs.values())[:2]
    print(
        "\n| endpoint | requests/s | median ms | × yardstick | × first page "
        "| processor ms | × yardstick | × first page |"
    )
    print("| --- " * 8 + "|")
    for name, rate in rates.items():
        assert all(run.fine for run in found[name]), name
        median = statistics.median(run.median_ms for run in found[name])
        print(
            f"| {name} | {rate:,.0f} | {median:.1f} | {rate / yardstick:.2f} | {rate / first:.2f} | "
            f"{costs[name]:.2f} | {cheapest / costs[name]:.2f} | {page / costs[name]:.2f} |",
            flush=True,
        )


def processor_seconds() -> float:
    """Time the web server's processes and its database sessions have had a processor: other work hardly changes it."""
    parents, used = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        counted = {pid for (pid,) in cursor.fetchall()}
    grown = {os.getpid()}
    while grown:
        grown = {pid for pid, parent in parents.items() if parent in grown}
        counted |= grown
    return sum(used.get(pid, 0) for pid in counted)


def milliseconds(work, times: int = 7) -> float:
    """The median time of a piece of work, after one to warm up."""
    work()
    lasted = []
    for _number in range(times):
        started = time.perf_counter()
        work()
        lasted.append((time.perf_counter() - started) * 1000)
    return statistics.median(lasted)


def searches() -> None:
    """The first 50 hits in SQL: through the index, and by looking at every name."""
    print("\n| word | hits | search ms | ILIKE ms | ILIKE / search |\n| --- | --- | --- | --- | --- |")
    rows = Organization.objects.exclude(status="draft")
    for word in [*RARE, *FREQUENT]:
        found, scanned = rows.matching(word), rows.filter(name__icontains=word)
        hits = found.count()

        def search(found=found):
            return keyset.page(found.values("id", "name", "pinyin"), ["pinyin"], cursor="", size=50, is_narrow=True)

        def scan(scanned=scanned):
            return list(scanned.order_by(*SCAN_ORDER).values("id", "name", "pinyin")[:50])

        ours, theirs = milliseconds(search), milliseconds(scan, 3)
        print(f"| {word} | {hits:,} | {ours:.1f} | {theirs:.1f} | {theirs / ours:.0f} |", flush=True)


# An order no index has, so that the scan reads every name, as it must for a rare word.
SCAN_ORDER = [keyset._fenced("pinyin"), keyset._fenced("pk")]


def ask(port: int, target: str, seconds: float = 2) -> float:
    """The median milliseconds of an address, asked by one client."""
    body = load.request_bytes("GET", target)
    run = load.run(port, lambda _c, _n: body, clients=1, seconds=seconds)
    assert run.fine, target
    return run.median_ms


def words(port: int) -> None:
    print("\n| word | REST median ms | page median ms |\n| --- | --- | --- |")
    for word in [*RARE, *FREQUENT]:
        rest, page = (ask(port, f"{start}?q={quote(word)}") for start in (LIST, PAGE))
        print(f"| {word} | {rest:.1f} | {page:.1f} |", flush=True)


def pages(port: int) -> None:
    print("\n| question | REST median ms | page median ms |\n| --- | --- | --- |")
    for asked in ["", *FILTERS]:
        target = quote(asked, safe="=&")
        rest = "" if "page=" in asked else f"{ask(port, f'{LIST}?{target}'):.1f}"
        print(f"| {asked or 'everything'} | {rest} | {ask(port, f'{PAGE}?{target}'):.1f} |", flush=True)


def queries() -> None:
    """How many statements the page of the register takes."""
    client = Client()
    most = 0
    for asked in ["", *FILTERS]:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{PAGE}?{quote(asked, safe='=&')}").status_code == 200
        most = max(most, len(captured))
    print(f"\nMost statements of one page: {most} (goal: 12)")
