"""Files of projects and of their beneficiary counts: drafts and counts by the dozen, each rule at its row."""

import pytest

from exchange import services as exchange
from exchange.models import Batch
from projects import services
from projects.models import BeneficiaryCount, Project

pytestmark = pytest.mark.django_db
PROJECTS = (
    "项目名称,牵头组织,合作组织,帮扶形式,地区代码,资金来源,预算（元）,开始日期,结束日期,专项活动,行动,认领编号,项目简介"
)
PROJECT = (
    "光明行,临沂市慈善总会,兰陵县慈善总会,健康帮扶,500229201200；500237,微公益创投资金,5000,2026-03-01,,,,,下乡义诊"
)
COUNTS = "项目编号,预计或完成,地区代码,口径,人群,范围,精确程度,数值,与其他人数是否重复,数据截至,统计依据"
COUNT = "{0},完成,500229201200,人,妇女,,超过,40,不重复,2026-05-31,签到表"


def sent(by, sheet: str, *rows: str) -> Batch:
    head = PROJECTS if sheet == "projects" else COUNTS
    content = "\n".join([head, *rows]).encode()
    return ran(exchange.upload_batch(sheet=sheet, file_name="x.csv", content=content, by=by))


def ran(batch: Batch) -> Batch:
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def stored(by, sheet: str, *rows: str) -> Batch:
    batch = sent(by, sheet, *rows)
    assert batch.status == Batch.Status.CHECKED, batch.problems
    return ran(exchange.confirm_batch(batch=batch, by=by))


def test_projects_of_a_file_are_drafts_known_again_and_taken_back(member, second_organization):
    batch = stored(member, "projects", PROJECT, PROJECT.replace("光明行", "甜蜜行"))
    project = Project.objects.get(name="光明行")
    assert (project.status, project.funding, project.budget) == ("draft", "micro", 5000)
    assert [region.short_code for region in project.regions.order_by("code")] == ["500229201200", "500237"]
    assert list(project.partners.all()) == [second_organization]
    assert sent(member, "projects", PROJECT).counts["unchanged"] == 1
    assert sent(member, "projects", PROJECT.replace("5000", "6000")).status == Batch.Status.REFUSED
    exchange.undo_batch(batch=batch, by=member, reason="试用")
    ran(batch)
    assert not Project.objects.exists()


def test_a_project_that_was_submitted_meanwhile_stays(member, second_organization):
    batch = stored(member, "projects", PROJECT)
    services.submit_project(project=Project.objects.get(), by=member)
    exchange.undo_batch(batch=batch, by=member, reason="试用")
    assert ran(batch).status == Batch.Status.STORED
    assert Project.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        PROJECT.replace("合作组织", "x").replace("兰陵县慈善总会", "临沂市慈善总会"),
        PROJECT.replace("2026-03-01,,,,,", "2026-03-01,2025-03-01,,,,"),
        PROJECT.replace("2026-03-01,,,,,", "2026-03-01,,没有的活动,光明行,,"),
        PROJECT.replace("2026-03-01,,,,,", "2026-03-01,,,,RL-2026-999999,"),
        PROJECT.replace("临沂市慈善总会,兰陵县慈善总会", "兰陵县慈善总会,临沂市慈善总会"),
    ],
)
def test_a_project_that_breaks_a_rule_is_named_and_nothing_is_stored(member, second_organization, row):
    batch = sent(member, "projects", PROJECT.replace("光明行,", "别的,"), row)
    assert (batch.status, {problem["row"] for problem in batch.problems}) == (Batch.Status.REFUSED, {3})


def test_counts_of_a_file_wait_for_verification_and_are_taken_back(make_project, member, officer):
    row = COUNT.format(make_project("active").reference)
    batch = stored(member, "beneficiary-counts", row, row.replace("妇女", "老年人").replace("不重复", ""))
    women = BeneficiaryCount.objects.get(group="women")
    assert (women.value, women.qualifier, women.overlap, women.status) == (40, "over", "disjoint", "entered")
    assert BeneficiaryCount.objects.get(group="elderly").overlap == "may_overlap"
    assert sent(member, "beneficiary-counts", row).counts["unchanged"] == 1
    services.verify_count(count=women, by=officer)
    exchange.undo_batch(batch=batch, by=member, reason="试用")
    assert (ran(batch).status, BeneficiaryCount.objects.count()) == (Batch.Status.STORED, 2)


