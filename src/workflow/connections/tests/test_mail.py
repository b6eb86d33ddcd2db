"""Addresses, messages on the wire, and the session with a real server, in every way that it can go."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.policy import default

import pytest

from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import BlockedAddressError, ConnectFailedError
from core.tests.servers import listen
from core.tests.ssrf_corpus import PRIVATE_ANSWERS, Answers
from workflow.connections.mail import session
from workflow.connections.mail.addresses import plain_address
from workflow.connections.mail.dialing import dial
from workflow.connections.mail.message import Letter
from workflow.connections.mail.session import (
    MailBusyError,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailSetupError,
    deliver,
    smtp_session,
)
from workflow.connections.tests.certificates import make_authority
from workflow.connections.tests.mail_server import cut

SUBJECT = "تأكيد طلبك رقم ١٢٣٤ من متجر الجزائر: شكراً لثقتك، سنتصل بك قريباً لتحديد موعد التسليم إن شاء الله"
PERSIAN = (
    "سلام خانم رضایی،\n\nسفارش شما ثبت شد و به‌زودی می‌رسد.\n.\n..و این هم یک سطر که با نقطه شروع می‌شود\n"
    + "آ" * 2_000
)


def letter(**parts) -> Letter:
    return Letter(
        **{
            "key": "0199a7c26b5e7cc08f4b6f0f0c8a1d11",
            "sender": plain_address("متجر الجزائر <shop@demo.example>"),
            "to": [plain_address("أمينة بن علي <amina@example.com>")],
            "subject": SUBJECT,
            "text": PERSIAN,
            **parts,
        }
    )


def as_written(part) -> str:
    """A text without the line ends of the wire."""
    return part.get_content().replace("\r\n", "\n").removesuffix("\n")


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("amina@example.com", "", "amina@example.com"),
        (" Amina.B+shop@Example.COM ", "", "Amina.B+shop@example.com"),
        ("أمينة بن علي <amina@example.com>", "أمينة بن علي", "amina@example.com"),
        ('"رضایی، فاطمه" <f.rezaei@example.ir>', "رضایی، فاطمه", "f.rezaei@example.ir"),
        ("info@مثال.الجزائر", "", "info@xn--mgbh0fb.xn--lgbbat1ad8j"),
    ],
)
def test_an_address_is_read(text, name, address):
    read = plain_address(text)

    assert (read.display_name, read.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amina",
        "amina@",
        "@example.com",
        "amina@localhost",
        "amina@example..com",
        "amina@-example.com",
        "a b@example.com",
        "amina@example.com, bob@example.com",
        "amina@example.com;bob@example.com",
        "<amina@example.com> <bob@example.com>",
        "amina@example.com\r\nBcc: bob@example.com",
        "Amina\nBcc: bob@example.com <amina@example.com>",
        "amina@example.com\u2028",
        "\x00amina@example.com",
        '"amina bob"@example.com',
        "amina@[127.0.0.1]",
        "amina..b@example.com",
        ".amina@example.com",
        "أمينة@example.com",
        "x" * 65 + "@example.com",
        "a@" + "x" * 320 + ".com",
    ],
)
def test_what_is_not_one_address_is_refused(text):
    with pytest.raises(ValueError):
        plain_address(text)


# -- the message -------------------------------------------------------------------------------------------------------


def test_the_wire_is_ascii_and_reads_as_written():
    whole = letter(
        html='<p dir="rtl">سفارش شما</p>',
        cc=[
            plain_address("یک نام فارسی بسیار بلند که در یک سطر جا نمی‌شود و باید شکسته شود <cc@example.com>")
        ],
        bcc=[plain_address("hidden@example.com")],
        reply_to=plain_address("پشتیبانی <help@demo.example>"),
        unsubscribe_url="https://demo.example/unsubscribe/" + "x" * 200,
    )
    raw = whole.as_bytes()

    assert raw.isascii()
    assert b"\r\n" in raw
    assert not re.search(rb"(?<!\r)\n", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"hidden@example.com" not in raw
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == SUBJECT
    assert str(message["From"]) == "متجر الجزائر <shop@demo.example>"
    assert message["To"].addresses[0].display_name == "أمينة بن علي"
    assert message["Cc"].addresses[0].addr_spec == "cc@example.com"
    # Python's own reader of addresses keeps the blank between the words of a long name; RFC 2047, 6.2 drops it.
    folded = re.search(r"^Cc: (.*?) <cc@", raw.decode(), re.MULTILINE | re.DOTALL)[1]
    assert str(make_header(decode_header(folded))) == whole.cc[0].display_name
    assert max(map(len, folded.split("\r\n"))) < 80
    assert message["Reply-To"].addresses[0].addr_spec == "help@demo.example"
    assert message["Message-ID"] == "<0199a7c26b5e7cc08f4b6f0f0c8a1d11@demo.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"List-Unsubscribe: <{whole.unsubscribe_url}>".encode() in raw.replace(b"\r\n ", b" ")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Date"].datetime == whole.written_at.replace(microsecond=0)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert as_written(text) == PERSIAN
    assert html.get_content().strip() == '<p dir="rtl">سفارش شما</p>'
    assert (text.get_content_charset(), html.get_content_type()) == ("utf-8", "text/html")


@pytest.mark.parametrize(
    ("parts", "kind"),
    [({"text": "سلام"}, "text/plain"), ({"text": "", "html": "<b>سلام</b>"}, "text/html")],
)
def test_one_form_alone_is_no_multipart(parts, kind):
    message = message_from_bytes(letter(**parts).as_bytes(), policy=default)

    assert message.get_content_type() == kind
    assert "سلام" in message.get_content()


@pytest.mark.parametrize(
    "name", ["Shop, Inc.", 'The "Shop"', "=?utf-8?q?fake?=", "a\\b", "متجر", "Shop <b@example.com>"]
)
def test_a_name_stays_a_name(name):
    sender = Address(display_name=name, addr_spec="shop@demo.example")
    message = message_from_bytes(letter(sender=sender).as_bytes(), policy=default)

    (read,) = message["From"].addresses
    assert (read.display_name, read.addr_spec) == (name, "shop@demo.example")


@pytest.mark.parametrize(
    "parts", [{"subject": "a\r\nBcc: b@example.com"}, {"subject": "a\nb"}, {"subject": "س\r\nx"}]
)
def test_a_header_takes_no_line_break(parts):
    with pytest.raises(ValueError, match="line break"):
        letter(**parts).as_bytes()


def test_everybody_gets_it_once():
    twice = [plain_address("amina@example.com"), plain_address("Amina <amina@example.com>")]

    assert letter(to=twice, bcc=[plain_address("b@example.com")]).recipients == [
        "amina@example.com",
        "b@example.com",
    ]


# -- the session -------------------------------------------------------------------------------------------------------


async def send(connection, **parts):
    async with smtp_session(connection) as client:
        return await deliver(client, letter(**parts))


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_signs_in_over_tls(mail_server, smtp, security):
    server = mail_server(security=security, users={"shop": "s3cret-pässword"})

    assert await send(smtp(server, username="shop", password="s3cret-pässword")) == []

    (mail,) = server.mails
    assert (mail.sender, mail.recipients) == ("shop@demo.example", ["amina@example.com"])
    assert (mail.signed_in, mail.secured) == (True, True)
    assert mail.message["Subject"] == SUBJECT
    assert as_written(mail.message) == PERSIAN


async def test_without_security_and_without_a_password(mail_server, smtp):
    server = mail_server(security="none")

    await send(smtp(server))

    (mail,) = server.mails
    assert (mail.signed_in, mail.secured) == (False, False)


async def test_a_wrong_password_is_final_and_not_repeated(mail_server, smtp):
    server = mail_server(users={"shop": "s3cret-password"})

    with pytest.raises(MailRefusedError, match="535") as caught:
        await send(smtp(server, username="shop", password="wrong-password"))

    assert "wrong-password" not in str(caught.value)
    assert server.mails == []


async def test_a_server_that_cannot_be_secured_gets_no_password(mail_server, smtp):
    server = mail_server(security="none", users={})

    with pytest.raises(MailSetupError, match="STARTTLS"):
        await send(smtp(server, security="starttls", username="shop", password="s3cret-password"))

    assert server.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("reason", ["nobody vouches", "another vouches", "another name"])
async def test_a_certificate_that_does_not_hold(mail_server, smtp, tmp_path, security, reason):
    server = mail_server(security=security, users={"shop": "s3cret-password"})
    settings = {
        "nobody vouches": {"ca_certificate": ""},
        "another vouches": {"ca_certificate": make_authority(tmp_path).pem},
        "another name": {},
    }[reason]
    if reason == "another name":
        other = make_authority(tmp_path, names=("mail.other.example",))
        # 127.0.0.1 is in every test certificate; localhost is not in this one.
        server.context = other.server
        with type(server)(context=other.server, security=security) as elsewhere:
            from django.conf import settings as django

            django.OUTBOUND_ALLOWED_PRIVATE = [f"localhost:{elsewhere.port}"]
            with pytest.raises(MailSetupError, match="certificate"):
                await send(
                    smtp(elsewhere, ca_certificate=other.pem, username="shop", password="s3cret-password")
                )
            assert elsewhere.mails == []
        return

    with pytest.raises(MailSetupError, match="certificate"):
        await send(smtp(server, username="shop", password="s3cret-password", **settings))

    assert server.mails == []


@pytest.mark.parametrize(
    ("replies", "error", "words"),
    [
        ({"MAIL": "451 busy"}, MailBusyError, "451: busy"),
        ({"MAIL": "550 not you"}, MailRefusedError, "550: not you"),
        ({"RCPT": "450 greylisted, come again"}, MailBusyError, "450: greylisted"),
        ({"RCPT": "550 no such user"}, MailRefusedError, "550: no such user"),
        ({"RCPT": "421 closing"}, MailBusyError, "421"),
        ({"MAIL": cut}, MailBusyError, "lost"),
        ({"RCPT": cut}, MailBusyError, "lost"),
        ({"DATA": "451 try later"}, MailBusyError, "451: try later"),
        ({"DATA": "554 spam"}, MailRefusedError, "554: spam"),
        ({"DATA": cut}, MailOutcomeUnknownError, "may have been sent"),
        ({"DATA": "this is no answer"}, MailOutcomeUnknownError, "may have been sent"),
    ],
)
async def test_what_the_server_answers_decides_what_comes_next(mail_server, smtp, replies, error, words):
    server = mail_server(replies=replies)

    with pytest.raises(error, match=words):
        await send(smtp(server))

    assert issubclass(error, (RetryableError, PermanentError, OutcomeUnknownError))
    # What was cut off after the message had been handed over was taken, and only the server knows.
    assert len(server.mails) == (1 if "DATA" in replies else 0)


async def test_one_refused_recipient_does_not_keep_the_others_from_it(mail_server, smtp):
    server = mail_server(replies={"RCPT gone@example.com": "550 no such user"})
    people = [plain_address("gone@example.com"), plain_address("amina@example.com")]

    (refusal,) = await send(smtp(server), to=people)

    assert (refusal.address, refusal.code, refusal.reason) == ("gone@example.com", 550, "no such user")
    assert server.mails[0].recipients == ["amina@example.com"]


async def test_a_server_that_thinks_too_long_about_a_message(mail_server, smtp, monkeypatch):
    monkeypatch.setattr(session, "ANSWER_S", 0.3)
    server = mail_server(hold=asyncio.Event())

    with pytest.raises(MailOutcomeUnknownError):
        await send(smtp(server))


async def test_the_sessions_time_ends_during_the_message(mail_server, smtp, monkeypatch):
    monkeypatch.setattr(session, "SESSION_S", 0.5)
    server = mail_server(hold=asyncio.Event())

    with pytest.raises(MailOutcomeUnknownError):
        await send(smtp(server))


async def test_a_server_that_is_rude_at_the_end_has_taken_the_message_all_the_same(mail_server, smtp):
    server = mail_server(replies={"QUIT": cut})

    assert await send(smtp(server)) == []

    assert len(server.mails) == 1


async def test_a_server_that_says_nothing(allowed, smtp, mail_server, monkeypatch):
    monkeypatch.setattr(session, "SESSION_S", 0.3)

    async def silence(reader, writer):
        await reader.read()

    async with listen(silence) as port:
        allowed(f"localhost:{port}")
        with pytest.raises(MailBusyError):
            await send(smtp(mail_server(), port=port))


@pytest.mark.parametrize(
    ("greeting", "error"), [(b"421 busy\r\n", MailBusyError), (b"554 go away\r\n", MailRefusedError)]
)
async def test_a_server_that_does_not_want_us(allowed, smtp, mail_server, greeting, error):
    async def turn_away(reader, writer):
        writer.write(greeting)
        await reader.read()

    async with listen(turn_away) as port:
        allowed(f"localhost:{port}")
        with pytest.raises(error):
            await send(smtp(mail_server(), port=port, security="none"))


async def test_nobody_listens(allowed, smtp, mail_server):
    async with listen(lambda reader, writer: asyncio.sleep(0)) as port:
        pass
    allowed(f"localhost:{port}")

    with pytest.raises(ConnectFailedError):
        await send(smtp(mail_server(), port=port))


# -- where it may connect to -------------------------------------------------------------------------------------------


class Canary:
    hits = 0

    async def __call__(self, reader, writer):
        self.hits += 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LocalHost.", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"]
)
@pytest.mark.parametrize("port", [25, 465, 587, 2525, "the canary's"])
async def test_a_private_server_is_not_dialled(host, port, monkeypatch):
    canary = Canary()
    async with listen(canary) as open_port:
        monkeypatch.setattr(
            "workflow.connections.mail.dialing.PORTS", frozenset({25, 465, 587, 2525, open_port})
        )
        with pytest.raises((BlockedAddressError, ConnectFailedError)) as caught:
            await dial(host, open_port if port == "the canary's" else port)
        if port == "the canary's":
            assert caught.type is BlockedAddressError
    assert canary.hits == 0


@pytest.mark.parametrize("answers", PRIVATE_ANSWERS, ids=" ".join)
async def test_a_name_that_leads_inside_is_not_dialled(answers):
    with pytest.raises(BlockedAddressError):
        await dial("mail.example.com", 587, resolver=Answers(mail_example_com=[answers]))


async def test_the_address_that_was_checked_is_dialled(monkeypatch):
    canary, public = Canary(), Canary()
    monkeypatch.setattr("core.http.guard.is_public", lambda address: address == "127.0.0.2")
    async with listen(canary) as port, listen(public, host="127.0.0.2", port=port):
        monkeypatch.setattr("workflow.connections.mail.dialing.PORTS", frozenset({port}))
        resolver = Answers(rebind_example_com=[["127.0.0.2"], ["127.0.0.1"]])
        (await dial("rebind.example.com", port, resolver=resolver)).close()
        with pytest.raises(BlockedAddressError):
            await dial("rebind.example.com", port, resolver=resolver)
        await asyncio.sleep(0.05)
    assert (public.hits, canary.hits) == (1, 0)


async def test_the_next_address_is_tried_when_the_first_is_dead(monkeypatch):
    public = Canary()
    monkeypatch.setattr("core.http.guard.is_public", lambda address: address.startswith("127.0.0."))
    async with listen(public, host="127.0.0.2") as port:
        monkeypatch.setattr("workflow.connections.mail.dialing.PORTS", frozenset({port}))
        (
            await dial(
                "two.example.com", port, resolver=Answers(two_example_com=[["127.0.0.3", "127.0.0.2"]])
            )
        ).close()
        await asyncio.sleep(0.05)
    assert public.hits == 1


@pytest.mark.parametrize("port", [22, 80, 443, 6379, 5432])
async def test_other_ports_are_not_mail(port):
    with pytest.raises(BlockedAddressError, match="port"):
        await dial("mail.example.com", port, resolver=Answers(mail_example_com=[["93.184.216.34"]]))
