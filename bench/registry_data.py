"""A register of many organizations with names as in life, made inside the database."""

import itertools

from django.db import connection

from regions import pinyin

# What names are made of. A brand of two characters makes rare words, the other parts make frequent ones.
BRAND = (
    "明德博爱仁和光华长青春晖同心众益启航阳光家园晨曦友善安康瑞丰永兴"
    "宏达利民惠泽福寿康宁嘉禾金穗绿野蓝天红日新星文昌武安"
)
TOPICS = (
    "老年 青少年 志愿者 妇女儿童 残疾人 教育发展 社会工作 养老服务 乡村振兴 农业技术 书法美术 摄影 篮球 "
    "太极拳 建筑业 餐饮业 道路运输 物流 旅游 茶叶 蔬菜种植 水产养殖 中医药 医师 护理 律师 会计 青年企业家 "
    "校友 慈善 见义勇为 环境保护 心理健康 图书阅读"
).split()
ENDINGS = {
    "association": "协会 商会 学会 联合会 促进会 研究会".split(),
    "service": "服务中心 发展中心 培训学校 幼儿园 养老院 社会工作服务中心".split(),
    "foundation": "基金会 发展基金会 公益基金会".split(),
    "federation": "慈善会 慈善总会".split(),
    "community": "兴趣小组 互助会".split(),
}
# How many of a hundred organizations are of a kind.
SHARES = {"association": 44, "service": 48, "foundation": 2, "federation": 1, "community": 5}

