"""A user: a person, known by e-mail, who may be a member of any number of tenants."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import JSONField, Value
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from core.ids import uuid7
from tenants.scope import current_tenant


def normal_email(email: str) -> str:
    """The form in which an e-mail is kept and looked up: letters' case never tells two people apart."""
    return email.strip().lower()


class Theme(models.TextChoices):
    """How the web UI looks."""

    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
    AUTO = "auto", "As the device"


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail, whatever its letters' case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with that e-mail. Raises ``User.DoesNotExist``."""
        return self.get(email=normal_email(username or ""))


class User(AbstractBaseUser):
    """What a user may do on a tenant's host is decided by the membership there alone, superusers included."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, blank=True, help_text="Empty: the tenant's.")
    timezone = models.CharField(max_length=64, blank=True, help_text="Empty: the tenant's.")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO, db_default=Theme.AUTO)
    notification_settings = models.JSONField(
        default=dict,
        db_default=Value({}, JSONField()),
        blank=True,
        help_text="By kind of notification, what differs from the usual: see accounts.notifications.preferences.",
    )
    is_active = models.BooleanField(
        default=True, help_text="Off: this person can no longer sign in anywhere."
    )
    is_staff = models.BooleanField(
        "platform staff", default=False, help_text="May look at the platform admin."
    )
    is_superuser = models.BooleanField("platform admin", default=False, help_text="May change the platform.")
    managed_by = models.UUIDField(
        null=True,
        blank=True,
        help_text="The tenant whose admin made this account and knows its first password: no other tenant takes it in.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower")
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Bring the e-mail into its normal form."""
        super().clean()
        self.email = normal_email(self.email)

    def get_full_name(self) -> str:
        """The name, for the admin's greeting."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The same."""
        return self.get_full_name()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the current tenant's membership allows ``perm``; the backends know."""
        return self.is_active and any(
            backend.has_perm(self, perm, obj) for backend in get_backends() if hasattr(backend, "has_perm")
        )

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        """Whether every one of ``perm_list`` is allowed."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything of the app may be seen."""
        return self.is_active and any(
            backend.has_module_perms(self, app_label)
            for backend in get_backends()
            if hasattr(backend, "has_module_perms")
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Binds a session to the tenant that it was opened on: the table of sessions is shared, so a cookie carried to
        another tenant's host would otherwise be good there."""
        tenant = current_tenant()
        place = str(tenant.id) if tenant else "public"
        return salted_hmac(
            "accounts.session", f"{self.password}|{place}", secret=secret, algorithm="sha256"
        ).hexdigest()
