"""Sessions in our own table: on their host only, before the sign-in too, and gone when they have run out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import BrowserSession
from accounts.services.sessions import forget_expired
from accounts.session_store import SessionStore
from tenants.scope import public_scope, tenant_scope


def begin(**data):
    store = SessionStore()
    store.update(data)
    store.save()
    return store.session_key


def read(key):
    return SessionStore(key).load()


def test_a_strangers_session_is_bound_to_its_host_too(demo, other):
    with tenant_scope(demo):
        key = begin(challenge="x")
        assert read(key) == {"challenge": "x"}
    with tenant_scope(other):
        assert read(key) == {}
    with tenant_scope(demo):
        assert read(key) == {}, "carried about, it is worth nothing at home either"


@pytest.mark.parametrize("there", [True, False])
def test_the_public_host_is_a_place_of_its_own(there, demo):
    with public_scope():
        key = begin(a=1)
    with tenant_scope(demo) if there else public_scope():
        assert read(key) == ({} if there else {"a": 1})


def test_saving_again_keeps_what_the_row_knows(demo):
    with tenant_scope(demo):
        key = begin(a=1)
        before = BrowserSession.objects.get(pk=key)
        store = SessionStore(key)
        store["a"] = 2
        store.save()
        after = BrowserSession.objects.get(pk=key)
        assert read(key) == {"a": 2}
    assert (after.public_id, after.created_at, after.tenant_id) == (
        before.public_id,
        before.created_at,
        demo.id,
    )


def test_what_has_run_out_is_nothing_and_is_forgotten(demo):
    with tenant_scope(demo):
        key, kept = begin(a=1), begin(a=2)
        BrowserSession.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
        assert read(key) == {}
        forget_expired()
    assert list(BrowserSession.objects.values_list("pk", flat=True)) == [kept]


def test_no_session_costs_no_row(client, demo):
    client.get("/api/v1/auth/me/", headers={"Host": "demo.localhost"})
    assert not BrowserSession.objects.exists()
