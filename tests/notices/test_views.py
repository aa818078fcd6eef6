"""The inbox in the browser and over REST."""

import pytest
from django.urls import reverse
from django.utils import translation

from notices import services
from notices.models import Choices, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(submit, officer, client):
    """Two notices of the officer, who is logged in."""
    submit("过冬棉被")
    submit("饮水设备")
    services.take_all_events()
    client.force_login(officer)
    return client


def page(client, **query) -> str:
    return client.get(reverse("notices:notice-list"), query).content.decode()


def test_the_header_counts_what_is_unread_and_opening_a_notice_marks_it(inbox, officer):
    inbox.cookies["django_language"] = "en"
    count = '<span class="count"><span class="visually-hidden">{}</span>{}</span>'
    assert count.format("unread: ", 2) in inbox.get("/").content.decode()
    notice = Notice.objects.filter(person=officer).first()
    answer = inbox.get(reverse("notices:notice-open", args=[notice.pk]))
    assert answer["Location"] == reverse("demands:demand-detail", args=[notice.target])
    assert count.format("unread: ", 1) in inbox.get("/").content.decode()


def test_a_notice_is_read_in_the_readers_language(inbox):
    notice = Notice.objects.first()
    with translation.override("en"):
        assert notice.text.startswith("“过冬棉被” of 城口县龙田乡四湾村村民委员会")
    inbox.cookies["django_language"] = "en"
    assert "waits for your review" in page(inbox)


def test_the_list_is_searched_filtered_and_exported(inbox):
    assert "饮水设备" not in page(inbox, q="棉被")
    assert "过冬棉被" in page(inbox, q="棉被")
    assert "过冬棉被" not in page(inbox, read="true")
    assert "过冬棉被" not in page(inbox, kind="claim_approved")
    export = inbox.get(reverse("notices:notice-list"), {"format": "csv", "q": "棉被"})
    text = b"".join(export.streaming_content).decode("utf-8-sig") if export.streaming else export.content.decode()
    assert "过冬棉被" in text
    assert "饮水设备" not in text


def test_all_listed_notices_are_marked_read_and_others_are_not(inbox, officer):
    inbox.post(reverse("notices:notices-read"), {"q": "棉被"})
    unread = Notice.objects.filter(person=officer).unread()
    assert [notice.facts["title"] for notice in unread] == ["饮水设备"]
    inbox.post(reverse("notices:notice-read", args=[unread.get().pk]))
    assert not unread.all().exists()


def test_nobody_reads_or_marks_the_notices_of_another(inbox, client, outsider):
    client.force_login(outsider)
    notice = Notice.objects.first()
    assert client.get(reverse("notices:notice-open", args=[notice.pk])).status_code == 404
    client.post(reverse("notices:notices-read"))
    assert client.get("/api/v1/notices/").json()["count"] == 0
    assert Notice.objects.unread().count() == 2


def test_choices_are_stored_and_shown_again(client, officer):
    client.force_login(officer)
    url = reverse("notices:choices")
    form = client.get(url).context["form"]
    sent = {field.html_name: "on" for _label, fields in form.rows() for field in fields}
    del sent["claim_submitted-mail"]
    client.post(url, {**sent, "email": "o@example.org", "language": "en"})
    stored = Choices.objects.get(user=officer)
    assert stored.declined == ["claim_submitted/mail"]
    assert not stored.takes_mail
    answer = client.get(url)
    assert not answer.context["form"]["claim_submitted-mail"].value()
    assert answer.context["form"]["claim_submitted-portal"].value()


def test_a_wrong_address_is_named_and_kept(client, officer):
    client.force_login(officer)
    answer = client.post(reverse("notices:choices"), {"email": "nobody", "language": "en"})
    assert answer.status_code == 400
    assert 'value="nobody"' in answer.content.decode()


def test_a_followed_link_confirms_nothing_before_its_button(client, officer):
    from django.core import mail

    services.choose(email="o@example.org", language="en", declined=[], by=officer)
    services.send_mails()
    path = mail.outbox[0].body.split("http://localhost:8000")[1].split("\n")[0]
    assert client.get(path).status_code == 200
    assert not Choices.objects.get().takes_mail
    assert client.post(path).status_code == 302
    assert Choices.objects.get().takes_mail
    assert client.post("/notices/address/forged/").status_code == 409


def test_the_inbox_over_rest(inbox, officer):
    found = inbox.get("/api/v1/notices/", {"q": "棉被"}, headers={"accept-language": "en"}).json()
    assert found["count"] == 1
    [row] = found["results"]
    assert row["facts"]["title"] == "过冬棉被"
    assert row["page"].endswith(f"/demands/{row['target']}/")
    first = inbox.post(f"/api/v1/notices/{row['id']}/read/").json()["read_at"]
    assert first
    assert inbox.post(f"/api/v1/notices/{row['id']}/read/").json()["read_at"] == first
    assert inbox.post("/api/v1/notices/read-all/").json() == {"marked": 1}


def test_choices_over_rest(client, officer):
    client.force_login(officer)
    body = {"email": "", "language": "en", "declined": ["claim_submitted/mail"]}
    put = client.put("/api/v1/notice-choices/", body, content_type="application/json")
    assert put.json()["declined"] == ["claim_submitted/mail"]
    assert "claim_submitted/portal" in put.json()["available"]
    wrong = client.put(
        "/api/v1/notice-choices/", {**body, "declined": ["nonsense/mail"]}, content_type="application/json"
    )
    assert wrong.status_code == 400
