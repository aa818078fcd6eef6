"""Reported figures: entered, published by a second person, loaded from files, and answered exactly as printed."""

import collections
import csv
import datetime
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import gettext as _

from core.errors import Refused
from core.templatetags.portal import quantity
from demands.models import Measure
from exchange import services as exchange
from exchange.models import Batch
from projects import services
from projects.models import BeneficiaryCount, Campaign, Metric, ReportedFigure
from regions.models import Region

DATA = Path(__file__).parents[2] / "data" / "reported"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(make_user):
    user = make_user("admin")
    user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def values(regions) -> dict:
    return {
        "number": "A-1",
        "topic": "光明行",
        "indicator": "筛查人数",
        "subject": "beneficiary",
        "measure": "persons",
        "value": Decimal(15000),
        "unit": "人",
        "qualifier": "over",
        "region": regions["500229"],
        "period_to": datetime.date(2019, 12, 31),
        "source": "县民政局简报",
    }


@pytest.fixture
def figure(values, officer) -> ReportedFigure:
    return services.enter_figure(values=values, places=[], by=officer)


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def load(sheet: str, name: str, by) -> Batch:
    """The way a person's file takes: uploaded, checked, confirmed, stored."""
    batch = exchange.upload_batch(sheet=sheet, file_name=name, content=(DATA / name).read_bytes(), by=by)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.CHECKED, batch.problems[:3]
    exchange.run_batch(batch_id=exchange.confirm_batch(batch=batch, by=by).pk)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.STORED
    return batch


def missing_regions(codes: set[str]) -> None:
    """The places the files speak of, as bare rows: which names they bear does not matter here."""
    known = set(Region.objects.filter(pk__in=codes).values_list("pk", flat=True))
    levels = ((2, "province"), (4, "city"), (6, "county"), (9, "township"), (12, "village"))
    for code in sorted(codes - known):
        digits = next(cut for cut, _level in levels if code[cut:].strip("0") == "")
        level = dict(levels)[digits]
        Region.objects.create(code=code, name=f"地区{code}", level=level, valid_from=datetime.date(2000, 1, 1))


def codes_in(*files: str) -> set[str]:
    cells = [
        cell
        for name in files
        for row in rows_of(name)
        for cell in (row.get("涉及地区"), row.get("填报地区"), row.get("地区代码"))
    ]
    return {code.ljust(12, "0") for cell in cells if cell for code in cell.split("；")}


def test_whoever_entered_a_figure_cannot_publish_it(figure, officer, second_officer):
    with pytest.raises(services.NotSecondPerson):
        services.publish_figure(figure=figure, by=officer)
    services.publish_figure(figure=figure, by=second_officer)
    assert ReportedFigure.objects.visible_to(officer).get().status == "published"


def test_a_figure_that_changed_after_it_was_looked_at_is_not_published(figure, officer, second_officer):
    seen = figure.version
    services.edit_figure(figure=figure, values={"value": Decimal(9)}, version=seen, by=officer)
    client = Client()
    client.force_login(second_officer)
    for version, status in ((seen, "entered"), (figure.version, "published")):
        client.post(f"/projects/reported-figures/{figure.pk}/publish/", {"version": version})
        figure.refresh_from_db()
        assert figure.status == status


def test_over_rest_a_figure_is_changed_until_it_is_published(figure, officer, second_officer, outsider):
    address = f"/api/v1/reported-figures/{figure.pk}/"
    client = Client()
    client.force_login(officer)
    patch = {"data": {"value": "16000"}, "content_type": "application/json"}
    assert client.patch(address, **patch).status_code == 428
    answer = client.patch(address, **patch, headers={"If-Match": str(figure.version)})
    assert (answer.status_code, answer.json()["value"]) == (200, "16000.000")
    assert client.patch(address, **patch, headers={"If-Match": str(figure.version)}).status_code == 412
    bad = {"data": {"measure": ""}, "content_type": "application/json"}
    assert client.patch(address, **bad, headers={"If-Match": "2"}).status_code == 400
    services.publish_figure(figure=figure, by=second_officer)
    assert client.patch(address, **patch, headers={"If-Match": "3"}).status_code == 409
    client.force_login(outsider)
    assert client.patch(address, **patch, headers={"If-Match": "3"}).status_code == 403


def test_a_number_that_another_figure_has_is_refused(values, figure, officer):
    other = services.enter_figure(values=values | {"number": "A-2"}, places=[], by=officer)
    with pytest.raises(Refused):
        services.edit_figure(figure=other, values={"number": "A-1"}, version=other.version, by=officer)


