"""The demonstration: who logs in, and the records that are not in a workbook. All people here are made up.

The gifts, organizations and pairs come from the workbooks and files under data/, through the same loaders that users
have; their source is an article of 2021-11-11. Villages and regions are real, what they ask for is invented.
"""

import datetime
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Post

CHENGKOU = "500229000000"
SIWAN = "500229201204"


@dataclass(frozen=True)
class Person:
    """One demonstration log-in: a post in a region, or a membership of an organization by name."""

    username: str
    name: str
    zh: str
    en: str
    post: str = ""
    region: str = ""
    organization: str = ""


PEOPLE = (
    Person("chengkou", "陈晓城", "城口县民政局工作人员", "staff of Chengkou county", Post.Kind.STAFF, CHENGKOU),
    Person(
        "chengkou2", "何小口", "城口县民政局同事（第二人）", "a colleague, the second person", Post.Kind.STAFF, CHENGKOU
    ),
    Person("chongqing", "余山", "重庆市民政局工作人员", "staff of Chongqing", Post.Kind.STAFF, "500000000000"),
    Person("siwan", "田四湾", "四湾村信息员", "reporter of Siwan village", Post.Kind.REPORTER, SIWAN),
    Person(
        "linyi", "林沂", "临沂市慈善总会管理员", "manager of Linyi charity federation", organization="临沂市慈善总会"
    ),
    Person(
        "lanling",
        "蓝菱",
        "兰陵县慈善总会管理员",
        "manager of Lanling charity federation",
        organization="兰陵县慈善总会",
    ),
    Person("zongyang", "周枞阳", "枞阳县民政局工作人员", "staff of Zongyang county", Post.Kind.STAFF, "340722000000"),
    Person("tongling", "江铜", "铜陵市民政局工作人员", "staff of Tongling", Post.Kind.STAFF, "340700000000"),
    Person("hunan", "向湘", "湖南省民政厅工作人员", "staff of Hunan", Post.Kind.STAFF, "430000000000"),
    Person("hunan2", "罗资水", "湖南省民政厅同事（第二人）", "a colleague in Hunan", Post.Kind.STAFF, "430000000000"),
)


# Uploads the workbooks of organizations, as staff would. Nobody knows the password, and the posts end afterwards.
REGISTRAR = Person("demo-registrar", "演示数据登记", "上传演示数据的工作人员", "who uploads the demonstration data")
ORGANIZATION_FILES = ("organizations.xlsx", "named-organizations.xlsx", "team-organizations.csv")
# Sheet, folder and file of what else is uploaded; products stand before the sales of them.
FIGURE_FILES = (
    ("campaign-metrics", "reported", "metrics.csv"),
    ("reported-figures", "reported", "figures.csv"),
    ("products", "demo", "products.csv"),
    ("consumption", "demo", "consumption.csv"),
    ("capacity", "demo", "capacity.csv"),
    ("activities", "demo", "activities.csv"),
)
# Those of projects come in once these have begun; the last one waits for the county's word.
ACTIVITY_FILE = "activities-chongqing.csv"
# The provinces these files speak of: 河北 黑龙江 上海 江苏 安徽 福建 山东 湖南 重庆 四川.
PROVINCES = tuple(f"{code}0000000000" for code in (13, 23, 31, 32, 34, 35, 37, 43, 50, 51))


def password() -> str:
    """The log-ins' common password, made once for each installation and kept beside its data."""
    path = Path(settings.DATA_DIR) / "demo_password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _part in range(4)))
    return path.read_text()


def logins() -> list[tuple[str, str, str, str]]:
    """(user name, password, who in Chinese, who in English) of every demonstration log-in."""
    return [(person.username, password(), person.zh, person.en) for person in PEOPLE]


WINTER = datetime.date(2027, 3, 31)

MINUTES = "村民代表会议讨论了本村的需求，到会代表一致同意上报。演示数据，非真实会议。"

