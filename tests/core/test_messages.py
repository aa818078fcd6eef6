"""manage.py messages: what is collected is what Django asks for at run time, and nothing wrong passes the check."""

import json
import os

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation

from portal.management.commands import messages

TEMPLATE = """{% load i18n %}
{% translate "Plain words" %}
{% translate "Half: 50% of it" %}
{% translate 'It says "stop"' %}
{% translate "May" context "month" %}
{% translate "Kept" as kept %}{{ kept }}
{{ _("By underscore") }}
{{ nothing|default:_("By filter") }}
{% if wanted == _("By comparison") %}same{% endif %}
{% blocktranslate with n=count %}Left: {{ n }} of 100%{% endblocktranslate %}
{% blocktranslate trimmed with name=who %}
    Hello,
    {{ name }}!
    Don't go.
{% endblocktranslate %}
    {% blocktranslate asvar kept context "page" %}In “{{ who }}” \\ back{% endblocktranslate %}{{ kept }}
{% blocktranslate count n=count %}one row{% plural %}{{ n }} rows{% endblocktranslate %}
<p class="x">unbalanced ' " ( quotes … 中文</p> {# a comment #} {% comment "note" %} gettext("not me") {% endcomment %}
"""
TEMPLATE_IDS = [
    (None, "Plain words"),
    (None, "Half: 50%% of it"),
    (None, 'It says "stop"'),
    ("month", "May"),
    (None, "Kept"),
    (None, "By underscore"),
    (None, "By filter"),
    (None, "By comparison"),
    (None, "Left: %(n)s of 100%%"),
    (None, "Hello, %(name)s! Don't go."),
    ("page", "In “%(who)s” \\ back"),
    (None, ("one row", "%(n)s rows")),
]
PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext_lazy, pgettext, pgettext_lazy
A = _("Plain %(n)d words") % {"n": 1}
B = gettext_lazy("Long words "
                 "over two lines")
