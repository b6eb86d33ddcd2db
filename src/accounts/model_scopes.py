"""Which scope a Django permission (``crm.view_contact``) stands for, so that the admin obeys the roles."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.scopes import ADMIN_ALL


@dataclass(frozen=True, slots=True)
class NounScopes:
    """The scopes that let one see and change a kind of thing."""

    read: str
    write: str


_WORKFLOW = NounScopes("workflow:read", "workflow:write")
_CRM = NounScopes("crm:read", "crm:write")
_INBOX = NounScopes("inbox:read", "inbox:write")
_CHANNELS = NounScopes("channels:admin", "channels:admin")
_ADMIN = NounScopes(ADMIN_ALL, ADMIN_ALL)

#: By app; what is not here is nobody's.
APPS: dict[str, NounScopes] = {
    "workflow": _WORKFLOW,
    "connections": NounScopes("workflow:read", "channels:admin"),
    "events": _WORKFLOW,
    "crm": _CRM,
    "channels_app": _INBOX,
    "accounts": _ADMIN,
    "tenants": _ADMIN,
    "admin": _ADMIN,
    "audit": _ADMIN,
}
#: Models whose rights are not their app's.
MODELS: dict[str, NounScopes] = {
    "channels_app.channel": _CHANNELS,
    "channels_app.businesshourssetting": _CHANNELS,
    # The tenant's own dead letters.
    "queue.item": _WORKFLOW,
}


def scope_for(permission: str) -> str | None:
    """The scope behind ``app.verb_model``; ``None`` for what no scope gives."""
    app, _, rest = permission.partition(".")
    verb, _, model = rest.partition("_")
    scopes = MODELS.get(f"{app}.{model}") or APPS.get(app)
    if scopes is None or not model:
        return None
    return scopes.read if verb == "view" else scopes.write
