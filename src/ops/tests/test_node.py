"""The machine's Node is used when it is new enough."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops import node


def fake_node(directory: Path, version: str) -> Path:
    directory.mkdir()
    for name in ("node", "npm"):
        (directory / name).write_text(f"#!/bin/sh\necho {version}\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.mark.parametrize(("version", "major"), [("v22.1.0", 22), ("v24.19.0", 24), ("nonsense", 0)])
def test_major_version(tmp_path: Path, version: str, major: int) -> None:
    assert node._major(fake_node(tmp_path / "bin", version) / "node") == major


def test_a_program_that_cannot_run_has_no_version(tmp_path: Path) -> None:
    assert node._major(tmp_path / "absent") == 0


def test_a_new_enough_node_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = fake_node(tmp_path / "bin", "v22.3.0")
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    assert node.ensure_node() == directory
    assert node.node_env(directory)["PATH"].startswith(f"{directory}:")


def test_an_old_one_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = fake_node(tmp_path / "wheel", "v24.19.0")
    monkeypatch.setenv("PATH", f"{fake_node(tmp_path / 'bin', 'v18.0.0')}:{os.environ['PATH']}")
    monkeypatch.setattr(node, "_from_wheel", lambda: wheel)
    assert node.ensure_node() == wheel


def test_the_wheels_npm_finds_its_own_files(tmp_path: Path) -> None:
    modules = tmp_path / "lib" / "node_modules" / "npm" / "bin"
    modules.mkdir(parents=True)
    (modules / "npm-cli.js").write_text("")
    script = tmp_path / "bin" / "npm"
    script.parent.mkdir()
    script.write_text("a copy, as wheels carry it")
    for _ in range(2):
        node._link(script, "../lib/node_modules/npm/bin/npm-cli.js")
    assert script.resolve() == modules / "npm-cli.js"
    assert os.access(script, os.X_OK)
