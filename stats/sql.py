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

FACT_COLUMNS = (
    "donation_id, month, form, channel, relief, day, amount, unvalued, province, city, county, township, village, "
    "low, high, giver_province, giver_city"
)
SOME_GIFTS = "AND d.id = ANY(%(ids)s)"
ALL_GIFTS = ""

# Work tables of one transaction: what the gifts of a batch contribute now (+1) and did before (-1).
WORK_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS figure_delta (
    donation_id bigint, month date, form text, channel text, relief text, day date, amount numeric, unvalued int,
    province text, city text, county text, township text, village text, low text, high text,
    giver_province text, giver_city text, sign int
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS figure_donor_delta (donation_id bigint, donor text, sign int) ON COMMIT DELETE ROWS;
"""


def add_current(only: str) -> str:
    """Statements that put what the gifts contribute now into the work tables."""
    return f"""
    INSERT INTO figure_delta SELECT {FACT_COLUMNS}, 1 FROM ({FACTS.format(only=only)}) f;
    INSERT INTO figure_donor_delta SELECT donation_id, donor, 1 FROM ({DONORS.format(only=only)}) f;
    """


SUBTRACT_STORED = f"""
INSERT INTO figure_delta SELECT {FACT_COLUMNS}, -1 FROM stats_fact WHERE donation_id = ANY(%(ids)s);
INSERT INTO figure_donor_delta SELECT donation_id, donor, -1 FROM stats_factdonor WHERE donation_id = ANY(%(ids)s);
"""
REPLACE_STORED = f"""
DELETE FROM stats_fact WHERE donation_id = ANY(%(ids)s);
DELETE FROM stats_factdonor WHERE donation_id = ANY(%(ids)s);
INSERT INTO stats_fact ({FACT_COLUMNS}) SELECT {FACT_COLUMNS} FROM figure_delta WHERE sign = 1;
INSERT INTO stats_factdonor (donation_id, donor) SELECT donation_id, donor FROM figure_donor_delta WHERE sign = 1;
"""

_PLACES = f"""
CROSS JOIN LATERAL (VALUES ('nation', '{NATION}'), ('province', f.province), ('city', f.city), ('county', f.county))
    AS place(level, key)
"""
_PLACE = "place.level, place.key, left(place.key, 12) AS low, right(place.key, 12) AS high"
_SUMS = "sum(f.sign * f.amount) AS amount, sum(f.sign) AS gifts, sum(f.sign * f.unvalued) AS unvalued"
_BY = "place.level, place.key, f.form, f.month, f.channel, f.relief"


class Table:
    """One table of cells: its key, its sums, and the query that makes its rows from the work tables."""

    def __init__(self, name: str, key: str, extra: str, sums: str, rows: str):
        self.name = name
        self.key = key
        self.extra = extra
        self.sums = sums
        self.rows = rows

    @property
    def columns(self) -> str:
        return ", ".join(part for part in (self.key, "low, high", self.extra, self.sums) if part)

    @property
    def upsert(self) -> str:
        """Add the batch's signed sums to the cells."""
        added = ", ".join(f"{name} = {self.name}.{name} + excluded.{name}" for name in self.sums.split(", "))
        return (
            f"INSERT INTO {self.name} ({self.columns}) SELECT {self.columns} FROM ({self.rows}) r "
            f"WHERE {self.changed} ON CONFLICT ({self.key}) DO UPDATE SET {added}"
        )

    @property
    def changed(self) -> str:
        return " OR ".join(f"r.{name} <> 0" for name in self.sums.split(", "))

    @property
    def drop_empty(self) -> str:
        """Remove cells that nothing contributes to any more (found by a partial index)."""
        return f"DELETE FROM {self.name} WHERE {self.sums.split(', ')[-1]} = 0"

    @property
    def differences(self) -> str:
        """Rows in which the stored cells differ from those of the work tables."""
        sums = self.sums.split(", ")
        differs = " OR ".join(f"stored.{n} IS DISTINCT FROM expected.{n}" for n in sums)
        shown = ", ".join(f"stored.{n}, expected.{n}" for n in sums)
        return (
            f"SELECT concat_ws(' ', {self.key}) AS cell, {shown} "
            f"FROM (SELECT {self.key}, {self.sums} FROM {self.name}) stored "
            f"FULL JOIN (SELECT {self.key}, {self.sums} FROM ({self.rows}) r) expected USING ({self.key}) "
            f"WHERE {differs} LIMIT 100"
        )


CELLS = Table(
    "stats_cell",
    "level, key, form, month, channel, relief",
    "",
    "amount, unvalued, gifts",
    f"SELECT {_PLACE}, f.form, f.month, f.channel, f.relief, {_SUMS} FROM figure_delta f {_PLACES} GROUP BY {_BY}",
)
GIVER_CELLS = Table(
    "stats_givercell",
    "level, key, form, month, giver_city, channel, relief",
    "giver_province",
    "amount, unvalued, gifts",
    f"SELECT {_PLACE}, f.form, f.month, f.giver_city, f.giver_province, f.channel, f.relief, {_SUMS} "
    f"FROM figure_delta f {_PLACES} GROUP BY {_BY}, f.giver_city, f.giver_province",
)
DONOR_CELLS = Table(
    "stats_donorcell",
    "level, key, form, month, donor, giver_city, channel, relief",
    "giver_province",
    "facts",
    f"SELECT {_PLACE}, f.form, f.month, d.donor, f.giver_city, f.giver_province, f.channel, f.relief, "
    f"sum(f.sign) AS facts FROM figure_delta f JOIN figure_donor_delta d USING (donation_id, sign) {_PLACES} "
    f"WHERE f.form <> 'all' GROUP BY {_BY}, d.donor, f.giver_city, f.giver_province",
)
TABLES = (CELLS, GIVER_CELLS, DONOR_CELLS)

TRIGGER_FUNCTIONS = """
CREATE FUNCTION stats_log_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO stats_change (donation_id) SELECT DISTINCT %I FROM changed', TG_ARGV[0]);
    RETURN NULL;
END $$;
CREATE FUNCTION stats_log_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO stats_change (donation_id) SELECT %1$I FROM before UNION SELECT %1$I FROM changed',
        TG_ARGV[0]);
    RETURN NULL;
END $$;
CREATE FUNCTION stats_log_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stats_change (donation_id) SELECT DISTINCT donation_id FROM stats_fact;
    RETURN NULL;
END $$;
CREATE FUNCTION stats_log_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stats_change (donation_id)
    SELECT n.donation_id FROM donations_donationdonor n
        JOIN changed c ON c.id = n.organization_id JOIN before b ON b.id = c.id AND b.region_id <> c.region_id
    UNION SELECT d.id FROM donations_donation d
        JOIN changed c ON c.id = d.recipient_id JOIN before b ON b.id = c.id AND b.region_id <> c.region_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stats_log_moved AFTER UPDATE ON organizations_organization
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stats_log_moved();
"""
_TRIGGERS = """
CREATE TRIGGER stats_log_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stats_log_changed('{column}');
CREATE TRIGGER stats_log_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stats_log_changed('{column}');
CREATE TRIGGER stats_log_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION stats_log_updated('{column}');
CREATE TRIGGER stats_log_truncate AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION stats_log_all();
"""
_WATCHED = (
    ("donations_donation", "id"),
    ("donations_lot", "donation_id"),
    ("donations_donationregion", "donation_id"),
    ("donations_donationdonor", "donation_id"),
)
_EMPTY_INDEXES = "".join(
    f"CREATE INDEX {table.name}_empty ON {table.name} (level) WHERE {table.sums.split(', ')[-1]} = 0;"
    for table in TABLES
)
SET_UP = (
    TRIGGER_FUNCTIONS
    + "".join(_TRIGGERS.format(table=table, column=column) for table, column in _WATCHED)
    + _EMPTY_INDEXES
)
TAKE_DOWN = (
    "".join(
        f"DROP TRIGGER stats_log_{what} ON {table};"
        for table, _column in _WATCHED
        for what in ("insert", "delete", "update", "truncate")
    )
    + "DROP TRIGGER stats_log_moved ON organizations_organization;"
    + "DROP FUNCTION stats_log_changed(); DROP FUNCTION stats_log_updated();"
    + "DROP FUNCTION stats_log_all(); DROP FUNCTION stats_log_moved();"
    + "".join(f"DROP INDEX {table.name}_empty;" for table in TABLES)
)
