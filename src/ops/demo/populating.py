"""A shop in the middle of its day: what ``src/fixtures/demo/inbox.json`` tells happens once, over the real wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from channels_app.simulator.client import SimulatorClient
from ops.demo.api import Api, bearer, eventually
from ops.demo.cast import FOLDER
from ops.demo.demo_file import DemoTenant
from ops.demo.narrator import Narrator
from ops.demo.product import CONTACTS, CONVERSATIONS

LABELS = "/api/v1/inbox/labels/"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelPart(_Frozen):
    """A label of conversations."""

    name: str
    color: str


class ViewPart(_Frozen):
    """A saved view; labels by name."""

    name: str
    labels: tuple[str, ...]
    status: tuple[str, ...]


class CustomerPart(_Frozen):
    """A customer, what they said, and what the shop made of it. ``id`` is theirs at the provider."""

    name: str
    provider: Literal["whatsapp", "telegram"]
    id: str
    says: tuple[str, ...]
    answer: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    assignee: Literal["", "owner", "agent"] = ""
    status: str = "open"
    custom: dict[str, Any] = Field(default_factory=dict)


class InboxPart(_Frozen):
    """The whole file. ``fields`` and ``canned_replies`` are bodies of their endpoints."""

    color: str
    labels: tuple[LabelPart, ...]
    fields: tuple[dict[str, Any], ...]
    canned_replies: tuple[dict[str, Any], ...]
    views: tuple[ViewPart, ...]
    customers: tuple[CustomerPart, ...]


def read_inbox() -> InboxPart:
    """The file."""
    return InboxPart.model_validate_json((FOLDER / "inbox.json").read_bytes())


def populate(tenant: DemoTenant, simulator: SimulatorClient, narrator: Narrator) -> None:
    """Bring the day about, unless an earlier run did: its labels are the sign. Raises what the demo's scenes do."""
    part = read_inbox()
    api = Api(tenant.base_url, bearer(tenant.api_key))
    if api.get(LABELS):
        narrator.done("the shop's day is there already")
        return
    shop = _Shop(tenant, api, simulator)
    shop.arrange(part)
    for customer in part.customers:
        shop.serve(customer)
    narrator.done(f"{len(part.customers)} customers have written, in four languages")


class _Shop:
    """The shop while its day is brought about."""

    def __init__(self, tenant: DemoTenant, api: Api, simulator: SimulatorClient) -> None:
        self._tenant, self._api, self._simulator = tenant, api, simulator
        self._label_ids: dict[str, str] = {}
        emails = {"owner": tenant.login.email, "agent": tenant.agent_login.email}
        users = {row["user"]["email"]: row["user"]["id"] for row in api.results("/api/v1/members/")}
        self._people = {role: users[email] for role, email in emails.items()}

    def arrange(self, part: InboxPart) -> None:
        """Labels last: they say that all of this is there."""
        self._api.call("PATCH", "/api/v1/tenant/brand/", {"color": part.color})
        known = {row["slug"] for row in self._api.results("/api/v1/crm/fields/")}
        for field in part.fields:
            if field["slug"] not in known:
                self._api.post("/api/v1/crm/fields/", field)
        shortcuts = {row["shortcut"] for row in self._api.get("/api/v1/inbox/canned-replies/")}
        for reply in part.canned_replies:
            if reply["shortcut"] not in shortcuts:
                self._api.post("/api/v1/inbox/canned-replies/", {**reply, "shared": True})
        for label in part.labels:
            self._label_ids[label.name] = self._api.post(LABELS, label.model_dump())["id"]
        for view in part.views:
            filters = {"status": view.status, "label": [self._label_ids[name] for name in view.labels]}
            body = {"name": view.name, "shared": True, "filters": filters}
            self._api.post("/api/v1/inbox/views/", body)

    def serve(self, customer: CustomerPart) -> None:
        """They write; the shop answers, sorts, and closes what is done."""
        account = self._tenant.channel(customer.provider).account_id
        for text in customer.says:
            self._simulator.inbound(account, from_=customer.id, name=customer.name, text=text, wait="final")
        conversation = eventually(
            lambda: self._conversation(customer), what=f"{customer.name}'s conversation"
        )
        path = f"{CONVERSATIONS}{conversation['id']}/"
        contact = f"{CONTACTS}{conversation['contact']['id']}/"
        if customer.custom:
            self._api.call("PATCH", contact, {"custom": customer.custom})
        for tag in customer.tags:
            self._api.post(f"{contact}tags/", {"tag": tag})
        if customer.answer:
            self._api.post(f"{path}messages/", {"text": customer.answer})
        if customer.labels:
            self._api.post(f"{path}labels/", {"add": [self._label_ids[name] for name in customer.labels]})
        changes = {"assignee_id": self._people.get(customer.assignee), "status": customer.status}
        self._api.call("PATCH", path, {name: value for name, value in changes.items() if value})

    def _conversation(self, customer: CustomerPart) -> dict[str, Any] | None:
        """Once all that they said is in it."""
        for row in self._api.results(CONVERSATIONS, search=customer.name):
            heard = self._api.results(f"{CONVERSATIONS}{row['id']}/messages/", limit=100)
            said = [m["text"] for m in heard if m["direction"] == "in"]
            if all(text in said for text in customer.says):
                return row
        return None
