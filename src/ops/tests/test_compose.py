"""docker/: what can be said about the containers without an engine."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.checks.env_example import compose_variables, declared_in
from ops.paths import ROOT
from ops.processes import scheduler, worker

DOCKER = ROOT / "docker"
ONE_SHOT = {"migrate"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yml").read_text())["services"]


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")


def test_the_cast_is_complete(services: dict[str, Any]) -> None:
    assert {"postgres", "redis", "migrate", "web", "worker", "scheduler"} <= set(services)
    assert services["postgres"]["image"] == "pgvector/pgvector:pg18"


def test_every_service_is_watched_or_ends(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONE_SHOT:
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_services_wait_for_health_or_completion(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert how == {"condition": wanted}, f"{name} on {other}"
    for name in ("web", "worker", "scheduler"):
        assert "migrate" in services[name]["depends_on"]


def test_every_variable_is_in_env_example(services: dict[str, Any]) -> None:
    declared = declared_in((ROOT / ".env.example").read_text())
    assert compose_variables((DOCKER / "compose.yml").read_text()) <= declared
    for name, service in services.items():
        passed_on = {key for key, value in service.get("environment", {}).items() if value is None}
        assert passed_on <= declared, name


def test_only_what_migrates_or_provisions_holds_the_owners_password(services: dict[str, Any]) -> None:
    holders = {
        name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})
    }
    assert holders == {"migrate", "scheduler"}
    for name in ("web", "worker"):
        assert "wasl_app" in services[name]["environment"]["DATABASE_URL"]
        assert "WASL_OWNER_PASSWORD" not in str(services[name])


def test_no_secret_is_written_down(services: dict[str, Any]) -> None:
    for service in services.values():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|MASTER_KEY", key) and value is not None:
                assert re.fullmatch(r"\$\{[A-Z_]+(:[?-].*)?\}", str(value)), key


def test_redis_keeps_its_messages_and_evicts_none(services: dict[str, Any]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_containers_run_the_same_commands_as_the_launcher(services: dict[str, Any]) -> None:
    assert services["scheduler"]["command"] == ["python", *scheduler().argv[1:]]
    ours = [argument for argument in worker().argv[2:] if argument.startswith("-") and argument != "-n"]
    assert set(ours) <= set(services["worker"]["command"])
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert set(procfile) == {"web", "worker", "scheduler", "simulator"}
    assert set(ours) <= set(shlex.split(procfile["worker"]))


def test_mounted_files_exist(services: dict[str, Any]) -> None:
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DOCKER / source).is_file(), source


def test_the_image_leaves_out_simulator_tests_and_launcher(dockerfile: str, tmp_path: Path) -> None:
    build, final = dockerfile.split("\nFROM ")[-2:]
    script = "\n".join(line.removeprefix("RUN ") for line in build.splitlines() if line.startswith("RUN rm "))
    for kept in ("channels_app/providers/base.py", "crm/services/tags.py"):
        (tmp_path / "src" / kept).parent.mkdir(parents=True)
        (tmp_path / "src" / kept).touch()
    for dropped in (
        "channels_app/simulator/server.py",
        "crm/tests/test_tags.py",
        "crm/conftest.py",
        "ops/stack.py",
    ):
        (tmp_path / "src" / dropped).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / dropped).touch()
    subprocess.run(["sh", "-ec", script.replace("/app/", f"{tmp_path}/")], check=True)

    left = sorted(str(path.relative_to(tmp_path / "src")) for path in (tmp_path / "src").rglob("*.py"))
    assert left == ["channels_app/providers/base.py", "crm/services/tags.py"]
    assert "COPY src" not in final, "the final stage takes the cleaned tree only"
    assert "COPY --from=build /app /app" in final


def test_the_image_does_not_run_as_root(dockerfile: str) -> None:
    final = dockerfile.split("\nFROM ")[-1]
    assert re.findall(r"^USER (\w+)$", final, re.MULTILINE)[-1] != "root"


def test_prometheus_files_name_metrics_that_exist() -> None:
    alerts = yaml.safe_load((DOCKER / "prometheus" / "alerts.yml").read_text())
    config = yaml.safe_load((DOCKER / "prometheus" / "prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yml"]
    used = set(re.findall(r"wasl_\w+", str(alerts)))
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("metrics.py"))
    assert used
    assert {name for name in used if name not in source} == set()
