"""The frame of every page and the error pages: languages, navigation, messages, operator, no database for a crash."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

NAVIGATION = {
    "demands:demand-list": "/demands/",
    "projects:project-list": "/projects/",
    "donations:donation-list": "/donations/",
    "pairings:pairing-list": "/pairings/",
    "organizations:organization-list": "/organizations/",
    "publications:document-list": "/publications/",
    "regions:region-list": "/regions/",
}


@pytest.fixture
def draw(rf: RequestFactory):
    """Render a template as a page of the portal for somebody who is not logged in."""

    def draw(template: str, language: str = "en", path: str = "/somewhere/", **context) -> str:
        request = rf.get(path)
        request.user = AnonymousUser()
        with translation.override(language):
            return render_to_string(template, context, request)

    return draw


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_says_its_language_and_offers_the_other(draw, language):
    html = draw("errors/400.html", language)
    assert f'<html lang="{language}">' in html
    assert ('value="en" lang="en"' in html) == (language == "zh-hans")
    assert ('value="zh-hans" lang="zh-Hans"' in html) == (language == "en")


def test_page_has_one_heading_one_main_and_a_way_past_the_navigation(draw):
    html = draw("errors/400.html")
    assert html.count("<h1") == html.count("<main") == 1
    assert html.index('href="#main"') < html.index("<header")
    assert 'id="main"' in html


def test_title_starts_with_what_the_page_is(draw):
    title = re.search("<title>(.*?)</title>", draw("errors/400.html")).group(1)
    assert title == "The request could not be understood - Rural Revitalization Assistance Portal"


def test_messages_are_announced(draw):
    messages = [Message(constants.ERROR, "Nothing is left."), Message(constants.SUCCESS, "Stored.")]
    html = draw("errors/400.html", messages=messages)
    assert re.search(r'message--error" role="alert">.*?Nothing is left\.', html, re.S)
    assert re.search(r'message--success" role="status">.*?Stored\.', html, re.S)


def test_messages_are_escaped(draw):
    html = draw("errors/400.html", messages=[Message(constants.ERROR, "<b>bold</b>")])
    assert "<b>bold</b>" not in html


@override_settings(OPERATOR={"name": "某县民政局", "phone": "", "icp": "", "site_code": "", "police_record": ""})
def test_footer_shows_the_operator_and_hides_blank_fields(draw):
    html = draw("errors/400.html")
    assert "某县民政局" in html
    assert "ICP filing" not in html
    assert "Telephone" not in html


def test_refused_page_gives_the_reason_and_the_way_back(draw):
    html = draw("errors/409.html", message="Only 40 are left.", back_url="/demands/1/")
    assert "Only 40 are left." in html
    assert 'href="/demands/1/"' in html


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_crash_page_needs_no_database_request_or_context(language):
    # The test has no access to the database: any query would raise.
    with translation.override(language):
        html = get_template("errors/500.html").render()
    assert f'<html lang="{language}">' in html
    assert "<h1>" in html


def test_crash_page_shows_the_number_of_the_request(draw):
    assert "6f1b-22" in draw("errors/500.html", request_id="6f1b-22")


def test_unknown_address_answers_with_our_page(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "errors/404.html" in [template.name for template in answer.templates]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_login_page_in_both_languages(client, language):
    client.cookies["django_language"] = language
    html = client.get("/login/?next=/work/").content.decode()
    assert f'<html lang="{language}">' in html
    assert '<label for="id_username">' in html
    assert '<input type="hidden" name="next" value="/work/">' in html
    for address in NAVIGATION.values():
        assert f'href="{address}"' in html


@pytest.mark.django_db
def test_failed_login_explains_on_top_of_the_form_and_in_the_title(client):
    client.cookies["django_language"] = "en"
    html = client.post("/login/", {"username": "", "password": ""}).content.decode()
    assert "<title>Error:" in html
    for field in ("id_username", "id_password"):
        assert f'<a href="#{field}">' in html
        assert f'id="{field}"' in html


@pytest.mark.django_db
def test_current_part_is_marked_in_the_navigation(client):
    html = client.get("/organizations/").content.decode()
    assert re.findall(r'<a href="([^"]+)" aria-current', html)[:1] == ["/organizations/"]


@pytest.mark.django_db
def test_work_queue_is_offered_to_people_with_a_post(client, make_user, regions, member):
    client.force_login(member)
    assert 'href="/work/"' not in client.get("/no-such-page/").content.decode()
    client.force_login(make_user("officer", region=regions["500229"]))
    html = client.get("/no-such-page/").content.decode()
    assert 'href="/work/"' in html
    assert re.search(r'<form method="post" action="/logout/">', html)


def test_navigation_entry_without_an_address_is_not_drawn():
    template = Template('{% include "components/_nav_item.html" with url="" label="Demands" only %}')
    assert template.render(Context()).strip() == ""
