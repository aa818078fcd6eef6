"""The pages of the register."""

import datetime
import io

import openpyxl
import pytest
from django.utils.translation import override

from organizations import services
from organizations.models import Invitation, Membership, Organization

CODE = "51500229MJP000010"


@pytest.fixture
def code():
    from organizations.uscc import check_character

    return CODE + check_character(CODE)


@pytest.fixture
def typed(code):
    return {"name": "城口县茶叶协会", "kind": "association", "uscc": code, "level": "county", "region": "500229"}


@pytest.fixture
def draft(regions, code, officer):
    return services.register_organization(
        name="城口县茶叶协会", kind="association", uscc=code, level="county", region=regions["500229"], by=officer
    )


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


def page(pk, verb=""):
    return f"/organizations/{pk}/{verb}"


def test_the_list_shows_the_register_to_everybody_and_drafts_to_staff(client, organization, draft, officer):
    text = client.get("/organizations/").content.decode()
    assert organization.name in text
    assert draft.name not in text
    client.force_login(officer)
    assert draft.name in client.get("/organizations/").content.decode()


def test_an_empty_list_says_what_would_be_there(client, db):
    assert 'class="empty"' in client.get("/organizations/").content.decode()
    assert 'class="empty"' in client.get("/organizations/?q=zzz").content.decode()


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "德州"),
        ("pinyin", "德州"),
        ("-pinyin", "临沂"),
        ("founded", "兰陵"),
        ("-founded", "临沂"),
        ("newest", "德州"),
    ],
)
def test_the_list_is_sorted_as_asked(client, make_organization, sort, first):
    for name, region, level in [
        ("临沂市", "371300", "city"),
        ("兰陵县", "371324", "county"),
        ("德州市", "371400", "city"),
    ]:
        founded_on = {"临沂市": datetime.date(2001, 1, 1), "兰陵县": datetime.date(1999, 1, 1)}.get(name)
        made = make_organization(f"{name}慈善总会", region=region, level=level, founded_on=founded_on)
        services.edit_organization(organization=made, values={"kind": "community"}, version=made.version, by=None)
    answer = client.get("/organizations/", {"sort": sort})
    assert answer.context["object_list"][0].name.startswith(first)


def test_the_list_takes_the_same_few_queries_for_any_number_of_rows(
    client, make_organization, django_assert_num_queries
):
    for number in range(15):
        make_organization(f"第{number}慈善会")
    with django_assert_num_queries(2):
        client.get("/organizations/")


def test_a_page_beyond_the_end_does_not_exist(client, organization):
    assert client.get("/organizations/?page=99").status_code == 404


def test_the_list_as_csv_and_workbook_holds_the_filtered_rows(client, organization, second_organization):
    text = b"".join(client.get("/organizations/?format=csv&region=371324").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert second_organization.name in text
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get("/organizations/?format=xlsx").streaming_content)))
    assert {row[0].value for row in list(book.worksheets[0].rows)[1:]} == {"临沂市慈善总会", "兰陵县慈善总会"}


def test_the_page_shows_the_path_and_keeps_members_to_those_concerned(
    client, organization, member, officer, regions, make_user
):
    text = client.get(page(organization.pk)).content.decode()
    assert "山东省" in text
    assert "临沂市" in text
    assert "member" not in text
    city = make_user("city-officer", region=regions["371300"])
    for user, sees in [(member, True), (city, True), (officer, False)]:
        client.force_login(user)
        answer = client.get(page(organization.pk))
        assert answer.context["can_see_members"] is sees
        assert bool(answer.context["members"]) is sees


def test_staff_enter_an_organization_and_put_it_on_the_register(as_officer, typed):
    answer = as_officer.post("/organizations/add/", typed)
    made = Organization.objects.get()
    assert answer["Location"] == page(made.pk)
    as_officer.post(page(made.pk, "activate/"), {"version": made.version})
    made.refresh_from_db()
    assert made.status == Organization.Status.ACTIVE


