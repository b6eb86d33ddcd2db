"""The core app: it has no tables, and stands among the apps so that its tests and templates are found."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"
