from django.db import migrations

FORWARD = """
CREATE FUNCTION core_history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'history rows are never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (to_jsonb(NEW) - 'noticed_at') IS DISTINCT FROM (to_jsonb(OLD) - 'noticed_at') THEN
        RAISE EXCEPTION 'history rows are never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER core_history_only_grows BEFORE UPDATE OR DELETE ON core_statuschange
    FOR EACH ROW EXECUTE FUNCTION core_history_only_grows();
"""
BACKWARD = """
DROP TRIGGER core_history_only_grows ON core_statuschange;
DROP FUNCTION core_history_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
