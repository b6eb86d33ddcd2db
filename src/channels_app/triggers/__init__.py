"""The trigger types that the inbox brings to the engine."""

from channels_app.triggers import inbox_time  # noqa: F401
