"""Lists are handed in and published in one step, by the rules that hold for each demand alone."""

import pytest

from core.models import StatusChange
from demands import services
from demands.models import Demand, DemandItem, NotAccepted
from tests.demands.conftest import url
from tests.demands.test_services import code_of


@pytest.fixture
def batch(regions, officer):
    return services.create_list(region=regions["500229"], title="清单", by=officer)


@pytest.fixture
def drafts(batch, officer, regions):
    """Three unlike drafts of the list: seeds, a doctor, a bridge."""
    made = []
    for title, what in (("春耕种子", "玉米种子"), ("医生下乡", "义诊"), ("便民桥", "水泥")):
        values = {"village": regions["500229201200"], "form": "relief", "title": title, "list": batch}
        items = [{"kind": DemandItem.Kind.GOODS, "what": what, "unit": "份", "quantity": 5}]
        made.append(services.create_demand(values=values, items=items, by=officer))
    return made


def prove(batch, officer):
    services.attach_evidence(record=batch, name="摸底表.csv", content=b"a,b\n1,2\n", by=officer)


def states_of(drafts) -> list[str]:
    return [Demand.objects.get(pk=draft.pk).status for draft in drafts]


def test_all_drafts_go_the_whole_way_each_with_its_history(batch, drafts, officer, second_officer):
    prove(batch, officer)
    assert services.submit_list(demand_list=batch, by=officer) == (3, [])
    assert services.publish_demands_of(demand_list=batch, by=second_officer) == (3, [])
    for draft in drafts:
        steps = StatusChange.objects.of(draft).values_list("new", "by")[:2]
        assert list(steps) == [("published", second_officer.pk), ("submitted", officer.pk)]
        row = Demand.objects.get(pk=draft.pk)
        assert (row.version, row.published_at is not None) == (3, True)


def test_without_evidence_none_is_handed_in_and_each_is_named(batch, drafts, officer):
    done, refused = services.submit_list(demand_list=batch, by=officer)
    assert (done, len(refused)) == (0, 3)
    assert states_of(drafts) == ["draft"] * 3


def test_one_that_may_not_be_handed_in_does_not_hinder_the_others(batch, drafts, officer):
    prove(batch, officer)
    day = drafts[0].created_at.date()
    entry = NotAccepted(name="水泥", reason="由项目统一采购", valid_from=day, source="县民政局")
    services.add_entry(entry=entry, by=officer)
    done, refused = services.submit_list(demand_list=batch, by=officer)
    assert done == 2
    assert [drafts[2].reference in sentence for sentence in refused] == [True]
    assert states_of(drafts) == ["submitted", "submitted", "draft"]


def test_two_alike_in_one_list_are_both_kept_back(batch, drafts, officer, regions):
    prove(batch, officer)
    values = {"village": regions["500229201200"], "form": "relief", "title": "再要种子", "list": batch}
    items = [{"kind": DemandItem.Kind.GOODS, "what": "玉米种子", "unit": "份", "quantity": 1}]
    services.create_demand(values=values, items=items, by=officer)
    done, refused = services.submit_list(demand_list=batch, by=officer)
    assert (done, len(refused)) == (2, 2)


def test_nobody_publishes_a_list_of_their_own_demands(batch, drafts, officer):
    prove(batch, officer)
    services.submit_list(demand_list=batch, by=officer)
    done, refused = services.publish_demands_of(demand_list=batch, by=officer)
    assert (done, len(refused)) == (0, 3)


def test_what_the_township_has_to_check_waits_for_it(batch, drafts, officer, second_officer, checker):
    prove(batch, officer)
    services.submit_list(demand_list=batch, by=officer)
    services.check_demand(demand=Demand.objects.get(pk=drafts[0].pk), by=checker)
    done, refused = services.publish_demands_of(demand_list=batch, by=second_officer)
    assert (done, len(refused)) == (1, 2)
    assert states_of(drafts) == ["published", "submitted", "submitted"]


def test_the_number_of_queries_does_not_grow_with_the_list(
    batch, drafts, officer, second_officer, django_assert_max_num_queries
):
    prove(batch, officer)
    with django_assert_max_num_queries(20):
        services.submit_list(demand_list=batch, by=officer)
    with django_assert_max_num_queries(20):
        services.publish_demands_of(demand_list=batch, by=second_officer)


def test_the_last_file_of_a_list_stays_while_demands_rest_on_it(batch, drafts, officer, client):
    prove(batch, officer)
    services.submit_list(demand_list=batch, by=officer)
    only = batch.evidence.get()
    client.force_login(officer)
    client.post(url("evidence-remove", only))
    assert code_of(lambda: services.remove_evidence(evidence=only, by=officer)) == "no_evidence"
    assert batch.evidence.count() == 1
    services.attach_evidence(record=batch, name="摸底表（已脱敏）.csv", content=b"a\n1\n", by=officer)
    services.remove_evidence(evidence=only, by=officer)
    assert [file.name for file in batch.evidence.all()] == ["摸底表（已脱敏）.csv"]


def test_files_of_a_list_of_which_nothing_is_handed_in_are_taken_away_freely(batch, drafts, officer):
    prove(batch, officer)
    services.remove_evidence(evidence=batch.evidence.get(), by=officer)
    assert not batch.evidence.exists()
