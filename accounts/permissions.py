"""Who may give and end posts."""

from accounts.models import Post, User
from regions.models import Region


def can_give_post(user, region: Region) -> bool:
    """Civil-affairs staff whose region contains the region of the post."""
    return user.is_authenticated and user.serves(region.code, Post.Kind.STAFF)


def can_end_post(user, post: Post) -> bool:
    return can_give_post(user, post.region)


def can_add_user(user: User) -> bool:
    """Civil-affairs staff enter the people they work with."""
    return user.is_authenticated and user.is_officer
