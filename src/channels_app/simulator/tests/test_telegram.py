"""The Bot API as the product calls it, and the updates that it posts."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from channels_app.simulator.testing import running_simulator

from .conftest import Client, Product, call

BOT = "/telegram/bot7001:AAF-token"
CHAT = 5_000_000_123


async def _writes(sim: Client, **fields: Any) -> dict[str, Any]:
    body = {"from": str(CHAT), "name": "لينا ب", "text": "سلام", **fields}
    return await call(sim, "POST", "/control/accounts/shop_bot/inbound", body)


async def _bot(sim: Client, method: str, *, status: int = 200, **params: Any) -> Any:
    answer = await call(sim, "POST", f"{BOT}/{method}", params, status=status)
    assert answer["ok"] is (status == 200)
    return answer["result"] if status == 200 else answer


@pytest.mark.usefixtures("telegram")
class TestTelegram:
    async def test_update_carries_the_secret(self, sim: Client, product: Product) -> None:
        await _writes(sim, text="/start تخفیف", language="fa", username="lina")
        await _writes(sim)
        first, second = product.bodies()
        assert product.hooks[0][1]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret_token"
        assert second["update_id"] > first["update_id"]
        message = first["message"]
        assert message["text"] == "/start تخفیف"
        assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
        assert message["chat"] == {
            "id": CHAT,
            "first_name": "لينا",
            "last_name": "ب",
            "username": "lina",
            "type": "private",
        }
        assert message["from"]["language_code"] == "fa"

    async def test_bot_cannot_write_first(self, sim: Client) -> None:
        refused = await _bot(sim, "sendMessage", status=400, chat_id=CHAT, text="سلام")
        assert refused["description"] == "Bad Request: chat not found"
        await _writes(sim)
        sent = await _bot(sim, "sendMessage", chat_id=CHAT, text="سلام")
        assert (sent["text"], sent["chat"]["id"], sent["from"]["is_bot"]) == ("سلام", CHAT, True)

    async def test_wrong_token_and_method(self, sim: Client) -> None:
        answer = await call(sim, "POST", "/telegram/bot1:x/sendMessage", {}, status=401)
        assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        await _bot(sim, "dance", status=404)

    @pytest.mark.parametrize(
        ("text", "description"),
        [
            ("😀" * 2048, ""),
            ("😀" * 2049, "Bad Request: message is too long"),
            (" ", "Bad Request: message text is empty"),
        ],
    )
    async def test_text_limits(self, sim: Client, text: str, description: str) -> None:
        await _writes(sim)
        answer = await _bot(sim, "sendMessage", status=400 if description else 200, chat_id=CHAT, text=text)
        assert answer.get("description", "") == description

    async def test_inline_button(self, sim: Client, product: Product) -> None:
        await _writes(sim)
        keyboard = {"inline_keyboard": [[{"text": "منو", "callback_data": "menu"}]]}
        sent = await _bot(sim, "sendMessage", chat_id=CHAT, text="بفرمایید", reply_markup=keyboard)
        await _writes(sim, type="button", button={"id": "menu"}, reply_to=str(sent["message_id"]))
        query = product.bodies()[-1]["callback_query"]
        assert query["data"] == "menu"
        assert query["message"]["message_id"] == sent["message_id"]
        assert query["message"]["reply_markup"] == keyboard
        assert await _bot(sim, "answerCallbackQuery", callback_query_id=query["id"]) is True
        too_long = {"inline_keyboard": [[{"text": "منو", "callback_data": "م" * 33}]]}
        refused = await _bot(sim, "sendMessage", status=400, chat_id=CHAT, text="x", reply_markup=too_long)
        assert refused["description"] == "Bad Request: BUTTON_DATA_INVALID"

    async def test_keyboard_button_writes_its_text(self, sim: Client, product: Product) -> None:
        await _writes(sim)
        markup = {"keyboard": [[{"text": "آره"}, "نه"]]}
        sent = await _bot(sim, "sendMessage", chat_id=CHAT, text="؟", reply_markup=markup)
        await _writes(sim, type="button", button={"id": "نه"}, reply_to=str(sent["message_id"]))
        assert product.bodies()[-1]["message"]["text"] == "نه"

    async def test_photo_in_and_file_download(self, sim: Client, product: Product) -> None:
        await _writes(sim, type="image", text="میز من")
        message = product.bodies()[0]["message"]
        assert message["caption"] == "میز من"
        file = await _bot(sim, "getFile", file_id=message["photo"][-1]["file_id"])
        async with sim.get(f"/telegram/file/bot7001:AAF-token/{file['file_path']}") as response:
            content = await response.read()
        assert content.startswith(b"\xff\xd8\xff")
        assert content.endswith(b"\xff\xd9")
        assert len(content) == file["file_size"]
        await call(sim, "GET", f"/telegram/file/bot1:x/{file['file_path']}", status=401)

    async def test_send_photo_by_upload_and_address(self, sim: Client) -> None:
        await _writes(sim)
        form = aiohttp.FormData({"chat_id": str(CHAT), "caption": "منو"})
        form.add_field("photo", b"\xff\xd8\xff", filename="menu.jpg", content_type="image/jpeg")
        async with sim.post(f"{BOT}/sendPhoto", data=form) as response:
            sent = (await response.json())["result"]
        assert sent["caption"] == "منو"
        again = await _bot(sim, "sendPhoto", chat_id=CHAT, photo=sent["photo"][-1]["file_id"])
        assert again["photo"][-1]["file_size"] == 3
        linked = await _bot(sim, "sendDocument", chat_id=CHAT, document="https://example.com/f.pdf")
        assert linked["document"]["file_name"] == "f.pdf"
        await _bot(sim, "sendVideo", status=400, chat_id=CHAT)

    async def test_edit(self, sim: Client, product: Product) -> None:
        inbound = await _writes(sim)
        sent = await _bot(sim, "sendMessage", chat_id=CHAT, text="یک")
        ids = {"chat_id": CHAT, "message_id": sent["message_id"]}
        assert (await _bot(sim, "editMessageText", **ids, text="دو"))["text"] == "دو"
        same = await _bot(sim, "editMessageText", status=400, **ids, text="دو")
        assert "message is not modified" in same["description"]
        await _writes(sim, type="edit", reply_to=inbound["message_id"], text="درود")
        assert product.bodies()[-1]["edited_message"]["text"] == "درود"

    async def test_set_webhook_delivers_what_waited(self, sim: Client, product: Product) -> None:
        assert await _bot(sim, "deleteWebhook") is True
        assert (await _writes(sim, text="در صف"))["status"] is None
        assert (await _bot(sim, "getWebhookInfo"))["pending_update_count"] == 1
        await _bot(sim, "setWebhook", status=400, url=product.url, secret_token="بد")
        await _bot(sim, "setWebhook", url=product.url, secret_token="new-secret")
        await product.until(lambda: len(product.hooks) == 1)
        assert product.hooks[0][1]["X-Telegram-Bot-Api-Secret-Token"] == "new-secret"
        assert product.bodies()[0]["message"]["text"] == "در صف"

    async def test_webhook_trouble_is_shown(self, sim: Client, product: Product) -> None:
        product.statuses = [500]
        await _writes(sim)
        info = await _bot(sim, "getWebhookInfo")
        assert info["last_error_message"] == "Wrong response from the webhook: 500"

    async def test_reactions_only_when_asked_for(self, sim: Client, product: Product) -> None:
        await _writes(sim)
        sent = await _bot(sim, "sendMessage", chat_id=CHAT, text="سلام")
        reaction = {"type": "reaction", "reaction": {"message_id": str(sent["message_id"]), "emoji": "❤"}}
        await _writes(sim, **reaction)
        assert len(product.hooks) == 1
        kinds = ["message", "message_reaction"]
        await _bot(sim, "setWebhook", url=product.url, allowed_updates=kinds)
        await _writes(sim, **reaction)
        assert product.bodies()[-1]["message_reaction"]["new_reaction"][0]["emoji"] == "❤"

    async def test_blocked_bot(self, sim: Client, product: Product) -> None:
        await _writes(sim)
        path = f"/control/accounts/shop_bot/customers/{CHAT}"
        await call(sim, "PUT", path, {"blocked": True})
        await product.until(lambda: len(product.hooks) == 2)
        assert product.bodies()[1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
        refused = await _bot(sim, "sendMessage", status=403, chat_id=CHAT, text="سلام")
        assert refused["description"] == "Forbidden: bot was blocked by the user"

    async def test_rate_limit_fault(self, sim: Client) -> None:
        await _writes(sim)
        rule = {"kind": "fail_send", "status": 429, "retry_after": 3, "count": 1, "account": "shop_bot"}
        await call(sim, "PUT", "/control/faults", {"rules": [rule]})
        refused = await _bot(sim, "sendMessage", status=429, chat_id=CHAT, text="سلام")
        assert refused["parameters"] == {"retry_after": 3}
        await _bot(sim, "sendMessage", chat_id=CHAT, text="سلام")

    async def test_get_me(self, sim: Client) -> None:
        me = await _bot(sim, "getMe")
        assert (me["id"], me["is_bot"], me["first_name"]) == (7001, True, "متجر")


def test_numbers_are_not_given_again_after_a_new_start() -> None:
    """The product keeps each update once, by its number: a restarted simulator must not look like a repeat."""
    seen = []
    for _ in range(2):
        with running_simulator() as simulator:
            simulator.register_account(provider="telegram", account_id="42", token="42:abcdefghij")
            seen += [
                simulator.inbound("42", from_="777", text=text)["update_id"] for text in ("سلام", "مرحبا")
            ]
    assert seen == sorted(set(seen))
