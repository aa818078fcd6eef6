"""Reads of documents that several pages share."""

from publications.models import Document


def latest(count: int) -> list[Document]:
    """The published documents issued last."""
    return list(Document.objects.published().for_list().order_by("-year", "-issued_on", "-pk")[:count])