C = ngettext("%(n)s thing", "%(n)s things", 3)
D = pgettext("month", "March"), pgettext_lazy("verb", "March"), npgettext_lazy("fruit", "pear", "pears")
E = _(A), _(f"not {A}"), other("not me")
# _("nor me")
def f(): return [_("It's {who} in \\"quotes\\"")]
"""
PYTHON_IDS = [
    (None, "Plain %(n)d words"),
    (None, "Long words over two lines"),
    (None, ("%(n)s thing", "%(n)s things")),
    ("month", "March"),
    ("verb", "March"),
    ("fruit", ("pear", "pears")),
    (None, 'It\'s {who} in "quotes"'),
]


@pytest.fixture
def tree(tmp_path):
    """A small portal with one template and one module, and a test whose texts nobody translates."""
    for name, text in [
        ("templates/page.html", TEMPLATE),
        ("shop/views.py", PYTHON),
        ("tests/test_x.py", '_("only in tests")'),
        (".venv/x/y.py", '_("only in the environment")'),
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(tree, *options):
    call_command("messages", *options, root=tree, verbosity=0)


def translate_all(tree, mark="译"):
    """Give every message its own words behind a mark."""
    given = {}
    for message in messages.extract(tree):
        if message.id:
            context, name = messages._key(message)
            last = message.id[-1] if message.pluralizable else message.id
            given[f"{context}\x04{name}" if context else name] = f"{mark}{last}"
    path = tree / "zh.json"
    path.write_text(json.dumps(given))
    run(tree, "--fill", path)


def test_templates_and_modules_give_exactly_their_messages(tree):
    assert list(messages.template_messages(TEMPLATE)) == TEMPLATE_IDS
    assert list(messages.python_messages(PYTHON)) == PYTHON_IDS


def test_every_text_of_a_template_is_found_again_at_run_time(tree):
    translate_all(tree)
    run(tree, "--compile")
    with override_settings(LOCALE_PATHS=[tree / "locale"]), translation.override("zh-hans"):
        page = Template(TEMPLATE).render(Context({"count": 7, "who": "<王>", "wanted": "译By comparison"}))
    for expected in [
        "译Plain words",
        "译Half: 50% of it",
        '译It says "stop"',
        "译May",
        "译Kept",
        "译By underscore",
        "译By filter",
        "same",
        "译Left: 7 of 100%",
        "译Hello, &lt;王&gt;! Don't go.",
        "译In “&lt;王&gt;” \\ back",
        "译7 rows",
    ]:
        assert expected in page


def test_english_needs_no_catalog(tree):
    translate_all(tree)
    run(tree, "--compile")
    with override_settings(LOCALE_PATHS=[tree / "locale"]), translation.override("en"):
        assert translation.gettext("Plain words") == "Plain words"


def test_a_complete_catalog_passes_and_updating_it_changes_nothing(tree):
    translate_all(tree)
    before = messages.po_path(tree).read_bytes()
    run(tree)
    run(tree, "--check")
    assert messages.po_path(tree).read_bytes() == before
    assert b"only in" not in before


def test_a_new_text_keeps_the_others_and_is_named_by_the_check(tree):
    translate_all(tree)
    (tree / "shop/forms.py").write_text('_("Brand new")\n')
    with pytest.raises(CommandError, match=r"shop/forms\.py: missing in the catalog: 'Brand new'"):
        run(tree, "--check")
    run(tree)
    with pytest.raises(CommandError, match=r"1 problems(.|\n)*untranslated: 'Brand new'"):
        run(tree, "--check")


def test_a_text_gone_from_the_source_is_named_and_dropped(tree):
    translate_all(tree)
    (tree / "shop/views.py").unlink()
    with pytest.raises(CommandError, match="no longer used: 'March'"):
        run(tree, "--check")
    run(tree)
    run(tree, "--check")


@pytest.mark.parametrize(
    ("source", "chinese", "reason"),
    [
        ('_("Left: %(n)s")', "剩余：%(m)s", "placeholders differ"),
        ('_("Left: %(n)s")', "剩余", "placeholders differ"),
        ('_("Row %d of %s")', "第 %d 行", "placeholders differ"),
        ('_("Hello {who}")', "你好 {whom}", "placeholders differ"),
        ('_("剩余")', "剩余", "Chinese in the msgid"),
        ('_("Left")', "", "untranslated"),
        ('_("Half: 50%% of %(n)s")', "一半：%(n)s 的 50%", "a percent sign is written %%"),
    ],
)
def test_each_fault_is_named(tmp_path, source, chinese, reason):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/views.py").write_text(source)
    translate_all(tmp_path)
    catalog = messages.read_catalog(tmp_path)
    for message in messages._messages(catalog):
        message.string = chinese
    messages.write_catalog(tmp_path, catalog)
    with pytest.raises(CommandError, match=reason):
        run(tmp_path, "--check")


def test_a_fuzzy_translation_is_named(tree):
    translate_all(tree)
    path = messages.po_path(tree)
    path.write_text(path.read_text().replace('msgid "Plain words"', '#, fuzzy\nmsgid "Plain words"'))
    with pytest.raises(CommandError, match="fuzzy: 'Plain words'"):
        run(tree, "--check")


def test_filling_takes_only_what_is_empty(tree):
    translate_all(tree)
    translate_all(tree, mark="别的")
    assert "别的" not in messages.po_path(tree).read_text()


def test_a_broken_file_of_translations_is_refused_by_name(tree):
    (tree / "zh.json").write_text("{")
    with pytest.raises(CommandError, match=r"zh\.json"):
        run(tree, "--fill", tree / "zh.json")


def test_compiling_again_is_skipped_until_the_source_is_newer(tree):
    translate_all(tree)
    assert messages.compile_catalog(tree) is True
    assert messages.compile_catalog(tree) is False
    later = messages.po_path(tree).with_suffix(".mo").stat().st_mtime + 5
    os.utime(messages.po_path(tree), (later, later))
    assert messages.compile_catalog(tree) is True


def test_without_a_catalog_there_is_nothing_to_compile(tmp_path):
    assert messages.compile_catalog(tmp_path) is False
