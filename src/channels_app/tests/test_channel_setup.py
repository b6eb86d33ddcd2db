"""Setting channels up: guides, credentials tried at the simulator, connecting by the product itself, and health."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from channels_app.models import Channel, ChannelCheck, Direction, Send
from channels_app.providers.base import DeliveryState
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.setup import LANGUAGES, Code, Finding, Level
from channels_app.services import connecting
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.shop import whatsapp_credentials
from channels_app.tests.support import BOT_TOKEN, OWN_SECRET, receive, text_body
from core.http import HttpThread

URL = "/api/v1/inbox/channels/"
PROVIDERS_URL = "/api/v1/inbox/providers/"
SECRETS = ("EAAGtoken", "EAAGwrong", OWN_SECRET, BOT_TOKEN)


@pytest.fixture(autouse=True)
def _may_call_the_simulator(request, settings, monkeypatch):
    if "world" in request.fixturenames:
        port = request.getfixturevalue("world").base_url.rpartition(":")[2]
        settings.OUTBOUND_ALLOWED_PRIVATE = [f"127.0.0.1:{port}"]
    clients: list[HttpThread] = []

    def client(allowed_private: tuple[str, ...]) -> HttpThread:
        clients.append(HttpThread(allowed_private=allowed_private))
        return clients[-1]

    monkeypatch.setattr(connecting, "_http", client)
    yield
    for made in clients:
        made.close()


def codes(shown: dict) -> list[str]:
    return [finding["code"] for finding in shown["findings"]]


def telegram_body(world, **more) -> dict:
    return {
        "provider": "telegram",
        "name": "بوت المتجر",
        "credentials": {"bot_token": BOT_TOKEN, "secret_token": OWN_SECRET},
        "settings": {"base_url": world.telegram_url},
        **more,
    }


def whatsapp_body(world, **more) -> dict:
    return {
        "provider": "whatsapp",
        "name": "واتساب",
        "credentials": whatsapp_credentials(),
        "settings": {"base_url": world.graph_url},
        **more,
    }


class TestGuides:
    @pytest.mark.parametrize("slug", list(PROVIDERS))
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_provider_is_explained_in_every_language(self, operator, slug, language):
        answer = operator.get(f"{PROVIDERS_URL}{slug}/guide/", {"language": language})
        assert answer.status_code == 200
        assert answer.json()["language"] == language
        assert answer.json()["markdown"].startswith("## ")
        assert "<script" not in answer.json()["markdown"]

    def test_guides_differ_by_language(self):
        for provider in PROVIDERS.values():
            assert len({provider.guide(language) for language in LANGUAGES}) == len(LANGUAGES)

    def test_an_unknown_provider_or_language(self, operator, agent):
        assert operator.get(f"{PROVIDERS_URL}fax/guide/").status_code == 404
        assert operator.get(f"{PROVIDERS_URL}telegram/guide/", {"language": "xx"}).json()["language"] == "en"
        assert agent.get(f"{PROVIDERS_URL}telegram/guide/").status_code == 403


class TestTrying:
    def test_a_good_number(self, operator, world, inside):
        body = whatsapp_body(world)
        answer = operator.post(f"{PROVIDERS_URL}whatsapp/test/", body)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["ok"] is True
        assert codes(answer.json())[0] == "credentials_valid"
        assert answer.json()["account"]["quality"] == "GREEN"
        assert not Channel.objects.exists()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"access_token": "EAAGwrong"}, "credentials_refused"),
            ({"phone_number_id": "999999"}, "account_not_found"),
        ],
    )
    def test_a_bad_number_is_told_with_its_mend(self, operator, world, change, code):
        body = whatsapp_body(world, credentials={**whatsapp_credentials(), **change})
        answer = operator.post(f"{PROVIDERS_URL}whatsapp/test/", body).json()
        assert (answer["ok"], codes(answer)) == (False, [code])
        assert answer["findings"][0]["fix"]
        assert not [secret for secret in SECRETS if secret in json.dumps(answer)]

    def test_a_good_and_a_bad_bot(self, operator, world):
        good = operator.post(f"{PROVIDERS_URL}telegram/test/", telegram_body(world)).json()
        assert (good["ok"], codes(good)) == (True, ["credentials_valid"])
        assert good["account"]["handle"].startswith("@")
        wrong = telegram_body(world, credentials={"bot_token": "7000000009:AAEnobodysTokenAtAll"})
        bad = operator.post(f"{PROVIDERS_URL}telegram/test/", wrong).json()
        assert (bad["ok"], codes(bad)) == (False, ["credentials_refused"])
        assert "AAEnobodys" not in json.dumps(bad)

    def test_an_address_that_may_not_be_called(self, operator, world, settings):
        settings.OUTBOUND_ALLOWED_PRIVATE = []
        answer = operator.post(f"{PROVIDERS_URL}telegram/test/", telegram_body(world)).json()
        assert codes(answer) == ["address_not_allowed"]

    def test_nobody_answers(self, operator, world):
        body = telegram_body(world, settings={"base_url": "https://telegram.invalid"})
        answer = operator.post(f"{PROVIDERS_URL}telegram/test/", body).json()
        assert codes(answer) == ["unreachable"]

    def test_a_field_that_is_wrong(self, operator, world):
        answer = operator.post(f"{PROVIDERS_URL}telegram/test/", {"credentials": {"bot_token": "x"}})
        assert list(answer.json()["error"]["fields"]) == ["credentials.bot_token"]

    def test_needs_the_scope(self, agent, world):
        assert agent.post(f"{PROVIDERS_URL}telegram/test/", telegram_body(world)).status_code == 403


class TestConnecting:
    def test_a_bot_is_told_where_to_send(self, operator, world, inside):
        answer = operator.post(URL, telegram_body(world, test_first=True, connect=True))
        assert answer.status_code == 201, answer.json()
        made = answer.json()
        assert made["connection"]["ok"] is True
        assert codes(made["connection"]) == ["credentials_valid", "webhook_set"]
        account = next(a for a in world.accounts() if a["provider"] == "telegram")
        assert account["webhook_url"] == f"http://demo.localhost{made['webhook_path']}"
        assert not [secret for secret in SECRETS if secret in json.dumps(made)]

    def test_a_number_is_subscribed(self, operator, world, inside):
        made = operator.post(URL, whatsapp_body(world, connect=True)).json()
        assert codes(made["connection"]) == ["credentials_valid", "subscribed"]

    def test_ones_own_app_is_finished_by_hand(self, operator, world, inside):
        credentials = whatsapp_credentials(app_secret=OWN_SECRET)
        made = operator.post(URL, whatsapp_body(world, credentials=credentials, connect=True)).json()
        assert "webhook_by_hand" in codes(made["connection"])
        shown = operator.get(f"{URL}{made['id']}/webhook/")
        assert shown.json()["url"] == f"http://demo.localhost{made['webhook_path']}"
        assert len(shown.json()["verify_token"]) > 15
        assert shown["Cache-Control"] == "no-store"

    def test_tested_first_and_not_stored_when_it_fails(self, operator, world, inside):
        wrong = whatsapp_body(
            world, credentials={**whatsapp_credentials(), "access_token": "EAAGwrong"}, test_first=True
        )
        answer = operator.post(URL, wrong)
        assert answer.status_code == 400
        assert "mistyped" in answer.json()["error"]["fields"]["credentials"][0]
        assert not Channel.objects.exists()

    def test_a_change_is_tested_first_too(self, operator, whatsapp):
        body = {"credentials": {"access_token": "EAAGwrong"}, "test_first": True, "name": "x"}
        assert operator.patch(f"{URL}{whatsapp.id}/", body).status_code == 400
        whatsapp.refresh_from_db()
        assert whatsapp.name == "واتساب المتجر"

    def test_a_channel_stays_when_connecting_fails(self, operator, world, inside):
        wrong = whatsapp_body(
            world, credentials={**whatsapp_credentials(), "access_token": "EAAGwrong"}, connect=True
        )
        made = operator.post(URL, wrong)
        assert made.status_code == 201
        assert made.json()["connection"]["ok"] is False
        assert Channel.objects.count() == 1
        again = operator.patch(f"{URL}{made.json()['id']}/", {"credentials": {"access_token": "EAAGtoken"}})
        assert again.status_code == 200
        assert operator.post(f"{URL}{made.json()['id']}/connect/").json()["ok"] is True

    def test_testing_notes_down_and_clears_an_old_problem(self, operator, telegram):
        Channel.objects.update(problem="Unauthorized")
        first = operator.post(f"{URL}{telegram.id}/test/").json()
        assert codes(first) == ["credentials_valid", "webhook_missing"]
        assert ChannelCheck.objects.get().ok is False
        assert operator.post(f"{URL}{telegram.id}/connect/").json()["ok"] is True
        assert Channel.objects.get().problem == ""

    def test_a_bot_that_sends_elsewhere(self, operator, telegram, world):
        operator.post(f"{URL}{telegram.id}/connect/")
        world.register_account(
            provider="telegram",
            account_id="shop_bot",
            token=BOT_TOKEN,
            webhook_url="https://old.example.dz/hook/",
            enforce_window=False,
        )
        found = operator.post(f"{URL}{telegram.id}/test/").json()
        assert codes(found) == ["credentials_valid", "webhook_elsewhere"]
        assert found["findings"][1]["detail"] == "old.example.dz"


class TestHealth:
    def test_a_new_channel_says_what_to_do(self, operator, telegram):
        shown = operator.get(f"{URL}{telegram.id}/health/").json()
        assert (shown["level"], codes(shown)) == ("warning", ["never_received"])
        assert (shown["token_valid"], shown["webhook_verified"], shown["checked_at"]) == (None, False, None)
        assert all(finding["fix"] for finding in shown["findings"])

    def test_a_channel_at_work(self, operator, whatsapp):
        receive(whatsapp, text_body())
        operator.post(f"{URL}{whatsapp.id}/test/")
        shown = operator.get(f"{URL}{whatsapp.id}/health/").json()
        assert (shown["level"], shown["token_valid"], shown["webhook_verified"]) == ("ok", True, True)
        assert shown["last_inbound_at"]
        assert shown["account"]["quality"] == "GREEN"

    def test_failures_of_a_day_and_the_providers_refusal(self, operator, whatsapp, conversation):
        message = write_messages(
            [NewMessage(effect_key="1", author="key:1", text="مرحبا", conversation_id=conversation.id)]
        )[0]
        Send.objects.update(state=DeliveryState.FAILED, settled_at=datetime.now(UTC))
        Channel.objects.update(problem="Invalid OAuth access token", is_active=False)
        shown = operator.get(f"{URL}{whatsapp.id}/health/").json()
        assert message.direction == Direction.OUT
        assert shown["last_outbound_at"]
        assert shown["failures_24h"] == 1
        assert (shown["level"], codes(shown)) == ("error", ["switched_off", "problem", "sends_failing"])

    def test_all_within_budget(self, operator, whatsapp, telegram, webchat, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            rows = operator.get(f"{URL}health/").json()
        assert {row["channel_id"] for row in rows} == {str(c.id) for c in (whatsapp, telegram, webchat)}

    def test_only_for_those_who_look_after_channels(self, agent, whatsapp):
        for path in (f"{whatsapp.id}/health/", "health/", f"{whatsapp.id}/webhook/"):
            assert agent.get(URL + path).status_code == 403
        for path in ("test", "connect"):
            assert agent.post(f"{URL}{whatsapp.id}/{path}/").status_code == 403

    def test_another_tenants_channel_is_not_here(self, api, other_key, whatsapp):
        client = api("other.localhost", key=other_key())
        for path in ("health", "webhook"):
            assert client.get(f"{URL}{whatsapp.id}/{path}/").status_code == 404
        assert client.post(f"{URL}{whatsapp.id}/test/").status_code == 404
        assert client.get(f"{URL}health/").json() == []


def test_every_code_has_words():
    for code in Code:
        finding = Finding(code=code, level=Level.WARNING)
        assert finding.message.endswith(".")
        assert finding.fix == "" or finding.fix.endswith(".")
