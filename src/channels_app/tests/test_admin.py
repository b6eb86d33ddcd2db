"""The inbox in a tenant's admin: channels without their secrets, the rest to look at."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from channels_app.models import Channel, Conversation, InboundDelivery, Message, Send
from channels_app.routing.models import ChannelRoute
from channels_app.services.channels import open_channel
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.shop import whatsapp_credentials
from channels_app.tests.support import OWN_SECRET, receive, text_body


@pytest.fixture
def admin(web, alice) -> Client:
    """Alice in demo's admin."""
    return web("demo.localhost", user=alice)


@pytest.mark.parametrize("model", ["channel", "conversation", "send", "inbounddelivery"])
def test_lists_and_pages_open(admin, conversation, model):
    write_messages([NewMessage(effect_key="k", author="x", text="أهلا", conversation_id=conversation.id)])
    assert admin.get(f"/admin/channels_app/{model}/").status_code == 200
    table = {
        "channel": Channel,
        "conversation": Conversation,
        "send": Send,
        "inbounddelivery": InboundDelivery,
    }
    page = admin.get(f"/admin/channels_app/{model}/{table[model].objects.get().pk}/change/")
    assert page.status_code == 200
    assert "EAAGtoken" not in page.content.decode()


class TestChannels:
    def form(self, **values: str) -> dict[str, str]:
        return {
            "provider": "whatsapp",
            "name": "واتساب",
            "new_credentials": json.dumps(whatsapp_credentials(app_secret=OWN_SECRET)),
            "settings": "{}",
            "is_active": "on",
            "resend_unknown_after_s": "",
            **values,
        }

    def test_connected_through_the_services(self, admin, inside):
        response = admin.post("/admin/channels_app/channel/add/", self.form())
        assert response.status_code == 302, response.context["adminform"].form.errors
        channel = Channel.objects.get()
        assert open_channel(channel.id).credentials.access_token.get_secret_value() == "EAAGtoken"
        page = admin.get(f"/admin/channels_app/channel/{channel.id}/change/").content.decode()
        assert f"/webhooks/whatsapp/{ChannelRoute.objects.get().key}/" in page
        assert "EAAGtoken" not in page
        assert OWN_SECRET not in page
        assert "EAAGtoken" not in admin.get("/admin/admin/logentry/").content.decode()

    def test_what_is_refused_is_said_beside_its_field(self, admin, inside):
        response = admin.post(
            "/admin/channels_app/channel/add/", self.form(new_credentials='{"waba_id": "1"}')
        )
        assert response.status_code == 200
        errors = response.context["adminform"].form.errors
        assert list(errors) == ["new_credentials"]
        assert "access_token" in str(errors)
        assert not Channel.objects.exists()
        assert not ChannelRoute.objects.exists()

    def test_changed(self, admin, whatsapp):
        url = f"/admin/channels_app/channel/{whatsapp.id}/change/"
        body = self.form(
            name="جديد", new_credentials='{"access_token": "EAAGnew"}', resend_unknown_after_s="60"
        )
        body.pop("is_active")
        assert admin.post(url, body).status_code == 302
        whatsapp.refresh_from_db()
        assert (whatsapp.name, whatsapp.is_active, whatsapp.resend_unknown_after_s) == ("جديد", False, 60)
        assert ChannelRoute.objects.get().is_active is False
        assert open_channel(whatsapp.id).credentials.access_token.get_secret_value() == "EAAGnew"
        assert admin.post(url, {**body, "new_credentials": ""}).status_code == 302
        assert open_channel(whatsapp.id).credentials.access_token.get_secret_value() == "EAAGnew"

    def test_not_deleted(self, admin, whatsapp):
        assert (
            admin.post(f"/admin/channels_app/channel/{whatsapp.id}/delete/", {"post": "yes"}).status_code
            == 403
        )
        assert Channel.objects.exists()


def test_a_conversation_shows_its_messages(admin, conversation, whatsapp):
    receive(whatsapp, *[text_body(f"رسالة {n}", number=n) for n in range(2, 60)])
    page = admin.get(f"/admin/channels_app/conversation/{conversation.id}/change/").content.decode()
    assert "رسالة 59" in page
    assert "سلام، کد تخفیف دارید؟" not in page, "only a page of them"
    assert Message.objects.count() == 59


def test_sends_by_state(admin, conversation):
    for number, state in enumerate(("unknown", "failed")):
        write_messages(
            [NewMessage(effect_key=f"k-{state}", author="x", text="x", conversation_id=conversation.id)]
        )
        Send.objects.filter(effect_key=f"k-{state}").update(state=state, calls=number)
    page = admin.get("/admin/channels_app/send/", {"state__exact": "unknown"}).content.decode()
    assert "k-unknown" in page
    assert "k-failed" not in page


def test_an_agent_sees_no_channels_and_no_raw_deliveries(web, bob, conversation):
    client = web("demo.localhost", user=bob)
    assert client.get("/admin/channels_app/conversation/").status_code == 200
    for model in ("channel", "inbounddelivery"):
        assert client.get(f"/admin/channels_app/{model}/").status_code == 403


def test_anothers_conversation_is_not_there(web, charlie, conversation):
    client = web("other.localhost", user=charlie)
    assert client.get(f"/admin/channels_app/conversation/{conversation.id}/change/").status_code == 302
    assert "أمينة" not in client.get("/admin/channels_app/conversation/").content.decode()
