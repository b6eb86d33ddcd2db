"""What can be done with a contact, as actions."""

from crm.actions import notes, tags, update_user  # noqa: F401
