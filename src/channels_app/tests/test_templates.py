"""WhatsApp templates: fetched, shown with their gaps, filled and sent when the window is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.models import Conversation, MessageTemplate, Send
from channels_app.providers.base import ProviderTemplate, TemplateValuesError
from channels_app.providers.whatsapp.template_gaps import fill, parameters
from channels_app.tests.support import NUMBER

URL = "/api/v1/inbox/templates/"


@pytest.fixture
def synced(agent, whatsapp, pump) -> list[dict]:
    assert agent.post(f"{URL}sync/", {"channel": str(whatsapp.id)}).status_code == 202
    pump()
    return agent.get(URL, {"channel": str(whatsapp.id)}).json()


def named(rows: list[dict], name: str, language: str) -> dict:
    return next(row for row in rows if (row["name"], row["language"]) == (name, language))


class TestFetching:
    def test_all_languages(self, synced, agent, whatsapp):
        assert {(row["name"], row["language"]) for row in synced} == {
            ("order_update", "ar"),
            ("order_update", "fr"),
            ("come_back", "fa"),
            ("hello", "ar"),
            ("summer_sale", "fr"),
        }
        usable = agent.get(URL, {"channel": str(whatsapp.id), "usable": "true"}).json()
        assert "summer_sale" not in {row["name"] for row in usable}

    def test_show_their_gaps(self, synced):
        gaps = named(synced, "order_update", "ar")["parameters"]
        assert [(gap["key"], gap["example"]) for gap in gaps] == [
            ("header.1", "1042"),
            ("body.1", "أمينة"),
            ("body.2", "الأحد"),
        ]
        assert [gap["key"] for gap in named(synced, "order_update", "fr")["parameters"]] == [
            "body.1",
            "body.2",
            "button.0",
        ]

    def test_again_keeps_ids_and_forgets_what_is_gone(self, synced, agent, whatsapp, pump):
        MessageTemplate.objects.create(channel=whatsapp, name="gone", language="ar", status="APPROVED")
        agent.post(f"{URL}sync/", {"channel": str(whatsapp.id)})
        pump()
        again = agent.get(URL, {"channel": str(whatsapp.id)}).json()
        assert {row["id"] for row in again} == {row["id"] for row in synced}

    def test_only_where_there_are_any(self, agent, webchat):
        response = agent.post(f"{URL}sync/", {"channel": str(webchat.id)})
        assert "channel" in response.json()["error"]["fields"]
        assert agent.get(URL).status_code == 400

    def test_needs_the_scope_and_the_tenant(self, api, demo_key, other_key, synced, whatsapp):
        reader = api("demo.localhost", key=demo_key("inbox:read"))
        assert reader.post(f"{URL}sync/", {"channel": str(whatsapp.id)}).status_code == 403
        assert len(reader.get(URL, {"channel": str(whatsapp.id)}).json()) == 5
        stranger = api("other.localhost", key=other_key())
        assert stranger.get(URL, {"channel": str(whatsapp.id)}).json() == []
        assert stranger.get(f"{URL}{synced[0]['id']}/").status_code == 404

    def test_list_within_budget(self, synced, agent, whatsapp, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            assert len(agent.get(URL, {"channel": str(whatsapp.id)}).json()) == 5


class TestSending:
    VALUES = {"header.1": "77", "body.1": "أمينة", "body.2": "غدا"}

    def test_through_a_closed_window(self, synced, bobs, conversation, pump, world):
        Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(days=3))
        template = named(synced, "order_update", "ar")
        text = bobs.post(f"{URL}{template['id']}/preview/", {"values": self.VALUES}).json()["text"]
        assert text == "طلبك رقم 77\nمرحبا أمينة، طلبك في الطريق وسيصلك يوم غدا.\nمتجر الجزائر"
        url = f"/api/v1/inbox/conversations/{conversation.id}/messages/"
        made = bobs.post(url, {"template_id": template["id"], "template_values": self.VALUES}).json()
        assert (made["type"], made["text"], made["state"]) == ("template", text, "queued")
        pump()
        (out,) = world.outbox(NUMBER)
        assert out["type"] == "template"
        assert Send.objects.get().state == "sent"

    def test_gaps_have_to_be_filled(self, synced, bobs, conversation):
        template = named(synced, "order_update", "ar")
        url = f"/api/v1/inbox/conversations/{conversation.id}/messages/"
        for values, field in (
            ({"header.1": "77", "body.1": "x"}, "body.2"),
            ({**self.VALUES, "body.9": "x"}, "body.9"),
            ({**self.VALUES, "body.1": "a\nb"}, "body.1"),
        ):
            response = bobs.post(url, {"template_id": template["id"], "template_values": values})
            assert f"template_values.{field}" in response.json()["error"]["fields"]
        assert not Send.objects.exists()

    def test_a_paused_or_foreign_one_is_refused(self, synced, bobs, conversation):
        url = f"/api/v1/inbox/conversations/{conversation.id}/messages/"
        paused = named(synced, "summer_sale", "fr")["id"]
        for template_id in (paused, str(conversation.id)):
            response = bobs.post(url, {"template_id": template_id})
            assert "template_id" in response.json()["error"]["fields"]
        assert not Send.objects.exists()


def template(*components: dict) -> ProviderTemplate:
    return ProviderTemplate(
        provider_id="1", name="t", language="fr", status="APPROVED", components=list(components)
    )


class TestGaps:
    def test_named_gaps_carry_their_names(self):
        given = template(
            {
                "type": "BODY",
                "text": "سلام {{name}}، {{ name }} {{code}}",
                "example": {"body_text_named_params": [{"param_name": "code", "example": "W10"}]},
            }
        )
        assert [(gap.key, gap.example) for gap in parameters(given)] == [
            ("body.name", ""),
            ("body.code", "W10"),
        ]
        filled = fill(given, {"body.name": "نسرین", "body.code": "W20"})
        assert filled.template["components"][0]["parameters"][1] == {
            "type": "text",
            "text": "W20",
            "parameter_name": "code",
        }
        assert filled.text == "سلام نسرین، نسرین W20"

    def test_files_buttons_and_codes(self):
        given = template(
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Bonjour"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Oui"},
                    {"type": "URL", "text": "Suivre", "url": "https://x.example/{{1}}"},
                    {"type": "COPY_CODE", "text": "Copier", "example": "W10"},
                ],
            },
        )
        assert [gap.key for gap in parameters(given)] == ["header.file", "button.1", "button.2"]
        with pytest.raises(TemplateValuesError, match="https://"):
            fill(given, {"header.file": "ftp://x", "button.1": "1042", "button.2": "W10"})
        filled = fill(
            given, {"header.file": "https://x.example/a.jpg", "button.1": "1042", "button.2": "W10"}
        )
        assert filled.template["components"] == [
            {
                "type": "header",
                "parameters": [{"type": "image", "image": {"link": "https://x.example/a.jpg"}}],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": "1",
                "parameters": [{"type": "text", "text": "1042"}],
            },
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "2",
                "parameters": [{"type": "coupon_code", "coupon_code": "W10"}],
            },
        ]

    def test_whatever_stands_in_it(self):
        odd = template({"type": None}, {"type": "BUTTONS", "buttons": ["x", {"type": 1}]}, {"text": 5})
        assert parameters(odd) == []
        assert fill(odd, {}).text == ""
