"""Grades kept for sorting, and the search keys of organizations entered before the search had any."""

from django.db import migrations

from organizations.models.organizations import search_keys

GRADES = """
CREATE FUNCTION organizations_grade_rank(key bigint) RETURNS smallint LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT 6 - left(grade, 1)::smallint FROM organizations_assessment
        WHERE organization_id = key AND struck_at IS NULL
            AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN valid_from AND valid_to
        ORDER BY valid_from DESC LIMIT 1
    ), 6)::smallint
$$;
CREATE FUNCTION organizations_keep_grade() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organizations_organization o SET grade_rank = k.rank
    FROM (SELECT id, organizations_grade_rank(id) AS rank
        FROM (SELECT DISTINCT organization_id AS id FROM touched) t) k
    WHERE o.id = k.id AND o.grade_rank <> k.rank;
    RETURN NULL;
END $$;
CREATE TRIGGER organizations_grade_insert AFTER INSERT ON organizations_assessment
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION organizations_keep_grade();
CREATE TRIGGER organizations_grade_update AFTER UPDATE ON organizations_assessment
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION organizations_keep_grade();
CREATE TRIGGER organizations_grade_moved AFTER UPDATE ON organizations_assessment
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION organizations_keep_grade();
CREATE TRIGGER organizations_grade_delete AFTER DELETE ON organizations_assessment
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION organizations_keep_grade();
UPDATE organizations_organization o SET grade_rank = organizations_grade_rank(o.id)
WHERE o.id IN (SELECT organization_id FROM organizations_assessment)
    AND o.grade_rank <> organizations_grade_rank(o.id);
"""
BACKWARD = """
DROP FUNCTION organizations_keep_grade() CASCADE;
DROP FUNCTION organizations_grade_rank(bigint);
"""
BATCH = 2_000


def fill_search(apps, schema_editor):
    """In batches that each are committed, so that it can be taken up again."""
    organizations = apps.get_model("organizations", "Organization").objects.filter(search=None)
    former_names = apps.get_model("organizations", "FormerName").objects
    while rows := list(organizations.order_by("pk")[:BATCH]):
        former: dict[int, list[str]] = {}
        for key, name in former_names.filter(organization__in=rows).values_list("organization_id", "name"):
            former.setdefault(key, []).append(name)
        for row in rows:
            row.pinyin, row.initials, row.search = search_keys(row.name, row.uscc, former.get(row.pk, []))
        # A transaction of its own, as the migration is none.
        organizations.model.objects.bulk_update(rows, ["pinyin", "initials", "search"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("organizations", "0005_lists_of_a_million")]
    operations = [
        migrations.RunSQL(GRADES, BACKWARD),
        migrations.RunPython(fill_search, migrations.RunPython.noop),
    ]
