"""Figures over REST, under ``/api/v1/analytics/``."""
