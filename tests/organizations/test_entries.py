"""Certificates, grades, returns, credit lists and commendations of an organization."""

import datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

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
from regions.models import Region

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


def test_a_wrong_entry_is_struck_out_with_a_reason_and_counts_nowhere(organization, officer, make_user, client):
    made = listed(organization, kind="serious")
    with pytest.raises(Refused) as refused:
        services.strike_entry(entry=made, reason=" ", by=officer)
    assert refused.value.code == "reason_missing"
    services.strike_entry(entry=made, reason="录错单位", by=officer)
    assert selectors.why_not_eligible(organization) == ""
    assert not CreditEntry.objects.exists()
    assert CreditEntry.written.get().strike_reason == "录错单位"
    assert [change.note for change in StatusChange.objects.of(made)][0] == "录错单位"
    change = StatusChange.objects.of(organization).first()
    assert (change.note, change.changes["credit_entries"][1]) == ("录错单位", "")
    with pytest.raises(Refused) as refused:
        services.strike_entry(entry=made, reason="再次", by=officer)
    assert refused.value.code == "struck"
    with pytest.raises(Refused) as refused:
        services.edit_entry(entry=made, values={"reason": "改"}, version=made.version, by=officer)
    assert refused.value.code == "struck"
    listed(organization, kind="serious")
    assert selectors.why_not_eligible(organization) != ""


def test_staff_see_what_was_struck_out_and_the_public_does_not(organization, client, regions, make_user):
    made = add(organization, Certificate(kind="charity", issuer="某某民政局", valid_from=DAY))
    staff = make_user("shandong", region=regions["370000"])
    address = reverse("organizations:entry-strike", args=[organization.pk, "certificates", made.pk])
    client.force_login(staff)
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "发错了", "version": made.version}).status_code == 302
    page = reverse("organizations:organization-detail", args=[organization.pk])
    assert "<s>某某民政局</s>" in client.get(page).content.decode()
    assert client.get(address).status_code == 404
    client.logout()
    assert "某某民政局" not in client.get(page).content.decode()
    assert client.get(f"/api/v1/organizations/{organization.pk}/").json()["certificates"] == []


def test_a_struck_entry_needs_its_reason_in_the_table_too(organization):
    made = add(organization, AnnualReturn(year=2024, result="passed"))
    with pytest.raises(IntegrityError, match="annual_return_struck_with_reason"):
        AnnualReturn.objects.filter(pk=made.pk).update(struck_at=timezone.now())


DUE = datetime.date(2026, 5, 31)


@pytest.fixture
def coded(make_organization):
    """An association with a code of civil affairs."""
    return make_organization("临沂市养蜂协会", kind="association", uscc="51371300MJ0000050D")


