"""Many gifts and demands, made inside the database."""

from django.db import connection

# Regions, organizations and gifts spread unevenly, as in life: a few counties and donors have most of them.
ORGANIZATIONS = """
INSERT INTO organizations_organization
    (created_at, updated_at, version, name, pinyin, initials, kind, level, region_id, status, is_synthetic,
    authority, supervising_unit, legal_representative, focus, is_industry_association, is_hub)
SELECT now(), now(), 1, 'org ' || n, '', '', 'federation', 'county',
    (SELECT code FROM county WHERE place = 1 + (n * 7919) %% (SELECT count(*) FROM county)), 'active', true,
    '', '', '', '{}', false, false
FROM generate_series(1, %(organizations)s) n
"""
COUNTIES = """
CREATE TEMP TABLE county AS
SELECT row_number() OVER (ORDER BY code) AS place, code
FROM regions_region WHERE level = 'county' AND kind <> 'placeholder';
CREATE UNIQUE INDEX ON county (place); ANALYZE county;
"""
GIFTS = """
CREATE TEMP TABLE fresh AS
SELECT n, date '2020-01-01' + ((n * 48271) %% 2190)::int AS day,
    (ARRAY['own', 'guided', 'raised'])[1 + (n * 31) %% 3] AS channel,
    (ARRAY['none', 'none', 'none', 'none', 'within', 'apart'])[1 + (n * 17) %% 6] AS relief,
    1 + floor(power(((n * 104729) %% 10007) / 10007.0, 2) * (SELECT count(*) FROM county))::int AS place,
    (SELECT min(id) FROM organizations_organization)
        + floor(power(((n * 7907) %% 10009) / 10009.0, 2) * (%(organizations)s - 1))::int AS donor
FROM generate_series(1::bigint, %(gifts)s::bigint) n;
INSERT INTO donations_donation
    (created_at, updated_at, version, reference, channel, purpose, relief, consent_to_publish, status, received_on,
    source)
SELECT now(), now(), 1, 'B-' || n, channel, '', relief, true, 'received', day, '' FROM fresh ORDER BY n;
CREATE TEMP TABLE numbered AS
SELECT f.*, d.id FROM fresh f JOIN donations_donation d ON d.reference = 'B-' || f.n;
INSERT INTO donations_donationregion (donation_id, region_id)
    SELECT f.id, c.code FROM numbered f JOIN county c ON c.place = f.place;
INSERT INTO donations_donationregion (donation_id, region_id)
    SELECT f.id, c.code FROM numbered f JOIN county c ON c.place = f.place + 1 WHERE f.n %% 20 = 0;
INSERT INTO donations_donationdonor (donation_id, organization_id, name) SELECT id, donor, '' FROM numbered;
INSERT INTO donations_donationdonor (donation_id, organization_id, name)
    SELECT id, donor + 1, '' FROM numbered WHERE n %% 10 = 0;
INSERT INTO donations_lot (donation_id, form, what, amount, unit, basis)
    SELECT id, CASE WHEN n %% 4 = 0 THEN 'goods' ELSE 'cash' END, '', 100 + (n * 613) %% 99900, '', 'voucher'
    FROM numbered;
INSERT INTO donations_lot (donation_id, form, what, amount, unit, basis)
    SELECT id, 'goods', '', 50 + (n * 211) %% 9950, '', 'voucher' FROM numbered WHERE n %% 5 = 1;
"""


def make_gifts(gifts: int, organizations: int = 10_000) -> None:
    """Gifts of 2020 to 2025 to 2,900 counties by some thousand donors; one in twenty is for two counties."""
    values = {"gifts": gifts, "organizations": organizations}
    with connection.cursor() as cursor:
        cursor.execute(COUNTIES)
        cursor.execute(ORGANIZATIONS, values)
        cursor.execute(GIFTS, values)
        cursor.execute("ANALYZE")
