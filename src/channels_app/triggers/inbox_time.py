"""``inbox_time``: a conversation has waited for long enough: for us, for the customer, for a member, or for its window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from channels_app.events import CONVERSATION_TIME_REACHED
from channels_app.models import Channel
from channels_app.providers.registry import PROVIDERS
from channels_app.selectors import business_hours
from channels_app.services.inbox_time.config import InboxTimeConfig
from channels_app.services.inbox_time.timers import TRIGGER, forget_wanted, start_scan
from workflow.graph import TriggerSpec, TriggerType, register_trigger
from workflow.models import ArmedTrigger


@register_trigger
class InboxTimeTrigger(TriggerType):
    """It tells once of each wait. Conversations that wait already when it comes into force count too, if something was
    said in them within the last seven days."""

    slug = TRIGGER
    label = "Time in the inbox"
    description = "No reply from us, a silent customer, a closing window, or a conversation that is nobody's."
    Config = InboxTimeConfig
    example: ClassVar[dict[str, Any]] = {"kind": "no_reply", "after": "2h", "business_hours": True}

    def event_type(self, spec: TriggerSpec) -> str:
        """That of waits that are due."""
        return CONVERSATION_TIME_REACHED.code

    def problems(self, spec: TriggerSpec) -> list[str]:
        """The channels are there, one has a window to close, and the opening hours are set."""
        config = InboxTimeConfig.model_validate(spec.config)
        channels = Channel.objects.defer("credentials")
        if config.channels is not None:
            channels = channels.filter(id__in=config.channels)
        found = list(channels)
        missing = set(config.channels or ()) - {channel.id for channel in found}
        problems = [f"there is no channel {channel_id}; choose another" for channel_id in sorted(missing)]
        if config.before is not None:
            problems += _window_problems(found, config.before.delta)
        if config.business_hours and business_hours() is None:
            problems.append(
                "the opening hours are not set: set them for the inbox, or leave business_hours out"
            )
        return problems

    def arm(self, armed: ArmedTrigger) -> None:
        """Look at what waits already."""
        forget_wanted()
        start_scan(armed.id)

    def disarm(self, armed: ArmedTrigger) -> None:
        """Timers that ring from now on find nothing to do."""
        forget_wanted()


def _window_problems(channels: list[Channel], before: timedelta) -> list[str]:
    windows = [PROVIDERS.get(channel.provider).window_hours for channel in channels]
    longest = max((hours for hours in windows if hours is not None), default=None)
    if longest is None:
        return ["none of the channels has a reply window: choose one that has, such as one of WhatsApp"]
    if before >= timedelta(hours=longest):
        return [f"the reply window is open for {longest} hours: choose a shorter 'before'"]
    return []
