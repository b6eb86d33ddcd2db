"""The exceptions that tell a caller whether trying again can help."""

from __future__ import annotations


class WaslError(Exception):
    """Something in Wasl went wrong."""

    def __init__(self, message: str | None = None) -> None:
        # A class's docstring is its default message, so raising it bare still explains itself.
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class RetryableError(WaslError):
    """The work failed now but may succeed later.

    ``retry_after`` is in seconds, as the other side asked for it; ``None`` leaves it to the retry policy.
    """

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(WaslError):
    """The work failed and trying again would fail the same way."""


class OutcomeUnknownError(WaslError):
    """The request left this machine and no answer came back: it may or may not have had its effect."""
