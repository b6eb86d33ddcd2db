"""The forms of people, members, roles and keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import ApiKey, Membership, Role, User
from accounts.scopes import SCOPES


def scopes_field() -> forms.MultipleChoiceField:
    """A box for each scope."""
    return forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class PersonForm(forms.ModelForm):
    """A user of the installation; the password is set here and never shown."""

    new_password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Leave empty to keep the password.",
    )

    class Meta:
        model = User
        fields = [
            "email", "name", "language", "timezone", "is_active", "is_staff", "is_superuser", "managed_by",
        ]  # fmt: skip

    def clean_email(self) -> str:
        """Lower case, before it is compared with those in use."""
        return self.cleaned_data["email"].strip().lower()

    def clean_new_password(self) -> str:
        """Strong enough."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:
        """The user, with the password if one was given."""
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
        elif self.instance._state.adding:
            self.instance.set_unusable_password()
        return super().save(commit)


class RoleForm(forms.ModelForm):
    """A role and its scopes."""

    scopes = scopes_field()

    class Meta:
        model = Role
        fields = ["slug", "label", "scopes", "position"]


class NewMemberForm(forms.ModelForm):
    """Someone to take in, by e-mail."""

    email = forms.EmailField(widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(required=False, max_length=120, widget=UnfoldAdminTextInputWidget)
    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Better left empty: someone new then chooses their own by a mail. Not used for people who have an account.",
    )

    class Meta:
        model = Membership
        fields = ["role"]


class NewKeyForm(forms.ModelForm):
    """A key to make."""

    scopes = scopes_field()

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "expires_at"]


def given(form: forms.ModelForm, *names: str) -> dict[str, Any]:
    """The named fields that were filled in."""
    return {name: form.cleaned_data[name] for name in names if form.cleaned_data.get(name)}
