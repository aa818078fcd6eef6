"""The pages of documents, as people with different parts meet them."""

import datetime
import io
import xml.etree.ElementTree as ET

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from publications import services
from publications.models import Document

Status = Document.Status
ATOM = "{http://www.w3.org/2005/Atom}"


def url(name: str, *args) -> str:
    return reverse(f"publications:{name}", args=args)


def told(answer) -> str:
    with translation.override("en"):
        return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def errors(answer) -> str:
    with translation.override("en"):
        return " ".join(str(error) for found in answer.context["form"].errors.values() for error in found)


SENT = {
    "kind": "policy",
    "title": "关于社会组织助力乡村振兴的意见",
    "number": "渝民[2021]200号",
    "issuer_name": "重庆市民政局",
    "issued_on": "2021-05-01",
    "region": "500229",
    "body": "第一段\n\n第二段",
    "source_url": "https://example.org/a",
    "version": "",
}


def test_the_list_is_public_and_names_number_issuer_and_region(make_document, page):
    document = make_document(Status.PUBLISHED)
    make_document(title="还没有发布", number="")
    html = page().get(url("document-list")).content.decode()
    for words in (document.title, document.number, "重庆市民政局", "城口县", "Notice", "notice"):
        assert words.lower() in html.lower()
    assert "还没有发布" not in html
    assert "Enter a document" not in html


def test_an_empty_list_says_so_and_offers_the_way_back(page, db):
    assert "None has been published yet." in page().get(url("document-list")).content.decode()
    html = page().get(url("document-list") + "?q=nothing").content.decode()
    assert "Clear all filters" in html


def test_a_list_takes_five_queries_and_a_page_seven(make_document, page, django_assert_max_num_queries):
    documents = [make_document(Status.PUBLISHED, number=f"渝民〔2021〕{n}号", file=b"%PDF-1") for n in range(1, 4)]
    with django_assert_max_num_queries(2):  # total, rows
        page().get(url("document-list"))
    with django_assert_max_num_queries(7):  # document, files, path, what it replaces, history and its kind
        page().get(url("document-detail", documents[0].pk))


def test_the_list_is_sorted_with_documents_of_an_unknown_day_in_their_year(make_document, page):
    for number, day in (
        ("渝民〔2020〕1号", None),
        ("渝民〔2022〕1号", None),
        ("渝民〔2021〕1号", datetime.date(2021, 3, 1)),
    ):
        make_document(Status.PUBLISHED, number=number, issued_on=day)
    shown = page().get(url("document-list")).context["object_list"]
    assert [row.year for row in shown] == [2022, 2021, 2020]
    shown = page().get(url("document-list") + "?sort=issued").context["object_list"]
    assert [row.year for row in shown] == [2020, 2021, 2022]


def test_the_list_is_exported_without_formulas(make_document, page):
    make_document(Status.PUBLISHED, title="=HYPERLINK(1)")
    csv = b"".join(page().get(url("document-list") + "?format=csv").streaming_content).decode()
    assert "'=HYPERLINK(1)" in csv
    book = b"".join(page().get(url("document-list") + "?format=xlsx").streaming_content)
    values = [cell.value for row in openpyxl.load_workbook(io.BytesIO(book)).worksheets[0] for cell in row]
    assert "渝民〔2021〕114号" in values


def test_a_document_shows_its_text_files_source_and_history(make_document, page):
    document = make_document(Status.PUBLISHED, file=b"%PDF-1")
    html = page().get(url("document-detail", document.pk)).content.decode()
    assert "<p>各区县民政局：</p>" in html
    assert "附件.pdf" in html
    assert 'href="https://example.org/114" rel="noopener noreferrer nofollow"' in html
    assert "officer" not in html  # who wrote it is for staff


def test_what_came_into_the_table_by_another_way_is_cleaned_when_shown(make_document, page):
    document = make_document(Status.PUBLISHED)
    Document.objects.filter(pk=document.pk).update(body="<p>ok</p><script>alert(1)</script><img src=x onerror=y>")
    html = page().get(url("document-detail", document.pk)).content.decode()
    assert "<p>ok</p>" in html
    assert "alert(1)" not in html
    assert "onerror" not in html


