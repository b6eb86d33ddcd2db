"""The environment that Wasl's processes get."""

from __future__ import annotations

import os

import environ

from ops.paths import ROOT, SRC
from ops.stack import StackInfo


def load_dotenv() -> None:
    """Read ``.env`` as the settings do: what the environment already names wins."""
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")


def process_env(info: StackInfo, *, settings: str) -> dict[str, str]:
    """The environment of a Django process on the stack; ``settings`` is ``local`` or ``test``.

    ``DJANGO_SETTINGS_MODULE`` from outside is honoured for ``local`` only: tests always run on the test settings.
    """
    module = f"config.settings.{settings}"
    if settings == "local":
        module = os.environ.get("DJANGO_SETTINGS_MODULE", module)
    return {
        **os.environ,
        **info.env(),
        "DJANGO_SETTINGS_MODULE": module,
        "PYTHONPATH": str(SRC),
        "PYTHONUNBUFFERED": "1",
    }
