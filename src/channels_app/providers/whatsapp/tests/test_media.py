"""Files over WhatsApp: downloads, and uploads before a message."""

from __future__ import annotations

import base64
import hashlib
from contextlib import closing
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from channels_app.providers.base import (
    FetchedMedia,
    MediaRef,
    OutboundFile,
    SendRefusedError,
    SendRetryableError,
)
from channels_app.providers.whatsapp import WhatsAppProvider
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.whatsapp.media import sha256_hex, upload_file
from core.errors import PermanentError, RetryableError
from core.http import HttpClient, HttpResponse

CREDENTIALS = WhatsAppCredentials(phone_number_id="1", waba_id="1", access_token="EAAG-token")
AUTH = {"Authorization": "Bearer EAAG-token"}
CONTENT = b"\xff\xd8\xff a picture of a shoe"
SHA = hashlib.sha256(CONTENT).hexdigest()
MEDIA = MediaRef(kind="image", provider_id="1479500000000001", filename="حذاء.jpg")


async def fetch(
    http: HttpClient, httpserver: HTTPServer, media: MediaRef = MEDIA, **more: Any
) -> FetchedMedia:
    options: dict[str, Any] = {"max_bytes": 1000, **more}
    settings = WhatsAppSettings(base_url=httpserver.url_for("").rstrip("/"))
    return await WhatsAppProvider().fetch_media(
        media, credentials=CREDENTIALS, settings=settings, http=http, **options
    )


def serve(httpserver: HTTPServer, content: bytes = CONTENT, **details: Any) -> None:
    answer = {"url": httpserver.url_for("/file"), "mime_type": "image/jpeg", "sha256": SHA, **details}
    httpserver.expect_request("/v25.0/1479500000000001", headers=AUTH).respond_with_json(answer)
    httpserver.expect_request("/file", headers=AUTH).respond_with_data(content)


async def test_fetches_with_the_token_both_times(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver)
    assert await fetch(http, httpserver) == FetchedMedia(
        content=CONTENT, mime_type="image/jpeg", filename="حذاء.jpg"
    )
    httpserver.check_assertions()


async def test_a_broken_file_is_fetched_again_later(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver, CONTENT[:-1])
    with pytest.raises(RetryableError, match="checksum"):
        await fetch(http, httpserver)


async def test_the_webhooks_checksum_counts_when_graph_names_none(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    serve(httpserver, sha256=None)
    assert (
        await fetch(http, httpserver, MediaRef(kind="image", provider_id=MEDIA.provider_id, sha256=SHA))
    ).content
    with pytest.raises(RetryableError):
        await fetch(http, httpserver, MediaRef(kind="image", provider_id=MEDIA.provider_id, sha256="0" * 64))


async def test_an_announced_size_over_the_cap_is_not_downloaded(
    http: HttpClient, httpserver: HTTPServer
) -> None:
    serve(httpserver, file_size=1001)
    with pytest.raises(PermanentError, match="1001"):
        await fetch(http, httpserver)
    assert len(httpserver.log) == 1


async def test_a_size_over_the_cap_that_was_not_announced(http: HttpClient, httpserver: HTTPServer) -> None:
    serve(httpserver, b"x" * 1001)
    with pytest.raises(PermanentError, match="1000"):
        await fetch(http, httpserver)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, PermanentError), (401, PermanentError), (500, RetryableError)]
)
async def test_errors(http: HttpClient, httpserver: HTTPServer, status: int, kind: type[Exception]) -> None:
    httpserver.expect_request("/v25.0/1479500000000001").respond_with_data("", status)
    with pytest.raises(kind, match=str(status)):
        await fetch(http, httpserver)


@pytest.mark.parametrize("answer", [{}, {"url": ""}, {"url": 7}])
async def test_no_address_may_be_asked_again(
    http: HttpClient, httpserver: HTTPServer, answer: dict[str, Any]
) -> None:
    httpserver.expect_request("/v25.0/1479500000000001").respond_with_json(answer)
    with pytest.raises(RetryableError):
        await fetch(http, httpserver)


@pytest.mark.parametrize("media_id", ["", "../me", "1/2", "1?fields=x"])
async def test_odd_ids_are_not_asked_for(http: HttpClient, httpserver: HTTPServer, media_id: str) -> None:
    with pytest.raises(PermanentError):
        await fetch(http, httpserver, MediaRef(kind="image", provider_id=media_id))
    assert httpserver.log == []


def test_checksums_in_both_spellings() -> None:
    assert sha256_hex(SHA.upper()) == SHA
    assert sha256_hex(base64.b64encode(bytes.fromhex(SHA)).decode()) == SHA
    assert sha256_hex("") == sha256_hex("not one") == sha256_hex("é" * 64) == ""


async def test_the_token_is_not_sent_in_clear_text() -> None:
    called: list[str] = []

    class Graph(HttpClient):
        """Stands in for https://graph.facebook.com, which no test may call."""

        async def request(self, method: str, url: str, **options: Any) -> HttpResponse:
            called.append(url)
            return HttpResponse(200, {}, b'{"url": "http://lookaside.example/f"}')

    with pytest.raises(PermanentError, match="clear text"):
        await WhatsAppProvider().fetch_media(
            MEDIA, credentials=CREDENTIALS, settings=WhatsAppSettings(), http=Graph(), max_bytes=10
        )
    assert called == ["https://graph.facebook.com/v25.0/1479500000000001"]


@pytest.mark.parametrize("token", ["with space", "line\nbreak", "é", ""])
def test_tokens_that_fit_no_header_are_refused(token: str) -> None:
    with pytest.raises(ValueError) as caught:
        WhatsAppCredentials(phone_number_id="1", waba_id="1", access_token=token)
    assert not token or token not in str(caught.value).replace("no spaces", "")


FILE = OutboundFile(content=CONTENT, mime_type="image/jpeg", filename="حذاء.jpg")


async def upload(http: HttpClient, httpserver: HTTPServer) -> str:
    settings = WhatsAppSettings(base_url=httpserver.url_for("").rstrip("/"))
    return await upload_file(FILE, credentials=CREDENTIALS, settings=settings, http=http)


async def test_uploads_as_a_form(http: HttpClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v25.0/1/media", method="POST", headers=AUTH).respond_with_json({"id": "77"})
    assert await upload(http, httpserver) == "77"
    request = httpserver.log[0][0]
    assert dict(request.form) == {"messaging_product": "whatsapp", "type": "image/jpeg"}
    with closing(request.files["file"]) as sent:
        assert sent.read() == CONTENT


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, {}, SendRetryableError),
        (500, {}, SendRetryableError),
        (504, {}, SendRetryableError),
        (400, {"error": {"code": 131053, "message": "Media upload error"}}, SendRetryableError),
        (401, {"error": {"code": 190, "message": "Invalid token"}}, SendRefusedError),
    ],
)
async def test_a_failed_upload_is_never_a_message_of_unknown_outcome(
    http: HttpClient, httpserver: HTTPServer, status: int, body: dict[str, Any], error: type[Exception]
) -> None:
    httpserver.expect_request("/v25.0/1/media").respond_with_json(body, status)
    with pytest.raises(error):
        await upload(http, httpserver)
