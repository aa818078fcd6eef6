"""Logging in, and entering people."""

import datetime

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ApiKey, Post, User
from regions.forms import RegionField, SteppingForm


def wait_sentence(wait: datetime.timedelta) -> str:
    """What somebody reads who has failed too often; rounded up to whole minutes."""
    minutes = -int(-wait.total_seconds() // 60)
    return _(
        "Too many failed log-ins for this account from this address. Minutes to wait before trying again: %(n)d."
    ) % {"n": minutes}


class MinimumLength(MinimumLengthValidator):
    """Django's rule with a sentence of our own: Django's has no Chinese translation yet."""

    def get_error_message(self):
        return _("A password has at least %(n)d characters.") % {"n": self.min_length}


class LogInForm(AuthenticationForm):
    """User name and password. An unknown name and a wrong password get the same answer.

    During a wait the password is not even looked at, so that guessing on is pointless.
    """

    error_messages = {
        "invalid_login": _("The user name or the password is wrong. Both are case-sensitive."),
        "inactive": _("The user name or the password is wrong. Both are case-sensitive."),
    }

    def __init__(self, *args, wait: datetime.timedelta, **kwargs):
        super().__init__(*args, **kwargs)
        self.wait = wait

    def clean(self):
        if self.wait:
            raise ValidationError(wait_sentence(self.wait), code="wait")
        return super().clean()


class PersonForm(SteppingForm, forms.Form):
    """A new person, with a first post in a region of the staff member `by`, or without one."""

    name = forms.CharField(max_length=60, label=_("Person's name"))
    username = forms.CharField(
        label=_("User name"), max_length=150, validators=[User.username_validator], widget=forms.TextInput
    )
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(lambda: " ".join(password_validators_help_texts()), str)(),
    )
    kind = forms.ChoiceField(
        required=False,
        label=_("Post"),
        choices=[("", _("no post")), *Post.Kind.choices],
        help_text=_("People who act only for an organization need no post."),
    )
    region = RegionField(required=False, label=_("Region of the post"))

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_username(self) -> str:
        username = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise ValidationError(_("This user name is already in use. Choose another one."))
        return username

    def clean_region(self):
        region = self.cleaned_data["region"]
        if region and not permissions.can_give_post(self.by, region):
            raise ValidationError(_("You are not responsible for %(region)s.") % {"region": region.name})
        return region

    def clean(self):
        data = super().clean()
        if "password" in data:
            try:
                validate_password(data["password"], User(username=data.get("username", ""), name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        if "kind" in data and "region" in data:
            self._check_post(data["kind"], data["region"])
        return data

    def _check_post(self, kind: str, region) -> None:
        if bool(kind) != bool(region):
            self.add_error("region", _("A post needs its kind and its region; give both or neither."))
        elif kind == Post.Kind.STAFF and not permissions.can_give_staff_post(self.by, region):
            self.add_error("region", permissions.STAFF_FROM_ABOVE % {"region": region.name})


class KeyForm(forms.Form):
    """What a new API key is for, and how long it is valid."""

    name = forms.CharField(
        max_length=60,
        label=_("Purpose of the key"),
        help_text=_("So that you know later which script uses it, for example “monthly report”."),
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + datetime.timedelta(days=ApiKey.USUAL),
        help_text=_("At most a year from today."),
    )


class EndPostForm(forms.Form):
    """Until when somebody holds a post, and why it ends."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: the rights end at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CloseAccountForm(forms.Form):
    """Why somebody is let in no more."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