PLACES = """
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, name, pinyin, initials,
    CASE level WHEN 'province' THEN 'province' WHEN 'city' THEN 'city' ELSE 'county' END AS level,
    (SELECT above.name FROM regions_region above WHERE above.code = rpad(left(own.code, 2), 12, '0')) AS p_name,
    (SELECT above.pinyin FROM regions_region above WHERE above.code = rpad(left(own.code, 2), 12, '0')) AS p_pinyin,
    (SELECT above.initials FROM regions_region above WHERE above.code = rpad(left(own.code, 2), 12, '0')) AS p_initials
FROM regions_region own WHERE level IN ('province', 'city', 'county') AND kind <> 'placeholder' AND valid_to IS NULL;
CREATE UNIQUE INDEX ON place (n); ANALYZE place;
"""
# A third of the names begin with the province. Ordered by place, as registers of provinces are uploaded one after the
# other: neighbours in the table are neighbours on the map, which is the hard case for a search in another order.
ORGANIZATIONS = """
INSERT INTO organizations_organization
    (created_at, updated_at, version, name, pinyin, initials, search, kind, uscc, level, region_id, status,
    is_synthetic, authority, supervising_unit, legal_representative, founded_on, focus, is_industry_association, is_hub)
SELECT timestamptz '2026-01-01' + n * interval '1 second', now(), 1, name, pinyin, initials,
    concat_ws(' ', (SELECT string_agg(quote_literal(substr(name, i, 2)) || ':' || i, ' ')
        FROM generate_series(1, length(name)) i), lower(uscc), pinyin,
        (SELECT string_agg(substr(initials, i), ' ') FROM generate_series(1, length(initials)) i))::tsvector,
    kind, uscc, level, code,
    CASE WHEN dice %% 50 = 0 THEN 'revoked' WHEN dice %% 50 < 4 THEN 'cancelled' ELSE 'active' END, true, '', '', '',
    CASE WHEN dice %% 10 > 0 THEN date '1985-01-01' + (dice / 100 %% 14600)::int END,
    CASE WHEN dice %% 5 = 0
        THEN ARRAY[(ARRAY['education', 'health', 'elderly', 'industry', 'relief'])[1 + dice / 5 %% 5]]
        ELSE '{}' END::varchar[], dice %% 20 = 0, dice %% 200 = 0
FROM (
    SELECT s.n, s.dice, p.code, p.level, e.kind, '51' || left(p.code, 6) || lpad(s.n::text, 10, '0') AS uscc,
        place_name || b.name || t.name || e.name AS name, place_pinyin || b.pinyin || t.pinyin || e.pinyin AS pinyin,
        place_initials || b.initials || t.initials || e.initials AS initials
    FROM (
        SELECT n, abs(hashint8extended(n, 7) %% 1000000000) AS dice FROM generate_series(1::bigint, %(rows)s::bigint) n
    ) s
    CROSS JOIN (SELECT count(*) FILTER (WHERE sort = 'brand') AS brands,
        count(*) FILTER (WHERE sort = 'topic') AS topics, count(*) FILTER (WHERE sort = 'ending') AS endings
        FROM part) c
    JOIN place p ON p.n =
        floor(power(s.dice %% 1000003 / 1000003.0, 1.3) * (SELECT count(*) FROM place))::bigint
    JOIN part b ON b.sort = 'brand' AND b.n = abs(hashint8extended(s.n, 1)) %% c.brands
    JOIN part t ON t.sort = 'topic' AND t.n = abs(hashint8extended(s.n, 2)) %% c.topics
    JOIN part e ON e.sort = 'ending' AND e.n = abs(hashint8extended(s.n, 3)) %% c.endings
    CROSS JOIN LATERAL (SELECT s.dice %% 3 = 0 AND p.level <> 'province' AS is_full) f
    CROSS JOIN LATERAL (SELECT
        CASE WHEN is_full THEN p.p_name || p.name ELSE p.name END AS place_name,
        CASE WHEN is_full THEN p.p_pinyin || p.pinyin ELSE p.pinyin END AS place_pinyin,
        CASE WHEN is_full THEN p.p_initials || p.initials ELSE p.initials END AS place_initials) w
    ORDER BY p.code, s.n
) made
"""
INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.tablename = 'organizations_organization'
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""
ENTRIES = """
INSERT INTO organizations_assessment (created_at, updated_at, version, organization_id, grade, authority, valid_from,
    valid_to, strike_reason)
SELECT now(), now(), 1, id, (ARRAY['5A', '4A', '3A', '3A', '2A', '1A'])[1 + id %% 6], '', day, day + 1826, ''
FROM (SELECT id, date '2019-01-01' + (id * 31 %% 2900)::int AS day
    FROM organizations_organization WHERE id %% 20 = 0) o;
INSERT INTO organizations_certificate (created_at, updated_at, version, organization_id, kind, number, issuer,
    valid_from, valid_to, strike_reason)
SELECT now(), now(), 1, id, (ARRAY['charity', 'fundraising', 'tax'])[1 + id %% 3], '', '', day, day + 1095, ''
FROM (SELECT id, date '2020-01-01' + (id * 31 %% 2500)::int AS day
    FROM organizations_organization WHERE id %% 10 = 0) o;
INSERT INTO organizations_creditentry (created_at, updated_at, version, organization_id, kind, reason, authority,
    listed_on, strike_reason)
SELECT now(), now(), 1, id, (ARRAY['abnormal', 'serious'])[1 + id %% 2], '', '', date '2024-01-01', ''
FROM organizations_organization WHERE id %% 100 = 1;
"""


def make_register(rows: int) -> None:
    """Organizations of all provinces, prefectures and counties, with grades, certificates and credit entries."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES)
        cursor.execute("CREATE TEMP TABLE part (sort text, n bigint, kind text, name text, pinyin text, initials text)")
        cursor.executemany("INSERT INTO part VALUES (%s, %s, %s, %s, %s, %s)", list(parts()))
        cursor.execute("CREATE INDEX ON part (sort, n); ANALYZE part")
        # Foreign keys and statistics are not what is measured; indexes are built faster afterwards.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(ORGANIZATIONS, {"rows": rows})
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(ENTRIES, {})
    vacuum()


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def parts():
    """Rows (sort, number, kind, name, pinyin, initials) of what names are made of."""
    brands = ["".join(pair) for pair in itertools.permutations(dict.fromkeys(BRAND), 2)]
    endings = [
        (kind, name)
        for kind, share in SHARES.items()
        for name in itertools.islice(itertools.cycle(ENDINGS[kind]), share)
    ]
    for sort, names in (
        ("brand", [("", name) for name in brands]),
        ("topic", [("", name) for name in TOPICS]),
        ("ending", endings),
    ):
        for number, (kind, name) in enumerate(names):
            syllables = pinyin.syllables(name)
            yield sort, number, kind, name, "".join(syllables), pinyin.first_letters(syllables)
