"""The CRM's tables, in each tenant's schema."""

from crm.models.contact import Contact, Identity
from crm.models.field import CustomField, FieldType
from crm.models.note import Note
from crm.models.tag import ContactTag, Tag, tag_key

__all__ = ["Contact", "ContactTag", "CustomField", "FieldType", "Identity", "Note", "Tag", "tag_key"]
