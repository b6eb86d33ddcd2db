"""Webhooks as the product receives them: proof of origin, handshake, retries and the webhook faults."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from .conftest import APP_SECRET, CUSTOMER, Client, Inbound, Product, Send, call


def _expected(body: bytes) -> str:
    return "sha256=" + hmac.new(APP_SECRET.encode("utf-8"), body, hashlib.sha256).hexdigest()


async def test_signature_is_over_the_escaped_bytes(writes: Inbound, product: Product) -> None:
    answer = await writes("سلام، کد تخفیف دارید؟ /")
    body, headers = product.hooks[0]
    assert headers["X-Hub-Signature-256"] == _expected(body)
    assert len(headers["X-Hub-Signature-256"]) == 71
    assert body.isascii()
    assert b"\\u0633\\u0644\\u0627\\u0645" in body
    assert product.texts() == ["سلام، کد تخفیف دارید؟ /"]
    assert answer["status"] == 200
    assert answer["delivered"] is True


async def test_whatsapp_envelope(writes: Inbound, product: Product) -> None:
    answer = await writes("سلام", reply_to="wamid.X", referral={"source_type": "ad", "source_id": "12"})
    body = product.bodies()[0]
    value = body["entry"][0]["changes"][0]["value"]
    message = value["messages"][0]
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["id"] == "102290129340398"
    assert value["metadata"]["phone_number_id"] == "106540352242922"
    assert value["contacts"][0]["profile"] == {"name": "سارا"}
    assert value["contacts"][0]["wa_id"] == message["from"] == CUSTOMER
    assert value["contacts"][0]["user_id"] == message["from_user_id"]
    assert message["id"] == answer["message_id"]
    assert message["timestamp"].isdecimal()
    assert message["context"]["id"] == "wamid.X"
    assert message["referral"]["source_id"] == "12"


async def test_customer_with_hidden_phone(writes: Inbound, product: Product) -> None:
    await writes("سلام", hide_phone=True, username="sara", user_id="DZ.abc")
    value = product.values()[0]
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert value["contacts"][0]["user_id"] == "DZ.abc"
    assert value["contacts"][0]["profile"]["username"] == "sara"


@pytest.mark.parametrize(
    ("signature", "proves"), [("forged", False), ("missing", False), ("reserialised", False), ("valid", True)]
)
async def test_broken_signatures(writes: Inbound, product: Product, signature: str, proves: bool) -> None:
    product.statuses = [200 if proves else 401]
    answer = await writes("سلام", signature=signature)
    body, headers = product.hooks[0]
    assert (headers.get("X-Hub-Signature-256") == _expected(body)) is proves
    await asyncio.sleep(0.1)
    assert len(product.hooks) == 1
    assert answer["retrying"] is False


async def test_handshake(sim: Client, whatsapp: dict[str, Any], product: Product) -> None:
    path = f"/control/accounts/{whatsapp['account_id']}/verify"
    assert (await call(sim, "POST", path))["ok"] is True
    product.verify_token = "another"
    refused = await call(sim, "POST", path)
    assert (refused["ok"], refused["status"]) == (False, 403)


async def test_other_than_2xx_is_retried_with_the_same_bytes(
    sim: Client, writes: Inbound, product: Product
) -> None:
    product.statuses = [503, 500]
    answer = await writes("سلام", wait="final")
    assert [body for body, _ in product.hooks] == [product.hooks[0][0]] * 3
    assert (answer["status"], answer["attempts"], answer["delivered"]) == (200, 3, True)
    stats = await call(sim, "GET", "/control/stats")
    assert (stats["webhooks_posted"], stats["webhooks_retried"], stats["webhooks_delivered"]) == (3, 2, 1)


async def test_first_answer_is_reported_while_retrying(writes: Inbound, product: Product) -> None:
    product.statuses = [503]
    answer = await writes("سلام")
    assert (answer["status"], answer["delivered"], answer["retrying"]) == (503, False, True)
    await product.until(lambda: len(product.hooks) == 2)


async def test_gives_up_after_the_set_time(sim: Client, writes: Inbound, product: Product) -> None:
    product.statuses = [503] * 1_000
    answer = await writes("سلام", wait="final")
    assert answer["delivered"] is False
    stats = await call(sim, "GET", "/control/stats")
    assert stats["webhooks_given_up"] == 1
    assert stats["webhooks_pending"] == 0


async def test_duplicates(sim: Client, writes: Inbound, product: Product) -> None:
    rule = {"kind": "duplicate_webhook", "every": 2, "times": 4, "target": "message"}
    await call(sim, "PUT", "/control/faults", {"rules": [rule]})
    for number in range(4):
        await writes(f"پیام {number}", wait="final")
    await product.until(lambda: len(product.hooks) == 12)
    counts = {text: product.texts().count(text) for text in set(product.texts())}
    assert counts == {"پیام 0": 1, "پیام 1": 5, "پیام 2": 1, "پیام 3": 5}


async def test_reorder(sim: Client, writes: Inbound, product: Product) -> None:
    rule = {"kind": "reorder_webhook", "ms": 150, "count": 5}
    await call(sim, "PUT", "/control/faults", {"seed": 3, "rules": [rule]})
    sent = [f"پیام {number}" for number in range(5)]
    for text in sent:
        await writes(text, wait="none")
    await product.until(lambda: len(product.hooks) == 5)
    assert product.texts() != sent
    assert sorted(product.texts()) == sent
    await writes("آخر")
    assert product.texts()[-1] == "آخر"


async def test_delayed_webhook(sim: Client, writes: Inbound, product: Product) -> None:
    await call(sim, "PUT", "/control/faults", {"rules": [{"kind": "delay_webhook", "ms": 150, "count": 1}]})
    await writes("اول", wait="none")
    await writes("دوم")
    await product.until(lambda: len(product.hooks) == 2)
    assert product.texts() == ["دوم", "اول"]


async def test_statuses_rise_and_echo_the_effect_key(writes: Inbound, sends: Send, product: Product) -> None:
    await writes()
    sent = await sends(type="text", text={"body": "سلام"}, biz_opaque_callback_data="effect:1")
    await product.until(lambda: product.states() == ["sent", "delivered", "read"])
    statuses = [s for value in product.values() for s in value.get("statuses", [])]
    assert {s["id"] for s in statuses} == {sent["messages"][0]["id"]}
    assert {s["biz_opaque_callback_data"] for s in statuses} == {"effect:1"}
    assert {s["recipient_id"] for s in statuses} == {CUSTOMER}
    assert statuses[0]["pricing"]["category"] == "service"
    for body, headers in product.hooks:
        assert headers["X-Hub-Signature-256"] == _expected(body)


async def test_lost_and_failed_statuses(sim: Client, writes: Inbound, sends: Send, product: Product) -> None:
    await writes()
    rules: list[dict[str, Any]] = [
        {"kind": "lose_status", "statuses": ["delivered"]},
        {"kind": "fail_status", "code": 131026, "count": 1},
    ]
    await call(sim, "PUT", "/control/faults", {"rules": rules})
    await sends()
    await product.until(lambda: product.states() == ["failed"])
    failed = product.values()[-1]["statuses"][0]
    assert failed["errors"][0]["code"] == 131026
    await sends()
    await product.until(lambda: product.states() == ["failed", "sent", "read"])


async def test_raw_payload_goes_out_as_it_is(writes: Inbound, product: Product) -> None:
    raw = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "calls"}]}]}
    await writes(raw=raw)
    assert product.bodies() == [raw]
    assert json.loads(product.hooks[0][0]) == raw
    assert product.hooks[0][1]["X-Hub-Signature-256"] == _expected(product.hooks[0][0])


async def test_tenant_hosts_on_localhost_are_found(
    sim: Client, telegram: dict[str, Any], product: Product
) -> None:
    url = product.url.replace("127.0.0.1", "demo.localhost")
    await call(sim, "POST", "/telegram/bot7001:AAF-token/setWebhook", {"url": url})
    answer = await call(sim, "POST", "/control/accounts/shop_bot/inbound", {"from": "42", "text": "سلام"})
    assert answer["delivered"] is True
    assert product.hooks[0][1]["Host"].startswith("demo.localhost:")
