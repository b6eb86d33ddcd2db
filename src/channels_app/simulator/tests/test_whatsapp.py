"""The Graph API as the product calls it: authorisation, checks, the 24 h window, media and templates."""

from __future__ import annotations

import hashlib
import hmac
import io
from typing import Any

import aiohttp
import pytest

from .conftest import APP_SECRET, CUSTOMER, Client, Inbound, Product, Send, call

BEARER = {"Authorization": "Bearer EAAG-token"}


async def _outbox(sim: Client) -> list[dict[str, Any]]:
    return (await call(sim, "GET", "/control/accounts/106540352242922/outbox"))["messages"]


async def test_send_is_accepted_and_kept(sim: Client, writes: Inbound, sends: Send) -> None:
    inbound = await writes()
    answer = await sends(
        type="text",
        text={"body": "کد شما: WASL-10"},
        context={"message_id": inbound["message_id"]},
        biz_opaque_callback_data="effect:9",
    )
    assert answer["contacts"] == [{"input": CUSTOMER, "wa_id": CUSTOMER}]
    assert answer["messages"][0]["id"].startswith("wamid.")
    assert answer["messages"][0]["message_status"] == "accepted"
    [message] = await _outbox(sim)
    assert message["text"] == "کد شما: WASL-10"
    assert message["effect_key"] == "effect:9"
    assert message["reply_to"] == inbound["message_id"]
    assert message["payload"]["type"] == "text"


@pytest.mark.parametrize("token", ["wrong", ""])
async def test_wrong_token_is_401_190(sim: Client, writes: Inbound, sends: Send, token: str) -> None:
    await writes()
    refused = await sends(status=401, token=token)
    assert refused["error"]["code"] == 190
    assert refused["error"]["type"] == "OAuthException"
    assert refused["error"]["fbtrace_id"]
    assert await _outbox(sim) == []


async def test_token_of_another_account_reaches_nothing(sim: Client, writes: Inbound, sends: Send) -> None:
    other = {"provider": "whatsapp", "account_id": "2", "token": "other", "app_secret": "x"}
    await call(sim, "POST", "/control/accounts", other, status=201)
    await writes()
    refused = await sends(status=400, token="other")
    assert (refused["error"]["code"], refused["error"]["error_subcode"]) == (100, 33)
    assert await _outbox(sim) == []


async def test_app_secret_proof_is_checked_when_given(sim: Client, whatsapp: dict[str, Any]) -> None:
    path = f"/graph/v25.0/{whatsapp['account_id']}"
    proof = hmac.new(APP_SECRET.encode(), b"EAAG-token", hashlib.sha256).hexdigest()
    answer = await call(sim, "GET", path, headers=BEARER, params={"appsecret_proof": proof})
    assert answer["verified_name"] == "بوتيك ياسمين"
    await call(sim, "GET", path, headers=BEARER, params={"appsecret_proof": "0"}, status=400)


async def test_window_rule(sim: Client, writes: Inbound, sends: Send) -> None:
    assert (await sends(status=400))["error"]["code"] == 131047
    await writes()
    await sends()
    path = f"/control/accounts/106540352242922/customers/{CUSTOMER}"
    await call(sim, "PUT", path, {"last_wrote_ago_s": 24 * 3600 + 1})
    assert (await sends(status=400))["error"]["code"] == 131047
    await sends(type="template", template={"name": "welcome_fa", "language": {"code": "fa"}})
    assert [m["type"] for m in await _outbox(sim)] == ["text", "template"]
    stats = await call(sim, "GET", "/control/stats")
    assert (stats["sends"], stats["sends_refused"]) == (2, 2)


def _buttons(count: int) -> dict[str, Any]:
    buttons = [{"type": "reply", "reply": {"id": f"b{n}", "title": f"زر {n}"}} for n in range(count)]
    return {"type": "button", "body": {"text": "اختر"}, "action": {"buttons": buttons}}


