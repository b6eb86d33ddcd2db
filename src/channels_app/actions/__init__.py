"""What can be done in the inbox, as actions."""

from channels_app.actions import assign, notify_member, send_message, set_conversation_status  # noqa: F401
