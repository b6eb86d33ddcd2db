"""The audit app: its table lives in each tenant's schema."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "accounts.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        """Listen to sign-ins, and register the nightly cleanup."""
        from accounts.audit import cleaning, sign_ins  # noqa: F401
