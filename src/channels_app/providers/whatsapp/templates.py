"""The account's message templates, read from the Graph API page by page."""

from __future__ import annotations

from typing import Any

from channels_app.providers.base import ProviderTemplate
from channels_app.providers.calls import fetch, json_of
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.wire import as_dict, as_id, as_list, as_text
from core.http import HttpClient

MAX_PAGE_BYTES = 4 * 1024 * 1024
_PAGE = 100
#: Meta allows an account 6,000 templates.
_MAX_PAGES = 60


async def list_templates(
    *, credentials: WhatsAppCredentials, settings: WhatsAppSettings, http: HttpClient
) -> list[ProviderTemplate]:
    """All of them, whatever their status. Raises ``RetryableError`` or ``PermanentError``."""
    headers = {"Authorization": f"Bearer {credentials.access_token.get_secret_value()}"}
    url = settings.url(credentials.waba_id, "message_templates")
    found: list[ProviderTemplate] = []
    after = ""
    for _ in range(_MAX_PAGES):
        # The address of the next page is made here, as the token goes with it.
        query = f"?limit={_PAGE}" + (f"&after={after}" if after else "")
        answer = json_of(
            await fetch(
                http, url + query, headers=headers, timeout_s=settings.timeout_s, max_bytes=MAX_PAGE_BYTES
            )
        )
        found += [_template(item) for item in as_list(answer.get("data")) if _named(item)]
        paging = as_dict(answer.get("paging"))
        after = as_text(as_dict(paging.get("cursors")).get("after"))
        if not paging.get("next") or not _harmless(after):
            break
    return found


def _named(item: Any) -> bool:
    return isinstance(item, dict) and bool(as_text(item.get("name"))) and bool(as_text(item.get("language")))


def _template(item: dict[str, Any]) -> ProviderTemplate:
    return ProviderTemplate(
        provider_id=as_id(item.get("id"))[:64],
        name=as_text(item.get("name"))[:512],
        language=as_text(item.get("language"))[:20],
        status=as_text(item.get("status")).upper()[:40],
        category=as_text(item.get("category")).upper()[:40],
        components=[part for part in as_list(item.get("components")) if isinstance(part, dict)],
    )


def _harmless(cursor: str) -> bool:
    return bool(cursor) and cursor.replace("-", "").replace("_", "").replace("=", "").isalnum()
