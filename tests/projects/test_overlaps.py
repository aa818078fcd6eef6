"""What totals of beneficiaries must always hold, whatever the counts: checked against people known one by one."""

import random as chance

from hypothesis import given
from hypothesis import strategies as st

from demands.models import Measure
from projects.models import BeneficiaryCount
from projects.selectors import ADDITIVE, combine
from tests.projects.test_selectors import CHENGKOU, LONGTIAN, PLACES, SIWAN, WUSHAN, WUWAN, bounds, count

VILLAGES = (SIWAN, WUWAN, WUSHAN)
PROJECTS = (1, 2, 3)
people = st.lists(
    # Of each person: the home, and the project and village of every contact with a project.
    st.tuples(st.sampled_from(VILLAGES), st.dictionaries(st.sampled_from(PROJECTS), st.sampled_from(VILLAGES))),
    min_size=1,
    max_size=12,
)


def includes(wide, narrow) -> bool:
    """Whether the count of the first key is a total that includes the second, by project, region and group."""
    regions = PLACES[wide[1]].contains(narrow[1])
    return wide[0] == narrow[0] and regions and wide[2] in ("", narrow[2])


def world(folk, measure: str, seed: int) -> tuple[list[BeneficiaryCount], int]:
    """Counts of known people, as their projects would enter them, and how many distinct people they hold.

    A project meets each of its people in one place; a household is met at home.
    """
    random, sets = chance.Random(seed), {}
    for person, (home, met) in enumerate(folk):
        for project, village in met.items():
            place = home if measure == Measure.HOUSEHOLDS else village
            for region in {
                place,
                LONGTIAN if place in (SIWAN, WUWAN) else WUSHAN,
                CHENGKOU if place != WUSHAN else place,
            }:
                for group in ("", "women" if person % 2 else "elderly"):
                    sets.setdefault((project, region, group), set()).add(person)
    chosen = {key: held for key, held in sets.items() if random.random() < 0.5}
    counts, key_of = [], {}
    for number, (key, held) in enumerate(sorted(chosen.items()), start=1):
        project, region, group = key
        row = count(len(held), region, measure, project=project, group=group, pk=number)
        key_of[number] = key
        # A count is called disjoint only when it is: nobody of it is in a count that neither includes the other.
        beside = [other for other in chosen if not includes(key, other) and not includes(other, key)]
        if not any(chosen[other] & held for other in beside) and random.random() < 0.5:
            row.overlap = "disjoint"
        same = [n for n, other in key_of.items() if n != number and chosen[other] == held]
        same = [n for n in same if key_of[n][0] != project and counts[n - 1].same_as_id is None]
        if same and row.overlap != "disjoint" and random.random() < 0.7:
            row.overlap, row.same_as_id = "same_as", same[0]
        counts.append(row)
    return counts, len(set().union(*chosen.values())) if chosen else 0


@given(people, st.sampled_from(BeneficiaryCount.DISTINCT), st.integers(0, 10**6))
def test_the_truth_lies_between_the_bounds(folk, measure, seed):
    counts, truth = world(folk, measure, seed)
    for total in combine(counts):
        assert total.at_least <= truth <= total.at_most


entries = st.builds(
    count,
    st.integers(1, 10**6),
    st.sampled_from([SIWAN, WUWAN, LONGTIAN, CHENGKOU, WUSHAN]),
    st.sampled_from([*BeneficiaryCount.DISTINCT, *ADDITIVE]),
    project=st.sampled_from(PROJECTS),
    stage=st.sampled_from(["expected", "achieved"]),
    group=st.sampled_from(["", "women", "elderly"]),
    overlap=st.sampled_from(["disjoint", "may_overlap"]),
    status=st.sampled_from(["entered", "verified", "struck"]),
)
several = st.lists(
    entries, max_size=15, unique_by=lambda row: (row.project_id, row.stage, row.region_id, row.measure, row.group)
)


def totals(counts, stage="achieved") -> dict:
    """Bounds by measure, of the measures in which something counts."""
    return {t.measure: bounds(t) for t in combine(counts) if t.stage == stage and t.parts}


@given(several, st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order(counts, random):
    mixed = list(counts)
    random.shuffle(mixed)
    assert totals(mixed) == totals(counts)
    assert totals(mixed, "expected") == totals(counts, "expected")


beside = st.lists(
    st.tuples(
        st.integers(1, 10**6),
        st.sampled_from([SIWAN, WUWAN, WUSHAN]),
        st.sampled_from(["", "women"]),
        st.sampled_from(["disjoint", "may_overlap"]),
    ),
    max_size=4,
    unique_by=lambda row: row[1:3],
)


@given(several, beside, st.data())
def test_totals_do_not_depend_on_how_rows_are_split(others, own, data):
    """The parts of a count and the count itself, beside others of its own project and of other projects."""
    whole = data.draw(
        st.builds(count, st.integers(2, 10**6), measure=st.sampled_from([*BeneficiaryCount.DISTINCT, *ADDITIVE]))
    )
    whole.project_id, whole.overlap, whole.scope = 4, "disjoint", "全期"
    counts = [
        *others,
        *(count(n, at, whole.measure, project=4, group=group, overlap=overlap) for n, at, group, overlap in own),
    ]
    cuts = sorted(data.draw(st.sets(st.integers(1, whole.value - 1), max_size=4)))
    values = [after - before for before, after in zip([0, *cuts], [*cuts, whole.value], strict=True)]
    pieces = [
        count(value, measure=whole.measure, project=whole.project_id, overlap="disjoint", scope=f"第{number}期")
        for number, value in enumerate(values, start=1)
    ]
    assert totals([*counts, whole]) == totals([*counts, *pieces])


@given(several, st.integers(1, 10**6), st.sampled_from(BeneficiaryCount.DISTINCT))
def test_a_count_that_may_overlap_never_raises_the_lower_bound_beyond_itself_and_never_lowers_it(
    counts, value, measure
):
    extra = count(value, CHENGKOU, measure, project=9)
    before = totals(counts).get(measure, (0, 0, 0))
    after = totals([*counts, extra])[measure]
    disjoint = [row for row in counts if row.measure == measure and row.region_id == WUSHAN]
    if measure == Measure.PERSONS or not disjoint:
        assert after[1] == max(before[1], value)
    assert after[1] >= before[1]
    assert after[2] == before[2] + value


@given(several, several)
def test_unverified_or_expected_values_never_enter_achieved_totals(counts, others):
    free = [row for row in others if row.stage == "expected" or row.status != "verified"]
    assert totals([*counts, *free]) == totals(counts)


@given(several, st.data())
def test_a_further_count_of_the_same_people_changes_a_total_only_by_its_larger_number(counts, data):
    counted = [row for row in counts if row.measure in BeneficiaryCount.DISTINCT and row.status == "verified"]
    counted = [row for row in counted if row.stage == "achieved"]
    for number, row in enumerate(counts, start=1):
        row.pk = number
    if not counted:
        return
    original = data.draw(st.sampled_from(counted))
    value = data.draw(st.integers(1, 10**6))
    again = count(value, WUSHAN, original.measure, project=9, pk=99, overlap="same_as", same_as_id=original.pk)
    found = totals([*counts, again])
    original.value = max(original.value, value)
    assert found == totals(counts)
