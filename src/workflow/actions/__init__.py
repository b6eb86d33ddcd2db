"""The actions that belong to no domain: waiting, code, other workflows, and calls to the outside."""

from workflow.actions import (  # noqa: F401
    custom_code,
    emit_event,
    google_sheets_append,
    http_request,
    remove_from_workflow,
    send_email,
    slack_message,
    start_workflow,
    wait,
    webhook,
)
