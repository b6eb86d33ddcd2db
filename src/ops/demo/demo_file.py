"""``var/demo.json``: addresses, keys, logins and secrets of what the demo set up, for programs and for the next run."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.paths import VAR
from ops.stack_state import write_private

PATH = VAR / "demo.json"


class _Part(BaseModel):
    # What a later version adds, an earlier one passes over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Login(_Part):
    """What a person signs in with."""

    email: str
    password: str


class DemoChannel(_Part):
    """A channel. ``token`` is what the product shows the provider; ``app_secret`` (WhatsApp), ``secret_token`` (Telegram)
    and ``signing_secret`` (web chat) prove a webhook's origin. What a provider does not have is left out."""

    provider: str
    name: str
    account_id: str
    webhook_path: str
    webhook_url: str
    app_secret: str = ""
    verify_token: str = ""
    secret_token: str = ""
    signing_secret: str = ""
    token: str = ""
    waba_id: str = ""
    phone: str = ""
    username: str = ""


class DemoTenant(_Part):
    """A tenant. ``host`` has no port, ``base_url`` has."""

    slug: str
    name: str
    host: str
    base_url: str
    admin_url: str
    docs_url: str
    api_key: str
    login: Login
    agent_login: Login
    channels: tuple[DemoChannel, ...]

    def channel(self, provider: str) -> DemoChannel:
        """The tenant's channel of that provider. Raises ``LookupError``."""
        for channel in self.channels:
            if channel.provider == provider:
                return channel
        raise LookupError(f"the demo's tenant {self.slug} has no {provider} channel")


class PublicSite(_Part):
    """The platform's own host."""

    host: str
    base_url: str
    admin_url: str
    health_url: str
    metrics_url: str
    login: Login


class DemoFile(_Part):
    """The file. ``simulator_url`` serves the customers' phones and the control API."""

    base_url: str
    simulator_url: str
    public: PublicSite
    tenants: tuple[DemoTenant, ...]

    @property
    def web_port(self) -> int:
        """The port of ``base_url``."""
        port = urlsplit(self.base_url).port
        assert port is not None
        return port

    def tenant(self, slug: str) -> DemoTenant:
        """The tenant with that slug. Raises ``LookupError``."""
        for tenant in self.tenants:
            if tenant.slug == slug:
                return tenant
        raise LookupError(f"the demo has no tenant {slug}")

    def logins(self) -> dict[str, str]:
        """Passwords by e-mail."""
        people = [self.public.login, *(p for t in self.tenants for p in (t.login, t.agent_login))]
        return {person.email: person.password for person in people}

    def save(self, path: Path = PATH) -> None:
        """Write at once, readable by its owner only."""
        write_private(path, self.model_dump_json(indent=1, exclude_defaults=True) + "\n")

    @classmethod
    def load(cls, path: Path = PATH) -> Self:
        """Read the file. Raises ``FileNotFoundError``, and ``ValidationError`` when it is not one of ours."""
        return cls.model_validate_json(path.read_bytes())


def remembered_logins(path: Path = PATH) -> dict[str, str]:
    """Passwords by e-mail of the run before; none where there was none, or where the file is spoilt."""
    try:
        return DemoFile.load(path).logins()
    except (FileNotFoundError, ValidationError):
        return {}
