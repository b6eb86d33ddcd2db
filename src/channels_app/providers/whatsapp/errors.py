"""Meta's error codes and what each means for a message: try again, or refused and why.

Source: Meta, "Cloud API › Error codes"; a code that is not listed is judged by its HTTP status.
"""

from __future__ import annotations

from channels_app.providers.base import SendRefusedError, SendRetryableError, SendUnknownError
from channels_app.providers.calls import Answer
from channels_app.providers.wire import as_dict, as_id, as_text
from core.errors import WaslError

#: Limits and passing faults of Meta.
RETRYABLE_CODES = frozenset({
    "1", "2", "4", "17", "32", "613", "80007", "130429", "131000", "131016", "131048", "131053", "131056",
    "131057", "131064", "133016",
})  # fmt: skip

_CODES_BY_REASON = {
    "window_closed": "131047",
    "opted_out": "131050",
    # 131030: the number is not on a test number's list of recipients.
    "unreachable": "131026 131030",
    # 131049: kept back for a healthy ecosystem; 130472: part of Meta's experiment; 130497: country not allowed.
    "policy": "368 131049 130472 130497",
    "account": "0 3 10 190 131005 131031 131037 131042 131044 131045 133010",
    "invalid": "33 100 131008 131009 131021 131051 131052 131062 131063",
    "template": "132000 132001 132005 132007 132008 132012 132015 132016 132068 132069 137000",
}
REASONS = {code: reason for reason, codes in _CODES_BY_REASON.items() for code in codes.split()}
# 200 to 299 are all missing permissions.
REASONS |= {str(code): "account" for code in range(200, 300)}


def reason_of(code: str) -> str:
    """Why Meta refuses with this code: one of ``SendRefusedError``'s reasons."""
    return REASONS.get(code, "invalid")


def error_of(answer: Answer) -> WaslError:
    """The exception for an answer that is not a success."""
    error = as_dict(answer.data.get("error"))
    code = as_id(error.get("code"))
    text = _describe(error, code=code, status=answer.status)
    if code in RETRYABLE_CODES:
        return SendRetryableError(text, code=code, retry_after=answer.retry_after())
    if code in REASONS:
        return SendRefusedError(text, code=code, reason=REASONS[code])
    if answer.status == 504 and not error:
        # A gateway waited in vain for Meta, exactly as we would have: the message may have gone out.
        return SendUnknownError(text)
    if answer.status in (408, 429) or answer.status >= 500:
        return SendRetryableError(text, code=code, retry_after=answer.retry_after())
    return SendRefusedError(text, code=code, reason="account" if answer.status in (401, 403) else "invalid")


def _describe(error: dict[str, object], *, code: str, status: int) -> str:
    # Meta's support asks for code, subcode and trace id: keep all three where people will look.
    details = as_text(as_dict(error.get("error_data")).get("details"))
    parts = [
        as_text(error.get("message")) or f"WhatsApp answered {status}",
        details,
        f"code {code}" if code else "",
        f"subcode {subcode}" if (subcode := as_id(error.get("error_subcode"))) else "",
        f"trace {trace}" if (trace := as_id(error.get("fbtrace_id"))) else "",
    ]
    return " · ".join(part for part in parts if part)[:1000]
