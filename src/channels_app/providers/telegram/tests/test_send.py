"""Sending over Telegram: the request as the Bot API gets it, and every kind of answer."""

from __future__ import annotations

import traceback
from contextlib import closing
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from channels_app.providers.base import (
    FetchedMedia,
    MediaRef,
    MessageType,
    OutboundFile,
    OutboundMessage,
    SendRefusedError,
    SendResult,
    SendRetryableError,
    SendUnknownError,
)
from channels_app.providers.telegram import TelegramProvider
from channels_app.providers.telegram.credentials import TelegramCredentials, TelegramSettings
from channels_app.providers.telegram.send import build, utf16_units
from core.errors import PermanentError, RetryableError
from core.http import HttpClient

PROVIDER = TelegramProvider()
TOKEN = "7000000001:AAEtestTokenOfTheBot"
CREDENTIALS = TelegramCredentials(bot_token=TOKEN, secret_token="s")
ACCEPTED = {
    "ok": True,
    "result": {"message_id": 901, "chat": {"id": 6100200300, "type": "private"}, "date": 1},
}
URL = "https://media.example/f.jpg"
BUTTONS = ({"id": "yes", "title": "نعم"}, {"id": "no", "title": "لا"})


def out(**changes: Any) -> OutboundMessage:
    fields: dict[str, Any] = {
        "effect_key": "msg-1",
        "recipient": "6100200300",
        "type": MessageType.TEXT,
        "text": "أهلا وسهلا",
    }
    return OutboundMessage(**fields | changes)


def answering(httpserver: HTTPServer, body: Any, status: int = 200, method: str = "sendMessage") -> str:
    # The token is in the path: a wrong one finds nothing here.
    httpserver.expect_request(f"/bot{TOKEN}/{method}", method="POST").respond_with_json(body, status)
    return httpserver.url_for("").rstrip("/")


async def send(
    http: HttpClient, url: str, message: OutboundMessage | None = None, **settings: Any
) -> SendResult:
    own = TelegramSettings(base_url=url, **settings)
    return await PROVIDER.send(message or out(), credentials=CREDENTIALS, settings=own, http=http)


async def test_text(http: HttpClient, httpserver: HTTPServer) -> None:
    result = await send(
        http, answering(httpserver, ACCEPTED), out(reply_to="6100200300:321", buttons=BUTTONS)
    )
    assert result == SendResult(provider_message_id="6100200300:901")
    assert httpserver.log[0][0].get_json() == {
        "chat_id": 6100200300,
        "text": "أهلا وسهلا",
        "reply_parameters": {"message_id": 321, "allow_sending_without_reply": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "نعم", "callback_data": "yes"}],
                [{"text": "لا", "callback_data": "no"}],
            ]
        },
    }


async def test_silent(http: HttpClient, httpserver: HTTPServer) -> None:
    await send(http, answering(httpserver, ACCEPTED), silent=True)
    assert httpserver.log[0][0].get_json()["disable_notification"] is True


BUILT = {
    "photo": (
        {"type": MessageType.IMAGE, "media_url": URL},
        "sendPhoto",
        {"photo": URL, "caption": "أهلا وسهلا"},
    ),
    "video": ({"type": MessageType.VIDEO, "media_url": URL}, "sendVideo", {"video": URL}),
    "audio": ({"type": MessageType.AUDIO, "media_url": URL}, "sendAudio", {"audio": URL}),
    "document": ({"type": MessageType.DOCUMENT, "media_url": URL}, "sendDocument", {"document": URL}),
    "sticker": (
        {"type": MessageType.STICKER, "media_url": URL},
        "sendSticker",
        {"sticker": URL, "caption": None},
    ),
    "location": (
        {"type": MessageType.LOCATION, "data": {"location": {"latitude": 1.5, "longitude": 2}}},
        "sendLocation",
        {"latitude": 1.5, "longitude": 2},
    ),
    "venue": (
        {
            "type": MessageType.LOCATION,
            "data": {"location": {"latitude": 1.5, "longitude": 2, "name": "وهران"}},
        },
        "sendVenue",
        {"title": "وهران", "address": ""},
    ),
    "group": ({"recipient": "-1002003004005"}, "sendMessage", {"chat_id": -1002003004005}),
    "channel name": ({"recipient": "@boutique"}, "sendMessage", {"chat_id": "@boutique"}),
    "a pressed button cannot be answered to": (
        {"reply_to": "callback:262"},
        "sendMessage",
        {"reply_parameters": None},
    ),
    "business": (
        {"data": {"business_connection_id": "bc-1"}},
        "sendMessage",
        {"business_connection_id": "bc-1"},
    ),
    "as long as may be": ({"text": "👋" * 2048}, "sendMessage", {"text": "👋" * 2048}),
}


