"""Texts as they are stored."""

import re

# Characters that XML cannot hold, and the invisible ones that turn the direction of a line round.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def line(text: str) -> str:
    """The text as one line: without control characters, with single blanks."""
    return " ".join(CONTROL.sub("", text.replace("\r", "\n")).split())
