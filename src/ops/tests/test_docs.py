"""The documents point at files that exist and give a reason for every dependency."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ops.commands import COMMANDS
from ops.paths import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src").rglob("README.md"),
        ROOT / "frontend" / "README.md",
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(file: str) -> None:
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8").lower()
    lines = (ROOT / file).read_text().splitlines()
    packages = [re.split(r"[\[=<>~ ]", line)[0].lower() for line in lines if line and line[0] not in "#-"]
    missing = [
        name
        for name in packages
        if not name.startswith("types-") and not re.search(rf"(?<![\w-]){name}(?![\w-])", reasons)
    ]
    assert packages
    assert missing == []


def test_every_npm_package_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0014-front-end-dependencies.md").read_text(encoding="utf-8")
    listed = {
        name.strip()
        for row in re.findall(r"^\| ([^|]+) \|", reasons, flags=re.MULTILINE)
        for name in row.split(",")
    }
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    pinned = package["dependencies"] | package["devDependencies"]
    assert set(pinned) == listed - {"Package", "---"}
    assert [name for name, version in pinned.items() if not re.fullmatch(r"\d[\w.-]*", version)] == []


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`./wasl {name}" not in readme] == []
