"""Telling people that they were taken in, with the way to their first password."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Membership
from accounts.principal import Principal
from accounts.services.mails import MailKind, order_mail
from tenants.models import Tenant


def send_invitation(membership: Membership, *, by: Principal, request: HttpRequest) -> None:
    """By mail: a link to choose a password, or, to who has one, to sign in. A link that was sent before stays good."""
    inviter = by.user.get_full_name() if by.user else Tenant.objects.get(id=by.tenant.id).name
    order_mail(
        MailKind.INVITATION,
        request=request,
        email=membership.user.email,
        user=membership.user,
        facts={"by": inviter},
    )
