"""The list of all pages of the web UI: where each is on a site with the demo's data, and what to press before looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ops.demo.api import Api
from ops.demo.product import CONTACTS, CONVERSATIONS, EVENTS, EXECUTIONS, WORKFLOWS

#: The path of a page on this site. Raises ``LookupError`` when the site has nothing to show there.
Finder = Callable[[Api], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """A page. ``route`` is the router's own path of it; ``keys`` are pressed one after the other."""

    name: str
    route: str
    find: Finder
    keys: tuple[str, ...] = ()
    signed_in: bool = True


def _at(path: str) -> Finder:
    return lambda api: path


def _first(collection: str, path: str, **filters: str) -> Finder:
    """``path`` with the id of the first row of ``collection``."""

    def find(api: Api) -> str:
        answer = api.get(collection, **filters)
        rows: list[dict[str, Any]] = answer["results"] if isinstance(answer, dict) else answer
        if not rows:
            raise LookupError(f"{collection} is empty")
        return path.format(rows[0]["id"])

    return find


def _page(name: str, route: str, **more: Any) -> ShownPage:
    return ShownPage(name=name, route=route, **{"find": _at(route), **more})


_SARA = {"search": "سارا"}
_CART = {"search": "demo: cart"}

PAGES = (
    _page("sign-in", "/sign-in", signed_in=False),
    _page("forgot-password", "/forgot-password", signed_in=False),
    _page("set-password", "/set-password", signed_in=False),
    _page("hand-over", "/hand-over", signed_in=False),
    _page("secure-account", "/secure-account"),
    _page("inbox", "/inbox"),
    _page(
        "conversation",
        "/inbox/$conversationId",
        find=_first(CONVERSATIONS, "/inbox/{}", **_SARA),
    ),
    _page("contacts", "/contacts"),
    _page("contact", "/contacts/$contactId", find=_first(CONTACTS, "/contacts/{}", **_SARA)),
    _page("duplicates", "/contacts/duplicates"),
    _page("imports", "/contacts/import"),
    _page(
        "import",
        "/contacts/import/$importId",
        find=_first("/api/v1/crm/imports/", "/contacts/import/{}"),
    ),
    _page("segments", "/segments"),
    _page("segment", "/segments/$segmentId", find=_first("/api/v1/crm/segments/", "/segments/{}")),
    _page("workflows", "/workflows"),
    _page("templates", "/workflows/templates"),
    _page("builder", "/workflows/$workflowId", find=_first(WORKFLOWS, "/workflows/{}", **_CART)),
    _page(
        "versions",
        "/workflows/$workflowId/versions",
        find=_first(WORKFLOWS, "/workflows/{}/versions", **_CART),
    ),
    _page(
        "statistics",
        "/workflows/$workflowId/statistics",
        find=_first(WORKFLOWS, "/workflows/{}/statistics", **_CART),
    ),
    _page("executions", "/executions"),
    _page(
        "execution",
        "/executions/$executionId",
        find=_first(EXECUTIONS, "/executions/{}", search="demo: cart"),
    ),
    _page("events", "/events"),
    _page(
        "event",
        "/events/$eventId",
        find=_first(EVENTS, "/events/{}", type="MESSAGE_RECEIVED"),
    ),
    _page("approvals", "/approvals"),
    _page("dead-letters", "/dead-letters"),
    _page("dashboard", "/dashboard"),
    _page(
        "dashboard-rows",
        "/dashboard/rows",
        find=_at("/dashboard/rows?figure=messages_in&from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"),
    ),
    _page("channels", "/settings/channels"),
    _page("channel-gallery", "/settings/channels/new"),
    _page("channel-setup", "/settings/channels/new/$provider", find=_at("/settings/channels/new/whatsapp")),
    _page(
        "channel",
        "/settings/channels/$channelId",
        find=_first("/api/v1/inbox/channels/", "/settings/channels/{}"),
    ),
    _page("general", "/settings/general"),
    _page("brand", "/settings/brand"),
    _page("hours", "/settings/hours"),
    _page("audit", "/settings/audit"),
    _page("canned", "/settings/canned"),
    _page("labels", "/settings/labels"),
    _page("fields", "/settings/fields"),
    _page("tags", "/settings/tags"),
    _page("members", "/settings/members"),
    _page("roles", "/settings/roles"),
    _page("api-keys", "/settings/api-keys"),
    _page("account", "/settings/account"),
    _page("security", "/settings/security"),
    _page("palette", "/dashboard", keys=("Control+k",)),
    _page("shortcuts", "/inbox", keys=("Shift+?",)),
)


def named(names: list[str]) -> Iterator[ShownPage]:
    """The pages with these names, all where none is given. Raises ``LookupError`` for a name that no page has."""
    unknown = set(names) - {page.name for page in PAGES}
    if unknown:
        raise LookupError(
            f"no page is called {', '.join(sorted(unknown))}; there are {', '.join(p.name for p in PAGES)}"
        )
    return (page for page in PAGES if not names or page.name in names)
