import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from regions.forms import RegionField, SteppingForm
from regions.models import Region

pytestmark = pytest.mark.django_db


class AnyForm(SteppingForm, forms.Form):
    region = RegionField()
    title = forms.CharField()


def sent(form=AnyForm, **values):
    data = QueryDict(mutable=True)
    data.update({name.replace("__", "-"): value for name, value in values.items()})
    return form(data)


def names(form) -> list[str]:
    """The names of the selects the page shows."""
    page = str(form["region"])
    return [f"region-{number}" for number in range(1, 6) if f'<select name="region-{number}"' in page]


@pytest.mark.parametrize("code", ["500229", "500229000000", "重庆市城口县", "城口县", "500229 重庆市城口县"])
def test_a_plain_value_is_enough(loaded, code):
    form = sent(region=code, title="x")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["region"].name == "城口县"


@pytest.mark.parametrize("value", ["", "999999", "火星", "\x00"])
def test_a_wrong_value_is_one_sentence_at_the_field(loaded, value):
    form = sent(region=value, title="x")
    assert list(form.errors) == ["region"]
    assert len(form.errors["region"]) == 1


def test_the_selects_walk_down_without_script_and_the_rest_is_kept(loaded):
    form = AnyForm()
    assert names(form) == ["region-1"]
    steps = {"region__1": "500000000000"}
    form = sent(region="", region__shown="", region__step="1", title="棉被", **steps)
    assert not form.is_valid()
    assert list(form.errors) == ["region"]
    assert names(form) == ["region-1", "region-2"]
    assert "城口县" in str(form["region"])
    assert 'value="棉被"' in str(form["title"])

    shown = "500000 重庆市"
    steps["region__2"] = "500229000000"
    form = sent(region=shown, region__shown=shown, region__step="1", title="", **steps)
    assert list(form.errors) == ["region"], "other fields are not complained about while stepping"
    assert names(form) == ["region-1", "region-2", "region-3"]

    shown = "500229 重庆市城口县"
    steps["region__3"] = "500229201000"
    form = sent(region=shown, region__shown=shown, title="棉被", **steps)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["region"].name == "龙田乡"


def test_a_change_further_up_wins_over_the_levels_below(loaded):
    shown = "500229 重庆市城口县"
    selects = {"region__1": "370000000000", "region__2": "500229000000"}
    form = sent(region=shown, region__shown=shown, title="x", **selects)
    assert form.is_valid()
    assert form.cleaned_data["region"].name == "山东省"


def test_typing_wins_over_the_selects(loaded):
    form = sent(region="武城县", region__shown="500000 重庆市", region__1="500000000000", title="x")
    assert form.is_valid()
    assert form.cleaned_data["region"].code == "371428000000"


def test_emptying_the_text_empties_the_field(loaded):
    class Optional(forms.Form):
        region = RegionField(required=False)

    form = sent(Optional, region="", region__shown="500000 重庆市", region__1="500000000000")
    assert form.is_valid()
    assert form.cleaned_data["region"] is None


def test_a_name_with_several_meanings_offers_radio_buttons(loaded):
    form = sent(region="城口", region__shown="", title="x")
    assert not form.is_valid()
    page = str(form["region"])
    assert 'type="radio" name="region-pick" value="500229000000"' in page
    form = sent(region="城口", region__shown="城口", region__pick="500229000000", title="x")
    assert form.is_valid()
    assert form.cleaned_data["region"].name == "城口县"


def test_levels_that_are_not_allowed_are_refused_and_not_offered(loaded):
    class CountyForm(forms.Form):
        region = RegionField(levels=["county"])

    with translation.override("en"):
        form = sent(CountyForm, region="500000")
        assert form.errors["region"] == ["重庆市 is a province. Choose a county."]
    form = sent(CountyForm, region="500229")
    assert form.is_valid()
    assert names(form) == ["region-1", "region-2"]


def test_an_outdated_code_names_its_successor(loaded):
    Region.objects.filter(code="500229201000").update(valid_to="2024-01-01", successor="500229202000")
    form = sent(region="500229201", title="x")
    assert "北屏乡" in form.errors["region"][0]
    assert "500229202" in form.errors["region"][0]


def test_an_initial_region_is_shown_with_its_path_and_its_selects(loaded, django_assert_max_num_queries):
    form = AnyForm(initial={"region": Region.objects.get(code="500229201000")})
    with django_assert_max_num_queries(5):
        page = str(form["region"])
    assert 'value="500229201 重庆市城口县龙田乡"' in page
    assert page.count(" selected>") == 3
    assert names(form) == [f"region-{number}" for number in range(1, 5)]


def test_unchanged_values_do_not_count_as_changes(loaded):
    field = RegionField()
    county = Region.objects.get(code="500229000000")
    assert not field.has_changed(county, "500229 重庆市城口县")
    assert not field.has_changed("500229000000", "500229")
    assert field.has_changed(county, "371428")
    assert field.has_changed(None, "火星")


def test_the_picker_has_no_inline_script_or_style(loaded):
    page = str(AnyForm(initial={"region": "500229000000"})["region"])
    assert "style=" not in page
    assert "onclick" not in page
    assert page.count("<script src=") == page.count("<script") == 1


def test_looking_for_a_name_without_script_complains_about_nothing_else(loaded):
    form = sent(region="城口", region__shown="", region__step="1", title="")
    assert list(form.errors) == ["region"]
    assert "region-pick" in str(form["region"])
