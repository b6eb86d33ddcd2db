"""The web UI is built when something changed, once, and says what went wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops import web_ui
from ops.errors import OpsError
from ops.paths import ROOT
from ops.web_ui import WebUIBuilding, ensure_web_ui


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A front end whose npm only notes what it was asked, and makes the page."""
    front_end = tmp_path / "frontend"
    (front_end / "src").mkdir(parents=True)
    (front_end / "package-lock.json").write_text("{}")
    (front_end / "src" / "main.ts").write_text("export {};")
    monkeypatch.setattr(web_ui, "FRONTEND", front_end)
    monkeypatch.setattr(web_ui, "DIST", front_end / "dist")
    monkeypatch.setattr(web_ui, "VAR", tmp_path / "var")
    monkeypatch.setattr(web_ui, "_INSTALLED", front_end / "node_modules" / ".package-lock.json")
    made: list[tuple[str, ...]] = []

    def npm(*arguments: str) -> None:
        made.append(arguments)
        made_file = {"ci": web_ui._INSTALLED, "run": web_ui.DIST / "index.html"}[arguments[0]]
        made_file.parent.mkdir(exist_ok=True)
        made_file.write_text("made")

    monkeypatch.setattr(web_ui, "npm", npm)
    return made


def test_the_first_time_installs_and_builds(calls: list[tuple[str, ...]]) -> None:
    assert ensure_web_ui()
    assert [call[0] for call in calls] == ["ci", "run"]


def test_what_is_built_is_not_built_again(calls: list[tuple[str, ...]]) -> None:
    ensure_web_ui()
    assert not ensure_web_ui()
    assert len(calls) == 2


def test_a_changed_file_is_built_without_installing_again(calls: list[tuple[str, ...]]) -> None:
    ensure_web_ui()
    (web_ui.FRONTEND / "src" / "main.ts").write_text("export const changed = 1;")
    assert ensure_web_ui()
    assert [call[0] for call in calls] == ["ci", "run", "run"]


def test_a_file_added_is_a_change(calls: list[tuple[str, ...]]) -> None:
    ensure_web_ui()
    (web_ui.FRONTEND / "src" / "new.ts").write_text("")
    assert ensure_web_ui()


def test_a_failure_is_told_or_raised(calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: str) -> None:
        raise OpsError("npm ci failed: no network")

    monkeypatch.setattr(web_ui, "npm", fails)
    assert WebUIBuilding().finish() == "npm ci failed: no network"
    with pytest.raises(OpsError, match="no network"):
        WebUIBuilding(required=True).finish()


def test_the_lock_holds_every_platforms_binaries() -> None:
    """Else ``npm ci`` refuses it: a package that the registry lacked when the lock was written is left out silently."""
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    missing = [
        (where, name)
        for where, package in packages.items()
        for name in package.get("optionalDependencies", {})
        if f"node_modules/{name}" not in packages and f"{where}/node_modules/{name}" not in packages
    ]
    assert missing == []
