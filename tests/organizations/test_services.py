"""Every change of the register."""

import itertools

import pytest
from django.utils.translation import override

from core.errors import Refused
from core.models import StatusChange
from core.states import Stale, WrongState
from organizations import selectors, services
from organizations.models import Membership, Organization

Status = Organization.Status
CODE = "51500242MJP0000568"
OTHER_CODE = "52370600MJE000064H"


@pytest.fixture
def values(regions):
    return {"name": " 酉阳  茶叶协会 ", "kind": "association", "level": "county", "region": regions["500229"]}


def test_a_new_organization_is_a_draft_with_clean_name_code_and_search_keys(values, officer):
    made = services.register_organization(**values, uscc="51500242mjp0000568 ", by=officer)
    assert (made.name, made.uscc, made.status) == ("酉阳 茶叶协会", CODE, Status.DRAFT)
    assert (made.initials, made.pinyin) == ("yycyxh", "youyangchayexiehui")
    assert made.created_by == officer


def test_a_code_of_another_region_is_only_a_warning(values, officer):
    made = services.register_organization(**values, uscc=CODE, by=officer)
    with override("en"):
        (warning,) = selectors.warnings(made)
        assert "500242" in str(warning)
        assert "500229" in str(warning)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "name_missing"),
        ({"name": "长" * 121}, "name_too_long"),
        ({"uscc": "51500242MJP0000567"}, "uscc_invalid"),
        ({"uscc": "5150"}, "uscc_invalid"),
    ],
)
def test_bad_values_are_refused_and_nothing_is_stored(values, officer, changes, code):
    with pytest.raises(Refused) as refused:
        services.register_organization(**{**values, **changes}, by=officer)
    assert refused.value.code == code
    assert not Organization.objects.exists()
    assert not StatusChange.objects.exists()


def test_a_code_is_registered_once(values, officer):
    services.register_organization(**values, uscc=CODE, by=officer)
    with pytest.raises(Refused) as refused:
        services.register_organization(**{**values, "name": "另一协会"}, uscc=CODE, by=officer)
    assert refused.value.code == "uscc_taken"


def test_the_unique_code_of_the_database_is_the_same_refusal(values, officer, monkeypatch):
    """Somebody who enters the same code at the same moment passes the check before the write."""
    services.register_organization(**values, uscc=CODE, by=officer)
    monkeypatch.setattr(services.register, "_insist_on_new", lambda organization: None)
    with pytest.raises(Refused) as refused:
        services.register_organization(**{**values, "name": "另一协会"}, uscc=CODE, by=officer)
    assert refused.value.code == "uscc_taken"
    assert Organization.objects.count() == 1


def test_a_name_without_code_is_registered_once_in_a_region(values, officer, regions):
    services.register_organization(**values, by=officer)
    with pytest.raises(Refused) as refused:
        services.register_organization(**values, by=officer)
    assert refused.value.code == "name_taken"
    services.register_organization(**{**values, "region": regions["500237"]}, by=officer)


def test_a_registered_kind_becomes_active_only_with_its_code(values, officer):
    made = services.register_organization(**values, by=officer)
    with pytest.raises(Refused) as refused:
        services.activate_organization(organization=made, by=officer)
    assert refused.value.code == "uscc_missing"
    services.edit_organization(organization=made, values={"uscc": CODE}, version=1, by=officer)
    services.activate_organization(organization=made, by=officer)
    with pytest.raises(Refused):
        services.edit_organization(organization=made, values={"uscc": ""}, version=made.version, by=officer)
    assert made.uscc == CODE


def test_an_edit_keeps_the_history_and_the_search_keys(values, officer):
    made = services.register_organization(**values, by=officer)
    services.edit_organization(organization=made, values={"name": "城口茶叶协会"}, version=1, by=officer)
    made.refresh_from_db()
    assert (made.version, made.initials) == (2, "ckcyxh")
    change = StatusChange.objects.of(made).first()
    assert change.changes == {"name": ["酉阳 茶叶协会", "城口茶叶协会"]}


def test_an_edit_of_an_older_version_is_refused(values, officer):
    made = services.register_organization(**values, by=officer)
    services.edit_organization(organization=made, values={"name": "甲协会"}, version=1, by=officer)
    with pytest.raises(Stale):
        services.edit_organization(organization=made, values={"name": "乙协会"}, version=1, by=officer)
    assert Organization.objects.get().name == "甲协会"


