"""Retry policies as data: how often, and how long to wait in between."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field


class RetryPolicy(BaseModel):
    """``attempts`` counts the first one; the waits grow from ``backoff_s`` by ``multiplier`` up to ``max_backoff_s``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts: int = Field(
        default=3,
        ge=1,
        le=100,
        title="Attempts",
        description="How often the work is tried, the first time included.",
    )
    backoff_s: float = Field(
        default=1.0,
        ge=0,
        le=86_400,
        title="First wait (seconds)",
        description="Seconds to wait after the first failure.",
    )
    multiplier: float = Field(
        default=2.0, ge=1, le=10, title="Growth", description="By what each wait is longer than the last."
    )
    max_backoff_s: float = Field(
        default=3600.0,
        ge=0,
        le=604_800,
        title="Longest wait (seconds)",
        description="The longest wait in seconds.",
    )
    jitter: float = Field(
        default=0.2,
        ge=0,
        le=1,
        title="Variation",
        description="Share of the wait that varies, 0 to 1, in both directions.",
    )
    non_retryable: tuple[str, ...] = Field(
        default=(),
        title="Do not retry after",
        description="Names of errors (or codes) after which trying again is of no use.",
    )

    def allows(self, attempt: int) -> bool:
        """Whether there is another try after ``attempt`` tries have failed."""
        return attempt < self.attempts

    def retries(self, *codes: str) -> bool:
        """Whether an error that goes by these names (class name, provider's code) may be tried again."""
        return not any(code in self.non_retryable for code in codes)

    def delay(self, attempt: int, *, key: str = "") -> float:
        """Seconds to wait after failed try number ``attempt`` (from 1).

        The jitter is a hash of ``key`` and ``attempt``: different works spread out, and the same work gets the same
        wait whoever computes it.
        """
        # The exponent is bounded because a float overflows long before a wait of a week matters.
        wait = min(self.backoff_s * self.multiplier ** min(max(attempt, 1) - 1, 300), self.max_backoff_s)
        digest = hashlib.blake2b(f"{key}\x00{attempt}".encode(), digest_size=8).digest()
        position = int.from_bytes(digest) / 2**64  # 0 ≤ position < 1
        return min(wait * (1 + self.jitter * (2 * position - 1)), self.max_backoff_s)
