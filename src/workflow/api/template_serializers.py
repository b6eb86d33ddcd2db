"""The JSON of workflow templates, and of what is made of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workflow.api.fields import JSONObjectField
from workflow.api.serializers import ProblemSerializer, WorkflowSerializer
from workflow.templates.costs import cost_of
from workflow.templates.document import CATEGORIES, Template
from workflow.templates.texts import pick
from workflow.templates.values import choices_for


class CategorySerializer(serializers.Serializer[Any]):
    """A category by slug, with its name."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ConnectionNeedSerializer(serializers.Serializer[Any]):
    """A stored connection of this type; of this name, where one is told."""

    type = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class SlaSerializer(serializers.Serializer[Any]):
    """What the workflow is meant to keep to."""

    first_reply_minutes = serializers.IntegerField(allow_null=True)
    resolution_minutes = serializers.IntegerField(allow_null=True)


class CostLineSerializer(serializers.Serializer[Any]):
    """One action; ``each`` is null where you have set no price."""

    action = serializers.CharField()
    uses = serializers.FloatField()
    each = serializers.FloatField(allow_null=True)


class CostSerializer(serializers.Serializer[Any]):
    """What one execution costs on average, by your own prices; ``complete``: every action has one."""

    currency = serializers.CharField()
    total = serializers.FloatField()
    complete = serializers.BooleanField()
    lines = CostLineSerializer(many=True)


class TemplateSerializer(serializers.Serializer[Any]):
    """A template as lists show it, in the language that was asked for."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    author = serializers.CharField()
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField())
    connections = ConnectionNeedSerializer(many=True)
    settings = serializers.ListField(child=serializers.CharField())
    actions = serializers.ListField(child=serializers.CharField())
    sla = SlaSerializer(allow_null=True)
    estimated_cost = serializers.SerializerMethodField()

    @property
    def _language(self) -> str:
        return str(self.context["language"])

    def get_name(self, template: Template) -> str:
        """In one language."""
        return pick(template.name, self._language)

    def get_description(self, template: Template) -> str:
        """In one language."""
        return pick(template.description, self._language)

    @extend_schema_field(CategorySerializer)
    def get_category(self, template: Template) -> Any:
        """With its name."""
        return {"slug": template.category, "label": pick(CATEGORIES[template.category], self._language)}

    @extend_schema_field(CostSerializer)
    def get_estimated_cost(self, template: Template) -> Any:
        """Priced."""
        return CostSerializer(cost_of(template, self.context["prices"])).data


class TemplateDetailSerializer(TemplateSerializer):
    """A template with all of it: ``parameters`` is the JSON Schema of a form, ``document`` the template itself."""

    parameters = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()

    def get_parameters(self, template: Template) -> dict[str, Any]:
        """In one language, with what there is to choose from as ``x-choices``."""
        found = template.parameters
        return {
            "type": "object",
            "properties": {
                name: parameter.schema_in(self._language, choices_for(parameter))
                for name, parameter in found.properties.items()
            },
            "required": list(found.required),
            "additionalProperties": False,
        }

    def get_document(self, template: Template) -> dict[str, Any]:
        """As it is written down."""
        return template.dump()


class TryTemplateSerializer(serializers.Serializer[Any]):
    """Values for the parameters; those left out have their defaults, texts in ``language`` (the tenant's)."""

    parameters = JSONObjectField(required=False, default=dict)
    language = serializers.RegexField(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20, required=False)


class InstantiateSerializer(TryTemplateSerializer):
    """What to make of it. Without a name the workflow has the template's, with a number if that is taken."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    activate = serializers.BooleanField(required=False, default=False)


class ImportSerializer(InstantiateSerializer):
    """``document`` is an export (``"format": "wasl.workflow-template/1"``) or a plain workflow document; 512 KB at most."""

    document = JSONObjectField()


class LacksSerializer(serializers.Serializer[Any]):
    """What must be set up for the workflow to do its work: one of these channels (``any``: whichever), these connections,
    these settings (``business_hours``)."""

    channels = serializers.ListField(child=serializers.CharField())
    connections = ConnectionNeedSerializer(many=True)
    settings = serializers.ListField(child=serializers.CharField())


class TemplatePreviewSerializer(serializers.Serializer[Any]):
    """The workflow as it would be."""

    parameters = serializers.DictField(help_text="All values, defaults included.")
    workflow = serializers.DictField(help_text="The document with the parameters filled in.")
    problems = ProblemSerializer(many=True, help_text="What keeps it from being published.")
    estimated_cost = CostSerializer(source="cost")
    lacks = LacksSerializer()


class MadeSerializer(serializers.Serializer[Any]):
    """The new workflow; ``notes`` tell what else was made for it, and what is left to do."""

    workflow = WorkflowSerializer()
    problems = ProblemSerializer(many=True)
    lacks = LacksSerializer()
    notes = serializers.ListField(child=serializers.CharField())
