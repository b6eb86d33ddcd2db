"""What can be done with a contact, as actions."""

from crm.actions import consent, create_contact, notes, tags, update_user  # noqa: F401