# Written by the village reporter or county staff; `state` is how far the demonstration takes them.
DEMANDS: tuple[dict[str, Any], ...] = (
    {
        "values": {
            "village": SIWAN,
            "form": "relief",
            "title": "四湾村冬季棉被",
            "story": "村里 100 户老人家庭过冬需要新棉被。演示数据。",
            "urgency": "urgent",
            "valid_until": WINTER,
        },
        "items": [
            {
                "kind": "goods",
                "what": "棉被（1.5 米 × 2 米，3 公斤）",
                "unit": "条",
                "quantity": "100",
                "unit_price": "120",
            }
        ],
        "beneficiaries": {"households": 100, "persons": 163},
        "state": "published",
    },
    {
        "values": {
            "village": "500229201201",
            "form": "health",
            "title": "卫星村卫生室设备",
            "story": "村卫生室服务周边三个村，血压计老旧，缺少慢性病随访经费。演示数据。",
            "valid_until": WINTER,
        },
        "items": [
            {"kind": "goods", "what": "电子血压计", "unit": "台", "quantity": "20", "unit_price": "260"},
            {"kind": "cash", "what": "慢性病随访经费", "unit": "元", "quantity": "30000", "unit_price": "1"},
            {"kind": "service", "what": "医师下乡义诊", "unit": "次", "quantity": "6"},
        ],
        "beneficiaries": {"persons": 820, "person_times": 2400},
        "state": "published",
    },
    {
        "values": {
            "village": "500229201202",
            "form": "education",
            "title": "长茅村小学冬季校服",
            "story": "学生冬季校服，尺码表已由学校汇总。演示数据。",
            "valid_until": WINTER,
        },
        "items": [{"kind": "goods", "what": "冬季校服", "unit": "套", "quantity": "86", "unit_price": "180"}],
        "beneficiaries": {"persons": 86},
        "state": "submitted",
    },
    {
        "values": {
            "village": "500229201205",
            "form": "consumption",
            "title": "仓房村老腊肉代销",
            "story": "农户自养土猪制成的老腊肉，已检疫，可分批发货。演示数据。",
            "valid_until": WINTER,
        },
        "items": [{"kind": "sales", "what": "城口老腊肉", "unit": "公斤", "quantity": "1500", "unit_price": "90"}],
        "beneficiaries": {"households": 38},
        "state": "published",
    },
)

# Lists filled from files of data/demo (demands.md there says where they come from): who uploads, who publishes.
DEMAND_FILES: tuple[dict[str, Any], ...] = (
    {
        "file": "tongling-peaches-2022.xlsx",
        "list": "铜陵市消费帮扶需求（演示）",
        "region": "340722000000",
        "source": "铜陵市社会组织消费帮扶，2022年8月18日的报道",
        "period": (datetime.date(2022, 8, 1), datetime.date(2022, 8, 31)),
        "author": "zongyang",
        "publisher": "tongling",
    },
    {
        "file": "hunan-survey-2019.csv",
        "list": "湖南省五个专项行动需求摸底（演示）",
        "region": "430000000000",
        "source": "153个村驻村帮扶工作队摸底",
        "period": (datetime.date(2019, 8, 20), datetime.date(2019, 12, 31)),
        "author": "hunan2",
        "publisher": "hunan",
    },
)

# Demands whose claims are on their way or at their end; written by the reporter of the village.
DEMANDS_OF_THE_LIFE: tuple[dict[str, Any], ...] = (
    {
        "values": {
            "village": SIWAN,
            "form": "education",
            "title": "四湾村儿童学习用品",
            "story": "村里 60 名儿童新学期的学习用品包，每包含书包、文具和台灯。演示数据。",
            "valid_until": WINTER,
        },
        "items": [{"kind": "goods", "what": "学习用品包", "unit": "套", "quantity": "60", "unit_price": "85"}],
        "beneficiaries": {"persons": 60},
        "state": "published",
    },
    {
        "values": {
            "village": SIWAN,
            "form": "elderly",
            "title": "四湾村互助食堂大米",
            "story": "互助食堂为 42 位老人供餐，需要过冬的大米，可以分批送到。演示数据。",
            "valid_until": WINTER,
        },
        "items": [{"kind": "goods", "what": "大米", "unit": "公斤", "quantity": "2000", "unit_price": "6"}],
        "beneficiaries": {"persons": 42},
        "state": "published",
    },
)

