"""A project of 临沂市慈善总会 in 城口县, in any status, and its counts."""

import datetime

import pytest
from django.test import Client

from projects import services
from projects.models import BeneficiaryCount, Project

Status = Project.Status
# How a project gets into each status, by the services.
ROADS = {
    Status.DRAFT: [],
    Status.SUBMITTED: ["submit"],
    Status.APPROVED: ["submit", "approve"],
    Status.ACTIVE: ["submit", "approve", "start"],
    Status.SUSPENDED: ["submit", "approve", "start", "suspend"],
    Status.COMPLETED: ["submit", "approve", "start", "complete"],
    Status.VERIFIED: ["submit", "approve", "start", "complete", "verify"],
    Status.CLOSED: ["submit", "approve", "start", "complete", "verify", "close"],
    Status.TERMINATED: ["terminate"],
}
REASONED = ("suspend", "terminate")


@pytest.fixture
def values(organization) -> dict:
    """The plain fields of a valid project."""
    return {
        "name": "光明行·城口站",
        "lead": organization,
        "form": "health",
        "funding": "own",
        "starts_on": datetime.date(2026, 3, 1),
        "ends_on": datetime.date(2026, 10, 31),
    }


@pytest.fixture
def make_project(regions, values, member, officer):
    """Make a project in a status: entered by the lead's manager, approved by the county's officer."""

    def make(status: str = Status.DRAFT, *, places=("500229",), partners=(), by=None, **fields) -> Project:
        project = services.create_project(
            values=values | fields, regions=[regions[code] for code in places], partners=partners, by=by or member
        )
        for step in ROADS[status]:
            extra = {"reason": "暴雨", "rest": "无剩余"} if step in REASONED else {}
            person = officer if step in ("approve", "verify", "close", *REASONED) else member
            getattr(services, f"{step}_project")(project=project, by=person, **extra)
        return project

    return make


@pytest.fixture
def make_count(regions, member):
    """Make a count without asking the project's state, verified unless said otherwise."""

    def make(project: Project, value: int = 300, *, region: str = "500229", **fields) -> BeneficiaryCount:
        row = {"stage": "achieved", "measure": "person_times", "as_of": datetime.date(2026, 6, 30)}
        row |= {"status": "verified"} | fields
        return BeneficiaryCount.objects.create(project=project, region=regions[region], value=value, **row)

    return make


@pytest.fixture
def page(db):
    """A browser in English, logged in as somebody or nobody."""

    def open_as(user=None, language: str = "en") -> Client:
        client = Client()
        client.cookies["django_language"] = language
        if user is not None:
            client.force_login(user)
        return client

    return open_as
