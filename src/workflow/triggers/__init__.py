"""The trigger types: sorts of beginnings of workflows."""

from workflow.triggers import by_hand, called, event, schedule, webhook  # noqa: F401
