"""Who may do what with a document. Whether its state allows it is asked by the services."""

from django.db.models import F, Q

from accounts.models import Post
from core.models import StatusChange
from publications.models import Document


def can_add(user) -> bool:
    """Civil-affairs staff enter documents."""
    return user.is_authenticated and user.is_officer


def can_add_in(user, region_code: str) -> bool:
    """Staff enter documents of their own region and the regions below it."""
    return user.is_authenticated and user.serves(region_code, Post.Kind.STAFF)


def can_manage(user, document: Document) -> bool:
    """Edit, submit, publish, return, withdraw, replace: staff of the document's region."""
    return can_add_in(user, document.region_id)


def can_read(user, document: Document) -> bool:
    """The text and the files of a visible document; of a withdrawn one only for its author and staff."""
    if document.status != Document.Status.WITHDRAWN or can_manage(user, document):
        return True
    return user.is_authenticated and document.created_by_id == user.pk


def can_see_notes(user, document: Document) -> bool:
    """Names, reasons and field values of the history are for staff of the region and the author."""
    return can_manage(user, document) or (user.is_authenticated and document.created_by_id == user.pk)


def wrote(user, document: Document) -> bool:
    """Whether the person entered, changed or submitted the document; returning it is no writing.

    Nobody (None) is the installation that loads documents from a file: it is no first person either.
    """
    if user is None:
        return False
    writing = Q(old="") | Q(old=F("new")) | Q(new=Document.Status.SUBMITTED)
    return StatusChange.objects.of(document).filter(writing, by=user).exists()
