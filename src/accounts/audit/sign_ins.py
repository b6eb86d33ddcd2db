"""Sign-ins in the audit: who came in, who left, and who was refused at the door of a member."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.audit.models import Door
from accounts.audit.services import NewEntry, record
from accounts.models import User, normal_email
from accounts.selectors import membership_in
from tenants.scope import current_tenant


@receiver(user_logged_in, dispatch_uid="audit.signed_in")
def _signed_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    _tell("signed_in", user, request)


@receiver(user_logged_out, dispatch_uid="audit.signed_out")
def _signed_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _tell("signed_out", user, request)


@receiver(user_login_failed, dispatch_uid="audit.sign_in_failed")
def _failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Only for members' addresses: what a stranger types may be anything, a password too."""
    given = credentials.get("username") or credentials.get("email")
    user = User.objects.filter(email=normal_email(given)).first() if isinstance(given, str) else None
    if user is not None:
        _tell("sign_in_failed", user, request)


def _tell(action: str, user: User, request: HttpRequest | None) -> None:
    """On the public host there is no tenant whose audit it could stand in; and strangers are none of a tenant's."""
    tenant = current_tenant()
    if tenant is None or request is None or membership_in(user, tenant) is None:
        return
    record(
        NewEntry(
            door=Door.SIGN_IN,
            action=action,
            # Who is refused has not shown who they are.
            actor="" if action == "sign_in_failed" else f"member:{user.id}",
            actor_name=user.email,
            object_type="accounts.user",
            object_id=str(user.id),
            object_label=user.email,
        ),
        request=request,
    )
