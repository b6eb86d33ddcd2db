"""The brand: set by administrators, seen by anyone at the door, and never anything but a picture."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.models import Tenant
from tenants.services.branding import MAX_LOGO_BYTES

BRAND, LOGO, PUBLIC = "/api/v1/tenant/brand/", "/api/v1/tenant/brand/logo/", "/api/v1/tenant/public/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(60)
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(60)


@pytest.fixture
def admin(api, alice):
    return api("demo.localhost", user=alice)


@pytest.fixture
def stranger(api, demo):
    return api("demo.localhost")


def put(client, content: bytes, name: str = "logo.png", kind: str = "image/png"):
    file = SimpleUploadedFile(name, content, content_type=kind)
    return client.put(LOGO, {"logo": file}, format="multipart")


class TestColor:
    def test_it_says_which_text_can_be_read_on_it(self, admin, stranger):
        made = admin.patch(BRAND, {"color": "FFD400"})
        assert made.status_code == 200, made.json()
        colors = {"color": "#ffd400", "text_color": "#000000"}
        assert {name: made.json()["colors"][name] for name in colors} == colors
        assert made.json()["colors"]["contrast"] > 4.5 > made.json()["colors"]["on_light"]
        shown = stranger.get(PUBLIC).json()
        assert shown["brand"] == made.json()
        assert (shown["name"], shown["language"]) == ("متجر الجزائر", "ar")

    def test_taken_away(self, admin):
        admin.patch(BRAND, {"color": "#ffd400"})
        assert admin.patch(BRAND, {"color": ""}).json()["colors"] is None

    @pytest.mark.parametrize("color", ["red", "#12", "#fff;}", "url(x)", "#gggggg"])
    def test_refused(self, admin, color):
        answer = admin.patch(BRAND, {"color": color})
        assert answer.status_code == 400
        assert "color" in answer.json()["error"]["fields"]
        assert admin.get(BRAND).json()["colors"] is None

    def test_a_colour_can_be_tried(self, admin):
        assert admin.get(f"{BRAND}check/", {"color": "#006233"}).json()["text_color"] == "#ffffff"
        assert admin.get(f"{BRAND}check/", {"color": "x"}).status_code == 400
        assert admin.get(BRAND).json()["colors"] is None


class TestLogo:
    @pytest.mark.parametrize(
        ("content", "mime"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")]
    )
    def test_a_picture_is_served_to_anyone_as_a_picture(self, admin, stranger, content, mime):
        made = put(admin, content, name="evil.html", kind="text/html")
        assert made.status_code == 200, made.json()
        shown = stranger.get(made.json()["logo_url"])
        assert (shown.status_code, shown.content) == (200, content)
        assert shown["Content-Type"] == mime
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in shown["Content-Security-Policy"]
        assert stranger.get(PUBLIC).json()["brand"]["logo_url"] == made.json()["logo_url"]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<!doctype html><script>alert(1)</script>",
            b"GIF89a" + bytes(30),
            b"%PDF-1.4" + bytes(30),
            PNG + b"<script>alert(1)</script>",
            PNG + bytes(MAX_LOGO_BYTES),
        ],
        ids=["empty", "svg", "html", "gif", "pdf", "png with a script", "too large"],
    )
    def test_anything_else_is_refused(self, admin, content):
        answer = put(admin, content)
        assert answer.status_code == 400
        assert "logo" in answer.json()["error"]["fields"]
        assert admin.get(BRAND).json()["logo_url"] == ""

    def test_removed_and_replaced_addresses_are_gone(self, admin, stranger):
        first = put(admin, PNG).json()["logo_url"]
        second = put(admin, JPEG).json()["logo_url"]
        assert stranger.get(first).status_code == 404
        assert admin.delete(LOGO).json()["logo_url"] == ""
        assert stranger.get(second).status_code == 404

    def test_another_tenants_logo_is_not_here(self, admin, api, other):
        url = put(admin, PNG).json()["logo_url"]
        assert api("other.localhost").get(url).status_code == 404
        assert api("other.localhost").get(PUBLIC).json()["name"] == "فروشگاه دیگر"


class TestRights:
    def test_only_administrators_change_it(self, api, bob, stranger, demo):
        agent = api("demo.localhost", user=bob)
        assert agent.patch(BRAND, {"color": "#ffd400"}).status_code == 403
        assert put(agent, PNG).status_code == 403
        assert agent.delete(LOGO).status_code == 403
        assert stranger.patch(BRAND, {"color": "#ffd400"}).status_code in (401, 403)
        assert agent.get(BRAND).json() == {"logo_url": "", "colors": None}

    def test_the_public_host_is_nobodys(self, api, demo, settings):
        public = api(settings.PUBLIC_HOST)
        assert public.get(PUBLIC).status_code == 404

    def test_the_door_says_nothing_more(self, stranger):
        assert set(stranger.get(PUBLIC).json()) == {"name", "language", "brand"}


class TestSettings:
    def test_retention_and_brand_stand_in_the_settings(self, admin, demo):
        answer = admin.patch("/api/v1/tenant/", {"audit_retention_days": 90, "name": "متجر وهران"})
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["audit_retention_days"], answer.json()["brand"]["logo_url"]) == (90, "")
        assert Tenant.objects.get(id=demo.id).audit_retention_days == 90

    @pytest.mark.parametrize("days", [0, 29, 3_651, "x", None])
    def test_the_audit_is_not_kept_for_less_than_a_month(self, admin, demo, days):
        assert admin.patch("/api/v1/tenant/", {"audit_retention_days": days}).status_code == 400
        assert Tenant.objects.get(id=demo.id).audit_retention_days == 365
