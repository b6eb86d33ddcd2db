"""What the script reads and changes in a tenant, through the REST API alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ops.demo.api import Api

CONTACTS = "/api/v1/crm/contacts/"
CONVERSATIONS = "/api/v1/inbox/conversations/"
WORKFLOWS = "/api/v1/workflow/workflows/"
EXECUTIONS = "/api/v1/workflow/workflow-executions/"
EVENTS = "/api/v1/workflow/events/"
PROCESS_EVENT = "/api/v1/workflow/api/triggers/process_event/"

Row = dict[str, Any]


class Product:
    """One tenant as its API shows it. Every method raises what ``Api`` raises."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def contact_by_phone(self, phone: str) -> Row | None:
        """The contact with that number."""
        return _first(self.api.results(CONTACTS, phone=phone))

    def tags(self, contact_id: str) -> list[str]:
        """The contact's tags."""
        tags: list[str] = self.api.get(f"{CONTACTS}{contact_id}/")["tags"]
        return tags

    def put_tag(self, contact_id: str, tag: str) -> list[str]:
        """Put a tag on; all that the contact then has."""
        tags: list[str] = self.api.post(f"{CONTACTS}{contact_id}/tags/", {"tag": tag})["tags"]
        return tags

    def messages(self, contact_id: str) -> list[Row]:
        """What was said with the contact, in its newest conversation."""
        conversation = _first(self.api.results(CONVERSATIONS, contact=contact_id))
        if conversation is None:
            return []
        return self.api.results(f"{CONVERSATIONS}{conversation['id']}/messages/", limit=100)

    def execution(self, contact_id: str, *, state: str, node: str) -> Row | None:
        """The contact's execution that is in that state at that node."""
        rows = self.api.results(EXECUTIONS, contact=contact_id, state=state)
        return _first(row for row in rows if row["node"] == node)

    def happens(self, code: str, contact_id: str, **data: Any) -> str:
        """An event of the tenant's own system; its id."""
        body = {"event_type": code, "user_id": contact_id, "data": data}
        event_id: str = self.api.post(PROCESS_EVENT, body)["event_id"]
        return event_id

    def execution_for(self, event_id: str, **filters: str) -> Row | None:
        """The execution that an event started."""
        return _first(self.api.results(EXECUTIONS, event=event_id, **filters))

    def notes(self, contact_id: str) -> list[str]:
        """The texts of the contact's notes."""
        return [note["text"] for note in self.api.results(f"{CONTACTS}{contact_id}/notes/")]

    def dry_run(self, workflow: str, contact_id: str, **body: Any) -> Row:
        """A workflow, by its name, tried for a contact."""
        row = _first(self.api.results(WORKFLOWS, search=workflow))
        if row is None:
            raise LookupError(f"there is no workflow {workflow!r}")
        tried: Row = self.api.post(f"{WORKFLOWS}{row['id']}/dry_run/", {"user_id": contact_id, **body})
        return tried

    def first_event(self, contact_id: str, code: str) -> Row:
        """The contact's oldest event of a type. Raises ``LookupError``."""
        row = _first(self.api.results(EVENTS, contact=contact_id, type=code, ordering="recorded_at"))
        if row is None:
            raise LookupError(f"there is no {code} of hers")
        return row

    def explained(self, event_id: str) -> list[Row]:
        """Why each workflow did, or did not, run for an event."""
        verdicts: list[Row] = self.api.get(f"{EVENTS}{event_id}/explain/")["workflows"]
        return verdicts

    def counts(self) -> dict[str, int]:
        """How much there is of everything that a stray message would leave behind."""
        counts = {name: self.api.count(path) for name, path in _COUNTED.items()}
        recent = self.api.results(CONVERSATIONS, limit=100)
        messages = sum(conversation["last_seq"] for conversation in recent)
        return counts | {"conversations": len(recent), "messages": messages}


_COUNTED = {
    "contacts": CONTACTS,
    "events": EVENTS,
    "executions": EXECUTIONS,
}


def _first(rows: Iterable[Row]) -> Row | None:
    return next(iter(rows), None)
