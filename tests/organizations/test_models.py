"""The credit code and who sees which organization."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from organizations import uscc
from organizations.models import Membership, Organization, validate_uscc

VALID = [
    "51500000500000015J",
    "52340700MJA000016J",
    "53370000MJD00002XJ",
    "59430000MJJ0000398",
    "5310000050000004XY",
    "51500242MJP0000568",
    "52370600MJE000064H",
]
BODY = st.text(alphabet=uscc.ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", VALID)
def test_real_looking_codes_are_accepted(code):
    validate_uscc(code)
    assert oracle.is_valid(code)


@given(BODY)
def test_the_check_character_is_that_of_the_independent_library(body):
    assert uscc.check_character(body) == oracle.calc_check_digit(body)


@given(st.text(alphabet=uscc.ALPHABET + "IOSVZ-é", min_size=16, max_size=19))
@example("51500000500000015J")
@example("51500000500000015K")
def test_a_code_is_valid_exactly_when_the_independent_library_says_so(code):
    # The library wants digits in the first eight places; GB 32100 only in the region's six.
    if code[:8].isdigit() and len(code) == 18 and code.isalnum() and code.isascii():
        assert uscc.is_valid(code) == oracle.is_valid(code)
    if len(code) != 18:
        assert not uscc.is_valid(code)


@given(BODY, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_always_found(body, position, char):
    code = body + uscc.check_character(body)
    wrong = code[:position] + char + code[position + 1 :]
    assert uscc.is_valid(wrong) == (wrong == code)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("51500000500000015", "has 18 characters; this one has 17"),
        ("51500000500000015JJ", "has 18 characters; this one has 19"),
        ("5150000O500000015J", "this one contains: O"),
        ("51500000500000015K", "last character"),
    ],
)
def test_each_mistake_has_its_sentence(code, sentence):
    with override("en"):
        with pytest.raises(ValidationError) as error:
            validate_uscc(code)
        assert len(error.value.messages) == 1
        assert sentence in error.value.messages[0]


@pytest.mark.parametrize(
    "typed", ["５１５０００００５００００００１５Ｊ", "51500000500000015j", " 5150 0000 5000 0001 5J\u3000"]
)
def test_a_code_is_read_however_it_was_typed(typed):
    assert uscc.normalise(typed) == "51500000500000015J"


@pytest.mark.parametrize(
    ("level", "region", "fits"),
    [
        ("county", "500242000000", True),
        ("county", "500229000000", False),
        ("city", "500242000000", True),
        ("national", "500242000000", False),
        ("province", "500000000000", False),
    ],
)
def test_the_region_digits_fit_the_registration_region(level, region, fits):
    assert uscc.fits_region("51500242MJP0000568", level=level, region_code=region) is fits


def test_the_ministry_registers_national_organizations():
    assert uscc.fits_region("5310000050000004XY", level="national", region_code="110000000000")


def test_the_database_refuses_an_impossible_code(make_organization):
    organization = make_organization("甲")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(uscc="5150000O500000015J")


def test_drafts_are_seen_only_by_staff_of_the_region_and_by_members(
    regions, make_user, officer, outsider, member, organization
):
    draft = Organization.objects.create(
        name="城口县某协会", kind="association", level="county", region=regions["500229"]
    )
    own = make_user("own", organization=draft)
    province = make_user("province", region=regions["500000"])
    root = make_user("root")
    root.is_superuser = True

    def sees(user):
        return draft in Organization.objects.visible_to(user)

    assert [sees(user) for user in (officer, province, own, root)] == [True] * 4
    assert [sees(user) for user in (outsider, member, AnonymousUser())] == [False] * 3
    assert organization in Organization.objects.visible_to(AnonymousUser())


def test_a_person_acts_for_the_organizations_they_are_a_member_of(member, organization, second_organization):
    assert list(Organization.objects.of(member)) == [organization]
    assert not Organization.objects.of(AnonymousUser())
    assert str(Membership.objects.get()) == "member · 临沂市慈善总会"
