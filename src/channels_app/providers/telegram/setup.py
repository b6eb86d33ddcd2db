"""Setting a bot up: who it is, where Telegram sends its updates, and telling Telegram to send them here.

Source: Telegram, "Bot API › getMe, getWebhookInfo, setWebhook".
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels_app.providers.asking import ask
from channels_app.providers.setup import Account, Checked, Code, Finding, Level, Webhook
from channels_app.providers.telegram.credentials import TelegramCredentials, TelegramSettings
from channels_app.providers.wire import as_dict, as_id, as_text
from core.http import HttpClient

#: What the inbox understands; Telegram sends reactions only to those who ask for them.
UPDATES = (
    "message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
)  # fmt: skip

_CODES = {
    401: Code.CREDENTIALS_REFUSED,
    # Telegram answers so to a token of the right form that is nobody's.
    404: Code.CREDENTIALS_REFUSED,
}
_VALID = Finding(code=Code.CREDENTIALS_VALID, level=Level.OK)


async def check(
    credentials: TelegramCredentials,
    settings: TelegramSettings,
    webhook: Webhook | None,
    http: HttpClient,
) -> Checked:
    """``getMe``, then ``getWebhookInfo`` when it is known where the updates should go."""
    bot = await _call(http, credentials, settings, "getMe")
    if isinstance(bot, Finding):
        return Checked(findings=(bot,))
    username = as_text(bot.get("username"))
    account = Account(name=as_text(bot.get("first_name")), handle=f"@{username}" if username else "")
    if webhook is None:
        return Checked(findings=(_VALID,), account=account)
    info = await _call(http, credentials, settings, "getWebhookInfo")
    found = (info,) if isinstance(info, Finding) else _of_webhook(info, webhook)
    return Checked(findings=(_VALID, *found), account=account)


async def connect(
    credentials: TelegramCredentials, settings: TelegramSettings, webhook: Webhook, http: HttpClient
) -> Checked:
    """``setWebhook``, with the secret that every update must carry."""
    done = await _call(
        http,
        credentials,
        settings,
        "setWebhook",
        url=webhook.url,
        secret_token=credentials.secret_token.get_secret_value(),
        allowed_updates=list(UPDATES),
    )
    if isinstance(done, Finding):
        refused = done.code is Code.UNEXPECTED_ANSWER and "webhook" in done.detail.lower()
        code = Code.WEBHOOK_REFUSED if refused else done.code
        return Checked(findings=(Finding(code=code, level=Level.ERROR, detail=done.detail),))
    return await check(credentials, settings, webhook, http)


async def _call(
    http: HttpClient, credentials: TelegramCredentials, settings: TelegramSettings, method: str, **body: Any
) -> dict[str, Any] | Finding:
    """The method's result; a finding when there is none."""
    answer = await ask(http, "POST", settings.method_url(credentials, method), json=body)
    if isinstance(answer, Finding):
        return answer
    if answer.ok and answer.data.get("ok") is True:
        return as_dict(answer.data.get("result"))
    said = as_text(answer.data.get("description"))
    return Finding(
        code=_CODES.get(answer.status, Code.UNEXPECTED_ANSWER),
        level=Level.ERROR,
        detail=said.replace(credentials.bot_token.get_secret_value(), "•••")[:300],
    )


def _of_webhook(info: dict[str, Any], webhook: Webhook) -> tuple[Finding, ...]:
    url = as_text(info.get("url"))
    if not url:
        return (Finding(code=Code.WEBHOOK_MISSING, level=Level.ERROR),)
    # The host may have other names; the path names the channel.
    if urlsplit(url).path != urlsplit(webhook.url).path:
        return (Finding(code=Code.WEBHOOK_ELSEWHERE, level=Level.ERROR, detail=urlsplit(url).hostname or ""),)
    found = Finding(code=Code.WEBHOOK_SET, level=Level.OK)
    error = as_text(info.get("last_error_message"))
    if error and as_id(info.get("pending_update_count")) not in ("", "0"):
        return (found, Finding(code=Code.WEBHOOK_FAILING, level=Level.WARNING, detail=error[:300]))
    return (found,)
