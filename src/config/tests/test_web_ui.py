"""The web UI's page answers the addresses that are pages, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tenants.models import Tenant

HOST = "demo.localhost"


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Path:
    """A build with nothing but its page."""
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html><title>Wasl</title>", encoding="utf-8")
    return tmp_path / "index.html"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/inbox",
        "/inbox/01900000-0000-7000-8000-000000000000",
        "/settings/brand",
        "/sign-in",
        "/approvals",
    ],
)
def test_pages_are_the_web_ui(path: str, demo: Tenant, web: Callable[..., Client], built: Path) -> None:
    response = web(HOST).get(path)
    assert response.content == built.read_bytes()
    assert "no-cache" in response["Cache-Control"]
    assert response.cookies["csrftoken"].value


@pytest.mark.parametrize(
    "path", ["/assets/x.js", "/favicon.ico", "/static/app/x", "/webhooks/nobody/", "/health/x"]
)
def test_files_and_other_doors_are_not(
    path: str, demo: Tenant, web: Callable[..., Client], built: Path
) -> None:
    assert web(HOST).get(path).status_code == 404


def test_what_misses_its_slash_is_led_there(demo: Tenant, web: Callable[..., Client], built: Path) -> None:
    assert web(HOST).get("/admin")["Location"] == "/admin/"


def test_no_script_may_be_inline_or_from_elsewhere(
    demo: Tenant, web: Callable[..., Client], built: Path
) -> None:
    policy = web(HOST).get("/inbox")["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"


def test_a_new_build_shows_at_once(demo: Tenant, web: Callable[..., Client], built: Path) -> None:
    first = web(HOST).get("/").content
    built.write_text("<!doctype html><title>newer</title>", encoding="utf-8")
    assert web(HOST).get("/").content != first


def test_without_a_build_the_first_address_says_where_to_go(demo: Tenant, web: Callable[..., Client]) -> None:
    page = web(HOST).get("/")
    assert demo.name in page.content.decode()
    assert web(HOST).get("/inbox").status_code == 404
