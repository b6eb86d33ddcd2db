"""The engine's handlers in the queue: timers, calls to the outside, signals that wake, schedules, approvals, clean-up and
health."""

from workflow.handlers import approvals, calls, schedules, signals, timers, upkeep  # noqa: F401