def test_the_list_of_counts_is_a_file_that_can_be_uploaded_again(
    make_project, make_count, member, officer, page, second_organization, outsider
):
    project = make_project("active", name="光明行")
    first = make_count(project, measure="persons", value=321, status="entered", qualifier="over", group="women")
    make_count(
        make_project("active", name="甜蜜行"), measure="persons", status="entered", overlap="same_as", same_as=first
    )
    make_count(project, measure="households", value=7, status="struck")
    make_count(make_project(name="草稿"), stage="expected", value=5, status="entered")
    text = page().get("/projects/beneficiaries/?stage=achieved").text
    assert "光明行" in text and "甜蜜行" in text and "草稿" not in text
    expected = page(member).get("/projects/beneficiaries/?stage=expected").text.partition("<tbody")[2]
    assert "草稿" in expected and "awaiting verification" not in expected
    csv = page(member, "zh-hans").get("/projects/beneficiaries/?stage=achieved&format=csv").getvalue()
    assert "超过,321" in csv.decode("utf-8-sig") and ",7," not in csv.decode("utf-8-sig")
    batch = ran(exchange.upload_batch(sheet="beneficiary-counts", file_name="x.csv", content=csv, by=member))
    assert batch.status == Batch.Status.CHECKED, batch.problems
    assert batch.counts["unchanged"] == 2
    xlsx = page(member).get("/projects/beneficiaries/?format=xlsx").getvalue()
    again = ran(exchange.upload_batch(sheet="beneficiary-counts", file_name="x.xlsx", content=xlsx, by=member))
    assert (again.status, again.counts["unchanged"]) == (Batch.Status.CHECKED, 3)


def test_the_same_people_are_not_named_by_a_file(make_project, member):
    row = COUNT.format(make_project("active").reference).replace("不重复", "与另一项相同")
    assert sent(member, "beneficiary-counts", row).status == Batch.Status.REFUSED


def test_counts_are_listed_over_rest_as_far_as_their_projects_are_seen(make_project, make_count, page, officer):
    public, draft = make_project("active"), make_project()
    seen = make_count(public, measure="persons")
    make_count(draft, stage="expected", status="entered")
    (row,) = page().get("/api/v1/beneficiary-counts/").json()["results"]
    assert (row["id"], row["project"], row["value"]) == (seen.pk, public.reference, 300)
    assert len(page(officer).get("/api/v1/beneficiary-counts/?stage=expected").json()["results"]) == 1
    for query in ("as_of_from=2026-07-01", "as_of_to=2026-01-01", "value_min=301", "value_max=299", "project=XM-0"):
        assert page().get(f"/api/v1/beneficiary-counts/?{query}").json()["results"] == []


@pytest.mark.parametrize(
    "change", [("500229201200", "370000"), ("2026-05-31", "2126-05-31"), (",40,", ",0,"), ("完成", "也许")]
)
def test_a_count_that_breaks_a_rule_is_named_and_nothing_is_stored(make_project, member, change):
    row = COUNT.format(make_project("active").reference)
    batch = sent(member, "beneficiary-counts", row.replace("妇女", "老年人"), row.replace(*change))
    assert (batch.status, {problem["row"] for problem in batch.problems}) == (Batch.Status.REFUSED, {3})


def test_counts_of_a_draft_or_by_strangers_are_refused(make_project, member, second_member):
    draft, active = make_project(), make_project("active")
    assert sent(member, "beneficiary-counts", COUNT.format(draft.reference)).status == Batch.Status.REFUSED
    assert sent(second_member, "beneficiary-counts", COUNT.format(active.reference)).status == Batch.Status.REFUSED


def test_a_budget_of_nothing_is_a_budget(member, second_organization):
    row = PROJECT.replace("5000", "0")
    stored(member, "projects", row)
    assert Project.objects.get().budget == 0
    assert sent(member, "projects", row).counts["unchanged"] == 1
    assert sent(member, "projects", PROJECT.replace("5000", "")).status == Batch.Status.REFUSED


def test_a_project_with_personal_data_is_refused_at_its_row(member, second_organization):
    batch = sent(
        member, "projects", PROJECT, PROJECT.replace("光明行", "甜蜜行").replace("下乡义诊", "电话13812345678")
    )
    assert batch.status == Batch.Status.REFUSED
    assert [(problem["row"], problem["key"]) for problem in batch.problems] == [(3, "summary")]
    assert "13812345678" not in str(batch.problems[0]["words"])
