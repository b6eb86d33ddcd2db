"""An app that brings an action and a handler, as any app of the product does."""

from django.apps import AppConfig


class ParcelsConfig(AppConfig):
    name = "tests.e2e.parcels"
    label = "e2e_parcels"

    def ready(self) -> None:
        """Register them."""
        from tests.e2e.parcels import actions, losses  # noqa: F401
