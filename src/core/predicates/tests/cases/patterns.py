"""matches_regex."""

from __future__ import annotations

from core.predicates.tests.cases.base import (
    ABSENT,
    COUPON,
    NOT_TEXT,
    Case,
    E,
    F,
    T,
)

LETTER = "letter " * 10_000

CASES = [
    Case("matches_regex", "text", r"\d{4}", "order 1234", T),
    Case("matches_regex", "text", r"^\d{4}$", "order 1234", F),
    Case("matches_regex", "text", "(?i)coupon", "COUPON", T),
    Case("matches_regex", "text", r"\p{Arabic}+", COUPON, T),
    Case("matches_regex", "text", r"\p{Nd}+", "۱۲", T),
    Case("matches_regex", "text", "تخفیف|کوپن", COUPON, T),
    Case("matches_regex", "text", "x", "", F),
    Case("matches_regex", "text", "x", ABSENT, F),
    Case("matches_regex", "any", "x", 5, E, NOT_TEXT),
    Case("matches_regex", "text", "x", "x\ud800", E, "not valid Unicode text (it holds a lone surrogate)"),
    Case(
        "matches_regex",
        "text",
        "x",
        LETTER,
        E,
        "longer than the 65536 characters that this pattern may search",
    ),
    Case("matches_regex", "text", "x", None, F),
    Case("matches_regex", "text", "^$", "", T),
    Case("matches_regex", "text", "coupon", "COUPON", F),
    Case("matches_regex", "text", "^سلام", COUPON, T),
    Case("matches_regex", "text", "[؟?]$", COUPON, T),
    Case("matches_regex", "text", "[کك]د تخف[یي]ف", "كد تخفيف", T),  # both keyboards, spelled out
    Case("matches_regex", "text", "کد تخفیف", "كد تخفيف", F),
    Case("matches_regex", "text", "می\u200c?خواهم", "می‌خواهم", T),
    Case("matches_regex", "text", "می\u200c?خواهم", "میخواهم", T),
    Case("matches_regex", "text", r"س\x{0640}*لام", "ســـلام", T),  # tatweel
    Case("matches_regex", "text", r"ك\p{Mn}*و\p{Mn}*د", "كُوَد", T),  # vowel signs
    Case("matches_regex", "text", "^کد.{3}$", "کد\n۱۲", F),  # a dot is not a line break
    Case("matches_regex", "text", "(?s)^کد.{3}$", "کد\n۱۲", T),
    Case("matches_regex", "text", r"\d+", "۱۲", F),  # \d is 0-9 alone
    Case("matches_regex", "text", "[0-9٠-٩۰-۹]{2}", "١٢", T),
    Case("matches_regex", "text", r"\bکد\b", "این کد است", F),  # \b knows Latin letters only
    Case("matches_regex", "text", r"(^|\PL)کد(\PL|$)", "این کد است", T),  # a whole word in any script
    Case("matches_regex", "text", r"(^|\PL)کد(\PL|$)", "کدام", F),
    Case("matches_regex", "text", r"(?i)\border\s*#?\d{4,}", "سفارش من Order #12345 کجاست", T),
    Case("matches_regex", "text", r"^[\p{Arabic}\s]+$", "مرحبا بك", T),
    Case("matches_regex", "text", r"^[\p{Arabic}\s]+$", "مرحبا Ali", F),
    Case("matches_regex", "text", r"^\p{Hebrew}+$", "שלום", T),
    Case("matches_regex", "text", "é", "cafe\u0301", T),  # both composed first
    Case("matches_regex", "text", "(?i)É", "é", T),
    Case("matches_regex", "text", "^a$", "a\n", F),  # $ is the very end
    Case("matches_regex", "text", "(?m)^a$", "b\na", T),
    Case("matches_regex", "text", "\u200f", "سلام\u200f", T),
    Case("matches_regex", "any", "x", ["x"], E, NOT_TEXT),
    Case("matches_regex", "any", "x", {"x": "x"}, E, NOT_TEXT),
    Case("matches_regex", "any", "true", True, E, NOT_TEXT),
]
