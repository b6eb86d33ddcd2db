"""The inbox's items explained: which message, file, delivery or conversation."""

from __future__ import annotations

from collections.abc import Sequence

from channels_app.models import Conversation, InboundDelivery, Media, Message, Send
from channels_app.services.inbound import MEDIA
from channels_app.services.inbox_time.timers import SCAN, TIMER
from channels_app.services.outgoing import SEND
from channels_app.services.sending import RESEND
from channels_app.services.updates import INBOUND
from events.queue.explaining import EXPLAINERS, About, Explainer, Subject, ids_in

_MOST_CHARS = 120


def _about_message(message: Message, subject: Subject) -> About:
    return About(
        subject=subject,
        text=message.text[:_MOST_CHARS],
        message_id=message.id,
        conversation_id=message.conversation_id,
        contact_id=message.conversation.contact_id,
        channel_id=message.channel_id,
    )


def _sends(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs)
    rows = Send.objects.select_related("message__conversation").in_bulk(list(ids.values()))
    return {
        ref: _about_message(rows[send_id].message, Subject.MESSAGE)
        for ref, send_id in ids.items()
        if send_id in rows
    }


def _files(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs)
    rows = Media.objects.select_related("message__conversation").in_bulk(list(ids.values()))
    return {
        ref: _about_message(row.message, Subject.FILE)
        for ref, media_id in ids.items()
        if (row := rows.get(media_id)) is not None and row.message is not None
    }


def _deliveries(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs, separator="#")
    rows = InboundDelivery.objects.only("id", "key", "channel_id").in_bulk(list(ids.values()))
    return {
        ref: About(subject=Subject.DELIVERY, text=row.key[:_MOST_CHARS], channel_id=row.channel_id)
        for ref, delivery_id in ids.items()
        if (row := rows.get(delivery_id)) is not None
    }


def _timers(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs, part=1)
    rows = Conversation.objects.only("id", "contact_id", "channel_id").in_bulk(list(ids.values()))
    return {
        ref: About(
            subject=Subject.CONVERSATION,
            conversation_id=row.id,
            contact_id=row.contact_id,
            channel_id=row.channel_id,
        )
        for ref, conversation_id in ids.items()
        if (row := rows.get(conversation_id)) is not None
    }


EXPLAINERS.add(SEND, Explainer(Subject.MESSAGE, _sends))
EXPLAINERS.add(RESEND, Explainer(Subject.MESSAGE, _sends))
EXPLAINERS.add(MEDIA, Explainer(Subject.FILE, _files))
EXPLAINERS.add(INBOUND, Explainer(Subject.DELIVERY, _deliveries))
EXPLAINERS.add(TIMER, Explainer(Subject.CONVERSATION, _timers))
EXPLAINERS.add(SCAN, Explainer(Subject.SCHEDULE))
