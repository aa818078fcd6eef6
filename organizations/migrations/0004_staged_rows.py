from django.db import migrations, models

# Checked rows of uploaded files wait here until they are stored. After a crash of the server the table is empty and
# the file is read again, so it needs no write-ahead log; its rows point to nothing, so that laying them down is quick.
FORWARD = """
CREATE UNLOGGED TABLE organizations_staged (
    batch_id bigint NOT NULL,
    number integer NOT NULL,
    id bigint NOT NULL DEFAULT nextval('organizations_organization_id_seq'),
    target_id bigint,
    target_version integer,
    name varchar(120),
    kind varchar(12),
    uscc varchar(18),
    level varchar(10),
    region_id varchar(12),
    is_synthetic boolean,
    authority varchar(120),
    authority_organization_id bigint,
    supervising_unit varchar(120),
    legal_representative varchar(60),
    founded_on date,
    focus varchar(16)[],
    is_industry_association boolean,
    is_hub boolean,
    party_branches integer,
    party_members integer,
    pinyin varchar(500),
    initials varchar(120),
    search tsvector,
    PRIMARY KEY (batch_id, number)
);
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_ended_memberships_struck_entries")]
    operations = [
        migrations.RunSQL(FORWARD, "DROP TABLE organizations_staged"),
        # Files are compared with the register by code or by name.
        migrations.AddIndex("organization", models.Index(fields=["name"], name="organization_name")),
    ]
