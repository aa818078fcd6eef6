"""The SQL of the figures, in one place: from records to facts, from facts to cells.

What a gift contributes is defined once, by `FACTS` and `DONORS`; applying a batch, rebuilding and verifying all read
these definitions. `{only}` narrows them to some gifts.
"""

NATION = "000000000000"
# A gift to more regions than this is shown at the next level above, where its regions are fewer.
MOST_JOINT = 40


def _key(level: str, above: str) -> str:
    """The key of a set of codes at a level: the codes joined, or the key above where they are too many."""
    joined = f"string_agg(DISTINCT {level}, '+' ORDER BY {level})"
    return f"CASE WHEN count(DISTINCT {level}) <= {MOST_JOINT} THEN {joined} ELSE {above} END"


_PROVINCE = _key("province", f"'{NATION}'")
_CITY = _key("city", _PROVINCE)
_COUNTY = _key("county", _CITY)
_TOWNSHIP = _key("township", _COUNTY)
_VILLAGE = _key("code", _TOWNSHIP)

# A code at each level. Middle rows such as 市辖区 are no cities: there the county stands at the city level too.
_LEVELS = """
    rpad(left(s.code, 2), 12, '0') AS province,
    CASE WHEN p.code IS NULL THEN rpad(left(s.code, 4), 12, '0') ELSE rpad(left(s.code, 6), 12, '0') END AS city,
    rpad(left(s.code, 6), 12, '0') AS county,
    rpad(left(s.code, 9), 12, '0') AS township
"""
_MIDDLE = "LEFT JOIN regions_region p ON p.code = rpad(left(s.code, 4), 12, '0') AND p.kind = 'placeholder'"

_COUNTED = "d.status IN ('received', 'allocated', 'used', 'closed')"

# Where nothing is designated the recipient's region counts; where no donor is registered the giver is not specified.
FACTS = f"""
WITH gift AS (
    SELECT d.id, d.received_on, d.channel, d.relief, d.recipient_id
    FROM donations_donation d WHERE {_COUNTED} {{only}}
), receiver AS (
    SELECT g.id, coalesce(r.region_id, o.region_id, '{NATION}') AS code
    FROM gift g
    LEFT JOIN donations_donationregion r ON r.donation_id = g.id
    LEFT JOIN organizations_organization o ON o.id = g.recipient_id
), receiver_at AS (
    SELECT s.id, s.code, {_LEVELS} FROM receiver s {_MIDDLE}
), receiver_key AS (
    SELECT id, {_PROVINCE} AS province, {_CITY} AS city, {_COUNTY} AS county, {_TOWNSHIP} AS township,
        {_VILLAGE} AS village, min(code) AS low, max(code) AS high
    FROM receiver_at GROUP BY id
), giver AS (
    SELECT g.id, coalesce(o.region_id, '{NATION}') AS code
    FROM gift g
    LEFT JOIN donations_donationdonor n ON n.donation_id = g.id
    LEFT JOIN organizations_organization o ON o.id = n.organization_id
), giver_at AS (
    SELECT s.id, {_LEVELS} FROM giver s {_MIDDLE}
), giver_key AS (
    SELECT id, {_PROVINCE} AS province, {_CITY} AS city FROM giver_at GROUP BY id
), part AS (
    SELECT l.donation_id AS id, l.form, coalesce(sum(l.amount), 0) AS amount,
        count(*) FILTER (WHERE l.amount IS NULL) AS unvalued
    FROM donations_lot l JOIN gift g ON g.id = l.donation_id GROUP BY l.donation_id, l.form
    UNION ALL
    SELECT l.donation_id, 'all', coalesce(sum(l.amount) FILTER (WHERE l.form <> 'service'), 0),
        count(*) FILTER (WHERE l.amount IS NULL)
    FROM donations_lot l JOIN gift g ON g.id = l.donation_id GROUP BY l.donation_id
)
SELECT g.id AS donation_id, date_trunc('month', g.received_on)::date AS month, part.form, g.channel, g.relief,
    g.received_on AS day, part.amount, part.unvalued::int AS unvalued,
    r.province, r.city, r.county, r.township, r.village, r.low, r.high,
    v.province AS giver_province, v.city AS giver_city
FROM gift g
JOIN part ON part.id = g.id
JOIN receiver_key r ON r.id = g.id
JOIN giver_key v ON v.id = g.id
"""

DONORS = f"""
SELECT DISTINCT d.id AS donation_id,
    CASE WHEN n.organization_id IS NULL THEN 'n:' || n.name ELSE 'o:' || n.organization_id END AS donor
FROM donations_donation d JOIN donations_donationdonor n ON n.donation_id = d.id
WHERE {_COUNTED} {{only}} AND (n.organization_id IS NOT NULL OR n.name <> '')
"""

_PLACED = (
    "f.donation_id, f.month, f.form, f.channel, f.relief, f.day, f.province, f.city, f.county, f.township, f.village, "
    "f.low, f.high, f.giver_province, f.giver_city"
)
_PLACED_COLUMNS = _PLACED.replace("f.", "")
SOME_GIFTS = "AND d.id = ANY(%(ids)s)"
ALL_GIFTS = ""

