"""Notifications over REST, under ``/api/v1/notifications/``."""
