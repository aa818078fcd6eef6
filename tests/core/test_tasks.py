"""What the nightly housekeeping leaves and takes."""

import datetime

from django.contrib.sessions.models import Session
from django.utils import timezone

from core.models import KeptAnswer
from core.tasks import forget_outdated


def test_kept_answers_are_forgotten_after_seven_days_and_sessions_when_they_are_over(officer):
    now = timezone.now()
    for key, days in (("old", 8), ("young", 6)):
        row = KeptAnswer.objects.create(user=officer, route="/", key=key, fingerprint="x")
        KeptAnswer.objects.filter(pk=row.pk).update(at=now - datetime.timedelta(days=days))
    for key, days in (("over", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + datetime.timedelta(days=days))
    assert forget_outdated() == 1
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["young"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]
    assert forget_outdated() == 0
