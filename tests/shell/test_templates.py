"""All templates of the portal, read as text: strict content policy, contracts, translation."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")])
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))

TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
COMMENTS = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.S)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.S)
# Words that are the same in both languages, and the two names of the languages themselves.
SAME_EVERYWHERE = {"English", "中文", "API", "CSV", "XLSX", "JSON", "XQ", "REST", "USCC"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def markup(path: Path) -> str:
    """The template without comments and with its tags blanked, so that only HTML and text remain."""
    return TAGS.sub(" ", COMMENTS.sub("", path.read_text()))


def inline_code(html: str) -> list[str]:
    """What a strict Content-Security-Policy would block."""
    found = re.findall(r"\sstyle\s*=", html) + re.findall(r"<style\b", html)
    found += re.findall(r"<[a-z][^>]*\s(on[a-z]+)\s*=", html, re.I)
    found += re.findall(r"javascript:", html, re.I)
    found += [tag for tag in re.findall(r"<script\b[^>]*>", html) if "src=" not in tag and "json" not in tag]
    return found


def bare_words(source: str) -> list[str]:
    """Words a reader would see that do not go through translation, in text and in spoken attributes."""
    text = TRANSLATED.sub(" ", COMMENTS.sub("", source))
    text = re.sub(r"{%\s*block density\s*%}\w+", " ", text)  # an attribute, not a word
    text = re.sub(r"<(script|style|svg|code|kbd)\b.*?</\1>", " ", text, flags=re.S)
    text = TAGS.sub("", text)
    spoken = re.findall(r'\s(?:title|alt|placeholder|aria-label)="([^"]*)"', text)
    text = re.sub(r"<[^>]*>", "\n", text, flags=re.S)
    words = re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+", " ".join([re.sub(r"&\w+;", " ", text), *spoken]))
    return [word for word in words if word not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_has_nothing_inline(path):
    assert inline_code(markup(path)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_text_is_translated(path):
    assert bare_words(path.read_text()) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_component_opens_with_its_contract(path):
    assert path.name.startswith("_")
    opening = re.match(r"{%\s*comment\s*%}\n(.+?){%\s*endcomment\s*%}", path.read_text(), re.S)
    assert opening is not None
    assert len(opening.group(1).strip().splitlines()) >= 2


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_components_are_included_with_only_what_they_need(path):
    includes = re.findall(r'{%\s*include\s+"components/[^%]*%}', path.read_text())
    # The masthead is part of the frame and reads the whole page.
    loose = [tag for tag in includes if not tag.rstrip("%} ").endswith("only") and "_masthead" not in tag]
    assert loose == []


@pytest.mark.parametrize(
    "broken",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        '<a href="#" onclick="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
    ],
)
def test_inline_check_bites(broken):
    assert inline_code(broken) != []


@pytest.mark.parametrize("broken", ["<p>Save</p>", "<h1>保存</h1>", '<img alt="Logo">', "{% if x %}Draft{% endif %}"])
def test_translation_check_bites(broken):
    assert bare_words(broken) != []


@pytest.mark.parametrize(
    "fine",
    ['<p>{% translate "Save" %}</p>', "{% blocktranslate %}Save {{ n }}{% endblocktranslate %}", "<p>{{ name }}</p>"],
)
def test_translation_check_lets_translated_text_pass(fine):
    assert bare_words(fine) == []
