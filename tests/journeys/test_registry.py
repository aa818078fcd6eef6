"""The register as people use it: found and read by a visitor, written by staff, entered by the people themselves."""

import pytest

from organizations import services
from tests.journeys.variants import RUNS, audit

WRONG = "51500229MJ00000500"


@pytest.mark.parametrize(("scripts", "language", "width"), RUNS)
def test_a_visitor_finds_an_organization_by_two_letters_and_reads_what_happened_to_it(
    scripts, language, width, window, organization, second_organization
):
    services.edit_organization(
        organization=organization, values={"name": "临沂市慈善联合总会"}, version=organization.version, by=None
    )
    visitor = window(scripts=scripts, language=language, width=width)
    visitor.open("/organizations/")
    audit(visitor)
    if width < 700:
        visitor.page.locator(".filters-link").click()
    visitor.page.fill("main [name=q]", "临沂")
    visitor.press("Show results")
    assert "兰陵县慈善总会" not in visitor.page.inner_text("#results")
    visitor.leave_by(visitor.link("临沂市慈善联合总会"))
    visitor.sees("临沂市慈善总会", visitor.words("Former names"), visitor.words("History"), visitor.words("Edited"))
    audit(visitor)


@pytest.mark.parametrize(("scripts", "language", "width"), RUNS)
def test_staff_enter_an_organization_correct_an_error_and_change_it(scripts, language, width, window, officer):
    staff = window(scripts=scripts, language=language, width=width)
    staff.open("/login/?next=/organizations/add/")
    staff.log_in("officer")
    typed = {"name": "城口县茶叶协会", "uscc": WRONG, "region": "500229"}
    fill(staff, typed)
    staff.page.select_option("[name=kind]", "association")
    staff.page.select_option("[name=level]", "county")
    staff.press("Save as draft")
    staff.sees(
        staff.words(
            "The last character of this unified social credit code does not fit the others. "
            "Check it for a typing error."
        )
    )
    assert {name: staff.page.input_value(f"main [name={name}]") for name in ("name", "uscc")} == {
        "name": typed["name"],
        "uscc": WRONG,
    }
    audit(staff)
    staff.page.fill("main [name=uscc]", code_of_chengkou())
    staff.press("Save as draft")
    staff.press("Put on the register")
    staff.sees(staff.words("“%(name)s” is now on the register.", name="城口县茶叶协会"))
    staff.leave_by(staff.link(staff.words("Edit")))
    staff.page.fill("main [name=supervising_unit]", "城口县农业农村委员会")
    staff.press("Save changes")
    staff.sees(staff.words("Your changes have been saved."), "城口县农业农村委员会")
    audit(staff)


@pytest.mark.parametrize(("scripts", "language", "width"), RUNS)
def test_a_request_goes_back_comes_again_and_is_approved_by_a_second_person(
    scripts, language, width, window, officer, make_user
):
    make_user("person")
    how = {"scripts": scripts, "language": language, "width": width}
    person, staff = window(**how), window(**how)
    person.open("/login/?next=/organizations/register/")
    person.log_in("person")
    fill(person, {"name": "城口县读书会", "region": "500229"})
    person.page.select_option("[name=kind]", "other_social")
    person.page.select_option("[name=level]", "county")
    audit(person)
    person.press("Send to the staff")
    person.sees(person.words("“%(name)s” has been sent to the staff of its region.", name="城口县读书会"))

    return_request(staff)
    person.open("/profile/")
    person.sees("请写明业务主管单位")
    audit(person)
    person.leave_by(person.link("城口县读书会"))
    person.leave_by(person.link(person.words("Correct and send again")))
    person.page.fill("main [name=supervising_unit]", "城口县文化和旅游发展委员会")
    person.press("Send to the staff")

    staff.open("/work/")
    staff.leave_by(staff.link("城口县读书会"))
    staff.sees("城口县文化和旅游发展委员会")
    staff.press("Approve")
    staff.sees(staff.words("“%(name)s” is now on the register.", name="城口县读书会"))
    audit(staff)


def return_request(staff) -> None:
    """From the work queue, which it leaves by that."""
    staff.open("/login/?next=/work/")
    staff.log_in("officer")
    staff.leave_by(staff.link("城口县读书会"))
    staff.leave_by(staff.link(staff.words("Return the request")))
    staff.page.fill("main [name=reason]", "请写明业务主管单位")
    audit(staff)
    staff.press("Return the request")
    staff.open("/work/")
    assert "城口县读书会" not in staff.page.inner_text("main")


def fill(window, values: dict[str, str]) -> None:
    for name, value in values.items():
        window.page.fill(f"main [name={name}]", value)


def code_of_chengkou() -> str:
    from organizations import uscc

    body = "51500229MJ0000050"
    return body + uscc.check_character(body)
