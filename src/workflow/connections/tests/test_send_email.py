"""``send_email`` from a workflow to a real server: every option, and what is stored of it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from workflow.actions.send_email import SendEmail, SendEmailConfig
from workflow.connections.services.connections import create_connection
from workflow.connections.tests.conftest import as_text
from workflow.connections.tests.mail_server import cut
from workflow.models import ActionExecution

PASSWORD = "s3cret-pässword"


@pytest.fixture
def store(authority):
    """``store(server, name="mail")``: a connection to it."""

    def make(server, *, name: str = "mail", **settings: Any):
        return create_connection(
            name=name,
            kind="smtp",
            settings={
                "host": "localhost",
                "port": server.port,
                "security": server.security,
                "username": "shop",
                "from_address": "shop@demo.example",
                "from_name": "متجر الجزائر",
                "ca_certificate": authority.pem,
                **settings,
            },
            secret={"password": PASSWORD},
        )

    return make


@pytest.fixture
def server(mail_server):
    return mail_server(users={"shop": PASSWORD})


def mail(**config) -> dict[str, Any]:
    retry = config.pop("retry", {})
    config = {"subject": "سفارش شما", "text": "سلام", **config}
    return {"id": "mail", "action": "send_email", "config": config, "retry": retry}


@pytest.fixture
def amina(engine):
    """A contact with an address."""
    contact = engine.contact()
    engine._do("update_user", contact, {"email": "amina@example.com"})
    return contact


def headers(server) -> Any:
    (only,) = server.mails
    return only.message


def test_it_goes_to_the_contact_in_the_shops_name(engine, amina, server, store):
    store(server)
    engine.workflow(mail(subject="طلبك {{ event.data.order }}", text="مرحبا {{ user.first_name }}،\nشكراً"))

    execution = engine.run(amina, order="١٧")

    assert (execution.state, execution.error) == ("completed", "")
    (received,) = server.mails
    assert (received.sender, received.recipients) == ("shop@demo.example", ["amina@example.com"])
    assert (received.signed_in, received.secured) == (True, True)
    message = headers(server)
    assert message["Subject"] == "طلبك ١٧"
    assert message["From"].addresses[0].display_name == "متجر الجزائر"
    assert message.get_content().replace("\r\n", "\n") == "مرحبا أمينة،\nشكراً\n"
    step = ActionExecution.objects.get()
    assert message["Message-ID"] == f"<{step.id.hex}@demo.example>"
    assert execution.outputs["mail"] == {
        "message_id": f"<{step.id.hex}@demo.example>",
        "to": ["amina@example.com"],
        "refused": [],
    }
    assert PASSWORD not in as_text([step.input, step.output, step.error])


def test_the_contacts_address_is_there_without_a_template(engine, amina, server, store):
    """No template names ``user``, so nobody has read it for the step."""
    store(server)
    engine.workflow(mail(subject="x", text="y"))

    assert engine.run(amina).state == "completed"
    assert server.mails[0].recipients == ["amina@example.com"]


def test_a_contact_without_an_address(engine, server, store):
    store(server)
    engine.workflow(mail())

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "NoRecipientError: to: the contact has no e-mail address" in execution.error
    assert server.connections == 0


def test_without_a_contact(engine, server, store):
    store(server)
    engine.workflow(mail())

    assert "NoRecipientError" in engine.run(None).error


@pytest.mark.parametrize(
    ("config", "recipients", "shown"),
    [
        ({"to": ["فاطمه <f@example.ir>"]}, ["f@example.ir"], {"To": "f@example.ir"}),
        ({"to": ["{{ event.data.boss }}"]}, ["boss@example.com"], {"To": "boss@example.com"}),
        ({"cc": ["c@example.com", ""]}, ["amina@example.com", "c@example.com"], {"Cc": "c@example.com"}),
        (
            {"bcc": ["b@example.com"]},
            ["amina@example.com", "b@example.com"],
            {"Bcc": None, "To": "amina@example.com"},
        ),
        ({"reply_to": "help@demo.example"}, ["amina@example.com"], {"Reply-To": "help@demo.example"}),
        ({"reply_to": ""}, ["amina@example.com"], {"Reply-To": None}),
        (
            {"unsubscribe_url": "https://demo.example/u/1"},
            ["amina@example.com"],
            {
                "List-Unsubscribe": "<https://demo.example/u/1>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        ),
        ({}, ["amina@example.com"], {"List-Unsubscribe": None, "Cc": None}),
    ],
)
def test_who_gets_it(engine, amina, server, store, config, recipients, shown):
    store(server)
    engine.workflow(mail(**config))

    execution = engine.run(amina, boss="boss@example.com")

    assert execution.error == ""
    assert server.mails[0].recipients == recipients
    message = headers(server)
    for name, value in shown.items():
        field = message[name]
        addresses = getattr(field, "addresses", None)
        assert (addresses[0].addr_spec if addresses else field) == value


@pytest.mark.parametrize(
    ("config", "kinds"),
    [
        ({"text": "سلام"}, ["text/plain"]),
        ({"text": "", "html": "<p>سلام</p>"}, ["text/html"]),
        ({"text": "سلام", "html": "<p>سلام</p>"}, ["text/plain", "text/html"]),
    ],
)
def test_text_and_html(engine, amina, server, store, config, kinds):
    store(server)
    engine.workflow(mail(**config))

    engine.run(amina)

    message = headers(server)
    assert [
        part.get_content_type() for part in (message.iter_parts() if len(kinds) > 1 else [message])
    ] == kinds
    assert "dir=" not in server.mails[0].raw.decode()


def test_values_in_html_are_escaped_where_the_author_says(engine, amina, server, store):
    store(server)
    engine.workflow(mail(text="", html="{{ event.data.said | escape }}|{{ event.data.said }}"))

    engine.run(amina, said="<b>")

    assert headers(server).get_content().strip() == "&lt;b&gt;|<b>"


@pytest.mark.parametrize("name", ["", "mail two"])
def test_which_mail_server(engine, amina, mail_server, store, name):
    first, second = (
        mail_server(users={"shop": PASSWORD}),
        mail_server(users={"shop": PASSWORD}, security="tls"),
    )
    store(first)
    store(second, name="mail two")
    engine.workflow(mail(connection=name))

    execution = engine.run(amina)

    assert first.mails == []
    if name:
        assert (execution.error, len(second.mails)) == ("", 1)
    else:
        assert "connection: name one of the type smtp; there are several" in execution.error
        assert second.mails == []


def test_no_mail_server_at_all(engine, amina):
    engine.workflow(mail())

    assert "connection: name one of the type smtp; there is none" in engine.run(amina).error


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("subject", "سلام\r\nBcc: all@example.com"),
        ("subject", "a\nb"),
        ("to", "amina@example.com\r\nBcc: all@example.com"),
        ("to", "amina@example.com, all@example.com"),
        ("to", ""),
        ("reply_to", "a@example.com\nX: y"),
        ("cc", "nobody"),
        ("unsubscribe_url", "https://a.example/>\r\nX: y"),
    ],
)
def test_what_customers_write_does_not_get_into_the_headers(engine, amina, server, store, where, value):
    store(server)
    template = "{{ event.data.said }}"
    engine.workflow(mail(**{where: [template] if where in ("to", "cc") else template}))

    execution = engine.run(amina, said=value)

    assert execution.state == "failed"
    assert f"ConfigError: {where}" in execution.error or "to: the address is empty" in execution.error
    assert server.connections == 0


@pytest.mark.parametrize(
    ("replies", "attempts"),
    [
        ({"RCPT": "450 greylisted"}, 3),
        ({"MAIL": cut}, 3),
        ({"RCPT": "550 no such user"}, 1),
        ({"DATA": "554 spam"}, 1),
        ({"DATA": cut}, 1),
    ],
)
def test_what_is_tried_again(engine, amina, mail_server, store, replies, attempts):
    """What may have been sent is not sent again, unless the author says so."""
    server = mail_server(users={"shop": PASSWORD}, replies=replies)
    store(server)
    engine.workflow(mail(retry={"attempts": 3, "backoff_s": 1}))
    execution = engine.run(amina)
    for _ in range(3):
        engine.let_time_pass()
        engine.work()

    execution.refresh_from_db()
    assert execution.state == "failed"
    assert server.connections == attempts
    assert ActionExecution.objects.get().attempts == attempts


def test_a_repetition_is_the_same_message(engine, amina, mail_server, store):
    server = mail_server(users={"shop": PASSWORD}, replies={"DATA": cut})
    store(server)
    engine.workflow(mail(retry={"attempts": 2, "non_retryable": []}))
    engine.run(amina)
    server.replies.clear()
    engine.let_time_pass()
    engine.work()

    first, second = server.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_a_wrong_password_stays_unsaid(engine, amina, mail_server, store):
    server = mail_server(users={"shop": "another"})
    store(server)
    engine.workflow(mail())

    execution = engine.run(amina)

    step = ActionExecution.objects.get()
    assert "535" in execution.error
    assert PASSWORD not in as_text([step.input, step.output, step.error, execution.error])


def test_a_private_mail_server_is_not_called(engine, amina, server, store, settings):
    store(server)
    settings.OUTBOUND_ALLOWED_PRIVATE = []
    engine.workflow(mail())

    assert "BlockedAddressError" in engine.run(amina).error
    assert server.connections == 0


@pytest.mark.parametrize(
    "config",
    [
        {"text": "", "html": " "},
        {"subject": ""},
        {"subject": "x" * 501},
        {"to": ["a@example.com"] * 51},
        {"to": "a@example.com"},
        {"unsubscribe_url": "http://a.example"},
        {"attachments": []},
    ],
)
def test_what_a_config_may_not_be(config):
    SendEmailConfig.model_validate({"subject": "x", "text": "y"})
    with pytest.raises(ValidationError):
        SendEmailConfig.model_validate({"subject": "x", "text": "y", **config})


def test_the_example_works():
    SendEmailConfig.model_validate(SendEmail.example)
    SendEmail.Output.model_validate(SendEmail.example_output)
