"""``/ws/inbox/``: tells a member's open browser what is new to fetch. Hints only; the API has the truth.

Sends ``{"type": "inbox.changed", "conversations": [{"id", "seq", "revision"}]}``; to the member alone ``{"type":
"inbox.read", "conversations": [{"id", "seq"}]}`` when another window of theirs has read, and ``{"type":
"notifications.changed"}``; and of other members, as their browsers say it, ``{"type": "inbox.presence", "doing":
"viewing" | "typing" | "left", "conversation", "member": {"id", "name"}}``. Hears ``{"type": "typing", "conversation": id}``.
Closes with 4401 for whom nobody is signed in, with 4403 for a foreign page, a host that is no ready tenant's, and a member
without ``inbox:read``.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port

from accounts.models import User
from accounts.notifications.services import member_group
from accounts.scopes import allows
from accounts.selectors import membership_in
from accounts.sign_in.second_factor import session_goes_on
from channels_app.presence import Allowance, doing_of
from tenants.keys import group_name
from tenants.models import TenantState
from tenants.scope import TenantRef, tenant_scope
from tenants.selectors import ready_tenant, tenant_for_host

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendAsgi = Callable[[MutableMapping[str, Any]], Awaitable[None]]

NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
_SCOPE = "inbox:read"
#: Seconds after which an open socket is asked again whether its member still may listen.
_CHECKED_EVERY_S = 60.0


class TenantOfHost:
    """Opens the scope of the host's tenant around a socket: sessions are bound to the host that they were opened on."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        host = _header(scope, b"host").lower()
        tenant = await _ready_tenant(split_domain_port(host)[0])
        if tenant is None or not _own_page(_header(scope, b"origin"), host):
            await _refuse(receive, send)
            return
        scope["tenant"] = tenant
        with tenant_scope(tenant):
            await self._inner(scope, receive, send)


class InboxConsumer(AsyncJsonWebsocketConsumer):
    """One open inbox. Of what a browser sends, only presence is listened to, and only so much of it."""

    _tenant: TenantRef
    _groups: tuple[str, ...] = ()
    _checked_at: float = 0.0
    _allowance: Allowance

    async def connect(self) -> None:
        """Join the tenant's group and the member's own, or say why not."""
        self._tenant = self.scope["tenant"]
        self._allowance = Allowance()
        # A browser learns the code only of a socket that was open.
        await self.accept()
        if not self.scope["user"].is_authenticated:
            await self.close(code=NOT_SIGNED_IN)
        elif not await self._may_listen():
            await self.close(code=NOT_ALLOWED)
        else:
            with tenant_scope(self._tenant):
                self._groups = (group_name("inbox"), member_group(self.scope["user"].pk))
            for group in self._groups:
                await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        for group in self._groups:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """``{"type": "viewing" | "typing" | "left", "conversation": id}`` is passed on; anything else is not heard."""
        doing = doing_of(text_data)
        if doing is None or not self._groups or not self._allowance.take() or not await self._welcome():
            return
        user = self.scope["user"]
        await self.channel_layer.group_send(
            self._groups[0],
            {
                "type": "inbox.presence",
                "doing": doing.type,
                "conversation": str(doing.conversation),
                "member": {"id": str(user.pk), "name": user.get_short_name()},
            },
        )

    async def inbox_presence(self, event: dict[str, Any]) -> None:
        """Another member looks at a conversation, or writes in it."""
        if event["member"]["id"] != str(self.scope["user"].pk):
            await self._pass_on(event)

    async def inbox_changed(self, event: dict[str, Any]) -> None:
        """Conversations moved."""
        await self._pass_on({"type": "inbox.changed", "conversations": event["conversations"]})

    async def inbox_read(self, event: dict[str, Any]) -> None:
        """The member has read conversations, in another window."""
        await self._pass_on({"type": "inbox.read", "conversations": event["conversations"]})

    async def notifications_changed(self, event: dict[str, Any]) -> None:
        """The member was told something."""
        await self._pass_on({"type": "notifications.changed"})

    async def _pass_on(self, hint: dict[str, Any]) -> None:
        """To whom it may still concern."""
        if await self._welcome():
            await self.send_json(hint)

    async def _welcome(self) -> bool:
        """Whether the member still is; asked anew each minute, and shown out if not."""
        if time.monotonic() - self._checked_at > _CHECKED_EVERY_S and not await self._may_listen():
            await self.close(code=NOT_ALLOWED)
            return False
        return True

    async def _may_listen(self) -> bool:
        self._checked_at = time.monotonic()
        with tenant_scope(self._tenant):
            return await _may_read(self.scope["user"].pk, self._tenant, self.scope["session"].session_key)


async def no_socket(scope: Scope, receive: Receive, send: SendAsgi) -> None:
    """Answers where there is no socket."""
    await receive()
    await send({"type": "websocket.close"})


async def _refuse(receive: Receive, send: SendAsgi) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": NOT_ALLOWED})


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _own_page(origin: str, host: str) -> bool:
    """Whether the page that opens the socket is of this host: cookies come along from every page of the site."""
    return bool(origin) and (
        urlsplit(origin.lower()).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
    )


@database_sync_to_async
def _ready_tenant(host: str) -> TenantRef | None:
    found = tenant_for_host(host)
    return found[0] if found is not None and found[1] == TenantState.READY else None


@database_sync_to_async
def _may_read(user_id: Any, tenant: TenantRef, session_key: str | None) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    ready = ready_tenant(tenant.id) is not None
    membership = membership_in(user, tenant) if user is not None and ready else None
    return (
        membership is not None
        and allows(membership.scopes, _SCOPE)
        and session_goes_on(session_key, membership)
    )


inbox_socket = TenantOfHost(AuthMiddlewareStack(InboxConsumer.as_asgi()))
