"""The life of a document: entered, submitted, published by a second person, returned, withdrawn, replaced."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.errors import Refused
from core.models import StatusChange
from core.states import Stale, WrongState
from portal import demo
from publications import selectors, services
from publications.models import Document

Status = Document.Status
STEPS = {
    "submit": Status.SUBMITTED,
    "publish": Status.PUBLISHED,
    "return": Status.RETURNED,
    "withdraw": Status.WITHDRAWN,
}
WORDS = {"return": {"reason": "缺少附件"}, "withdraw": {"note": "内容有误"}}


def take(step: str, document: Document, by) -> Document:
    return getattr(services, f"{step}_document")(document=document, by=by, **WORDS.get(step, {}))


def test_a_new_document_is_a_draft_with_a_reference_and_clean_texts(make_document, officer):
    document = make_document(
        number="渝民[２０２１]第114号",
        title="  关于\u202e协作 \n 的通知 ",
        body="<p onclick=x>正文<script>1</script></p>",
    )
    document.refresh_from_db()
    assert document.reference.startswith("WJ-")
    assert document.status == Status.DRAFT
    assert document.created_by == officer
    assert document.number == "渝民〔2021〕114号"
    assert document.title == "关于协作 的通知"
    assert document.body == "<p>正文</p>"
    assert document.year == 2021


def test_a_document_without_a_date_has_the_year_of_its_number(make_document):
    assert make_document(issued_on=None).year == 2021


def test_a_registered_issuer_gives_its_name(make_document, organization):
    document = make_document(issuer=organization, issuer_name="")
    assert document.issuer_name == organization.name


@pytest.mark.parametrize("old", Status.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_taken_or_refused_by_the_table(make_document, second_officer, old, step):
    document = make_document(old)
    if STEPS[step] in Document.TRANSITIONS[old]:
        assert take(step, document, second_officer).status == STEPS[step]
        assert StatusChange.objects.of(document).first().by == second_officer
    else:
        with pytest.raises(WrongState):
            take(step, document, second_officer)
        document.refresh_from_db()
        assert document.status == old


def test_nobody_publishes_what_they_entered(make_document, officer):
    document = make_document(Status.SUBMITTED)
    with pytest.raises(services.NotSecondPerson):
        services.publish_document(document=document, by=officer)


def test_nobody_publishes_what_they_changed_or_submitted(make_document, officer, second_officer):
    changed = make_document()
    services.edit_document(document=changed, values={"title": "新题"}, version=changed.version, by=second_officer)
    services.submit_document(document=changed, by=officer)
    submitted = services.submit_document(document=make_document(number="渝民〔2021〕1号"), by=second_officer)
    attached = make_document(number="渝民〔2021〕2号")
    services.attach_file(document=attached, name="a.txt", content=b"a", by=second_officer)
    services.submit_document(document=attached, by=officer)
    for document in (changed, submitted, attached):
        with pytest.raises(services.NotSecondPerson):
            services.publish_document(document=document, by=second_officer)


def test_whoever_returned_a_document_may_publish_it_later(make_document, officer, second_officer):
    document = make_document(Status.RETURNED)
    services.submit_document(document=document, by=officer)
    assert services.publish_document(document=document, by=second_officer).status == Status.PUBLISHED


def test_returning_and_withdrawing_need_words(make_document, second_officer):
    with pytest.raises(services.ReasonMissing):
        services.return_document(document=make_document(Status.SUBMITTED), by=second_officer, reason=" \n")
    published = make_document(Status.PUBLISHED, number="渝民〔2021〕1号")
    with pytest.raises(services.ReasonMissing):
        services.withdraw_document(document=published, by=second_officer, note="")


def test_the_note_of_a_withdrawal_is_public_and_in_the_history(make_document):
    document = make_document(Status.WITHDRAWN)
    assert document.public_note == "内容有误"
    assert StatusChange.objects.of(document).first().note == "内容有误"


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN])
def test_only_drafts_and_returned_documents_change(make_document, officer, status):
    document = make_document(status)
    with pytest.raises(WrongState):
        services.edit_document(document=document, values={"title": "x"}, version=document.version, by=officer)


def test_an_edit_is_recorded_and_cleaned(make_document, officer):
    document = make_document(Status.RETURNED)
    values = {"number": "渝民(2020)5号", "issued_on": None, "body": "<b>a<script>b</script></b>"}
    changes = services.edit_document(document=document, values=values, version=document.version, by=officer)
    assert set(changes) == {"number", "issued_on", "body", "year"}
    document.refresh_from_db()
    assert (document.number, document.year, document.body) == ("渝民〔2020〕5号", 2020, "<b>a</b>")


def test_an_old_version_is_not_overwritten(make_document, officer):
    document = make_document()
    with pytest.raises(Stale):
        services.edit_document(document=document, values={"title": "x"}, version=document.version + 1, by=officer)


def test_a_number_is_used_once_per_issuer(make_document, organization):
    make_document()
    with pytest.raises(services.NumberTaken):
        make_document(number="渝民[2021]114号")
    make_document(issuer_name="山东省民政厅")
    make_document(issuer=organization)
    with pytest.raises(services.NumberTaken):
        make_document(issuer=organization)


def test_documents_without_a_number_and_withdrawn_ones_do_not_take_numbers(make_document):
    make_document(number="")
    make_document(number="")
    make_document(Status.WITHDRAWN)
    assert make_document().number == "渝民〔2021〕114号"


def test_the_database_keeps_the_number_too(make_document):
    document, other = make_document(), make_document(number="")
    with pytest.raises(IntegrityError, match="document_number_once"), transaction.atomic():
        Document.objects.filter(pk=other.pk).update(number=document.number)


def test_of_two_who_enter_a_number_in_the_same_moment_one_is_told(make_document, monkeypatch):
    make_document()
    monkeypatch.setattr(Document, "validate_constraints", lambda self: None)
    with pytest.raises(services.NumberTaken):
        make_document()
    other = make_document(number="")
    values = {"number": "渝民〔2021〕114号"}
    with pytest.raises(services.NumberTaken):
        services.edit_document(document=other, values=values, version=1, by=other.created_by)


def test_the_documents_of_the_demonstration_are_legal_ones(regions):
    for row in demo.DOCUMENTS:
        document = services.create_document(values={**row, "region": regions[row["region"][:6]]}, by=None)
        services.submit_document(document=document, by=None)
        services.publish_document(document=document, by=None)
    numbers = {"鲁民函〔2021〕34号", "渝民〔2021〕114号", "渝民办〔2021〕129号"}
    assert set(Document.objects.published().values_list("number", flat=True)) == numbers
    assert {row.number for row in selectors.latest(3)} == numbers


BAD = [
    ({"title": " \u202e "}, "标题", "title"),
    ({"title": "长" * 201}, "200", "200"),
    ({"issuer_name": ""}, "发文机关", "issuer"),
    ({"kind": "rumour"}, "类别", "kind"),
    ({"source_url": "javascript:alert(1)"}, "以 http:// 或 https:// 开头", "http:// or https://"),
    ({"source_url": "ftp://example.org/a"}, "以 http:// 或 https:// 开头", "http:// or https://"),
    ({"body": "长" * 100_001}, "正文超过", "The text has more than"),
    ({"issued_on": timezone.localdate() + datetime.timedelta(days=1)}, "发文日期不能在将来", "issued in the future"),
    ({"issued_on": None, "number": ""}, "请填写发文日期", "Give the date of issue"),
    ({"issued_on": None, "number": "渝民〔1066〕1号"}, "年份 1066 不正确", "The year 1066 cannot be right"),
]


@pytest.mark.parametrize(("wrong", "zh", "en"), BAD, ids=range(len(BAD)))
def test_bad_values_are_refused_in_both_languages(make_document, wrong, zh, en):
    for language, words in (("zh-hans", zh), ("en", en)):
        with translation.override(language), pytest.raises(Refused) as refusal:
            make_document(**wrong)
        assert words in str(refusal.value)
    assert not Document.objects.exists()


def test_a_document_is_replaced_by_a_published_one(make_document, officer):
    old, new = make_document(Status.PUBLISHED), make_document(Status.PUBLISHED, number="渝民〔2022〕1号")
    services.replace_document(document=old, replacement=new, by=officer)
    old.refresh_from_db()
    assert old.replaced_by == new
    assert old.status == Status.PUBLISHED
    assert list(new.replaces.all()) == [old]


def test_replacements_do_not_lead_in_a_circle(make_document, officer):
    first, second, third = (make_document(Status.PUBLISHED, number=f"渝民〔2021〕{n}号") for n in (1, 2, 3))
    services.replace_document(document=first, replacement=second, by=officer)
    services.replace_document(document=second, replacement=third, by=officer)
    for document in (third, first):
        with pytest.raises(Refused) as refusal:
            services.replace_document(document=third, replacement=document, by=officer)
        assert refusal.value.code == "replaced_in_circle"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.WITHDRAWN])
def test_only_a_published_document_replaces_another(make_document, officer, status):
    old, new = make_document(Status.PUBLISHED), make_document(status, number="渝民〔2022〕1号")
    with pytest.raises(WrongState):
        services.replace_document(document=old, replacement=new, by=officer)


def test_who_sees_which_document(make_document, officer, second_officer, outsider, member, django_user_model):
    from django.contrib.auth.models import AnonymousUser

    made = {status: make_document(status, number=f"渝民〔2021〕{n}号") for n, status in enumerate(Status.values, 1)}
    public = {made[status] for status in Document.PUBLIC}
    for user in (AnonymousUser(), outsider, member):
        assert set(Document.objects.visible_to(user)) == public
    root = django_user_model.objects.create_superuser("root")
    for user in (officer, second_officer, root):
        assert set(Document.objects.visible_to(user)) == set(made.values())


def test_the_author_still_sees_a_draft_after_leaving_the_office(make_document, officer):
    document = make_document()
    officer.posts.all().delete()
    author = type(officer).objects.get(pk=officer.pk)
    assert list(Document.objects.visible_to(author)) == [document]