class TestAnnualReturns:
    """An organization of which returns are kept owes that of the last due year, by the rule in force at that time."""

    def test_where_no_return_is_kept_nothing_is_owed(self, coded):
        assert selectors.why_not_eligible(coded, DUE.replace(year=2030)) == ""

    def test_the_return_may_be_missing_until_the_end_of_the_last_day(self, coded):
        add(coded, AnnualReturn(year=2024, result="passed"))
        assert selectors.why_not_eligible(coded, DUE) == ""
        reason = selectors.why_not_eligible(coded, DUE + datetime.timedelta(days=1))
        assert "2025" in reason
        assert "第二十八条" in reason
        assert not Organization.objects.eligible(DUE + datetime.timedelta(days=1)).filter(pk=coded.pk).exists()
        add(coded, AnnualReturn(year=2025, result="basic"))
        assert selectors.why_not_eligible(coded, DUE + datetime.timedelta(days=1)) == ""

    def test_not_filed_is_owed_and_not_passed_is_not(self, coded):
        made = add(coded, AnnualReturn(year=2024, result="missing"))
        assert selectors.why_not_eligible(coded, DUE) != ""
        services.edit_entry(entry=made, values={"result": "failed"}, version=made.version, by=None)
        assert selectors.why_not_eligible(coded, DUE) == ""

    def test_a_struck_return_is_no_return(self, coded):
        add(coded, AnnualReturn(year=2023, result="passed"))
        made = add(coded, AnnualReturn(year=2024, result="passed"))
        assert selectors.why_not_eligible(coded, DUE) == ""
        services.strike_entry(entry=made, reason="年度录错", by=None)
        assert selectors.why_not_eligible(coded, DUE) != ""

    def test_foundations_have_an_earlier_day_by_their_own_regulation(self, make_organization):
        foundation = make_organization("甲基金会", kind="foundation", uscc="5310000050000004XY")
        add(foundation, AnnualReturn(year=2024, result="passed"))
        assert selectors.why_not_eligible(foundation, datetime.date(2026, 3, 31)) == ""
        assert "第三十六条" in selectors.why_not_eligible(foundation, datetime.date(2026, 4, 1))

    def test_who_was_founded_in_the_year_or_later_owes_nothing_for_it(self, coded, officer):
        add(coded, AnnualReturn(year=2024, result="passed"))
        after = DUE + datetime.timedelta(days=1)
        coded.refresh_from_db()
        values = {"founded_on": datetime.date(2025, 1, 1)}
        services.edit_organization(organization=coded, values=values, version=coded.version, by=officer)
        assert selectors.why_not_eligible(coded, after) == ""
        values = {"founded_on": datetime.date(2024, 12, 31)}
        services.edit_organization(organization=coded, values=values, version=coded.version, by=officer)
        assert selectors.why_not_eligible(coded, after) != ""

    def test_organizations_that_are_only_filed_owe_nothing(self, make_organization):
        filed = make_organization("互助会", kind="community")
        add(filed, AnnualReturn(year=2010, result="missing"))
        assert selectors.why_not_eligible(filed, DUE) == ""

    def test_another_file_of_rules_may_ask_it_of_all_or_of_none(self, coded, settings, tmp_path):
        head = "kinds,due,applies,valid_from,valid_to,basis,basis_en"
        settings.ANNUAL_RETURN_RULES = str(tmp_path / "always.csv")
        (tmp_path / "always.csv").write_text(f"{head}\nassociation,06-30,always,2020-01-01,2025-12-31,甲,A\n")
        assert selectors.why_not_eligible(coded, datetime.date(2025, 6, 30)) != ""  # 2023 was due in 2024
        assert selectors.why_not_eligible(coded, datetime.date(2026, 7, 1)) == ""  # the rule had ended
        assert selectors.why_not_eligible(coded, datetime.date(2020, 6, 30)) == ""  # and not begun
        settings.ANNUAL_RETURN_RULES = str(tmp_path / "off.csv")
        (tmp_path / "off.csv").write_text(f"{head}\nassociation,06-30,off,2020-01-01,,甲,A\n")
        assert selectors.why_not_eligible(coded, datetime.date(2025, 7, 1)) == ""

    def test_the_organizations_people_read_it_on_its_page_and_visitors_do_not(self, coded, client, make_user):
        add(coded, AnnualReturn(year=2010, result="passed"))
        page = reverse("organizations:organization-detail", args=[coded.pk])
        assert "第二十八条" not in client.get(page).content.decode()
        client.force_login(make_user("keeper", organization=coded))
        assert "第二十八条" in client.get(page).content.decode()


class TestRegionsOfCodes:
    """A code's region digits are held against the history of the regions; a mismatch only warns."""

    def code(self, digits: str) -> str:
        body = f"51{digits}MJ0000050"[:17]
        return body + uscc.check_character(body)

    def warnings(self, digits, region, level="county"):
        return selectors.code_warnings(self.code(digits), level=level, region=region)

    def test_an_abolished_region_whose_place_was_taken_does_not_warn(self, regions):
        new = regions["500229"]
        days = {"valid_to": datetime.date(2020, 1, 1), "level": "county", "parent_id": new.parent_id}
        middle = Region.objects.create(code="500298000000", name="中县", successor=new, **days)
        Region.objects.create(code="500299000000", name="老县", successor=middle, **days)
        assert self.warnings("500299", new) == []
        assert self.warnings("500298", regions["500229201"]) == []
        found = self.warnings("500299", regions["500237"])
        assert len(found) == 1
        assert "老县" in found[0]

    def test_an_abolished_region_without_successor_and_an_unknown_one_warn(self, regions):
        Region.objects.create(
            code="500299000000",
            name="老县",
            level="county",
            valid_to=datetime.date(2020, 1, 1),
            parent_id="500200000000",
        )
        assert "老县" in self.warnings("500299", regions["500229"])[0]
        assert "999999" in self.warnings("999999", regions["500229"])[0]
        assert "100000" in self.warnings("100000", regions["500229"])[0]

    def test_the_right_digits_of_each_level_do_not_warn(self, regions):
        assert self.warnings("500229", regions["500229"]) == []
        assert self.warnings("500229", regions["500229201"]) == []
        assert self.warnings("371300", regions["371324"], "city") == []
        assert self.warnings("100000", regions["500229"], "national") == []
        assert self.warnings("500229", regions["500229"], "national") != []

    def test_a_wrong_inner_check_character_warns_on_the_page_and_on_the_form(self, regions, officer, client):
        body = "51500229MJ0000059"
        made = services.register_organization(
            name="甲",
            kind="association",
            level="county",
            region=regions["500229"],
            by=officer,
            uscc=body + uscc.check_character(body),
        )
        client.force_login(officer)
        for name in ("organization-detail", "organization-edit"):
            assert "GB 11714" in client.get(reverse(f"organizations:{name}", args=[made.pk])).content.decode()
        client.logout()
