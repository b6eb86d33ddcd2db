"""The launcher installs once, again when something changed, and says what to do when a step fails."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import launcher
from ops.commands import COMMANDS
from ops.launcher import DEV, RUNTIME, Installation, SetupError, run_step
from ops.paths import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / RUNTIME).write_text("# nothing\n")
    (tmp_path / DEV).write_text("# nothing more\n")
    return tmp_path


def installed(checkout: Path, *files: str) -> Installation:
    installation = Installation(checkout)
    installation.python.parent.mkdir(parents=True)
    installation.python.symlink_to(sys.executable)
    (installation.venv / "pyvenv.cfg").write_text("version = 3.11.7\n")
    for name in files:
        installation.record(name)
    return installation


def test_a_fresh_clone_lacks_everything(checkout: Path) -> None:
    assert Installation(checkout).missing([RUNTIME, DEV]) == [RUNTIME, DEV]


def test_what_is_recorded_is_not_installed_again(checkout: Path) -> None:
    installation = installed(checkout, RUNTIME)
    assert installation.missing([RUNTIME, DEV]) == [DEV]
    assert Installation(checkout).missing([RUNTIME]) == []


def test_a_changed_file_is_installed_again_and_alone(checkout: Path) -> None:
    installation = installed(checkout, RUNTIME, DEV)
    (checkout / DEV).write_text("ruff\n")
    assert installation.missing([RUNTIME, DEV]) == [DEV]


def test_another_python_in_the_environment_installs_again(checkout: Path) -> None:
    installation = installed(checkout, RUNTIME)
    (installation.venv / "pyvenv.cfg").write_text("version = 3.13.0\n")
    assert installation.missing([RUNTIME]) == [RUNTIME]


def test_a_deleted_or_damaged_environment_is_made_again(checkout: Path) -> None:
    installation = installed(checkout, RUNTIME)
    (installation.venv / "wasl-stamps.json").write_text("{half a fi")
    assert installation.missing([RUNTIME]) == [RUNTIME]
    installation.record(RUNTIME)
    installation.python.unlink()
    assert installation.missing([RUNTIME]) == [RUNTIME]


def test_install_makes_a_working_environment(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installation = Installation(checkout)
    installation.install([RUNTIME])
    assert subprocess.run([installation.python, "-c", "import pip"], check=False).returncode == 0
    said = capsys.readouterr()
    assert "virtual environment" in said.err
    assert f"packages of {RUNTIME}" in said.err
    assert said.out == "", "standard output belongs to the command"

    installation.install([RUNTIME])
    assert capsys.readouterr().err == ""


def test_a_failing_step_shows_its_end_and_the_advice(capsys: pytest.CaptureFixture[str]) -> None:
    script = (
        "print('early'); [print(f'line {n}') for n in range(30)]; print('no such index'); raise SystemExit(3)"
    )
    with pytest.raises(SetupError) as caught:
        run_step("packages", [sys.executable, "-c", script], advice="Check the network.")
    message = str(caught.value)
    assert "no such index" in message
    assert "Check the network." in message
    assert "early" not in message
    assert "packages: failed after" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert launcher.main(["help"]) == 0
    said = capsys.readouterr().out
    for command in COMMANDS.values():
        assert f"./wasl {command.name}" in said
        assert command.summary in said


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert launcher.main(["dance"]) == 2
    assert "'dance'" in capsys.readouterr().err


def test_every_command_has_its_module() -> None:
    missing = [
        command.module for command in COMMANDS.values() if importlib.util.find_spec(command.module) is None
    ]
    assert missing == []


def test_the_launcher_needs_the_standard_library_only() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    script = (
        "import sys; sys.path.insert(0, 'src'); import ops.launcher; "
        "print([name for name in sys.modules if 'site-packages' in (getattr(sys.modules[name], '__file__', '') or '')])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=ROOT, env=clean, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