@pytest.mark.parametrize("name", BUILT)
def test_requests(name: str) -> None:
    changes, method, expected = BUILT[name]
    actual_method, body = build(out(**changes))
    assert actual_method == method
    assert {key: body.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("changes", "words", "reason"),
    [
        ({"text": "👋" * 2049}, "4098 UTF-16 units", "invalid"),
        ({"text": "س" * 4097}, "4097 UTF-16 units", "invalid"),
        ({"text": " "}, "empty", "invalid"),
        ({"type": MessageType.IMAGE, "media_url": URL, "text": "س" * 1025}, "1025 UTF-16 units", "invalid"),
        ({"type": MessageType.IMAGE}, "address of a file", "invalid"),
        ({"type": MessageType.LOCATION}, "latitude", "invalid"),
        ({"type": MessageType.TEMPLATE}, "template", "template"),
        ({"type": MessageType.ORDER}, "order", "invalid"),
        ({"buttons": ({"id": "س" * 33, "title": "x"},)}, "66 bytes", "invalid"),
        ({"buttons": ({"id": "x"},)}, "title", "invalid"),
        ({"recipient": ""}, "recipient", "invalid"),
    ],
)
def test_what_telegram_cannot_carry(changes: dict[str, Any], words: str, reason: str) -> None:
    with pytest.raises(SendRefusedError, match=words) as caught:
        build(out(**changes))
    assert caught.value.reason == reason


def test_units_are_those_of_utf16() -> None:
    assert [utf16_units(text) for text in ("abc", "سلام", "👋", "\ud83d", "")] == [3, 4, 2, 1, 0]


