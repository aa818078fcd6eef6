#!/usr/bin/env python3
"""Make the workbooks of the demonstration records in data/demo/ from the rows below; the same rows, the same bytes.

    .venv/bin/python script/make_demo_workbooks.py

The gifts are those of an article of People's Network Chongqing, 2021-11-11, on charities of Shandong that helped
Chongqing: 11 charities gave 4,240,000 yuan (3,500,000 in cash, 740,000 in goods); relief goods of 2,100,000 yuan from
a separate appeal stand apart. What the article does not say is made up and marked so: the days of receipt lie
in 2021 before the article; the unified social credit codes are valid in form, but invented. Whom the gifts were paid
to is not told, so no recipient is named. One of the two townships of the gift to 秀山 is not identified,
so the county is designated and the townships are named in the purpose.

The organizations named in further articles stand in a workbook of their own; data/demo/README.md says which, how sure
their names are, and who was left out.
"""

import datetime
import os
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SECRET_KEY", "makes-workbooks-only")
os.environ.setdefault("DATABASE_URL", "postgres:///none")
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django  # noqa: E402

django.setup()

from django.utils import translation  # noqa: E402

from donations.sheets import donation_sheet  # noqa: E402
from exchange.sheets import write  # noqa: E402
from organizations import uscc  # noqa: E402
from organizations.sheets import ORGANIZATION_SHEET  # noqa: E402
from portal.management.commands.messages import compile_catalog  # noqa: E402

# The prompts in the workbooks are translated.
compile_catalog(ROOT)

FOLDER = ROOT / "data" / "demo"
SOURCE = "人民网重庆2021-11-11；日期为演示"
OWN, RAISED = "自身捐赠", "募捐"
WITHIN, APART = "救灾，计入合计", "救灾，单独统计"

# Name, level, region. The first eleven are the givers of the article, the others stand for the receiving side.
CHARITIES = [
    ("德州市慈善总会", "市级", "371400"),
    ("武城县慈善总会", "县级", "371428"),
    ("禹城市慈善总会", "县级", "371482"),
    ("荣成市慈善总会", "县级", "371082"),
    ("临沂市慈善总会", "市级", "371300"),
    ("兰陵县慈善总会", "县级", "371324"),
    ("枣庄市慈善总会", "市级", "370400"),
    ("烟台市慈善总会", "市级", "370600"),
    ("泰安市慈善总会", "市级", "370900"),
    ("日照市慈善总会", "市级", "371100"),
    ("淄博市慈善总会", "市级", "370300"),
    ("城口县慈善会", "县级", "500229"),
    ("秀山土家族苗族自治县慈善会", "县级", "500241"),
]

# Name, kind, level, region; named by the articles listed in data/demo/README.md. The last one stands for those that are
# only filed with their community: these have no credit code; government units are printed without one.
NAMED = [
    ("重庆市慈善总会", "慈善会", "省级", "500000"),
    ("重庆市万州区慈善会", "慈善会", "县级", "500101"),
    ("重庆市开州区慈善会", "慈善会", "县级", "500154"),
    ("重庆市社会救助基金会", "基金会", "省级", "500000"),
    ("重庆市儿童救助基金会", "基金会", "省级", "500000"),
    ("重庆市残疾人福利基金会", "基金会", "省级", "500000"),
    ("重庆市社会组织发展促进会", "社会团体", "省级", "500000"),
    ("重庆市中药行业协会", "社会团体", "省级", "500000"),
    ("重庆市万州区中药材行业协会", "社会团体", "县级", "500101"),
    ("重庆老字号协会", "社会团体", "省级", "500000"),
    ("重庆市干辣椒经销协会", "社会团体", "省级", "500000"),
    ("重庆国际信托有限公司", "企业", "省级", "500000"),
    ("山东省慈善总会", "慈善会", "省级", "370000"),
    ("山东省社会组织总会", "社会团体", "省级", "370000"),
    ("山东省扶贫开发基金会", "基金会", "省级", "370000"),
    ("山东省中药行业协会", "社会团体", "省级", "370000"),
    ("山东省老字号企业协会", "社会团体", "省级", "370000"),
    ("山东省辣椒协会", "社会团体", "省级", "370000"),
    ("潍坊市新路社会组织发展中心", "社会服务机构", "市级", "370700"),
    ("湖南爱眼公益基金会", "基金会", "省级", "430000"),
    ("湖南佰骏医疗慈善基金会", "基金会", "省级", "430000"),
    ("湖南省贵州商会", "社会团体", "省级", "430000"),
    ("重庆市民政局", "机关单位", "省级", "500000"),
    ("重庆市开州区民政局", "机关单位", "县级", "500154"),
    ("山东省民政厅", "机关单位", "省级", "370000"),
    ("湖南省民政厅", "机关单位", "省级", "430000"),
    ("铜陵市民政局", "机关单位", "市级", "340700"),
    ("枞阳县红旗村互助会（演示名称）", "社区社会组织", "县级", "340722"),
]
PREFIXES = {"慈善会": "51", "社会团体": "51", "社会服务机构": "52", "基金会": "53", "企业": "91"}


