"""Sending over the web chat: nothing leaves."""

from __future__ import annotations

import pytest

from channels_app.providers.base import (
    DeliveryState,
    MediaRef,
    MessageType,
    OutboundMessage,
    SendRefusedError,
    SendResult,
)
from channels_app.providers.webchat import WebChatProvider
from channels_app.providers.webchat.credentials import WebChatCredentials, WebChatSettings
from core.errors import PermanentError
from core.http import HttpClient


async def send(message: OutboundMessage) -> SendResult:
    # A client that may call nothing at all.
    http = HttpClient()
    try:
        return await WebChatProvider().send(
            message, credentials=WebChatCredentials(), settings=WebChatSettings(), http=http
        )
    finally:
        await http.close()


async def test_a_stored_message_is_sent() -> None:
    result = await send(
        OutboundMessage(effect_key="msg-0199", recipient="v-1", type=MessageType.TEXT, text="مرحبا")
    )
    assert result == SendResult(provider_message_id="wc:msg-0199", state=DeliveryState.SENT)


async def test_templates_are_refused_as_such() -> None:
    with pytest.raises(SendRefusedError) as caught:
        await send(
            OutboundMessage(
                effect_key="k", recipient="v-1", type=MessageType.TEMPLATE, template={"name": "x"}
            )
        )
    assert caught.value.reason == "template"


async def test_there_is_nothing_to_fetch() -> None:
    http = HttpClient()
    with pytest.raises(PermanentError, match="Web chat"):
        await WebChatProvider().fetch_media(
            MediaRef(kind="image"),
            credentials=WebChatCredentials(),
            settings=WebChatSettings(),
            http=http,
            max_bytes=1,
        )
    await http.close()
