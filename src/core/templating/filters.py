"""What we add to Liquid's filters: ``money``, ``phone``, and arithmetic that reads the digits of any script."""

from __future__ import annotations

import functools
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


#: The standard filters that reckon with numbers, or with their text.
ARITHMETIC = (
    *("abs", "at_least", "at_most", "ceil", "divided_by", "floor"),
    *("minus", "modulo", "plus", "round", "times"),
)
# Direction marks that keyboards and chat apps put around numbers, with the blanks of Unicode.
_AROUND_NUMBERS = "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"


def _number_text(text: str) -> str:
    """Text of a number in western digits, with a point before decimals and nothing between thousands."""
    return to_western_digits(text).strip().strip(_AROUND_NUMBERS).strip()


def any_digits(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of :data:`ARITHMETIC` that reads ``۳٫۵`` as well as ``3.5``; Liquid would take it for nothing."""

    @functools.wraps(function)  # keeps the attributes that ask for the context or the environment
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*(_number_text(arg) if isinstance(arg, str) else arg for arg in args), **kwargs)

    return wrapper


def money(value: Any, currency: Any, locale: Any = "en") -> str:
    """``{{ 1500 | money: "DZD", "fr_DZ" }}`` gives ``1 500,00 DZD`` in the manner of the locale.

    ``value`` is a number or its text, in any digits. Nothing renders as nothing.
    """
    if value is None or is_undefined(value) or value == "":
        return ""
    try:
        amount = Decimal(_number_text(str(value)))
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
