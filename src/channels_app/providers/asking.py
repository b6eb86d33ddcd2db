"""One question to a provider's API while a channel is set up: its answer, or the finding that says why there is none."""

from __future__ import annotations

from typing import Any

from channels_app.providers.calls import MAX_ANSWER_BYTES, Answer, json_of
from channels_app.providers.setup import Code, Finding, Level
from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import BlockedAddressError, HttpClient

#: A person waits for the answer.
TIMEOUT_S = 10.0


async def ask(
    http: HttpClient,
    method: str,
    url: str,
    *,
    json: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer | Finding:
    """What the API answers, errors included; a finding when it cannot be asked. The address is in no text: Telegram's
    holds the bot's token."""
    try:
        response = await http.request(
            method,
            url,
            json=json,
            headers=headers or {},
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_ANSWER_BYTES,
        )
    except BlockedAddressError:
        return Finding(code=Code.ADDRESS_NOT_ALLOWED, level=Level.ERROR)
    except (RetryableError, OutcomeUnknownError):
        return Finding(code=Code.UNREACHABLE, level=Level.ERROR)
    except PermanentError:
        return Finding(code=Code.UNEXPECTED_ANSWER, level=Level.ERROR)
    return Answer(status=response.status, headers=response.headers, data=json_of(response))
