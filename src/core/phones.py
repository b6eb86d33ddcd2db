"""Telephone numbers: from whatever people type to E.164, and back to what people read."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from core.errors import PermanentError
from core.text import to_western_digits

#: Longer texts hold something else; the library would search a number inside them.
MAX_CHARS = 40

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u00ad]")
_ALLOWED = re.compile(r"\+?[\d\s().\-/\u2010-\u2015\u00a0]+")
_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: "has no known country code",
    NumberParseException.NOT_A_NUMBER: "is not a phone number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "is too short",
    NumberParseException.TOO_SHORT_NSN: "is too short",
    NumberParseException.TOO_LONG: "is too long",
}


class PhoneError(PermanentError):
    """The text is not a telephone number."""


def to_e164(raw: str, region: str | None) -> str:
    """``raw`` as E.164, e.g. ``0555 12 34 56`` in ``DZ`` is ``+213555123456``.

    ``region`` (ISO 3166-1, two letters) is where a number without country code is dialled; ``None`` accepts only
    international ones. Takes Arabic and Persian digits, ``00`` for ``+``, and a national zero kept after the country
    code. Raises ``PhoneError``, whose message names the problem.
    """
    text = _cleaned(raw)
    if text.startswith("00"):
        text = "+" + text[2:]
    if region is not None and region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise PhoneError(f"{region!r} is not a region")
    try:
        number = phonenumbers.parse(text, region.upper() if region else None)
    except NumberParseException as error:
        problem = _PROBLEMS[error.error_type]
        if region is None and not text.startswith("+"):
            problem = "has no country code"
        raise PhoneError(f"{_shown(raw)} {problem}") from None
    if not phonenumbers.is_possible_number(number):
        reason = phonenumbers.is_possible_number_with_reason(number)
        long = reason == phonenumbers.ValidationResult.TOO_LONG
        raise PhoneError(f"{_shown(raw)} is too {'long' if long else 'short'}")
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(f"{_shown(raw)} is not a number in use in its country")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def national(e164: str) -> str:
    """``+213555123456`` as it is written in its own country: ``0555 12 34 56``. Raises ``PhoneError``."""
    number = phonenumbers.parse(to_e164(e164, None), None)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def _cleaned(raw: str) -> str:
    if len(raw) > MAX_CHARS:
        raise PhoneError("the text is too long for a phone number")
    text = _INVISIBLE.sub("", to_western_digits(raw)).replace("＋", "+").strip()
    if text.lower().startswith("tel:"):
        text = text[4:]
    if not _ALLOWED.fullmatch(text):
        raise PhoneError(f"{_shown(raw)} is not a phone number")
    return text


def _shown(raw: str) -> str:
    return repr(raw.strip()) if raw.strip() else "an empty text"
