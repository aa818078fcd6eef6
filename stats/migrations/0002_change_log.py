"""Triggers that note each gift whose figures some statement may have changed (docs/adr/0003-figures.md)."""

from django.db import migrations

_FUNCTIONS = """
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
-- Whether a row of the code list is a middle row decides at which level its counties stand.
CREATE FUNCTION stats_log_regions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed c JOIN before b ON b.code = c.code AND b.kind <> c.kind) THEN
        INSERT INTO stats_change (donation_id) SELECT DISTINCT donation_id FROM stats_fact;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stats_log_regions AFTER UPDATE ON regions_region
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stats_log_regions();
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
FORWARD = _FUNCTIONS + "".join(_TRIGGERS.format(table=table, column=column) for table, column in _WATCHED)
BACKWARD = (
    "".join(
        f"DROP TRIGGER stats_log_{what} ON {table};"
        for table, _column in _WATCHED
        for what in ("insert", "delete", "update", "truncate")
    )
    + "DROP TRIGGER stats_log_moved ON organizations_organization;"
    + "DROP TRIGGER stats_log_regions ON regions_region; DROP FUNCTION stats_log_regions();"
    + "DROP FUNCTION stats_log_changed(); DROP FUNCTION stats_log_updated();"
    + "DROP FUNCTION stats_log_all(); DROP FUNCTION stats_log_moved();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0001_initial"),
        ("stats", "0001_initial"),
        ("donations", "0002_links"),
        ("organizations", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
