"""Sending over WhatsApp: the request as Graph gets it, and every kind of answer."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from channels_app.providers.base import (
    MessageType,
    OutboundMessage,
    SendRefusedError,
    SendResult,
    SendRetryableError,
    SendUnknownError,
)
from channels_app.providers.whatsapp import WhatsAppProvider
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.whatsapp.send import build
from core.http import HttpClient

PROVIDER = WhatsAppProvider()
TOKEN = "EAAG.test-token"
CREDENTIALS = WhatsAppCredentials(phone_number_id="106540352000077", waba_id="1", access_token=TOKEN)
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "213555010203", "wa_id": "213555010203"}],
    "messages": [{"id": "wamid.NEW1", "message_status": "accepted"}],
}
PATH = "/v25.0/106540352000077/messages"
DZ = "213555010203"


def out(**changes: Any) -> OutboundMessage:
    fields: dict[str, Any] = {
        "effect_key": "msg-1",
        "recipient": DZ,
        "phone": "+213555010203",
        "type": MessageType.TEXT,
        "text": "أهلا وسهلا",
    }
    return OutboundMessage(**fields | changes)


async def send(
    http: HttpClient, url: str, message: OutboundMessage | None = None, **settings: Any
) -> SendResult:
    own = WhatsAppSettings(base_url=url, **settings)
    return await PROVIDER.send(message or out(), credentials=CREDENTIALS, settings=own, http=http)


def answering(
    httpserver: HTTPServer, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> str:
    """A Graph stub that answers only to our token."""

    def handle(request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response('{"error": {"code": 190, "message": "Invalid OAuth access token."}}', 401)
        text = body if isinstance(body, bytes) else json.dumps(body)
        return Response(text, status, headers=headers, content_type="application/json")

    httpserver.expect_request(PATH, method="POST").respond_with_handler(handle)
    return httpserver.url_for("").rstrip("/")


async def test_text(http: HttpClient, httpserver: HTTPServer) -> None:
    result = await send(http, answering(httpserver, ACCEPTED), link_preview=True)
    assert result == SendResult(provider_message_id="wamid.NEW1")
    request, _ = httpserver.log[0]
    assert request.get_json() == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": DZ,
        "type": "text",
        "text": {"body": "أهلا وسهلا", "preview_url": True},
        "biz_opaque_callback_data": "msg-1",
    }


async def test_a_wrong_token_is_an_account_error(http: HttpClient, httpserver: HTTPServer) -> None:
    url = answering(httpserver, ACCEPTED)
    other = CREDENTIALS.model_copy(update={"access_token": type(CREDENTIALS.access_token)("stale")})
    with pytest.raises(SendRefusedError) as caught:
        await PROVIDER.send(out(), credentials=other, settings=WhatsAppSettings(base_url=url), http=http)
    assert (caught.value.reason, caught.value.code) == ("account", "190")


def graph_error(code: int, **more: Any) -> dict[str, Any]:
    error = {
        "message": f"(#{code}) Refusé",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "Az8or2yhqkZfEZ",
    }
    return {"error": {**error, **more}}


REFUSED = [
    (131047, 400, "window_closed"),
    (131050, 400, "opted_out"),
    (131026, 400, "unreachable"),
    (131030, 400, "unreachable"),
    (131049, 400, "policy"),
    (368, 403, "policy"),
    (190, 401, "account"),
    (10, 403, "account"),
    (200, 403, "account"),
    (299, 400, "account"),
    (131031, 403, "account"),
    (131042, 400, "account"),
    (100, 400, "invalid"),
    (131009, 400, "invalid"),
    (131062, 400, "invalid"),
    (132001, 404, "template"),
    (132015, 400, "template"),
    (999_999, 400, "invalid"),
    (999_999, 403, "account"),
    (131047, 500, "window_closed"),
]


@pytest.mark.parametrize(("code", "status", "reason"), REFUSED)
async def test_refusals(
    http: HttpClient, httpserver: HTTPServer, code: int, status: int, reason: str
) -> None:
    url = answering(
        httpserver, graph_error(code, error_subcode=2494, error_data={"details": "Fenêtre fermée"}), status
    )
    with pytest.raises(SendRefusedError) as caught:
        await send(http, url)
    assert (caught.value.code, caught.value.reason) == (str(code), reason)
    for part in (f"(#{code}) Refusé", "Fenêtre fermée", "subcode 2494", "trace Az8or2yhqkZfEZ"):
        assert part in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *[
            (130429, 400),
            (131056, 400),
            (131048, 400),
            (4, 400),
            (80007, 400),
            (131000, 500),
            (1, 500),
            (613, 403),
        ],
        *[(999_999, 500), (999_999, 429), (999_999, 503)],
    ],
)
async def test_passing_faults(http: HttpClient, httpserver: HTTPServer, code: int, status: int) -> None:
    with pytest.raises(SendRetryableError) as caught:
        await send(http, answering(httpserver, graph_error(code), status))
    assert caught.value.code == str(code)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3_600.0),
        ("-1", None),
    ],
)
async def test_retry_after(
    http: HttpClient, httpserver: HTTPServer, header: str, seconds: float | None
) -> None:
    url = answering(httpserver, b"Too many", 429, {"Retry-After": header})
    with pytest.raises(SendRetryableError) as caught:
        await send(http, url)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("status", [500, 502, 503, 408])
async def test_a_faulty_server_without_json(http: HttpClient, httpserver: HTTPServer, status: int) -> None:
    with pytest.raises(SendRetryableError):
        await send(http, answering(httpserver, b"<html>oops</html>", status))


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", {}, {"messages": []}, {"messages": [{}]}, {"messages": [{"id": ""}]}, {"messages": "x"}],
)
async def test_success_without_an_id_is_unknown(http: HttpClient, httpserver: HTTPServer, body: Any) -> None:
    with pytest.raises(SendUnknownError):
        await send(http, answering(httpserver, body))


async def test_an_error_object_under_200_is_an_error(http: HttpClient, httpserver: HTTPServer) -> None:
    with pytest.raises(SendRefusedError):
        await send(http, answering(httpserver, graph_error(131026)))


async def test_a_gateway_that_got_no_answer_leaves_it_unknown(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    with pytest.raises(SendUnknownError):
        await send(http, answering(httpserver, b"", 504))


async def test_a_redirect_is_not_followed(http: HttpClient, httpserver: HTTPServer) -> None:
    url = answering(httpserver, b"", 302, {"Location": "/elsewhere"})
    with pytest.raises(SendRefusedError):
        await send(http, url)
    assert len(httpserver.log) == 1


async def test_no_answer_in_time_is_unknown(http: HttpClient, httpserver: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        time.sleep(0.6)
        return Response("{}")

    httpserver.expect_request(PATH).respond_with_handler(slow)
    with pytest.raises(SendUnknownError):
        await send(http, httpserver.url_for("").rstrip("/"), timeout_s=0.2)


async def test_a_hung_up_line_is_unknown(silent_server: Any) -> None:
    async with silent_server() as (url, http):
        with pytest.raises(SendUnknownError):
            await send(http, url)


async def test_an_endless_answer_is_unknown(http: HttpClient, httpserver: HTTPServer) -> None:
    with pytest.raises(SendUnknownError):
        await send(http, answering(httpserver, b" " * 300_000))


async def test_no_connection_may_be_tried_again() -> None:
    http = HttpClient(allowed_private=["127.0.0.1:9"])
    try:
        with pytest.raises(SendRetryableError):
            await send(http, "http://127.0.0.1:9")
    finally:
        await http.close()


async def test_a_forbidden_address_is_an_account_error(httpserver: HTTPServer) -> None:
    http = HttpClient()
    try:
        with pytest.raises(SendRefusedError) as caught:
            await send(http, answering(httpserver, ACCEPTED))
    finally:
        await http.close()
    assert caught.value.reason == "account"
    assert httpserver.log == []


async def test_a_lone_surrogate_in_our_text_does_not_stop_it(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    await send(http, answering(httpserver, ACCEPTED), out(text="قلب \ud83d\x00"))
    assert httpserver.log[0][0].get_json()["text"]["body"] == "قلب \ufffd"


URL = "https://media.example/f.jpg"
BUTTONS = ({"id": "yes", "title": "نعم"}, {"id": "no", "title": "لا"})
POINT = {"latitude": 36.19, "longitude": 5.41, "name": "سطيف", "url": None}
BUILT = {
    "image": (
        {"type": MessageType.IMAGE, "media_url": URL, "text": "شوف"},
        {"type": "image", "image": {"link": URL, "caption": "شوف"}},
    ),
    "video": (
        {"type": MessageType.VIDEO, "media_url": URL, "text": ""},
        {"type": "video", "video": {"link": URL}},
    ),
    "audio has no caption": (
        {"type": MessageType.AUDIO, "media_url": URL, "text": "x"},
        {"type": "audio", "audio": {"link": URL}},
    ),
    "document": (
        {"type": MessageType.DOCUMENT, "media_url": URL, "text": "Facture", "filename": "facture.pdf"},
        {"type": "document", "document": {"link": URL, "caption": "Facture", "filename": "facture.pdf"}},
    ),
    "sticker": (
        {"type": MessageType.STICKER, "media_url": URL},
        {"type": "sticker", "sticker": {"link": URL}},
    ),
    "location": (
        {"type": MessageType.LOCATION, "data": {"location": POINT}},
        {"type": "location", "location": {"latitude": 36.19, "longitude": 5.41, "name": "سطيف"}},
    ),
    "contacts": (
        {"type": MessageType.CONTACTS, "data": {"contacts": [{"name": {"formatted_name": "سمير"}}]}},
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "سمير"}}]},
    ),
    "reply": ({"reply_to": "wamid.IN1"}, {"type": "text", "context": {"message_id": "wamid.IN1"}}),
    "reaction": (
        {"type": MessageType.REACTION, "text": "🙏", "reply_to": "wamid.IN1"},
        {"type": "reaction", "reaction": {"message_id": "wamid.IN1", "emoji": "🙏"}, "context": None},
    ),
    "reaction taken back": (
        {"type": MessageType.REACTION, "text": "", "reply_to": "wamid.IN1"},
        {"reaction": {"message_id": "wamid.IN1", "emoji": ""}},
    ),
    "buttons": (
        {"buttons": BUTTONS, "text": "تأكيد؟"},
        {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "تأكيد؟"},
                "action": {"buttons": [{"type": "reply", "reply": button} for button in BUTTONS]},
            },
        },
    ),
    "Meta's own interactive object": (
        {"type": MessageType.INTERACTIVE, "data": {"interactive": {"type": "cta_url"}}},
        {"type": "interactive", "interactive": {"type": "cta_url"}},
    ),
    "template": (
        {"type": MessageType.TEMPLATE, "template": {"name": "rappel", "language": {"code": "fr"}}},
        {"type": "template", "template": {"name": "rappel", "language": {"code": "fr"}}},
    ),
    "to a phone": ({"recipient": "DZ.1a2b"}, {"to": DZ, "recipient": None}),
    "to a user id": ({"recipient": "DZ.1a2b", "phone": None}, {"recipient": "DZ.1a2b", "to": None}),
    "to an old phone id": ({"recipient": DZ, "phone": None}, {"to": DZ, "recipient": None}),
}


@pytest.mark.parametrize("name", BUILT)
def test_requests(name: str) -> None:
    changes, expected = BUILT[name]
    body = build(out(**changes))
    assert {key: body.get(key) for key in expected} == expected
    assert body["biz_opaque_callback_data"] == "msg-1"


def test_buttons_under_a_picture() -> None:
    body = build(out(type=MessageType.IMAGE, media_url=URL, buttons=BUTTONS))
    assert body["interactive"]["header"] == {"type": "image", "image": {"link": URL}}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "  "}, "invalid"),
        ({"text": "س" * 4097}, "invalid"),
        ({"type": MessageType.IMAGE, "media_url": URL, "text": "س" * 1025}, "invalid"),
        ({"type": MessageType.IMAGE}, "invalid"),
        ({"type": MessageType.LOCATION}, "invalid"),
        ({"type": MessageType.CONTACTS}, "invalid"),
        ({"type": MessageType.REACTION}, "invalid"),
        ({"type": MessageType.INTERACTIVE}, "invalid"),
        ({"type": MessageType.TEMPLATE}, "template"),
        ({"type": MessageType.ORDER}, "invalid"),
        ({"buttons": BUTTONS * 2}, "invalid"),
        ({"buttons": BUTTONS, "text": ""}, "invalid"),
        ({"buttons": ({"id": "a", "title": "س" * 21},)}, "invalid"),
        ({"buttons": ({"id": "a"},)}, "invalid"),
        ({"recipient": "", "phone": None}, "invalid"),
    ],
)
def test_what_whatsapp_cannot_carry(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(SendRefusedError) as caught:
        build(out(**changes))
    assert caught.value.reason == reason
