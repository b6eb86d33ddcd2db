"""What a trigger of time in the inbox waits for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from core.calendar import Duration
from core.forms import shown
from workflow.graph import NodeConfig


class InboxTimeKind(StrEnum):
    """Who keeps whom waiting."""

    NO_REPLY = "no_reply"
    CUSTOMER_SILENT = "customer_silent"
    WINDOW_CLOSING = "window_closing"
    UNASSIGNED = "unassigned"


class InboxTimeConfig(NodeConfig):
    """What has lasted how long, and in which conversations."""

    kind: Annotated[InboxTimeKind, shown("What has lasted")] = Field(
        description="no_reply: the customer wrote and has no answer. customer_silent: we wrote last. window_closing: soon "
        "the provider takes nothing but templates. unassigned: the conversation is nobody's."
    )
    after: Annotated[
        Duration | None, shown("How long", when={"kind": ["no_reply", "customer_silent", "unassigned"]})
    ] = Field(
        default=None, description="How long it has lasted; of all kinds but window_closing.", examples=["2h"]
    )
    before: Annotated[Duration | None, shown("How long before", when={"kind": ["window_closing"]})] = Field(
        default=None, description="How long before the window closes; of window_closing.", examples=["1h"]
    )
    business_hours: Annotated[bool, shown("Opening hours only")] = Field(
        default=False, description="Only time within the opening hours counts. Not for window_closing."
    )
    people_only: Annotated[bool, shown("People's answers only")] = Field(
        default=False,
        description="For no_reply: only a person's answer is one, not a workflow's or a broadcast's message.",
    )
    channels: Annotated[list[uuid.UUID] | None, shown("Channels", widget="relations", relation="channel")] = (
        Field(default=None, min_length=1, max_length=100, description="In these channels; left out, in all.")
    )
    include_closed: Annotated[bool, shown("Closed ones too")] = Field(
        default=False, description="In closed conversations too."
    )

    @model_validator(mode="after")
    def _fits(self) -> InboxTimeConfig:
        closing = self.kind is InboxTimeKind.WINDOW_CLOSING
        if closing != (self.before is not None) or closing == (self.after is not None):
            raise ValueError(
                f"{self.kind} takes {'before' if closing else 'after'}, and not {'after' if closing else 'before'}"
            )
        if closing and self.business_hours:
            raise ValueError("the window closes by the clock: leave business_hours out")
        if self.people_only and self.kind is not InboxTimeKind.NO_REPLY:
            raise ValueError("people_only says what an answer is: it goes with no_reply alone")
        return self

    def takes(self, channel_id: uuid.UUID) -> bool:
        """Whether it looks at this channel."""
        return self.channels is None or channel_id in self.channels

    @property
    def lasting(self) -> timedelta:
        """``after``, or nothing."""
        return self.after.delta if self.after is not None else timedelta(0)
