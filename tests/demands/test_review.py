"""Evidence, the two levels of review, likeness, prices, things not accepted, and how long a demand stands."""

import datetime
import io
from decimal import Decimal

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import Post
from core import files
from core.errors import Refused
from demands import selectors, services
from demands.models import Demand, Evidence, NotAccepted, PriceBand
from tests.demands.conftest import url
from tests.demands.test_services import code_of, put

D = Demand.Status


def photo() -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.9, 0.0, 0.0), 3: "E", 4: (108.6, 0.0, 0.0)})
    Image.new("RGB", (40, 30), "green").save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.fixture
def draft(regions, reporter, quilts):
    """A draft nothing proves yet."""
    values = {"village": regions["500229201200"], "form": "relief", "title": "过冬棉被"}
    return services.create_demand(values=values, items=[quilts], by=reporter)


def attach(demand, by, name="记录.txt", content=b"a", **options):
    return services.attach_evidence(record=demand, name=name, content=content, by=by, **options)


def test_nothing_is_handed_in_without_evidence_of_its_own_or_of_its_list(draft, regions, reporter, officer):
    assert code_of(lambda: services.submit(demand=draft, by=reporter)) == "no_evidence"
    batch = services.create_list(region=regions["500229"], title="摸底", by=officer)
    attach(batch, officer, "摸底.csv", "村,户\n四湾,100\n".encode())
    values = {"list": batch}
    services.edit_demand(
        demand=draft, values=values, items=[{"kind": "goods", "what": "棉被", "unit": "条", "quantity": 1}], by=reporter
    )
    assert services.submit(demand=draft, by=reporter).status == D.SUBMITTED


def test_evidence_is_checked_for_its_type_kept_once_and_not_changed_in_review(draft, reporter):
    with pytest.raises(files.FileRefused):
        attach(draft, reporter, "a.exe")
    with pytest.raises(files.FileRefused):
        attach(draft, reporter, "a.pdf", b"no pdf")
    made = attach(draft, reporter)
    with pytest.raises(files.FileRefused):
        attach(draft, reporter, "b.txt")
    services.submit(demand=draft, by=reporter)
    assert code_of(lambda: services.remove_evidence(evidence=made, by=reporter)) == "wrong_state"
    assert code_of(lambda: attach(draft, reporter, "c.txt", b"c")) == "wrong_state"


def test_the_public_gets_a_picture_without_the_place_where_it_was_taken(client, draft, reporter, officer):
    made = attach(draft, reporter, "屋顶.jpg", photo(), public=True)
    services.submit(demand=draft, by=reporter)
    assert client.get(url("evidence-download", made)).status_code == 404
    services.publish(demand=draft, looked_at_files=True, by=officer)
    content = b"".join(client.get(url("evidence-download", made)).streaming_content)
    assert not Image.open(io.BytesIO(content)).getexif()
    client.force_login(reporter)
    original = b"".join(client.get(url("evidence-download", made)).streaming_content)
    assert Image.open(io.BytesIO(original)).getexif()


def test_pictures_have_to_be_looked_at_before_anything_is_published(draft, reporter, officer):
    attach(draft, reporter, "屋顶.jpg", photo())
    services.submit(demand=draft, by=reporter)
    assert code_of(lambda: services.publish(demand=draft, by=officer)) == "files_unseen"
    assert services.publish(demand=draft, looked_at_files=True, by=officer).status == D.PUBLISHED


@pytest.mark.parametrize(
    ("story", "name", "content"),
    [
        ("联系王某 13800138000", "记录.txt", b"a"),
        ("", "11010519491231002X.txt", b"a"),
        ("", "名册.csv", "姓名,卡号\n王,6222020200000000006\n".encode()),
    ],
)
def test_personal_data_in_text_file_name_or_file_keep_a_demand_from_publication(
    draft, reporter, officer, story, name, content
):
    Demand.objects.filter(pk=draft.pk).update(story=story)
    attach(draft, reporter, name, content, public=True)
    services.submit(demand=draft, by=reporter)
    with pytest.raises(Refused) as refused:
        services.publish(demand=draft, by=officer)
    assert refused.value.code == "personal_data"
    # What is said about it does not give it away.
    assert "13800138000" not in str(refused.value.message)


def test_a_public_file_with_personal_data_stays_inside(client, draft, reporter):
    made = attach(draft, reporter, "名册.csv", "王,13800138000\n".encode(), public=True)
    put(draft, D.PUBLISHED)
    assert client.get(url("evidence-download", made)).status_code == 404
    assert Evidence.objects.visible_to(reporter).get() == made


def test_the_township_checks_before_the_county_where_it_has_a_checker(make_demand, officer, checker):
    demand = make_demand("submitted")
    assert code_of(lambda: services.publish(demand=demand, by=officer)) == "not_checked"
    services.check_demand(demand=demand, by=checker)
    assert services.publish(demand=demand, by=officer).status == D.PUBLISHED


def test_where_no_checker_has_a_post_the_county_decides_alone(make_demand, officer, make_user, regions):
    other = make_user("elsewhere", kind=Post.Kind.CHECKER, region=regions["500229"].parent)
    Post.objects.filter(user=other).update(valid_to=timezone.localdate() - datetime.timedelta(days=1))
    assert services.publish(demand=make_demand("submitted"), by=officer).status == D.PUBLISHED


