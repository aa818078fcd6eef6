"""The shared components: what they draw from the values their contracts name."""

import re
from decimal import Decimal

import django_filters
import pytest
from django import forms
from django.core.paginator import Paginator
from django.db import models, transaction
from django.template import engines
from django.utils import translation

from core import states
from core.models import StatusChange
from organizations.models import Organization


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def draw(rf):
    """Render template source with a request for an address."""

    def draw(source: str, path: str = "/list/", **context) -> str:
        return engines["django"].from_string(source).render({**context, "request": rf.get(path)})

    return draw


class NeedForm(forms.Form):
    title = forms.CharField(label="Title", help_text="One sentence.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Checked")
    note = forms.CharField(label="Note", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("The parts do not fit together.")


FORM = '{% include "components/_form.html" with form=form csrf_token="token" submit="Send" cancel_url="/back/" only %}'


def test_error_summary_links_to_every_field_with_the_same_words(draw):
    form = NeedForm({"version": 3})
    html = draw(FORM, form=form)
    summary, rest = html.split("<form", 1)
    assert "The parts do not fit together." in summary
    links = re.findall(r'<a href="#([\w-]+)">(.*?)</a>', summary)
    assert [target for target, _words in links] == ["id_title", "id_kind", "id_sure"]
    for target, words in links:
        assert f'id="{target}"' in rest
        assert words in rest


def test_form_keeps_what_was_typed_and_carries_its_token_and_version(draw):
    html = draw(FORM, form=NeedForm({"title": "Quilts & coats", "version": 3}))
    assert 'value="Quilts &amp; coats"' in html
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="token">' in html
    assert 'name="version" value="3"' in html
    assert "novalidate" in html


def test_form_without_errors_has_no_summary(draw):
    assert "error-summary" not in draw(FORM, form=NeedForm())


def test_field_ties_hint_and_error_to_its_input(draw):
    html = draw('{% include "components/_field.html" with field=form.title only %}', form=NeedForm({}))
    described = re.search(r'aria-describedby="([^"]+)"', html).group(1).split()
    assert described == ["id_title_helptext", "id_title_error"]
    for target in described:
        assert html.count(f'id="{target}"') == 1


def test_field_that_may_stay_empty_says_so(draw):
    source = '{% include "components/_field.html" with field=form.note only %}'
    assert "optional" in draw(source, form=NeedForm())
    plain = '{% include "components/_field.html" with field=form.note plain=True only %}'
    assert "optional" not in draw(plain, form=NeedForm())


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Words")
    status = django_filters.MultipleChoiceFilter(label="Status", choices=[("open", "Open"), ("done", "Done")])
    number = django_filters.NumberFilter(label="Number")
    days = django_filters.RangeFilter(label="Days")

    class Meta:
        model = StatusChange
        fields: list[str] = []


def filters(rf, path: str) -> ChangeFilter:
    return ChangeFilter(rf.get(path).GET, queryset=StatusChange.objects.none())


FILTERS = '{% include "components/_filters.html" with filter=filter request=request only %}'


def test_each_applied_value_is_a_chip_that_removes_only_itself(draw, rf):
    path = "/list/?q=quilt&status=open&status=done&page=3&sort=-name"
    html = draw(FILTERS, path, filter=filters(rf, path))
    chips = re.findall(r'<a class="chip" href="([^"]+)">.*?</span>(.*?) <svg', html, re.S)
    assert chips == [
        ("?status=open&amp;status=done&amp;sort=-name", "Words · quilt"),
        ("?q=quilt&amp;status=done&amp;sort=-name", "Status · Open"),
        ("?q=quilt&amp;status=open&amp;sort=-name", "Status · Done"),
    ]


def test_choice_of_several_is_check_boxes_with_the_chosen_ones_ticked(draw, rf):
    path = "/list/?status=done"
    html = draw(FILTERS, path, filter=filters(rf, path))
    boxes = re.findall(r'<input type="checkbox" name="status" value="(\w+)"( checked)?>', html)
    assert boxes == [("open", ""), ("done", " checked")]


def test_range_is_one_chip(draw, rf):
    path = "/list/?days_min=2&days_max=5"
    html = draw(FILTERS, path, filter=filters(rf, path))
    assert re.findall(r'<a class="chip" href="([^"]+)">.*?</span>(.*?) <svg', html, re.S) == [("?", "Days · 2 ～ 5")]


def test_no_filter_no_chip(draw, rf):
    html = draw(FILTERS, filter=filters(rf, "/list/"))
    assert "chip" not in html
    assert "Clear all filters" not in html


def test_wrong_filter_value_opens_the_form_and_explains(draw, rf):
    path = "/list/?number=abc"
    html = draw(FILTERS, path, filter=filters(rf, path))
    assert "filters--open" in html
    assert '<a href="#id_number">' in html


def test_chip_escapes_what_the_reader_typed(draw, rf):
    path = "/list/?q=%3Cscript%3E"
    assert "<script>" not in draw(FILTERS, path, filter=filters(rf, path))


def test_pager_keeps_the_query_and_marks_the_page(draw):
    page = Paginator(range(200), 20).page(3)
    source = '{% include "components/_pager.html" with page_obj=page request=request only %}'
    html = draw(source, "/list/?q=quilt&page=3", page=page)
    assert 'rel="prev" href="?q=quilt&amp;page=2"' in html
    assert 'rel="next" href="?q=quilt&amp;page=4"' in html
    assert len(re.findall('aria-current="page"', html)) == 1


def test_pager_is_silent_with_one_page(draw):
    source = '{% include "components/_pager.html" with page_obj=page request=request only %}'
    assert draw(source, page=Paginator([1], 20).page(1)).strip() == ""


def test_sort_heading_turns_round_and_goes_back_to_page_one(draw):
    source = '{% include "components/_sort.html" with key="name" label="Name" sort=sort request=request only %}'
    path = "/list/?q=a&page=2"
    assert 'href="?q=a&amp;sort=name"' in draw(source, path, sort="amount")
    up = draw(source, path, sort="name")
    assert 'aria-sort="ascending"' in up
    assert 'href="?q=a&amp;sort=-name"' in up
    assert 'aria-sort="descending"' in draw(source, path, sort="-name")


def test_progress_states_the_numbers_and_what_is_left(draw):
    source = '{% include "components/_progress.html" with needed=n claimed=c remaining=r unit="pieces" only %}'
    html = draw(source, n=Decimal("100.000"), c=Decimal("60.000"), r=Decimal("40.000"))
    assert '<progress value="60.000" max="100.000"' in html
    assert "<strong>60</strong> / 100 pieces" in html
    assert "<strong>40</strong>" in html
    assert "Nothing left" in draw(source, n=Decimal(100), c=Decimal(100), r=Decimal(0))


def test_amount_is_exact_and_unknown_is_a_dash(draw):
    source = '{% include "components/_amount.html" with value=value only %}'
    assert "CNY 1,234.50" in draw(source, value=Decimal("1234.5"))
    assert "--" in draw(source, value=None)


def test_exports_keep_the_query_and_leave_the_page(draw):
    source = '{% include "components/_exports.html" with formats=formats request=request only %}'
    assert 'href="?q=a&amp;format=csv"' in draw(source, "/list/?q=a&page=2", formats=["csv"])
    assert draw(source, formats=[]).strip() == ""


def test_provenance_says_when_which_and_how_much_is_missing(draw):
    source = (
        '{% include "components/_provenance.html" with as_of="2026-01-02" version=7 pending=0 definition="d" only %}'
    )
    html = draw(source)
    assert "2026-01-02" in html
    assert "<dd>7</dd>" in html
    assert "<dd>0</dd>" in html


@pytest.fixture
def edited_organization(make_organization, make_user) -> models.Model:
    organization = make_organization("临沂市慈善总会")
    with transaction.atomic():
        states.record(organization, {"name": "临沂慈善总会"}, by=make_user("王干事"), note="改名证书已核对")
    return organization


def test_history_shows_steps_to_everybody(draw, edited_organization: Organization):
    html = draw('{% include "components/_history.html" with object=object only %}', object=edited_organization)
    assert html.count("<li>") >= 2
    assert "Edited" in html


def test_history_keeps_names_notes_and_values_for_staff(draw, edited_organization: Organization):
    public = draw('{% include "components/_history.html" with object=object only %}', object=edited_organization)
    private = draw(
        '{% include "components/_history.html" with object=object private=True only %}', object=edited_organization
    )
    for words in ("王干事", "改名证书已核对", "临沂市慈善总会"):
        assert words not in public
        assert words in private
