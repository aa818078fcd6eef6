"""Who may give and end posts."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from regions.models import Region

STAFF_FROM_ABOVE = _("Staff posts in %(region)s are given by the level above.")
STAFF_ENDED_FROM_ABOVE = _("Staff posts in %(region)s are ended by the level above.")


def can_give_post(user, region: Region) -> bool:
    """Civil-affairs staff whose region contains the region of the post."""
    return user.is_authenticated and user.serves(region.code, Post.Kind.STAFF)


def can_give_staff_post(user, region: Region) -> bool:
    """Staff are appointed by a level above, so that nobody makes the second person of their own reviews."""
    if not user.is_authenticated:
        return False
    ranges = user.post_ranges(Post.Kind.STAFF)
    return user.is_superuser or any(low <= region.low and region.high < high for low, high in ranges)


def can_end_post(user, post: Post) -> bool:
    """Who may give such a post may end it: a staff post is ended by a level above, never by a colleague."""
    if post.kind == Post.Kind.STAFF:
        return can_give_staff_post(user, post.region)
    return can_give_post(user, post.region)


def can_close_account(user, person: User) -> bool:
    """Who may end every post the person has held; the account of somebody without a post is closed by a superuser.

    Nobody closes their own account, and only a superuser that of a superuser.
    """
    if not user.is_authenticated or user.pk == person.pk:
        return False
    if user.is_superuser:
        return True
    posts = person.posts.all()
    return len(posts) > 0 and not person.is_superuser and all(can_end_post(user, post) for post in posts)


def can_add_user(user: User) -> bool:
    """Civil-affairs staff enter the people they work with."""
    return user.is_authenticated and user.is_officer
