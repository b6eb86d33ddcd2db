"""Who and what the demo sets up, read from ``src/fixtures/demo/cast.json``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ops.paths import SRC

FOLDER = SRC / "fixtures" / "demo"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonCast(_Frozen):
    """Someone who signs in."""

    email: str
    name: str


class ChannelCast(_Frozen):
    """A channel at the simulator. WhatsApp's are of the installation's Meta app, which signs at ``/webhooks/whatsapp/``."""

    provider: Literal["whatsapp", "telegram", "webchat"]
    name: str
    account_id: str
    waba_id: str = ""
    phone: str = ""
    username: str = ""


class TenantCast(_Frozen):
    """A business. ``workflows`` are files beside the cast's, installed besides the samples."""

    slug: str
    name: str
    timezone: str
    language: str
    region: str
    currency: str
    owner: PersonCast
    agent: PersonCast
    workflows: tuple[str, ...]
    channels: tuple[ChannelCast, ...]


class Cast(_Frozen):
    """All of it."""

    platform_admin: PersonCast
    tenants: tuple[TenantCast, ...]


def read_cast() -> Cast:
    """The cast."""
    return Cast.model_validate_json((FOLDER / "cast.json").read_bytes())
