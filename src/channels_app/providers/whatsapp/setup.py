"""Setting a number up: what Meta says of it, whether the app is subscribed to its account, and subscribing it.

Source: Meta, "WhatsApp Business Platform › Phone numbers" and "› Subscribe to a WhatsApp Business Account".
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from channels_app.providers.asking import ask
from channels_app.providers.calls import Answer
from channels_app.providers.setup import Account, Checked, Code, Finding, Level, Webhook
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.whatsapp.errors import reason_of
from channels_app.providers.wire import as_dict, as_id, as_text
from core.http import HttpClient

_FIELDS = urlencode({"fields": "verified_name,display_phone_number,quality_rating"})
#: Meta's codes of errors: a token that is none, rights that it lacks, an object that it may not see.
_CODES = {
    "0": Code.CREDENTIALS_REFUSED,
    "190": Code.CREDENTIALS_REFUSED,
    "10": Code.PERMISSION_MISSING,
    "3": Code.PERMISSION_MISSING,
    "100": Code.ACCOUNT_NOT_FOUND,
    "33": Code.ACCOUNT_NOT_FOUND,
}
_LOW = ("RED", "YELLOW")
_VALID = Finding(code=Code.CREDENTIALS_VALID, level=Level.OK)


async def check(
    credentials: WhatsAppCredentials,
    settings: WhatsAppSettings,
    webhook: Webhook | None,
    http: HttpClient,
) -> Checked:
    """The number's own facts, then the account's subscriptions."""
    number = await _get(http, credentials, settings.url(credentials.phone_number_id) + f"?{_FIELDS}")
    if isinstance(number, Finding):
        return Checked(findings=(number,))
    quality = as_text(number.get("quality_rating")).upper()
    account = Account(
        name=as_text(number.get("verified_name")),
        handle=as_text(number.get("display_phone_number")),
        quality=quality,
    )
    findings = [_VALID]
    if quality in _LOW:
        findings.append(Finding(code=Code.QUALITY_LOW, level=Level.WARNING, detail=quality))
    findings.append(await _subscription(http, credentials, settings, connected=webhook is not None))
    return Checked(findings=tuple(findings), account=account)


async def connect(
    credentials: WhatsAppCredentials, settings: WhatsAppSettings, webhook: Webhook, http: HttpClient
) -> Checked:
    """Subscribe the app to the account. The address itself stands in the app's settings, where Meta verifies it: the
    installation's own app has it already, for one's own app it is put there once, by hand."""
    answer = await _asked(http, credentials, "POST", settings.url(credentials.waba_id, "subscribed_apps"))
    if isinstance(answer, Finding):
        return Checked(findings=(answer,))
    checked = await check(credentials, settings, webhook, http)
    if credentials.app_secret.get_secret_value():
        by_hand = Finding(code=Code.WEBHOOK_BY_HAND, level=Level.WARNING)
        return Checked(findings=(*checked.findings, by_hand), account=checked.account)
    return checked


async def _subscription(
    http: HttpClient, credentials: WhatsAppCredentials, settings: WhatsAppSettings, *, connected: bool
) -> Finding:
    found = await _get(http, credentials, settings.url(credentials.waba_id, "subscribed_apps"))
    if isinstance(found, Finding):
        return found
    if found.get("data"):
        return Finding(code=Code.SUBSCRIBED, level=Level.OK)
    # Before the channel is connected that is as it should be.
    return Finding(code=Code.NOT_SUBSCRIBED, level=Level.ERROR if connected else Level.WARNING)


async def _get(http: HttpClient, credentials: WhatsAppCredentials, url: str) -> dict[str, Any] | Finding:
    answer = await _asked(http, credentials, "GET", url)
    return answer if isinstance(answer, Finding) else answer.data


async def _asked(
    http: HttpClient, credentials: WhatsAppCredentials, method: str, url: str
) -> Answer | Finding:
    """The answer to a call that worked out; what else came is a finding."""
    token = credentials.access_token.get_secret_value()
    answer = await ask(http, method, url, headers={"Authorization": f"Bearer {token}"})
    if isinstance(answer, Finding) or answer.ok:
        return answer
    error = as_dict(answer.data.get("error"))
    code = as_id(error.get("code"))
    known = _CODES.get(code) or (Code.PERMISSION_MISSING if reason_of(code) == "account" else None)
    parts = [
        as_text(error.get("message")).replace(token, "•••"),
        f"code {code}" if code else "",
        f"trace {trace}" if (trace := as_id(error.get("fbtrace_id"))) else "",
    ]
    return Finding(
        code=known or Code.UNEXPECTED_ANSWER,
        level=Level.ERROR,
        detail=" · ".join(part for part in parts if part)[:300],
    )
