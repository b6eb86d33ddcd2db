"""The CRM's tables, in each tenant's schema."""

from crm.models.contact import Contact, Identity
from crm.models.field import CustomField, FieldType
from crm.models.merge import ContactMerge
from crm.models.note import Note
from crm.models.segment import ContactSegment, Segment, SegmentKind, SegmentState
from crm.models.tag import ContactTag, Tag, tag_key
from crm.models.transfer import ContactExport, ContactImport, ImportProblem
from crm.models.view import ContactView

__all__ = [
    "Contact",
    "ContactExport",
    "ContactImport",
    "ContactMerge",
    "ContactSegment",
    "ContactTag",
    "ContactView",
    "CustomField",
    "FieldType",
    "Identity",
    "ImportProblem",
    "Note",
    "Segment",
    "SegmentKind",
    "SegmentState",
    "Tag",
    "tag_key",
]
