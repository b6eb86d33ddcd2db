"""The actions that belong to no domain: waiting, and calls to the outside."""

from workflow.actions import google_sheets_append, http_request, send_email, slack_message, wait, webhook  # noqa: F401
