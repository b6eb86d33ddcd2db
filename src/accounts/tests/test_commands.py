"""The commands that make users and keys."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, Membership, User
from accounts.tests.helpers import sign_in


def test_a_user_with_a_random_password(capsys, demo, web):
    call_command("create_user", "Dina@new.example", "--tenant", "demo", "--random-password")
    said, password = capsys.readouterr().out.splitlines()
    assert said == "dina@new.example: owner of demo"
    answer = sign_in(web("demo.localhost"), "dina@new.example", password.removeprefix("password: "))
    assert answer.status_code == 200


def test_a_password_from_the_environment(monkeypatch, demo):
    with pytest.raises(CommandError, match="DINAS_PASSWORD is not set"):
        call_command("create_user", "d@new.example", "--password-env", "DINAS_PASSWORD")
    monkeypatch.setenv("DINAS_PASSWORD", "another-Passw0rd")
    call_command(
        "create_user",
        "d@new.example",
        "--password-env",
        "DINAS_PASSWORD",
        "--tenant",
        "demo",
        "--role",
        "agent",
    )
    user = User.objects.get(email="d@new.example")
    assert user.check_password("another-Passw0rd")
    assert Membership.objects.get(user=user).role_id == "agent"


def test_someone_known_joins_another_tenant(demo, charlie):
    call_command("create_user", charlie.email, "--tenant", "demo", "--role", "analyst")
    assert Membership.objects.get(user=charlie, tenant=demo).role_id == "analyst"
    with pytest.raises(CommandError, match="exists already"):
        call_command("create_user", charlie.email, "--random-password")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["d@new.example", "--tenant", "nowhere"], "no tenant 'nowhere'"),
        (["d@new.example", "--tenant", "demo", "--role", "king"], "known: owner"),
        (["not-an-email", "--tenant", "demo"], "valid email"),
    ],
)
def test_a_mistake_makes_no_user(arguments, said, demo):
    with pytest.raises(CommandError, match=said):
        call_command("create_user", *arguments)
    assert not User.objects.exists()


def test_a_key(capsys, demo, api):
    call_command("issue_api_key", "demo", "--name", "مزامنة", "--scopes", "crm:read, workflow:write")
    key = capsys.readouterr().out.strip()
    me = api("demo.localhost", key=key).get("/api/v1/auth/me/").json()
    assert me["scopes"] == ["crm:read", "workflow:write"]
    for slug, scopes, said in (("demo", "crm:*", "unknown scope"), ("nowhere", "crm:read", "no tenant")):
        with pytest.raises(CommandError, match=said):
            call_command("issue_api_key", slug, "--name", "k", "--scopes", scopes)
    assert ApiKey.objects.count() == 1
