"""The environment: one reader for every variable, fed by ``.env`` where there is one."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[4]
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")
