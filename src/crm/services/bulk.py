"""What can be done to many contacts at once."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.errors import PermanentError
from core.registry import Registry
from crm.models import Segment, SegmentKind
from crm.services.cause import Cause
from crm.services.consent import Wish, set_opted_out_many
from crm.services.contacts import delete_contacts
from crm.services.segments import FilledByPredicateError, add_contacts, remove_contacts
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.services.tags import clean_name


class NoSuchSegmentError(PermanentError):
    """There is no such segment."""


class BulkConfig(BaseModel):
    """Base of what a bulk action needs to know."""

    model_config = ConfigDict(extra="forbid")


class TagConfig(BulkConfig):
    """Which tag."""

    tag: str = Field(min_length=1, max_length=80)


class SegmentConfig(BulkConfig):
    """Which segment, of those kept by hand."""

    segment: uuid.UUID


class OptOutConfig(BulkConfig):
    """Why, for whoever reads the timeline."""

    reason: str = Field(default="", max_length=500)


class BulkAction(ABC):
    """One thing to do. ``check`` raises what would keep it from being done to anybody."""

    slug: ClassVar[str]
    label: ClassVar[str]
    Config: ClassVar[type[BulkConfig]] = BulkConfig

    def check(self, config: Any) -> None:
        """By default there is nothing to check."""
        return

    @abstractmethod
    def run(self, ids: Sequence[uuid.UUID], config: Any, cause: Cause) -> int:
        """Do it to these, in the caller's transaction; to how many it was news."""


BULK_ACTIONS: Registry[BulkAction] = Registry("bulk action", base=BulkAction)


def _register(action: type[BulkAction]) -> type[BulkAction]:
    BULK_ACTIONS.add(action.slug, action())
    return action


@_register
class AddTag(BulkAction):
    """Publishes ``TAG_ADDED``."""

    slug = "add_tag"
    label = "Add a tag"
    Config = TagConfig

    def check(self, config: TagConfig) -> None:
        """Raises ``InvalidTagError``."""
        clean_name(config.tag)

    def run(self, ids: Sequence[uuid.UUID], config: TagConfig, cause: Cause) -> int:
        """To whoever does not wear it."""
        return sum(add_tags([Tagging(one, config.tag, cause) for one in ids]))


@_register
class RemoveTag(BulkAction):
    """Publishes ``TAG_REMOVED``."""

    slug = "remove_tag"
    label = "Remove a tag"
    Config = TagConfig

    def run(self, ids: Sequence[uuid.UUID], config: TagConfig, cause: Cause) -> int:
        """From whoever wears it."""
        return sum(remove_tags([Tagging(one, config.tag, cause) for one in ids]))


class _OfSegment(BulkAction):
    Config = SegmentConfig

    def check(self, config: SegmentConfig) -> None:
        """Raises ``NoSuchSegmentError`` and ``FilledByPredicateError``."""
        if _segment(config).kind != SegmentKind.STATIC:
            raise FilledByPredicateError


@_register
class AddToSegment(_OfSegment):
    """Publishes ``SEGMENT_ENTERED``."""

    slug = "add_to_segment"
    label = "Add to a segment"

    def run(self, ids: Sequence[uuid.UUID], config: SegmentConfig, cause: Cause) -> int:
        """Whoever is not inside."""
        return add_contacts(_segment(config), ids, cause)


@_register
class RemoveFromSegment(_OfSegment):
    """Publishes ``SEGMENT_LEFT``."""

    slug = "remove_from_segment"
    label = "Remove from a segment"

    def run(self, ids: Sequence[uuid.UUID], config: SegmentConfig, cause: Cause) -> int:
        """Whoever is inside."""
        return remove_contacts(_segment(config), ids, cause)


@_register
class OptOut(BulkAction):
    """Publishes ``USER_OPTED_OUT``. There is no bulk way back: consent is each contact's own."""

    slug = "opt_out"
    label = "Opt out"
    Config = OptOutConfig

    def run(self, ids: Sequence[uuid.UUID], config: OptOutConfig, cause: Cause) -> int:
        """Whoever has not opted out yet."""
        wishes = [Wish(contact_id=one, opted_out=True, reason=config.reason, cause=cause) for one in ids]
        return sum(set_opted_out_many(wishes))


@_register
class Delete(BulkAction):
    """With notes, conversations and messages."""

    slug = "delete"
    label = "Delete"

    def run(self, ids: Sequence[uuid.UUID], config: BulkConfig, cause: Cause) -> int:
        """For good."""
        return delete_contacts(ids)


def _segment(config: SegmentConfig) -> Segment:
    found = Segment.objects.filter(id=config.segment).first()
    if found is None:
        raise NoSuchSegmentError(f"There is no segment {config.segment}.")
    return found
