"""The Bot API's refusals and what each means for a message: try again, or refused and why.

Source: Telegram, "Bot API › Making requests" and "Response parameters"; descriptions are Telegram's own wording.
"""

from __future__ import annotations

from channels_app.providers.base import SendRefusedError, SendRetryableError, SendUnknownError
from channels_app.providers.calls import Answer
from channels_app.providers.wire import as_dict, as_text
from core.errors import WaslError

REASON_BY_STATUS = {
    401: "account",  # the token was revoked
    403: "blocked",  # the user blocked the bot, or left
    404: "account",  # no such bot: Telegram answers so to a wrong token
    409: "account",  # another program polls with this token
}
#: Parts of descriptions of 400, in lower case: the person cannot be reached, whatever we send.
UNREACHABLE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "group chat was upgraded",
    "peer_id_invalid",
)


def error_of(answer: Answer, *, token: str) -> WaslError:
    """The exception for an answer that is not ``ok``. The bot's token is in no text."""
    status = _code(answer)
    text = as_text(answer.data.get("description")).replace(token, "***") or f"Telegram answered {status}"
    if status == 429:
        return SendRetryableError(text, code="429", retry_after=_retry_after(answer))
    if status == 504 and "error_code" not in answer.data:
        # A gateway waited in vain for Telegram, exactly as we would have: the message may have gone out.
        return SendUnknownError(text)
    if status == 408 or status >= 500:
        return SendRetryableError(text, code=str(status), retry_after=_retry_after(answer))
    return SendRefusedError(text, code=str(status), reason=_reason(status, text))


def _code(answer: Answer) -> int:
    code = answer.data.get("error_code")
    return code if isinstance(code, int) and 400 <= code < 600 else answer.status


def _reason(status: int, text: str) -> str:
    if any(part in text.lower() for part in UNREACHABLE):
        return "unreachable"
    return REASON_BY_STATUS.get(status, "invalid")


def _retry_after(answer: Answer) -> float | None:
    seconds = as_dict(answer.data.get("parameters")).get("retry_after")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0:
        return float(seconds)
    return answer.retry_after()
