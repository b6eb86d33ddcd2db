"""The actions that belong to no domain: waiting, and calls to the outside."""

from workflow.actions import (  # noqa: F401
    custom_code,
    google_sheets_append,
    http_request,
    send_email,
    slack_message,
    wait,
    webhook,
)
