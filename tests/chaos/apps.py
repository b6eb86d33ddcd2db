"""The app that adds poison to an installation under test."""

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        """Subscribe to the customers' messages."""
        from tests.chaos import poison  # noqa: F401