# Which organization claims how much of the first item of a demand, and whether staff have approved it.
CLAIMS = (("lanling", "卫星村卫生室设备", "15", True), ("linyi", "仓房村老腊肉代销", "600", False))

# What organizations can give: who, the offer, its quantity; the first one is invited to a demand.
OFFERS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("linyi", {"form": "relief", "kind": "goods", "what": "棉被", "unit": "条"}, "300"),
    ("lanling", {"form": "health", "kind": "service", "what": "义诊", "unit": "次"}, "12"),
)
INVITED_TO = "四湾村冬季棉被"

PROJECTS: tuple[dict[str, Any], ...] = (
    {
        "name": "鲁渝情·向阳乡村社工支持项目",
        "lead": ("烟台市青少年服务中心（演示名称）", "service", "370600000000"),
        "form": "relief",
        "regions": ["500242209000"],
        "starts_on": datetime.date(2021, 4, 1),
        "ends_on": datetime.date(2021, 12, 31),
        "summary": "在酉阳县花田乡开展农村社会工作服务。来源：人民网 2021-11-11。",
        "counts": [
            ("achieved", "500242209000", "ambiguous", 876, "exact", "报道原文 876，人或人次未说明"),
        ],
    },
    {
        "name": "2021 年鲁渝社会组织社工协作项目",
        "lead": ("鲁渝社会工作服务机构联合体（演示名称）", "other_social", "500000000000"),
        "form": "relief",
        "regions": ["500000000000"],
        "starts_on": datetime.date(2021, 5, 1),
        "ends_on": datetime.date(2022, 4, 30),
        "summary": "9 家社工机构在 4 个国家乡村振兴重点帮扶县服务特殊群体。来源：人民网 2021-11-11。",
        "counts": [
            (
                "expected",
                "500000000000",
                "persons",
                3000,
                "over",
                "人民网 2021-11-11，酉阳、城口、巫溪、彭水合计，原文未分县",
            ),
        ],
    },
    {
        "name": "城口县慢性病随访（演示）",
        "lead": ("城口县乡村健康服务中心（演示名称）", "service", CHENGKOU),
        "form": "health",
        "regions": [CHENGKOU],
        "starts_on": datetime.date(2026, 3, 1),
        "ends_on": None,
        "summary": "在龙田乡四个村开展慢性病随访。演示数据。",
        "counts": [
            ("achieved", "500229201201", "person_times", 412, "exact", "签到表"),
            ("achieved", SIWAN, "person_times", 296, "exact", "签到表"),
            ("achieved", "500229201201", "persons", 137, "exact", "随访名册"),
            ("achieved", SIWAN, "persons", 98, "exact", "随访名册"),
            ("achieved", SIWAN, "households", 71, "exact", "随访名册"),
        ],
    },
)

# The documents the source article of 2021-11-11 names. It gives number and year, no date and no text; the titles are
# read back from its words.
_AT_THE_ISSUER = "正文以发文机关公布的为准。文号和题名依据2021年11月11日的报道整理，报道未给出发文日期。"
DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "kind": "notice",
        "number": "鲁民函〔2021〕34号",
        "issuer_name": "山东省民政厅",
        "title": "关于深入推进与重庆、甘肃协作的通知",
        "region": "370000000000",
        "body": _AT_THE_ISSUER,
    },
    {
        "kind": "notice",
        "number": "渝民〔2021〕114号",
        "issuer_name": "重庆市民政局",
        "title": "关于进一步加强鲁渝社会组织协作的通知",
        "region": "500000000000",
        "body": _AT_THE_ISSUER,
    },
    {
        "kind": "plan",
        "number": "渝民办〔2021〕129号",
        "issuer_name": "重庆市民政局",
        "title": "关于印发《2021年支持鲁渝社会组织和社会工作协作实施方案》的通知",
        "region": "500000000000",
        "body": _AT_THE_ISSUER,
    },
)