def test_a_corrected_code_is_no_demonstration_code_any_more(values, officer):
    made = services.register_organization(**values, uscc=CODE, synthetic=True, by=officer)
    services.edit_organization(organization=made, values={"uscc": OTHER_CODE}, version=1, by=officer)
    assert not Organization.objects.get().is_synthetic


def test_only_known_fields_can_be_edited(values, officer):
    made = services.register_organization(**values, by=officer)
    with pytest.raises(ValueError, match="status"):
        services.edit_organization(organization=made, values={"status": "active"}, version=1, by=officer)


STEPS = {
    Status.ACTIVE: lambda organization, by: services.activate_organization(organization=organization, by=by),
    Status.CANCELLED: lambda organization, by: services.cancel_organization(
        organization=organization, reason="自愿注销", by=by
    ),
    Status.REVOKED: lambda organization, by: services.revoke_organization(
        organization=organization, reason="连续两年未参检", by=by
    ),
}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, STEPS)))
def test_exactly_the_steps_of_the_table_are_possible(values, officer, old, new):
    made = services.register_organization(**values, uscc=CODE, by=officer)
    successor = made if old == Status.MERGED else None
    Organization.objects.filter(pk=made.pk).update(status=old, successor=successor)
    before = StatusChange.objects.count()
    if new in Organization.TRANSITIONS[old]:
        STEPS[new](made, officer)
        change = StatusChange.objects.of(made).first()
        assert (change.old, change.new, change.by) == (old, new, officer)
    else:
        with pytest.raises(WrongState):
            STEPS[new](made, officer)
        assert Organization.objects.get().status == old
        assert StatusChange.objects.count() == before


@pytest.mark.parametrize("service", [services.cancel_organization, services.revoke_organization])
def test_leaving_the_register_needs_a_reason(organization, officer, service):
    with pytest.raises(Refused) as refused:
        service(organization=organization, reason=" ", by=officer)
    assert refused.value.code == "reason_missing"
    assert Organization.objects.get().status == Status.ACTIVE


def test_a_person_is_a_member_once(organization, make_user, officer):
    user = make_user("li")
    services.add_member(organization=organization, user=user, role=Membership.Role.OPERATOR, by=officer)
    with pytest.raises(Refused) as refused:
        services.add_member(organization=organization, user=user, role=Membership.Role.MANAGER, by=officer)
    assert refused.value.code == "already_member"
    assert Membership.objects.get().role == Membership.Role.OPERATOR


ROWS = [
    {"name": "临沂市慈善总会", "kind": "federation", "uscc": "", "level": "city", "region": "371300"},
    {
        "name": "酉阳茶叶协会",
        "kind": "association",
        "uscc": CODE,
        "level": "county",
        "region": "500229",
        "synthetic": True,
    },
]


def test_a_load_is_active_at_once_and_a_second_load_adds_nothing(regions):
    first = services.load_organizations(rows=ROWS, by=None)
    assert (first.added, [made.status for made in first.organizations]) == (2, [Status.ACTIVE] * 2)
    assert [made.is_synthetic for made in first.organizations] == [False, True]
    second = services.load_organizations(rows=ROWS, by=None)
    assert (second.added, second.organizations) == (0, first.organizations)


def test_a_later_load_fills_in_a_missing_code(regions):
    services.load_organizations(rows=ROWS[:1], by=None)
    services.load_organizations(rows=[{**ROWS[0], "uscc": OTHER_CODE}], by=None)
    assert Organization.objects.get().uscc == OTHER_CODE


def test_all_errors_of_a_load_come_at_once_and_nothing_is_stored(regions):
    rows = [
        ROWS[0],
        {**ROWS[0], "name": "", "region": "999999"},
        {**ROWS[1], "uscc": CODE[:-1] + "9", "kind": "club"},
    ]
    with override("en"), pytest.raises(services.BadRows) as refused:
        services.load_organizations(rows=rows, by=None)
    errors = [(error["row"], error["field"]) for error in refused.value.facts["errors"]]
    assert errors == [(2, "name"), (2, "region"), (3, "kind"), (3, "uscc")]
    assert "Errors: 4" in str(refused.value)
    assert not Organization.objects.exists()


def test_staff_load_only_organizations_of_their_region(regions, officer):
    with pytest.raises(services.BadRows) as refused:
        services.load_organizations(rows=ROWS, by=officer)
    assert [(error["row"], error["field"]) for error in refused.value.facts["errors"]] == [(1, "region")]
