"""The engine's handlers in the queue: timers, calls to the outside, signals that wake, clean-up and health."""

from workflow.handlers import calls, signals, timers, upkeep  # noqa: F401
