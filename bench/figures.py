"""Statistics over REST beside SELECT 1 and beside the naive query; a claim beside its endpoint without a database."""

import base64
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from decimal import Decimal

from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from bench import data, load
from core.references import next_reference
from demands.models import Demand, DemandItem
from organizations.models import Membership, Organization
from regions.models import Region
from stats import services

ROUNDS = 3
CHONGQING = "/api/v1/statistics/donations/?region=500000&from=2021-01-01&to=2021-12-31"
ONE_LINE = "/api/v1/statistics/donations/?from=2021-01-01&to=2021-12-31&by=form"


def run(options) -> None:
    """Make the data, start the web server, measure each endpoint in turn, print the table."""
    call_command("migrate", verbosity=0)
    call_command("load_regions", verbosity=0)
    timed("gifts made", lambda: data.make_gifts(options.size))
    timed("rebuild of all figures", services.rebuild_figures)
    changes = changed_gifts(100_000 if options.size >= 200_000 else options.size // 2)
    seconds = timed("changes applied", services.apply_all_changes)
    print(f"| changes applied a second | {changes / seconds:,.0f} |")
    members, items = make_demands()
    with web_server() as port:
        answers = measure(port, options.seconds, members, items)
    print_table(answers, options.size)
    check_nothing_oversold()


def timed(label: str, work) -> float:
    started = time.monotonic()
    work()
    seconds = time.monotonic() - started
    print(f"| {label} | {seconds:.1f} s |", flush=True)
    return seconds


def changed_gifts(number: int) -> int:
    """Change the amounts of some gifts in one statement, as an import would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE donations_lot SET amount = amount + 1 WHERE donation_id IN "
            "(SELECT id FROM donations_donation ORDER BY id LIMIT %s)",
            [number],
        )
        cursor.execute("SELECT count(*) FROM stats_change")
        return cursor.fetchone()[0]


def make_demands(spread: int = 2_000) -> tuple[list[str], list[tuple[int, int]]]:
    """Organizations that claim, one demand of a huge quantity, and many small ones."""
    village = Region.objects.filter(level="village").first()
    credentials = []
    with transaction.atomic():
        for number in range(16):
            user = User.objects.create_user(username=f"bench{number}", password="bench")
            organization = Organization.objects.order_by("id")[number]
            Membership.objects.create(user=user, organization=organization)
            credentials.append(base64.b64encode(f"bench{number}:bench".encode()).decode())
        made = Demand.objects.bulk_create(
            Demand(reference=next_reference("XQ"), village=village, form="relief", title="quilts", status="published")
            for _n in range(spread)
        )
        items = DemandItem.objects.bulk_create(
            DemandItem(demand=demand, what="quilts", unit="piece", quantity=Decimal(10) ** 9) for demand in made
        )
    return credentials, [(item.demand_id, item.pk) for item in items]


class web_server:
    """The production web server on a free port, with the yardsticks beside the portal."""

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", "2", "--blocking-threads", "2", "--no-access-log", "portal.wsgi:application"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _attempt in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.1)
        raise RuntimeError("the web server did not start")

    def __exit__(self, *_error) -> None:
        self.process.terminate()
        self.process.wait(10)


def get(target: str):
    body = load.request_bytes("GET", target)
    return lambda _client, _number: body


def fresh(target: str):
    """The same question spelled differently each time, so that no process finds a rendered answer."""

    def make(client: int, number: int) -> bytes:
        # Each character of the two dates is percent-encoded or not: 2^16 spellings a client.
        bits = (client << 16 | number & 0xFFFF) ^ 0x5A5A5
        day, last = (_spelled(text, bits >> shift) for text, shift in (("2021-01-01", 0), ("2021-12-31", 10)))
        return load.request_bytes("GET", target.replace("2021-01-01", day).replace("2021-12-31", last))

    return make


def _spelled(text: str, bits: int) -> str:
    return "".join(f"%{ord(char):02X}" if bits >> place & 1 else char for place, char in enumerate(text))


def claim(target: str | None, credentials: list[str], items: list[tuple[int, int]], scheme: str = "Basic"):
    """Claims of 1 on changing demands; each organization claims a demand once, each client begins elsewhere."""

    def make(client: int, number: int) -> bytes:
        demand, item = items[(client * len(items) // len(credentials) + number) % len(items)]
        body = json.dumps({"lines": [{"item": item, "quantity": "1"}], "plan": "bench"}).encode()
        path = target or f"/api/v1/demands/{demand}/claim/"
        headers = {"Authorization": f"{scheme} {credentials[client]}"}
        return load.request_bytes("POST", path, headers=headers, body=body)

    return make


def measure(port: int, seconds: float, credentials: list[str], items: list) -> dict[str, list[load.Load]]:
    """Each endpoint in turn, three rounds, so that all see the same noise."""
    part = len(items) // ROUNDS
    endpoints = {
        "DRF view, SELECT 1": (8, get("/bench/select-one/")),
        "statistics, Chongqing by county, first asked": (8, fresh(CHONGQING)),
        "statistics, Chongqing by county, asked again": (8, get(CHONGQING)),
        "statistics, nation by form, first asked": (8, fresh(ONE_LINE)),
        "naive grouped query": (2, get("/bench/naive/")),
        "claim endpoint without database": (16, claim("/bench/claim/", credentials, items)),
    }
    results: dict[str, list[load.Load]] = {name: [] for name in [*endpoints, "claim, spread"]}
    for number in range(ROUNDS):
        for name, (clients, make) in endpoints.items():
            results[name].append(load.run(port, make, clients=clients, seconds=seconds))
        own = items[number * part : (number + 1) * part]
        results["claim, spread"].append(load.run(port, claim(None, credentials, own), clients=16, seconds=seconds))
    return results


def print_table(results: dict[str, list[load.Load]], size: int) -> None:
    def rate(name: str) -> float:
        return statistics.median(run.per_second for run in results[name])

    yardsticks = {"claim, spread": "claim endpoint without database"}
    print(f"\n{size:,} gifts, median of {ROUNDS} rounds in turn\n")
    print("| endpoint | requests/s | median ms | × yardstick | × naive | statuses |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, runs in results.items():
        base = rate(yardsticks.get(name, "DRF view, SELECT 1"))
        median = statistics.median(run.median_ms for run in runs)
        statuses = sorted({status for run in runs for status in run.statuses})
        against = f"{rate(name) / rate('naive grouped query'):,.0f}" if "Chongqing" in name else ""
        print(f"| {name} | {rate(name):,.1f} | {median:.1f} | {rate(name) / base:.2f} | {against} | {statuses} |")


def check_nothing_oversold() -> None:
    """What the items hold is what the live claims say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM demands_demanditem i LEFT JOIN (SELECT item_id, sum(quantity) AS q "
            "FROM demands_claimline GROUP BY item_id) l ON l.item_id = i.id WHERE i.claimed <> coalesce(l.q, 0)"
        )
        print(f"\nitems whose claimed quantity is not the sum of their claims: {cursor.fetchone()[0]}")
