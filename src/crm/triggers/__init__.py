"""The trigger types that the CRM brings to the engine."""

from crm.triggers import date_field, segment  # noqa: F401
