"""Approvers: the members whom an approval node names, found for a batch of executions at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from accounts.notifications.members import NoSuchMemberError, member_named, members_with
from core.errors import PermanentError
from core.text import strip_nul


class TooFewApproversError(PermanentError):
    """There are fewer members to ask than must approve."""


def member_id(name: str) -> uuid.UUID:
    """The user id of the member with that e-mail or id. Raises ``NoSuchMemberError``."""
    return member_named(name).id


class Approvers:
    """Remembers for one batch whom it has found: executions of one workflow mostly name the same members."""

    def __init__(self) -> None:
        self._members: dict[str, uuid.UUID | None] = {}
        self._roles: dict[str, list[uuid.UUID]] = {}

    def find(self, names: Sequence[str], role: str, *, quorum: int) -> tuple[uuid.UUID, ...]:
        """The user ids of the members by name and those with the role, each once, those named first.

        Who is no member any more is left out while the rest are enough. Raises ``TooFewApproversError``, which names the
        missing, and ``NoSuchRoleError``.
        """
        found: dict[uuid.UUID, None] = {}
        missing: list[str] = []
        for name in filter(None, (strip_nul(name).strip() for name in names)):
            user_id = self._member(name)
            if user_id is None:
                missing.append(name)
            else:
                found[user_id] = None
        if role:
            found.update(dict.fromkeys(self._with_role(role)))
        if len(found) < quorum:
            lost = f" ({', '.join(missing)[:200]}: no active members here)" if missing else ""
            raise TooFewApproversError(
                f"{len(found)} members can be asked{lost} and {quorum} must approve; "
                "name more approvers, take them in as members, or lower the quorum."
            )
        return tuple(found)

    def _member(self, name: str) -> uuid.UUID | None:
        if name not in self._members:
            try:
                self._members[name] = member_id(name)
            except NoSuchMemberError:
                self._members[name] = None
        return self._members[name]

    def _with_role(self, role: str) -> list[uuid.UUID]:
        if role not in self._roles:
            self._roles[role] = members_with(role)
        return self._roles[role]
