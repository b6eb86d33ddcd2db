"""Reads: contacts as templates and predicates see them, their timeline, their dates, and their segments."""

from crm.selectors.contacts import (
    contact_view,
    contact_views,
    contacts_matching,
    opted_out,
    region,
    timeline,
    timezone_name,
)
from crm.selectors.dates import ContactDate, InvalidDateFieldError, check_date_field, contacts_due
from crm.selectors.merges import merged_contact, merged_into, merged_own_ids
from crm.selectors.segments import forget_watched, in_segment, problems_of_segment, watched_types, with_size

__all__ = [
    "ContactDate",
    "InvalidDateFieldError",
    "check_date_field",
    "contact_view",
    "contact_views",
    "contacts_due",
    "contacts_matching",
    "forget_watched",
    "in_segment",
    "merged_contact",
    "merged_into",
    "merged_own_ids",
    "opted_out",
    "problems_of_segment",
    "region",
    "timeline",
    "timezone_name",
    "watched_types",
    "with_size",
]
