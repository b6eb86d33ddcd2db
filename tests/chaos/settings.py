"""Settings of a chaos run: development's, without debugging, and with poison in the water."""

from config.settings.local import *  # noqa: F403

DEBUG = False
INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos"]  # noqa: F405
