"""Every template of the catalogue keeps to the format, speaks four languages, and makes a workflow that can be published."""

from __future__ import annotations

from typing import Any

import pytest

from workflow.models import EventType, Workflow
from workflow.templates.catalogue import catalogue
from workflow.templates.making import instantiate, preview
from workflow.templates.texts import LANGUAGES

SLUGS = (
    "abandoned_cart",
    "after_hours_reply",
    "appointment_reminder",
    "coupon",
    "lead_qualification",
    "order_status",
    "review_request",
    "sla_escalation",
    "welcome",
    "win_back",
)
every_template = pytest.mark.parametrize("slug", SLUGS)


def texts_of(value: Any) -> list[dict[str, str]]:
    """Every text in several languages, anywhere in a template."""
    if isinstance(value, list):
        return [found for member in value for found in texts_of(member)]
    if not isinstance(value, dict):
        return []
    if "en" in value and isinstance(value["en"], str):
        return [value]
    return [found for member in value.values() for found in texts_of(member)]


def test_the_catalogue_is_whole():
    assert tuple(catalogue()) == SLUGS


@every_template
def test_it_speaks_four_languages(slug):
    template = catalogue()[slug]

    assert tuple(template.languages) == LANGUAGES
    written = texts_of(template.dump())
    assert len(written) >= 2 + len(template.parameters.properties)
    for texts in written:
        assert tuple(texts) == LANGUAGES, texts
        assert all(text.strip() for text in texts.values()), texts
        # Nothing was left in English.
        assert texts["ar"] != texts["en"], texts
        assert texts["fa"] != texts["en"], texts


@every_template
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_defaults_make_a_workflow_without_problems(scope, slug, language):
    found = preview(catalogue()[slug], {}, language=language)

    assert found.problems == []
    assert "[[" not in str(found.workflow)
    assert "$param" not in str(found.workflow)
    assert not Workflow.objects.exists()
    assert not EventType.objects.filter(is_builtin=False).exists()


@every_template
def test_it_can_be_made_and_switched_on(scope, slug):
    made = instantiate(catalogue()[slug], {}, by="test", activate=True)

    made.workflow.refresh_from_db()
    assert (made.workflow.status, made.workflow.active_version.number) == ("active", 1)
    assert made.problems == []