def test_a_title_is_escaped_everywhere(make_document, page):
    document = make_document(Status.PUBLISHED, title="<script>alert(1)</script>")
    for address in (url("document-list"), url("document-detail", document.pk), reverse("portal:home")):
        html = page().get(address).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_a_withdrawn_document_is_a_stub_with_the_note(make_document, page, officer):
    document = make_document(Status.WITHDRAWN, file=b"%PDF-1")
    html = page().get(url("document-detail", document.pk)).content.decode()
    assert "This document has been withdrawn: 内容有误" in html
    assert document.number in html
    for hidden in ("各区县民政局", "附件.pdf", "example.org"):
        assert hidden not in html
    assert "各区县民政局" in page(officer).get(url("document-detail", document.pk)).content.decode()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.RETURNED])
def test_what_is_not_public_is_not_found_by_others(make_document, page, outsider, member, officer, status):
    address = url("document-detail", make_document(status).pk)
    for user in (None, outsider, member):
        assert page(user).get(address).status_code == 404
    assert page(officer).get(address).status_code == 200


def test_from_the_form_to_the_public(regions, page, officer, second_officer):
    answer = page(officer).post(url("document-add"), SENT)
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.number, document.body) == ("渝民〔2021〕200号", "<p>第一段</p>\n\n<p>第二段</p>")
    page(officer).post(url("document-submit", document.pk), {"version": document.version})
    refused = page(officer).post(url("document-publish", document.pk))
    assert "Ask a colleague" in told(refused)
    page(second_officer).post(url("document-return", document.pk), {"reason": "缺附件"})
    html = page(officer).get(url("document-edit", document.pk)).content.decode()
    assert "第一段\n\n第二段" in html
    document.refresh_from_db()
    sent = SENT | {"title": "改过的题名", "version": document.version}
    assert page(officer).post(url("document-edit", document.pk), sent).status_code == 302
    page(officer).post(url("document-submit", document.pk))
    assert "published" in told(page(second_officer).post(url("document-publish", document.pk)))
    assert "改过的题名" in page().get(reverse("portal:home")).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "required"),
        ({"title": "\u202e"}, "required"),
        ({"kind": "x"}, "Select a valid choice"),
        ({"issuer_name": ""}, "required"),
        ({"issued_on": "2021-13-40"}, "Enter a valid date"),
        ({"issued_on": "2999-01-01"}, "issued in the future"),
        ({"issued_on": "", "number": ""}, "Give the date of issue"),
        ({"region": "999999"}, "999999"),
        ({"region": "371300"}, "You are not responsible for 临沂市"),
        ({"source_url": "javascript:alert(1)"}, "http:// or https://"),
        ({"body": "长" * 100_001}, "at most 100000 characters"),
    ],
)
def test_bad_input_comes_back_with_its_sentence(regions, page, officer, wrong, words):
    answer = page(officer).post(url("document-add"), SENT | wrong)
    assert answer.status_code == 400
    assert words in errors(answer)
    assert not Document.objects.exists()


def test_a_number_that_is_taken_comes_back_with_its_sentence_in_chinese(regions, page, officer):
    page(officer).post(url("document-add"), SENT)
    answer = page(officer, "zh-hans").post(url("document-add"), SENT)
    assert answer.status_code == 400
    assert "该发文机关的这一文号已经录入。" in answer.content.decode()


def test_the_issuer_is_found_in_the_registry(regions, page, officer, organization):
    page(officer).post(url("document-add"), SENT | {"issuer_name": organization.name})
    assert Document.objects.get().issuer == organization


def test_an_old_form_does_not_overwrite(make_document, page, officer):
    document = make_document()
    services.edit_document(document=document, values={"title": "新"}, version=1, by=officer)
    answer = page(officer).post(url("document-edit", document.pk), SENT | {"version": 1})
    assert answer.status_code == 400
    assert "Somebody changed this record" in errors(answer)


def test_what_was_changed_meanwhile_is_not_published_unseen(make_document, page, second_officer):
    document = make_document(Status.SUBMITTED)
    answer = page(second_officer).post(url("document-publish", document.pk), {"version": document.version - 1})
    assert "Somebody changed this record" in told(answer)
    document.refresh_from_db()
    assert document.status == Status.SUBMITTED


