"""Plain A4 papers as PDF, with Chinese: a title, sections of labels and values, a footer with the page number.

Chinese is set in STSong-Light, one of the fonts every PDF reader brings or replaces, so that no font has to be shipped.
"""

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
MARGIN = 20 * mm
# What the library leaves free on both sides of its frame.
PADDING = 6
_TEXT = {"fontName": FONT, "wordWrap": "CJK", "alignment": TA_LEFT}
_TITLE = ParagraphStyle("title", fontSize=18, leading=26, **_TEXT)
_HEADING = ParagraphStyle("heading", fontSize=13, leading=20, spaceBefore=10, spaceAfter=4, **_TEXT)
_VALUE = ParagraphStyle("value", fontSize=10.5, leading=16, **_TEXT)
_LABEL = ParagraphStyle("label", parent=_VALUE, textColor=HexColor("#4a5560"))
_LINE = HexColor("#c9d1d8")


def pdf(*, title: str, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]], footer: str = "") -> bytes:
    """The paper's bytes. Each section is its heading and (label, value) rows; texts are plain, not markup."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    story = [Paragraph(_plain(title), _TITLE), Spacer(1, 4 * mm)]
    for heading, rows in sections:
        story.append(Paragraph(_plain(heading), _HEADING))
        if rows:
            story.append(_table(rows))
    buffer = io.BytesIO()
    paper = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=title
    )

    def draw_footer(canvas, document) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN, 12 * mm, footer)
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, str(document.page))
        canvas.restoreState()

    paper.build(story, onFirstPage=draw_footer, onLaterPages=draw_footer)
    return buffer.getvalue()


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    width = A4[0] - 2 * MARGIN - 2 * PADDING
    cells = [[Paragraph(_plain(label), _LABEL), Paragraph(_plain(value), _VALUE)] for label, value in rows]
    table = Table(cells, colWidths=[0.26 * width, 0.74 * width])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def _plain(text: str) -> str:
    """Text as the library's markup shows it unchanged, with its line breaks."""
    return escape(str(text)).replace("\n", "<br/>")
