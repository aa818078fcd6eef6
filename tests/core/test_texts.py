"""Texts are stored without characters nobody sees, whichever way they come in."""

import pytest
from django.db import transaction

from core import states
from core.errors import Refused
from core.texts import clean, cleaned
from demands.models import Demand
from organizations.models import Organization

# NUL, bell, escape, a byte-order mark, a space of no width, and a mark that turns the line round.
STRANGE = "\x00\x07\x1b\ufeff\u200b\u202e"


@pytest.mark.parametrize(
    ("text", "whole", "one_line"),
    [
        ("过冬棉被", "过冬棉被", "过冬棉被"),
        (f"过冬{STRANGE}棉被", "过冬棉被", "过冬棉被"),
        ("一\r\n二\r三\t四", "一\n二\n三\t四", "一 二 三 四"),
        (" 两端的空格 ", " 两端的空格 ", " 两端的空格 "),
        ("全角\u3000空格", "全角\u3000空格", "全角\u3000空格"),
        ("\U00020bb7 👩\u200d🌾", "\U00020bb7 👩\u200d🌾", "\U00020bb7 👩\u200d🌾"),
        (STRANGE, "", ""),
    ],
)
def test_only_what_nobody_sees_is_taken_away(text, whole, one_line):
    assert (clean(text), clean(text, one_line=True)) == (whole, one_line)


def test_a_short_field_is_one_line_a_long_one_keeps_its_lines_and_codes_are_left_alone():
    values = {"title": f"过冬\n棉被{STRANGE}", "story": "一\r\n二", "urgency": "normal", "version": 3, "contact": None}
    found = cleaned(Demand, values)
    assert found == {**values, "title": "过冬 棉被", "story": "一\n二"}


def test_a_text_of_nothing_visible_is_refused_where_one_is_needed():
    assert cleaned(Demand, {"story": STRANGE})["story"] == ""
    with pytest.raises(Refused) as refusal:
        cleaned(Demand, {"title": STRANGE})
    assert (refusal.value.code, refusal.value.facts) == ("invisible", {"field": "title"})


def test_every_way_of_storing_cleans(db, regions, make_organization):
    made = make_organization(f"慈善\x07总会{STRANGE}")
    assert Organization.objects.get(pk=made.pk).name == "慈善总会"
    with transaction.atomic():
        changes = states.record(made, {"name": f"慈善{STRANGE}会"}, by=None, note=f"更名{STRANGE}")
        assert changes["name"] == ["慈善总会", "慈善会"]
        assert states.record(made, {"name": f"{STRANGE}慈善会"}, by=None) == {}
    with transaction.atomic():
        many = [Organization(name=f"第{n}会{STRANGE}", kind="association", region=regions["500229"]) for n in range(2)]
        states.begin_many(many, by=None)
    assert set(Organization.objects.values_list("name", flat=True)) == {"慈善会", "第0会", "第1会"}
