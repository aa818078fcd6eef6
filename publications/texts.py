"""Texts as they are stored: document numbers in one spelling, lines without control characters, safe HTML."""

import html
import re
import unicodedata

import nh3
from django.utils.html import linebreaks

from core.texts import CONTROL, line

# What the text of a document needs: headings, paragraphs, lists, tables, links. No pictures, styles, forms or frames.
TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "blockquote", "strong", "b", "em", "i", "u", "sub", "sup"),
    *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "a"),
}
ATTRIBUTES = {"a": {"href"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
# Elements whose content is no text of the document.
DROPPED = {"script", "style", "title", "textarea", "noscript", "template", "iframe", "object", "svg", "math", "select"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_YEAR = re.compile(r"[\[(【〔〖{〈《]\s*(\d{4})\s*年?[\])】〕〗}〉》]")
_SERIAL = re.compile(r"(?<=〕)第?0*(\d+)号?")


def normalise_number(text: str) -> str:
    """A document number in one spelling: 渝民[2021]114号 and 渝民（２０２１）第１１４号 become 渝民〔2021〕114号.

    GB/T 9704-2012: the year in full between 〔〕, the serial number without 第 and without leading zeros.
    """
    plain = "".join(unicodedata.normalize("NFKC", CONTROL.sub("", text)).split())
    return _SERIAL.sub(r"\1号", _YEAR.sub(r"〔\1〕", plain))


def year_in(number: str) -> int | None:
    """The year of a document number in its stored spelling: 2021 of 渝民〔2021〕114号."""
    found = re.search(r"〔(\d{4})〕", number)
    return int(found[1]) if found else None


def clean_body(text: str) -> str:
    """Plain text or HTML as safe HTML. Whatever is not in the small set of tags above is left out, its text kept."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        return ""
    markup = text if _TAG.search(text) else linebreaks(text, autoescape=True)
    cleaned = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    ).strip()
    # Text that lost all its tags is marked as HTML, so that cleaning it again changes nothing.
    return f"<p>{cleaned}</p>" if cleaned and not _TAG.search(cleaned) else cleaned


def as_typed(body: str) -> str:
    """Stored HTML for the form: back to plain text where it has nothing but paragraphs and line breaks."""
    flat = re.sub(r"\s*</p>\s*<p>\s*", "\n\n", body.strip()).removeprefix("<p>").removesuffix("</p>")
    flat = re.sub(r"<br>\n?", "\n", flat)
    text = html.unescape(flat)
    return body if _TAG.search(flat) or _TAG.search(text) else text


def plain(body: str, length: int) -> str:
    """The beginning of stored HTML without its tags, at most `length` characters."""
    text = line(html.unescape(re.sub(r"<[^<>]*>", " ", body)))
    return text if len(text) <= length else text[: length - 1] + "…"