def _rows(count: int) -> dict[str, Any]:
    rows = [{"id": f"r{n}", "title": f"سطر {n}"} for n in range(count)]
    return {
        "type": "list",
        "body": {"text": "اختر"},
        "action": {"button": "القائمة", "sections": [{"rows": rows}]},
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"type": "text", "text": {"body": "ن" * 4096}}, 0),
        ({"type": "text", "text": {"body": "ن" * 4097}}, 131009),
        ({"type": "text", "text": {}}, 131008),
        ({"type": "text"}, 131008),
        ({"type": "text", "text": "سلام"}, 131009),
        ({"type": "hologram", "hologram": {"id": "1"}}, 131051),
        ({"type": "image", "image": {"link": "https://example.com/a.png", "caption": "ع" * 1024}}, 0),
        ({"type": "image", "image": {"link": "https://example.com/a.png", "caption": "ع" * 1025}}, 131009),
        ({"type": "image", "image": {"link": "https://example.com/a.png", "id": "1"}}, 131009),
        ({"type": "video", "video": {"id": "1"}}, 0),
        ({"type": "audio", "audio": {"id": "1", "caption": "x"}}, 131009),
        ({"type": "sticker", "sticker": {"link": "ftp://example.com/s.webp"}}, 131009),
        (
            {"type": "document", "document": {"link": "https://example.com/a.pdf", "filename": "فاتورة.pdf"}},
            0,
        ),
        ({"type": "location", "location": {"latitude": 36.7, "longitude": 3.0, "name": "الجزائر"}}, 0),
        ({"type": "location", "location": {"latitude": 136.7, "longitude": 3.0}}, 131009),
        ({"type": "location", "location": {"latitude": 36.7}}, 131008),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "كريم"}}]}, 0),
        ({"type": "contacts", "contacts": [{"phones": []}]}, 131008),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}, 0),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, 131008),
        ({"type": "interactive", "interactive": _buttons(3)}, 0),
        ({"type": "interactive", "interactive": _buttons(4)}, 131009),
        ({"type": "interactive", "interactive": _rows(10)}, 0),
        ({"type": "interactive", "interactive": _rows(11)}, 131009),
        ({"type": "interactive", "interactive": {"type": "dance"}}, 131009),
        ({"type": "template", "template": {"name": "x"}}, 131008),
        ({"biz_opaque_callback_data": "x" * 513, "type": "text", "text": {"body": "x"}}, 131009),
        ({"to": "abc", "type": "text", "text": {"body": "x"}}, 131009),
        ({"messaging_product": "sms", "type": "text", "text": {"body": "x"}}, 100),
    ],
)
async def test_shapes_and_limits(
    sim: Client, writes: Inbound, sends: Send, content: dict[str, Any], code: int
) -> None:
    await writes()
    answer = await sends(status=400 if code else 200, **content)
    assert answer.get("error", {}).get("code", 0) == code
    assert len(await _outbox(sim)) == (0 if code else 1)


async def test_pressed_buttons_come_back(writes: Inbound, sends: Send, product: Product) -> None:
    await writes()
    reply = (await sends(type="interactive", interactive=_buttons(2)))["messages"][0]["id"]
    rows = (await sends(type="interactive", interactive=_rows(2)))["messages"][0]["id"]
    component = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    component["parameters"] = [{"type": "payload", "payload": "STOP"}]  # type: ignore[assignment]
    template = {"name": "promo", "language": {"code": "ar"}, "components": [component]}
    promo = (await sends(type="template", template=template))["messages"][0]["id"]
    presses = [(reply, "b1"), (rows, "r0"), (promo, "STOP")]
    for origin, button in presses:
        await writes("", type="button", button={"id": button}, reply_to=origin)
    pressed = [m for value in product.values() for m in value.get("messages", [])][1:]
    assert pressed[0]["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "b1", "title": "زر 1"},
    }
    assert pressed[1]["interactive"] == {"type": "list_reply", "list_reply": {"id": "r0", "title": "سطر 0"}}
    assert pressed[2]["button"] == {"text": "STOP", "payload": "STOP"}
    assert [m["context"]["id"] for m in pressed] == [reply, rows, promo]


async def test_read_receipt(sim: Client, writes: Inbound) -> None:
    inbound = await writes()
    path = "/graph/v25.0/106540352242922/messages"
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": inbound["message_id"]}
    assert await call(sim, "POST", path, body, headers=BEARER) == {"success": True}
    [first, *_] = (await call(sim, "GET", "/control/accounts/106540352242922/messages"))["messages"]
    assert first["state"] == "read"
    await call(sim, "POST", path, {**body, "message_id": "wamid.none"}, headers=BEARER, status=400)