def test_a_published_figure_is_withdrawn_with_a_reason_and_not_changed(figure, officer, second_officer):
    services.publish_figure(figure=figure, by=second_officer)
    with pytest.raises(Refused):
        services.edit_figure(figure=figure, values={"value": Decimal(1)}, version=figure.version, by=officer)
    services.withdraw_figure(figure=figure, by=officer, reason="来源更正")
    page = Client().get(f"/projects/reported-figures/{figure.pk}/")
    assert page.status_code == 404


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"value": None}, "reported_value_or_reason"),
        ({"measure": ""}, "reported_measure_of_beneficiaries"),
        ({"subject": "money"}, "reported_measure_of_beneficiaries"),
        ({"measure": "ambiguous"}, "reported_ambiguity_explained"),
        ({"period_from": datetime.date(2020, 1, 1)}, "reported_period_in_order"),
    ],
)
def test_the_database_refuses_a_figure_that_does_not_explain_itself(values, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReportedFigure.objects.create(**(values | changes))


def test_a_form_says_beside_the_field_what_is_wrong_and_keeps_the_rest(officer):
    client = Client()
    client.force_login(officer)
    answer = client.post("/projects/reported-figures/add/", {"number": "B-7", "value": "x"})
    assert answer.status_code == 400
    assert b'value="B-7"' in answer.content and b"error-summary" in answer.content


def test_every_figure_of_the_articles_is_answered_as_printed(admin):
    """Walks the project's own copy of the figures: value, unit, how exact, measure, basis, stage and remark."""
    missing_regions(codes_in("figures.csv", "metrics.csv"))
    load("campaign-metrics", "metrics.csv", admin)
    load("reported-figures", "figures.csv", admin)
    services.publish_figures(figures=ReportedFigure.objects.all(), by=None)
    answers, page = {}, "/api/v1/reported-figures/?page_size=100"
    while page:
        answer = Client().get(page).json()
        answers |= {row["number"]: row for row in answer["results"]}
        page = answer["next"]
    words = {
        "qualifier": {"确数": "exact", "超过": "over", "近": "nearly", "约": "about"},
        "measure": {"": "", "人": "persons", "人次": "person_times", "户": "households", "口径不明": "ambiguous"},
        "stage": {"预计": "expected", "完成": "achieved"},
        "basis": {
            "未说明": "stated",
            "据不完全统计": "incomplete",
            "据初步统计": "preliminary",
            "由其他数字推算": "derived",
        },
    }
    titles = {"qualifier": "精确程度", "measure": "口径", "stage": "预计或完成", "basis": "统计依据"}
    rows = rows_of("figures.csv")
    assert len(rows) == len(answers) == 138
    pages = shown_on_pages()
    assert set(pages) == set(answers)
    for row in rows:
        answer = answers[row["序号"]]
        assert answer["value"] == (f"{Decimal(row['数值']):.3f}" if row["数值"] else None), row["序号"]
        assert (answer["unit"], answer["remark"], answer["topic"]) == (row["单位"], row["备注"], row["主题"])
        for name, title in titles.items():
            assert answer[name] == words[name][row[title]], (row["序号"], name)
        assert {place["code"].ljust(12, "0") for place in answer["places"]} == codes_of(row)
        printed = f"{quantity(Decimal(row['数值']))} {row['单位']}" if row["数值"] else _("no usable number")
        if row["数值"] and row["精确程度"] != "确数":
            printed = f"{BeneficiaryCount.Qualifier(words['qualifier'][row['精确程度']]).label} {printed}"
        expected = [printed, ReportedFigure.Basis(words["basis"][row["统计依据"]]).label, row["来源"], row["主题"]]
        expected += [Measure(words["measure"][row["口径"]]).label] if row["口径"] else []
        assert all(str(text) in pages[row["序号"]] for text in expected), (row["序号"], pages[row["序号"]])


def test_figures_of_capacity_stand_beside_the_metrics_of_their_campaign_too(admin):
    missing_regions(codes_in("figures.csv", "metrics.csv"))
    load("campaign-metrics", "metrics.csv", admin)
    load("reported-figures", "figures.csv", admin)
    services.publish_figures(figures=ReportedFigure.objects.all(), by=None)
    campaign = services.start_campaign(campaign=Campaign.objects.get(name="铜陵市社会组织三项行动"), by=None)
    (action,) = [
        row
        for row in Client().get(f"/api/v1/campaigns/{campaign.pk}/").json()["actions"]
        if row["name"] == "基层治理协同行动"
    ]
    found = {line["metric"]["name"]: [figure["value"] for figure in line["reported"]] for line in action["metrics"]}
    assert found == {"建成社工站数": ["20.000"], "设立社区慈善基金数": ["11.000"], "备案社区社会组织数": ["1860.000"]}


def shown_on_pages() -> dict[str, str]:
    """{number of a figure: the words of its row}, from every page of the list in Chinese."""
    found: dict[str, str] = {}
    page, more = 1, True
    while more:
        html = Client().get(f"/projects/reported-figures/?page={page}").content.decode()
        for row in re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody")[2], re.DOTALL):
            text = " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split())
            found[re.search(r"S\d{3}-\d{3}", text).group()] = text
        page += 1
        more = f"page={page}" in html
    return found


def codes_of(row: dict[str, str]) -> set[str]:
    return {code.ljust(12, "0") for code in row["涉及地区"].split("；")}


def test_entries_that_are_no_figures_here_are_listed_by_name():
    """Every entry of the articles stands in exactly one of the two files."""
    here = {int(row["序号"].rpartition("-")[2]) for row in rows_of("figures.csv")}
    elsewhere = {int(row["来源条目"]) for row in rows_of("open.csv")}
    assert not here & elsewhere
    assert here | elsewhere == set(range(1, 207))
    assert all(row["不在此处的原因"] for row in rows_of("open.csv"))
    # Of later floors, only gifts are open; what this floor or one below answers as a record is named with it.
    floors = collections.Counter(row["归属"] for row in rows_of("open.csv"))
    assert floors == {
        "后续：捐赠": 42,
        "不是统计数据": 16,
        "发布": 5,
        "活动": 2,
        "能力建设": 1,
        "社会组织": 1,
        "结对": 1,
    }


def test_days_that_are_no_figures_stand_in_the_records_of_the_demonstration():
    """The meeting, the course and the contest, on the days their sources print."""
    demo = DATA.parent / "demo"
    days = {}
    for name in ("activities.csv", "capacity.csv"):
        with (demo / name).open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                key = row.get("活动名称") or row.get("名称")
                days[key] = (row.get("开始日期") or row["起始日期"], row.get("结束日期") or row.get("截止日期") or "")
    for row in rows_of("open.csv"):
        if row["归属"] in ("活动", "能力建设"):
            assert re.search("“(.+)”", row["不在此处的原因"]).group(1) in days
    assert days["省级社会组织参与脱贫攻坚五个专项行动动员大会"] == ("2019-08-20", "")
    assert days["2020年慈善工作政策法规和业务能力提升培训班"] == ("2020-09-21", "2020-09-23")
    assert days["2020年上海市养老服务行业职业技能竞赛"] == ("2020-09-24", "2020-09-25")


def test_the_same_files_twice_change_nothing_and_are_taken_back_in_one_step(admin):
    missing_regions(codes_in("figures.csv", "metrics.csv"))
    metrics = load("campaign-metrics", "metrics.csv", admin)
    figures = load("reported-figures", "figures.csv", admin)
    for sheet, name, size in (("campaign-metrics", "metrics.csv", 34), ("reported-figures", "figures.csv", 138)):
        content = (DATA / name).read_bytes()
        again = exchange.upload_batch(sheet=sheet, file_name=name, content=content, by=admin)
        exchange.run_batch(batch_id=again.pk)
        again.refresh_from_db()
        assert again.counts["unchanged"] == size
    for batch in (figures, metrics):
        exchange.undo_batch(batch=batch, by=admin, reason="试用")
        exchange.run_batch(batch_id=batch.pk)
    assert not ReportedFigure.objects.exists() and not Metric.objects.exists()


def test_a_file_is_taken_back_no_more_once_one_of_its_figures_is_published(admin):
    missing_regions(codes_in("figures.csv", "metrics.csv"))
    load("campaign-metrics", "metrics.csv", admin)
    batch = load("reported-figures", "figures.csv", admin)
    services.publish_figure(figure=ReportedFigure.objects.first(), by=None)
    exchange.undo_batch(batch=batch, by=admin, reason="试用")
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, len(batch.needed["en"])) == ("stored", 1)
    assert ReportedFigure.objects.count() == 138


def test_a_row_that_breaks_a_rule_is_named_and_nothing_is_stored(officer, regions):
    lines = "序号,主题,指标,精确程度,数值,单位,对象,口径,填报地区,时期止,来源,备注,专项活动\n"
    lines += "1,甲,受益,超过,5,人,受益对象,,500229,2020-12-31,简报,,\n"
    lines += "2,乙,受益,超过,,人,受益对象,人,500229,2020-12-31,简报,,\n"
    lines += "3,丙,受益,超过,5,人,受益对象,人,500229,2020-12-31,简报,,没有的活动\n"
    batch = exchange.upload_batch(sheet="reported-figures", file_name="x.csv", content=lines.encode(), by=officer)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.REFUSED
    assert {entry["row"] for entry in batch.problems} == {2, 3, 4}
    assert not ReportedFigure.objects.exists()
