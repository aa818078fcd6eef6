"""A project from the phone: an organization records it with three activities, a county verifies, a village sees it."""

import pytest

from projects.models import Activity, Project
from tests.core.test_files import photograph
from tests.journeys.variants import audit, runs

VILLAGE = "500229201200"
TITLES = ("义诊进村", "随访", "健康讲座")


@pytest.mark.parametrize(("scripts", "language", "width"), runs((False, "zh-hans", 390)))
def test_an_organization_records_a_project_and_a_village_shows_it(
    scripts, language, width, window, member, officer, regions
):
    person, county = (window(scripts=scripts, language=language, width=width) for _who in range(2))
    project = enter(person)
    approve(county, project)
    person.open(f"/projects/{project.pk}/")
    person.press("Begin the project")
    for title in TITLES:
        record(person, title)
    person.open(f"/projects/{project.pk}/")
    person.sees(*TITLES)
    person.press("Report completion")
    verify(county, project)
    see(window(scripts=scripts, language=language, width=width), project)
    assert person.loads <= 25
    assert county.loads <= 25


def enter(person) -> Project:
    person.open("/login/?next=/projects/add/")
    person.log_in("member")
    audit(person)
    page = person.page
    page.fill("[name=name]", "光明行·四湾村")
    page.select_option("[name=form]", "health")
    page.fill("[name=regions]", VILLAGE)
    page.fill("[name=budget]", "5000")
    page.fill("[name=budget_lines]", "药品 3000\n交通 1500")
    page.fill("[name=starts_on]", "2026-03-01")
    page.fill("[name=milestones]", "2026-06-30 开诊")
    person.press("Save as draft")
    person.sees("光明行·四湾村", "4,500", person.words("Milestones"))
    audit(person)
    person.press("Submit the project")
    return Project.objects.get()


def approve(county, project) -> None:
    county.open(f"/login/?next=/projects/{project.pk}/")
    county.log_in("officer")
    county.press("Approve the project")
    county.sees(county.words("The project is approved."))
    audit(county)


def record(person, title: str) -> None:
    """From the project's page: the project, its village and the organization are filled in."""
    person.open(f"/projects/{Project.objects.get().pk}/")
    person.leave_by(person.link(person.words("Record an activity")))
    audit(person)
    page = person.page
    page.fill("[name=title]", title)
    page.select_option("[name=kind]", "clinic")
    page.fill("[name=starts_on]", "2026-03-02")
    page.fill("[name=volunteers]", "12")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph((1200, 900))}
    page.set_input_files("[name=photos]", [photo])
    person.press("Record the activity")
    person.sees(title, person.words("The activity is recorded; it is public once the county has verified it."))
    assert page.locator(".photos img").count() == 1
    audit(person)


def verify(county, project) -> None:
    county.open("/projects/activities/?status=entered")
    county.sees(*TITLES)
    for activity in Activity.objects.all():
        county.open(f"/projects/activities/{activity.pk}/")
        county.press("Verify the activity")
    county.sees(county.words("The activity is verified and public."))
    county.open(f"/projects/{project.pk}/")
    county.press("Verify the project")
    county.sees(county.words("The project is verified."))


def see(visitor, project) -> None:
    """Somebody without a log-in, on the village's page."""
    visitor.open(f"/regions/{VILLAGE}/")
    visitor.sees(project.name, *TITLES)
    audit(visitor)
    visitor.leave_by(visitor.link(TITLES[0]))
    visitor.sees("12")
    assert visitor.page.locator(".photos img").count() == 1
