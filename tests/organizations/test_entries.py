"""Certificates, grades, returns, credit lists and commendations of an organization."""

import datetime

import pytest

from core.errors import Refused
from core.models import StatusChange
from core.states import Stale
from demands import services as demands
from organizations import selectors, services, uscc
from organizations.models import (
    AnnualReturn,
    Assessment,
    Certificate,
    Commendation,
    CreditEntry,
    FormerName,
    Organization,
)

DAY = datetime.date(2024, 2, 29)


def add(organization, entry, by=None):
    return services.add_entry(organization=organization, entry=entry, by=by)


def listed(organization, **values):
    values = {"kind": "abnormal", "reason": "未报送年报", "authority": "临沂市民政局", "listed_on": DAY, **values}
    return add(organization, CreditEntry(**values))


def test_a_grade_is_valid_for_five_years_unless_it_says_otherwise(organization, officer):
    made = add(organization, Assessment(grade="5A", authority="山东省民政厅", valid_from=DAY), officer)
    assert made.valid_to == datetime.date(2029, 2, 28)
    short = Assessment(grade="4A", authority="临沂市民政局", valid_from=DAY.replace(year=2020), valid_to=DAY)
    assert add(organization, short).valid_to == DAY


def test_an_entry_stands_in_its_own_history_and_in_that_of_the_organization(organization, officer):
    version = organization.version
    made = add(organization, Certificate(kind="charity", issuer="临沂市民政局", valid_from=DAY), officer)
    assert StatusChange.objects.of(made).get().by == officer
    organization.refresh_from_db()
    assert organization.version == version + 1
    change = StatusChange.objects.of(organization).first()
    assert list(change.changes) == ["certificates"]
    assert str(DAY) in change.changes["certificates"][1]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Certificate(kind="charity", issuer="甲", valid_from=DAY, valid_to=DAY.replace(day=1)), "entry_invalid"),
        (Certificate(kind="club", issuer="甲", valid_from=DAY), "entry_invalid"),
        (Certificate(kind="charity", issuer="", valid_from=DAY), "entry_invalid"),
        (Assessment(grade="6A", authority="甲", valid_from=DAY), "entry_invalid"),
        (AnnualReturn(year=24, result="passed"), "entry_invalid"),
        (AnnualReturn(year=2024, result="great"), "entry_invalid"),
        (
            CreditEntry(
                kind="serious", reason="甲", authority="乙", listed_on=DAY, removed_on=DAY - datetime.timedelta(days=1)
            ),
            "entry_invalid",
        ),
        (Commendation(stage="hope", title="奖", authority="甲", on=DAY), "entry_invalid"),
    ],
)
def test_entries_the_rules_do_not_allow_are_refused(organization, entry, code):
    with pytest.raises(Refused) as refused:
        add(organization, entry)
    assert refused.value.code == code
    assert not type(entry).objects.exists()


def test_an_entry_is_made_once(organization):
    add(organization, AnnualReturn(year=2024, result="passed"))
    with pytest.raises(Refused):
        add(organization, AnnualReturn(year=2024, result="failed"))
    assert AnnualReturn.objects.get().result == "passed"


def test_a_nomination_is_no_award(organization):
    for stage in ("nomination", "award"):
        add(organization, Commendation(stage=stage, title="中华慈善奖", authority="民政部", on=DAY))
    assert Commendation.objects.filter(stage="award").count() == 1


def test_an_edit_is_checked_as_a_whole_and_as_of_its_version(organization, officer):
    made = listed(organization)
    with pytest.raises(Refused):
        values = {"removed_on": DAY.replace(day=1)}
        services.edit_entry(entry=made, values=values, version=made.version, by=officer)
    made.refresh_from_db()
    services.edit_entry(entry=made, values={"removed_on": DAY}, version=made.version, by=officer)
    with pytest.raises(Stale):
        services.edit_entry(entry=made, values={"removed_on": None}, version=1, by=officer)
    assert CreditEntry.objects.get().removed_on == DAY
    with pytest.raises(ValueError, match="organization"):
        services.edit_entry(entry=made, values={"organization": organization}, version=2, by=officer)


@pytest.mark.parametrize("kind", CreditEntry.Kind.values)
def test_who_stands_on_a_credit_list_claims_nothing_until_removed(organization, kind):
    assert selectors.why_not_eligible(organization) == ""
    made = listed(organization, kind=kind)
    assert selectors.why_not_eligible(organization) != ""
    assert selectors.why_not_eligible(organization, DAY - datetime.timedelta(days=1)) == ""
    assert not Organization.objects.eligible().exists()
    services.edit_entry(entry=made, values={"removed_on": DAY.replace(year=2025, day=1)}, version=1, by=None)
    assert selectors.why_not_eligible(organization) == ""
    assert selectors.why_not_eligible(organization, DAY) != ""


