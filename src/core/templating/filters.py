"""Liquid filters of our own: ``money`` and ``phone``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from liquid.exceptions import FilterArgumentError
from liquid.undefined import is_undefined

from core.phones import PhoneError, national
from core.text import to_western_digits

# Babel knows the separators of these numbering systems but leaves the digits western.
_DIGITS = {
    "arab": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "arabext": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
}


def money(value: Any, currency: Any, locale: Any = "en") -> str:
    """``{{ 1500 | money: "DZD", "fr_DZ" }}`` gives ``1 500,00 DZD`` in the manner of the locale.

    ``value`` is a number or its text, in any digits. Nothing renders as nothing.
    """
    if value is None or is_undefined(value) or value == "":
        return ""
    try:
        amount = Decimal(to_western_digits(str(value)).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or abs(amount.adjusted()) > 30:
        raise FilterArgumentError("money needs a number", token=None)
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise FilterArgumentError("money needs a currency of three letters, such as DZD", token=None)
    try:
        known = Locale.parse(str(locale).replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise FilterArgumentError(
            f"money does not know the locale {str(locale)[:30]!r}", token=None
        ) from None
    digits = _DIGITS.get(known.default_numbering_system)
    system = known.default_numbering_system if digits else "latn"
    text = format_currency(amount, currency.upper(), locale=known, numbering_system=system)
    return text.translate(digits) if digits else text


def phone(value: Any) -> str:
    """``{{ user.phone | phone }}`` gives the number as it is written in its own country, or as it came."""
    if value is None or is_undefined(value):
        return ""
    try:
        return national(str(value))
    except PhoneError:
        return str(value)


FILTERS: dict[str, Callable[..., Any]] = {"money": money, "phone": phone}
