"""The accept route, over ASGI and into a database with real commits."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from django.db import OperationalError, transaction

from channels_app.accept import committer, routes
from channels_app.accept.app import AcceptApp
from channels_app.models import Channel, InboundDelivery
from channels_app.providers.webchat.signature import sign
from channels_app.providers.webchat.visitors import issue_visitor_token
from channels_app.routing.models import ChannelRoute
from channels_app.services.channels import create_channel, set_active
from channels_app.tests.shop import (
    OTHERS_NUMBER,
    SITE,
    WHATSAPP_PATH,
    ask_all,
    get,
    post,
    whatsapp_credentials,
)
from channels_app.tests.support import (
    NUMBER,
    OWN_SECRET,
    SHARED_SECRET,
    TELEGRAM,
    WEBCHAT,
    WHATSAPP,
    Answer,
    ask,
    drain,
    message,
    meta_signature,
    text_body,
    whatsapp_body,
)
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.selectors import forget_cached_tenants


class TestAccepted:
    def test_signed_stored_acknowledged_worked_off(self, shop):
        body = text_body("سلام، کد تخفیف دارید؟")
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 1
        assert shop.texts(shop.demo) == ["سلام، کد تخفیف دارید؟"]
        assert shop.texts(shop.other) == []

    def test_a_body_in_pieces(self, shop):
        body = text_body("قطعة قطعة")
        assert post(WHATSAPP_PATH, body, meta_signature(body), chunks=7).status == 200
        assert shop.stored() == 1

    def test_each_provider_at_its_own_address(self, shop):
        telegram = post(
            shop.path(shop.telegram), TELEGRAM["text"], {"X-Telegram-Bot-Api-Secret-Token": OWN_SECRET}
        )
        site = post(
            shop.path(shop.webchat),
            WEBCHAT["text_darja"],
            {"X-Wasl-Signature": sign(OWN_SECRET, WEBCHAT["text_darja"])},
        )
        visitor = json.dumps({"visitor": {"id": "v-1"}, "messages": [{"id": "1", "text": "سلام"}]}).encode()
        token = issue_visitor_token(OWN_SECRET, "v-1", 60)
        browser = post(shop.path(shop.webchat), visitor, {"Authorization": f"Visitor {token}"})
        assert (telegram.status, site.status, browser.status) == (200, 200, 200)
        assert shop.stored() == 3

    def test_five_copies_at_once_are_one(self, shop):
        """T7."""
        body = text_body()
        request = {"path": WHATSAPP_PATH, "body": body, "headers": meta_signature(body)}
        assert [answer.status for answer in ask_all(*[request] * 5)] == [200] * 5
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 1
        drain()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.texts(shop.demo) == ["سلام، کد تخفیف دارید؟"]

    def test_a_copy_does_not_wait_for_the_work_on_the_first(self, shop):
        """The worker's transaction needs the lane that the copy's holds: waiting would be a deadlock."""
        body = text_body()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        with tenant_scope(shop.demo), transaction.atomic():
            InboundDelivery.objects.update(error="being worked off")
            assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 1

    def test_many_at_once_all_arrive(self, shop):
        bodies = [text_body(f"رسالة {n}", number=n, of=f"2135550102{n:02}") for n in range(40)]
        answers = ask_all(*[{"path": WHATSAPP_PATH, "body": b, "headers": meta_signature(b)} for b in bodies])
        assert {answer.status for answer in answers} == {200}
        assert shop.stored() == 40

    def test_a_body_for_two_tenants_is_parted(self, shop):
        """Meta batches by app, and one app may serve many tenants; an account with a secret of its own is not reached."""
        ChannelRoute.objects.filter(channel_id=shop.others.id).delete()
        with tenant_scope(shop.other):
            Channel.objects.all().delete()
            create_channel(
                provider="whatsapp",
                name="فروشگاه",
                credentials={**whatsapp_credentials(), "phone_number_id": OTHERS_NUMBER},
            )
        body = WHATSAPP["batch"]
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert sorted(shop.texts(shop.demo)) == ["Azul", "أهلا"]
        assert shop.texts(shop.other) == ["ثالثة"]

    def test_a_bad_item_never_loses_the_rest(self, shop):
        good = [message(1, "الأولى"), "garbage", {"type": "text"}, message(2, "الثانية"), None, 7]
        body = whatsapp_body(messages=good)
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert sorted(shop.texts(shop.demo)) == ["الأولى", "الثانية"]

    def test_nul_and_lone_surrogates(self, shop):
        body = (
            text_body("TEXT")
            .replace(b"TEXT", b"\\u0000\\ud800\\u0000 \\u0633")
            .replace(b"wamid.IN1", b"wamid.\\u0000\\udfffIN")
        )
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 1
        (text,) = shop.texts(shop.demo)
        assert text.endswith("س")
        assert "\x00" not in text

    def test_of_a_suspended_tenant_is_kept_for_later(self, shop):
        Tenant.objects.using("owner").filter(id=shop.demo.id).update(state="suspended")
        forget_cached_tenants()
        body = text_body()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.texts(shop.demo) == []
        assert shop.stored() == 1
        Tenant.objects.using("owner").filter(id=shop.demo.id).update(state="ready")
        forget_cached_tenants()
        assert shop.texts(shop.demo) == ["سلام، کد تخفیف دارید؟"]


def _stale(body: bytes) -> dict[str, str]:
    return {"X-Wasl-Signature": sign(OWN_SECRET, body, at=int(time.time()) - 301)}


class TestRefused:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Hub-Signature-256": ""},
            {"X-Hub-Signature-256": "sha256=" + "0" * 64},
            {"X-Hub-Signature-256": "sha256="},
            meta_signature(text_body(), "a-wrong-secret"),
            meta_signature(text_body() + b" "),
            {"X-Hub-Signature": meta_signature(text_body())["X-Hub-Signature-256"]},
        ],
        ids=["missing", "empty", "zeros", "cut", "wrong secret", "other body", "wrong header"],
    )
    def test_forged_and_missing_signatures(self, shop, headers):
        assert post(WHATSAPP_PATH, text_body(), headers).status == 403
        assert shop.stored() == 0

    def test_a_reserialised_body(self, shop):
        body = text_body()
        same = json.dumps(json.loads(body), ensure_ascii=True, separators=(",", ":")).encode()
        assert json.loads(same) == json.loads(body)
        assert post(WHATSAPP_PATH, same, meta_signature(body)).status == 403
        assert shop.stored() == 0

    def test_every_flipped_bit(self, shop):
        body = text_body()
        right = meta_signature(body)["X-Hub-Signature-256"]
        for at in range(7, len(right)):
            wrong = right[:at] + ("0" if right[at] != "0" else "1") + right[at + 1 :]
            assert post(WHATSAPP_PATH, body, {"X-Hub-Signature-256": wrong}).status == 403
        assert shop.stored() == 0

    def test_stale_signatures_and_tokens(self, shop):
        path, body = shop.path(shop.webchat), WEBCHAT["text_darja"]
        assert post(path, body, _stale(body)).status == 403
        expired = issue_visitor_token(OWN_SECRET, "v-7f3a9c", -1)
        assert post(path, body, {"Authorization": f"Visitor {expired}"}).status == 403
        another = issue_visitor_token(OWN_SECRET, "v-another", 60)
        assert post(path, body, {"Authorization": f"Visitor {another}"}).status == 403
        assert shop.stored() == 0

    def test_one_channels_secret_opens_no_other_channel(self, shop):
        body = text_body()
        assert post(shop.path(shop.others), body, meta_signature(body, "a-secret-of-the-other")).status == 200
        assert shop.stored() == 0, "its own address speaks for its own account only"
        mine = text_body().replace(NUMBER.encode(), OTHERS_NUMBER.encode())
        assert post(WHATSAPP_PATH, mine, meta_signature(mine)).status == 200
        assert shop.stored() == 0, "the shared app does not speak for who has an app of their own"
        assert post(shop.path(shop.others), mine, meta_signature(mine, SHARED_SECRET)).status == 403
        assert post(shop.path(shop.others), mine, meta_signature(mine, "a-secret-of-the-other")).status == 200
        assert shop.stored() == 1
        assert shop.texts(shop.demo) == []

    def test_accounts_that_nobody_connected_are_acknowledged_and_dropped(self, shop):
        body = text_body().replace(NUMBER.encode(), b"999999999999999")
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 0

    def test_too_large(self, shop, settings):
        settings.WEBHOOK_MAX_BYTES = 2_000
        body = text_body("س" * 2_000)
        for more in ({}, {"declared": 10}, {"declared": 10, "chunks": 9}):
            assert post(WHATSAPP_PATH, body, meta_signature(body), **more).status == 413
        assert shop.stored() == 0

    def test_a_refused_body_is_read_to_its_end(self, shop, settings):
        """Or the client would still be sending when the connection closes, and never see the answer."""
        settings.WEBHOOK_MAX_BYTES = 2_000
        for path, headers in (
            (WHATSAPP_PATH, {}),
            ("/webhooks/fax/", {}),
            (WHATSAPP_PATH, {"Content-Encoding": "gzip"}),
        ):
            left = [{"type": "http.request", "body": b"x" * 1_000, "more_body": n < 9} for n in range(10)]

            async def receive(left: list[dict[str, Any]] = left) -> dict[str, Any]:
                return left.pop(0)

            statuses: list[int] = []

            async def send(event: dict[str, Any], statuses: list[int] = statuses) -> None:
                statuses.append(event.get("status", 0))

            names = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
            scope = {"method": "POST", "path": path, "query_string": b"", "headers": names}
            asyncio.run(AcceptApp()(scope, receive, send))
            assert statuses[0] in (404, 413, 415)
            assert left == []

    def test_not_what_is_expected(self, shop):
        signed = meta_signature(b"[]")
        assert post(WHATSAPP_PATH, b"[]", signed).status == 400
        assert post(WHATSAPP_PATH, b"", meta_signature(b"")).status == 400
        assert post(WHATSAPP_PATH, b"[]", {**signed, "Content-Encoding": "gzip"}).status == 415
        assert post(WHATSAPP_PATH, b"[]", {**signed, "Content-Length": "-5"}).status == 413
        assert post(WHATSAPP_PATH, b"[]", signed, method="PUT").status == 405
        assert post("/webhooks/fax/", b"[]").status == 404
        assert post("/webhooks/whatsapp/no-such-key/", b"[]").status == 404
        assert post("/webhooks/whatsapp/a/b/", b"[]").status == 404
        assert shop.stored() == 0

    def test_a_channel_that_is_off_takes_nothing_in(self, shop):
        with tenant_scope(shop.demo):
            set_active(shop.whatsapp, False)
            set_active(shop.telegram, False)
        body = text_body()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        secret = {"X-Telegram-Bot-Api-Secret-Token": OWN_SECRET}
        assert post(shop.path(shop.telegram), TELEGRAM["text"], secret).status == 404
        assert shop.stored() == 0


class TestStoreDown:
    def test_nothing_is_acknowledged(self, shop, monkeypatch):
        right = committer._parameters_of_default
        monkeypatch.setattr(
            committer, "_parameters_of_default", lambda: {**right(), "host": "127.0.0.1", "port": 1}
        )
        body = text_body()
        answer = post(WHATSAPP_PATH, body, meta_signature(body))
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert shop.stored() == 0
        monkeypatch.undo()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 200
        assert shop.stored() == 1

    def test_nor_when_routes_cannot_be_read(self, shop, monkeypatch):
        def down(**where: str) -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr(routes, "_load", down)
        body = text_body()
        assert post(WHATSAPP_PATH, body, meta_signature(body)).status == 503
        assert shop.stored() == 0

    def test_a_broken_connection_is_replaced(self, shop):
        async def run() -> list[int]:
            app, statuses = AcceptApp(), []
            try:
                for number in range(3):
                    body = text_body(number=number)
                    answer = await ask(app, WHATSAPP_PATH, body, headers=meta_signature(body))
                    statuses.append(answer.status)
                    if number == 0:
                        await app._committer._connection.close()
            finally:
                await app._committer._disconnect()
            return statuses

        assert asyncio.run(run()) == [200, 200, 200]
        assert shop.stored() == 3


class TestHandshake:
    def test_at_the_shared_address(self, shop):
        asked = f"{WHATSAPP_PATH}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        assert get(asked + "test-verify-token").text == "1158201444"
        for token in ("wrong", "", "test-verify-token%00"):
            answer = get(asked + token)
            assert (answer.status, "1158201444" in answer.text) == (403, False)

    def test_at_a_channels_own(self, shop):
        with tenant_scope(shop.demo):
            own = create_channel(
                provider="whatsapp",
                name="رقم ثان",
                credentials={
                    **whatsapp_credentials(app_secret=OWN_SECRET, verify_token="كلمة"),
                    "phone_number_id": "42",
                },
            )
        asked = shop.path(own) + "?hub.mode=subscribe&hub.challenge=7&hub.verify_token="
        assert get(asked + "%D9%83%D9%84%D9%85%D8%A9").text == "7"
        assert get(asked + "test-verify-token").status == 403


class TestBrowsers:
    def preflight(self, path: str, origin: str) -> Answer:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return ask_all({"path": path, "method": "OPTIONS", "headers": headers})[0]

    def test_an_allowed_sites_page_may_post(self, shop):
        path = shop.path(shop.webchat)
        asked = self.preflight(path, SITE)
        assert asked.status == 200
        assert asked.headers["access-control-allow-origin"] == SITE
        assert "authorization" in asked.headers["access-control-allow-headers"]
        body = json.dumps({"visitor": {"id": "v-1"}, "messages": [{"id": "1", "text": "سلام"}]}).encode()
        token = issue_visitor_token(OWN_SECRET, "v-1", 60)
        posted = post(path, body, {"Origin": SITE, "Authorization": f"Visitor {token}"})
        assert (posted.status, posted.headers["access-control-allow-origin"]) == (200, SITE)

    def test_no_other_page_may(self, shop):
        for path, origin in (
            (shop.path(shop.webchat), "https://evil.example"),
            (shop.path(shop.telegram), SITE),
            (WHATSAPP_PATH, SITE),
        ):
            answer = self.preflight(path, origin)
            assert answer.status == 405
            assert "access-control-allow-origin" not in answer.headers


def test_the_whole_application_sends_webhooks_the_short_way(shop):
    from config.asgi import application

    refused = asyncio.run(ask(application, WHATSAPP_PATH, text_body()))
    assert (refused.status, refused.text) == (403, "the signature is not right")
    assert shop.stored() == 0
