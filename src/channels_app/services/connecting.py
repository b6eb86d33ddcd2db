"""Connecting channels: asking providers about an account, before or after it is stored, and telling them where to send.

These calls leave the machine while someone waits: make them with no transaction open.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from channels_app.models import Channel, ChannelCheck
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.setup import Account, Checked, Code, Finding, Level, Webhook
from channels_app.services.channels import ChannelConfigError, merged_credentials, open_channel, validated
from core.http import HttpThread


class CheckFailedError(ChannelConfigError):
    """The provider does not know the account by these credentials; nothing was stored."""

    def __init__(self, checked: Checked) -> None:
        errors = [finding for finding in checked.findings if finding.level is Level.ERROR]
        super().__init__({"credentials": [f"{finding.message} {finding.fix}".strip() for finding in errors]})
        self.checked = checked


def check_draft(
    *, provider: str, credentials: Mapping[str, Any], options: Mapping[str, Any] | None = None
) -> Checked:
    """Ask the provider about an account that is not stored. Raises ``ChannelConfigError``, and ``UnknownKeyError`` for an
    unknown provider."""
    adapter = PROVIDERS.get(provider)
    opened = validated(adapter.Credentials, credentials, "credentials")
    chosen = validated(adapter.Settings, options or {}, "settings")
    http = _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE))
    return http.run(adapter.check(credentials=opened, settings=chosen, webhook=None, http=http.client))


def check_change(
    channel: Channel, *, credentials: Mapping[str, Any] | None, options: Mapping[str, Any] | None
) -> Checked:
    """The same, for a channel as it would be with these changes. Raises ``ChannelConfigError``."""
    adapter = PROVIDERS.get(channel.provider)
    opened = merged_credentials(channel, credentials or {})
    chosen = validated(adapter.Settings, {**channel.settings, **(options or {})}, "settings")
    http = _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE))
    return http.run(adapter.check(credentials=opened, settings=chosen, webhook=None, http=http.client))


def require_good(checked: Checked) -> None:
    """Raise ``CheckFailedError`` when something that was found is an error."""
    if not checked.ok:
        raise CheckFailedError(checked)


def check_channel(channel_id: uuid.UUID, webhook: Webhook) -> Checked:
    """Ask the provider about a channel, and note down the answer. Raises ``Channel.DoesNotExist``."""
    channel = open_channel(channel_id)
    http = _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE))
    checked = http.run(
        channel.provider.check(
            credentials=channel.credentials, settings=channel.settings, webhook=webhook, http=http.client
        ),
    )
    _note(channel_id, checked)
    return checked


def connect_channel(channel_id: uuid.UUID, webhook: Webhook) -> Checked:
    """Have the provider send what happens to the channel's address, and note down how it stands. May be done again.
    Raises ``Channel.DoesNotExist``."""
    channel = open_channel(channel_id)
    http = _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE))
    checked = http.run(
        channel.provider.connect(
            credentials=channel.credentials, settings=channel.settings, webhook=webhook, http=http.client
        ),
    )
    _note(channel_id, checked, connected=checked.ok)
    return checked


def noted_check(row: ChannelCheck) -> Checked:
    """What was found then. Codes of another release are left out."""
    findings = tuple(
        Finding(code=Code(each["code"]), level=Level(each["level"]), detail=each["detail"])
        for each in row.findings
        if each["code"] in set(Code)
    )
    return Checked(findings=findings, account=Account(**row.account))


def _note(channel_id: uuid.UUID, checked: Checked, *, connected: bool = False) -> None:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "checked_at": now,
        "ok": checked.ok,
        "findings": [asdict(finding) for finding in checked.findings],
        "account": asdict(checked.account),
    }
    if connected:
        values["connected_at"] = now
    ChannelCheck.objects.update_or_create(channel_id=channel_id, defaults=values)
    if checked.ok:
        # Whatever the provider had against us, it has no more.
        Channel.objects.filter(id=channel_id).exclude(problem="").update(problem="")


@lru_cache(maxsize=4)
def _http(allowed_private: tuple[str, ...]) -> HttpThread:
    """This process's outbound client for people who wait."""
    return HttpThread(allowed_private=allowed_private)
