"""The filters of the project list, for the page and the API."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import translation

from accounts.models import User
from pairings.models import Pairing, Scheme
from projects import services
from projects.filters import ProjectFilter
from projects.models import Project

Status = Project.Status


@pytest.fixture
def found(member):
    """The names a query finds, among all projects."""

    def run(**query) -> set[str]:
        request = RequestFactory().get("/")
        request.user = User(is_superuser=True, username="root")
        filterset = ProjectFilter(query, queryset=Project.objects.all(), request=request)
        assert filterset.is_valid(), filterset.errors
        return {project.name for project in filterset.qs}

    return run


@pytest.fixture
def cast(make_project, make_user, second_organization, regions):
    manager = make_user("second-manager", organization=second_organization)
    make_project(Status.ACTIVE, name="甲", places=["500229201200"])
    make_project(name="乙", places=["500237"], form="education", starts_on=datetime.date(2024, 5, 1), ends_on=None)
    return make_project(name="丙", lead=second_organization, by=manager)


def test_a_region_finds_the_projects_in_its_subtree(cast, found):
    assert found(region="500229") == {"甲", "丙"}
    assert found(region="城口县") == {"甲", "丙"}
    assert found(region="500229201200") == {"甲"}
    assert found(region="500000") == {"甲", "乙", "丙"}
    assert found(region="370000") == set()


def test_a_word_finds_names_leads_and_reference_numbers(cast, found):
    assert found(q=" 甲 ") == {"甲"}
    assert found(q="兰陵") == {"丙"}
    assert found(q=cast.reference.lower()) == {"丙"}
    assert found(q="%") == set()


def test_form_status_and_lead(cast, found, second_organization):
    assert found(form="education") == {"乙"}
    assert found(status="active") == {"甲"}
    assert found(lead=str(second_organization.pk)) == {"丙"}
    assert found(lead="兰陵县慈善总会") == {"丙"}


def test_an_organization_finds_what_it_leads_and_what_it_takes_part_in(cast, found, make_project, second_organization):
    make_project(name="丁", partners=[second_organization])
    assert found(organization=str(second_organization.pk)) == {"丙", "丁"}


def test_a_year_finds_projects_with_a_day_in_it(cast, found):
    assert found(year="2024") == {"乙"}
    assert found(year="2026") == {"甲", "乙", "丙"}
    assert found(year="2027") == {"乙"}
    assert found(year="2023") == set()


def test_a_pair_finds_its_projects(cast, found, regions, officer):
    scheme = Scheme.objects.create(name="鲁渝协作", kind="east_west")
    pairing = Pairing.objects.create(
        reference="JD-T",
        scheme=scheme,
        giver_region=regions["371300"],
        receiver_region=regions["500229"],
        valid_from=datetime.date(2021, 1, 1),
        status="active",
    )
    services.edit_project(project=cast, values={"pairing": pairing}, version=cast.version, by=officer)
    assert found(pairing=str(pairing.pk)) == {"丙"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"region": "999999"}, "999999"),
        ({"region": "abc"}, "abc"),
        ({"lead": "1"}, "organization"),
        ({"lead": "没有这个会"}, "没有这个会"),
        ({"form": "magic"}, "magic"),
        ({"year": "12"}, "1978"),
        ({"year": "abc"}, "number"),
        ({"pairing": "77"}, "choice"),
    ],
)
def test_a_wrong_filter_is_one_sentence_and_no_result(page, regions, query, sentence):
    answer = page().get("/projects/", query)
    assert answer.status_code == 200
    with translation.override("en"):
        (errors,) = answer.context["filter"].form.errors.values()
        assert len(errors) == 1
        assert sentence in str(errors[0])
    assert answer.context["total"] == 0
