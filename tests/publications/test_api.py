"""Documents over REST: the same rights, rules and sentences as the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from publications.models import Document

Status = Document.Status
LIST = "/api/v1/publications/"


@pytest.fixture
def api(db):
    """A REST client, logged in as somebody or nobody, that asks for English sentences."""

    def open_as(user=None, language: str = "en") -> APIClient:
        client = APIClient(headers={"Accept-Language": language})
        if user is not None:
            client.force_authenticate(user)
        return client

    return open_as


SENT = {
    "kind": "policy",
    "title": "关于社会组织助力乡村振兴的意见",
    "number": "渝民[2021]200号",
    "issuer_name": "重庆市民政局",
    "issued_on": "2021-05-01",
    "region": "500229",
    "body": "<p onclick=x>正文</p><script>1</script>",
}


def one(document: Document, step: str = "") -> str:
    return f"{LIST}{document.pk}/" + (f"{step}/" if step else "")


def test_anybody_reads_published_documents_without_log_in(api, make_document, django_assert_num_queries):
    document = make_document(Status.PUBLISHED, file=b"%PDF-1")
    make_document(number="")
    with django_assert_num_queries(1):  # the rows
        answer = api().get(LIST).json()
    (row,) = answer["results"]
    assert (answer["count"], row["reference"], row["number"]) == (1, document.reference, "渝民〔2021〕114号")
    assert row["region"] == {"code": "500229", "name": "城口县", "level": "county"}
    assert "body" not in row
    answer = api().get(one(document))
    assert answer.headers["ETag"] == f'"{document.version}"'
    (file,) = answer.json()["attachments"]
    assert file["name"] == "附件.pdf"
    assert len(file["sha256"]) == 64
    assert b"".join(api().get(file["url"]).streaming_content) == b"%PDF-1"
    assert answer.json()["body"].startswith("<p>各区县民政局")


def test_a_withdrawn_document_has_its_note_and_no_text(api, make_document, officer):
    document = make_document(Status.WITHDRAWN, file=b"%PDF-1")
    stub = api().get(one(document)).json()
    assert (stub["body"], stub["attachments"], stub["source_url"]) == ("", [], "")
    assert stub["public_note"] == "内容有误"
    assert api(officer).get(one(document)).json()["body"]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.RETURNED])
def test_what_is_not_public_is_not_found(api, make_document, outsider, officer, status):
    document = make_document(status)
    for user in (None, outsider):
        answer = api(user).get(one(document))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert api(officer).get(one(document)).status_code == 200


def test_filters_are_those_of_the_page_and_unknown_ones_are_refused(api, make_document):
    make_document(Status.PUBLISHED)
    assert api().get(LIST + "?q=渝民(2021)114&kind=notice&region=500000&year=2021").json()["count"] == 1
    assert api().get(LIST + "?year=2020").json()["count"] == 0
    for query in ("?colour=red", "?kind=x", "?region=999999"):
        answer = api().get(LIST + query)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"


def test_from_draft_to_published_by_two_people(api, regions, officer, second_officer):
    answer = api(officer).post(LIST, SENT)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["number"], made["body"], made["year"]) == ("渝民〔2021〕200号", "<p>正文</p>", 2021)
    address = f"{LIST}{made['id']}/"
    assert api(officer).post(f"{address}submit/").json()["status"] == "submitted"
    refused = api(officer).post(f"{address}publish/")
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person")
    assert api(second_officer).post(f"{address}return/", {"reason": "缺附件"}).json()["status"] == "returned"
    changed = api(officer).patch(address, {"title": "新题名"}, headers={"If-Match": '"3"'})
    assert (changed.status_code, changed.json()["title"], changed.headers["ETag"]) == (200, "新题名", '"4"')
    assert api(officer).post(f"{address}submit/").status_code == 200
    assert api(second_officer).post(f"{address}publish/").json()["status"] == "published"
    assert api().get(address).status_code == 200
    assert api(officer).post(f"{address}withdraw/", {"note": "内容有误"}).json()["status"] == "withdrawn"


def test_a_document_is_replaced_by_reference(api, make_document, officer):
    old, new = make_document(Status.PUBLISHED), make_document(Status.PUBLISHED, number="渝民〔2022〕1号")
    answer = api(officer).post(one(old, "replace"), {"replacement": new.reference})
    assert answer.json()["replaced_by"] == new.reference
    answer = api(officer).post(one(new, "replace"), {"replacement": old.reference})
    assert (answer.status_code, answer.json()["code"]) == (409, "replaced_in_circle")
    assert api(officer).post(one(new, "replace"), {"replacement": "WJ-0"}).status_code == 400


def test_only_staff_of_the_region_write(api, regions, make_document, member, outsider, reporter):
    document = make_document(Status.PUBLISHED)
    assert api().post(LIST, SENT).status_code == 401
    for user in (member, reporter, outsider):
        assert api(user).post(LIST, SENT).status_code == 403
        assert api(user).patch(one(document), {}, headers={"If-Match": '"1"'}).status_code == 403
        for step in ("submit", "publish", "return", "withdraw", "replace"):
            assert api(user).post(one(document, step), {}).status_code == 403


def test_a_document_is_not_moved_to_a_region_of_others(api, make_document, officer):
    answer = api(officer).patch(one(make_document()), {"region": "371300"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 403


def test_a_change_says_which_version_it_changes(api, make_document, officer):
    document = make_document()
    assert api(officer).patch(one(document), {"title": "x"}).status_code == 428
    answer = api(officer).patch(one(document), {"title": "x"}, headers={"If-Match": '"9"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


def test_a_repeated_request_has_one_effect(api, regions, officer):
    key = {"Idempotency-Key": "a"}
    first, second = (api(officer).post(LIST, SENT, headers=key) for _time in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Document.objects.count() == 1
    other = api(officer).post(LIST, SENT | {"title": "y"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_an_edit_of_the_issuer_keeps_name_and_organization_together(api, make_document, officer, organization):
    document = make_document()
    answer = api(officer).patch(one(document), {"issuer": organization.pk}, headers={"If-Match": '"1"'}).json()
    assert (answer["issuer"], answer["issuer_name"]) == (organization.pk, organization.name)
    answer = api(officer).patch(one(document), {"issuer_name": "山东省民政厅"}, headers={"If-Match": '"2"'}).json()
    assert (answer["issuer"], answer["issuer_name"]) == (None, "山东省民政厅")


BAD = [
    ({"title": ""}, "title", ""),
    ({"title": "\u202e"}, "title", "may not be blank"),
    ({"title": "长" * 201}, "title", "200"),
    ({"kind": "x"}, "kind", "not a valid choice"),
    ({"issuer_name": ""}, "issuer_name", "blank"),
    ({"issuer": 0}, "issuer", "does not exist"),
    ({"issued_on": "yesterday"}, "issued_on", "wrong format"),
    ({"issued_on": "2999-01-01"}, "issued_on", "issued in the future"),
    ({"issued_on": None, "number": "x"}, "issued_on", "Give the date of issue"),
    ({"region": "999999"}, "region", ""),
    ({"source_url": "javascript:alert(1)"}, "source_url", "http:// or https://"),
    ({"source_url": "//example.org"}, "source_url", "http:// or https://"),
    ({"body": "长" * 100_001}, "body", "100000"),
    ({"body": ["x"]}, "body", "valid string"),
    ({"status": "published"}, "status", "no such field"),
    ({"reference": "WJ-1"}, "reference", "no such field"),
    ({"replaced_by": 1}, "replaced_by", "no such field"),
]


@pytest.mark.parametrize(("wrong", "field", "words"), BAD, ids=range(len(BAD)))
def test_bad_input_is_a_problem_of_its_field(api, regions, officer, wrong, field, words):
    answer = api(officer).post(LIST, SENT | wrong)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert words in " ".join(answer.json()["errors"][field])
    assert not Document.objects.exists()


def test_who_issued_it_is_needed(api, regions, officer):
    sent = {name: value for name, value in SENT.items() if name != "issuer_name"}
    assert api(officer, "zh-hans").post(LIST, sent).json()["errors"] == {"issuer_name": ["请填写发文机关。"]}


@pytest.mark.parametrize(("language", "words"), [("en", "already entered"), ("zh-hans", "已经录入")])
def test_a_number_that_is_taken_is_a_conflict(api, regions, officer, language, words):
    api(officer).post(LIST, SENT)
    answer = api(officer, language).post(LIST, SENT)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")
    assert words in answer.json()["detail"]


def test_reasons_and_notes_are_needed(api, make_document, second_officer):
    submitted = make_document(Status.SUBMITTED)
    published = make_document(Status.PUBLISHED, number="渝民〔2021〕1号")
    for address in (one(submitted, "return"), one(published, "withdraw"), one(published, "replace")):
        assert api(second_officer).post(address, {}).status_code == 400


def test_a_step_from_another_state_is_a_conflict(api, make_document, officer):
    answer = api(officer).post(one(make_document(), "publish"))
    assert (answer.status_code, answer.json()["code"], answer.json()["record_status"]) == (409, "wrong_state", "draft")


class TestFiles:
    def sent(self, name="附件.pdf", content=b"%PDF-1.7\n%%EOF\n"):
        return {"file": SimpleUploadedFile(name, content)}

    def test_staff_attach_list_download_and_take_away(self, api, make_document, officer):
        files = one(make_document(), "files")
        made = api(officer).post(files, self.sent(), format="multipart")
        assert made.status_code == 201, made.content
        assert (made.json()["name"], made.json()["kind"]) == ("附件.pdf", "pdf")
        address = f"{files}{made.json()['id']}/"
        assert [row["id"] for row in api(officer).get(files).json()] == [made.json()["id"]]
        answer = api(officer).get(f"{address}content/")
        assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert api(officer).get(address).json() == made.json()
        assert api(officer).delete(address).status_code == 204
        assert api(officer).get(files).json() == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("a.pdf", b""), ("a.txt", b"a" * (20 * 1024 * 1024 + 1))],
    )
    def test_wrong_kinds_and_sizes_are_refused_with_a_sentence(self, api, make_document, officer, name, content):
        files = one(make_document(), "files")
        answer = api(officer).post(files, self.sent(name, content), format="multipart")
        assert (answer.status_code, answer.json()["code"]) == (409, "file_refused")
        assert api(officer).get(files).json() == []

    def test_the_same_file_twice_and_a_request_without_file_are_refused(self, api, make_document, officer):
        files = one(make_document(), "files")
        assert api(officer).post(files, self.sent(), format="multipart").status_code == 201
        assert api(officer).post(files, self.sent("b.pdf"), format="multipart").status_code == 409
        assert api(officer).post(files, {}, format="multipart").status_code == 400

    def test_files_are_seen_with_their_document(self, api, make_document, officer, outsider, second_officer):
        draft = make_document(file=b"%PDF-1")
        files = one(draft, "files")
        inside = f"{files}{draft.attachments.get().pk}/content/"
        for stranger in (None, outsider):
            assert api(stranger).get(files).status_code == 404
            assert api(stranger).get(inside).status_code == 404
            assert api(stranger).post(files, self.sent(), format="multipart").status_code in (401, 404)
        public = make_document(Status.PUBLISHED, file=b"%PDF-2", number="渝民〔2021〕2号")
        assert len(api().get(one(public, "files")).json()) == 1
        taken = make_document(Status.WITHDRAWN, file=b"%PDF-3", number="渝民〔2021〕3号")
        assert api().get(one(taken, "files")).json() == []
        assert len(api(second_officer).get(one(taken, "files")).json()) == 1

    def test_a_published_document_keeps_its_files(self, api, make_document, officer):
        public = make_document(Status.PUBLISHED, file=b"%PDF-2")
        files = one(public, "files")
        assert api(officer).post(files, self.sent(), format="multipart").status_code == 409
        assert api(officer).delete(f"{files}{public.attachments.get().pk}/").status_code == 409