def test_buttons_are_those_of_the_state_and_its_author_gets_none_to_publish(
    make_document, page, officer, second_officer
):
    steps = {
        Status.DRAFT: {"edit", "submit"},
        Status.SUBMITTED: {"publish", "return"},
        Status.RETURNED: {"edit", "submit"},
        Status.PUBLISHED: {"withdraw", "replace"},
        Status.WITHDRAWN: {"replace"},
    }
    for number, (status, wanted) in enumerate(steps.items(), start=1):
        document = make_document(status, number=f"渝民〔2021〕{number}号")
        html = page(second_officer).get(url("document-detail", document.pk)).content.decode()
        every = {"edit", "submit", "publish", "return", "withdraw", "replace"}
        assert {name for name in every if url(f"document-{name}", document.pk) in html} == wanted
        html = page(officer).get(url("document-detail", document.pk)).content.decode()
        assert {name for name in every if url(f"document-{name}", document.pk) in html} == wanted - {"publish"}


def test_withdrawing_and_replacing_on_pages(make_document, page, officer):
    old, new = (
        make_document(Status.PUBLISHED),
        make_document(Status.PUBLISHED, number="渝民〔2022〕1号", title="新办法"),
    )
    answer = page(officer).post(url("document-replace", old.pk), {"replacement": "WJ-0"})
    assert "There is no published document" in errors(answer)
    page(officer).post(url("document-replace", old.pk), {"replacement": new.reference.lower()})
    assert url("document-detail", new.pk) in page().get(url("document-detail", old.pk)).content.decode()
    assert url("document-detail", old.pk) in page().get(url("document-detail", new.pk)).content.decode()
    assert page(officer).post(url("document-withdraw", old.pk), {"note": ""}).status_code == 400
    page(officer).post(url("document-withdraw", old.pk), {"note": "已被替代"})
    assert "已被替代" in page().get(url("document-detail", old.pk)).content.decode()


def test_what_waits_for_a_second_person_is_in_the_work_queue(make_document, page, second_officer, outsider):
    document = make_document(Status.SUBMITTED)
    assert document.title in page(second_officer).get(reverse("portal:work-queue")).content.decode()
    assert document.title not in page(outsider).get(reverse("portal:work-queue")).content.decode()


def feed(client, query: str = "") -> tuple:
    answer = client.get(url("document-feed") + query)
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    return root, root.findall(f"{ATOM}entry")


def test_the_feed_is_valid_atom(make_document, page):
    make_document(Status.PUBLISHED, title="<b>题名</b> & 'x'", body="a < b\n\n请认真贯彻执行")
    root, (entry,) = feed(page())
    for parent in (root, entry):
        for name in ("id", "title", "updated", "link", "author"):
            assert parent.find(f"{ATOM}{name}") is not None, name
        assert parent.find(f"{ATOM}author/{ATOM}name").text
        assert parent.find(f"{ATOM}id").text.startswith("http")
    assert root.find(f"{ATOM}link[@rel='self']").get("href").endswith("/publications/feed/")
    assert entry.find(f"{ATOM}title").text == "<b>题名</b> & 'x' 渝民〔2021〕114号"
    assert entry.find(f"{ATOM}summary").text == "a &lt; b 请认真贯彻执行"
    assert entry.find(f"{ATOM}published") is not None


def test_the_feed_follows_the_query_and_shows_only_what_is_public(make_document, page, officer):
    make_document(Status.PUBLISHED, kind="plan", number="渝民〔2021〕1号", title="方案")
    make_document(Status.WITHDRAWN, number="渝民〔2021〕2号")
    make_document(number="渝民〔2021〕3号", title="草稿")
    _root, entries = feed(page(officer))
    text = ET.tostring(_root, encoding="unicode")
    assert len(entries) == 2
    assert "草稿" not in text
    assert "内容有误" in text
    assert "请认真贯彻执行" not in entries[0].find(f"{ATOM}summary").text
    narrow, entries = feed(page(), "?kind=plan")
    assert len(entries) == 1
    assert narrow.find(f"{ATOM}id").text.endswith("/publications/?kind=plan")
    assert narrow.find(f"{ATOM}link[@rel='self']").get("href").endswith("/publications/feed/?kind=plan")
    assert page().get(url("document-feed") + "?kind=x").status_code == 400


def test_the_list_links_to_the_feed_of_its_query(page, db):
    html = page().get(url("document-list") + "?kind=plan&sort=title&page=1").content.decode()
    assert '<link rel="alternate" type="application/atom+xml"' in html
    assert 'href="/publications/feed/?kind=plan"' in html
