"""Setting a channel up: what a provider says of an account when it is asked, and where its webhooks are to be sent.

Findings have codes, so that people read them in their own language; ``message`` and ``fix`` are the English of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import JsonValue

from core.errors import PermanentError

LANGUAGES = ("en", "fr", "ar", "fa")
#: For ``json_schema_extra``: a field that most people leave as it is, shown when it is asked for.
ADVANCED: dict[str, JsonValue] = {"x-advanced": True}


class Level(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Code(StrEnum):
    """What can be found."""

    CREDENTIALS_VALID = "credentials_valid"
    CREDENTIALS_REFUSED = "credentials_refused"
    ACCOUNT_NOT_FOUND = "account_not_found"
    PERMISSION_MISSING = "permission_missing"
    UNREACHABLE = "unreachable"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    UNEXPECTED_ANSWER = "unexpected_answer"
    WEBHOOK_SET = "webhook_set"
    WEBHOOK_ELSEWHERE = "webhook_elsewhere"
    WEBHOOK_MISSING = "webhook_missing"
    WEBHOOK_FAILING = "webhook_failing"
    WEBHOOK_REFUSED = "webhook_refused"
    WEBHOOK_BY_HAND = "webhook_by_hand"
    WEBHOOK_UNVERIFIED = "webhook_unverified"
    SUBSCRIBED = "subscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    QUALITY_LOW = "quality_low"
    NOTHING_TO_CHECK = "nothing_to_check"
    SWITCHED_OFF = "switched_off"
    SENDS_FAILING = "sends_failing"
    PROBLEM = "problem"
    NEVER_RECEIVED = "never_received"
    NO_SITES = "no_sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found: ``detail`` is the provider's own words, or a number; never a secret."""

    code: Code
    level: Level
    detail: str = ""

    @property
    def message(self) -> str:
        """What it means."""
        return _WORDS[self.code][0]

    @property
    def fix(self) -> str:
        """What to do; empty when nothing is."""
        return _WORDS[self.code][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account as the provider names it. ``quality`` is the provider's rating in its own words, ``GREEN`` to ``RED``."""

    name: str = ""
    handle: str = ""
    quality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of asking the provider."""

    findings: tuple[Finding, ...]
    account: Account = Account()

    @property
    def ok(self) -> bool:
        """Whether nothing that was found is an error."""
        return all(finding.level is not Level.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where the provider is to send what happens: the whole address, known to the world."""

    url: str


class NoGuideError(PermanentError):
    """There is no guide in that language."""


@cache
def guide_in(folder: Path, language: str) -> str:
    """The Markdown of a provider's guide, English where the language has none. Raises ``NoGuideError``."""
    for name in (language, "en"):
        path = folder / "guide" / f"{name}.md"
        if name in LANGUAGES and path.is_file():
            return path.read_text(encoding="utf-8").strip() + "\n"
    raise NoGuideError(f"{folder.name} has no guide in English")


_WORDS: dict[Code, tuple[str, str]] = {
    Code.CREDENTIALS_VALID: ("The provider knows these credentials.", ""),
    Code.CREDENTIALS_REFUSED: (
        "The provider does not accept the token: it was mistyped, has run out or was revoked.",
        "Make a new token as the guide says, and put it in here.",
    ),
    Code.ACCOUNT_NOT_FOUND: (
        "The provider knows the token, but not this account.",
        "Compare the ids with those in the provider's own settings: the phone number ID is not the phone number.",
    ),
    Code.PERMISSION_MISSING: (
        "The token may not do what is needed.",
        "Give the system user the permissions that the guide names, then make a new token.",
    ),
    Code.UNREACHABLE: (
        "The provider could not be reached.",
        "Try again in some minutes; if it lasts, look at the provider's status page and at the address in the settings.",
    ),
    Code.ADDRESS_NOT_ALLOWED: (
        "The address in the settings may not be called from here.",
        "Use the provider's own address; private ones need the permission of whoever runs this installation.",
    ),
    Code.UNEXPECTED_ANSWER: (
        "The provider answered something that is not understood.",
        "Look at the address and the version in the settings.",
    ),
    Code.WEBHOOK_SET: ("The provider sends what happens to the right address.", ""),
    Code.WEBHOOK_ELSEWHERE: (
        "The provider sends what happens to another address: messages do not arrive here.",
        "Connect the channel again; whatever used the account before will receive nothing then.",
    ),
    Code.WEBHOOK_MISSING: ("The provider sends what happens nowhere.", "Connect the channel again."),
    Code.WEBHOOK_FAILING: (
        "The provider could not deliver to us lately.",
        "See that the address is reachable from outside over https with a valid certificate.",
    ),
    Code.WEBHOOK_REFUSED: (
        "The provider does not accept our address.",
        "It must be public, over https, on port 443, 80, 88 or 8443.",
    ),
    Code.WEBHOOK_BY_HAND: (
        "The address for webhooks has to be put into the provider's settings by hand, once.",
        "Copy the address and the verify token into the provider's form, as the guide shows.",
    ),
    Code.WEBHOOK_UNVERIFIED: (
        "Nothing signed has come from the provider yet.",
        "Put the webhook's address into the provider's settings, then write a message to the account from a phone.",
    ),
    Code.SUBSCRIBED: ("The app is subscribed to the account.", ""),
    Code.NOT_SUBSCRIBED: (
        "The app is not subscribed to the account: the provider would send nothing.",
        "Connect the channel again.",
    ),
    Code.QUALITY_LOW: (
        "The provider rates what you send as low: it may limit how many people you can write to.",
        "Write only to people who want it, and less often; look at which templates were blocked or reported.",
    ),
    Code.NOTHING_TO_CHECK: ("There is no outside account here: it works as it is.", ""),
    Code.SWITCHED_OFF: (
        "The channel is switched off: nothing is sent, nothing is taken in.",
        "Switch it on.",
    ),
    Code.SENDS_FAILING: (
        "Messages could not be sent in the last 24 hours.",
        "Look at the failed messages and their reasons.",
    ),
    Code.PROBLEM: ("The provider refused us lately.", "Test the channel; a new token is needed most often."),
    Code.NEVER_RECEIVED: ("No message has ever come in.", "Write one to the account from a phone."),
    Code.NO_SITES: (
        "No site may show the chat yet.",
        "Name your site's address, such as https://boutique.example.dz, in the settings.",
    ),
}
