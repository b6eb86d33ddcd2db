"""What is published of the models: each field explained, and what the schema lets through is what the model reads."""

from __future__ import annotations

import jsonschema
import pytest

from core.calendar import BusinessHours, CatchUp, Cron, DateOffset, Duration, Interval, LocalSlot
from core.calendar.tests.support import ALGIERS

EXAMPLES = [
    (Cron, {"expression": "0 9 * * 1-5"}),
    (Interval, {"every": 2, "unit": "weeks", "anchor": "2026-03-01T09:00:00"}),
    (CatchUp, {"policy": "all", "max": 5, "grace_minutes": 10}),
    (LocalSlot, {"weekdays": ["sun", "thu"], "start": "09:00", "end": "24:00", "zone": "tenant"}),
    (LocalSlot, {"weekdays": "all", "at": "10:00"}),
    (DateOffset, {"days": 3, "direction": "before", "at": "09:00", "repeat": "yearly"}),
    (BusinessHours, {"timezone": ALGIERS, "week": {"sun": [["09:00", "24:00"]]}, "holidays": ["2026-07-05"]}),
    (Duration, {"hours": 2, "minutes": 30}),
]


@pytest.mark.parametrize(("model", "document"), EXAMPLES)
def test_the_schema_and_the_model_agree(model, document):
    schema = model.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(document)
    validator.validate(model.model_validate(document).model_dump(mode="json"))
    assert [error.message for error in validator.iter_errors({**document, "unheard_of": 1})] != []


@pytest.mark.parametrize("model", sorted({model for model, _ in EXAMPLES}, key=lambda model: model.__name__))
def test_every_field_is_explained(model):
    properties = model.model_json_schema()["properties"]
    assert properties
    assert all(field.get("description") for field in properties.values()), properties


@pytest.mark.parametrize(
    ("model", "document"),
    [
        (LocalSlot, {"at": "9:00"}),
        (LocalSlot, {"at": "24:00"}),
        (LocalSlot, {"at": "09:00", "weekdays": []}),
        (LocalSlot, {"at": "09:00", "weekdays": "none"}),
        (BusinessHours, {"timezone": ALGIERS, "week": {"sun": [["09:00"]]}}),
        (BusinessHours, {"timezone": ALGIERS, "week": {"sunday": []}}),
        (Interval, {"every": 0, "unit": "days"}),
        (CatchUp, {"max": 101}),
        (Duration, {"days": 367}),
    ],
)
def test_the_schema_refuses_what_the_model_refuses(model, document):
    assert not jsonschema.Draft202012Validator(model.model_json_schema()).is_valid(document)
    with pytest.raises(ValueError, match=model.__name__):
        model.model_validate(document)


@pytest.mark.parametrize(("model", "document"), EXAMPLES)
def test_a_model_is_never_changed(model, document):
    part = model.model_validate(document)
    name = next(iter(document))
    with pytest.raises(ValueError, match="frozen"):
        setattr(part, name, getattr(part, name))
