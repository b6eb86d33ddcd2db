"""Files that customers send: fetched from the provider, judged by their bytes, stored, served for download only."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_httpserver import HTTPServer

from channels_app.handlers import MediaHandler
from channels_app.models import Media, MediaState, Message
from channels_app.providers.base import FetchedMedia
from channels_app.tests.support import AMINA, NUMBER, receive, text_body
from crm.models import Contact
from crm.services.contacts import delete_contacts
from tenants.scope import tenant_scope

URL = "/api/v1/inbox/media/"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Where files go."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def sends_file(whatsapp, world, pump, httpserver: HTTPServer) -> Callable[..., Media]:
    """``sends_file(kind, content)``: Amina sends a file; the shop's webhook is caught, worked off, the file fetched."""
    httpserver.expect_request("/hook").respond_with_data("ok")
    world.register_account(
        provider="whatsapp",
        account_id=NUMBER,
        token="EAAGtoken",
        app_secret="s" * 20,
        webhook_url=httpserver.url_for("/hook"),
        statuses=False,
    )

    def send(kind: str, content: bytes | None = None, **media: str) -> Media:
        if content is not None:
            media["content_base64"] = base64.b64encode(content).decode()
        world.inbound(NUMBER, from_=AMINA, type=kind, media=media, wait="first")
        (request, _), *_ = httpserver.log[-1:]
        receive(whatsapp, request.get_data())
        pump()
        return Media.objects.latest("id")

    return send


def test_browsers_hear_of_a_file_that_came_after_its_message(sends_file):
    media = sends_file("image")
    # As if they had come long before.
    Message.objects.update(revision=1)
    Media.objects.update(state=MediaState.WAITING)
    item = SimpleNamespace(id=1, ref=str(media.id))
    fetched = FetchedMedia(content=PNG, mime_type="image/png")
    assert MediaHandler().settle([SimpleNamespace(item=item, error=None, value=fetched)]) == {}
    media.refresh_from_db()
    assert (media.state, media.message.revision > 1) == (MediaState.STORED, True)


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("image", "image/png"),
        ("video", "video/mp4"),
        ("audio", "audio/"),
        ("document", "application/pdf"),
        ("sticker", "image/webp"),
    ],
)
def test_a_file_is_fetched_and_stored_for_its_tenant(sends_file, demo, folder, kind, mime):
    media = sends_file(kind)
    assert (media.state, media.error) == (MediaState.STORED, "")
    assert media.mime_type.startswith(mime)
    stored = folder / str(demo.id) / media.file
    assert stored.stat().st_size == media.size
    assert media.message.type == kind


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", HTML),
        ("image", SVG),
        ("document", HTML),
        ("document", b"MZ\x90\x00" + bytes(60)),
        ("image", b"%PDF-1.4"),
    ],
)
def test_what_is_not_what_it_claims_is_refused(sends_file, folder, kind, content):
    media = sends_file(kind, content)
    assert media.state == MediaState.REFUSED
    assert media.error
    assert media.file == ""
    assert not list(folder.rglob("*.*"))
    assert Message.objects.get().type == kind


def test_what_is_too_large_is_not_fetched(sends_file, settings, folder):
    settings.MEDIA_MAX_BYTES = 100
    media = sends_file("image", b"\xff\xd8\xff\xe0" + bytes(2_000))
    assert media.state == MediaState.FAILED
    assert "100" in media.error
    assert not list(folder.rglob("*.*"))


def test_what_the_provider_forgot_says_so(sends_file, world, whatsapp, pump):
    sends_file("image")
    source = {**Media.objects.get().source, "provider_id": "404404404"}
    lost = Media.objects.create(message=Message.objects.get(), kind="image", source=source)
    from channels_app.services.inbound import MEDIA
    from events.queue.enqueue import NewItem, enqueue

    enqueue(NewItem(lane="m", kind=MEDIA, ref=str(lost.id)))
    pump()
    lost.refresh_from_db()
    assert lost.state == MediaState.FAILED
    assert lost.error


def test_files_go_with_their_contact(sends_file, folder, django_capture_on_commit_callbacks):
    media = sends_file("image")
    assert default_storage.exists(media.file)
    with django_capture_on_commit_callbacks(execute=True):
        delete_contacts([Contact.objects.get().id])
    assert not Media.objects.exists()
    assert not [path for path in folder.rglob("*") if path.is_file()]


class TestDownload:
    def test_is_saved_never_shown(self, sends_file, agent):
        media = sends_file("document", None, filename="فاتورة 7.pdf")
        response = agent.get(f"{URL}{media.id}/", headers={"Accept": "image/png"})
        assert response.status_code == 200
        content = b"".join(response.streaming_content)
        assert content.startswith(b"%PDF-")
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment")
        assert "%D9%81" in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]

    @pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "text/plain", "application/xhtml+xml"])
    def test_what_a_browser_might_run_is_bytes(self, sends_file, agent, mime):
        media = sends_file("image")
        Media.objects.update(mime_type=mime, filename='../../x"\r\n.html')
        response = agent.get(f"{URL}{media.id}/")
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")
        assert "/" not in response["Content-Disposition"].split("filename")[1]
        response.close()

    def test_what_is_not_stored_says_why(self, sends_file, agent):
        media = sends_file("image", HTML)
        response = agent.get(f"{URL}{media.id}/")
        assert response.status_code == 409
        assert response.json()["error"]["code"] == "media_not_stored"

    def test_is_its_tenants_alone(self, sends_file, api, other_key, demo_key, other, folder):
        media = sends_file("image")
        with tenant_scope(other):
            default_storage.save(media.file, ContentFile(b"other's"))
        url = f"{URL}{media.id}/"
        assert api("other.localhost", key=other_key()).get(url).status_code == 404
        assert api("demo.localhost", key=demo_key("crm:read")).get(url).status_code == 403
        assert api("demo.localhost").get(url).status_code == 401

    def test_the_message_names_it(self, sends_file, agent, whatsapp):
        media = sends_file("image")
        receive(whatsapp, text_body("مع الصورة", number=2))
        shown = agent.get(f"/api/v1/inbox/messages/{media.message_id}/").json()
        assert shown["media"][0]["url"] == f"{URL}{media.id}/"