def test_a_claim_of_a_listed_organization_is_refused(request, organization, member):
    from tests.house.cast import Cast, claim, published_demand

    cast = Cast(request.getfixturevalue)
    held = claim(cast)
    listed(organization)
    with pytest.raises(Refused) as refused:
        demands.approve_claim(claim=held, by=cast.officer)
    assert refused.value.code == "not_eligible"
    demand = published_demand(cast, village=cast.regions["500229100001"])
    with pytest.raises(Refused) as refused:
        lines = [(demand.items.get(), 1)]
        demands.claim_demand(demand=demand, organization=organization, lines=lines, by=member)
    assert refused.value.code == "not_eligible"


def test_a_change_of_name_keeps_the_old_one(organization, officer):
    services.edit_organization(
        organization=organization, values={"name": "临沂市慈善联合会"}, version=organization.version, by=officer
    )
    assert FormerName.objects.get().name == "临沂市慈善总会"


def test_an_authority_on_the_register_is_a_key_and_another_is_text(organization, make_organization, officer):
    bureau = make_organization("临沂市民政局", kind=Organization.Kind.GOVERNMENT)
    services.edit_organization(organization=organization, values={"authority": " 临沂市民政局"}, version=2, by=officer)
    assert (organization.authority, organization.authority_organization) == ("", bureau)
    services.edit_organization(organization=organization, values={"authority": "某县民政局"}, version=3, by=officer)
    organization.refresh_from_db()
    assert (organization.authority_label, organization.authority_organization) == ("某县民政局", None)


def test_the_inner_organization_code_is_only_a_warning(make_organization):
    assert uscc.inner_check_fits("91110000600037341L")
    assert not uscc.inner_check_fits("91110000600037342J")
    body = "51371300600037342"
    made = make_organization("某协会", uscc=body + uscc.check_character(body))
    (warning,) = selectors.warnings(made)
    assert "600037342" in str(warning)


URL = "/api/v1/organizations/"


def test_staff_write_entries_over_rest_and_everybody_reads_them(client, request, officer):
    from tests.house.cast import Cast, own_organization

    made = own_organization(Cast(request.getfixturevalue))
    client.force_login(officer)
    body = {"kind": "tax", "issuer": "重庆市财政局", "valid_from": "2024-01-01", "valid_to": "2026-12-31"}
    url = f"{URL}{made.pk}/certificates/"
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 201
    again = client.post(url, body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "entry_twice")
    unknown = client.post(url, {**body, "colour": "red"}, content_type="application/json")
    assert list(unknown.json()["errors"]) == ["colour"]
    change = f"{url}{answer.json()['id']}/"
    changed = client.patch(change, {"number": "渝财1号"}, content_type="application/json", headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    client.logout()
    (certificate,) = client.get(f"{URL}{made.pk}/").json()["certificates"]
    assert (certificate["number"], certificate["valid_to"]) == ("渝财1号", "2026-12-31")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("certificates", {"kind": "charity", "issuer": "城口县民政局", "valid_from": "2024-01-01"}),
        ("assessments", {"grade": "3A", "authority": "城口县民政局", "valid_from": "2024-01-01"}),
        ("annual-returns", {"year": "2025", "result": "filed"}),
        ("credit-entries", {"kind": "serious", "reason": "甲", "authority": "乙", "listed_on": "2024-01-01"}),
        ("commendations", {"stage": "award", "title": "奖", "authority": "甲", "on": "2024-01-01"}),
    ],
)
def test_staff_enter_and_edit_each_kind_on_a_page(client, request, officer, kind, body):
    from tests.house.cast import Cast, own_organization

    made = own_organization(Cast(request.getfixturevalue))
    client.force_login(officer)
    page = f"/organizations/{made.pk}/"
    assert client.get(f"{page}{kind}/enter/").status_code == 200
    answer = client.post(f"{page}{kind}/enter/", body)
    assert answer.status_code == 302
    assert client.post(f"{page}{kind}/enter/", body).status_code == 400
    (entry,) = getattr(made, kind.replace("-", "_")).all()
    edit = f"{page}{kind}/{entry.pk}/edit/"
    assert client.get(edit).status_code == 200
    assert client.post(edit, {**body, "version": 1}).status_code == 302
    assert edit in client.get(page).content.decode()
    assert client.get(f"{page}clubs/enter/").status_code == 404
    client.logout()
    assert edit not in client.get(page).content.decode()
