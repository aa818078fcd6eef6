"""Who is responsible for a place."""

from django.db.models import QuerySet

from accounts.models import Post, User
from regions.models import Region


def people_visible_to(user) -> QuerySet[User]:
    """The people whose posts somebody sees; a superuser sees everybody."""
    if user.is_authenticated and user.is_superuser:
        return User.objects.all()
    return User.objects.filter(pk__in=Post.objects.visible_to(user).values("user"))


def responsible_for(code: str, *kinds: str, but: int | None = None) -> list[int]:
    """The people with one of these posts nearest to a place: in it, else in the region above, and so on.

    `but` is somebody who does not count, such as the person whose work is to be reviewed. Ids of active users.
    """
    posts = _posts_over(code, kinds).exclude(user=but) if but is not None else _posts_over(code, kinds)
    found = list(posts.values_list("region__level", "user"))
    nearest = max((Region.DIGITS[level] for level, _user in found), default=0)
    return sorted({user for level, user in found if Region.DIGITS[level] == nearest})


def _posts_over(code: str, kinds: tuple[str, ...]) -> QuerySet:
    """The current posts in the regions that contain the code."""
    above = {code[:digits].ljust(len(code), "0") for digits in Region.DIGITS.values()}
    return Post.objects.current().filter(kind__in=kinds, region__in=above, user__is_active=True)