async def test_media_of_the_customer_is_downloaded_with_the_bearer(
    sim: Client, writes: Inbound, product: Product
) -> None:
    await writes("", type="image", media={"caption": "صورة"})
    image = product.values()[0]["messages"][0]["image"]
    assert image["caption"] == "صورة"
    await call(sim, "GET", f"/graph/v25.0/{image['id']}", headers={"Authorization": "Bearer no"}, status=401)
    described = await call(sim, "GET", f"/graph/v25.0/{image['id']}", headers=BEARER)
    async with sim.session.get(described["url"]) as refused:
        assert refused.status == 401
    async with sim.session.get(described["url"], headers=BEARER) as response:
        content = await response.read()
        assert response.content_type == described["mime_type"] == "image/png"
    assert content.startswith(b"\x89PNG")
    assert hashlib.sha256(content).hexdigest() == described["sha256"]
    assert described["file_size"] == len(content)
    expired = described["url"].split("?")[0] + "?ext=1"
    async with sim.session.get(expired, headers=BEARER) as gone:
        assert gone.status == 404


async def test_upload_then_send(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    path = "/graph/v25.0/106540352242922/media"
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", b"\x89PNG", filename="a.png", content_type="image/png")
    async with sim.post(path, data=form, headers=BEARER) as response:
        media_id = (await response.json())["id"]
    await sends(type="image", image={"id": media_id})
    assert (await _outbox(sim))[0]["media"]["id"] == media_id
    large = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    large.add_field("file", io.BytesIO(bytes(5_000_001)), filename="b.png", content_type="image/png")
    async with sim.post(path, data=large, headers=BEARER) as refused:
        assert (await refused.json())["error"]["code"] == 131053


async def test_templates(sim: Client, sends: Send, product: Product) -> None:
    body = {
        "name": "order_ready",
        "language": "ar",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "مرحبا {{1}}، طلبك {{2}} جاهز"}],
    }
    created = await call(sim, "POST", "/graph/v25.0/102290129340398/message_templates", body, headers=BEARER)
    assert created["status"] == "APPROVED"
    await product.until(lambda: len(product.hooks) == 1)
    assert product.bodies()[0]["entry"][0]["changes"][0]["field"] == "message_template_status_update"
    listed = await call(sim, "GET", "/graph/v25.0/102290129340398/message_templates", headers=BEARER)
    assert [t["name"] for t in listed["data"]] == ["order_ready"]

    def template(*values: str, language: str = "ar") -> dict[str, Any]:
        parameters = [{"type": "text", "text": value} for value in values]
        components = [{"type": "body", "parameters": parameters}]
        return {"name": "order_ready", "language": {"code": language}, "components": components}

    await sends(type="template", template=template("سارة", "114"))
    assert (await _outbox(sim))[0]["text"] == "مرحبا سارة، طلبك 114 جاهز"
    assert (await sends(status=400, type="template", template=template("سارة")))["error"]["code"] == 132000
    wrong = await sends(status=404, type="template", template=template("سارة", "1", language="fr"))
    assert wrong["error"]["code"] == 132001


async def test_app_subscription_and_unknown_paths(sim: Client, whatsapp: dict[str, Any]) -> None:
    path = "/graph/v25.0/102290129340398/subscribed_apps"
    assert await call(sim, "POST", path, headers=BEARER) == {"success": True}
    assert len((await call(sim, "GET", path, headers=BEARER))["data"]) == 1
    unknown = await call(sim, "POST", "/graph/v25.0/1/dance", status=400)
    assert unknown["error"]["code"] == 2500


async def test_send_to_a_business_scoped_id(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes(hide_phone=True, user_id="DZ.abc")
    answer = await sends(to=None, recipient="DZ.abc", type="text", text={"body": "سلام"})
    assert answer["contacts"] == [{"input": "DZ.abc", "user_id": "DZ.abc"}]
    assert (await _outbox(sim))[0]["customer"] == CUSTOMER


async def test_sample_templates_come_in_pages(sim: Client, sends: Send) -> None:
    path = "/graph/v25.0/102290129340398/message_templates"
    names, after = [], ""
    for _ in range(9):
        page = await call(sim, "GET", f"{path}?limit=2{after}", headers=BEARER)
        names += [(template["name"], template["language"]) for template in page["data"]]
        after = f"&after={page['paging']['cursors']['after']}"
        if "next" not in page["paging"]:
            break
    assert len(names) == len(set(names)) == 5
    assert {language for _, language in names} == {"ar", "fr", "fa"}