# What the sides of pairs have agreed on. The figures of 2021 are the gifts of the source article; those of 2026 are
# made up, one of them stated differently by the two sides and one by only one side.
_LINYI = ("临沂市", "城口县")
PAIR_FIGURES: tuple[dict[str, Any], ...] = (
    {"pair": _LINYI, "year": 2021, "measure": "cash", "values": {"giver": "200000", "receiver": "200000"}},
    {"pair": _LINYI, "year": 2021, "measure": "goods", "values": {"giver": "600000", "receiver": "600000"}},
    {"pair": _LINYI, "year": 2026, "measure": "cash", "values": {"giver": "1000000", "receiver": "1200000"}},
    {"pair": _LINYI, "year": 2026, "measure": "consumption", "values": {"giver": "3000000", "receiver": "3000000"}},
    {"pair": _LINYI, "year": 2026, "measure": "persons", "values": {"giver": "60"}},
    {
        "pair": ("德州市", "秀山土家族苗族自治县"),
        "year": 2021,
        "measure": "cash",
        "values": {"giver": "1400000", "receiver": "1400000"},
    },
    {
        "pair": ("威海市", "云阳县"),
        "year": 2021,
        "measure": "cash",
        "values": {"giver": "1200000", "receiver": "1200000"},
    },
    {
        "pair": ("枣庄市", "丰都县"),
        "year": 2021,
        "measure": "cash",
        "values": {"giver": "100000", "receiver": "100000"},
    },
)
AGREEMENTS: tuple[dict[str, Any], ...] = (
    {
        "pair": ("山东省", "重庆市"),
        "side": "receiver",
        "parties": ("山东省慈善总会", "重庆市慈善总会", "山东省社会组织总会", "重庆市社会组织发展促进会"),
        "values": {
            "title": "2020年社会组织扶贫协作框架协议",
            "signed_on": datetime.date(2020, 3, 25),
            "content": "重庆市民政局、山东省民政厅签订；慈善总会之间、社会组织促进会与总会之间结对。协议金额原文未载。",
        },
        "confirmed": True,
    },
    {
        "pair": ("临沂市慈善总会", "城口县慈善会"),
        "side": "giver",
        "parties": (),
        "values": {
            "title": "2026年冬季物资帮扶协议（演示）",
            "signed_on": datetime.date(2026, 9, 10),
            "valid_to": datetime.date(2027, 3, 31),
            "amount": Decimal(200000),
            "quantity": Decimal(600),
            "unit": "条",
            "content": "冬季棉被 600 条及配送经费。演示数据。",
        },
        "confirmed": False,
    },
)
VISITS: tuple[dict[str, Any], ...] = (
    {
        "pair": _LINYI,
        "values": {
            "direction": "to_receiver",
            "kind": "meeting",
            "starts_on": datetime.date(2026, 4, 14),
            "ends_on": datetime.date(2026, 4, 16),
            "people": 12,
            "led_by": "临沂市民政局（演示）",
            "purpose": "联席会议，商定 2026 年帮扶事项。演示数据。",
        },
    },
    {
        "pair": _LINYI,
        "values": {
            "direction": "to_giver",
            "kind": "visit",
            "starts_on": datetime.date(2026, 8, 20),
            "ends_on": datetime.date(2026, 8, 22),
            "people": 8,
            "led_by": "城口县民政局（演示）",
            "purpose": "对接农产品销售渠道。演示数据。",
        },
    },
)
