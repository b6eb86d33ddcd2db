"""Members' files: judged by their bytes, sent by each provider, shown in place only where that is safe."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from channels_app.models import Conversation, Media, Message, Send
from channels_app.services.uploads import delete_unused
from channels_app.simulator.media import sample
from channels_app.tests.support import NUMBER, TELEGRAM, receive
from tenants.scope import tenant_scope

URL = "/api/v1/inbox/media/"
CONVERSATIONS = "/api/v1/inbox/conversations/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Where files go."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def stored_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def upload(client, content: bytes | None = None, name: str = "صورة.png", **fields):
    file = SimpleUploadedFile(name, sample("image") if content is None else content, "text/html")
    return client.post(URL, {"file": file, **fields}, format="multipart")


def uploaded(client, *args, **fields) -> str:
    response = upload(client, *args, **fields)
    assert response.status_code == 201, response.json()
    return response.json()["id"]


class TestUploading:
    def test_is_what_its_bytes_are(self, bobs, inside):
        shown = upload(bobs, name="../../صورة.html").json()
        assert (shown["kind"], shown["mime_type"], shown["filename"]) == ("image", "image/png", "صورة.html")
        assert shown["state"] == "stored"

    @pytest.mark.parametrize(
        "content", [b"", SVG, b"<!doctype html><script>1</script>", b"MZ\x90\x00program"]
    )
    def test_what_we_do_not_keep(self, bobs, inside, folder, content):
        response = upload(bobs, content)
        assert response.status_code == 400
        assert "file" in response.json()["error"]["fields"]
        assert not Media.objects.exists()
        assert stored_files(folder) == 0

    def test_no_larger_than_the_provider_takes(self, bobs, whatsapp, webchat, folder):
        large = sample("image") + b"\x00" * 5_000_001
        assert upload(bobs, large, channel=str(webchat.id)).status_code == 201
        response = upload(bobs, large, channel=str(whatsapp.id))
        assert response.status_code == 400
        assert "5,000,000" in response.json()["error"]["fields"]["file"][0]
        assert stored_files(folder) == 1

    def test_no_larger_than_we_take(self, bobs, inside, settings):
        settings.MEDIA_MAX_BYTES = 100
        assert upload(bobs).status_code == 400

    def test_needs_the_scope(self, api, demo_key, demo, folder):
        assert upload(api("demo.localhost", key=demo_key("inbox:read"))).status_code == 403
        assert stored_files(folder) == 0

    def test_unsent_it_goes_after_a_day(self, bobs, clock, folder, django_capture_on_commit_callbacks):
        uploaded(bobs)
        with django_capture_on_commit_callbacks(execute=True):
            clock.wait(hours=25)
        assert not Media.objects.exists()
        assert stored_files(folder) == 0

    def test_what_waits_to_be_sent_stays(self, bobs, clock, conversation):
        media_id = uploaded(bobs)
        body = {
            "message": {"media_ids": [media_id]},
            "send_at": (clock.start + timedelta(hours=40)).isoformat(),
        }
        assert bobs.post(f"{CONVERSATIONS}{conversation.id}/scheduled/", body).status_code == 201
        clock.wait(hours=25)
        assert Media.objects.filter(id=media_id, message=None).exists()
        clock.wait(hours=20)
        assert Media.objects.get(id=media_id).message is not None


class TestSending:
    def test_over_whatsapp(self, bobs, conversation, pump, world):
        media_id = uploaded(bobs)
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        made = bobs.post(url, {"media_ids": [media_id], "text": "الصورة"}).json()
        assert (made["type"], made["media"][0]["id"], made["text"]) == ("image", media_id, "الصورة")
        pump()
        (out,) = world.outbox(NUMBER)
        assert (out["type"], out["text"]) == ("image", "الصورة")
        assert out["media"]["id"].isdecimal()
        assert out["media"]["link"] == ""
        assert Send.objects.get().state == "sent"

    def test_several_go_one_by_one(self, bobs, conversation, pump, world):
        ids = [uploaded(bobs), uploaded(bobs, sample("document"), "فاتورة.pdf")]
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        assert bobs.post(url, {"media_ids": ids, "text": "تفضلي"}).status_code == 201
        pump()
        outs = world.outbox(NUMBER)
        assert [(out["type"], out["text"]) for out in outs] == [("image", "تفضلي"), ("document", "")]
        assert outs[1]["media"]["filename"] == "فاتورة.pdf"

    def test_over_telegram(self, bobs, telegram, pump, world):
        receive(telegram, TELEGRAM["text"])
        conversation = Conversation.objects.get()
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        assert bobs.post(url, {"media_ids": [uploaded(bobs)], "text": "عرض"}).status_code == 201
        pump()
        (out,) = world.outbox("shop_bot")
        assert (out["type"], out["text"], out["media"]["filename"]) == ("photo", "عرض", "صورة.png")
        assert out["media"]["size"] == len(sample("image"))

    def test_over_the_web_chat_by_an_address(self, api, bobs, webchat, pump, inside):
        cache.clear()
        visitor = api("demo.localhost")
        base = "/api/v1/webchat/wc_0123456789ab/"
        visit = visitor.post(f"{base}session/").json()
        body = {"visitor": {"id": visit["visitor_id"]}, "messages": [{"id": "m1", "text": "سلام"}]}
        receive(webchat, json.dumps(body).encode())
        conversation = Conversation.objects.get()
        bobs.post(f"{CONVERSATIONS}{conversation.id}/messages/", {"media_ids": [uploaded(bobs)]})
        pump()
        headers = {"Authorization": f"Visitor {visit['token']}"}
        (file,) = visitor.get(f"{base}messages/", headers=headers).json()["results"][1]["files"]
        answer = visitor.get(file["url"])
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        assert b"".join(answer.streaming_content) == sample("image")
        assert visitor.get(file["url"][:-3] + "xx/").status_code == 404
        assert api("other.localhost").get(file["url"]).status_code == 404

    def test_of_another_or_twice(self, bobs, alices, conversation):
        media_id = uploaded(alices)
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        for ids in ([media_id], [media_id, media_id]):
            assert bobs.post(url, {"media_ids": ids}).status_code == 400
        assert not Send.objects.exists()
        assert alices.post(url, {"media_ids": [media_id]}).status_code == 201
        assert alices.post(url, {"media_ids": [media_id]}).status_code == 400

    def test_the_same_key_sends_once(self, bobs, conversation):
        from events.models import IdempotencyRecord

        body = {"media_ids": [uploaded(bobs)]}
        url = f"{CONVERSATIONS}{conversation.id}/messages/"
        first = bobs.post(url, body, headers={"Idempotency-Key": "k"}).json()
        IdempotencyRecord.objects.all().delete()
        assert bobs.post(url, body, headers={"Idempotency-Key": "k"}).json()["id"] == first["id"]
        assert Send.objects.count() == 1

    def test_a_failed_one_goes_again_with_its_file(self, bobs, conversation, pump, world):
        made = bobs.post(
            f"{CONVERSATIONS}{conversation.id}/messages/", {"media_ids": [uploaded(bobs)]}
        ).json()
        Send.objects.update(state="failed", error_code="invalid")
        again = bobs.post(f"/api/v1/inbox/messages/{made['id']}/retry/").json()
        pump()
        assert len(world.outbox(NUMBER)) == 1
        assert Message.objects.get(id=again["id"]).media.get().file == Media.objects.first().file


class TestShowing:
    @pytest.fixture
    def at(self, bobs, inside) -> str:
        return f"{URL}{uploaded(bobs)}/"

    def test_in_place_where_that_is_safe(self, bobs, at, inside):
        def shown(**query: str):
            answer = bobs.get(at, query)
            # Read to its end, which closes the file.
            assert b"".join(answer.streaming_content) == sample("image")
            return answer

        assert shown().headers["Content-Disposition"].startswith("attachment")
        answer = shown(inline="1")
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        Media.objects.update(mime_type="image/svg+xml")
        answer = shown(inline="1")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"

    @pytest.mark.parametrize(
        ("asked", "status", "piece"),
        [
            ("bytes=0-3", 206, slice(0, 4)),
            ("bytes=4-", 206, slice(4, None)),
            ("bytes=-5", 206, slice(-5, None)),
            ("bytes=0-999999999", 206, slice(0, None)),
            ("bytes=5-2", 416, None),
            ("bytes=99999999-", 416, None),
            ("bytes=-", 200, slice(0, None)),
            ("lines=1-2", 200, slice(0, None)),
        ],
    )
    def test_a_piece(self, bobs, at, asked, status, piece):
        answer = bobs.get(at, headers={"Range": asked})
        whole = sample("image")
        assert answer.status_code == status
        if piece is not None:
            assert b"".join(answer.streaming_content) == whole[piece]
        if status == 206:
            assert answer.headers["Content-Length"] == str(len(whole[piece]))
            assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")

    def test_only_in_its_tenant(self, api, other_key, at):
        assert api("other.localhost", key=other_key()).get(at).status_code == 404


def test_two_sweeps_do_not_touch_what_was_sent(bobs, conversation, folder, demo):
    media_id = uploaded(bobs)
    bobs.post(f"{CONVERSATIONS}{conversation.id}/messages/", {"media_ids": [media_id]})
    with tenant_scope(demo):
        delete_unused([Media.objects.get().id])
        assert Media.objects.get().message is not None
    assert stored_files(folder) == 1