def test_a_code_of_another_region_is_stored_with_a_warning(as_officer, typed):
    typed["uscc"] = "51500242mjp0000568"
    answer = as_officer.post("/organizations/add/", typed, follow=True)
    assert Organization.objects.get().uscc == "51500242MJP0000568"
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert "500242" in answer.context["warnings"][0]
    assert len(answer.context["warnings"]) == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            "uscc",
            "51500242MJP0000567",
            "The last character of this unified social credit code does not fit the others. "
            "Check it for a typing error.",
        ),
        ("uscc", "515002", "A unified social credit code has 18 characters; this one has %(n)d."),
        (
            "uscc",
            "51500242MJP000056O",
            "A unified social credit code has only digits and capital letters without I, O, S, "
            "V and Z; this one contains: %(characters)s",
        ),
        ("uscc", "", "An organization of this kind has a unified social credit code. Enter it."),
        ("region", "999999", "There is no region with the code %(code)s."),
        ("region", "500237", "You are not responsible for %(region)s."),
        ("name", "", "This field is required."),
    ],
)
def test_bad_input_gets_one_sentence_in_both_languages_and_stores_nothing(
    as_officer, typed, regions, language, field, value, sentence
):
    from django.utils.translation import gettext

    as_officer.cookies["django_language"] = language
    answer = as_officer.post("/organizations/add/", {**typed, field: value})
    assert answer.status_code == 400
    form = answer.context["form"]
    with override(language):
        (shown,) = form.errors[field]
        facts = {"n": len(value), "characters": "O", "code": value, "region": "巫山县"}
        assert shown == (gettext(sentence) % facts if "%(" in sentence else gettext(sentence))
    assert list(form.errors) == [field]
    assert f'value="{typed["level"]}" selected' in answer.content.decode()
    assert not Organization.objects.exists()


def test_a_taken_code_is_an_error_of_the_form(as_officer, typed, draft):
    answer = as_officer.post("/organizations/add/", {**typed, "name": "另一协会"})
    assert answer.status_code == 400
    assert "uscc" in answer.context["form"].errors


def test_an_edit_of_an_older_version_shows_the_current_state_and_keeps_what_was_typed(
    as_officer, typed, draft, officer
):
    services.edit_organization(organization=draft, values={"name": "城口县茶业协会"}, version=1, by=officer)
    answer = as_officer.post(page(draft.pk, "edit/"), {**typed, "name": "城口县老茶协会", "version": 1})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "城口县茶业协会" in text
    assert 'value="城口县老茶协会"' in text
    assert (
        as_officer.post(page(draft.pk, "edit/"), {**typed, "name": "城口县老茶协会", "version": 2}).status_code == 302
    )
    draft.refresh_from_db()
    assert draft.name == "城口县老茶协会"


def test_the_edit_form_opens_with_the_record(as_officer, draft):
    text = as_officer.get(page(draft.pk, "edit/")).content.decode()
    assert draft.name in text
    assert draft.uscc in text
    assert "城口县" in text


@pytest.mark.parametrize("verb", ["cancel", "revoke"])
def test_leaving_the_register_asks_for_the_reason_first(as_officer, draft, officer, verb):
    services.activate_organization(organization=draft, by=officer)
    assert as_officer.get(page(draft.pk, f"{verb}/")).status_code == 200
    assert as_officer.post(page(draft.pk, f"{verb}/"), {"reason": " "}).status_code == 400
    version = Organization.objects.get().version
    as_officer.post(page(draft.pk, f"{verb}/"), {"reason": "决议注销", "version": version})
    assert Organization.objects.get().status in ("cancelled", "revoked")
    assert as_officer.post(page(draft.pk, f"{verb}/"), {"reason": "再次", "version": version + 1}).status_code == 400


def test_a_wrong_step_is_a_message_on_the_page(as_officer, draft, officer):
    services.activate_organization(organization=draft, by=officer)
    answer = as_officer.post(page(draft.pk, "activate/"), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_manager_invites_people_by_user_name_and_they_confirm(client, organization, member, make_user):
    make_user("new-person")
    client.force_login(member)
    assert (
        client.post(page(organization.pk, "members/add/"), {"username": "nobody", "role": "operator"}).status_code
        == 400
    )
    client.post(page(organization.pk, "members/add/"), {"username": "new-person", "role": "operator"})
    invitation = Invitation.objects.get(user__username="new-person")
    assert not Membership.objects.filter(user=invitation.user).exists()
    client.force_login(invitation.user)
    assert "confirm/" in client.get(page(organization.pk)).content.decode()
    client.post(page(organization.pk, f"invitations/{invitation.pk}/confirm/"))
    assert Membership.objects.get(user__username="new-person").role == "operator"
    assert client.get(page(organization.pk, "members/add/")).status_code == 403


def test_invisible_is_not_found_and_not_ones_own_is_forbidden(client, draft, organization, outsider, member):
    for user, target, status in [
        (outsider, draft, 404),
        (member, draft, 404),
        (outsider, organization, 403),
        (member, organization, 403),
    ]:
        client.force_login(user)
        assert client.get(page(target.pk, "edit/")).status_code == status
        assert client.post(page(target.pk, "activate/")).status_code == status
    client.force_login(member)
    assert client.get("/organizations/add/").status_code == 403
    client.logout()
    assert client.get("/organizations/add/")["Location"].startswith("/login/")
