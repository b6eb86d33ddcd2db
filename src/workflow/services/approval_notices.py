"""Telling members that their approval is asked for, with the link that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.notifications.services import NewNotification, notify
from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.approval_words import approval_words
from workflow.models import Approval, Vote

KIND = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """``token`` is the plain one: it stands in what is sent out, and nowhere else."""

    vote: Vote
    approval: Approval
    token: str = field(repr=False)


def tell(notices: Sequence[Notice]) -> None:
    """Notify each member in their language, with ``{"approval_id", "url"}`` as the link."""
    if not notices:
        return
    language = Tenant.objects.values_list("language", flat=True).get(id=require_tenant().id)
    people = User.objects.in_bulk({notice.vote.user_id for notice in notices})
    notify(
        [
            NewNotification(
                recipient_id=notice.vote.user_id,
                title=approval_words(people[notice.vote.user_id].language, language).request.format(
                    title=notice.approval.title
                ),
                body=notice.approval.message,
                kind=KIND,
                link={"approval_id": str(notice.approval.id), "url": page_of(notice.token)},
            )
            for notice in notices
            if notice.vote.user_id in people
        ]
    )


def page_of(token: str) -> str:
    """The path of the page that decides, on the tenant's host."""
    return reverse("approval", urlconf=settings.TENANT_URLCONF, args=[token])
