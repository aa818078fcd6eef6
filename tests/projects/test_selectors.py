"""Beneficiaries together: measures never mix, and nobody is counted twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.models import BeneficiaryCount
from projects.selectors import combine, counts_by_stage
from regions.models import Region

PLACES = {
    code: Region(code=code, name=code, level=level)
    for code, level in [
        ("500000000000", "province"),
        ("500229000000", "county"),
        ("500229201000", "township"),
        ("500229201200", "village"),
        ("500229201201", "village"),
        ("500237000000", "county"),
        ("370000000000", "province"),
    ]
}
CHONGQING, CHENGKOU, LONGTIAN, SIWAN, WUWAN, WUSHAN, SHANDONG = PLACES


def count(
    value, region=CHENGKOU, measure="persons", *, project=1, stage="achieved", group="", qualifier="exact", **fields
):
    return BeneficiaryCount(
        project_id=project,
        stage=stage,
        region=PLACES[region],
        measure=measure,
        group=group,
        value=value,
        qualifier=qualifier,
        **{"status": "verified"} | fields,
    )


def one(*counts):
    (total,) = combine(counts)
    return total


def bounds(total):
    return total.total, total.at_least, total.at_most


@pytest.mark.parametrize("measure", ["person_times", "household_times"])
def test_contacts_add_up(measure):
    total = one(count(300, measure=measure), count(200, measure=measure, project=2))
    assert bounds(total) == (500, 500, 500)


def test_persons_of_two_projects_in_one_region_lie_between_the_largest_and_the_sum():
    assert bounds(one(count(300), count(200, project=2))) == (None, 300, 500)


def test_persons_of_two_projects_in_two_counties_may_still_be_the_same():
    assert bounds(one(count(300), count(200, WUSHAN, project=2))) == (None, 300, 500)


def test_persons_of_one_project_in_two_villages_are_different_people():
    assert bounds(one(count(300, SIWAN), count(200, WUWAN))) == (500, 500, 500)


def test_households_of_two_villages_are_different_in_any_project():
    assert bounds(one(count(30, SIWAN, "households"), count(20, WUWAN, "households", project=2))) == (50, 50, 50)


def test_households_of_a_village_may_be_among_those_of_its_county():
    assert bounds(one(count(30, SIWAN, "households"), count(90, CHENGKOU, "households", project=2))) == (None, 90, 120)


def test_households_of_one_village_in_two_projects_may_be_the_same():
    assert bounds(one(count(30, SIWAN, "households"), count(20, SIWAN, "households", project=2))) == (None, 30, 50)


def test_a_wider_count_of_the_same_project_includes_the_narrower_one():
    total = one(count(500, measure="person_times"), count(200, SIWAN, "person_times"))
    assert bounds(total) == (500, 500, 500)
    assert [part.value for part in total.within] == [200]


def test_a_group_is_part_of_everybody_and_groups_alone_may_overlap():
    women, elderly = count(80, group="women"), count(60, group="elderly")
    assert bounds(one(count(100), women, elderly)) == (100, 100, 100)
    assert bounds(one(women, elderly)) == (None, 80, 140)


def test_a_group_of_a_wider_region_does_not_include_another_group():
    total = one(count(80, group="women", measure="person_times"), count(60, SIWAN, "person_times", group="elderly"))
    assert bounds(total) == (140, 140, 140)


def test_a_number_whose_measure_is_not_stated_is_listed_and_never_summed():
    total = one(count(400, measure="ambiguous", qualifier="nearly"), count(7, WUSHAN, "ambiguous"))
    assert bounds(total) == (None, None, None)
    assert [part.value for part in total.parts] == [400, 7]


@pytest.mark.parametrize(
    ("qualifiers", "together"),
    [
        (("exact", "exact"), "exact"),
        (("exact", "over"), "over"),
        (("nearly", "over"), "over"),
        (("about", "over"), "over"),
        (("exact", "nearly"), "nearly"),
        (("nearly", "about"), "about"),
    ],
)
def test_a_sum_is_as_exact_as_its_parts(qualifiers, together):
    first, second = qualifiers
    total = one(count(1, SIWAN, "person_times", qualifier=first), count(2, WUWAN, "person_times", qualifier=second))
    assert total.qualifier == together
    assert bool(total.qualifier_label) is (together != "exact")


def test_an_inexact_part_that_is_included_elsewhere_does_not_blur_the_sum():
    assert one(count(100), count(60, group="women", qualifier="over")).qualifier == "exact"


def test_expected_and_achieved_stay_apart():
    found = combine([count(3000, stage="expected"), count(10)])
    assert [(total.stage, total.total) for total in found] == [("expected", 3000), ("achieved", 10)]


def test_nothing_counted_gives_no_total():
    assert combine([]) == []


def test_what_nobody_has_verified_waits_beside_the_total():
    total = one(count(300), count(200, WUSHAN, status="entered"))
    assert bounds(total) == (300, 300, 300)
    assert [row.value for row in total.waiting] == [200]
    assert bounds(one(count(200, status="entered"))) == (None, None, None)
    assert bounds(one(count(200, stage="expected", status="entered"))) == (200, 200, 200)


def test_what_is_struck_out_is_nowhere():
    assert combine([count(300, status="struck")]) == []


def test_counts_called_disjoint_are_summed_across_projects_only_when_both_say_so():
    first, second = count(300, overlap="disjoint"), count(200, project=2)
    assert bounds(one(first, second)) == (None, 300, 500)
    second.overlap = "disjoint"
    assert bounds(one(first, second)) == (500, 500, 500)


def test_inside_a_project_one_word_is_enough():
    assert bounds(one(count(80, group="women", overlap="disjoint"), count(60, group="elderly"))) == (140, 140, 140)


def test_a_third_count_that_may_overlap_does_not_lower_what_two_disjoint_ones_prove():
    villages = count(300, SIWAN), count(200, WUWAN)
    assert bounds(one(*villages, count(10, project=2))) == (None, 500, 510)


def test_the_same_people_count_once_with_the_larger_number():
    first = count(300, pk=1)
    again = count(320, WUSHAN, project=2, pk=2, overlap="same_as", same_as_id=1)
    total = one(first, again)
    assert bounds(total) == (320, 320, 320)
    assert total.parts == (first,)
    assert total.within == (again,)


def test_two_copies_of_a_count_that_is_not_among_the_rows_still_count_once():
    copies = [count(value, project=n, pk=n, overlap="same_as", same_as_id=1) for n, value in ((2, 50), (3, 60))]
    assert bounds(one(*copies)) == (60, 60, 60)


def test_parts_of_the_work_are_within_the_whole_of_it():
    rounds = [count(value, scope=scope, overlap="disjoint") for scope, value in (("第一期", 40), ("第二期", 50))]
    assert bounds(one(*rounds)) == (90, 90, 90)
    assert bounds(one(count(100), *rounds)) == (100, 100, 100)


rows = st.builds(
    count,
    st.integers(1, 10**9),
    st.sampled_from(list(PLACES)),
    st.sampled_from(["persons", "person_times", "households", "household_times", "ambiguous"]),
    project=st.integers(1, 3),
    stage=st.sampled_from(["expected", "achieved"]),
    group=st.sampled_from(["", "women", "elderly"]),
    qualifier=st.sampled_from(["exact", "over", "nearly", "about"]),
    overlap=st.sampled_from(["disjoint", "may_overlap"]),
)
ones = st.lists(
    rows, max_size=25, unique_by=lambda row: (row.project_id, row.stage, row.region_id, row.measure, row.group)
)


@given(ones)
def test_every_count_is_in_exactly_one_answer_and_bounds_hold(counts):
    found = combine(counts)
    assert len({(total.stage, total.measure) for total in found}) == len(found)
    used = [id(part) for total in found for part in (*total.parts, *total.within)]
    assert sorted(used) == sorted(map(id, counts))
    for total in found:
        assert all((row.stage, row.measure) == (total.stage, total.measure) for row in total.parts)
        if total.measure == "ambiguous":
            assert bounds(total) == (None, None, None)
            continue
        values = [part.value for part in total.parts]
        assert total.at_most == sum(values)
        assert max(values) <= total.at_least <= total.at_most
        assert total.total in (None, total.at_most)
        if total.total is not None:
            assert total.at_least == total.at_most == total.total
        if total.measure in ("person_times", "household_times"):
            assert total.total == sum(values)


@given(ones, st.randoms(use_true_random=False))
def test_the_order_of_the_counts_does_not_matter(counts, random):
    mixed = list(counts)
    random.shuffle(mixed)
    described = [[(t.stage, t.measure, *bounds(t), t.qualifier) for t in combine(some)] for some in (counts, mixed)]
    assert described[0] == described[1]


def contains(outer, inner) -> bool:
    """The slow definition: an outer row of the same project includes an inner one."""
    return (
        outer is not inner
        and (outer.project_id, outer.stage, outer.measure) == (inner.project_id, inner.stage, inner.measure)
        and outer.region.contains(inner.region_id)
        and outer.group in ("", inner.group)
    )


@given(ones)
def test_what_is_left_out_agrees_with_the_slow_definition(counts):
    left_out = {id(row) for total in combine(counts) for row in total.within}
    expected = {
        id(row) for row in counts if row.measure != "ambiguous" and any(contains(other, row) for other in counts)
    }
    assert left_out == expected


def test_a_project_shows_both_stages_even_when_empty(make_project, make_count):
    project = make_project("active")
    make_count(project)
    expected, achieved = counts_by_stage(project)
    assert (expected.stage, expected.counts, expected.totals) == ("expected", [], [])
    assert achieved.totals[0].total == 300
