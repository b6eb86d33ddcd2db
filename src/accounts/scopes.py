"""The one vocabulary of rights, for roles, API keys and tokens alike."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import PermanentError

ADMIN_ALL = "admin:all"

#: Every scope, with what it allows.
SCOPES: dict[str, str] = {
    "workflow:read": "See workflows, triggers, executions and their logs",
    "workflow:write": "Change and run workflows, send events",
    "crm:read": "See contacts and what is known of them",
    "crm:write": "Change contacts, tags and notes",
    "inbox:read": "See conversations and messages",
    "inbox:write": "Answer and manage conversations",
    "channels:admin": "Connect and configure channels",
    "agent:chat": "Talk to AI agents",
    "analytics:read": "See reports",
    "billing:admin": "See and change billing",
    ADMIN_ALL: "Everything, with members, keys and settings",
}

#: Their names, as choices of serializers.
SCOPE_NAMES = list(SCOPES)


class UnknownScopeError(PermanentError):
    """There is no such scope."""


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """``scopes`` without repetition, sorted. Raises ``UnknownScopeError``, which lists the known ones."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise UnknownScopeError(f"unknown scope {', '.join(map(repr, unknown))}; known: {', '.join(SCOPES)}")
    return wanted


def allows(held: frozenset[str], needed: str) -> bool:
    """Whether the ``held`` scopes allow ``needed``: ``admin:all`` allows all, a noun's ``write`` allows its ``read``.

    A scope that is not in the vocabulary is allowed to nobody.
    """
    if needed not in SCOPES:
        return False
    if needed in held or ADMIN_ALL in held:
        return True
    noun, verb = needed.split(":")
    return verb == "read" and f"{noun}:write" in held


def can_change_something(held: frozenset[str]) -> bool:
    """Whether any of the ``held`` scopes goes beyond reading."""
    return any(scope.endswith((":write", ":admin")) or scope == ADMIN_ALL for scope in held)
