"""Whether the principal may: each view declares the scopes that it needs, and one that declares none is closed.

``required_scopes = {"read": "crm:read", "write": "crm:write"}`` goes by the method; ``action_scopes =
{"process_event": "workflow:write"}`` names a view set's action and wins. ``ANY_SCOPE`` opens to every principal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.principal import Principal

# DRF's views import their default permissions, which are these.
if TYPE_CHECKING:
    from rest_framework.views import APIView

#: Enough for whoever is a member or a key of the tenant, whatever their scopes.
ANY_SCOPE = "*"


class HasScope(BasePermission):
    """Denies unless the view says which scope it needs and the principal has it."""

    code = "insufficient_scope"
    message = "You may not do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether ``request.auth`` has the scope."""
        principal = request.auth
        if not isinstance(principal, Principal):
            return False
        scope = needed_scope(view, request.method or "")
        if scope is None:
            return False
        self.message = f"This needs the scope {scope}."
        return scope == ANY_SCOPE or principal.allows(scope)


def needed_scope(view: Any, method: str) -> str | None:
    """The scope that ``view`` declares for ``method``; ``None`` when it declares none."""
    by_action: dict[str, str] = getattr(view, "action_scopes", {})
    action = getattr(view, "action", None)
    if action in by_action:
        return by_action[action]
    by_kind: dict[str, str] = getattr(view, "required_scopes", {})
    return by_kind.get("read" if method in SAFE_METHODS else "write")
