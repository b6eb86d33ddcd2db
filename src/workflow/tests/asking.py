"""What the tests of approvals share: a workflow that asks, members who are asked, their votes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.models import User
from accounts.notifications.models import Notification
from accounts.principal import Principal
from accounts.services.members import add_member
from accounts.services.users import create_user
from tenants.scope import TenantRef
from tenants.selectors import tenant_by_slug
from workflow.models import Approval, Vote
from workflow.services.approvals import Say, vote_with_token
from workflow.tests.conftest import Engine
from workflow.tests.test_nodes import edge, tag

YES, NO = Say(approved=True), Say(approved=False)
PORTS = ("approved", "rejected", "expired", "error")


def graph(**config) -> dict:
    """An approval ``ask`` whose every port leads to a tag of the port's name."""
    ports = [port for port in PORTS if port != "expired" or "deadline" in config]
    config = {"title": "استرداد ۲۰۰۰ دینار", **config}
    return {
        "nodes": [{"id": "ask", "type": "approval", "config": config}, *(tag(port) for port in ports)],
        "edges": [edge("ask", port, port) for port in ports],
    }


def managers() -> list[User]:
    """Four new managers of demo."""
    return [member(f"m{n}@demo.example", name) for n, name in enumerate(("سارة", "رضا", "Nadia", "کامران"))]


def member(email: str, name: str, role: str = "manager", tenant: str = "demo") -> User:
    user = create_user(email=email, name=name, password="a-long-Passw0rd")
    add_member(user=user, tenant=tenant_by_slug(tenant), role=role)
    return user


def principal(user: User, *scopes: str) -> Principal:
    ref = TenantRef.of(tenant_by_slug("demo"))
    return Principal(kind="member", id=user.id, tenant=ref, scopes=frozenset(scopes), user=user)


def link_of(user: User) -> str:
    """The path in the newest notification of a member."""
    return Notification.objects.filter(recipient_id=user.id).order_by("id").last().link["url"]


def token_of(user: User) -> str:
    return link_of(user).strip("/").split("/")[1]


def vote(user: User, say: Say) -> Approval:
    with transaction.atomic():
        return vote_with_token(token_of(user), say)


def queued() -> list[str]:
    """The kinds of what the engine has to do; whom it told may be told by mail besides."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM public.queue_item WHERE state = 0 AND kind <> 'notifications.mail' ORDER BY kind"
        )
        return [kind for (kind,) in cursor.fetchall()]


def after(engine, contact: uuid.UUID) -> list[str]:
    """The tags once all is worked off."""
    engine.work()
    return engine.user(contact)["tags"]


def facts() -> list:
    """Everything that a refused vote must leave as it was."""
    votes = Vote.objects.order_by("id").values_list("user_id", "approved", "token_hash", "reassigned_from")
    return [
        [(user, approved, bytes(token or b""), old) for user, approved, token, old in votes],
        list(Approval.objects.values_list("state", "decided_at")),
        queued(),
        Notification.objects.count(),
    ]


def wait_for_two(engine: Engine, team: Sequence[User]) -> uuid.UUID:
    """An execution that waits for two of the first three; its contact."""
    engine.workflow(
        **graph(
            title="تخفيض <b>كبير</b>",
            message="سطر أول\nخط دوم با «نیم‌فاصله»",
            approvers=[user.email for user in team[:3]],
            quorum=2,
            deadline="3h",
        ),
        name="الموافقات",
    )
    contact = engine.contact()
    engine.run(contact)
    return contact
