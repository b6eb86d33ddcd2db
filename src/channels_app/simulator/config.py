"""The shapes of the simulator's configuration: accounts, limits and the file that names them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from channels_app.simulator.faults import FaultPlan

ProviderSlug = Literal["whatsapp", "telegram"]


class AccountSpec(BaseModel):
    """One business account at a provider, as registered by ``POST /control/accounts``.

    ``account_id`` is WhatsApp's phone number id or any stable id of a Telegram bot. ``enforce_window`` off lets the
    account write to customers who never wrote (WhatsApp: no 24 h rule; Telegram: no "chat not found").
    ``status_delays_ms`` are the moments after acceptance of sent, delivered and read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: ProviderSlug
    account_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")
    token: str = Field(min_length=1)
    app_secret: str = ""
    secret_token: str = ""
    webhook_url: str = ""
    verify_token: str = ""
    name: str = ""
    display_phone_number: str = "15550001111"
    waba_id: str = ""
    username: str = ""
    enforce_window: bool = True
    statuses: bool = True
    reads: bool = True
    status_delays_ms: tuple[int, int, int] = (50, 100, 200)

    @model_validator(mode="after")
    def _whatsapp_signs(self) -> Self:
        """A WhatsApp webhook that nobody could sign would only hide a mistake in the set-up."""
        if self.provider == "whatsapp" and not self.app_secret:
            raise ValueError("a whatsapp account needs app_secret")
        return self


class Limits(BaseModel):
    """How much is kept in memory and how webhooks are retried. Counts are per account unless said otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    history: int = 20_000
    customers: int = 50_000
    effect_keys: int = 500_000
    sink_requests: int = 2_000
    media_bytes: int = 64 * 1024 * 1024
    pending_webhooks: int = 20_000
    statuses_per_webhook: int = 50
    webhook_connections: int = 40
    webhook_timeout_s: float = 20.0
    retry_delays_s: tuple[float, ...] = Field(default=(0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0), min_length=1)
    retry_for_s: float = 900.0


class SimulatorConfig(BaseModel):
    """Everything that the simulator is started with; all of it has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[AccountSpec, ...] = ()
    faults: FaultPlan = FaultPlan()
    limits: Limits = Limits()

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a JSON file of this shape. Raises ``OSError`` or ``pydantic.ValidationError``."""
        return cls.model_validate_json(path.read_bytes())
