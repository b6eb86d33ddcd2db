"""Canned replies: texts kept for answering, checked when they are saved, filled in for one conversation."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from channels_app.models import CannedReply, Conversation
from channels_app.selectors import business_views, conversation_views
from core.errors import PermanentError
from core.templating import TemplateError
from core.text import fold, strip_nul
from crm.selectors import contact_views
from workflow.engine.rendering import liquid
from workflow.tenant_view import tenant_view

_SHORTCUT = re.compile(r"[\w-]{1,40}")


class CannedReplyError(PermanentError):
    """The canned reply cannot be saved so. ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def save_canned(reply: CannedReply) -> CannedReply:
    """Make or change a canned reply. Raises ``CannedReplyError``."""
    reply.shortcut = strip_nul(reply.shortcut).strip().removeprefix("/")
    if not _SHORTCUT.fullmatch(reply.shortcut):
        raise CannedReplyError("shortcut", "Write one word of letters, digits, _ or -, without the slash.")
    try:
        liquid().check(reply.content)
    except TemplateError as exc:
        raise CannedReplyError("content", str(exc)) from exc
    reply.search = fold(f"{reply.shortcut} {reply.title} {reply.content}")
    reply.updated_at = datetime.now(UTC)
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError as exc:
        raise CannedReplyError("shortcut", "There is a canned reply with this shortcut already.") from exc
    return reply


def rendered_canned(reply: CannedReply, conversation: Conversation) -> str:
    """The text for that conversation. Raises ``CannedReplyError`` when the template cannot be filled."""
    now = datetime.now(UTC).isoformat()
    context = {
        "user": contact_views([conversation.contact_id])[conversation.contact_id],
        "conversation": conversation_views([conversation.id])[conversation.id],
        "business": business_views([now])[now],
        "tenant": tenant_view(),
        "now": now,
    }
    try:
        return liquid().render(reply.content, context)
    except TemplateError as exc:
        raise CannedReplyError("content", str(exc)) from exc
