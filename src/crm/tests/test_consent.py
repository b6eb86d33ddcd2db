"""Consent: contacts that want no automated messages."""

from __future__ import annotations

import uuid

import pytest

from core.ids import uuid7
from crm.models import Contact
from crm.selectors import contact_views, opted_out
from crm.services.cause import Cause
from crm.services.consent import Wish, set_opted_out, set_opted_out_many
from crm.services.contacts import ContactNotFoundError
from tenants.scope import tenant_scope
from workflow.actions.base import ACTIONS, ActionCall, ActionContext

URL = "/api/v1/crm/contacts/"
BOTH = ("USER_OPTED_OUT", "USER_OPTED_IN")


@pytest.mark.usefixtures("inside")
class TestService:
    def test_out_and_in_again(self, amina, reza, events_of):
        cause = Cause(actor="workflow:1", event_id=uuid.uuid4(), depth=2)
        assert set_opted_out(amina.id, True, cause, reason="لا أريد رسائل")
        assert not set_opted_out(amina.id, True, cause)
        assert opted_out([amina.id, reza.id]) == {amina.id}
        assert contact_views([amina.id])[amina.id]["opted_out"] is True
        assert set_opted_out(amina.id, False, cause)
        assert not set_opted_out(reza.id, False, cause)
        assert opted_out([amina.id]) == set()
        told = events_of(None, *BOTH)
        assert [(e.type, e.data) for e in told] == [
            ("USER_OPTED_OUT", {"reason": "لا أريد رسائل"}),
            ("USER_OPTED_IN", {"reason": ""}),
        ]
        assert (told[0].actor, told[0].causation_id, told[0].depth) == ("workflow:1", cause.event_id, 2)

    def test_many_at_once(self, amina, reza, events_of, django_assert_max_num_queries):
        wishes = [Wish(contact_id=c.id, opted_out=True) for c in (amina, reza, amina)]
        with django_assert_max_num_queries(5):
            assert set_opted_out_many(wishes) == [True, True, False]
        assert len(events_of(None, "USER_OPTED_OUT")) == 2

    def test_a_missing_contact(self, amina):
        with pytest.raises(ContactNotFoundError):
            set_opted_out_many([Wish(contact_id=i, opted_out=True) for i in (amina.id, uuid.uuid4())])
        assert opted_out([amina.id]) == set()

    def test_the_actions(self, amina, reza, events_of):
        calls = []
        for contact in (amina, reza):
            context = ActionContext(
                effect_key=uuid7().hex, actor="workflow:1", event_id=uuid7(), depth=1, contact_id=contact.id
            )
            calls.append((context, contact))
        for slug, expected in (("opt_out", True), ("opt_out", False), ("opt_in", True)):
            action = ACTIONS.get(slug)
            config = action.Config(reason="كتبت: توقف")
            done = action.run_many([ActionCall(config, context) for context, _ in calls])
            assert [(one.opted_out, one.changed) for one in done] == [(slug == "opt_out", expected)] * 2
        assert events_of(amina, "USER_OPTED_OUT")[0].data["reason"] == "كتبت: توقف"


class TestApi:
    def test_out_and_in(self, writer, reader, amina, events_of):
        url = f"{URL}{amina.id}/"
        out = writer.post(f"{url}opt_out/", {"reason": "بالهاتف"})
        assert out.status_code == 200
        assert out.json()["opted_out_at"] is not None
        assert [row["id"] for row in reader.get(URL, {"opted_out": "true"}).json()["results"]] == [
            str(amina.id)
        ]
        assert writer.post(f"{url}opt_in/").json()["opted_out_at"] is None
        assert reader.get(URL, {"opted_out": "true"}).json()["results"] == []
        assert reader.get(URL, {"opted_out": "false"}).json()["count"] == 1
        assert events_of(amina, "USER_OPTED_OUT")[0].data == {"reason": "بالهاتف"}

    def test_it_is_not_changed_like_a_field(self, writer, demo, amina):
        writer.patch(f"{URL}{amina.id}/", {"opted_out_at": "2026-01-01T00:00:00Z"})
        with tenant_scope(demo):
            assert Contact.objects.get().opted_out_at is None

    def test_readers_may_not(self, reader, demo, amina):
        assert reader.post(f"{URL}{amina.id}/opt_out/").status_code == 403
        with tenant_scope(demo):
            assert Contact.objects.get().opted_out_at is None