def error(status: int, description: str, **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": status, "description": description, "parameters": parameters}


@pytest.mark.parametrize(
    ("status", "description", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: user is deactivated", "unreachable"),
        (401, "Unauthorized", "account"),
        (404, "Not Found", "account"),
        (409, "Conflict: can't use getUpdates method while webhook is active", "account"),
        (400, "Bad Request: chat not found", "unreachable"),
        (400, "Bad Request: message text is empty", "invalid"),
        (418, "I'm a teapot", "invalid"),
    ],
)
async def test_refusals(
    http: HttpClient, httpserver: HTTPServer, status: int, description: str, reason: str
) -> None:
    with pytest.raises(SendRefusedError, match=description.replace("'", ".")) as caught:
        await send(http, answering(httpserver, error(status, description), status))
    assert (caught.value.code, caught.value.reason) == (str(status), reason)


async def test_an_error_under_status_200(http: HttpClient, httpserver: HTTPServer) -> None:
    with pytest.raises(SendRefusedError) as caught:
        await send(http, answering(httpserver, error(403, "Forbidden: bot was kicked")))
    assert caught.value.reason == "blocked"


async def test_too_many_requests(http: HttpClient, httpserver: HTTPServer) -> None:
    body = error(429, "Too Many Requests: retry after 14", retry_after=14)
    with pytest.raises(SendRetryableError) as caught:
        await send(http, answering(httpserver, body, 429))
    assert (caught.value.retry_after, caught.value.code) == (14.0, "429")


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_faulty_servers(http: HttpClient, httpserver: HTTPServer, status: int) -> None:
    with pytest.raises(SendRetryableError):
        await send(http, answering(httpserver, "oops", status))


@pytest.mark.parametrize(
    "body", [{}, {"ok": True}, {"ok": True, "result": True}, {"ok": True, "result": {}}, "x"]
)
async def test_success_without_an_id_is_unknown(http: HttpClient, httpserver: HTTPServer, body: Any) -> None:
    with pytest.raises(SendUnknownError):
        await send(http, answering(httpserver, body))


async def test_a_gateway_that_got_no_answer_leaves_it_unknown(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    with pytest.raises(SendUnknownError):
        await send(http, answering(httpserver, "", 504))


async def test_no_failure_shows_the_token(
    httpserver: HTTPServer, http: HttpClient, silent_server: Any
) -> None:
    url = answering(httpserver, error(400, f"Bad Request: wrong URL /bot{TOKEN}/sendMessage"), 400)
    closed = HttpClient()
    cases: list[tuple[type[Exception], HttpClient, str]] = [
        (SendRefusedError, http, url),
        (SendRefusedError, closed, url),
        (SendRetryableError, HttpClient(allowed_private=["127.0.0.1:9"]), "http://127.0.0.1:9"),
    ]
    async with silent_server() as (silent_url, client):
        for kind, chosen, address in [*cases, (SendUnknownError, client, silent_url)]:
            with pytest.raises(kind) as caught:
                await send(chosen, address)
            shown = "".join(traceback.format_exception(caught.value))
            assert TOKEN not in shown
            assert caught.value.__context__ is None
    for client in (closed, cases[2][1]):
        await client.close()


MEDIA = MediaRef(kind="document", provider_id="BQACAgQAAx/+=&1", mime_type="application/pdf")


async def fetch(
    http: HttpClient, httpserver: HTTPServer, media: MediaRef = MEDIA, max_bytes: int = 1000
) -> FetchedMedia:
    settings = TelegramSettings(base_url=httpserver.url_for("").rstrip("/"))
    return await PROVIDER.fetch_media(
        media, credentials=CREDENTIALS, settings=settings, http=http, max_bytes=max_bytes
    )


def serve(httpserver: HTTPServer, **file: Any) -> None:
    result = {"file_id": MEDIA.provider_id, "file_path": "documents/فاتورة 1.pdf", **file}
    httpserver.expect_request(
        f"/bot{TOKEN}/getFile", query_string={"file_id": MEDIA.provider_id}
    ).respond_with_json({"ok": True, "result": result})
    httpserver.expect_request(f"/file/bot{TOKEN}/documents/فاتورة 1.pdf").respond_with_data(b"%PDF-1.7 ...")


async def test_fetches_a_file(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver)
    assert await fetch(http, httpserver) == FetchedMedia(
        content=b"%PDF-1.7 ...", mime_type="application/pdf", filename="فاتورة 1.pdf"
    )


async def test_files_over_the_cap(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver, file_size=1001)
    with pytest.raises(PermanentError, match="1001"):
        await fetch(http, httpserver)
    assert len(httpserver.log) == 1


async def test_files_over_the_cap_that_were_not_announced(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver)
    with pytest.raises(PermanentError, match="10 bytes"):
        await fetch(http, httpserver, max_bytes=10)


async def test_files_over_telegrams_own_limit_are_not_asked_for(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    large = MediaRef(kind="video", provider_id="x", size=20 * 1024 * 1024 + 1)
    with pytest.raises(PermanentError):
        await fetch(http, httpserver, large, max_bytes=10**9)
    with pytest.raises(PermanentError):
        await fetch(http, httpserver, MediaRef(kind="video"))
    assert httpserver.log == []


@pytest.mark.parametrize(
    ("status", "kind"), [(400, PermanentError), (429, RetryableError), (502, RetryableError)]
)
async def test_fetch_errors(
    http: HttpClient, httpserver: HTTPServer, status: int, kind: type[Exception]
) -> None:
    httpserver.expect_request(f"/bot{TOKEN}/getFile").respond_with_json({"ok": False}, status)
    with pytest.raises(kind) as caught:
        await fetch(http, httpserver)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("path", ["", None, "../getMe", "a/../../x"])
async def test_odd_paths_are_not_followed(http: HttpClient, httpserver: HTTPServer, path: Any) -> None:
    serve(httpserver, file_path=path)
    with pytest.raises(RetryableError):
        await fetch(http, httpserver)
    assert len(httpserver.log) == 1


async def test_a_reaction_has_no_id_of_its_own(http: HttpClient, httpserver: HTTPServer) -> None:
    taken = {"ok": True, "result": True}
    for emoji, wanted in (("👍", [{"type": "emoji", "emoji": "👍"}]), ("", [])):
        message = out(type=MessageType.REACTION, text=emoji, reply_to="6100200300:321")
        result = await send(http, answering(httpserver, taken, method="setMessageReaction"), message)
        assert result.provider_message_id == "6100200300:321:reaction:msg-1"
        request = httpserver.log[-1][0]
        assert request.get_json() == {"chat_id": 6100200300, "message_id": 321, "reaction": wanted}
    with pytest.raises(SendRefusedError):
        build(out(type=MessageType.REACTION, text="👍"))


async def test_a_file_goes_as_a_form(http: HttpClient, httpserver: HTTPServer) -> None:
    file = OutboundFile(content=b"%PDF-1", mime_type="application/pdf", filename='فا"تورة.pdf')
    message = out(type=MessageType.DOCUMENT, file=file, reply_to="6100200300:321")
    await send(http, answering(httpserver, ACCEPTED, method="sendDocument"), message)
    request = httpserver.log[0][0]
    assert request.form["chat_id"] == "6100200300"
    assert '"message_id": 321' in request.form["reply_parameters"]
    with closing(request.files["document"]) as sent:
        assert (sent.read(), sent.mimetype) == (b"%PDF-1", "application/pdf")
