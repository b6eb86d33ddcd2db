"""WhatsApp's checks of a message to send: the shape of each type, its limits, and the error code for each breach.

Codes and limits: Meta's Cloud API reference (messages, error codes), v25.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from channels_app.simulator.world import Account


@dataclass(eq=False)
class GraphError(Exception):
    """A refusal in Graph's error shape: HTTP status, code, title and the details that Meta gives."""

    status: int
    code: int
    message: str
    details: str = ""
    subcode: int = 0
    type: str = "OAuthException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the customer's phone shows of a message that passed the checks."""

    text: str = ""
    buttons: tuple[dict[str, str], ...] = ()
    media: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    reply_to: str = ""


def missing(name: str) -> GraphError:
    return GraphError(400, 131008, "(#131008) Required parameter is missing", f"Parameter {name} is missing")


def invalid(details: str) -> GraphError:
    return GraphError(400, 131009, "(#131009) Parameter value is not valid", details)


def _require(body: dict[str, Any], name: str, limit: int = 0) -> Any:
    """A field that must be there and, if text, not be longer than ``limit`` characters."""
    value = body.get(name)
    if value in (None, "", [], {}):
        raise missing(name)
    if limit and (not isinstance(value, str) or len(value) > limit):
        raise invalid(f"{name} must be a string of at most {limit} characters")
    return value


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = _require(body, name)
    if not isinstance(value, dict):
        raise invalid(f"{name} must be an object")
    return value


