"""The engine's handlers in the queue: timers, calls to the outside, signals that wake, schedules, approvals, jobs, clean-up
and health."""

from workflow.handlers import approvals, calls, jobs, schedules, signals, timers, upkeep  # noqa: F401
