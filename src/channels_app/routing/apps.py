"""The routing app: its one table lives in ``public``."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "channels_app.routing"
    label = "routing"
    verbose_name = "Channel routes"