def test_one_person_is_not_both_levels(make_demand, make_user, regions):
    both = make_user("both", kind=Post.Kind.CHECKER, region=regions["500229201"])
    Post.objects.create(user=both, kind=Post.Kind.STAFF, region=regions["500229"])
    demand = make_demand("submitted")
    services.check_demand(demand=demand, by=both)
    assert code_of(lambda: services.publish(demand=demand, by=both)) == "second_person"


def test_a_demand_like_another_of_its_village_is_handed_in_only_with_a_reason(make_demand, draft, reporter):
    other = make_demand()
    attach(draft, reporter)
    with pytest.raises(services.Duplicate) as refused:
        services.submit(demand=draft, by=reporter)
    assert [row["id"] for row in refused.value.facts["demands"]] == [other.pk]
    services.submit(demand=draft, not_a_duplicate="二组另外的人家", by=reporter)
    assert (draft.status, draft.not_a_duplicate) == (D.SUBMITTED, "二组另外的人家")


def test_only_living_demands_of_the_same_village_with_like_things_are_alike(make_demand, draft, regions):
    make_demand(
        items=[{"kind": "service", "what": "义诊", "unit": "次", "quantity": 1}], title="义诊下乡", story="医生"
    )
    make_demand("rejected")
    make_demand(village=regions["500229201"])
    assert selectors.duplicates_of(draft) == []
    alike = make_demand(
        "draft", items=[{"kind": "goods", "what": "棉被（双人）", "unit": "条", "quantity": 1}], title="x"
    )
    old = make_demand("draft")
    Demand.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=400))
    assert selectors.duplicates_of(draft) == [alike]


def test_an_unusual_price_is_said_and_hinders_nobody(draft, regions, officer, log_in, reporter):
    band = PriceBand(
        name="棉被", unit="条", low=80, high=200, valid_from=datetime.date(2026, 1, 1), source="监测", region=None
    )
    services.add_entry(entry=band, by=officer)
    rows = [
        ("棉被", "条", Decimal(999)),
        ("棉被", "条", Decimal(100)),
        ("棉被", "吨", Decimal(999)),
        ("米", "条", None),
    ]
    found = selectors.price_warnings(rows, draft.village_id)
    assert [bool(text) for text in found] == [True, False, False, False]
    items = [{"kind": "goods", "what": "棉被", "unit": "条", "quantity": 1, "unit_price": Decimal(999)}]
    services.edit_demand(demand=draft, values={}, items=items, by=reporter)
    assert "监测" in log_in(reporter).get(url("demand-edit", draft)).content.decode()


def test_a_thing_not_accepted_is_refused_with_the_reason_where_and_while_it_holds(draft, regions, officer, reporter):
    entry = NotAccepted(
        name="旧衣物",
        keywords="二手衣;旧衣服",
        reason="卫生无法保证",
        valid_from=datetime.date(2026, 1, 1),
        source="民政局",
        region=regions["500229"],
    )
    services.add_entry(entry=entry, by=officer)
    items = [{"kind": "goods", "what": "二手衣服", "unit": "件", "quantity": 1}]

    def edit():
        services.edit_demand(demand=draft, values={}, items=items, by=reporter)

    with pytest.raises(Refused, match="卫生无法保证"):
        edit()
    services.end_entry(entry=entry, on=timezone.localdate(), by=officer)
    assert code_of(edit) == "not_accepted"
    NotAccepted.objects.update(valid_to=timezone.localdate() - datetime.timedelta(days=1))
    edit()


def test_suspended_nobody_claims_and_resumed_the_status_follows_the_items(demand, claim_of, officer, member):
    claim_of(demand, 60)
    services.suspend_demand(demand=demand, reason="核实中", by=officer)
    assert code_of(lambda: claim_of(demand, 1)) == "not_claimable"
    assert services.resume_demand(demand=demand, by=officer).status == D.CLAIMED_IN_PART


def test_the_last_day_ends_what_nobody_claimed_and_leaves_what_is_claimed(make_demand, claim_of):
    day = timezone.localdate() + datetime.timedelta(days=3)
    free, taken = make_demand(valid_until=day), make_demand(valid_until=day)
    claim_of(taken, 10)
    assert services.expire_demands(today=day) == 0
    later = day + datetime.timedelta(days=1)
    assert (services.expire_demands(today=later), services.expire_demands(today=later)) == (1, 0)
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.status, taken.status) == (D.EXPIRED, D.CLAIMED_IN_PART)


def test_a_demand_is_not_closed_over_an_unfinished_claim(demand, claim_of, officer, member):
    claim = claim_of(demand, 10)
    assert code_of(lambda: services.close_demand(demand=demand, reason="结束", by=officer)) == "live_claims"
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert code_of(lambda: services.close_demand(demand=demand, by=officer)) == "no_reason"
    assert services.close_demand(demand=demand, reason="村里已解决", by=officer).status == D.CLOSED


def test_ready_reasons_and_own_words_are_sent_back_together(log_in, officer, make_demand):
    demand = make_demand("submitted")
    client = log_in(officer)
    assert client.post(url("demand-return", demand), {}).status_code == 400
    client.post(url("demand-return", demand), {"ready": ["evidence"], "reason": "请补照片"})
    demand.refresh_from_db()
    assert demand.status == D.RETURNED
    assert "请补照片" in client.get(url("demand-detail", demand)).content.decode()


def test_a_file_full_of_numbers_keeps_the_first_findings_only(make_demand, reporter):
    roster = " ".join(f"138{number:08d}" for number in range(500)).encode()
    made = services.attach_evidence(record=make_demand("draft"), name="花名册.txt", content=roster, by=reporter)
    assert len(made.findings) == 50
