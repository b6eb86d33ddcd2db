"""What of a workflow may leave its tenant: ids of members, segments or workflows become parameters, secrets stay behind."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.redact import MASK, redact
from core.templating.tree import is_template
from workflow.templates.document import Unresolved
from workflow.templates.parameters import Format, Parameter
from workflow.templates.placeholders import escaped_keys, escaped_text, whole

#: The format of what stands under a key, when it is an id. The last part of a predicate's field counts as its key.
_FORMATS: dict[str, Format] = {
    "approvers": "member",
    "assignee_id": "member",
    "channel": "channel",
    "channel_id": "channel",
    "channels": "channel",
    "member": "member",
    "member_id": "member",
    "members": "member",
    "segment": "segment",
    "segment_id": "segment",
    "segments": "segment",
    "workflow": "workflow",
    "workflow_id": "workflow",
    "workflows": "workflow",
}
#: Under these keys a name is as much the tenant's own as an id: members' e-mails, segments' keys.
_BY_NAME_TOO = frozenset({"approvers", "member", "members", "segment", "segments"})
#: Lists of contacts are nobody else's: they stay behind.
_LEFT_OUT = frozenset({"contacts", "contact_ids"})
_WORDS: dict[Format, str] = {
    "channel": "a channel",
    "id": "an id",
    "member": "a member",
    "secret": "a secret",
    "segment": "a segment",
    "workflow": "another workflow",
}


class Portable:
    """Copies parts of one workflow and gathers the ``parameters`` and ``unresolved`` that they leave."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._known: dict[tuple[Format, str], str] = {}
        self.parameters: dict[str, Parameter] = {}
        self.unresolved: list[Unresolved] = []

    def copy(self, value: Any, place: str, *, key: str = "", secret: bool = False) -> Any:
        """``value`` with placeholders for what cannot leave. ``place`` is the node's id or a pointer, ``key`` the key that it
        stands under."""
        if isinstance(value, str):
            return self._text(value, place, key=key, secret=secret)
        if isinstance(value, list) and key in _LEFT_OUT:
            return self._left_out(value, place, key)
        if isinstance(value, list):
            return [self.copy(member, place, key=key, secret=secret) for member in value]
        if isinstance(value, dict):
            named = value.get("field")
            line = named.rsplit(".", 1)[-1] if isinstance(named, str) and "op" in value else ""
            return escaped_keys(
                {
                    name: self.copy(
                        member,
                        place,
                        key=line if line and name == "value" else str(name),
                        secret=secret or _is_secret(str(name)),
                    )
                    for name, member in value.items()
                }
            )
        if secret and isinstance(value, int | float) and not isinstance(value, bool):
            return self._parameter("secret", str(value), place, key)
        return value

    def _left_out(self, members: list[Any], place: str, key: str) -> list[Any]:
        kept = [member for member in members if isinstance(member, str) and is_template(member)]
        if len(kept) < len(members):
            self.unresolved.append(
                Unresolved(
                    place=place,
                    message=f"{len(members) - len(kept)} contacts of {key} were left out; name others",
                )
            )
        return [escaped_text(member) for member in kept]

    def _text(self, text: str, place: str, *, key: str, secret: bool) -> Any:
        if not text or is_template(text):
            return escaped_text(text)
        if secret or _holds_secret(text):
            return self._parameter("secret", text, place, key)
        if _is_id(text) or key in _BY_NAME_TOO:
            return self._parameter(_FORMATS.get(key, "id"), text, place, key)
        return escaped_text(text)

    def _parameter(self, form: Format, value: str, place: str, key: str) -> dict[str, str]:
        """A placeholder; the same thing twice is one parameter."""
        name = self._known.get((form, value))
        if name is None:
            name = self._known[form, value] = self._free(form)
            title = f"{key} · {place}" if key else place
            self.parameters[name] = Parameter(type="string", format=form, title={self._language: title})
        self.unresolved.append(
            Unresolved(
                place=place,
                parameter=name,
                message=f"{key or 'this'} names {_WORDS[form]} of the tenant that it comes from; give the parameter {name}",
            )
        )
        return whole(name)

    def _free(self, form: Format) -> str:
        number = 1 + sum(1 for known, _ in self._known if known == form)
        return form if number == 1 else f"{form}_{number}"


def _is_id(text: str) -> bool:
    try:
        return len(text) >= 32 and bool(uuid.UUID(text))
    except ValueError:
        return False


def _is_secret(key: str) -> bool:
    masked: Mapping[str, Any] = redact({key: "x"})
    return masked.get(key) == MASK


def _holds_secret(text: str) -> bool:
    """Whether it is an address with a password, or with a key in its query."""
    if "://" not in text:
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.password) or any(_is_secret(key) for key, _ in parse_qsl(parts.query))
    except ValueError:
        return False
