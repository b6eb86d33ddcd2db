"""How an outbound call can fail, told apart by what the caller may do next.

No message here carries a path or a query: they hold secrets (Telegram's token stands in the path).
"""

from __future__ import annotations

from core.errors import OutcomeUnknownError, PermanentError, RetryableError


class BlockedAddressError(PermanentError):
    """The address is not one that we call."""


class ConnectFailedError(RetryableError):
    """No connection could be made, so nothing was sent."""


class NoAnswerError(OutcomeUnknownError):
    """The request may have been sent and no whole answer came back."""


class ResponseTooLargeError(PermanentError):
    """The answer is larger than the caller allows."""
