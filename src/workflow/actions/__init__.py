"""The actions that belong to no domain: waiting and calling a web address."""

from workflow.actions import wait, webhook  # noqa: F401
