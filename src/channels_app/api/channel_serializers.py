"""The JSON of providers, channels, their set-up and their health."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from channels_app.models import Channel
from channels_app.providers.setup import LANGUAGES, Code, Level


def _resend_field() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=604_800)


class ProviderSerializer(serializers.Serializer[Any]):
    """A kind of channel, with the JSON Schemas that its set-up form is drawn from."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    reports_statuses = serializers.BooleanField(help_text="Whether delivery and reading are reported back.")
    window_hours = serializers.IntegerField(
        allow_null=True, help_text="Hours after the customer's last message in which anything may be written."
    )
    connects_itself = serializers.BooleanField(
        help_text="Whether connecting tells the provider where to send what happens."
    )
    credentials_schema = serializers.DictField()
    settings_schema = serializers.DictField()


class GuideSerializer(serializers.Serializer[Any]):
    """How to set an account up, as Markdown. ``language`` is the one it is in: English where there is no other."""

    language = serializers.ChoiceField(choices=list(LANGUAGES))
    markdown = serializers.CharField()


class ChannelFindingSerializer(serializers.Serializer[Any]):
    """One thing that was found. ``message`` and ``fix`` are English; ``code`` is for the reader's own language. ``detail``
    is the provider's own words, or a number."""

    code = serializers.ChoiceField(choices=[code.value for code in Code])
    level = serializers.ChoiceField(choices=[level.value for level in Level])
    message = serializers.CharField()
    fix = serializers.CharField()
    detail = serializers.CharField()


class ChannelAccountSerializer(serializers.Serializer[Any]):
    """The account as the provider names it; empty where it says nothing."""

    name = serializers.CharField()
    handle = serializers.CharField()
    quality = serializers.CharField()


class ChannelCheckedSerializer(serializers.Serializer[Any]):
    """What came of asking the provider. ``ok``: no finding is an error."""

    ok = serializers.BooleanField()
    account = ChannelAccountSerializer()
    findings = ChannelFindingSerializer(many=True)


class ChannelHealthSerializer(serializers.Serializer[Any]):
    """How a channel stands. ``level`` is that of its worst finding; ``token_valid``, ``account`` and ``connected_at`` are as
    the provider said at ``checked_at``. ``last_outbound_at`` looks back 30 days."""

    channel_id = serializers.UUIDField()
    level = serializers.ChoiceField(choices=[level.value for level in Level])
    findings = ChannelFindingSerializer(many=True)
    last_inbound_at = serializers.DateTimeField(allow_null=True)
    last_outbound_at = serializers.DateTimeField(allow_null=True)
    failures_24h = serializers.IntegerField()
    webhook_verified = serializers.BooleanField(help_text="Something signed has come from the provider.")
    token_valid = serializers.BooleanField(allow_null=True)
    account = ChannelAccountSerializer()
    checked_at = serializers.DateTimeField(allow_null=True)
    connected_at = serializers.DateTimeField(allow_null=True)


class ChannelWebhookSerializer(serializers.Serializer[Any]):
    """What is put into the provider's settings by hand, where that is needed. ``verify_token`` is empty where the provider
    asks for none, or the installation's own app answers."""

    url = serializers.CharField()
    verify_token = serializers.CharField()


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A connected account. Its credentials are never shown."""

    webhook_path = serializers.SerializerMethodField(help_text="Where the provider is to send its webhooks.")
    settings = serializers.DictField(read_only=True)

    class Meta:
        model = Channel
        fields = [
            "id", "provider", "name", "account_id", "settings", "is_active", "resend_unknown_after_s", "problem",
            "webhook_path", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_webhook_path(self, channel: Channel) -> str:
        """The view brings all paths at once."""
        return self.context["webhook_paths"].get(channel.id, "")


class ConnectedChannelSerializer(ChannelSerializer):
    """A channel just stored. ``connection`` is what the provider said when it was told where to send what happens; null
    when that was not asked for. The channel stays, whatever it said: ``connect`` can be repeated."""

    connection = ChannelCheckedSerializer(allow_null=True, read_only=True)

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "connection"]
        read_only_fields = fields


class DraftChannelSerializer(serializers.Serializer[Any]):
    """Credentials and settings by the provider's schemas, to be tried and not stored."""

    credentials = serializers.DictField(write_only=True)
    settings = serializers.DictField(required=False)


class NewChannelSerializer(DraftChannelSerializer):
    """An account to connect."""

    provider = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=120)
    resend_unknown_after_s = _resend_field()
    test_first = serializers.BooleanField(
        default=False, help_text="Ask the provider first; store nothing when it does not know the account."
    )
    connect = serializers.BooleanField(
        default=False, help_text="Tell the provider where to send what happens, where it can be told."
    )


class ChannelChangeSerializer(serializers.Serializer[Any]):
    """What to change: the credentials and settings that are given replace, the others stay."""

    name = serializers.CharField(required=False, max_length=120)
    credentials = serializers.DictField(required=False, write_only=True)
    settings = serializers.DictField(required=False)
    resend_unknown_after_s = _resend_field()
    test_first = serializers.BooleanField(
        default=False, help_text="Ask the provider first; change nothing when it does not know the account."
    )
