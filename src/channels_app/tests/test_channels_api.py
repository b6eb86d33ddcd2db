"""Providers and channels over REST: connected, changed, switched; secrets go in and never come out."""

from __future__ import annotations

import json

import pytest

from channels_app.models import Channel
from channels_app.routing.models import ChannelRoute
from channels_app.services.channels import open_channel
from channels_app.tests.shop import whatsapp_credentials
from channels_app.tests.support import BOT_TOKEN, NUMBER, OWN_SECRET

URL = "/api/v1/inbox/channels/"
SECRETS = ("EAAGtoken", "EAAGnew", OWN_SECRET, BOT_TOKEN)


def connect(client, **more):
    body = {"provider": "whatsapp", "name": "واتساب", "credentials": whatsapp_credentials(), **more}
    return client.post(URL, body)


def without_secrets(response) -> dict:
    text = json.dumps(response.json())
    assert not [secret for secret in SECRETS if secret in text]
    assert "credentials" not in response.json()
    return response.json()


class TestProviders:
    def test_lists_the_forms(self, operator, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            rows = {row["slug"]: row for row in operator.get("/api/v1/inbox/providers/").json()}
        assert set(rows) == {"whatsapp", "telegram", "webchat"}
        form = rows["whatsapp"]["credentials_schema"]["properties"]
        assert form["access_token"]["format"] == "password"
        assert form["access_token"]["title"] == "Access token"
        assert rows["whatsapp"]["window_hours"] == 24
        assert "base_url" in rows["telegram"]["settings_schema"]["properties"]


class TestConnect:
    def test_at_the_shared_address(self, operator, inside):
        response = connect(operator, resend_unknown_after_s=600)
        assert response.status_code == 201, response.json()
        made = without_secrets(response)
        assert (made["account_id"], made["is_active"], made["resend_unknown_after_s"]) == (NUMBER, True, 600)
        assert made["webhook_path"] == "/webhooks/whatsapp/"
        opened = open_channel(Channel.objects.get().id)
        assert opened.credentials.access_token.get_secret_value() == "EAAGtoken"
        assert b"EAAGtoken" not in bytes(Channel.objects.get().credentials)

    def test_at_an_address_of_its_own(self, operator, inside):
        made = without_secrets(connect(operator, credentials=whatsapp_credentials(app_secret=OWN_SECRET)))
        assert made["webhook_path"] == f"/webhooks/whatsapp/{ChannelRoute.objects.get().key}/"

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"credentials": {"phone_number_id": "42", "waba_id": "1"}}, "credentials.access_token"),
            (
                {"credentials": {**whatsapp_credentials(), "phone_number_id": "+213"}},
                "credentials.phone_number_id",
            ),
            ({"credentials": {**whatsapp_credentials(), "colour": "red"}}, "credentials.colour"),
            ({"settings": {"base_url": "file:///etc/passwd"}}, "settings.base_url"),
            ({"name": ""}, "name"),
        ],
    )
    def test_an_error_names_its_field_and_nothing_is_connected(self, operator, inside, more, field):
        response = connect(operator, **more)
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == [field]
        assert "EAAGtoken" not in json.dumps(response.json())
        assert not Channel.objects.exists()
        assert not ChannelRoute.objects.exists()

    def test_an_unknown_provider_is_told_the_known_ones(self, operator, inside):
        response = connect(operator, provider="fax")
        assert response.status_code == 400
        assert "telegram" in response.json()["error"]["message"]

    def test_an_account_is_connected_once_in_the_installation(self, operator, api, other_key, inside):
        connect(operator)
        again = connect(api("other.localhost", key=other_key()))
        assert again.status_code == 400
        assert "connected already" in again.json()["error"]["fields"]["credentials"][0]
        assert ChannelRoute.objects.count() == 1


class TestChange:
    def test_credentials_replace_one_by_one(self, operator, whatsapp):
        response = operator.patch(f"{URL}{whatsapp.id}/", {"credentials": {"access_token": "EAAGnew"}})
        assert response.status_code == 200, response.json()
        without_secrets(response)
        opened = open_channel(whatsapp.id).credentials
        assert (opened.access_token.get_secret_value(), opened.phone_number_id) == ("EAAGnew", NUMBER)

    def test_a_secret_of_its_own_moves_the_address(self, operator, whatsapp):
        made = operator.patch(f"{URL}{whatsapp.id}/", {"credentials": {"app_secret": OWN_SECRET}}).json()
        assert made["webhook_path"].endswith(f"/{ChannelRoute.objects.get().key}/")

    def test_name_settings_and_policy(self, operator, whatsapp):
        body = {"name": "اسم جديد", "settings": {"link_preview": True}, "resend_unknown_after_s": 0}
        made = operator.patch(f"{URL}{whatsapp.id}/", body).json()
        assert made["name"] == "اسم جديد"
        assert made["settings"]["link_preview"] is True
        assert made["settings"]["base_url"] == whatsapp.settings["base_url"]
        assert made["resend_unknown_after_s"] == 0
        assert (
            operator.patch(f"{URL}{whatsapp.id}/", {"resend_unknown_after_s": None}).json()[
                "resend_unknown_after_s"
            ]
            is None
        )

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"name": "x", "credentials": {"phone_number_id": "42"}}, "credentials"),
            ({"name": "x", "credentials": {"access_token": "two words"}}, "credentials.access_token"),
            ({"name": "x", "settings": {"timeout_s": -1}}, "settings.timeout_s"),
        ],
    )
    def test_a_refused_change_changes_nothing(self, operator, whatsapp, body, field):
        response = operator.patch(f"{URL}{whatsapp.id}/", body)
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == [field]
        whatsapp.refresh_from_db()
        assert whatsapp.name == "واتساب المتجر"
        assert open_channel(whatsapp.id).credentials.access_token.get_secret_value() == "EAAGtoken"

    def test_switched_off_and_on(self, operator, whatsapp):
        assert operator.post(f"{URL}{whatsapp.id}/deactivate/").json()["is_active"] is False
        assert ChannelRoute.objects.get().is_active is False
        assert operator.post(f"{URL}{whatsapp.id}/deactivate/").status_code == 200
        assert operator.post(f"{URL}{whatsapp.id}/activate/").json()["is_active"] is True
        assert ChannelRoute.objects.get().is_active is True


def test_list_within_budget(operator, whatsapp, telegram, webchat, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        response = operator.get(URL)
    rows = {row["provider"]: row for row in response.json()["results"]}
    assert rows["whatsapp"]["webhook_path"] == "/webhooks/whatsapp/"
    assert rows["telegram"]["webhook_path"].startswith("/webhooks/telegram/")
    assert not [secret for secret in SECRETS if secret in response.content.decode()]
