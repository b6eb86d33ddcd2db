"""What each scope allows, and which scopes each role holds."""

import importlib

import pytest

from accounts.model_scopes import scope_for
from accounts.scopes import ADMIN_ALL, SCOPES, UnknownScopeError, allows, can_change_something, check_scopes

ROLES = {
    slug: frozenset(scopes)
    for slug, _, scopes in importlib.import_module("accounts.migrations.0002_roles").ROLES
}
READS = {"workflow:read", "crm:read", "inbox:read"}
WRITES = {"workflow:write", "crm:write", "inbox:write"}
#: What each role may do, written out: the expectation does not come from the code under test.
EXPECTED = {
    "owner": set(SCOPES),
    "admin": set(SCOPES),
    "manager": READS | WRITES | {"channels:admin", "agent:chat", "analytics:read"},
    "agent": READS | {"crm:write", "inbox:write", "agent:chat"},
    "analyst": READS | {"analytics:read"},
}


@pytest.mark.parametrize("role", EXPECTED)
@pytest.mark.parametrize("scope", SCOPES)
def test_every_role_with_every_scope(role, scope):
    assert allows(ROLES[role], scope) is (scope in EXPECTED[role])


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_allows_itself_and_its_read_only(scope):
    noun, verb = scope.split(":")
    expected = {scope} | ({f"{noun}:read"} & set(SCOPES) if verb == "write" else set())
    if scope == ADMIN_ALL:
        expected = set(SCOPES)
    assert {other for other in SCOPES if allows(frozenset([scope]), other)} == expected


def test_what_is_not_in_the_vocabulary_is_nobodys():
    assert not allows(frozenset([ADMIN_ALL]), "crm:delete")
    assert not allows(frozenset(["crm:delete"]), "crm:delete")
    assert not allows(frozenset(), "crm:read")


def test_unknown_scopes_are_named_with_the_known_ones():
    assert check_scopes(["crm:write", "crm:read", "crm:write"]) == ["crm:read", "crm:write"]
    with pytest.raises(UnknownScopeError, match=r"'crm:\*'.*known: workflow:read"):
        check_scopes(["crm:read", "crm:*"])


@pytest.mark.parametrize(
    ("role", "can"), [("agent", True), ("manager", True), ("owner", True), ("analyst", False)]
)
def test_who_can_change_something(role, can):
    assert can_change_something(ROLES[role]) is can


@pytest.mark.parametrize(
    ("permission", "scope"),
    [
        ("crm.view_contact", "crm:read"),
        ("crm.add_contact", "crm:write"),
        ("crm.change_contact", "crm:write"),
        ("crm.delete_contact", "crm:write"),
        ("channels_app.view_conversation", "inbox:read"),
        ("channels_app.change_message", "inbox:write"),
        ("channels_app.view_channel", "channels:admin"),
        ("channels_app.change_channel", "channels:admin"),
        ("channels_app.view_businesshourssetting", "channels:admin"),
        ("channels_app.change_businesshourssetting", "channels:admin"),
        ("workflow.view_workflow", "workflow:read"),
        ("workflow.delete_workflow", "workflow:write"),
        ("events.view_event", "workflow:read"),
        ("accounts.view_apikey", "admin:all"),
        ("accounts.add_membership", "admin:all"),
        ("tenants.view_tenant", "admin:all"),
        ("queue.view_item", "workflow:read"),
        ("queue.view_schedule", None),
        ("sessions.view_session", None),
        ("crm", None),
        ("", None),
    ],
)
def test_django_permissions_stand_for_scopes(permission, scope):
    assert scope_for(permission) == scope
