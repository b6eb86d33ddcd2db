"""The audit over REST, under ``/api/v1/audit/``."""
