"""Our own gates find what they are for, and let the rest pass."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ops.check import Gate, output_of_failure, passes
from ops.checks import env_example, file_length
from ops.errors import OpsError


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_file_length(tmp_path: Path) -> None:
    put(tmp_path, "src/crm/models/contact.py", "x = 1\n" * 401)
    put(tmp_path, "src/crm/models/tag.py", "x = 1\n" * 400)
    put(tmp_path, "src/crm/tests/test_contact.py", "x = 1\n" * 600)
    put(tmp_path, "src/crm/tests/test_tag.py", "x = 1\n" * 601)
    put(tmp_path, "src/crm/migrations/0001_initial.py", "x = 1\n" * 5000)
    assert file_length.too_long(tmp_path) == [
        "src/crm/models/contact.py: 401 lines, at most 400",
        "src/crm/tests/test_tag.py: 601 lines, at most 600",
    ]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('A = env("SECRET_KEY")', {"SECRET_KEY"}),
        ('A = env.int("QUEUE_BATCH", default=200)', {"QUEUE_BATCH"}),
        ('A = env.db_url("DATABASE_URL", default=env.str("OTHER_URL"))', {"DATABASE_URL", "OTHER_URL"}),
        ('A = os.environ["HOME_DIR"]', {"HOME_DIR"}),
        ('A = os.environ.get("LOG_LEVEL")', {"LOG_LEVEL"}),
        ('A = os.getenv("LOG_JSON")', {"LOG_JSON"}),
        ('A = self._environ.get("REDIS_URL")', {"REDIS_URL"}),
        ('os.environ["MADE"] = "1"', set()),
        ('A = settings.get("NAME")', set()),
        ("A = env(name)", set()),
    ],
)
def test_variables_in_a_module(source: str, names: set[str]) -> None:
    assert env_example.variables_in(ast.parse(source)) == names


def test_env_example_is_complete_and_has_no_more(tmp_path: Path) -> None:
    put(
        tmp_path,
        "src/config/settings/base.py",
        'A = env("SECRET_KEY")\nB = env.int("BATCH")\nC = env("FORGOTTEN")\n',
    )
    put(tmp_path, "src/config/tests/test_settings.py", 'env("ONLY_IN_A_TEST")\n')
    put(tmp_path, "src/ops/stack.py", 'import os\nA = os.environ.get("SUPERUSER_URL")\n')
    put(tmp_path, "docker/compose.yml", "a: ${POSTGRES_PASSWORD:?set it}\nb: ${SECRET_KEY}\n")
    put(
        tmp_path,
        ".env.example",
        "# About BATCH=: how many\nSECRET_KEY=\n# BATCH=200\n# SUPERUSER_URL=\nUNREAD=1\n",
    )
    assert env_example.problems(tmp_path) == [
        ".env.example does not name FORGOTTEN, which is read",
        ".env.example does not name POSTGRES_PASSWORD, which is read",
        ".env.example names UNREAD, which nothing reads",
    ]


def test_a_gate_prints_its_name_result_and_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> list[str]:
        raise OpsError("no network")

    assert passes(Gate(name="imports", run=list))
    assert not passes(Gate(name="types", run=lambda: ["a.py:1: error"]))
    assert not passes(Gate(name="frontend", run=broken))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith(" ")] == [
        ["imports", "ok"],
        ["types", "FAILED"],
        ["frontend", "FAILED"],
    ]
    assert "    a.py:1: error" in lines
    assert "    no network" in lines


def test_a_program_that_fails_silently_still_fails() -> None:
    assert output_of_failure(["true"], {}) == []
    assert output_of_failure(["false"], {}) == ["(exit status 1)"]
