"""The ASGI entry point: webhooks take the short way, sockets go to Channels, the rest to Django."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from django.core.asgi import get_asgi_application

_django: Any = get_asgi_application()

# What follows needs the apps to be loaded.
from channels_app.accept.app import PREFIX, AcceptApp  # noqa: E402
from channels_app.consumers import inbox_socket, no_socket  # noqa: E402

_accept = AcceptApp()
_SOCKETS: dict[str, Any] = {"/ws/inbox/": inbox_socket}


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Dispatch by kind of connection and path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await _accept(scope, receive, send)
    elif scope["type"] == "websocket":
        await _SOCKETS.get(scope["path"], no_socket)(scope, receive, send)
    else:
        await _django(scope, receive, send)
