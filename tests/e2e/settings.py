"""Settings of the site that the browser visits: development's, and an app with an action of its own."""

from config.settings.local import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.e2e.parcels"]  # noqa: F405
