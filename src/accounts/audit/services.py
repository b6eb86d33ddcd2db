"""Writing to the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

from accounts.audit.models import AuditEntry, Door
from accounts.models import ApiKey
from accounts.principal import Principal
from core.api.request_id import request_id
from core.redact import redact
from core.text import strip_nul


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Something that was done. See ``AuditEntry`` for the fields; texts are cut to what they hold."""

    door: Door
    action: str
    actor: str = ""
    actor_name: str = ""
    object_type: str = ""
    object_id: str = ""
    object_label: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


def record(new: NewEntry, *, request: HttpRequest | None = None) -> AuditEntry:
    """Add an entry in the current tenant. Secrets by their usual names are masked, whoever put them there."""
    return AuditEntry.objects.create(
        door=new.door,
        actor=new.actor[:80],
        actor_name=strip_nul(new.actor_name)[:254],
        action=new.action[:60],
        object_type=new.object_type[:80],
        object_id=strip_nul(new.object_id)[:80],
        object_label=strip_nul(new.object_label)[:200],
        changes=redact(dict(new.changes)),
        detail=redact(dict(new.detail)),
        ip=_address(request) if request is not None else None,
        request_id=request_id(request)[:128] if request is not None else "",
    )


def name_of(principal: Principal) -> str:
    """What people call the caller: a member's e-mail, a key's name."""
    if principal.user is not None:
        return str(principal.user.email)
    return ApiKey.objects.filter(id=principal.id).values_list("name", flat=True).first() or ""


def _address(request: HttpRequest) -> str | None:
    # By the same rule as throttles: what as many proxies say as are trusted.
    found = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
    text = found.partition("%")[0] if found else ""
    return text or None