def day(month: int, number: int) -> datetime.date:
    return datetime.date(2021, month, number)


GIFTS = [
    {
        "donors": "德州市慈善总会",
        "donor_regions": "371400",
        "regions": "500241",
        "pairing": "371400→500241",
        "received_on": day(5, 20),
        "cash": Decimal(600000),
        "purpose": "资助秀山县困难家庭大学生，实施农村社会工作服务计划",
    },
    {
        "donors": "武城县慈善总会；禹城市慈善总会",
        "donor_regions": "371428；371482",
        "regions": "500241",
        "pairing": "371400→500241",
        "received_on": day(6, 18),
        "cash": Decimal(800000),
        "purpose": "用于秀山县钟灵镇和另一个乡（原文乡名未能确认）的产业发展、基础设施和中药材产业发展项目",
    },
    {
        "donors": "荣成市慈善总会",
        "donor_regions": "371082",
        "regions": "500235",
        "pairing": "371000→500235",
        "received_on": day(6, 25),
        "cash": Decimal(1200000),
        "purpose": "用于云阳县社会福利项目和结对帮扶镇村",
    },
    {
        "donors": "临沂市慈善总会；兰陵县慈善总会",
        "donor_regions": "371300；371324",
        "regions": "500229",
        "pairing": "371300→500229",
        "received_on": day(7, 15),
        "cash": Decimal(200000),
        "goods_what": "医疗卫生和助学济困物资",
        "goods_value": Decimal(600000),
        "goods_basis": "其他方法",
        "purpose": "用于城口县医疗卫生帮扶、困难学生帮扶和济困",
    },
    {
        "donors": "枣庄市慈善总会",
        "donor_regions": "370400",
        "regions": "500230210",
        "pairing": "370400→500230",
        "received_on": day(8, 20),
        "cash": Decimal(100000),
        "purpose": "用于丰都县三建乡脱贫攻坚与乡村振兴有效衔接社工项目",
    },
    {
        "donors": "烟台市慈善总会；泰安市慈善总会；日照市慈善总会",
        "donor_regions": "370600；370900；371100",
        "regions": "500237；500238；500114",
        "received_on": day(9, 10),
        "cash": Decimal(500000),
        "purpose": "用于巫山、巫溪、黔江协作帮扶",
    },
    {
        "donors": "临沂市慈善总会",
        "donor_regions": "371300",
        "channel": RAISED,
        "relief": APART,
        "regions": "500229",
        "pairing": "371300→500229",
        "received_on": day(8, 12),
        "goods_what": "救灾物资",
        "goods_value": Decimal(2100000),
        "goods_basis": "其他方法",
        "purpose": "帮助城口县受灾群众渡过难关（为城口县救灾物资需求发起的募集）",
    },
    {
        "donors": "淄博市慈善总会",
        "donor_regions": "370300",
        "relief": WITHIN,
        "regions": "500240",
        "pairing": "370300→500240",
        "received_on": day(9, 3),
        "cash": Decimal(100000),
        "goods_what": "救灾物资",
        "goods_value": Decimal(140000),
        "goods_basis": "其他方法",
        "purpose": "石柱县多个乡镇暴雨洪涝后救灾",
    },
]


def organization_check(body: str) -> str:
    """The ninth character of an organization code for the first eight (GB 11714: weights 3 7 9 10 5 8 4 2, mod 11)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0X987654321"[total % 11]


def made_up_code(number: int, region: str, prefix: str = "51") -> str:
    """A code right in form, of a social association (51) unless said otherwise; no real one has MJ0000 inside."""
    body = f"MJ0000{number:02d}"
    code = prefix + region + body + organization_check(body)
    return code + uscc.check_character(code)


def organizations() -> list[dict]:
    return [
        {
            "name": name,
            "kind": "慈善会",
            "uscc": made_up_code(number, region),
            "level": level,
            "region": region,
            "synthetic": "是",
        }
        for number, (name, level, region) in enumerate(CHARITIES, start=1)
    ]


def named_organizations() -> list[dict]:
    """Numbered on from the charities. Only kinds that are registered have a code."""
    return [
        {
            "name": name,
            "kind": kind,
            "uscc": made_up_code(number, region, PREFIXES[kind]) if kind in PREFIXES else None,
            "level": level,
            "region": region,
            "synthetic": "是" if kind in PREFIXES else "否",
        }
        for number, (name, kind, level, region) in enumerate(NAMED, start=len(CHARITIES) + 1)
    ]


def gifts() -> list[dict]:
    return [
        {"import_key": f"sd-cq-2021-{number:02d}", "channel": OWN, "source": SOURCE, "consent": "是", **gift}
        for number, gift in enumerate(GIFTS, start=1)
    ]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with translation.override("zh-hans"):
        books = {
            "organizations.xlsx": write(ORGANIZATION_SHEET, organizations()),
            "named-organizations.xlsx": write(ORGANIZATION_SHEET, named_organizations()),
            "shandong-chongqing-2021.xlsx": write(donation_sheet(), gifts()),
        }
    for name, content in books.items():
        (FOLDER / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
