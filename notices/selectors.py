"""What people have chosen, and what the header shows."""

from notices.models import Choices, Notice

# Beyond this the header says "99+"; more need not be counted.
MOST_SHOWN = 99


def choices_of(user) -> Choices:
    """What the person chose, or what holds for people who chose nothing."""
    return Choices.objects.filter(user=user).first() or Choices(user=user)


def unread_count(user) -> int:
    """How many notices the person has not read, up to one more than the header shows."""
    return Notice.objects.visible_to(user).unread()[: MOST_SHOWN + 1].count()
