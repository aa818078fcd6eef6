"""Chinese search by pairs of characters finds what a substring search finds."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from core import bigrams


def matches(text: str, wanted: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [bigrams.vector([text]), bigrams.query(wanted)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="城口县慈善会", max_size=8), st.text(alphabet="城口县慈善会", min_size=1, max_size=4))
def test_a_run_is_found_exactly_where_a_substring_is(text, wanted):
    assert matches(text, wanted) == (wanted in text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("城口，县城", "口县", False),
        ("城口 2021Ａ组", "2021a", True),
        ("城口 2021Ａ组", "202", True),
        ("O'Brien \\ 基金会", "brien 基金", True),
        ("重庆市渝中区", "渝中 重庆", True),
        ("重庆市渝中区", "渝中 成都", False),
        ("㐂𠮷村", "𠮷村", True),
    ],
)
def test_runs_stand_apart_and_all_have_to_be_found(text, wanted, found):
    assert matches(text, wanted) is found


def test_a_text_without_letters_asks_for_nothing():
    assert bigrams.query(" %_'& ") == ""