def _objects(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = _require(body, name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(f"{name} must be a list of objects")
    return value


def _text(account: Account, content: dict[str, Any]) -> Shown:
    return Shown(text=_require(content, "body", 4096))


def _file(kind: str) -> Callable[[Account, dict[str, Any]], Shown]:
    captioned = kind in ("image", "video", "document")

    def check(account: Account, content: dict[str, Any]) -> Shown:
        media_id, link = content.get("id"), content.get("link")
        if bool(media_id) == bool(link):
            raise invalid(f"{kind} needs exactly one of id and link")
        caption = content.get("caption", "")
        if caption and not captioned:
            raise invalid(f"{kind} takes no caption")
        if not isinstance(caption, str) or len(caption) > 1024:
            raise invalid("caption must be a string of at most 1024 characters")
        if link and not str(link).startswith(("http://", "https://")):
            raise invalid("link must be an http or https address")
        media = {
            "kind": kind,
            "id": media_id or "",
            "link": link or "",
            "filename": content.get("filename", ""),
        }
        return Shown(text=caption, media=media)

    return check


def _location(account: Account, content: dict[str, Any]) -> Shown:
    for name, bound in (("latitude", 90), ("longitude", 180)):
        try:
            inside = abs(float(content[name])) <= bound
        except KeyError:
            raise missing(name) from None
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise invalid(f"{name} must be a number of at most {bound} degrees")
    return Shown(text=str(content.get("name", "")), location=content)


def _contacts(account: Account, content: list[dict[str, Any]]) -> Shown:
    return Shown(text=", ".join(str(_require(_object(card, "name"), "formatted_name")) for card in content))


def _reaction(account: Account, content: dict[str, Any]) -> Shown:
    return Shown(text=content.get("emoji", ""), reply_to=_require(content, "message_id"))


# --- interactive -----------------------------------------------------------------------------------------------


def _reply_buttons(action: dict[str, Any]) -> list[dict[str, str]]:
    buttons = _objects(action, "buttons")
    if len(buttons) > 3:
        raise invalid("at most 3 reply buttons are allowed")
    replies = [_object(button, "reply") for button in buttons]
    shown = [
        {"id": _require(r, "id", 256), "title": _require(r, "title", 20), "kind": "reply"} for r in replies
    ]
    if len({b["id"] for b in shown}) < len(shown) or len({b["title"] for b in shown}) < len(shown):
        raise invalid("reply buttons must have different ids and titles")
    return shown


def _list_rows(action: dict[str, Any]) -> list[dict[str, str]]:
    _require(action, "button", 20)
    sections = _objects(action, "sections")
    rows = [row for section in sections for row in _objects(section, "rows")]
    if len(rows) > 10 or len(sections) > 10:
        raise invalid("at most 10 sections and 10 rows in all are allowed")
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        raise missing("section title")
    shown = []
    for row in rows:
        description = row.get("description", "")
        if len(description) > 72:
            raise invalid("description must be at most 72 characters")
        item = {"id": _require(row, "id", 200), "title": _require(row, "title", 24), "kind": "list"}
        shown.append({**item, "description": description})
    if len({row["id"] for row in shown}) < len(shown):
        raise invalid("rows must have different ids")
    return shown


def _link_button(action: dict[str, Any]) -> list[dict[str, str]]:
    link = _object(action, "parameters")
    title = _require(link, "display_text", 20)
    return [{"id": title, "title": title, "kind": "url", "url": str(_require(link, "url"))}]


def _no_buttons(action: dict[str, Any]) -> list[dict[str, str]]:
    return []


_ACTIONS: dict[str, Callable[[dict[str, Any]], list[dict[str, str]]]] = {
    "button": _reply_buttons,
    "list": _list_rows,
    "cta_url": _link_button,
    "flow": _no_buttons,
    "product": _no_buttons,
    "product_list": _no_buttons,
    "location_request_message": _no_buttons,
}


def _interactive(account: Account, content: dict[str, Any]) -> Shown:
    kind = _require(content, "type")
    buttons_of = _ACTIONS.get(kind)
    if buttons_of is None:
        raise invalid(f"interactive type {kind} is not known")
    body = (
        ""
        if kind == "product"
        else _require(_object(content, "body"), "text", 4096 if kind == "list" else 1024)
    )
    header = content.get("header") or {}
    lines = [header.get("text", ""), body, (content.get("footer") or {}).get("text", "")]
    return Shown(
        text="\n".join(line for line in lines if line), buttons=tuple(buttons_of(_object(content, "action")))
    )


# --- template --------------------------------------------------------------------------------------------------

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_UNUSABLE = {"PAUSED": (132015, "Template is paused"), "DISABLED": (132016, "Template is disabled")}


def _template(account: Account, content: dict[str, Any]) -> Shown:
    """Against the account's own templates once it has any; before that every name is taken."""
    name = _require(content, "name", 512)
    language = _require(_object(content, "language"), "code")
    components = content.get("components") or []
    values = _parameters(components)
    if not account.templates:
        return Shown(text=" · ".join([name, *values.values()]), buttons=tuple(_template_replies(components)))
    template = account.templates.get((name, language))
    if template is None:
        details = f"template name ({name}) does not exist in {language}"
        raise GraphError(404, 132001, "(#132001) Template name does not exist in the translation", details)
    if template["status"] in _UNUSABLE:
        code, title = _UNUSABLE[template["status"]]
        raise GraphError(400, code, f"(#{code}) {title}")
    text = next(
        (c.get("text", "") for c in template["components"] if c.get("type", "").upper() == "BODY"), ""
    )
    wanted = dict.fromkeys(_VARIABLE.findall(text))
    if len(wanted) != len(values):
        details = (
            f"body: number of localizable_params ({len(values)}) does not match the expected {len(wanted)}"
        )
        raise GraphError(400, 132000, "(#132000) Number of parameters does not match", details)
    rendered = _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)
    return Shown(text=rendered, buttons=tuple(_template_buttons(template, components)))


def _parameters(components: list[dict[str, Any]]) -> dict[str, str]:
    """The body's parameters by name, or by position from "1"."""
    body = next((c for c in components if str(c.get("type", "")).lower() == "body"), {})
    values = {}
    for index, parameter in enumerate(body.get("parameters") or [], start=1):
        kind = parameter.get("type", "text")
        value = parameter.get(kind)
        if isinstance(value, dict):
            value = value.get("fallback_value", "")
        values[str(parameter.get("parameter_name") or index)] = str(value if value is not None else "")
    return values


def _template_replies(components: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The quick replies that a send names, for templates whose text is not known here."""
    shown = []
    for component in components:
        if str(component.get("sub_type", "")).lower() == "quick_reply":
            payload = next((str(p.get("payload", "")) for p in component.get("parameters") or []), "")
            shown.append({"id": payload, "title": payload, "kind": "reply"})
    return shown


def _template_buttons(template: dict[str, Any], components: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The quick replies of a known template; a press returns the payload that the send named, else the text."""
    sent = {str(c.get("index", "")): c for c in components if c.get("sub_type") == "quick_reply"}
    shown = []
    for component in template["components"]:
        for index, button in enumerate(component.get("buttons") or []):
            if str(button.get("type", "")).upper() == "QUICK_REPLY":
                parameters = sent.get(str(index), {}).get("parameters") or [{}]
                payload = str(parameters[0].get("payload") or button.get("text", ""))
                shown.append({"id": payload, "title": button.get("text", ""), "kind": "reply"})
    return shown


Check = Callable[[Account, Any], Shown]

CHECKS: dict[str, Check] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
    **{kind: _file(kind) for kind in ("image", "video", "audio", "document", "sticker")},
}


def check(account: Account, body: dict[str, Any]) -> tuple[str, Shown]:
    """The type of a message to send and what the phone will show of it. Raises ``GraphError``."""
    kind = body.get("type", "text")
    known = CHECKS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise GraphError(
            400, 131051, "(#131051) Unsupported message type", f"Message type {kind} is not supported"
        )
    content = body.get(kind)
    if not content:
        raise missing(kind)
    if not isinstance(content, list if kind == "contacts" else dict):
        raise invalid(f"{kind} has the wrong JSON type")
    if len(body.get("biz_opaque_callback_data") or "") > 512:
        raise invalid("biz_opaque_callback_data must be at most 512 characters")
    return kind, known(account, content)