# Work tables of one transaction: what the gifts of a batch contribute now (+1) and did before (-1).
WORK_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS figure_delta (
    donation_id bigint, month date, form text, channel text, relief text, day date, province text, city text,
    county text, township text, village text, low text, high text, giver_province text, giver_city text,
    amount numeric, unvalued int, sign int
) ON COMMIT DELETE ROWS;
"""


def add_current(only: str) -> str:
    """Statement that puts what the gifts contribute now into the work table."""
    return f"INSERT INTO figure_delta SELECT {_PLACED}, f.amount, f.unvalued, 1 FROM ({FACTS.format(only=only)}) f;"


def store_current(only: str) -> str:
    """Statements that make the work table's current rows, and their donors, the stored facts."""
    return f"""
    INSERT INTO stats_fact ({_PLACED_COLUMNS}, amount, unvalued)
        SELECT {_PLACED}, f.amount, f.unvalued FROM figure_delta f WHERE f.sign = 1 ORDER BY f.low, f.day;
    INSERT INTO stats_donorfact ({_PLACED_COLUMNS}, donor) {donor_rows(only)} ORDER BY f.low, f.day;
    """


def donor_rows(only: str) -> str:
    """The donors' facts that follow from the work table's current rows."""
    return (
        f"SELECT {_PLACED}, d.donor FROM figure_delta f JOIN ({DONORS.format(only=only)}) d USING (donation_id) "
        "WHERE f.sign = 1 AND f.form <> 'all'"
    )


SUBTRACT_STORED = f"""
INSERT INTO figure_delta SELECT {_PLACED}, f.amount, f.unvalued, -1 FROM stats_fact f
    WHERE f.donation_id = ANY(%(ids)s);
"""
DROP_STORED = """
DELETE FROM stats_fact WHERE donation_id = ANY(%(ids)s);
DELETE FROM stats_donorfact WHERE donation_id = ANY(%(ids)s);
"""

_STORED_DONORS = f"SELECT {_PLACED}, f.donor FROM stats_donorfact f WHERE f.donation_id = ANY(%(ids)s)"
# Whether anything the batch contributes differs from what is stored; the rest is skipped when not.
CHANGED = f"""
SELECT EXISTS (SELECT 1 FROM figure_delta f GROUP BY {_PLACED}, f.amount, f.unvalued HAVING sum(f.sign) <> 0)
    OR EXISTS ({donor_rows(SOME_GIFTS)} EXCEPT {_STORED_DONORS})
    OR EXISTS ({_STORED_DONORS} EXCEPT {donor_rows(SOME_GIFTS)})
"""

_CELL = "level, key, low, high, form, month, channel, relief"
CELLS = f"""
SELECT place.level, place.key, left(place.key, 12) AS low, right(place.key, 12) AS high, f.form, f.month, f.channel,
    f.relief, sum(f.sign * f.amount) AS amount, sum(f.sign) AS gifts, sum(f.sign * f.unvalued) AS unvalued
FROM figure_delta f
CROSS JOIN LATERAL (VALUES ('nation', '{NATION}'), ('province', f.province), ('city', f.city), ('county', f.county))
    AS place(level, key)
GROUP BY place.level, place.key, f.form, f.month, f.channel, f.relief
"""
# In the order of the codes, so that the cells of one region lie on few pages.
INSERT_CELLS = f"INSERT INTO stats_cell ({_CELL}, amount, gifts, unvalued) {CELLS} ORDER BY level, low, month"
# Adding in the order of the key lets neighbouring index pages be written once.
UPSERT_CELLS = f"""
INSERT INTO stats_cell ({_CELL}, amount, gifts, unvalued)
SELECT {_CELL}, amount, gifts, unvalued FROM ({CELLS}) c WHERE amount <> 0 OR gifts <> 0 OR unvalued <> 0
ON CONFLICT (level, key, form, month, channel, relief) DO UPDATE SET amount = stats_cell.amount + excluded.amount,
    gifts = stats_cell.gifts + excluded.gifts, unvalued = stats_cell.unvalued + excluded.unvalued
"""
DROP_EMPTY_CELLS = "DELETE FROM stats_cell WHERE gifts = 0"


def _differences(stored: str, expected: str, key: str, values: tuple[str, ...], *, named: str = "") -> str:
    """Query for the rows in which a stored table differs from what the records give; `named` is the key as shown."""
    differs = " OR ".join(f"stored.{name} IS DISTINCT FROM expected.{name}" for name in values)
    shown = ", ".join(f"stored.{name}, expected.{name}" for name in values)
    columns = ", ".join((key, *values))
    return (
        f"SELECT concat_ws(' ', {named or key}), {shown} FROM (SELECT {columns} FROM {stored}) stored "
        f"FULL JOIN (SELECT {columns} FROM ({expected}) r) expected USING ({key}) WHERE {differs} LIMIT 100"
    )


_WHERE_FROM = ("day", "channel", "relief", "province", "city", "county", "village", "giver_city")
# Differences stand in logs, where no donor is named.
_NO_NAMES = "donation_id, form, CASE WHEN starts_with(donor, 'n:') THEN 'n:' || left(md5(donor), 8) ELSE donor END"
DIFFERENCES = {
    "stats_cell": _differences(
        "stats_cell", CELLS, "level, key, form, month, channel, relief", ("amount", "gifts", "unvalued")
    ),
    "stats_fact": _differences(
        "stats_fact", "SELECT * FROM figure_delta", "donation_id, form", ("amount", "unvalued", *_WHERE_FROM)
    ),
    "stats_donorfact": _differences(
        "stats_donorfact", donor_rows(ALL_GIFTS), "donation_id, form, donor", _WHERE_FROM, named=_NO_NAMES
    ),
}
