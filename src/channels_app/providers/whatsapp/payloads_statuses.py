"""WhatsApp delivery statuses.

Source: Meta, "Webhooks › Reference › status messages".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels_app.providers.base import DeliveryState, Inbound, Notice, StatusUpdate
from channels_app.providers.whatsapp.errors import reason_of
from channels_app.providers.wire import as_dict, as_id, as_list, as_text, first_id, moment

#: A voice note that was played has been read. Other words (deleted, warning …) change nothing about delivery.
STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}


def parse_status(payload: Mapping[str, Any]) -> list[Inbound]:
    """A ``StatusUpdate``, or a ``Notice`` for what is no step of a delivery."""
    item = as_dict(payload.get("item"))
    message_id = as_id(item.get("id"))
    state = STATES.get(as_text(item.get("status")))
    recipient = first_id(item, "recipient_user_id", "recipient_id")
    if state is None or not message_id:
        return [Notice(kind="status", data=item, user_id=recipient)]
    errors = [error for error in as_list(item.get("errors")) if isinstance(error, dict)]
    error = errors[0] if errors else {}
    code = as_id(error.get("code"))
    data: dict[str, Any] = {
        name: item[name] for name in ("pricing", "conversation", "recipient_type") if name in item
    }
    if as_text(item.get("status")) == "played":
        data["played"] = True
    if errors:
        data |= {"errors": errors, "reason": reason_of(code)}
    return [
        StatusUpdate(
            provider_message_id=message_id,
            state=state,
            occurred_at=moment(item.get("timestamp")),
            effect_key=as_text(item.get("biz_opaque_callback_data")),
            recipient_id=recipient,
            error_code=code,
            error_title=_title(error),
            data=data,
        )
    ]


def _title(error: Mapping[str, Any]) -> str:
    details = as_text(as_dict(error.get("error_data")).get("details"))
    title = as_text(error.get("title")) or as_text(error.get("message"))
    return f"{title}: {details}" if title and details and details != title else title or details
