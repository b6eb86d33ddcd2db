"""The JSON of what jobs come to: the report of a back-test, the counts of the others."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class NotedSerializer(serializers.Serializer[Any]):
    """Something that occurred several times; ``examples`` are ids of events."""

    text = serializers.CharField()
    count = serializers.IntegerField()
    examples = serializers.ListField(child=serializers.UUIDField())


class TriedNodeSerializer(serializers.Serializer[Any]):
    """How often a node was come by, and left by which port."""

    entered = serializers.IntegerField()
    failed = serializers.IntegerField()
    ports = serializers.DictField(child=serializers.IntegerField())


class TriedDaySerializer(serializers.Serializer[Any]):
    """A day of the tenant's calendar: the events that were looked at, and the executions that would have begun."""

    events = serializers.IntegerField()
    started = serializers.IntegerField()


class TriedSampleSerializer(serializers.Serializer[Any]):
    """An execution that would have begun. ``outcome`` is an execution's state, or ``stopped``: it took too long."""

    event = serializers.UUIDField()
    contact = serializers.UUIDField(allow_null=True)
    at = serializers.DateTimeField()
    outcome = serializers.CharField()


class BlockedSerializer(serializers.Serializer[Any]):
    """Events that matched, and were kept out."""

    reentry = serializers.IntegerField()
    inside = serializers.IntegerField()
    limit = serializers.IntegerField()


class BacktestReportSerializer(serializers.Serializer[Any]):
    """What a version would have made of past events. ``notes`` tell what it does not simulate."""

    events = serializers.IntegerField()
    matched = serializers.IntegerField()
    near_missed = serializers.IntegerField()
    undecided = serializers.IntegerField()
    too_deep = serializers.IntegerField()
    blocked = BlockedSerializer()
    executions = serializers.IntegerField()
    outcomes = serializers.DictField(child=serializers.IntegerField())
    exit_reasons = serializers.DictField(child=serializers.IntegerField())
    converted = serializers.IntegerField()
    uses = serializers.DictField(child=serializers.IntegerField(), help_text="By action.")
    cost = serializers.CharField()
    currency = serializers.CharField()
    nodes = serializers.DictField(child=TriedNodeSerializer())
    days = serializers.DictField(child=TriedDaySerializer(), help_text="By day (2026-11-20).")
    samples = TriedSampleSerializer(many=True, help_text="The first twenty executions.")
    skips = NotedSerializer(many=True)
    errors = NotedSerializer(many=True)  # type: ignore[assignment]
    near_misses = NotedSerializer(many=True)
    first_event_at = serializers.DateTimeField(allow_null=True)
    last_event_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField()
    events_per_s = serializers.FloatField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())


class JobErrorSerializer(serializers.Serializer[Any]):
    """What went wrong with one thing: a contact, an execution."""

    of = serializers.CharField()
    error = serializers.CharField()


class JobResultSerializer(serializers.Serializer[Any]):
    """``report`` is a back-test's; ``moved`` and the like a migration's; ``refused`` counts those that a start kept out, by
    rule. Jobs of other apps' kinds have more, which their own endpoints tell."""

    report = BacktestReportSerializer(required=False)
    moved = serializers.IntegerField(required=False)
    left = serializers.IntegerField(required=False)
    exited = serializers.IntegerField(required=False)
    failed = serializers.IntegerField(required=False)
    refused = serializers.DictField(child=serializers.IntegerField(), required=False)
    errors = JobErrorSerializer(many=True, required=False)  # type: ignore[assignment]
