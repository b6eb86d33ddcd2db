"""The REST API: deny by default, one error shape, one OpenAPI document."""

from config.settings.components.env import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiKeyAuthentication",
        "accounts.api.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.PagePagination",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.errors.exception_handler",
    "PAGE_SIZE": 50,
    # Proxies in front of us, each of which adds an address that can be believed; 0 believes the connection's only.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Wasl API",
    "DESCRIPTION": "Channels, inbox, CRM and workflows of one tenant. Call it on the tenant's host.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.describe",
        "core.api.openapi30.translate",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # One name for each set of choices, however many fields use it.
    "ENUM_NAME_OVERRIDES": {
        "ScopesEnum": "accounts.scopes.SCOPE_NAMES",
        "ConversationStatusEnum": "channels_app.models.ConversationStatus",
        "ControlEnum": "channels_app.models.Control",
        "MediaStateEnum": "channels_app.models.MediaState",
        "DeliveryStateEnum": "channels_app.models.message.DELIVERY_STATES",
        "MessageTypeEnum": "channels_app.models.message.MESSAGE_TYPES",
        "WorkflowStatusEnum": "workflow.models.WorkflowStatus",
        "ExecutionStateEnum": "workflow.models.ExecutionState",
        "PredicateResultEnum": ["true", "false", "error"],
        "ExplanationKindEnum": ["all", "any", "not", "comparison"],
        "ActionStateEnum": "workflow.models.ActionState",
        "JobStateEnum": "workflow.models.JobState",
        "MatchResultEnum": "workflow.models.MatchResult",
        "FieldTypeEnum": "crm.models.FieldType",
        "SegmentKindEnum": "crm.models.SegmentKind",
        "TimelineKindEnum": "crm.timeline.TimelineKind",
        "ContactJobKindEnum": ["contacts_bulk", "contacts_export", "contacts_import"],
        "TenantStateEnum": "tenants.models.TenantState",
        "FigureEnum": "analytics.figures.KEYS",
    },
    "SERVERS": [{"url": "/"}],
    # Served by ourselves: our content policy lets no browser load scripts from elsewhere.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True},
}
