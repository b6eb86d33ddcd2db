"""The CRM's tables, in each tenant's schema."""

from crm.models.contact import Contact, Identity
from crm.models.field import CustomField, FieldType
from crm.models.note import Note
from crm.models.segment import ContactSegment, Segment, SegmentKind, SegmentState
from crm.models.tag import ContactTag, Tag, tag_key

__all__ = [
    "Contact",
    "ContactSegment",
    "ContactTag",
    "CustomField",
    "FieldType",
    "Identity",
    "Note",
    "Segment",
    "SegmentKind",
    "SegmentState",
    "Tag",
    "tag_key",
]
